// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package manifests reads what package manifests declare (package.json, Cargo.toml, pom.xml…): the name, version,
// description and licence of a component.
package manifests

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
)

// Manifest is what one file declares. Only what stands there literally is read: nothing is run.
type Manifest struct {
	Ecosystem   string
	Name        string // empty: it declares no component by itself
	Version     string
	Description string
	Keywords    []string
	Licenses    []string // the names and addresses among what is declared, as they are written; several are a choice
	LicenseLine int      // where the licence is declared; 0 when none is
	Declared    []Declaration
	Private     bool // it says that it is not to be published

	rank     int       // of its format, the one that is asked first lowest
	takes    []part    // what it takes from a manifest that encloses it
	offers   *Manifest // what it gives to those below its folder
	maven    *mavenProject
	fallback string // name, when no other manifest of the folder gives one
}

// part is a field that a manifest may take from another.
type part uint8

const (
	partVersion part = iota
	partDescription
	partKeywords
	partLicense
)

// DamagedError says that a manifest is not written as its format asks.
type DamagedError struct{ Line int }

func (e *DamagedError) Error() string { return "not written as its format asks" }

// MaxSize is the length above which a manifest is not read.
const MaxSize = 1 << 20

// What is kept of a field.
const (
	maxName        = 256
	maxVersion     = 100
	maxDescription = 500 // characters
	maxKeywords    = 30
	maxLicenses    = 20
)

// format is one kind of manifest.
type format struct {
	ecosystem string
	rank      int
	read      func(m *Manifest, name string, text []byte) error
}

// byName and bySuffix find the format of a file by its name in small letters.
var byName = map[string]format{
	"package.json":          {"npm", 0, readNPM},
	"composer.json":         {"composer", 0, readComposer},
	"cargo.toml":            {"cargo", 0, readCargo},
	"pyproject.toml":        {"pypi", 0, readPyproject},
	"setup.cfg":             {"pypi", 1, readSetupCfg},
	"setup.py":              {"pypi", 2, readSetupPy},
	"pkg-info":              {"pypi", 3, readPkgInfo},
	"pom.xml":               {"maven", 0, readPOM},
	"build.gradle":          {"maven", 1, readGradle},
	"build.gradle.kts":      {"maven", 1, readGradle},
	"settings.gradle":       {"maven", 2, readGradle},
	"settings.gradle.kts":   {"maven", 2, readGradle},
	"gradle.properties":     {"maven", 3, readGradleProperties},
	"go.mod":                {"golang", 0, readGoMod},
	"directory.build.props": {"nuget", 2, readMSBuild},
	"pubspec.yaml":          {"pub", 0, readPubspec},
	"mix.exs":               {"hex", 0, readMix},

	// These describe software and are no package's manifest: see metadata.go.
	"bower.json":     {"", 0, readNPM},
	"publiccode.yml": {"", 0, readPubliccode}, "publiccode.yaml": {"", 0, readPubliccode},
	"codemeta.json": {"", 0, readCodemeta}, "citation.cff": {"", 0, readCitation},
}

var bySuffix = map[string]format{
	".gemspec": {"gem", 0, readGemspec},
	".nuspec":  {"nuget", 0, readNuspec},
	".csproj":  {"nuget", 1, readMSBuild},
	".fsproj":  {"nuget", 1, readMSBuild},
	".vbproj":  {"nuget", 1, readMSBuild},
	".cabal":   {"hackage", 0, readCabal},
}

func formatOf(name string) (format, bool) {
	base := path.Base(name)
	switch base {
	case "DESCRIPTION":
		return format{"cran", 0, readDescription}, true
	case "control":
		if path.Base(path.Dir(name)) == "debian" {
			return format{"deb", 0, readControl}, true
		}
	case "METADATA":
		if strings.HasSuffix(path.Dir(name), ".dist-info") { // of an installed Python package
			return format{"", 0, readPkgInfo}, true
		}
	}
	lower := strings.ToLower(base)
	if f, ok := byName[lower]; ok {
		return f, true
	}
	if at := strings.LastIndexByte(lower, '.'); at > 0 {
		f, ok := bySuffix[lower[at:]]
		return f, ok
	}
	return format{}, false
}

// Ecosystem names what a file is a manifest of, by its path, as package URLs write it; it is empty for other files.
func Ecosystem(name string) string {
	f, _ := formatOf(name)
	return f.ecosystem
}

// Ecosystems lists the names that Ecosystem gives.
func Ecosystems() []string {
	return []string{"cargo", "composer", "cran", "deb", "gem", "golang", "hackage", "hex", "maven", "npm", "nuget", "pub", "pypi"}
}

// Declares reports whether a file may declare a licence in a field, by its path.
func Declares(name string) bool {
	_, ok := formatOf(name)
	return ok
}

// Read reads a manifest. It gives nil for a file that is none, or that says nothing of a package. The error is a *DamagedError.
func Read(name string, text []byte) (*Manifest, error) {
	f, ok := formatOf(name)
	if !ok || len(text) > MaxSize {
		return nil, nil
	}
	text = utf8Of(text)
	m := &Manifest{Ecosystem: f.ecosystem, rank: f.rank}
	if err := f.read(m, name, text); err != nil {
		return nil, err
	}
	m.settleLicenses()
	if m.maven == nil { // whose values are known only with those of its parents
		m.tidy()
	}
	if m.offers != nil {
		m.offers.settleLicenses()
		m.offers.tidy()
	}
	if m.Name == "" && m.fallback == "" && m.offers == nil && m.maven == nil && m.Version == "" && m.Description == "" && len(m.Declared) == 0 {
		return nil, nil
	}
	return m, nil
}

// tidy drops what is no value: placeholders of templates, what a variable stands for, what is too long.
func (m *Manifest) tidy() {
	m.Name, m.fallback = tidyName(m.Name), tidyName(m.fallback)
	m.Version = oneLine(m.Version, maxVersion)
	if hasPlaceholder(m.Version) || strings.ContainsRune(m.Version, ' ') {
		m.Version = ""
	}
	m.Description = oneLine(m.Description, maxDescription)
	if hasPlaceholder(m.Description) {
		m.Description = ""
	}
	m.Keywords = tidyList(m.Keywords, maxKeywords)
	m.Licenses = tidyList(m.Licenses, maxLicenses)
}

func tidyName(name string) string {
	name = strings.TrimSpace(name)
	if len(name) > maxName || hasPlaceholder(name) || strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"'<>|\`, r)
	}) {
		return ""
	}
	return name
}

// hasPlaceholder tells what a template or a build fills in: {{name}}, ${name}, $(name), <%= name %>, @name@, #{name}.
func hasPlaceholder(s string) bool {
	for _, mark := range []string{"{{", "${", "$(", "<%", "#{", "{%", "__PKG"} {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return len(s) > 2 && s[0] == '@' && s[len(s)-1] == '@'
}

func tidyList(list []string, most int) (out []string) {
	for _, s := range list {
		s = oneLine(s, maxDescription)
		if s != "" && !hasPlaceholder(s) && len(out) < most && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// oneLine puts a text on one line and cuts it after so many characters.
func oneLine(s string, most int) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	n := 0
	for at := range s {
		if n++; n > most {
			return s[:at]
		}
	}
	return s
}

// lineOf is the line of a byte position.
func lineOf(text []byte, at int) int {
	return 1 + bytes.Count(text[:max(0, min(at, len(text)))], []byte{'\n'})
}
