// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// reuse reads REUSE.toml, or the older .reuse/dep5.
func (d *Detector) reuse(name string, text []byte) []Finding {
	if strings.HasSuffix(strings.ToLower(name), "dep5") {
		return reuseDEP5(name, text)
	}
	var m struct {
		Annotations []struct {
			Path       any
			Precedence string
			License    any `toml:"SPDX-License-Identifier"`
		}
	}
	if toml.Unmarshal(text, &m) != nil {
		return nil
	}
	var found []Finding
	line, rest := 0, text
	for _, a := range m.Annotations {
		if i := bytes.Index(rest, []byte("[[annotations]]")); i >= 0 {
			line += bytes.Count(rest[:i], []byte{'\n'})
			rest = rest[i:]
		}
		start := line + 1
		if n := bytes.IndexByte(rest, '\n'); n >= 0 {
			rest, line = rest[n+1:], line+1
		}
		for _, s := range valueLicenses(a.License) {
			if e, ok := lenient(s); ok {
				found = append(found, Finding{Expression: e, Path: name, Start: start, End: start, How: "reuse", Score: 1,
					Scope: strings.Join(valueLicenses(a.Path), "\n"), Override: a.Precedence == "override"})
			}
		}
	}
	return found
}

// reuseDEP5 reads the paragraphs of a Debian copyright file; there * also matches slashes.
func reuseDEP5(name string, text []byte) []Finding {
	var found []Finding
	var files, license string
	start, line, field := 0, 0, ""
	flush := func() {
		if e, ok := lenient(license); ok && files != "" {
			scope := strings.ReplaceAll(strings.Join(strings.Fields(files), "\n"), "*", "**")
			found = append(found, Finding{Expression: e, Path: name, Start: start, End: line, How: "reuse", Score: 1, Scope: scope})
		}
		files, license, field = "", "", ""
	}
	for s := range strings.Lines(string(text)) {
		line++
		s = strings.TrimRight(s, "\r\n")
		key, value, ok := strings.Cut(s, ":")
		switch {
		case strings.TrimSpace(s) == "":
			line--
			flush()
			line++
		case (s[0] == ' ' || s[0] == '\t') && field == "files":
			files += " " + strings.TrimSpace(s)
		case ok && s[0] != ' ' && s[0] != '\t':
			switch field = strings.ToLower(key); field {
			case "files":
				files, start = value, line
			case "license":
				license = strings.TrimSpace(value)
			}
		}
	}
	flush()
	return found
}
