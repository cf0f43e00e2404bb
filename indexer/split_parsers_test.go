// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// comparedFile is what ruby.rb, shell.go and definitions.py in testdata/oracle print, one a line: the definitions that
// a language's parser sees.
type comparedFile struct {
	Path, Lang string
	Defs       [][4]any // kind, name, first line, last line; comments above are left out
}

// compareWithParser reads such lines and compares, kind for kind, line for line, all that is no text block.
func compareWithParser(t *testing.T, from io.Reader) map[string]*agreement {
	t.Helper()
	found := map[string]*agreement{}
	in := bufio.NewScanner(from)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var file comparedFile
		if err := json.Unmarshal(in.Bytes(), &file); err != nil {
			t.Fatal(err)
		}
		src, err := os.ReadFile(file.Path)
		if err != nil {
			t.Fatal(err)
		}
		want, got := map[string]bool{}, map[string]bool{}
		lines := map[string]bool{} // blocks with the same lines are one: the outermost, which comes first
		for _, d := range file.Defs {
			if at := fmt.Sprint(d[2:]); lines[at] {
				continue
			} else {
				lines[at] = true
			}
			want[fmt.Sprintf("%v %v %v-%v", d[0], d[1], d[2], d[3])] = true
		}
		blocks := SplitterFor(file.Lang).Split(file.Path, src)
		if err := CheckBlocks(src, blocks); err != nil {
			t.Errorf("%s: %v", file.Path, err)
		}
		for _, b := range blocks {
			if b.Kind != KindText {
				got[fmt.Sprintf("%s %s %d-%d", b.Kind, b.Name, b.Start+b.Doc, b.End)] = true
			}
		}
		if found[file.Lang] == nil {
			found[file.Lang] = &agreement{}
		}
		found[file.Lang].compare(file.Path, want, got)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSplitAgreesWithParsers compares with what a program of testdata/oracle found: DEFINITIONS names its output.
// docs/splitting.md says how the programs are run, and what they found.
func TestSplitAgreesWithParsers(t *testing.T) {
	name := os.Getenv("DEFINITIONS")
	if name == "" {
		t.Skip("DEFINITIONS names no file of definitions")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lang, a := range compareWithParser(t, f) {
		t.Logf("%s: %v", lang, a)
	}
}

// TestRubyAgreesWithItsParser compares with Ruby's own parser on its own library.
func TestRubyAgreesWithItsParser(t *testing.T) {
	if testing.Short() {
		t.Skip("reads Ruby's library")
	}
	ruby, err := exec.LookPath("ruby")
	if err != nil {
		t.Skip("no ruby")
	}
	dir, err := exec.Command(ruby, "-e", `print RbConfig::CONFIG["rubylibdir"]`).Output()
	if err != nil {
		t.Skipf("ruby: %v", err)
	}
	var names []string
	all := func(string) bool { return true }
	walkFiles(t, string(dir), ".rb", all, func(path string, _ []byte) { names = append(names, path) })
	cmd := exec.Command(ruby, "testdata/oracle/ruby.rb")
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a := compareWithParser(t, out)["Ruby"]
	if err := cmd.Wait(); err != nil {
		t.Skipf("ruby's parser: %v", err)
	}
	if a == nil {
		t.Skip("no Ruby library")
	}
	t.Logf("ruby: %v", a)
	a.atLeast(t, 99.5, 99.9)
}
