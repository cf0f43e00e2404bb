// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"communs/internal/words"
)

// testProgram is a program that speaks a language and writes into buffers.
func testProgram(t testing.TB, lang words.Lang) (p *program, out, err *bytes.Buffer) {
	t.Helper()
	catalog, e := words.Load()
	if e != nil {
		t.Fatal(e)
	}
	out, err = new(bytes.Buffer), new(bytes.Buffer)
	p = newProgram(catalog, map[string]string{}, strings.NewReader(""), out, err)
	p.say = catalog.Printer(lang)
	return p, out, err
}

func TestHelpPages(t *testing.T) {
	leaked := regexp.MustCompile(`\bcmd\.[a-z]|%!|\(MISSING\)|NAME:|USAGE:|OPTIONS:`)
	pages := map[words.Lang]map[string]string{}
	for _, lang := range words.Langs() {
		p, out, _ := testProgram(t, lang)
		app := p.app()
		pages[lang] = map[string]string{}
		for _, c := range append(allCommands(app), nil) {
			out.Reset()
			if err := p.help(app, c); err != nil {
				t.Fatal(err)
			}
			name := "communs"
			if c != nil {
				name = called(app, c)
			}
			page := out.String()
			pages[lang][name] = page
			if m := leaked.FindString(page); m != "" {
				t.Errorf("%s, %s: %q in the help page", name, lang, m)
			}
			_, examples, _ := strings.Cut(page, p.say.T("cmd.page.examples")+"\n")
			examples, _, _ = strings.Cut(examples, "\n\n")
			lines := strings.Split(strings.TrimSpace(examples), "\n")
			if len(lines) != 3 {
				t.Errorf("%s, %s: %d examples, want 3", name, lang, len(lines))
			}
			for _, line := range lines {
				for _, command := range commandsIn(line) {
					if _, _, err := p.arrange(app, command); err != nil {
						t.Errorf("%s, %s: the example %q is refused: %v", name, lang, line, err)
					}
				}
			}
		}
	}
	for name, page := range pages[words.French] {
		if page == pages[words.English][name] {
			t.Errorf("%s: the page is the same in both languages", name)
		}
	}
}

var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"|[^\s'"]+`)

// commandsIn takes the arguments of each call of communs out of a shell line.
func commandsIn(line string) (calls [][]string) {
	line, _, _ = strings.Cut(line, " # ")
	for _, part := range regexp.MustCompile(` \| |<\(|\)| >+ `).Split(line, -1) {
		var args []string
		for _, word := range quoted.FindAllString(part, -1) {
			args = append(args, strings.Trim(word, `'"`))
		}
		for len(args) > 0 && args[0] == "source" {
			args = args[1:]
		}
		if len(args) > 0 && args[0] == "communs" {
			calls = append(calls, args[1:])
		}
	}
	return calls
}

// Every flag may stand before and after the command, and none is told in the library's English.
func TestArrange(t *testing.T) {
	for _, test := range []struct {
		args, want string
	}{
		{"search a b", "communs search -- a b"},
		{"--data d search a --n 3 b", "communs --data=d search --n=3 -- a b"},
		{"search a --data d --n=3 --format json", "communs --data=d --format=json search --n=3 -- a"},
		{"search a -lang:go -", "communs search -- a -lang:go -"},
		{"search -q a -- --n", "communs --quiet search -- a --n"},
		{"index --report --rebuild=false", "communs index --report --rebuild=false --"},
		{"licenses detect a --format tsv -- -b", "communs --format=tsv licenses detect -- a -b"},
		{"--format json licences --quiet detect", "communs --format=json --quiet licenses detect --"},
		{"search --after -x a", "communs search --after=-x -- a"},
	} {
		p, _, _ := testProgram(t, words.French)
		argv, _, err := p.arrange(p.app(), strings.Fields(test.args))
		if err != nil {
			t.Errorf("%s: %v", test.args, err)
		} else if got := strings.Join(argv, " "); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.args, got, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	commands := []string{"search", "show", "serve", "index", "crawl"}
	for word, want := range map[string]string{
		"serach": "search", "Search": "search", "sever": "serve", "shwo": "show", "zzz": "", "x": "", "indexe": "index", "": "",
	} {
		if got := nearest(word, commands); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"plain\tcode\n": "plain\tcode\n", "\x1b[31mred": "␛[31mred", "a\x00b\x7f": "a␀b␡", "a\u202eb": "a⟨U+202E⟩b",
		"\xff\xfe": "⟨0xFF⟩⟨0xFE⟩", "été 你好 🙂": "été 你好 🙂", "\u009b1m": "⟨U+009B⟩1m", "a\u200bb\ufeff": "a⟨U+200B⟩b⟨U+FEFF⟩",
		"a\r\n": "a␍\n", "\u2066x\u2069": "⟨U+2066⟩x⟨U+2069⟩", "می\u200cخواهم": "می\u200cخواهم",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// Two names never look alike in a column, and each stays on its line.
func TestField(t *testing.T) {
	for in, want := range map[string]string{
		"a/b.go": "a/b.go", "a\nb": `"a\nb"`, "a\tb": `"a\tb"`, `"a\nb"`: `"\"a\\nb\""`, "\xffé": `"\xff\u00e9"`, "été": "été",
		"a\u202eb": `"a\u202eb"`, `a\nb`: `a\nb`, "": "",
	} {
		if got := field(in); got != want {
			t.Errorf("field(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "a\x1b[0m\u202e\xff", "é\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range visible(s) {
			if hidden(r) || r < 0x20 && r != '\n' && r != '\t' || r == 0x7f {
				t.Fatalf("visible(%q) still holds %U", s, r)
			}
		}
		if strings.ContainsAny(field(s), "\n\t\x1b") {
			t.Fatalf("field(%q) = %q leaves its line", s, field(s))
		}
	})
}

func FuzzArrange(f *testing.F) {
	f.Add("search --n 3 -x -- a")
	f.Add("--data")
	p, _, told := testProgram(f, words.English)
	app := p.app()
	f.Fuzz(func(t *testing.T, line string) {
		argv, page, err := p.arrange(app, strings.Split(line, " "))
		if err == nil && page.kind == pageCommand && app.Command(argv[1]) == nil && !strings.HasPrefix(argv[1], "--") {
			t.Fatalf("%q arranged as %q", line, argv)
		}
		if err != nil {
			told.Reset()
			if p.conclude(context.Background(), err); !strings.HasPrefix(told.String(), "communs: ") {
				t.Fatalf("%q told as %q", line, told)
			}
		}
	})
}

func TestDescriptionsKeepTheirLists(t *testing.T) {
	var b strings.Builder
	writeDescription(&b, "One line\nand another.\n\nOrigins:\n  base      what comes along\n  members   a list\n\nThe end.")
	want := "One line and another.\n\nOrigins:\n  base                    what comes along\n  members                 a list\n\nThe end.\n\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	b.Reset()
	roffText(&b, "Origins:\n  base      what comes along")
	if want := ".PP\nOrigins:\n.TP\n.B base\nwhat comes along\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
