// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// moduleCache gives the folder of the Go modules on this machine; with -short the test is left out.
func moduleCache(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("reads the whole module cache")
	}
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// walkFiles calls f with each file below dir that the indexer would read and that has the extension.
func walkFiles(t *testing.T, dir, ext string, f func(path string, src []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ext) {
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > MaxFileSize {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		f(path, src)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goDefinitions lists the functions, methods, types and top-level variables that are functions, as go/ast sees them:
// name and last line.
func goDefinitions(src []byte) (map[string]bool, bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments)
	if err != nil {
		return nil, false
	}
	out := map[string]bool{}
	line := func(p token.Pos) int { return fset.PositionFor(p, false).Line }
	ast.Inspect(file, func(n ast.Node) bool {
		switch d := n.(type) {
		case *ast.FuncDecl:
			out[fmt.Sprintf("%s %d", d.Name.Name, line(d.End()-1))] = true
			return false
		case *ast.TypeSpec:
			out[fmt.Sprintf("%s %d", d.Name.Name, line(d.End()-1))] = true
			return false
		case *ast.GenDecl:
			if d.Tok != token.VAR || len(d.Specs) != 1 || !isTop(file, d) {
				return true
			}
			if s := d.Specs[0].(*ast.ValueSpec); len(s.Values) == 1 {
				if _, ok := s.Values[0].(*ast.FuncLit); ok {
					out[fmt.Sprintf("%s %d", s.Names[0].Name, line(d.End()-1))] = true
				}
			}
		}
		return true
	})
	return out, true
}

func isTop(file *ast.File, d ast.Decl) bool { return slices.Contains(file.Decls, d) }

// TestGoAgreesWithParser compares the blocks of every Go file of the module cache with go/ast, and those of the brace
// splitter, which serves files that go/parser refuses, with both.
func TestGoAgreesWithParser(t *testing.T) {
	var main, fallback agreement
	walkFiles(t, moduleCache(t), ".go", func(path string, src []byte) {
		want, ok := goDefinitions(src)
		if !ok {
			return
		}
		blocks := SplitterFor("Go").Split(path, src)
		if err := CheckBlocks(src, blocks); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		main.compare(path, want, goBlocks(blocks))
		lines := newLineIndex(src)
		braces := assemble("Go", lines, parseBraces(src, lines, goGrammar))
		if err := CheckBlocks(src, braces); err != nil {
			t.Errorf("%s: braces: %v", path, err)
		}
		fallback.compare(path, want, goBlocks(braces))
	})
	t.Logf("go/parser: %v", &main)
	t.Logf("braces:    %v", &fallback)
	main.atLeast(t, 99.99, 99.8)
	fallback.atLeast(t, 99.5, 99.5)
}

func goBlocks(blocks []Block) map[string]bool {
	out := map[string]bool{}
	for _, b := range blocks {
		switch b.Kind {
		case KindFunction, KindMethod, KindStruct, KindInterface, KindType:
			out[fmt.Sprintf("%s %d", b.Name, b.End)] = true
		}
	}
	return out
}

// agreement counts definitions that both, only one, or only the other found.
type agreement struct {
	both, missed, extra int
	examples            []string
}

func (a *agreement) compare(path string, want, got map[string]bool) {
	for w := range want {
		if got[w] {
			a.both++
			continue
		}
		a.missed++
		a.example("missed " + path + ": " + w)
	}
	for g := range got {
		if !want[g] {
			a.extra++
			a.example("extra " + path + ": " + g)
		}
	}
}

func (a *agreement) example(s string) {
	if len(a.examples) < 12 {
		a.examples = append(a.examples, s)
	}
}

func (a *agreement) recall() float64 { return 100 * float64(a.both) / float64(max(1, a.both+a.missed)) }
func (a *agreement) precision() float64 {
	return 100 * float64(a.both) / float64(max(1, a.both+a.extra))
}

func (a *agreement) String() string {
	return fmt.Sprintf("recall %.3f %%, precision %.3f %% of %d definitions\n%s", a.recall(), a.precision(), a.both+a.missed,
		strings.Join(a.examples, "\n"))
}

func (a *agreement) atLeast(t *testing.T, recall, precision float64) {
	t.Helper()
	if a.both == 0 {
		t.Fatal("nothing was compared")
	}
	if a.recall() < recall || a.precision() < precision {
		t.Errorf("recall %.3f %% (at least %.3f), precision %.3f %% (at least %.3f)", a.recall(), recall, a.precision(), precision)
	}
}
