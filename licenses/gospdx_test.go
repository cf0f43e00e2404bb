// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/github/go-spdx/v2/spdxexp"
	"github.com/github/go-spdx/v2/spdxexp/spdxlicenses"
)

// TestListAgrees holds that every id that go-spdx lists is known here, and is of the same sort.
func TestListAgrees(t *testing.T) {
	for sort, ids := range map[string][]string{"current": spdxlicenses.GetLicenses(), "deprecated": spdxlicenses.GetDeprecated(),
		"exception": spdxlicenses.GetExceptions()} {
		for _, id := range ids {
			info, ok := Info(id)
			if !ok || info.ID != id || info.Exception != (sort == "exception") {
				t.Errorf("%s, %s: %+v, %v", id, sort, info, ok)
			}
			if sort == "current" && info.Deprecated {
				t.Logf("%s is deprecated since", id)
			}
		}
	}
}

// words of which random expressions are made, right and wrong.
var randomWords = []string{"MIT", "ISC", "Zlib", "X11", "0BSD", "GPL-2.0-only", "GPL-2.0-or-later", "Apache-2.0", "LicenseRef-a", "DocumentRef-a:LicenseRef-b",
	"AND", "AND", "OR", "OR", "WITH", "(", ")", "(", ")", "Classpath-exception-2.0", "Bison-exception-2.2", "EPL-1.0+", "Apache-2.0+", "Nope", "+"}

// TestGrammarAgrees compares what is an expression with go-spdx, on random rows of words.
func TestGrammarAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 10000 {
		words := make([]string, 1+r.IntN(9))
		for i := range words {
			words[i] = randomWords[r.IntN(len(randomWords))]
			if i%2 == 1 && r.IntN(3) > 0 {
				words[i] = []string{"AND", "OR", "WITH"}[r.IntN(3)]
			}
		}
		text := strings.Join(words, " ")
		_, err := Parse(text)
		theirs := isValid(text)
		if ours := err == nil; ours != theirs && !differs(words) {
			t.Errorf("%q: %v, go-spdx says %v", text, err, theirs)
		}
		if err == nil {
			valid++
		}
	}
	if valid < 300 {
		t.Errorf("only %d of the rows were expressions", valid)
	}
}

// isValid asks go-spdx, which panics where an expression ends in the middle of a parenthesis: that is no expression either.
func isValid(text string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	ok, _ = spdxexp.ValidateLicenses([]string{text})
	return ok
}

// differs tells where the two differ on purpose.
func differs(words []string) bool {
	for i, w := range words {
		if w == "WITH" && i+1 < len(words) && strings.Contains(words[i+1], "LicenseRef-") {
			return true // an addition of the author's own was called so before SPDX 3
		}
		if w == "WITH" && i > 0 && strings.Contains(words[i-1], "LicenseRef-") {
			return true // the grammar of SPDX 2.3 allows an exception there: simple-expression "WITH" license-exception-id
		}
	}
	return false
}

// TestChoicesAgree compares what satisfies an expression with its truth table, and where it is not nested with go-spdx, which errs
// on deeper ones: it says that [ISC] does not satisfy X11 OR (ISC AND (X11 OR ISC)).
func TestChoicesAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	ids := []string{"MIT", "ISC", "Zlib", "X11", "0BSD"}
	var build func(depth int) string
	build = func(depth int) string {
		if depth == 0 || r.IntN(3) == 0 {
			return ids[r.IntN(len(ids))]
		}
		op := []string{" AND ", " OR "}[r.IntN(2)]
		return "(" + build(depth-1) + op + build(depth-1) + ")"
	}
	for range 3000 {
		text := build(1 + r.IntN(4))
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var allowed []string
		for _, id := range ids {
			if r.IntN(2) == 0 {
				allowed = append(allowed, id)
			}
		}
		if len(allowed) == 0 {
			continue
		}
		want := e.tree().holds(allowed)
		if strings.Count(text, "(") < 2 {
			theirs, err := spdxexp.Satisfies(text, allowed)
			if err != nil || theirs != want {
				t.Errorf("%s with %v: %v, go-spdx says %v, %v", text, allowed, want, theirs, err)
			}
		}
		slices.Sort(allowed)
		for _, x := range []Expression{e, e.Simplify()} {
			ours := slices.ContainsFunc(x.tree().choices(), func(set []string) bool { return subset(set, allowed) })
			if ours != want {
				t.Errorf("%s with %v: %v, want %v", x, allowed, ours, want)
			}
		}
		if !e.Equal(e.Simplify()) {
			t.Errorf("%s is not equal to %s", e, e.Simplify())
		}
	}
}

// holds reports whether an expression is satisfied by licences, by its definition.
func (n *node) holds(allowed []string) bool {
	one := func(k *node) bool { return k.holds(allowed) }
	switch n.op {
	case opAnd:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !one(k) })
	case opOr:
		return slices.ContainsFunc(n.kids, one)
	}
	return slices.Contains(allowed, n.String())
}
