// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"MIT AND MIT", "MIT"},
		{"MIT OR mit", "MIT"},
		{"MIT OR (MIT AND Zlib)", "MIT"},
		{"(MIT AND Zlib) OR MIT", "MIT"},
		{"MIT AND (MIT OR Zlib)", "MIT"},
		{"MIT AND (Zlib OR ISC)", "MIT AND (Zlib OR ISC)"},
		{"ISC OR (MIT AND (MIT OR Zlib))", "ISC OR MIT"},
		{"GPL-2.0 OR GPL-2.0-only", "GPL-2.0-only"},
		{"GPL-2.0-only WITH Classpath-exception-2.0 OR GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0 OR GPL-2.0-only"},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Simplify().String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
		if !e.Equal(e.Simplify()) {
			t.Errorf("%s is not equal to %s", e, e.Simplify())
		}
	}
	if (Expression{}).Simplify() != (Expression{}) {
		t.Error("nothing is simplified to something")
	}
}

func TestBranchesOfExpression(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"MIT", "MIT"},
		{"MIT OR mit", "MIT"},
		{"MIT OR ISC", "MIT | ISC"},
		{"(MIT OR ISC) AND Zlib", "MIT AND Zlib | ISC AND Zlib"},
		{"GPL-2.0 OR GPL-2.0+", "GPL-2.0-only | GPL-2.0-or-later"},
		{"(MIT OR ISC) AND (MIT OR ISC)", "MIT | ISC"},
		{"(MIT OR ISC OR Zlib) AND X11", "MIT AND X11 | ISC AND X11 | Zlib AND X11"},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, b := range e.Branches() {
			got = append(got, b.String())
		}
		if s := strings.Join(got, " | "); s != c.want {
			t.Errorf("%s: %s, want %s", c.text, s, c.want)
		}
	}
	var wide []string
	for i := range 20 {
		wide = append(wide, fmt.Sprintf("(LicenseRef-a%d OR LicenseRef-b%d)", i, i))
	}
	if e, err := Parse(strings.Join(wide, " AND ")); err != nil || e.Branches() != nil {
		t.Errorf("too many branches: %v %v", e.Branches(), err)
	}
	if (Expression{}).Branches() != nil {
		t.Error("nothing has a branch")
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		equal bool
	}{
		{"MIT OR Zlib", "Zlib OR MIT", true},
		{"MIT AND (Zlib OR ISC)", "(ISC AND MIT) OR (MIT AND Zlib)", true},
		{"MIT OR (MIT AND Zlib)", "MIT", true},
		{"GPL-2.0+", "GPL-2.0-or-later", true},
		{"MIT AND ISC OR Apache-2.0", "Apache-2.0 OR (ISC AND MIT)", true},
		{"GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0", true},
		{"MIT AND (ISC OR Zlib)", "MIT AND ISC OR Zlib", false},
		{"MIT OR Zlib", "MIT AND Zlib", false},
		{"MIT", "MIT-0", false},
		{"GPL-2.0-only", "GPL-2.0-or-later", false},
		{"EUPL-1.1+", "EUPL-1.1", false},
	} {
		a, _ := Parse(c.a)
		b, _ := Parse(c.b)
		if a.Equal(b) != c.equal || b.Equal(a) != c.equal {
			t.Errorf("%s and %s: equal is %v", a, b, !c.equal)
		}
	}
	if !(Expression{}).Equal(Expression{}) || (Expression{}).Equal(Expression{"MIT"}) {
		t.Error("nothing is equal to nothing alone")
	}
}

// TestLongExpressions holds that every expression that can be read can be judged, compared and simplified: what grew beyond
// measure would not end.
func TestLongExpressions(t *testing.T) {
	var ids []string
	for _, id := range IDs() {
		if info, _ := Info(id); !info.Exception {
			ids = append(ids, id)
		}
	}
	long := strings.Join(ids, " OR ")[:9000]
	long = long[:strings.LastIndex(long, " OR ")]
	pairs := strings.Repeat("(MIT OR Zlib) AND (ISC OR X11) AND ", 100) + "MIT"
	chain := "(" + strings.Join(ids[:200], " OR ") + ") AND (" + strings.Join(ids[200:400], " OR ") + ")"
	short := long[:strings.LastIndex(long[:500], " OR ")]
	for _, from := range []string{long, strings.ReplaceAll(long, " OR ", " AND "), pairs, chain} {
		for _, into := range []string{long, strings.ReplaceAll(short, " OR ", " AND "), pairs, chain} {
			f, err := Parse(from)
			if err != nil {
				t.Fatal(err)
			}
			i, err := Parse(into)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for _, use := range []Use{Copy, Link, NetworkService} {
				Judge(f, i, use)
			}
			f.Equal(i)
			t.Logf("%.40s… into %.40s… took %v", from, into, time.Since(start))
		}
	}
}
