// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
)

var (
	keyInTemplate = regexp.MustCompile(`\bt "([^"]+)"`)
	keyInCode     = regexp.MustCompile(`"((?:web|license|search)\.[a-z0-9.-]*[a-z0-9])"`)
)

// usedKeys collects the keys that templates and code name.
func usedKeys(t *testing.T) map[string]bool {
	used := map[string]bool{}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		pattern := keyInCode
		if strings.HasSuffix(path, ".html") {
			pattern = keyInTemplate
		} else if !strings.HasSuffix(path, ".go") {
			return nil
		}
		data, err := os.ReadFile(path)
		for _, m := range pattern.FindAllStringSubmatch(string(data), -1) {
			used[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 80 {
		t.Fatalf("only %d keys are found in the sources", len(used))
	}
	return used
}

// prefixes are keys that are put together from a prefix and a word of the data.
var prefixes = []string{"web.kind.", "web.flag.", "web.skipped.", "web.month.", "web.error.heading-", "web.filter.", "web.config.", "web.similar.group.",
	"license.how.", "license.libre-ground.", "license.obligation.", "license.obligation-why.", "search.term.", "search.reason.",
	"search.source.", "web.ecosystem.", "web.source.", "web.status.", "web.service.", "web.organisation.", "web.request.state.", "web.menu.",
	"find.value.", "registry.group.", "web.sign.", "web.archive.", "web.archive.request.", "web.proposal.", "web.gone.", "web.observatory.chart.", "web.observatory.how.", "web.observatory.of.", "web.observatory.count.", "web.observatory.column.", "web.observatory.figure.", "web.observatory.group.", "web.observatory.none.",
	"web.observatory.not-said.", "web.observatory.store.", "web.observatory.archive.", "web.statement.", "find.row.", "find.facet.", "find.why.", "find.sort.", "find.alternative.", "web.operations.",
	"web.decisions.", "web.decisions.by.", "web.decisions.choice.", "web.log.", "web.log.type.", "web.rules.", "web.register.", "web.register.method."}

func TestEveryMessageExistsAndIsUsed(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	used := usedKeys(t)
	for _, lang := range words.Langs() {
		p := catalog.Printer(lang)
		for key := range used {
			isPrefix := false
			for _, prefix := range prefixes {
				isPrefix = isPrefix || key+"." == prefix || key == prefix
			}
			if !isPrefix && !p.Has(key) {
				t.Errorf("%s is missing in %s", key, lang)
			}
		}
		for _, key := range catalog.Keys(lang) {
			if !strings.HasPrefix(key, "web.") || used[key] || used[strings.TrimSuffix(key, ".hint")] {
				continue
			}
			known := false
			for _, prefix := range prefixes {
				known = known || strings.HasPrefix(key, prefix)
			}
			if !known {
				t.Errorf("%s is used nowhere", key)
			}
		}
	}
}

// TestNothingUntold looks at every screen in both languages for what a missing message or a wrong argument leaves.
func TestNothingUntold(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	for name, path := range screens(f) {
		for _, lang := range []string{"fr", "en"} {
			body := get(h, path, "Accept-Language", lang).Body.String()
			for _, bad := range []string{"web.", "license.", "%!", "<no value>", "ZgotmplZ"} {
				if i := strings.Index(body, bad); i >= 0 && !strings.HasPrefix(body[i:], "web.go") {
					t.Errorf("%s in %s: %.120q", name, lang, body[max(0, i-40):])
				}
			}
		}
	}
}

func TestLanguageIsChosen(t *testing.T) {
	h := newServer(t, newFake(), nil)
	for _, c := range []struct{ path, accept, want string }{
		{"/", "", "fr"}, {"/", "en-GB,en;q=0.9", "en"}, {"/", "de", "fr"}, {"/", "de, en;q=0.5", "en"}, {"/?lang=fr", "en", "fr"},
		{"/?lang=en", "fr", "en"}, {"/?lang=xx", "en", "en"}, {"/repositories", "fr", "fr"}, {"/depots", "en", "en"}, {"/absent", "en", "en"},
	} {
		w := get(h, c.path, "Accept-Language", c.accept)
		if got := w.Header().Get("Content-Language"); got != c.want {
			t.Errorf("%s, Accept-Language %q: %s, want %s", c.path, c.accept, got, c.want)
		}
		if !strings.Contains(w.Body.String(), `<html lang="`+c.want+`">`) {
			t.Errorf("%s, Accept-Language %q: the page does not say lang=%s", c.path, c.accept, c.want)
		}
	}
}

func TestLanguageStaysOnlyWhenAsked(t *testing.T) {
	h := newServer(t, newFake(), nil)
	if body := get(h, "/depots", "Accept-Language", "en").Body.String(); strings.Contains(body, `href="/repositories/github.com/exemple/dates?lang=`) {
		t.Error("the language is in the links although nobody asked for it")
	}
	if body := get(h, "/depots?lang=en").Body.String(); !strings.Contains(body, `href="/repositories/github.com/exemple/dates?lang=en"`) ||
		!strings.Contains(body, `name="lang" value="en"`) {
		t.Error("the language that was asked for is not in the links and the form")
	}
}

func TestNumbersAndDatesFollowTheLanguage(t *testing.T) {
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	fr, en := catalog.Printer(words.French), catalog.Printer(words.English)
	at := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{date(fr, at), "1er mars 2026"}, {date(en, at), "1 March 2026"}, {date(fr, at.AddDate(0, 5, 1)), "2 août 2026"}, {date(fr, time.Time{}), ""},
		{size(fr, 0), "0\u00a0octet"}, {size(fr, 1), "1\u00a0octet"}, {size(en, 12), "12 bytes"}, {size(fr, 1536), "1,5\u00a0ko"}, {size(en, 2_500_000), "2.5 MB"},
		{lineRange(fr, 1200, 1300), "lignes 1200 à 1300"}, {lineRange(en, 7, 7), "line 7"}, {en.T("web.results.total", 1234), "1,234 blocks of code"},
		{fr.T("web.results.total", 1), "1 bloc de code"},
		{fr.T("web.figure.files", 1), "fichier"}, {fr.T("web.figure.files", 2), "fichiers"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
