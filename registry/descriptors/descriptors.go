// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package descriptors reads and writes the files in which a repository describes its software, publiccode.yml and codemeta.json,
// and proposes a description where there is none.
//
// Reading is lenient and checking is strict: what can be understood is returned, and every departure from the standard is a fault
// with its line, its key and what to write instead. Nothing is ever fetched.
package descriptors

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"communs/licenses"
)

// Format is a kind of descriptor.
type Format string

// The formats.
const (
	Publiccode Format = "publiccode"
	Codemeta   Format = "codemeta"
)

// FormatOf tells which descriptor a file is, by its path; empty when it is none.
func FormatOf(name string) Format {
	switch strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/"))) {
	case "publiccode.yml", "publiccode.yaml":
		return Publiccode
	case "codemeta.json":
		return Codemeta
	}
	return ""
}

// MaxSize is the length above which a descriptor is refused unread: the largest ones in use have a hundredth of it.
const MaxSize = 1 << 20

// Document is a descriptor that was read.
type Document struct {
	Format   Format
	Version  string // of the standard, as the file states it; empty when it does not
	Software Software
	Faults   []*Fault // in the order of the file
}

// Valid reports whether the descriptor keeps to its standard.
func (d *Document) Valid() bool {
	return !slices.ContainsFunc(d.Faults, func(f *Fault) bool { return f.Severity == Error })
}

// Reader reads descriptors. The zero value works.
type Reader struct {
	// Declared understands licences that are given by name or address rather than as an SPDX expression, as
	// [licenses.Detector.Declared] does. Without it they are kept as text only.
	Declared func(values []string) licenses.Expression
}

// Read reads a descriptor. Whatever is wrong with what stands there is among the document's faults; the error is that of r.
func (x Reader) Read(format Format, r io.Reader) (*Document, error) {
	doc := &Document{Format: format}
	n := &notes{}
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read descriptor: %w", err)
	}
	if len(data) > MaxSize {
		n.add(Fault{Severity: Error, Code: "too-big", Args: []any{MaxSize >> 20}})
		doc.Faults = n.faults
		return doc, nil
	}
	text := decode(data, n)
	if format == Codemeta {
		x.readCodemeta(doc, parseJSON(text, n), n)
	} else {
		x.readPubliccode(doc, parseYAML(text, n), n)
	}
	doc.Faults = n.sorted()
	return doc, nil
}
