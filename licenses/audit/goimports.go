// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Which modules a Go project hands on is told by what its packages import, and what those import in turn, tests left out: go.mod also
// names what only tests or tools need, or nobody. All systems and build tags count, as the audit is not about one of them. What cannot be
// followed, because a module is not on this machine, is taken to need all that its go.mod names.

// maxGoFile is how much of a Go file of a module is read: imports stand at the beginning.
const maxGoFile = 1 << 20

// goImports lists what a Go file imports; nil for a test, and for a file that no build takes in.
func goImports(name string, text []byte) []string {
	if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
		return nil
	}
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly|parser.ParseComments)
	if f == nil || err != nil && len(f.Imports) == 0 {
		return nil
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() < f.Package && constraint.IsGoBuild(c.Text) {
				if x, err := constraint.Parse(c.Text); err == nil && !built(x) {
					return nil
				}
			}
		}
	}
	imports := []string{}
	for _, i := range f.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			imports = append(imports, p)
		}
	}
	return imports
}

// built reports whether some build takes in a file with such a constraint. The tags ignore and tools are by custom those of no build.
func built(x constraint.Expr) bool {
	switch x := x.(type) {
	case *constraint.AndExpr:
		return built(x.X) && built(x.Y)
	case *constraint.OrExpr:
		return built(x.X) || built(x.Y)
	case *constraint.TagExpr:
		return x.Tag != "ignore" && x.Tag != "tools"
	}
	return true
}

// goReach follows imports from the packages of a module of the project.
type goReach struct {
	ctx     context.Context
	lock    *lock
	build   *goBuild
	own     map[string][]string // what the project's packages import, by their own path
	modules map[string]*locked  // by path
	open    func(*locked) *opened
	files   map[string]*opened // of modules, by path; nil when they are not there

	needed   map[string]bool // modules
	followed map[string]bool // modules of which all that they require counts
	seen     map[string]bool // packages
	queue    []string
	lost     bool // something is needed of which nothing is known: anything may be
}

// mark marks the modules of a lock that no package of the project needs.
func (r *goReach) mark(roots []string) error {
	defer func() {
		for _, f := range r.files {
			if f != nil {
				f.Close()
			}
		}
	}()
	r.queue = roots
	for len(r.queue) > 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		name := r.queue[len(r.queue)-1]
		if r.queue = r.queue[:len(r.queue)-1]; !r.seen[name] {
			r.seen[name] = true
			r.follow(name)
		}
	}
	for i := range r.lock.packages {
		p := &r.lock.packages[i]
		p.dev = !r.lost && !p.local && !r.needed[p.key]
	}
	return nil
}

// follow finds the package of an import path: the longest module that holds it does, https://go.dev/ref/mod#resolve-pkg-mod.
func (r *goReach) follow(name string) {
	if imports, ok := r.own[name]; ok {
		r.queue = append(r.queue, imports...)
		return
	}
	longest := ""
	for at := name; at != "."; at = path.Dir(at) {
		p := r.modules[at]
		if p == nil {
			continue
		}
		longest = firstOf(longest, at)
		if imports, found := r.imports(p, strings.TrimPrefix(strings.TrimPrefix(name, at), "/")); found {
			r.needed[at] = true
			r.queue = append(r.queue, imports...)
			return
		}
	}
	if longest != "" {
		r.whole(longest)
	}
}

// imports reads the package in a folder of a module.
func (r *goReach) imports(p *locked, dir string) (all []string, found bool) {
	at, known := r.files[p.key]
	if !known {
		at = r.open(p)
		r.files[p.key] = at
	}
	if at == nil {
		return nil, false
	}
	entries, err := fs.ReadDir(at.files, firstOf(dir, "."))
	if err != nil {
		return nil, false
	}
	for _, e := range entries {
		if name := e.Name(); !e.IsDir() && strings.HasSuffix(name, ".go") {
			found = true
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := readPart(at.files, path.Join(dir, name), maxGoFile)
			if err != nil {
				return nil, false
			}
			all = append(all, goImports(name, text)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), found
}

// whole takes all that a module requires for needed, and what that requires.
func (r *goReach) whole(name string) {
	r.needed[name] = true
	if r.followed[name] {
		return
	}
	r.followed[name] = true
	p := r.modules[name]
	f := r.build.mod(p.selected)
	if f == nil {
		r.lost = true
		return
	}
	for _, q := range f.Require {
		if r.modules[q.Mod.Path] != nil {
			r.whole(q.Mod.Path)
		}
	}
}
