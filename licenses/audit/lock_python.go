// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"regexp"
	"slices"
	"strings"
)

// pythonName is a name as the package index compares it (PEP 503).
func pythonName(s string) string { return pythonSeparators.ReplaceAllString(strings.ToLower(s), "-") }

var pythonSeparators = regexp.MustCompile(`[-_.]+`)

// readPoetryLock reads poetry.lock. Version 1 says category = "dev"; version 2.1 says groups = ["dev"]; those between say neither, and all
// count. What the project asks for stands in pyproject.toml.
func readPoetryLock(l *lock, text []byte) error {
	return readPythonLock(l, text, func(p *locked, f fields) {
		groups := f.texts("groups")
		p.dev = f.text("category") == "dev" || len(groups) > 0 && !slices.Contains(groups, "main")
		for name := range sorted(f.table("dependencies")) {
			p.deps = append(p.deps, pythonName(name))
		}
		switch source := f.table("source"); source.text("type") {
		case "directory", "file":
			p.local = true
		case "git", "url":
			p.origin = source.text("url")
		}
	})
}

// readUVLock reads uv.lock, https://docs.astral.sh/uv/concepts/projects/layout/. A package whose source is a folder is a part of the
// project: its dependencies are direct, those of its dependency groups for development only.
func readUVLock(l *lock, text []byte) error {
	var wanted []string
	err := readPythonLock(l, text, func(p *locked, f fields) {
		source := f.table("source")
		p.local = source.text("virtual")+source.text("editable")+source.text("directory") != ""
		p.origin = firstOf(source.text("git"), source.text("url"))
		p.deps = pythonNames(f.tables("dependencies"))
		for extra := range sorted(f.table("optional-dependencies")) {
			p.deps = append(p.deps, pythonNames(f.table("optional-dependencies").tables(extra))...)
		}
		if p.local {
			wanted = append(wanted, p.deps...)
			groups := f.table("dev-dependencies")
			for group := range sorted(groups) {
				for _, name := range pythonNames(groups.tables(group)) {
					l.ask(name)
				}
			}
		}
	})
	l.askLocal()
	if l.direct != nil {
		l.markDevelopment(wanted)
	}
	return err
}

// markDevelopment marks what is not reached from what the project needs to run.
func (l *lock) markDevelopment(wanted []string) {
	deps := map[string][]string{}
	for _, p := range l.packages {
		deps[p.key] = append(deps[p.key], p.deps...)
	}
	needed := map[string]bool{}
	for len(wanted) > 0 {
		key := wanted[len(wanted)-1]
		wanted = wanted[:len(wanted)-1]
		if !needed[key] {
			needed[key] = true
			wanted = append(wanted, deps[key]...)
		}
	}
	for i := range l.packages {
		p := &l.packages[i]
		p.dev = !p.local && !needed[p.key]
	}
}

// readPylock reads pylock.toml (PEP 751).
func readPylock(l *lock, text []byte) error {
	return readPythonLock(l, text, func(p *locked, f fields) {
		p.local = f.table("directory").text("path") != ""
		p.origin = firstOf(f.table("vcs").text("url"), f.table("archive").text("url"))
		p.deps = pythonNames(f.tables("dependencies"))
	})
}

func readPythonLock(l *lock, text []byte, settle func(p *locked, f fields)) error {
	return tomlPackages(text, func(block []byte, line int) error {
		var v struct{ Package, Packages []fields }
		if err := unmarshalBlock(block, line, text, &v); err != nil {
			return err
		}
		for _, f := range append(v.Package, v.Packages...) {
			p := locked{name: f.text("name"), version: f.text("version"), line: line}
			if p.name == "" {
				continue
			}
			p.key = pythonName(p.name)
			p.optional, _ = f["optional"].(bool)
			p.sums = hexSum(f.table("sdist").text("hash"), "")
			settle(&p, f)
			if err := l.add(p); err != nil {
				return err
			}
		}
		return nil
	})
}

func pythonNames(list []fields) (names []string) {
	for _, f := range list {
		if name := f.text("name"); name != "" {
			names = append(names, pythonName(name))
		}
	}
	return names
}

// fields is a table of which nothing is expected: what is missing or of another kind is empty.
type fields map[string]any

func (f fields) text(key string) string {
	s, _ := f[key].(string)
	return s
}

func (f fields) table(key string) fields {
	m, _ := f[key].(map[string]any)
	return m
}

func (f fields) texts(key string) (all []string) {
	list, _ := f[key].([]any)
	for _, x := range list {
		if s, ok := x.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func (f fields) tables(key string) (all []fields) {
	list, _ := f[key].([]any)
	for _, x := range list {
		if m, ok := x.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}
