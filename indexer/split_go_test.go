// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/fnv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var everyNth = flag.Uint("every", 4, "of how many files of our modules one is read where we are compared with other tools; 1 reads all")

// modules gives the folders of the modules that this program is built of, dependencies of dependencies too, by module and version. What else
// stands in the machine's module cache is left alone: it is as big as whatever was built there. With -short the test is left out.
func modules(t *testing.T) map[string]string {
	t.Helper()
	if testing.Short() {
		t.Skip("reads the modules of the build")
	}
	out, err := exec.Command("go", "list", "-m", "-f", "{{with .Dir}}{{$.Path}}@{{$.Version}}\t{{.}}{{end}}", "all").Output()
	if err != nil {
		t.Skipf("no list of modules: %v", err)
	}
	dirs := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasSuffix(name, "@") {
			dirs[name] = dir
		}
	}
	return dirs
}

// walkModules calls f with one of so many files of the modules, of those that the indexer would read and that have the extension. Which ones is a
// matter of their names: on every machine and in every run they are the same.
func walkModules(t *testing.T, ext string, f func(path string, src []byte)) {
	t.Helper()
	for name, dir := range modules(t) {
		walkFiles(t, dir, ext, func(path string) bool {
			h := fnv.New32a()
			h.Write([]byte(name + filepath.ToSlash(strings.TrimPrefix(path, dir))))
			return h.Sum32()%uint32(*everyNth) == 0
		}, f)
	}
}

// walkFiles calls f with each file below dir that the indexer would read, that has the extension, and that is wanted.
func walkFiles(t *testing.T, dir, ext string, wanted func(path string) bool, f func(path string, src []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ext) || !wanted(path) {
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

// parseGo is the oracle: the definitions of a file as go/parser sees them.
func parseGo(src []byte) ([]definition, bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	tf := fset.File(file.FileStart)
	defs := make([]definition, 0, len(file.Decls))
	// PositionFor without adjustment: a //line directive must not move a block.
	line := func(p token.Pos) int { return tf.PositionFor(p, false).Line }
	add := func(kind Kind, name string, doc *ast.CommentGroup, n ast.Node) {
		d := definition{kind: kind, name: name, start: line(n.Pos()), end: line(n.End() - 1)}
		if doc != nil && doc.Pos() < n.Pos() {
			d.doc = d.start - line(doc.Pos())
			d.start -= d.doc
		}
		defs = append(defs, d)
	}
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			kind := KindFunction
			if d.Recv != nil {
				kind = KindMethod
			}
			add(kind, d.Name.Name, d.Doc, d)
		case *ast.GenDecl:
			goGroup(d, add)
		}
	}
	return defs, true
}

// goGroup adds what one type, const or var declaration declares: each type of a group is a block, constants and
// variables stay together.
func goGroup(d *ast.GenDecl, add func(Kind, string, *ast.CommentGroup, ast.Node)) {
	if len(d.Specs) == 0 {
		return
	}
	switch d.Tok {
	case token.TYPE:
		for _, spec := range d.Specs {
			s, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			if d.Lparen.IsValid() {
				add(goType(s.Type), s.Name.Name, s.Doc, s)
			} else {
				add(goType(s.Type), s.Name.Name, d.Doc, d)
			}
		}
	case token.CONST, token.VAR:
		s, ok := d.Specs[0].(*ast.ValueSpec)
		if !ok {
			return
		}
		kind := KindVariable
		if d.Tok == token.CONST {
			kind = KindConstant
		} else if !d.Lparen.IsValid() && len(s.Values) == 1 {
			if _, ok := s.Values[0].(*ast.FuncLit); ok {
				kind = KindFunction
			}
		}
		add(kind, s.Names[0].Name, d.Doc, d)
	}
}

func goType(t ast.Expr) Kind {
	switch t.(type) {
	case *ast.StructType:
		return KindStruct
	case *ast.InterfaceType:
		return KindInterface
	}
	return KindType
}

// TestGoAgreesWithParser compares the blocks of a quarter of the Go files of our modules (-every 1: of all) with what go/parser says: kind, name,
// first and last line, lines of comment.
func TestGoAgreesWithParser(t *testing.T) {
	var a agreement
	walkModules(t, ".go", func(path string, src []byte) {
		defs, ok := parseGo(src)
		if !ok {
			return
		}
		blocks := SplitterFor("Go").Split(path, src)
		if err := CheckBlocks(src, blocks); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		a.compare(path, outlineSet(assemble("Go", newLineIndex(src), defs)), outlineSet(blocks))
	})
	t.Logf("go/parser: %v", &a)
	if a.both < 10_000/int(*everyNth) {
		t.Errorf("only %d definitions were compared: the modules were not read", a.both)
	}
	a.atLeast(t, 99.99, 99.99)
}

func outlineSet(blocks []Block) map[string]bool {
	set := map[string]bool{}
	for _, b := range blocks {
		if b.Kind != KindText {
			set[fmt.Sprintf("%s %s %d-%d, %d of comment", b.Kind, b.Name, b.Start, b.End, b.Doc)] = true
		}
	}
	return set
}

// agreement counts definitions that both, only one, or only the other found.
type agreement struct {
	both, missed, extra int
	examples            []string
	show                int // how many examples to keep, when more than twelve
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
	if len(a.examples) < max(12, a.show) {
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
