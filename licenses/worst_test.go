// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// words writes a template out, twelve words a line.
func (d *Detector) words(t *template) string {
	names := make([]string, len(d.dict))
	for w, id := range d.dict {
		names[id] = w
	}
	var b strings.Builder
	for i, w := range t.words {
		b.WriteString(names[w])
		if i%12 == 11 {
			b.WriteByte('\n')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// worst are texts that ask more of the detector than source does.
func worst(t testing.TB) map[string][]sourceFile {
	d := detector(t)
	var all, mit strings.Builder
	for i := range d.templates {
		if tm := &d.templates[i]; i%2 == 0 && tm.required < 3000 && all.Len() < 5<<20 {
			fmt.Fprintf(&all, "package number %d\nCopyright 2020 Author %d\n\n%s\n\n----\n\n", i, i, d.words(tm))
		}
		if d.templates[i].expr == "MIT" && d.templates[i].kind == kindText {
			mit.WriteString(d.words(&d.templates[i]))
		}
	}
	var holders strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&holders, "module-%d by somebody%d\n\n%s\n\n", i, i, mit.String())
	}
	first := strings.Join(strings.Fields(mit.String())[:20], " ") + "\n"
	sets := map[string][]sourceFile{
		"all texts":   {{"THIRD-PARTY-NOTICES.txt", []byte(all.String())}},
		"many MIT":    {{"THIRD-PARTY-NOTICES.txt", []byte(holders.String())}},
		"first words": {{"a.txt", []byte(strings.Repeat(first, (1<<20)/len(first)))}},
		"one word":    {{"a.txt", []byte(strings.Repeat("license ", 1<<17))}},
		"one line":    {{"a.txt", []byte(strings.Repeat("the software is provided as is without warranty of any kind ", 20000))}},
		"shuffled":    {{"a.txt", shuffled(all.String())}},
		"readme":      {{"README.md", []byte(strings.Repeat("It reads what it is given, line by line, and writes what it found.\n\n", 15000))}},
	}
	files, err := filepath.Glob("/usr/share/doc/*/copyright")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil {
			sets["debian"] = append(sets["debian"], sourceFile{f, data})
		}
	}
	return sets
}

// shuffled puts runs of six words of a text into another order.
func shuffled(text string) []byte {
	words := strings.Fields(text)
	var b []byte
	n := min(len(words), 200000) / 6
	for i := range n {
		k := (i * 7919) % n
		b = append(append(b, strings.Join(words[6*k:6*k+6], " ")...), '\n')
	}
	return b
}
