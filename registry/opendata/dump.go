// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"communs/registry"
)

// Format is how a dump is written.
type Format string

// The formats of dumps.
const (
	JSONL Format = "jsonl" // an [Item] on each line
	CSV   Format = "csv"   // a table with a line of names, see [Columns]
)

// Type is the media type of a format.
func (f Format) Type() string {
	if f == CSV {
		return "text/csv; charset=utf-8; header=present"
	}
	return "application/jsonl; charset=utf-8"
}

// Dump is a file of all records of one kind that are under one licence. It is made as it is written.
type Dump struct {
	Kind    registry.Kind `json:"kind"`
	Licence string        `json:"record_licence"`
	Format  Format        `json:"format"`
	Name    string        `json:"name"` // software.CC0-1.0.jsonl
	Records int           `json:"records"`
	Changed time.Time     `json:"changed"` // the latest change of a record in it

	entries []registry.Stamped
}

// Dumps lists the files that hold the catalogue: by kind, licence and format. Empty ones are none.
func Dumps(c *registry.Catalogue) []Dump {
	var all []Dump
	for _, kind := range registry.Kinds() {
		by := map[string]*Dump{}
		var licences []string
		for _, e := range List(c, kind) {
			licence := Licence(e.Head())
			d := by[licence]
			if d == nil {
				d = &Dump{Kind: kind, Licence: licence}
				by[licence] = d
				licences = append(licences, licence)
			}
			d.entries = append(d.entries, e)
			if d.Records++; e.Changed.After(d.Changed) {
				d.Changed = e.Changed.UTC().Truncate(time.Second)
			}
		}
		slices.Sort(licences)
		for _, licence := range licences {
			for _, format := range []Format{JSONL, CSV} {
				d := *by[licence]
				d.Format, d.Name = format, fileName(kind, licence, format)
				all = append(all, d)
			}
		}
	}
	return all
}

func fileName(kind registry.Kind, licence string, f Format) string {
	return setName(kind, licence) + "." + string(f)
}

// setName names what is dumped together. A licence that is an expression is written with what every file system takes.
func setName(kind registry.Kind, licence string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '+':
			return r
		case r == ' ':
			return '_'
		}
		return -1
	}, licence)
	return Plural(kind) + "." + safe
}

// Write writes the records, each as it stands in the catalogue.
func (d Dump) Write(w io.Writer) error {
	var err error
	if d.Format == CSV {
		err = WriteCSV(w, d.Kind, d.entries)
	} else {
		err = WriteJSONL(w, d.entries)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", d.Name, err)
	}
	return nil
}

// WriteJSONL writes an [Item] for each entry, on a line of its own.
func WriteJSONL(w io.Writer, entries []registry.Stamped) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, s := range entries {
		if err := e.Encode(NewItem(s)); err != nil {
			return err
		}
	}
	return nil
}

// WriteCSV writes entries of one kind as a table (RFC 4180) with the columns of the kind.
func WriteCSV(w io.Writer, kind registry.Kind, entries []registry.Stamped) error {
	columns := columnsOf(kind)
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.name
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for _, s := range entries {
		for i, c := range columns {
			row[i] = Cell(c.value(s))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Cell is a text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it, as spreadsheets themselves
// mark text. The wide forms of the signs count, since some read them as the narrow ones.
func Cell(s string) string {
	for _, first := range s {
		if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
			return "'" + s
		}
		break
	}
	return s
}
