// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"
)

// page is one file that needs nothing beside it: no script, no picture, nothing fetched from anywhere.
//
//go:embed report.html
var page string

// ofPage replaces what may not stand in a page: control characters, https://infra.spec.whatwg.org/#control.
func ofPage(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' {
		return unicode.ReplacementChar
	}
	return r
}

// writeHTML writes the same view as the text form.
func (r *Report) writeHTML(w io.Writer, v Voice) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"say":     func(key string, args ...any) string { return v.Printer.T(key, args...) },
		"visible": func(text string) string { return strings.Map(ofPage, v.visible(text)) },
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("read the template of the report: %w", err)
	}
	return t.Execute(w, r.view(v))
}
