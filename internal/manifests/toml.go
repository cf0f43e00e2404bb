// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"errors"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

func readTOML(text []byte) (map[string]any, error) {
	var v map[string]any
	err := toml.Unmarshal(text, &v)
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		line, _ := wrong.Position()
		return nil, &DamagedError{line}
	}
	if err != nil {
		return nil, &DamagedError{1}
	}
	return v, nil
}

// readCargo reads Cargo.toml. A member of a workspace takes the fields that say { workspace = true } from [workspace.package] of
// the nearest folder above that has it.
func readCargo(m *Manifest, _ string, text []byte) error {
	v, err := readTOML(text)
	if err != nil {
		return err
	}
	if w := table(table(v["workspace"])["package"]); w != nil {
		m.offers = &Manifest{}
		m.offers.cargoFields(w, text)
	}
	p := table(v["package"])
	if p == nil {
		p = table(v["project"]) // as it was called before
	}
	m.Name = str(p["name"])
	m.cargoFields(p, text)
	switch publish := p["publish"].(type) {
	case bool:
		m.Private = !publish
	case []any:
		m.Private = len(publish) == 0
	}
	return nil
}

func (m *Manifest) cargoFields(p map[string]any, text []byte) {
	m.Version, m.Description = str(p["version"]), str(p["description"])
	m.Keywords = append(stringsOf(p["keywords"]), stringsOf(p["categories"])...)
	m.declare(text, assignKey, DeclaredName, stringsOf(p["license"])...)
	if len(m.Declared) == 0 {
		m.declare(text, assignKey, DeclaredFile, str(p["license-file"]))
	}
	for field, what := range map[string]part{"version": partVersion, "description": partDescription, "keywords": partKeywords, "license": partLicense} {
		t := table(p[field])
		if inherited, _ := t["workspace"].(bool); inherited {
			m.takes = append(m.takes, what)
		}
	}
}

// readPyproject reads pyproject.toml: [project] of PEP 621, [tool.poetry], or [tool.flit.metadata].
func readPyproject(m *Manifest, _ string, text []byte) error {
	v, err := readTOML(text)
	if err != nil {
		return err
	}
	tool := table(v["tool"])
	for _, p := range []map[string]any{table(v["project"]), table(tool["poetry"]), table(table(tool["flit"])["metadata"])} {
		if m.Name == "" {
			m.Name = firstOf(str(p["name"]), str(p["dist-name"]), str(p["module"]))
		}
		m.Version = firstOf(m.Version, str(p["version"]))
		m.Description = firstOf(m.Description, str(p["description"]))
		m.Keywords = append(m.Keywords, stringsOf(p["keywords"])...)
		if len(m.Declared) == 0 {
			m.declarePyproject(p, text)
		}
		for _, c := range stringsOf(p["classifiers"]) {
			m.Private = m.Private || strings.HasPrefix(c, "Private ::")
		}
	}
	return nil
}

// declarePyproject reads the licence of a table: an expression (PEP 639), a text or a file (PEP 621), a name; else the classifiers; else the
// files that hold it.
func (m *Manifest) declarePyproject(p map[string]any, text []byte) {
	m.declare(text, assignKey, DeclaredName, stringsOf(p["license"])...)
	if t := table(p["license"]); t != nil {
		m.declare(text, assignKey, DeclaredName, str(t["text"]))
		m.declare(text, assignKey, DeclaredFile, str(t["file"]))
	}
	if !m.namesLicense() {
		m.declare(text, classKey, DeclaredName, classified(stringsOf(p["classifiers"]))...)
	}
	files := append(stringsOf(p["license-files"]), stringsOf(table(p["license-files"])["paths"])...)
	for _, file := range append(files, str(p["license-file"])) {
		if len(m.Declared) == 0 && !strings.ContainsAny(file, "*?[") {
			m.declare(text, assignKey, DeclaredFile, file)
		}
	}
}

// namesLicense reports whether more is declared than a file to look into.
func (m *Manifest) namesLicense() bool {
	return slices.ContainsFunc(m.Declared, func(d Declaration) bool { return d.Kind != DeclaredFile })
}

// classified gives the licences among the classifiers of a Python package.
func classified(classifiers []string) (all []string) {
	for _, c := range classifiers {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(c), "License ::"); ok {
			rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "OSI Approved"))
			if rest = strings.TrimSpace(strings.TrimPrefix(rest, "::")); rest != "" {
				all = append(all, rest)
			}
		}
	}
	return all
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
