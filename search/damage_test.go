// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
)

// TestDamageWhileServing: bytes that change below a searcher at work, before or after it has read what they belong to, end
// in no crash and no late answer. What is first read after the change is named, and what it was part of is set aside.
func TestDamageWhileServing(t *testing.T) {
	questions := []string{`"return"`, "return", "kind:function", `/func \w+\(/`, "in:file return func", "name:Read"}
	for _, file := range []string{"content", "blocks", "grams", "prints", "words"} {
		for _, warm := range []bool{false, true} {
			t.Run(file+map[bool]string{true: ", read before"}[warm], func(t *testing.T) {
				dir := t.TempDir()
				writeIndex(t, dir, 8<<10, append(small(), library(t, "encoding/csv")...)...)
				l, err := Open(dir, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				ask := func() {
					t.Helper()
					for _, question := range questions {
						page, err := l.Search(context.Background(), Query{Text: question, N: 20, Deadline: 20 * time.Second})
						if err != nil || page.Total == 0 && !warm {
							t.Errorf("%s: the rest does not answer: %+v %v", question, page, err)
						}
					}
					if _, err := l.Similar(context.Background(), Example{Code: serverGo, Lang: "Go"}); err != nil && !warm {
						t.Logf("similar: %v", err)
					}
				}
				if warm {
					ask()
				}
				flip(t, filepath.Join(dir, "shards", firstShard(t, dir), file))
				ask()
				status, err := l.Status(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				named := slices.ContainsFunc(status.Faults, func(f string) bool { return strings.Contains(f, file) })
				if !warm && !named && file != "blocks" { // the table of blocks is read on opening
					t.Errorf("%s is not named: %q", file, status.Faults)
				}
			})
		}
	}
}

// flip changes a byte in every 64th of a file, where it lies; of the words' folder, of its segment.
func flip(t *testing.T, name string) {
	t.Helper()
	if found, _ := filepath.Glob(filepath.Join(name, "store", "*.zap")); len(found) == 1 {
		name = found[0]
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	for i := range int64(63) {
		at := info.Size() * (i + 1) / 64
		if _, err := f.ReadAt(b, at); err != nil {
			t.Fatal(err)
		}
		b[0] ^= 0xff
		if _, err := f.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHostileCorpus: files made to trip up what reads them go through the index beside one of everyday, which is found all
// the same; and questions over them end.
func TestHostileCorpus(t *testing.T) {
	const many = 100_000
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/a/hostile"}, files: map[string]string{
		"good.go":       "package good\n\nfunc everydayMarker() int { return 1 }\n",
		"line.js":       strings.Repeat("x", 100<<20),
		"short-line.js": strings.Repeat("everydayMarker;", 60_000),
		"braces.c":      strings.Repeat("{{{{\n", many/4) + strings.Repeat("}}}}\n", many/4),
		"brackets.ts":   strings.Repeat("[(", many/2),
		"elements.tsx":  strings.Repeat("<a b={", many/6),
		"quotes.py":     "x = '''" + strings.Repeat("\"\"\" f'{", many/8),
		"comment.java":  "class A {\n/*" + strings.Repeat(" /* {\n", many/7),
		"heredocs.sh":   strings.Repeat("cat <<EOF <<'B'\n", many/16),
		"heredocs.rb":   strings.Repeat("x = <<~A\n#{", many/11),
		"dollar.sql":    "create function f() as $$\n" + strings.Repeat("$a$ $b$ ", many/8),
		"functions.c":   strings.Repeat("f(){}\n", many),
		"lines.txt":     strings.Repeat("\n", 1_000_000),
		"nul.c":         "int a;\x00\x00int b;\n",
		"latin1.c":      "/* \xe9t\xe9 \xff\xfe */ int everydayMarker;\n",
		"mixed.php":     "<?php // caf\xc3\xa9 caf\xe9 \xed\xa0\x80 \xf4\x90\x80\x80\nfunction everydayMarker() {\n",
		"utf16.txt":     "\xff\xfee\x00v\x00",
		"ifs.h":         strings.Repeat("#if A\n{\n#else\n", many/14),
		"deep.yaml":     strings.Repeat("- ", many),
	}}
	began := time.Now()
	l := newIndex(t, r)
	for question, least := range map[string]int{
		"everydayMarker": 3, `"everydayMarker"`: 3, `/every\w+Marker/`: 3, "name:everydayMarker": 2, "lang:go marker": 1, "in:file everyday path:*.php": 1,
		`"{{{{"`: 1, `/^$/`: 0, `/.*/`: 1, `/(x+x+)+y/`: 0, `/[^ -~]/`: 1,
	} {
		page, err := l.Search(context.Background(), Query{Text: question, N: 10, Deadline: 20 * time.Second})
		if err != nil || page.Total < least {
			t.Errorf("%s: %+v %v, want %d hits", question, page, err, least)
		}
	}
	if took := time.Since(began); took > 2*time.Minute { // some two seconds on a machine that does nothing else
		t.Errorf("took %v", took)
	}
}
