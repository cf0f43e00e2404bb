// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"communs/licenses"
	"communs/search"
)

// TestHostileContentStaysText shows a repository whose every field is an attack: nothing of it becomes markup, and no
// character that cannot be seen reaches the browser.
func TestHostileContentStaysText(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	bad := f.repos[3]
	l := linker{lang: "fr"}
	paths := []string{"/depots", "/depots?lang=en", l.repository(bad.info.URL), l.owner(bad.info.Owner, ""), "/code?q=" + "alert+vil",
		l.file(bad.info.URL, "dir", 0), "/code?q=%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE%00", "/%3Cscript%3E%E2%80%AE", "/owners/%3Cb%3E%E2%80%AE",
		"/depots/x%00%E2%80%AE%0A", "/code/%3Cb%3E%0A%E2%80%AE", "/code?q=lnag:%22%3E%3Cb%3E%E2%80%AE", "/?lang=%22%3E%3Cb%3E", "/code?q=x&into=%22%3E%3Cb%3E",
		"/code?q=x&after=%22%3E%3Cb%3E&page=%3Cb%3E"}
	for _, file := range bad.files {
		paths = append(paths, l.file(bad.info.URL, file.path, 0), l.block(file.id(1, 3)))
	}
	for _, path := range paths {
		w := get(h, path)
		if w.Code >= 500 {
			t.Errorf("%s: status %d", path, w.Code)
		}
		body := w.Body.String()
		for _, fault := range checkPage(body) {
			t.Errorf("%s: %s", path, fault)
		}
		for i, r := range body {
			if hidden(r, utf8.RuneLen(r), body[i]) != "" && r != '\n' || r == utf8.RuneError {
				t.Errorf("%s: U+%04X reaches the page: %q", path, r, body[max(0, i-40):min(len(body), i+40)])
				break
			}
		}
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		walk(doc, func(n *html.Node) {
			if contains([]string{"script", "img", "i", "s", "u", "lic", "how", "kind", "flag", "lang"}, n.Data) {
				t.Errorf("%s: <%s> came from the data", path, n.Data)
			}
		})
	}
}

// TestWhatIsCopiedHoldsNoOtherLine holds that a name with line ends cannot add lines to the notice or the header.
func TestWhatIsCopiedHoldsNoOtherLine(t *testing.T) {
	h := &search.Hit{ID: "swh:1:cnt:0", Repo: "https://x\nevil()", Path: "a\nevil() */", Name: "b\r\nevil()", Commit: "c\nevil()", License: "MIT\nevil()",
		Lang: "CSS", Start: 1, End: 2, Copyright: []string{"© x\nevil() */ evil()"}}
	for _, line := range strings.Split(strings.TrimSpace(snippet(h)), "\n") {
		if line == "" {
			continue
		}
		if !strings.HasPrefix(line, "/* ") || !strings.HasSuffix(line, " */") || strings.Count(line, "*/") != 1 {
			t.Errorf("a line that is no comment: %q", line)
		}
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct{ in, html, plain string }{
		{"plain Été 漢字 🙂", "plain Été 漢字 🙂", "plain Été 漢字 🙂"},
		{"a\tb", "a\tb", "a\tb"},
		{"<&>\"'", "&lt;&amp;&gt;&#34;&#39;", "<&>\"'"},
		{"a\u202eb", "a<span class=ctl>U+202E</span>b", "a⟨U+202E⟩b"},
		{"\u200b", "<span class=ctl>U+200B</span>", "⟨U+200B⟩"},
		{"a\nb", "a<span class=ctl>U+000A</span>b", "a⟨U+000A⟩b"},
		{"\x1b[0m\x7f", "<span class=ctl>U+001B</span>[0m<span class=ctl>U+007F</span>", "⟨U+001B⟩[0m⟨U+007F⟩"},
		{"\xff", "<span class=ctl>0xFF</span>", "⟨0xFF⟩"},
		{"\u2028\ufeff\U000E0041", "<span class=ctl>U+2028</span><span class=ctl>U+FEFF</span><span class=ctl>U+E0041</span>", "⟨U+2028⟩⟨U+FEFF⟩⟨U+E0041⟩"},
		{"1\u00a0000\u202f€", "1\u00a0000\u202f€", "1\u00a0000\u202f€"},
	} {
		if got := string(visible(c.in)); got != c.html {
			t.Errorf("visible(%q) = %q, want %q", c.in, got, c.html)
		}
		if got := plain(c.in); got != c.plain {
			t.Errorf("plain(%q) = %q, want %q", c.in, got, c.plain)
		}
	}
}

// TestHugeFiles shows files of a megabyte, one of short lines and one of a single line, within the page's budget.
func TestHugeFiles(t *testing.T) {
	f := newFake()
	many := &fakeFile{path: "many.js", lang: "JavaScript", text: strings.Repeat("if (a) { b('c') } // d\n", 45_000), license: "MIT", libre: licenses.LibreYes}
	one := &fakeFile{path: "one.js", lang: "JavaScript", text: strings.Repeat("x=/[/+'é';", 100_000), license: "MIT", libre: licenses.LibreYes}
	f.repos[0].files = append(f.repos[0].files, many, one)
	h := newServer(t, f, nil)
	l := linker{lang: "fr"}
	for _, path := range []string{
		l.file(f.repos[0].info.URL, "many.js", 0), l.file(f.repos[0].info.URL, "many.js", 44_999)[:len(l.file(f.repos[0].info.URL, "many.js", 44_999))-7],
		l.file(f.repos[0].info.URL, "one.js", 0), l.block(one.id(1, 1)), l.block(many.id(1, 45_000)), "/code?q=x%3D",
	} {
		begin := time.Now()
		w := get(h, path, "Accept-Encoding", "gzip")
		if w.Code != 200 {
			t.Errorf("%s: status %d", path, w.Code)
		}
		if w.Body.Len() > 20_000 {
			t.Errorf("%s weighs %d bytes", path, w.Body.Len())
		}
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s took %v", path, took)
		}
	}
	body := get(h, l.file(f.repos[0].info.URL, "one.js", 0)).Body.String()
	if !strings.Contains(body, "octets de plus") {
		t.Error("the cut line does not say that it is cut")
	}
	body = get(h, l.file(f.repos[0].info.URL, "many.js", 0)+"?part=180").Body.String()
	if !strings.Contains(body, "id=L45000 ") || strings.Contains(body, "id=L44750 ") {
		t.Error("the last part does not show the last lines")
	}
}

// TestTextIsWhole holds that what is shown of code, markup taken away, is the code.
func TestTextIsWhole(t *testing.T) {
	f := newFake()
	h := newServer(t, f, nil)
	l := linker{lang: "fr"}
	for _, file := range f.repos[0].files[:3] {
		doc, err := html.Parse(strings.NewReader(get(h, l.file(f.repos[0].info.URL, file.path, 0)).Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		walk(doc, func(n *html.Node) {
			if n.Data != "pre" {
				return
			}
			var want strings.Builder
			for i, line := range splitLines(file.text) {
				fmt.Fprintf(&want, "%d%s\n", i+1, line)
			}
			if got := textOf(n) + "\n"; strings.TrimRight(got, "\n") != strings.TrimRight(want.String(), "\n") {
				t.Errorf("%s: shown\n%s\nwant\n%s", file.path, got, want.String())
			}
		})
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u202e<b>\xff\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{string(visible(text)), plain(text)} {
			if !utf8.ValidString(got) || hides(got) {
				t.Errorf("%q gives %q", text, got)
			}
		}
		if got := string(visible(text)); strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(got, "<span class=ctl>", ""), "</span>", ""), "<>\"'") {
			t.Errorf("%q gives markup: %q", text, got)
		}
	})
}
