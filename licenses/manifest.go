// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A manifest declares the licence of a package in a field. What cannot be read gives no finding: a broken manifest is
// the business of its package manager.

// manifests is by file name in lower case.
var manifests = map[string]func(text []byte) []string{
	"package.json":   jsonLicenses("license", "licenses"),
	"composer.json":  jsonLicenses("license"),
	"bower.json":     jsonLicenses("license", "licenses"),
	"codemeta.json":  jsonLicenses("license"),
	"cargo.toml":     tomlLicenses,
	"pyproject.toml": tomlLicenses,
	"publiccode.yml": lineLicenses,
	"citation.cff":   lineLicenses,
	"pom.xml":        pomLicenses,
}

// isManifest reports whether a package manifest declares a licence in a field.
func isManifest(base string) bool {
	base = strings.ToLower(base)
	return manifests[base] != nil || strings.HasSuffix(base, ".gemspec")
}

// maxManifest is how long a manifest may be.
const maxManifest = 2 << 20

// manifest reads the declaration of a manifest.
func (d *Detector) manifest(name string, text []byte) []Finding {
	read := manifests[strings.ToLower(path.Base(name))]
	if read == nil {
		read = gemLicenses
	}
	if len(text) > maxManifest {
		return nil
	}
	e := d.Declared(read(text))
	if e.IsZero() {
		return nil
	}
	line := declarationLine(text)
	return []Finding{{Expression: e, Path: name, Start: line, End: line, How: "manifest", Score: 0.95}}
}

// Declared is what the values of a manifest's licence field say: several are a choice. The zero Expression says that none of them is
// understood.
func (d *Detector) Declared(values []string) Expression {
	var es []Expression
	for _, s := range values {
		if e, ok := d.declaredValue(s); ok {
			es = append(es, e)
		}
	}
	return Or(es...)
}

// declaredValue reads a value as people write it: an expression, ids parted by a slash, a name, or a URL.
func (d *Detector) declaredValue(s string) (Expression, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasPrefix(strings.ToUpper(s), "SEE LICENSE") || s == "UNLICENSED" || len(s) > 1000 {
		return Expression{}, false
	}
	if e, err := Parse(s); err == nil {
		return e, true
	}
	words := urlWords(s)
	if named, n := d.names.find(words); n == len(words) && n > 0 {
		e, err := Parse(named.expr)
		return e, err == nil
	}
	if len(words) > 0 {
		n := &notice{words: words, at: make([]int32, len(words)), first: make([]bool, len(words)), gap: make([]gap, len(words))}
		if a, ok := n.gnu(0); ok && a.to == len(words) {
			e, err := Parse(a.expr)
			return e, err == nil
		}
	}
	if !strings.Contains(s, "://") && strings.ContainsAny(s, "/|,") {
		var es []Expression
		for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '|' || r == ',' }) {
			e, err := Parse(part)
			if err != nil {
				return Expression{}, false
			}
			es = append(es, e)
		}
		return Or(es...), true
	}
	if !strings.ContainsAny(s, " /:") {
		return lenient(s)
	}
	return Expression{}, false
}

var declarationKey = regexp.MustCompile(`(?im)^.*licen[cs]e.*$`)

// declarationLine is the first line that speaks of a licence.
func declarationLine(text []byte) int {
	at := declarationKey.FindIndex(text)
	if at == nil {
		return 1
	}
	return 1 + bytes.Count(text[:at[0]], []byte{'\n'})
}

// jsonLicenses reads fields of a JSON object that hold a string, an object with a type or url, or a list of these.
func jsonLicenses(keys ...string) func([]byte) []string {
	return func(text []byte) []string {
		var m map[string]any
		if json.Unmarshal(text, &m) != nil {
			return nil
		}
		var found []string
		for _, k := range keys {
			found = append(found, valueLicenses(m[k])...)
		}
		return found
	}
}

func valueLicenses(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, valueLicenses(x)...)
		}
		return all
	case map[string]any:
		for _, k := range []string{"type", "text", "name", "url", "@id"} {
			if s, ok := v[k].(string); ok && s != "CreativeWork" {
				return []string{s}
			}
		}
	}
	return nil
}

// tomlLicenses reads Cargo.toml and pyproject.toml.
func tomlLicenses(text []byte) []string {
	var m struct {
		Package, Project struct {
			License     any
			Classifiers []string
		}
		Workspace struct{ Package struct{ License any } }
		Tool      struct{ Poetry struct{ License any } }
	}
	if toml.Unmarshal(text, &m) != nil {
		return nil
	}
	for _, v := range []any{m.Package.License, m.Project.License, m.Workspace.Package.License, m.Tool.Poetry.License} {
		if s := valueLicenses(v); len(s) > 0 {
			return s
		}
	}
	var found []string
	for _, c := range m.Project.Classifiers {
		if rest, ok := strings.CutPrefix(c, "License :: OSI Approved :: "); ok {
			found = append(found, rest)
		}
	}
	return found
}

var yamlLicense = regexp.MustCompile(`(?m)^\s*license:[ \t]*["']?([^"'\n#]+)`)

// lineLicenses reads the license field of publiccode.yml and CITATION.cff, which is always a line.
func lineLicenses(text []byte) []string { return submatches(yamlLicense, text) }

var gemLicense = regexp.MustCompile(`(?m)^\s*\w+\.licenses?\s*=\s*(.+)$`)

var quoted = regexp.MustCompile(`["']([^"']+)["']`)

// gemLicenses reads the license of a gemspec.
func gemLicenses(text []byte) []string {
	var found []string
	for _, s := range submatches(gemLicense, text) {
		found = append(found, submatches(quoted, []byte(s))...)
	}
	return found
}

var pomLicense = regexp.MustCompile(`(?s)<license>.*?<name>(.*?)</name>`)

// pomLicenses reads the licences of a Maven project.
func pomLicenses(text []byte) []string { return submatches(pomLicense, text) }

func submatches(re *regexp.Regexp, text []byte) []string {
	var found []string
	for _, m := range re.FindAllSubmatch(text, 20) {
		found = append(found, strings.TrimSpace(string(m[1])))
	}
	return found
}
