// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
	"strings"
	"testing"
)

// TestRepositoriesAsResults: a question for repositories is answered with repositories, not with an empty page.
func TestRepositoriesAsResults(t *testing.T) {
	f := newFake()
	body := get(newServer(t, f, nil), "/code?q=type:repo&lang=fr").Body.String()
	for _, want := range []string{">5 dépôts</p>", `<h2><a href="/depots/github.com/exemple/dates?lang=fr">`, "Lire les dates des en-têtes", "Pourquoi ce rang", "dépôt vivant"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, other := range []string{"blocs de code</p>", "Essayer autrement", "Comment chercher"} {
		if strings.Contains(body, other) {
			t.Errorf("holds %q", other)
		}
	}
}

// TestVerdictsCiteTheirGround: wherever a licence is compared with the project's, the page says what that rests on and
// that it is no legal advice, whether the project's licence was chosen from the list or typed.
func TestVerdictsCiteTheirGround(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for path, want := range map[string]bool{
		"/code?q=parse&into=GPL-3.0-or-later": true, "/code?q=parse+into:GPL-3.0-or-later": true, "/code?q=(parse+vers:GPL-3.0-or-later)": true,
		"/code?q=parse": false, "/code?q=parse+-into:MIT": false, "/code?q=into:MIT+OR+into:Apache-2.0": false, "/code?q=parse+%22into:MIT%22": false,
	} {
		main, _, _ := strings.Cut(get(h, path).Body.String(), "<footer>")
		if got := strings.Contains(main, "compatible selon la matrice OSADL."); got != want {
			t.Errorf("%s: the ground of a verdict is there: %v", path, got)
		}
		if got := strings.Contains(main, "pas un avis juridique"); got != want {
			t.Errorf("%s: « pas un avis juridique » is there: %v", path, got)
		}
		if strings.Contains(main, "ous pouvez") {
			t.Errorf("%s says « vous pouvez »", path)
		}
	}
	both, _, _ := strings.Cut(get(h, "/code?q=parse+into:GPL-3.0-or-later&into=EUPL-1.2").Body.String(), "<aside>")
	if !strings.Contains(both, "MIT vers GPL-3.0-or-later") || strings.Contains(both, "EUPL-1.2 :") || strings.Contains(both, "avec EUPL-1.2") {
		t.Error("hits are judged by another licence than the one that the question names")
	}
	_, said, grounds := verdict(h.(*Server).words["en"], "", "MIT")
	if said == "" || grounds != nil {
		t.Errorf("no licence: %q, %q", said, grounds)
	}
	for _, c := range []struct{ from, into, class, ground string }{
		{"GPL-3.0-only", "MIT", "no", "not compatible by the OSADL matrix"}, {"MIT", "MIT", "yes", "by the licence itself"},
	} {
		class, _, grounds := verdict(h.(*Server).words["en"], c.from, c.into)
		if class != c.class || len(grounds) == 0 || !strings.Contains(strings.Replace(grounds[0], "incompatible", "not compatible", 1), c.ground) {
			t.Errorf("%s into %s: %s, %q; want %s, %q", c.from, c.into, class, grounds, c.class, c.ground)
		}
	}
}

// TestFaultOfWhatWasTyped: with a licence chosen, the caret still stands under what was typed, not under what was added.
func TestFaultOfWhatWasTyped(t *testing.T) {
	body := get(newServer(t, newFake(), nil), "/code?into=MIT&q="+url.QueryEscape(`"abc`)).Body.String()
	if strings.Contains(body, "into:MIT</code>") || !strings.Contains(body, "<code>&#34;abc\n<b>^</b></code>") {
		_, rest, _ := strings.Cut(body, `<pre class="caret"`)
		t.Errorf("the caret stands at %.80s", rest)
	}
}
