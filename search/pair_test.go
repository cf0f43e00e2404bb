// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// The bytes of the pair are found wherever they stand, at every length around the sixteen and thirty-two that are looked
// at together, and nowhere else.
func TestBytePairNext(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		n := 1 + random.IntN(6)
		lower, upper := make([]byte, n), make([]byte, n)
		for i := range lower {
			lower[i] = "ab_\xc3\xa9"[random.IntN(5)]
			upper[i] = lower[i]
			if lower[i] != '_' && random.IntN(2) == 0 {
				upper[i] ^= 0x20
			}
		}
		s := make([]byte, n+random.IntN(120))
		for i := range s {
			s[i] = "abAB_.\xc3\xa9\x89\n"[random.IntN(10)]
		}
		p := newBytePair(lower, upper)
		last := len(s) - n
		for from := 0; from <= last; from += 1 + random.IntN(9) {
			want := -1
			for i := from; i <= last; i++ {
				a, b := s[i+p.first], s[i+p.first+p.gap]
				la, ua, lb, ub := lower[p.first], upper[p.first], lower[p.first+p.gap], upper[p.first+p.gap]
				if (a == la || a == ua) && (b == lb || b == ub) {
					want = i
					break
				}
			}
			if got := p.next(s, from, last); got != want {
				t.Fatalf("%q|%q in %q from %d to %d: %d, want %d", lower, upper, s, from, last, got, want)
			}
			if got := p.nextSlow(s, from, last); got != want {
				t.Fatalf("slowly: %q|%q in %q from %d to %d: %d, want %d", lower, upper, s, from, last, got, want)
			}
		}
	}
}

// The two bytes are different ones, and the rarest.
func TestNewBytePair(t *testing.T) {
	for _, c := range []struct{ text, first, second string }{
		{"a", "a", "a"},
		{"ab", "a", "b"},
		{"e_z", "_", "z"},
		{"sqlite3_prepare_v2", "q", "3"},
	} {
		text := []byte(c.text)
		p := newBytePair(text, text)
		if got := string(text[p.first]) + string(text[p.first+p.gap]); got != c.first+c.second {
			t.Errorf("%q: %q, want %q", c.text, got, c.first+c.second)
		}
	}
}

func BenchmarkFinder(b *testing.B) {
	line := "\tif err := encode(w, value); err != nil { // a line of code, as usual as can be\n"
	text := []byte(strings.Repeat(line, 12))
	for _, c := range []struct {
		name, text string
		fold       bool
	}{{"exact", "return nil, err", false}, {"any case", "return nil, err", true}, {"rare", "qzxv", true}} {
		f := newFinder(c.text, c.fold)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, ok := f.plain(text, 0); ok {
					b.Fatal("found")
				}
			}
		})
	}
	b.Run("bytes.Index", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			if bytes.Contains(text, []byte("return nil, err")) {
				b.Fatal("found")
			}
		}
	})
}
