// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"

	"communs/licenses"
)

// Caches are the folders in which package managers keep what they brought; one that is empty or not there holds nothing. Nothing is
// ever brought by an audit.
type Caches struct {
	GoModules string   // GOMODCACHE
	Cargo     string   // CARGO_HOME
	Maven     string   // the local repository, ~/.m2/repository
	Gems      []string // GEM_HOME, and the folders of GEM_PATH
	Python    []string // virtual environments beside those in the project: VIRTUAL_ENV
}

// opened is where a component's files were found.
type opened struct {
	files  fs.FS
	close  func() error
	source string
}

func (o *opened) Close() error {
	if o.close == nil {
		return nil
	}
	return o.close()
}

// locator finds the files of components.
type locator struct {
	caches Caches
	root   *os.Root // of the audited folder; nil for an archive
	kept   memFS    // the audited files that were kept

	mu     sync.Mutex
	closed map[string]Partial // what the system refuses to open, by what it is called

	registriesKnown             bool
	cargoSources, cargoArchives []string
}

// refused notes that something is there and may not be read. What is elsewhere than in the project is called by the component's name.
func (o *locator) refused(name string, err error) {
	if !errors.Is(err, fs.ErrPermission) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed == nil {
		o.closed = map[string]Partial{}
	}
	o.closed[name] = Unreadable(name, err).Partial
}

// told lists what could not be opened.
func (o *locator) told() (all []Partial) {
	for _, p := range sorted(o.closed) {
		all = append(all, p)
	}
	return all
}

// open finds the files of a package; missing tells why there are none.
func (o *locator) open(l *lock, p *locked) (at *opened, missing string) {
	dir := path.Dir(l.path)
	switch l.format.ecosystem {
	case "golang":
		return o.goModule(dir, p)
	case "npm":
		return o.npm(dir, p)
	case "composer":
		if at := o.inProject(path.Join(dir, p.at), SourceVendor); at != nil {
			return at, ""
		}
		return nil, MissingComposer
	case "cargo":
		return o.cargo(dir, p)
	case "pypi":
		return o.python(dir, p)
	case "gem":
		return o.gem(dir, p)
	}
	return nil, MissingAny
}

// inProject opens a folder of the project, tracked or not; nil when it is not there or empty.
func (o *locator) inProject(dir, source string) *opened {
	if !fs.ValidPath(dir) {
		return nil
	}
	if o.root != nil {
		sub, err := o.root.OpenRoot(filepath.FromSlash(dir))
		if err != nil {
			o.refused(dir, err)
			return nil
		}
		return &opened{files: sub.FS(), close: sub.Close, source: source}
	}
	if part := o.kept.below(dir); len(part) > 0 {
		return &opened{files: part, source: source}
	}
	return nil
}

// outside opens a folder of a cache, for a component.
func (o *locator) outside(dir, source, component string) *opened {
	root, err := os.OpenRoot(dir)
	if err != nil {
		o.refused(component, err)
		return nil
	}
	return &opened{files: root.FS(), close: root.Close, source: source}
}

func (o *locator) goModule(dir string, p *locked) (*opened, string) {
	if at := o.inProject(path.Join(dir, "vendor", p.key), SourceVendor); at != nil {
		return at, ""
	}
	if o.caches.GoModules == "" {
		return nil, MissingModule
	}
	files, closer, err := openGoModule(o.caches.GoModules, module.Version{Path: p.name, Version: p.version})
	if err != nil {
		o.refused(p.name+"@"+p.version, err)
		return nil, MissingModule
	}
	return &opened{files: files, close: closer.Close, source: SourceModuleCache}, ""
}

func (o *locator) npm(dir string, p *locked) (*opened, string) {
	at := firstOf(p.at, "node_modules/"+p.name)
	if found := o.inProject(path.Join(dir, at), SourceNodeModules); found != nil {
		return found, ""
	}
	return nil, MissingNPM
}

func (o *locator) cargo(dir string, p *locked) (*opened, string) {
	name := p.name + "-" + p.version
	for _, at := range []string{"vendor/" + name, "vendor/" + p.name} {
		if found := o.inProject(path.Join(dir, at), SourceVendor); found != nil {
			return found, ""
		}
	}
	if o.caches.Cargo == "" || !plainName(name) {
		return nil, MissingCargo
	}
	sources, archives := o.registries()
	for _, dir := range sources {
		at := filepath.Join(dir, name)
		if found := o.outside(at, SourceCargo, name); found != nil {
			return found, ""
		}
	}
	for _, dir := range archives {
		files, err := readCrate(filepath.Join(dir, name+".crate"), name)
		if err == nil {
			return &opened{files: files, source: SourceCargo}, ""
		}
		o.refused(name, err)
	}
	return nil, MissingCargo
}

// registries are the folders of Cargo's registries, looked up once: those of unpacked crates, and those of crates as they were brought.
func (o *locator) registries() (sources, archives []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.registriesKnown {
		o.registriesKnown = true
		o.cargoSources = glob(filepath.Join(o.caches.Cargo, "registry", "src", "*"))
		o.cargoArchives = glob(filepath.Join(o.caches.Cargo, "registry", "cache", "*"))
	}
	return o.cargoSources, o.cargoArchives
}

// readCrate unpacks the files of a crate that speak of its licence.
func readCrate(file, name string) (memFS, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := memFS{}
	t := tar.NewReader(io.LimitReader(z, maxCrateBytes))
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		} else if err != nil {
			return nil, err
		}
		rel, ok := strings.CutPrefix(h.Name, name+"/")
		if !ok || h.Typeflag != tar.TypeReg || strings.Count(rel, "/") > 1 || len(files) == maxPackFiles || !(licenses.Interesting(rel) || passOn.MatchString(path.Base(rel))) {
			continue
		}
		if files[rel], err = io.ReadAll(io.LimitReader(t, maxPackFile)); err != nil {
			return nil, err
		}
	}
}

// python finds the metadata of an installed distribution: NAME-VERSION.dist-info in the site-packages of a virtual environment.
func (o *locator) python(dir string, p *locked) (*opened, string) {
	for _, venv := range o.environments(dir) {
		if found := o.inProject(path.Join(dir, venv), SourcePython); found != nil {
			if at := distInfo(found, p); at != nil {
				return at, ""
			}
		}
	}
	for _, venv := range o.caches.Python {
		if found := o.outside(venv, SourcePython, p.name); found != nil {
			if at := distInfo(found, p); at != nil {
				return at, ""
			}
		}
	}
	return nil, MissingPyPI
}

// environments are the folders of a project that are virtual environments: those of the usual names, then those that say so.
func (o *locator) environments(dir string) []string {
	all := []string{".venv", "venv", "env"}
	if o.root == nil || !fs.ValidPath(dir) {
		return all
	}
	marks, _ := fs.Glob(o.root.FS(), path.Join(dir, "*", "pyvenv.cfg")) // the pattern is a valid one but for the folder's own name
	for _, mark := range marks {
		if name := path.Base(path.Dir(mark)); !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// distInfo finds a distribution in an environment, which it closes when it is not there.
func distInfo(venv *opened, p *locked) *opened {
	sites, _ := fs.Glob(venv.files, "lib/python*/site-packages")
	more, _ := fs.Glob(venv.files, "Lib/site-packages")
	for _, site := range append(sites, more...) {
		entries, err := fs.ReadDir(venv.files, site)
		if err != nil {
			continue
		}
		for _, e := range entries {
			name, version, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".dist-info"), "-")
			if !ok || !strings.HasSuffix(e.Name(), ".dist-info") || pythonName(name) != p.key || version != p.version {
				continue
			}
			if files, err := fs.Sub(venv.files, path.Join(site, e.Name())); err == nil {
				return &opened{files: files, close: venv.close, source: SourcePython}
			}
		}
	}
	venv.Close()
	return nil
}

func (o *locator) gem(dir string, p *locked) (*opened, string) {
	name := p.name + "-" + p.version
	if !plainName(name) {
		return nil, MissingGem
	}
	for _, home := range o.caches.Gems {
		if found := o.outside(filepath.Join(home, "gems", name), SourceGem, name); found != nil {
			return found, ""
		}
	}
	bundle := path.Join(dir, "vendor", "bundle", "ruby")
	at := o.inProject(bundle, SourceGem)
	if at == nil {
		return nil, MissingGem
	}
	defer at.Close()
	versions, err := fs.ReadDir(at.files, ".")
	if err != nil {
		return nil, MissingGem
	}
	for _, v := range slices.Backward(versions) {
		if found := o.inProject(path.Join(bundle, v.Name(), "gems", name), SourceGem); found != nil {
			return found, ""
		}
	}
	return nil, MissingGem
}

// plainName reports whether a name is one step of a path that a pattern takes as it is.
func plainName(s string) bool { return !strings.ContainsAny(s, `/\*?[`) && s != "." && s != ".." }

// glob lists what a pattern matches, the last first: of several versions of Python or indexes, the newest.
func glob(pattern string) []string {
	list, err := filepath.Glob(pattern)
	if err != nil {
		return nil
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}
