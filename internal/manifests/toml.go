// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"errors"
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
		m.offers = &Manifest{LicenseLine: licenseLine(text)}
		m.offers.cargoFields(w)
	}
	p := table(v["package"])
	if p == nil {
		p = table(v["project"]) // as it was called before
	}
	m.Name = str(p["name"])
	m.cargoFields(p)
	switch publish := p["publish"].(type) {
	case bool:
		m.Private = !publish
	case []any:
		m.Private = len(publish) == 0
	}
	return nil
}

func (m *Manifest) cargoFields(p map[string]any) {
	m.Version, m.Description = str(p["version"]), str(p["description"])
	m.Keywords = append(stringsOf(p["keywords"]), stringsOf(p["categories"])...)
	m.Licenses = licensesOf(p["license"])
	for field, what := range map[string]part{"version": partVersion, "description": partDescription, "keywords": partKeywords, "license": partLicense} {
		t := table(p[field])
		if inherited, _ := t["workspace"].(bool); inherited {
			m.takes = append(m.takes, what)
			if what == partLicense {
				m.Licenses = nil
			}
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
		if len(m.Licenses) == 0 {
			if t := table(p["license"]); t == nil || strings.Count(str(t["text"]), "\n") == 0 { // not a whole text
				m.Licenses = licensesOf(p["license"])
			}
		}
		if len(m.Licenses) == 0 {
			m.Licenses = classified(stringsOf(p["classifiers"]))
		}
		for _, c := range stringsOf(p["classifiers"]) {
			m.Private = m.Private || strings.HasPrefix(c, "Private ::")
		}
	}
	return nil
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
