// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Debian's machine-readable copyright file (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/) is paragraphs of
// "Field: value", parted by empty lines. A Files paragraph holds for the paths that its patterns match, * and ? with slashes; its License
// names licences in the first line and may hold their text in the others, or leave it to a License paragraph of the same name.

// maxTextLines is how much of a licence's text is kept.
const maxTextLines = 2000

var dep5Format = regexp.MustCompile(`(?im)^(?:Format|Format-Specification):[^\n]*(?:copyright-format|dep5|dep-5|DEP5)`)

// isDEP5 tells a machine-readable copyright file from prose.
func isDEP5(text []byte) bool { return dep5Format.Match(text[:min(len(text), 2000)]) }

// paragraph is the fields of one paragraph that count here.
type paragraph struct {
	files, license      string
	text                []string // the lines of License after its first
	textLine            int
	start, end          int
	hasFiles, hasFields bool
}

// debianAnnotations reads the Files paragraphs. The header's licence, which is of the whole, comes first and matches everything; a licence
// named in its own paragraph alone is not of any file.
func debianAnnotations(text []byte) []Annotation {
	paragraphs := debianParagraphs(text)
	texts := map[string]paragraph{}
	for _, p := range paragraphs {
		if p.license != "" && len(p.text) > 0 {
			key := strings.ToLower(p.license)
			if _, known := texts[key]; !known {
				texts[key] = p
			}
		}
	}
	var all []Annotation
	for i, p := range paragraphs {
		if i == 0 && !p.hasFiles {
			p.files, p.hasFiles = "*", true
		}
		license := strings.TrimSpace(p.license)
		if !p.hasFiles || license == "" && len(p.text) == 0 || len(all) == maxAnnotations {
			continue
		}
		a := Annotation{Start: p.start, End: p.end, Text: strings.Join(p.text, "\n"), TextLine: p.textLine}
		if license != "" {
			a.Licenses = []string{license}
		}
		if own, ok := texts[strings.ToLower(license)]; ok && a.Text == "" {
			a.Text, a.TextLine = strings.Join(own.text, "\n"), own.textLine
		}
		for _, glob := range strings.Fields(p.files) {
			a.Globs = append(a.Globs, strings.ReplaceAll(strings.TrimPrefix(strings.TrimSuffix(glob, ","), "./"), "*", "**"))
		}
		all = append(all, a)
	}
	return all
}

// debianParagraphs cuts a file into paragraphs.
func debianParagraphs(text []byte) (all []paragraph) {
	var p paragraph
	field := ""
	n := 0
	flush := func() {
		if p.hasFields {
			all = append(all, p)
		}
		p, field = paragraph{}, ""
	}
	for raw := range bytes.Lines(text) {
		n++
		line := strings.TrimRight(string(raw), "\r\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "":
			flush()
			continue
		case line[0] == '#':
			continue
		case line[0] == ' ' || line[0] == '\t':
			switch field {
			case "files":
				if len(p.files) < maxDeclarationText {
					p.files += " " + trimmed
				}
			case "license":
				if len(p.text) == 0 {
					p.textLine = n
				}
				if trimmed == "." {
					trimmed = ""
				}
				if len(p.text) < maxTextLines {
					p.text = append(p.text, trimmed)
				}
			}
		default:
			key, value, ok := strings.Cut(line, ":")
			if !ok {
				field = ""
				continue
			}
			if !p.hasFields {
				p.hasFields, p.start = true, n
			}
			switch field = strings.ToLower(strings.TrimSpace(key)); field {
			case "files":
				p.files, p.hasFiles = strings.TrimSpace(value), true
			case "license":
				p.license = strings.TrimSpace(value)
			}
		}
		p.end = n
	}
	flush()
	return all
}

// utf8Of gives text that is UTF-8; Latin-1 is what else old files are written in.
func utf8Of(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if utf8.Valid(text) {
		return text
	}
	latin := make([]rune, len(text))
	for i, c := range text {
		latin[i] = rune(c)
	}
	return []byte(string(latin))
}
