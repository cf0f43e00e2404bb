// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"path"
	"slices"
	"strings"

	"communs/internal/manifests"
)

// Folders whose parts are other people's code, and folders in which files are only examples: a lock file there is no project's.
var (
	vendorFolders  = []string{"vendor", "third_party", "third-party", "thirdparty", "3rdparty", "node_modules", "bower_components"}
	fixtureFolders = []string{"testdata", "fixtures", "__fixtures__"}
)

// inFixture reports whether a file lies below a folder of examples.
func inFixture(name string) bool { return below(name, fixtureFolders) >= 0 }

// below is where the last of the folders ends in a path, before the slash; negative when it is below none.
func below(name string, folders []string) int {
	end := -1
	for at := 0; ; {
		slash := strings.IndexByte(name[at:], '/')
		if slash < 0 {
			return end
		}
		if slices.Contains(folders, name[at:at+slash]) {
			end = at + slash
		}
		at += slash + 1
	}
}

// vendored finds the parts of the project that are other people's: each folder below a vendor folder that has a licence file or manifest,
// the one nearest the top; else the folder itself.
type vendored struct {
	roots   map[string]bool          // folders with a licence file or manifest
	modules map[string]vendorModules // by vendor folder with a modules.txt
	found   map[string]*part         // by folder
}

// modulesTxt is the list that Go writes into a vendor folder.
const modulesTxt = "modules.txt"

// vendorModules are the modules of a vendor folder that Go made, with their versions.
type vendorModules map[string]string

func newVendored(files []*scanned) *vendored {
	v := &vendored{roots: map[string]bool{}, modules: map[string]vendorModules{}, found: map[string]*part{}}
	for _, f := range files {
		if below(f.Path, vendorFolders) < 0 || inFixture(f.Path) {
			continue
		}
		if path.Base(f.Path) == modulesTxt && path.Base(path.Dir(f.Path)) == "vendor" {
			v.modules[path.Dir(f.Path)] = readModulesTxt(f.text)
		}
		if f.manifest != nil && f.manifest.Name != "" || passOn.MatchString(path.Base(f.Path)) && len(f.found) > 0 {
			v.roots[path.Dir(f.Path)] = true
		}
	}
	return v
}

// readModulesTxt reads vendor/modules.txt, https://go.dev/ref/mod#vendoring: "# PATH VERSION", with "=> PATH VERSION" when replaced.
func readModulesTxt(text []byte) vendorModules {
	m := vendorModules{}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(line, "# ")
		if !ok {
			continue
		}
		f := strings.Fields(rest)
		switch {
		case len(f) == 2:
			m[f[0]] = f[0] + " " + f[1]
		case len(f) == 5 && f[2] == "=>":
			m[f[0]] = f[3] + " " + f[4]
		}
	}
	return m
}

// folder is the part of the project that a vendored file belongs to; empty for the project's own files.
func (v *vendored) folder(name string) string {
	end := below(name, vendorFolders)
	if end < 0 || inFixture(name) {
		return ""
	}
	base, rest := name[:end], name[end+1:]
	if modules, ok := v.modules[base]; ok {
		best := ""
		for m := range modules {
			if strings.HasPrefix(rest, m+"/") && len(m) > len(best) {
				best = m
			}
		}
		if best != "" {
			return base + "/" + best
		}
	}
	steps := strings.Split(path.Dir(rest), "/")
	if steps[0] == "." {
		return ""
	}
	if strings.HasSuffix(base, "node_modules") {
		n := 1
		if strings.HasPrefix(rest, "@") && len(steps) > 1 {
			n = 2
		}
		return base + "/" + path.Join(steps[:n]...)
	}
	for i := range steps {
		if at := base + "/" + path.Join(steps[:i+1]...); v.roots[at] {
			return at
		}
	}
	return base + "/" + steps[0]
}

// take gives a file the part that it belongs to, making it when it is the first.
func (v *vendored) take(f *scanned) {
	dir := v.folder(f.Path)
	if dir == "" {
		return
	}
	p := v.found[dir]
	if p == nil {
		p = &part{dir: dir, Component: Component{
			ID: "path:" + dir, Kind: Vendored, Name: path.Base(dir), Direct: true, Places: []Place{{Path: dir, How: "vendor"}},
		}}
		if base, module, ok := v.module(dir); ok {
			name, version, _ := strings.Cut(base[module], " ")
			p.named("golang", name, version)
		}
		v.found[dir] = p
	}
	if m := f.manifest; m != nil && m.Name != "" && path.Dir(f.Path) == dir && p.PURL == "" {
		p.named(m.Ecosystem, m.Name, m.Version)
	}
	f.part = dir
	p.files = append(p.files, f)
}

// module finds the entry of modules.txt that a folder stands for.
func (v *vendored) module(dir string) (vendorModules, string, bool) {
	for base, modules := range v.modules {
		if rest, ok := strings.CutPrefix(dir, base+"/"); ok && modules[rest] != "" {
			return modules, rest, true
		}
	}
	return nil, "", false
}

// named gives a part the name that its manifest says.
func (p *part) named(ecosystem, name, version string) {
	p.PURL = manifests.PURL(ecosystem, name, version)
	p.ID, p.Ecosystem, p.Name, p.Version = p.PURL, ecosystem, name, version
}

// held are the files of a part that speak of its licence.
func (p *part) held() memFS {
	files := memFS{}
	for _, f := range p.files {
		if f.text != nil {
			files[strings.TrimPrefix(f.Path, p.dir+"/")] = f.text
		}
	}
	return files
}
