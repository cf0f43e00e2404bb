// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"communs/registry"
)

// Tables are CSV as spreadsheets and registers write it: separated by commas, semicolons or tabs, in any usual encoding, with a row of
// names first. Names are understood in French and English, whatever their case, accents and punctuation. A cell is text: one that a
// spreadsheet would compute stays what it says.

// column is what a column may be called, folded; a name that ends in " *" may be followed by anything.
type column struct {
	key   string
	names []string
}

// table is a CSV file being read.
type table struct {
	file    File
	r       *csv.Reader
	columns map[string][]int // key → its columns
	heads   []string
	ignored []string
}

// row is one row of a table.
type row struct {
	table *table
	line  int
	cells []string
}

// openTable reads the names of the columns.
func openTable(f File, known []column) (*table, error) {
	data, err := text(f.Data)
	if err != nil {
		return nil, err
	}
	t := &table{file: f, columns: map[string][]int{}}
	t.r = csv.NewReader(bytes.NewReader(data))
	t.r.Comma, t.r.FieldsPerRecord = separator(data), -1
	t.heads, err = t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault("empty", f.Name)
	}
	if err != nil {
		return nil, &Fault{"not-csv", []any{f.Name}, err}
	}
	for i, head := range t.heads {
		key := columnKey(registry.Fold(head), known)
		if key == "" {
			if head = line(head); head != "" {
				t.ignored = append(t.ignored, head)
			}
			continue
		}
		t.columns[key] = append(t.columns[key], i)
	}
	return t, nil
}

// columnKey finds which column a name stands for: the first that has exactly this name, then the first whose name it begins with.
func columnKey(head string, known []column) string {
	for _, c := range known {
		if slices.Contains(c.names, head) {
			return c.key
		}
	}
	for _, c := range known {
		for _, name := range c.names {
			if start, open := strings.CutSuffix(name, " *"); open && (head == start || strings.HasPrefix(head, start+" ")) {
				return c.key
			}
		}
	}
	return ""
}

// separator is the one that stands most often in the first line, outside quotation marks.
func separator(data []byte) rune {
	count := map[byte]int{}
	quoted := false
	for _, c := range data {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return rune(best)
}

// need complains when a column is missing: what it may be called, and what there is.
func (t *table) need(key string, known []column) error {
	if len(t.columns[key]) > 0 {
		return nil
	}
	i := slices.IndexFunc(known, func(c column) bool { return c.key == key })
	var heads []string
	for _, h := range t.heads[:min(len(t.heads), 40)] {
		heads = append(heads, cut(line(h), 60))
	}
	return fault("no-column", t.file.Name, strings.Join(known[i].names, ", "), strings.Join(heads, ", "))
}

// next reads a row; io.EOF ends the table. Another error is about this row alone.
func (t *table) next() (*row, error) {
	for {
		cells, err := t.r.Read()
		if errors.Is(err, io.EOF) {
			return nil, err
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return &row{t, wrong.StartLine, nil}, &Fault{Code: "quotes", Err: err}
		}
		if err != nil {
			return nil, io.EOF
		}
		at, _ := t.r.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			return &row{t, at, cells}, nil
		}
	}
}

// all gives what stands in the columns of a key, without the apostrophe by which spreadsheets mark text.
func (r *row) all(key string) (values []string) {
	for _, i := range r.table.columns[key] {
		if i >= len(r.cells) {
			continue
		}
		v := strings.TrimSpace(r.cells[i])
		if len(v) > 1 && v[0] == '\'' && strings.ContainsRune("=+-@", rune(v[1])) {
			v = v[1:]
		}
		if v != "" {
			values = append(values, v)
		}
	}
	return values
}

// get is the first of all.
func (r *row) get(key string) string {
	if all := r.all(key); len(all) > 0 {
		return line(all[0])
	}
	return ""
}
