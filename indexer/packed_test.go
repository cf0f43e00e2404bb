// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// samplePostings gives ascending numbers below limit, with gaps of all sizes.
func samplePostings(random *rand.Rand, n int, limit uint32) (list, differences []uint32) {
	next := uint32(0)
	for len(list) < n {
		d := uint32(random.ExpFloat64() * float64(limit) / float64(2*n))
		if random.IntN(100) == 0 {
			d = random.Uint32N(limit / 4)
		}
		if next+d >= limit {
			break
		}
		list, differences = append(list, next+d), append(differences, d)
		next += d + 1
	}
	return list, differences
}

// What is packed comes back, whatever the number of entries and the gaps between them.
func TestPackedListsComeBack(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		limit := uint32(1) << (8 + random.IntN(22))
		want, differences := samplePostings(random, random.IntN(700), limit)
		list := appendPacked(nil, differences)
		if got := unpack(nil, list, len(want), len(want), limit); !slices.Equal(got, want) {
			t.Fatalf("%d entries below %d: %v, want %v", len(want), limit, got, want)
		}
		plain := []byte(nil)
		for _, d := range differences {
			plain = binary.AppendUvarint(plain, uint64(d))
		}
		if got := unpack(nil, plain, len(want), 0, limit); !slices.Equal(got, want) {
			t.Fatalf("not packed, %d entries below %d: %v, want %v", len(want), limit, got, want)
		}
	}
}

// Where most differences are alike, a few bits do for each.
func TestPackedListsAreSmall(t *testing.T) {
	differences := make([]uint32, 10*packedGroup)
	for i := range differences {
		differences[i] = uint32(i % 8)
	}
	differences[500] = 1 << 30
	if got, most := len(appendPacked(nil, differences)), 10*(2+3*packedGroup/8)+6; got > most {
		t.Errorf("%d bytes, want %d at most", got, most)
	}
}

func FuzzUnpack(f *testing.F) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{0, 5, 127, 128, 300} {
		list, differences := samplePostings(random, n, 1<<20)
		f.Add(appendPacked(nil, differences), len(list), true)
	}
	f.Fuzz(func(t *testing.T, list []byte, count int, packed bool) {
		grouped := 0
		if packed {
			grouped = count
		}
		got := unpack(nil, list, count, grouped, 1000)
		for i, n := range got {
			if n >= 1000 || i > 0 && n <= got[i-1] {
				t.Fatalf("%v", got)
			}
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	random := rand.New(rand.NewPCG(11, 12))
	for _, c := range []struct {
		name string
		n    int
	}{{"dense", 60_000}, {"sparse", 2_000}} {
		var want, differences []uint32
		for next := uint32(0); len(want) < c.n; {
			d := uint32(random.ExpFloat64() * float64(200_000/c.n-1))
			want, differences = append(want, next+d), append(differences, d)
			next += d + 1
		}
		list := appendPacked(nil, differences)
		var plain []byte
		for _, d := range differences {
			plain = binary.AppendUvarint(plain, uint64(d))
		}
		room := make([]uint32, 0, c.n)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(want)))
			for b.Loop() {
				room = unpack(room[:0], list, len(want), len(want), 1<<30)
			}
		})
		b.Run(c.name+" as uvarints", func(b *testing.B) {
			b.SetBytes(int64(len(want)))
			for b.Loop() {
				room = unpack(room[:0], plain, len(want), 0, 1<<30)
			}
		})
	}
}
