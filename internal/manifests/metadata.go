// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"regexp"
	"strings"
)

// Some files describe software without being a package's manifest: publiccode.yml, codemeta.json, CITATION.cff. Of these only the
// licence is read here.

// readCodemeta reads codemeta.json, in versions 2 and 3: license is an address, a name, a CreativeWork, or a list of these.
func readCodemeta(m *Manifest, _ string, text []byte) error {
	v, err := readJSON(text)
	if err != nil {
		return err
	}
	m.declareJSON(text, v["license"], 0)
	return nil
}

// declareJSON declares a string, a table with a type or an address, or a list of these.
func (m *Manifest) declareJSON(text []byte, v any, depth int) {
	switch v := v.(type) {
	case string:
		m.declare(text, jsonKey, DeclaredName, v)
	case []any:
		for _, x := range v {
			if depth == 0 {
				m.declareJSON(text, x, depth+1)
			}
		}
	case map[string]any:
		for _, key := range []string{"type", "identifier", "spdx_id", "name", "@id", "id", "url", "text"} {
			if s := str(v[key]); s != "" && s != "CreativeWork" && s != "DefinedTerm" {
				m.declare(text, jsonKey, DeclaredName, s)
				return
			}
		}
	}
}

// readPubliccode reads the licence of publiccode.yml: license below legal. Nothing of YAML is needed but lines and their indentation; what an
// anchor or a flow over several lines stands for is not read.
func readPubliccode(m *Manifest, _ string, text []byte) error {
	within := false
	row := 0
	for line := range strings.Lines(string(text)) {
		row++
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case line[0] != ' ' && line[0] != '\t':
			within = legalBlock.MatchString(line)
			if flow := publiccodeFlow.FindStringSubmatch(line); within && flow != nil {
				m.declareAt(row, DeclaredName, scalar(flow[1]))
			}
		case within:
			if value, ok := yamlValue(trimmed, "license"); ok {
				m.declareAt(row, DeclaredName, scalar(value))
			}
		}
	}
	return nil
}

var publiccodeFlow = regexp.MustCompile(`\{.*\blicense\s*:\s*([^,}]+)`)

// readCitation reads CITATION.cff: license is an id or a list of ids, of which one may be chosen; license-url an address.
func readCitation(m *Manifest, _ string, text []byte) error {
	list := false
	row := 0
	address, addressRow := "", 0
	for line := range strings.Lines(string(text)) {
		row++
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		if item, ok := strings.CutPrefix(trimmed, "- "); ok && list {
			m.declareAt(row, DeclaredName, scalar(strings.TrimSpace(item)))
			continue
		}
		list = false
		if value, ok := yamlValue(line, "license"); ok {
			if list = value == ""; strings.HasPrefix(value, "[") {
				for item := range strings.SplitSeq(strings.Trim(value, "[]"), ",") {
					m.declareAt(row, DeclaredName, scalar(strings.TrimSpace(item)))
				}
			} else {
				m.declareAt(row, DeclaredName, scalar(value))
			}
		}
		if value, ok := yamlValue(line, "license-url"); ok {
			address, addressRow = scalar(value), row
		}
	}
	if len(m.Declared) == 0 {
		m.declareAt(addressRow, DeclaredURL, address)
	}
	return nil
}

// yamlValue is what stands behind a key at the start of a line; nothing for an alias or a tag.
func yamlValue(line, key string) (string, bool) {
	line = strings.TrimPrefix(line, "\ufeff")
	for _, quote := range []string{"", `"`, "'"} {
		if rest, ok := strings.CutPrefix(line, quote+key+quote); ok {
			if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t"), ":"); ok {
				if rest = strings.TrimSpace(rest); rest != "" && strings.IndexByte("*&!|>", rest[0]) >= 0 {
					rest = ""
				}
				return rest, true
			}
		}
	}
	return "", false
}
