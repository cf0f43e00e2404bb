// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// buildSource lists the Go modules that a program is made of: those of the running binary, or those that a go.mod
// requires, with the folder itself. They are read from the module cache, where go has checked them against their sums.
type buildSource struct {
	name, path string
	cfg        Config
}

// dependency is a module of a build. Dir is set when it is replaced by a folder.
type dependency struct{ path, version, dir string }

// Repositories yields the modules. One that is not in the cache comes as a SkipError with its reason.
func (s *buildSource) Repositories(ctx context.Context, _ Cursor) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		deps, own, err := s.dependencies()
		var nonsense *GoModError
		if errors.As(err, &nonsense) { // names the file, and what to do about it
			yield(Repository{}, nonsense)
			return
		}
		if err != nil {
			yield(Repository{}, &ListError{s.name, err})
			return
		}
		if own != "" {
			r := localRepository(own, s.name)
			if !yield(r, nil) {
				return
			}
		}
		cache := ModuleCache(s.cfg.Env)
		if fi, err := os.Stat(cache); len(deps) > 0 && (err != nil || !fi.IsDir()) {
			yield(Repository{}, &NoModuleCacheError{cache})
			return
		}
		for _, d := range deps {
			if ctx.Err() != nil {
				return
			}
			r, err := s.repository(d, cache)
			if !yield(r, err) {
				return
			}
		}
	}
}

// ModuleCache is the folder where go keeps the modules that it brought, by the environment.
func ModuleCache(env func(string) string) string {
	if dir := env("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(env("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home := env("HOME")
	if home == "" {
		home = env("USERPROFILE")
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// dependencies reads the list of modules, and the folder that is to be mirrored with them.
func (s *buildSource) dependencies() (deps []dependency, own string, err error) {
	if s.path == "" {
		if s.cfg.BuildInfo == nil {
			return nil, "", errors.New("the program does not know what it was built from")
		}
		return binaryDependencies(s.cfg.BuildInfo), "", nil
	}
	file := s.path
	if filepath.Base(file) != "go.mod" {
		file = filepath.Join(file, "go.mod")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, "", pathError(file, err)
	}
	mod, err := modfile.Parse(file, text, nil)
	if err != nil {
		return nil, "", goModFault(file, err)
	}
	dir := filepath.Dir(file)
	for _, r := range mod.Require {
		d := dependency{path: r.Mod.Path, version: r.Mod.Version}
		for _, rep := range mod.Replace {
			if rep.Old.Path == d.path && (rep.Old.Version == "" || rep.Old.Version == d.version) {
				d = replaced(rep.New.Path, rep.New.Version, dir)
				break
			}
		}
		deps = append(deps, d)
	}
	return deps, dir, nil
}

// goModFault names the first line of a go.mod that is wrong.
func goModFault(file string, err error) error {
	fault := &GoModError{file, 1, err}
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		fault.Line, fault.Err = list[0].Pos.Line, list[0].Err
	}
	return fault
}

// binaryDependencies are the modules that have code in the running binary.
func binaryDependencies(info *debug.BuildInfo) []dependency {
	var deps []dependency
	for _, m := range info.Deps {
		d := dependency{path: m.Path, version: m.Version}
		if m.Replace != nil {
			d = replaced(m.Replace.Path, m.Replace.Version, "")
		}
		deps = append(deps, d)
	}
	return deps
}

func replaced(to, version, base string) dependency {
	if version != "" {
		return dependency{path: to, version: version}
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(base, to)
	}
	return dependency{path: to, dir: to}
}

// repository describes a module, when it is there.
func (s *buildSource) repository(d dependency, cache string) (Repository, error) {
	if d.dir != "" {
		r := localRepository(d.dir, s.name)
		if _, err := os.Stat(d.dir); err != nil {
			return r, &SkipError{pathError(d.dir, err)}
		}
		return r, nil
	}
	r := Repository{URL: "https://pkg.go.dev/" + d.path, Version: d.version, Source: s.name}
	r.Name, r.Owner, r.Homepage = describeModule(d.path)
	escaped, err := module.EscapePath(d.path)
	if err != nil {
		return r, &SkipError{&MissingModuleError{d.path, d.version, cache}}
	}
	version, err := module.EscapeVersion(d.version)
	if err != nil {
		return r, &SkipError{&MissingModuleError{d.path, d.version, cache}}
	}
	r.Path = filepath.Join(cache, filepath.FromSlash(escaped)+"@"+version)
	if fi, err := os.Stat(r.Path); err != nil || !fi.IsDir() {
		return r, &SkipError{&MissingModuleError{d.path, d.version, r.Path}}
	}
	r.PushedAt = moduleTime(filepath.Join(cache, "cache", "download", filepath.FromSlash(escaped), "@v", version+".info"))
	return r, nil
}

// moduleTime is when a version was made, as go noted it; zero when it did not.
func moduleTime(file string) time.Time {
	text, err := os.ReadFile(file)
	if err != nil {
		return time.Time{}
	}
	var info struct{ Time time.Time }
	if json.Unmarshal(text, &info) != nil {
		return time.Time{}
	}
	return info.Time
}

var (
	majorVersion  = regexp.MustCompile(`^v[0-9]+$`)
	gopkgVersion  = regexp.MustCompile(`\.v[0-9]+$`)
	forgesByOwner = map[string]bool{"github.com": true, "gitlab.com": true, "codeberg.org": true, "bitbucket.org": true}
)

// describeModule reads a module's name, its owner, and its likely repository out of its path.
func describeModule(p string) (name, owner, homepage string) {
	elements := strings.Split(p, "/")
	if n := len(elements); n > 1 && majorVersion.MatchString(elements[n-1]) {
		elements = elements[:n-1]
	}
	name = elements[len(elements)-1]
	owner = path.Join(elements[:len(elements)-1]...)
	switch host := elements[0]; {
	case host == "gopkg.in":
		name = gopkgVersion.ReplaceAllString(name, "")
	case forgesByOwner[host] && len(elements) >= 3:
		owner = host + "/" + elements[1]
		homepage = "https://" + owner + "/" + elements[2]
	case strings.HasPrefix(p, "golang.org/x/") && len(elements) == 3:
		homepage = "https://github.com/golang/" + name
	}
	if owner == "" {
		owner = name
	}
	return name, owner, homepage
}
