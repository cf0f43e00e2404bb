// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFirst holds that the first ones of a list are those that sorting all of it gives, and that none is lost.
func TestFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	order := func(a, b match) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.at, b.at)) }
	for round := range 300 {
		list := make([]match, random.IntN(60))
		for i := range list {
			list[i] = match{at: int32(i), score: float64(random.IntN(8))}
		}
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		n, want := random.IntN(70), slices.SortedFunc(slices.Values(list), order)
		first(list, n, order)
		if n = min(n, len(list)); !slices.Equal(list[:n], want[:n]) {
			t.Fatalf("round %d: the first %d are %v, want %v", round, n, list[:n], want[:n])
		}
		if slices.SortFunc(list, order); !slices.Equal(list, want) {
			t.Fatalf("round %d: %v is left of %v", round, list, want)
		}
	}
}
