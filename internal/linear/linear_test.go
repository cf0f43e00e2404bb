// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package linear

import "testing"

var sink int // so that the steps are not left out

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		steps func(n int) int
		want  bool
	}{
		"linear":    {func(n int) int { return 20_000 * n }, true},
		"quadratic": {func(n int) int { return 4 * n * n }, false},
		"quick":     {func(n int) int { return n * n / 10 }, true},
	} {
		err := Check(func(times int) {
			for range c.steps(500 * times) {
				sink++
			}
		})
		if (err == nil) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
