// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goWork is the file that joins modules of a project, https://go.dev/ref/mod#workspaces.
const goWork = "go.work"

// workspace is what a go.work says.
type workspace struct {
	dir     string
	modules map[string]string // path of a module → its folder
	folders map[string]bool   // that it uses
	replace []*modfile.Replace
	highest map[string]string // version of a module that any of its modules asks for
}

// goModules works out the build list of each module of the project, and what of it only tests need.
func (a *audit) goModules(ctx context.Context, locks []*lock, v *vendored, where *locator) error {
	if len(locks) == 0 {
		return nil
	}
	spaces := a.workspaces(locks, v)
	own, roots := a.goPackages(locks, v)
	for _, l := range locks {
		b := &goBuild{cache: a.Caches.GoModules, lock: l}
		dir := path.Dir(l.path)
		if w := spaceOf(spaces, dir); w != nil {
			w.join(l)
			b.workspace = w
		}
		if err := b.list(ctx); err != nil {
			return err
		}
		if len(roots[dir]) == 0 { // a go.mod by itself says nothing of what is imported
			continue
		}
		r := goReach{
			ctx: ctx, lock: l, build: b, own: own, modules: map[string]*locked{}, files: map[string]*opened{}, needed: map[string]bool{},
			followed: map[string]bool{}, seen: map[string]bool{},
			open: func(p *locked) *opened {
				if p.local {
					return where.inProject(p.at, SourceTree)
				}
				at, _ := where.goModule(dir, p)
				return at
			},
		}
		for i := range l.packages {
			r.modules[l.packages[i].key] = &l.packages[i]
		}
		if err := r.mark(roots[dir]); err != nil {
			return err
		}
	}
	return nil
}

// goPackages lists what the packages of the project's modules import, by their import path, and which packages each module holds, by its
// folder. What Go leaves out is left out: testdata, folders that begin with _ or a dot, vendored code.
func (a *audit) goPackages(locks []*lock, v *vendored) (own map[string][]string, roots map[string][]string) {
	modules := map[string]string{} // by folder
	for _, l := range locks {
		modules[path.Dir(l.path)] = l.module
	}
	own, roots = map[string][]string{}, map[string][]string{}
	for _, f := range a.walked.files {
		if f.imports == nil || inFixture(f.Path) || v.folder(f.Path) != "" || strings.Contains("/"+f.Path, "/_") || strings.Contains("/"+f.Path, "/.") {
			continue
		}
		top := path.Dir(f.Path)
		for modules[top] == "" && top != "." {
			top = path.Dir(top)
		}
		if modules[top] == "" {
			continue
		}
		name := path.Join(modules[top], strings.TrimPrefix(strings.TrimPrefix(path.Dir(f.Path), top), "/"))
		if top == "." {
			name = path.Join(modules[top], path.Dir(f.Path))
		}
		if own[name] == nil {
			own[name] = []string{}
			roots[top] = append(roots[top], name)
		}
		own[name] = append(own[name], f.imports...)
	}
	return own, roots
}

// workspaces reads every go.work, by its folder. A module that it uses and that is not here is counted.
func (a *audit) workspaces(locks []*lock, v *vendored) map[string]*workspace {
	all := map[string]*workspace{}
	for _, f := range a.walked.files {
		if path.Base(f.Path) != goWork || f.text == nil || inFixture(f.Path) || v.folder(f.Path) != "" {
			continue
		}
		work, err := modfile.ParseWork(f.Path, f.text, nil)
		if err != nil {
			a.walked.partial = append(a.walked.partial, partialOf(f.Path, goModFault(err)))
			continue
		}
		w := &workspace{dir: path.Dir(f.Path), modules: map[string]string{}, folders: map[string]bool{}, replace: work.Replace, highest: map[string]string{}}
		for _, use := range work.Use {
			dir := path.Join(path.Dir(f.Path), filepath.ToSlash(use.Path))
			l := lockIn(locks, dir)
			if l == nil || path.IsAbs(filepath.ToSlash(use.Path)) {
				a.walked.skipped.add(SkippedModule, dir)
				continue
			}
			w.folders[dir] = true
			w.modules[l.module] = dir
			for _, p := range l.packages {
				w.highest[p.name] = later(w.highest[p.name], p.version)
			}
		}
		all[path.Dir(f.Path)] = w
	}
	return all
}

func lockIn(locks []*lock, dir string) *lock {
	for _, l := range locks {
		if path.Dir(l.path) == dir {
			return l
		}
	}
	return nil
}

// spaceOf finds the workspace of a module: the nearest go.work above counts, when it uses the module.
func spaceOf(all map[string]*workspace, dir string) *workspace {
	for at := dir; ; at = path.Dir(at) {
		if w := all[at]; w != nil {
			if w.folders[dir] {
				return w
			}
			return nil
		}
		if at == "." || at == "/" {
			return nil
		}
	}
}

// join raises what a module asks for to what the workspace takes: one version for all of its modules.
func (w *workspace) join(l *lock) {
	for i := range l.packages {
		p := &l.packages[i]
		p.version = later(p.version, w.highest[p.name])
	}
}

// replacement is what the workspace takes in place of a module: one of its own, or what go.work says, which goes before go.mod.
func (w *workspace) replacement(v module.Version) (to module.Version, dir string, ok bool) {
	if dir, ok = w.modules[v.Path]; ok {
		return module.Version{}, dir, true
	}
	if to, ok = replacementOf(w.replace, v); ok && to.Version == "" {
		dir = path.Join(w.dir, filepath.ToSlash(to.Path))
	}
	return to, dir, ok
}
