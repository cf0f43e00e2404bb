// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
)

// Detector finds licences in text. It is safe for concurrent use.
type Detector struct {
	templates []template
	index     *index
	dict      map[string]uint16
	names     *names
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
	if d.names, err = newNames(); err != nil {
		return nil, err
	}
	return d, nil
}

// Text finds the licence statements of one file, in the order of their lines.
func (d *Detector) Text(path string, text []byte) []Finding {
	if !mayState(text) {
		return nil
	}
	text = decode(text)
	s := scanner{d: d, path: path, kind: kindOf(path)}
	syntax := syntaxOf(path)
	if syntax == nil && isHTML(text) {
		text = stripHTML(text)
	}
	s.read(text, syntax.comments(text))
	return s.findings()
}

// mayState is a fast look for the words that every licence statement has.
func mayState(text []byte) bool {
	for i := 0; i+2 < len(text); i++ {
		switch text[i] | 0x20 {
		case 'l':
			if text[i+1]|0x20 == 'i' && text[i+2]|0x20 == 'c' {
				return true
			}
		case 'g':
			if text[i+1]|0x20 == 'p' && text[i+2]|0x20 == 'l' {
				return true
			}
		case 'p':
			if text[i+1]|0x20 == 'e' && text[i+2]|0x20 == 'r' && i+4 < len(text) && text[i+3]|0x20 == 'm' && text[i+4]|0x20 == 'i' {
				return true
			}
		case 'r':
			if i+6 < len(text) && text[i+1]|0x20 == 'e' && text[i+2]|0x20 == 'd' && text[i+3]|0x20 == 'i' && text[i+4]|0x20 == 's' && text[i+5]|0x20 == 't' {
				return true
			}
		case 0:
			if text[i+1]|0x20 == 'l' || text[i+1]|0x20 == 'g' { // UTF-16
				return true
			}
		}
	}
	return false
}
