// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"

	"communs/licenses/internal/plain"
)

// Detector finds licences in text. It is safe for concurrent use.
type Detector struct {
	templates []template
	index     *index
	dict      map[string]uint16
}

// NewDetector readies a detector.
func NewDetector() (*Detector, error) {
	data, err := unpack(textsData)
	if err != nil {
		return nil, fmt.Errorf("unpack licence texts: %w", err)
	}
	words, templates, err := readTemplates(data)
	if err != nil {
		return nil, err
	}
	d := &Detector{templates: templates, dict: make(map[string]uint16, len(words))}
	for i, w := range words {
		d.dict[w] = uint16(i)
	}
	d.index = newIndex(d.templates)
	return d, nil
}

// Text finds the licence statements of one file, in the order of their lines.
func (d *Detector) Text(path string, text []byte) []Finding {
	var t plain.Text
	t.Add(text, 1, true)
	ids := make([]uint16, len(t.Words))
	for i := range t.Words {
		id, ok := d.dict[string(t.Word(i))]
		if !ok {
			id = unknownWord
		}
		ids[i] = id
	}
	var found []Finding
	for _, m := range d.findTexts(ids) {
		e, err := Parse(m.t.expr)
		if err != nil {
			continue
		}
		found = append(found, Finding{Expression: e, Path: path, Start: int(t.Words[m.from].Line), End: int(t.Words[m.to-1].Line),
			How: "text", Score: m.score()})
	}
	return found
}
