// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/json"
	"strings"
)

// package-lock.json and npm-shrinkwrap.json, https://docs.npmjs.com/cli/configuring-npm/package-lock-json.
//
// Versions 2 and 3 hold "packages": by the folder where each is installed ("node_modules/a/node_modules/b") its version, licence,
// integrity and what it asks for by name; "" is the project, a key without node_modules is a workspace, and a link leads to one. A name is
// resolved as Node does: in the node_modules of the asking folder, then of each above it. Version 1 (and 2 again, for old programs)
// holds "dependencies", nested as the folders are.

// npmPackage is a member of "packages".
type npmPackage struct {
	Name, Version, Resolved, Integrity string
	License                            json.RawMessage
	Dev, DevOptional, Optional, Peer   bool
	Link                               bool
	Dependencies                       looseMap
	DevDependencies                    looseMap
	OptionalDependencies               looseMap
	PeerDependencies                   looseMap
}

// npmOld is a member of "dependencies".
type npmOld struct {
	Version, Resolved, Integrity string
	Dev, Optional, Bundled       bool
	Requires                     looseMap
	Dependencies                 map[string]npmOld
}

// looseMap reads an object of strings; what is written otherwise (a list, false) is empty.
type looseMap map[string]string

// UnmarshalJSON never fails on what is JSON.
func (m *looseMap) UnmarshalJSON(text []byte) error {
	var values map[string]any
	if json.Unmarshal(text, &values) != nil {
		return nil
	}
	*m = looseMap{}
	for k, v := range values {
		s, _ := v.(string)
		(*m)[k] = s
	}
	return nil
}

func readNPMLock(l *lock, text []byte) error {
	r := npmLock{l: l, at: map[string]npmPackage{}, lines: map[string]int{}}
	err := jsonObject(text, []string{"packages", "dependencies"}, r.member)
	if len(r.order) > 0 {
		r.old = nil
	}
	for _, o := range r.old {
		r.flatten("", o.name, o.line, &o.npmOld, 0)
	}
	if addErr := r.resolve(); err == nil {
		err = addErr
	}
	return err
}

type npmLock struct {
	l     *lock
	order []string // folders, as written
	at    map[string]npmPackage
	lines map[string]int
	old   []npmOldMember
}

type npmOldMember struct {
	npmOld
	name string
	line int
}

func (r *npmLock) member(parent, key string, line int, raw json.RawMessage) error {
	switch parent {
	case "":
		if key == "name" {
			json.Unmarshal(raw, &r.l.module) // any other kind of value names nothing
		}
	case "packages":
		var p npmPackage
		if err := json.Unmarshal(raw, &p); err != nil {
			return &lockError{line, false, err.Error()}
		}
		r.put(key, line, p)
	case "dependencies":
		var o npmOld
		if err := json.Unmarshal(raw, &o); err != nil {
			return &lockError{line, false, err.Error()}
		}
		r.old = append(r.old, npmOldMember{o, key, line})
	}
	return nil
}

func (r *npmLock) put(folder string, line int, p npmPackage) {
	if _, twice := r.at[folder]; !twice {
		r.order = append(r.order, folder)
	}
	r.at[folder], r.lines[folder] = p, line
}

// maxNPMDepth is how deep nested dependencies are looked into: each is a folder, and systems end long before.
const maxNPMDepth = 200

// flatten writes the nested form as the flat one.
func (r *npmLock) flatten(parent, name string, line int, o *npmOld, depth int) {
	folder := strings.TrimPrefix(parent+"/node_modules/"+name, "/")
	p := npmPackage{Version: o.Version, Resolved: o.Resolved, Integrity: o.Integrity, Dev: o.Dev, Optional: o.Optional, Dependencies: o.Requires}
	if alias, ok := strings.CutPrefix(o.Version, "npm:"); ok { // an alias: npm:name@version
		if at := strings.LastIndexByte(alias, '@'); at > 0 {
			p.Name, p.Version = alias[:at], alias[at+1:]
		}
	} else if strings.Contains(o.Version, ":") { // of a repository, a folder or an archive
		p.Resolved, p.Version = o.Version, ""
	}
	r.put(folder, line, p)
	if depth == maxNPMDepth {
		return
	}
	for name, below := range sorted(o.Dependencies) {
		r.flatten(folder, name, line, &below, depth+1)
	}
}

// resolve makes the packages.
func (r *npmLock) resolve() error {
	for _, folder := range r.order {
		p := r.at[folder]
		at := strings.LastIndex("/"+folder, "/node_modules/")
		if at < 0 { // the project, or a workspace of it
			for _, asked := range []looseMap{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
				for _, key := range r.find(folder, asked) {
					r.l.ask(key)
				}
			}
		}
		name := p.Name
		if name == "" && at >= 0 {
			name = folder[at+len("node_modules/"):]
		}
		pkg := locked{
			key: folder, name: name, version: p.Version, line: r.lines[folder], origin: p.Resolved, sums: integrity(p.Integrity), at: folder,
			dev: p.Dev || p.DevOptional, optional: p.Optional || p.DevOptional, licenses: licenseWords(p.License),
			local: at < 0 || p.Link, deps: append(r.find(folder, p.Dependencies), r.find(folder, p.OptionalDependencies)...),
		}
		pkg.deps = append(pkg.deps, r.find(folder, p.PeerDependencies)...)
		if p.Link {
			pkg.at = p.Resolved
			pkg.deps = nil
			if _, known := r.at[p.Resolved]; known {
				pkg.deps = []string{p.Resolved}
			}
		}
		if folder == "" {
			r.l.module, r.l.version = firstOf(r.l.module, p.Name), p.Version
			r.l.licenses, r.l.line = licenseWords(p.License), r.lines[folder]
		}
		if err := r.l.add(pkg); err != nil {
			return err
		}
	}
	return nil
}

// find resolves names as Node does; those that are not installed are left out.
func (r *npmLock) find(from string, names looseMap) (keys []string) {
	for name := range sorted(names) {
		for dir := from; ; {
			key := strings.TrimPrefix(dir+"/node_modules/"+name, "/")
			if _, ok := r.at[key]; ok {
				keys = append(keys, key)
				break
			}
			if dir == "" {
				break
			}
			dir = strings.TrimSuffix(dir[:max(strings.LastIndex("/"+dir, "/node_modules/"), 0)], "/")
		}
	}
	return keys
}

// licenseWords reads a licence field: a string, an object with a type, or a list of these.
func licenseWords(raw json.RawMessage) []string {
	if len(raw) == 0 {
		return nil
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var all []string
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			x = m["type"]
		}
		if s, ok := x.(string); ok && s != "" {
			all = append(all, s)
		}
	}
	return all
}
