// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goBuild works out which modules a go.mod leads to, from the go.mod files in the module cache. Nothing is fetched: a module that is
// not there keeps its place without what it requires.
type goBuild struct {
	cache     string // GOMODCACHE; may be empty
	lock      *lock
	workspace *workspace                       // nil: none
	mods      map[module.Version]*modfile.File // nil: not in the cache
}

// list replaces the requirements of the lock by the build list, with what each module asks for. Minimal version selection takes the highest
// version that anything reached requires; requirements may run in circles.
func (b *goBuild) list(ctx context.Context) error {
	selected := map[string]string{}
	lines := map[string]int{}
	var queue []module.Version
	for _, p := range b.lock.packages {
		v := module.Version{Path: p.name, Version: p.version}
		lines[p.name] = p.line
		selected[p.name] = later(selected[p.name], p.version)
		queue = append(queue, v)
	}
	if !b.lock.golang.pruned {
		seen := map[module.Version]bool{}
		for len(queue) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			v := queue[0]
			if queue = queue[1:]; seen[v] || b.lock.golang.exclude[v] {
				continue
			}
			seen[v] = true
			selected[v.Path] = later(selected[v.Path], v.Version)
			if f := b.mod(v); f != nil {
				for _, r := range f.Require {
					queue = append(queue, r.Mod)
				}
			}
		}
	}
	delete(selected, b.lock.module)
	b.lock.packages = nil
	for name, version := range sorted(selected) {
		p := locked{key: name, name: name, version: version, line: lines[name], selected: module.Version{Path: name, Version: version}}
		if f := b.mod(module.Version{Path: name, Version: version}); f != nil {
			for _, r := range f.Require {
				if _, known := selected[r.Mod.Path]; known && r.Mod.Path != name && !r.Indirect {
					p.deps = append(p.deps, r.Mod.Path)
				}
			}
		}
		if to, dir, ok := b.replacement(p.selected); ok {
			if dir != "" {
				p.at, p.local = dir, true
			} else {
				p.name, p.version = to.Path, to.Version
			}
		}
		if err := b.lock.add(p); err != nil {
			return err
		}
	}
	return nil
}

func later(a, b string) string {
	if a == "" || semver.Compare(b, a) > 0 {
		return b
	}
	return a
}

// replacement is what the project takes in place of a module: another, or a folder.
func (b *goBuild) replacement(v module.Version) (to module.Version, dir string, ok bool) {
	if b.workspace != nil {
		if to, dir, ok = b.workspace.replacement(v); ok {
			return to, dir, ok
		}
	}
	if to, ok = replacementOf(b.lock.golang.replace, v); ok && to.Version == "" {
		dir = path.Join(path.Dir(b.lock.path), filepath.ToSlash(to.Path))
	}
	return to, dir, ok
}

func replacementOf(list []*modfile.Replace, v module.Version) (to module.Version, ok bool) {
	for _, r := range list {
		if r.Old.Path == v.Path && (r.Old.Version == "" || r.Old.Version == v.Version) {
			to, ok = r.New, true
			if r.Old.Version != "" { // the more exact one holds
				break
			}
		}
	}
	return to, ok
}

// maxGoMod is the length above which a go.mod of the cache is not read.
const maxGoMod = 16 << 20

// mod reads a module's go.mod from the cache.
func (b *goBuild) mod(v module.Version) *modfile.File {
	if f, known := b.mods[v]; known {
		return f
	}
	if b.mods == nil {
		b.mods = map[module.Version]*modfile.File{}
	}
	b.mods[v] = nil
	if to, dir, ok := b.replacement(v); ok {
		if dir != "" {
			return nil
		}
		v = to
	}
	name, err := downloaded(v, ".mod")
	if err != nil || b.cache == "" {
		return nil
	}
	text, err := readPart(os.DirFS(b.cache), name, maxGoMod)
	if err != nil {
		return nil
	}
	f, err := modfile.ParseLax(name, text, nil)
	if err != nil {
		return nil
	}
	b.mods[v] = f
	return f
}

// downloaded is where the cache keeps what it brought of a module.
func downloaded(v module.Version, ending string) (string, error) {
	escaped, err := module.EscapePath(v.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return "", err
	}
	return path.Join("cache", "download", escaped, "@v", version+ending), nil
}

// openGoModule opens the files of a module: unpacked in the cache, or in the archive that was brought.
func openGoModule(cache string, v module.Version) (fs.FS, io.Closer, error) {
	escaped, err := module.EscapePath(v.Path)
	if err != nil {
		return nil, nil, err
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(filepath.Join(cache, filepath.FromSlash(escaped)+"@"+version))
	if err == nil {
		return root.FS(), root, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	name, err := downloaded(v, ".zip")
	if err != nil {
		return nil, nil, err
	}
	z, err := zip.OpenReader(filepath.Join(cache, filepath.FromSlash(name)))
	if err != nil {
		return nil, nil, err
	}
	files, err := fs.Sub(z, strings.TrimSuffix(v.Path+"@"+v.Version, "/"))
	return files, z, err
}
