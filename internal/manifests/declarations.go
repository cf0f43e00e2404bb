// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"bytes"
	"regexp"
	"strings"
)

// Declaration is one value of a field in which a manifest declares a licence. Several are a choice.
type Declaration struct {
	Kind DeclarationKind
	Text string // as it is written
	URL  string // of a name, where its licence stands
	Line int    // from 1
}

// DeclarationKind says what the text of a declaration is.
type DeclarationKind uint8

// The kinds.
const (
	DeclaredName DeclarationKind = iota // an SPDX expression, an id, a name
	DeclaredURL                         // the address of a licence
	DeclaredText                        // the licence's own words
	DeclaredFile                        // the path, from the manifest's folder, of the file that holds the licence
	DeclaredNone                        // that no licence is granted
)

// What is kept of declarations.
const (
	maxDeclarations    = 20
	maxDeclarationText = 64 << 10
	maxDeclaredName    = 1000
)

// declare notes a declaration. at is where in the text to look for its line: the first line that the expression matches and that the value
// stands on, or within the next few.
func (m *Manifest) declare(text []byte, at *regexp.Regexp, kind DeclarationKind, values ...string) {
	for _, v := range values {
		m.note(kind, v, func() int { return lineOfValue(text, at, v) })
	}
}

// declareAt notes a declaration on a line.
func (m *Manifest) declareAt(line int, kind DeclarationKind, value string) {
	m.note(kind, value, func() int { return line })
}

// note notes a declaration once. A value that a template or a build fills in is none.
func (m *Manifest) note(kind DeclarationKind, value string, line func() int) {
	value = strings.TrimSpace(value)
	if kind == DeclaredName {
		kind, value = nameKind(value)
	}
	switch {
	case value == "" || hasPlaceholder(value) || len(m.Declared) >= maxDeclarations || len(value) > maxDeclarationText:
		return
	case kind != DeclaredText && (len(value) > maxDeclaredName || kind != DeclaredName && strings.Contains(value, "\n")):
		return
	}
	for _, d := range m.Declared {
		if d.Kind == kind && d.Text == value {
			return
		}
	}
	m.Declared = append(m.Declared, Declaration{Kind: kind, Text: value, Line: line()})
}

var seeLicense = regexp.MustCompile(`(?i)^(?:see|refer to)\s+(?:the\s+)?(?:licen[cs]e\s+)?(?:file\s+)?(?:in\s+)?(?:the\s+)?(?:file\s+)?["'<]?([\w./-]+?)["'>.]?(?:\s+file)?$`)

// nameKind tells what people write where a name should stand: an address, the licence's whole text, the name of a file, or that there is no licence.
func nameKind(value string) (DeclarationKind, string) {
	switch lower := strings.ToLower(value); {
	case strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://"):
		if !strings.ContainsAny(value, " \n") {
			return DeclaredURL, value
		}
	case value == "UNLICENSED" || lower == "proprietary" || lower == "all rights reserved" || lower == "other/proprietary license" || lower == "commercial":
		return DeclaredNone, value
	case strings.HasPrefix(lower, "file:"):
		return DeclaredFile, strings.TrimSpace(value[len("file:"):])
	case strings.Count(value, "\n") > 2 || len(value) > 300:
		return DeclaredText, value
	}
	if see := seeLicense.FindStringSubmatch(value); see != nil && (strings.ContainsAny(see[1], "./") || strings.EqualFold(see[1], "license") ||
		strings.EqualFold(see[1], "licence") || strings.EqualFold(see[1], "copying")) {
		return DeclaredFile, see[1]
	}
	return DeclaredName, value
}

// Declarations gives what the manifest declares, or what it offers to those below when it declares nothing of itself.
func (m *Manifest) Declarations() []Declaration {
	if len(m.Declared) == 0 && m.offers != nil {
		return m.offers.Declared
	}
	return m.Declared
}

// settleLicenses fills the plain list of licences from the declarations.
func (m *Manifest) settleLicenses() {
	m.Licenses, m.LicenseLine = nil, 0
	for _, d := range m.Declared {
		if d.Kind == DeclaredText || d.Kind == DeclaredFile {
			continue
		}
		if m.LicenseLine == 0 {
			m.LicenseLine = d.Line
		}
		m.Licenses = append(m.Licenses, d.Text)
	}
	m.Licenses = tidyList(m.Licenses, maxLicenses)
}

// linesAfter is how far below its key a value may stand.
const linesAfter = 60

// lineOfValue is the line of a value: the first that holds it at or after a line that the key matches, else the key's, else 1.
func lineOfValue(text []byte, key *regexp.Regexp, value string) int {
	if first, _, cut := strings.Cut(value, "\n"); cut {
		value = first
	}
	value = strings.TrimSpace(value)
	first := 0
	for _, at := range key.FindAllIndex(text, 20) {
		from := at[0]
		for from < at[1] && (text[from] == '\n' || text[from] == '\r') {
			from++
		}
		n := lineOf(text, from)
		if first == 0 {
			first = n
		}
		rest := text[from:]
		for below := 0; below < linesAfter && len(rest) > 0; below++ {
			line, after, _ := bytes.Cut(rest, []byte("\n"))
			if value != "" && bytes.Contains(line, []byte(value)) {
				return n + below
			}
			rest = after
		}
	}
	return max(1, first)
}

// Where the licence stands, by format.
var (
	jsonKey    = regexp.MustCompile(`"licen[cs]es?"\s*:`)
	assignKey  = regexp.MustCompile(`(?m)^[ \t]*"?licen[cs]e(?:[-_.\w]*)"?[ \t]*[=:]`)
	callKey    = regexp.MustCompile(`(?m)licen[cs]es?\s*[=:(\[ ]`)
	classKey   = regexp.MustCompile(`License ::`)
	headerKey  = regexp.MustCompile(`(?m)^(?:License|Licence|License-Expression|License-File|license|license-file|license-files|license_files?):`)
	xmlKey     = regexp.MustCompile(`<(?:package)?licen[cs]e|<PackageLicense`)
	gradleKey  = regexp.MustCompile(`licen[cs]es?\s*[({]`)
	metadata   = regexp.MustCompile(`(?im)^\s*licen[cs]e(?:-url)?\s*:`)
	legalBlock = regexp.MustCompile(`(?m)^["']?legal["']?[ \t]*:`)
)
