// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"communs/internal/manifests"
	"communs/licenses"
)

// part is a component with what is needed to look into it.
type part struct {
	Component
	lock *lock // the first that names it; nil for what is none of a lock
	pkg  *locked
	pack *pack

	settled bool                  // nothing is to be read of it
	said    []licenses.Expression // by SBOMs within the project

	dir   string     // of vendored code
	files []*scanned // of vendored code, by path
}

// parts collects components by ID.
type parts struct {
	byID    map[string]*part
	folders map[string]string // of vendored code: its ID
}

func newParts() parts { return parts{map[string]*part{}, map[string]string{}} }

// idOf is the ID of the vendored component in a folder.
func (ps *parts) idOf(dir string) string { return ps.folders[dir] }

// addLock takes in what a lock names.
func (ps *parts) addLock(l *lock) {
	ids := map[string]string{} // by key; empty for a part of the project
	seen := map[string]bool{}
	for i := range l.packages {
		p := &l.packages[i]
		if !p.local && p.name != "" {
			ids[p.key] = manifests.PURL(l.format.ecosystem, p.name, p.version)
		}
		seen[p.key] = true
	}
	via, direct := chains(l, ids)
	for i := range l.packages {
		p := &l.packages[i]
		id := ids[p.key]
		if id == "" {
			continue
		}
		c := Component{
			ID: id, Kind: Dependency, PURL: id, Ecosystem: l.format.ecosystem, Name: p.name, Version: p.version, Origin: p.origin,
			DeclaredText: p.licenses, Checksums: p.sums, Places: []Place{{Path: l.path, Line: p.line, How: l.format.name}},
			Direct: direct[p.key], Development: p.dev, Optional: p.optional, Via: via[p.key],
		}
		for _, d := range p.deps {
			if to := ids[d]; to != "" && to != id {
				c.Dependencies = append(c.Dependencies, to)
			}
		}
		slices.Sort(c.Dependencies)
		c.Dependencies = slices.Compact(c.Dependencies)
		ps.add(&part{Component: c, lock: l, pkg: p})
	}
}

// add merges a component with the one of the same ID.
func (ps *parts) add(p *part) {
	if p.dir != "" {
		ps.folders[p.dir] = p.ID
	}
	old := ps.byID[p.ID]
	if old == nil {
		ps.byID[p.ID] = p
		return
	}
	for _, place := range p.Places {
		if !slices.Contains(old.Places, place) {
			old.Places = append(old.Places, place)
		}
	}
	for _, text := range p.DeclaredText {
		if !slices.Contains(old.DeclaredText, text) {
			old.DeclaredText = append(old.DeclaredText, text)
		}
	}
	old.Dependencies = slices.Compact(slices.Sorted(slices.Values(append(old.Dependencies, p.Dependencies...))))
	if p.Direct {
		old.Direct, old.Via = true, nil
	} else if !old.Direct && len(p.Via) < len(old.Via) {
		old.Via = p.Via
	}
	old.Development = old.Development && p.Development
	old.Optional = old.Optional && p.Optional
	old.Origin = firstOf(old.Origin, p.Origin)
	if len(old.Checksums) == 0 {
		old.Checksums = p.Checksums
	}
}

// chains finds the shortest chain from a direct dependency to each package, and which are direct. Where the file does not say what the
// project asks for itself, that is what nothing else asks for.
func chains(l *lock, ids map[string]string) (via map[string][]string, direct map[string]bool) {
	direct = l.direct
	at := map[string]*locked{}
	for i := range l.packages {
		at[l.packages[i].key] = &l.packages[i]
	}
	if direct == nil {
		asked := map[string]bool{}
		for _, p := range l.packages {
			for _, d := range p.deps {
				asked[d] = true
			}
		}
		direct = map[string]bool{}
		for _, p := range l.packages {
			direct[p.key] = !asked[p.key]
		}
	}
	via = map[string][]string{}
	reached := map[string]bool{}
	var queue []string
	for _, p := range l.packages {
		if direct[p.key] && !reached[p.key] {
			reached[p.key] = true
			queue = append(queue, p.key)
		}
	}
	slices.SortFunc(queue, func(a, b string) int { return cmp.Or(cmp.Compare(ids[a], ids[b]), cmp.Compare(a, b)) })
	for len(queue) > 0 {
		key := queue[0]
		queue = queue[1:]
		p := at[key]
		if p == nil {
			continue
		}
		for _, d := range p.deps {
			if reached[d] {
				continue
			}
			reached[d] = true
			via[d] = slices.Clone(via[key])
			if id := ids[key]; id != "" {
				via[d] = append(via[d], id)
			}
			queue = append(queue, d)
		}
	}
	return via, direct
}

// list is all components, by ID.
func (ps *parts) list() []*part {
	var all []*part
	for _, p := range sorted(ps.byID) {
		slices.SortFunc(p.Places, func(a, b Place) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line)) })
		all = append(all, p)
	}
	return all
}

// readLicenses reads the licence of every component, several at a time.
func (ps *parts) readLicenses(ctx context.Context, where *locator, detector *licenses.Detector, jobs int, progress func(name string)) error {
	work := make(chan *part)
	var workers sync.WaitGroup
	for range max(jobs, 1) {
		workers.Go(func() {
			for p := range work {
				p.read(ctx, where, detector)
			}
		})
	}
	for _, p := range ps.list() {
		if ctx.Err() != nil {
			break
		}
		if progress != nil {
			progress(p.Name)
		}
		work <- p
	}
	close(work)
	workers.Wait()
	return context.Cause(ctx)
}

// read finds the licence of one component: in its files when they are there, beside what its lock declares.
func (p *part) read(ctx context.Context, where *locator, detector *licenses.Detector) {
	if p.settled {
		return
	}
	declared := detector.Declared(p.DeclaredText)
	if !declared.IsZero() && p.lock != nil {
		p.Evidence = append(p.Evidence, Evidence{Path: p.lock.path, Start: p.pkg.line, End: p.pkg.line, How: "lock", License: declared, Score: 0.9})
		p.Source = SourceLock
	}
	switch {
	case p.files != nil:
		if pack, err := readPack(ctx, p.held(), detector); err == nil {
			p.pack, p.Source = pack, SourceTree
		}
	case p.lock != nil && p.Ecosystem == "maven":
		if pack, there := readMaven(where.caches.Maven, p.pkg, detector); pack != nil {
			p.pack, p.Source = pack, SourceMaven
		} else if !there {
			p.Missing = MissingMaven
		}
	case p.lock != nil:
		at, missing := where.open(p.lock, p.pkg)
		if at == nil {
			p.Missing = missing
		} else {
			defer at.Close()
			if pack, err := readPack(ctx, at.files, detector); err == nil {
				p.pack, p.Source = pack, at.source
				for _, name := range pack.closed {
					where.refused(p.label()+": "+name, fs.ErrPermission)
				}
			} else {
				p.Missing = MissingAny
				where.refused(p.label(), err)
			}
		}
	}
	p.settle(detector, declared)
	p.hear()
}

// hear takes in what SBOMs say beside the package itself.
func (p *part) hear() {
	for _, e := range p.said {
		e = e.Current()
		switch {
		case p.Concluded.IsZero():
			p.Concluded, p.Source = e, SourceSBOM
		case !within(families(e), families(p.Concluded)):
			p.Found, p.Concluded = licenses.And(p.Found, e), licenses.And(p.Concluded, e)
			if p.pack == nil {
				p.pack = &pack{}
			}
			p.pack.conflict = true
		}
	}
}

// settle puts together what is declared and what was found.
func (p *part) settle(detector *licenses.Detector, declared licenses.Expression) {
	p.Declared = declared
	if p.pack == nil {
		p.Concluded = declared.Current()
		return
	}
	found := p.pack.found
	switch at := p.pack.declared; {
	case p.Declared.IsZero():
		p.Declared = at
	case !at.IsZero() && at.Current() != p.Declared.Current(): // a lock only repeats what a package says, or should
		found = append(slices.Clone(found), licenses.Finding{Expression: at})
		p.pack.expression = licenses.And(p.pack.expression, at)
	}
	for _, text := range p.pack.declaredText {
		if !slices.Contains(p.DeclaredText, text) {
			p.DeclaredText = append(p.DeclaredText, text)
		}
	}
	p.Found = p.pack.expression
	p.Declared = detector.Specify(p.Declared, p.DeclaredText, p.Found)
	p.Evidence = append(p.Evidence, p.pack.evidence...)
	p.Copyrights, p.Texts = p.pack.copyrights, p.pack.texts
	p.Concluded, p.pack.conflict = conclude(p.Declared, found)
}

// addSnippets makes components of the snippets in files.
func (ps *parts) addSnippets(files []*scanned, tree *licenses.Tree) {
	for _, f := range files {
		if len(f.snippets) == 0 || onlyExample(tree, f.Path) {
			continue
		}
		for _, s := range f.snippets {
			ps.add(s.part(f.Path))
		}
	}
}

// onlyExample reports whether REUSE.toml says that what a file states is not about itself.
func onlyExample(tree *licenses.Tree, name string) bool {
	_, found := tree.Effective(name)
	return len(found) > 0 && !slices.ContainsFunc(found, func(f licenses.Finding) bool { return !f.Override })
}

// part is the component that a snippet stands for. Of one that says no SWHID the place is its name.
func (s *snippet) part(file string) *part {
	place := Place{Path: file, Line: s.start, End: s.end, How: "snippet"}
	c := Component{
		Kind: Copied, SWHID: s.swhid, Name: firstOf(path.Base(s.path), s.swhid), Version: s.commit, Origin: s.origin, ID: s.swhid,
		Declared: s.license, Concluded: s.license.Current(), Copyrights: slices.Sorted(slices.Values(s.copyrights)), Direct: true,
		Places: []Place{place}, Source: SourceTree,
	}
	if s.path != "" {
		c.Name = s.path
	}
	if c.ID == "" {
		c.ID = "snippet:" + file + "#" + lineRange(s.start, s.end)
	}
	if c.Name == "" || c.Name == "." {
		c.Name = c.ID
	}
	if s.said != "" && s.said != "NOASSERTION" {
		c.DeclaredText = []string{s.said}
	}
	if !s.license.IsZero() {
		c.Evidence = []Evidence{{Path: file, Start: s.start, End: s.end, How: "tag", License: s.license, Score: 1}}
	}
	c.PURL = purlOfOrigin(s.origin, s.commit)
	return &part{Component: c}
}

// purlOfOrigin names a repository of a well-known forge as a package URL; empty for others.
func purlOfOrigin(origin, commit string) string {
	for host, kind := range map[string]string{"https://github.com/": "github", "https://bitbucket.org/": "bitbucket"} {
		if rest, ok := strings.CutPrefix(origin, host); ok && strings.Count(strings.Trim(rest, "/"), "/") == 1 {
			return manifests.PURL(kind, strings.ToLower(strings.TrimSuffix(strings.Trim(rest, "/"), ".git")), commit)
		}
	}
	if rest, ok := strings.CutPrefix(origin, "https://pkg.go.dev/"); ok && rest != "" {
		return manifests.PURL("golang", rest, commit)
	}
	return ""
}

func lineRange(start, end int) string { return "L" + strconv.Itoa(start) + "-" + strconv.Itoa(end) }
