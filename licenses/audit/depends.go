// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"context"
	"path"

	"communs/licenses"
)

// components finds what is not the project's own, and its licences.
func (a *audit) components(ctx context.Context) error {
	v := newVendored(a.walked.files)
	for _, f := range a.walked.files {
		v.take(f)
	}
	kept := memFS{}
	for _, f := range a.walked.files {
		if f.text != nil {
			kept[f.Path] = f.text
		}
	}
	where := &locator{caches: a.Caches, root: a.root, kept: kept}
	if err := a.locks(ctx, v, where); err != nil {
		return err
	}
	for _, p := range sorted(v.found) {
		a.parts.add(p)
	}
	a.parts.addSnippets(a.walked.files, a.tree)
	a.bills(v)
	done := 0
	tell := a.progress(StepDependencies)
	err := a.parts.readLicenses(ctx, where, a.Detector, a.Jobs, func(name string) {
		if done++; tell != nil {
			tell(done, name)
		}
	})
	a.walked.partial = append(a.walked.partial, where.told()...)
	return err
}

// locks reads the lock files, but for those of vendored code and of examples.
func (a *audit) locks(ctx context.Context, v *vendored, where *locator) error {
	var all, golang []*lock
	for _, f := range a.chosenLocks(v) {
		l, err := readLock(f.Path, f.lock, f.text)
		if err != nil {
			a.walked.partial = append(a.walked.partial, partialOf(f.Path, err))
		}
		switch f.lock.ecosystem {
		case "golang":
			golang = append(golang, l)
		case "cargo":
			l.cargoDevelopment(a.cargoManifests(path.Dir(f.Path), v))
		}
		l.beside(a.asks(path.Dir(f.Path), f.lock))
		if l.loose {
			a.unlocked = append(a.unlocked, f.Path)
		}
		a.projectOf(l)
		all = append(all, l)
	}
	if err := a.goModules(ctx, golang, v, where); err != nil {
		return err
	}
	for _, l := range all {
		a.parts.addLock(l)
	}
	return nil
}

// chosenLocks are the lock files that count, by folder and ecosystem: of each the best.
func (a *audit) chosenLocks(v *vendored) []*scanned {
	best := map[string]*scanned{}
	for _, f := range a.walked.files {
		a.byPath[f.Path] = f
		if f.lock == nil || v.folder(f.Path) != "" {
			continue
		}
		if inFixture(f.Path) {
			a.walked.skipped.add(SkippedFixture, f.Path)
			continue
		}
		key := path.Dir(f.Path) + "\x00" + f.lock.ecosystem
		if old := best[key]; old == nil || f.lock.rank < old.lock.rank {
			best[key] = f
		}
	}
	var chosen []*scanned
	for _, f := range sorted(best) {
		if f.lock.rank != looseRank || !a.lockedAbove(best, f) {
			chosen = append(chosen, f)
		}
	}
	return chosen
}

// lockedAbove reports whether a lock in a folder above answers for a manifest: that of a workspace.
func (a *audit) lockedAbove(best map[string]*scanned, f *scanned) bool {
	for dir := path.Dir(f.Path); dir != "."; {
		dir = path.Dir(dir)
		if above := best[dir+"\x00"+f.lock.ecosystem]; above != nil && above.lock.rank < looseRank {
			return true
		}
	}
	return false
}

// asks is what the manifest beside a lock asks for.
func (a *audit) asks(dir string, format *lockFormat) asked {
	for name, read := range manifestAsks {
		if f := a.byPath[path.Join(dir, name)]; f != nil && lockFormats[name].ecosystem == format.ecosystem {
			return read(f.text)
		}
	}
	return nil
}

// projectOf takes the project's name and licence from the lock at its top where nothing else says them: package-lock.json repeats those
// of package.json.
func (a *audit) projectOf(l *lock) {
	p := &a.report.Project
	if !p.Concluded.IsZero() || len(l.licenses) == 0 || path.Dir(l.path) != "." {
		return
	}
	declared := a.Detector.Declared(l.licenses)
	if declared.IsZero() {
		return
	}
	p.Declared, p.DeclaredText, p.Concluded = declared, l.licenses, declared.Current()
	p.Evidence = append(p.Evidence, Evidence{Path: l.path, Start: l.line, End: l.line, How: "lock", License: declared, Score: 0.9})
	p.Libre, p.LibreGround = licenses.LibreOf(p.Concluded)
	if p.PURL == "" && l.module != "" {
		named := part{}
		named.named(l.format.ecosystem, l.module, l.version)
		p.PURL, p.Ecosystem, p.Name, p.Version = named.PURL, l.format.ecosystem, l.module, l.version
		p.Places = []Place{{Path: l.path, How: l.format.name}}
	}
	a.against()
}
