// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The CSV form (RFC 4180: commas, quotation marks, CRLF, UTF-8) has a line for the project, one for each component, and one for each of
// the project's own files that has a problem. Several values in one cell stand on lines of their own within it. A cell that a
// spreadsheet would take for a formula has an apostrophe before it.
var csvColumns = []string{
	"kind", "id", "name", "version", "purl", "status", "licence", "declared", "found", "libre", "use", "answer", "problems", "obligations", "direct",
	"development", "via", "origin", "places", "copyrights",
}

func (r *Report) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	rules := map[string][]string{} // by component or path
	for i := range r.Problems {
		p := &r.Problems[i]
		of := p.Component
		if of == "" {
			of = "file:" + p.Path
		}
		if !slices.Contains(rules[of], p.Rule) {
			rules[of] = append(rules[of], p.Rule)
		}
	}
	rows := [][]string{slices.Clone(csvColumns), csvComponent(&r.Project, rules)}
	for i := range r.Components {
		rows = append(rows, csvComponent(&r.Components[i], rules))
	}
	for i := range r.Files {
		if f := &r.Files[i]; f.Component == "" && len(rules["file:"+f.Path]) > 0 {
			rows = append(rows, csvFile(r, f, rules["file:"+f.Path]))
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = noFormula(row[i])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func csvComponent(c *Component, rules map[string][]string) []string {
	var obligations, places []string
	for _, o := range c.Obligations {
		if !slices.Contains(obligations, o.Code) {
			obligations = append(obligations, o.Code)
		}
	}
	for _, p := range c.Places {
		places = append(places, placeOf(p.Path, p.Line, p.End))
	}
	return []string{
		string(c.Kind), c.ID, c.Name, c.Version, c.PURL, string(c.Status), c.Concluded.String(), c.Declared.String(), c.Found.String(), string(c.Libre),
		c.Use.String(), string(c.Answer), cell(rules[c.ID]), cell(obligations), strconv.FormatBool(c.Direct), strconv.FormatBool(c.Development), cell(c.Via),
		c.Origin, cell(places), cell(c.Copyrights),
	}
}

func csvFile(r *Report, f *File, rules []string) []string {
	return []string{
		"file", f.Path, f.Path, "", "", string(f.Status), f.License.String(), "", "", string(f.Libre), r.FileUse.String(), string(f.Answer), cell(rules), "", "",
		"", "", "", f.Path, cell(f.Copyrights),
	}
}

func cell(values []string) string { return strings.Join(values, "\n") }

// noFormula keeps a spreadsheet from computing what a package was named.
func noFormula(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
