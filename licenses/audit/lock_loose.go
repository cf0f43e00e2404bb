// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A manifest names what a project asks for itself, by ranges of versions. Beside a lock file it tells which of the packages there are direct, and
// which are for development only. Without one it is all that is known: each name becomes a component without a version.

// asked is what a manifest asks for: name → for development only.
type asked map[string]bool

// manifestAsks reads what manifests ask for, by base name.
var manifestAsks = map[string]func(text []byte) asked{
	"package.json":   asksOfNPM,
	"composer.json":  asksOfComposer,
	"Cargo.toml":     asksOfCargo,
	"pyproject.toml": asksOfPython,
}

func (a asked) add(names looseMap, dev bool) {
	for name := range names {
		if old, known := a[name]; !known || old {
			a[name] = dev
		}
	}
}

func asksOfNPM(text []byte) asked {
	var m struct{ Dependencies, OptionalDependencies, DevDependencies looseMap }
	a := asked{}
	if json.Unmarshal(text, &m) == nil {
		a.add(m.Dependencies, false)
		a.add(m.OptionalDependencies, false)
		a.add(m.DevDependencies, true)
	}
	return a
}

func asksOfComposer(text []byte) asked {
	var m struct {
		Require looseMap
		Dev     looseMap `json:"require-dev"`
	}
	a, packages := asked{}, asked{}
	if json.Unmarshal(text, &m) == nil {
		a.add(m.Require, false)
		a.add(m.Dev, true)
	}
	for name, dev := range a {
		if strings.Contains(name, "/") { // else of the platform: php, ext-json
			packages[strings.ToLower(name)] = dev
		}
	}
	return packages
}

func asksOfCargo(text []byte) asked {
	var m fields
	a := asked{}
	if toml.Unmarshal(text, &m) != nil {
		return a
	}
	tables := []fields{m}
	for target := range sorted(m.table("target")) {
		tables = append(tables, m.table("target").table(target))
	}
	for _, t := range tables {
		for section, dev := range map[string]bool{"dependencies": false, "build-dependencies": false, "dev-dependencies": true} {
			for name := range t.table(section) {
				if at := t.table(section).table(name); at.text("path") == "" {
					a.add(looseMap{firstOf(at.text("package"), name): ""}, dev)
				}
			}
		}
	}
	return a
}

var pythonRequirement = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)

func asksOfPython(text []byte) asked {
	var m fields
	a := asked{}
	if toml.Unmarshal(text, &m) != nil {
		return a
	}
	take := func(requirements []string, dev bool) {
		for _, r := range requirements {
			a.add(looseMap{pythonName(pythonRequirement.FindString(r)): ""}, dev)
		}
	}
	project, poetry := m.table("project"), m.table("tool").table("poetry")
	take(project.texts("dependencies"), false)
	for extra := range sorted(project.table("optional-dependencies")) {
		take(project.table("optional-dependencies").texts(extra), false)
	}
	for group := range sorted(m.table("dependency-groups")) {
		take(m.table("dependency-groups").texts(group), true)
	}
	for name := range poetry.table("dependencies") {
		take([]string{name}, false)
	}
	for name := range poetry.table("dev-dependencies") {
		take([]string{name}, true)
	}
	for group := range sorted(poetry.table("group")) {
		for name := range poetry.table("group").table(group).table("dependencies") {
			take([]string{name}, group != "main")
		}
	}
	delete(a, "python")
	delete(a, "")
	return a
}

// readLoose makes packages without versions of what a manifest asks for.
func readLoose(l *lock, text []byte) error {
	base := l.path[strings.LastIndexByte(l.path, '/')+1:]
	a := manifestAsks[base](text)
	for name, dev := range sorted(a) {
		l.loose = true
		if err := l.add(locked{key: name, name: name, dev: dev}); err != nil {
			return err
		}
	}
	return nil
}

// beside tells a lock what the manifest in its folder asks for.
func (l *lock) beside(a asked) {
	if len(a) == 0 || l.direct != nil {
		return
	}
	var wanted []string
	for _, p := range l.packages {
		name := strings.ToLower(p.name)
		if l.format.ecosystem == "pypi" {
			name = pythonName(p.name)
		}
		for _, n := range []string{name, strings.TrimPrefix(p.at, "node_modules/")} {
			dev, ok := a[n]
			if !ok || l.format.ecosystem == "npm" && !l.answers(&p, n) {
				continue
			}
			l.ask(p.key)
			if !dev {
				wanted = append(wanted, p.key)
			}
			break
		}
	}
	if l.format.name == "yarn.lock" {
		l.markDevelopment(wanted)
	}
}

// answers reports whether an entry of yarn.lock is the one that the project itself asks for: of several versions, the one that nothing else does.
func (l *lock) answers(p *locked, name string) bool {
	same := 0
	for _, o := range l.packages {
		if o.at == p.at {
			same++
		}
	}
	return same == 1 || !slices.ContainsFunc(l.packages, func(o locked) bool { return slices.Contains(o.deps, p.key) })
}
