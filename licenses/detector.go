// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"sync"
)

// Detector finds licences in text. It is safe for concurrent use.
type Detector struct {
	templates []template
	index     *index
	dict      map[string]uint16
	names     *names
	turns     []uint16 // by word: what it does to a meaning
	clauses   []uint8  // by word: what it may be a part of
	scratch   sync.Pool
	memo      *memo
	pairs     []bool // by two bytes with the bit of small letters: a telling word may start with them
}

// NewDetector readies a detector.
func NewDetector() (*Detector, error) {
	type built struct {
		names *names
		err   error
	}
	side := make(chan built, 1)
	go func() { // names take about as long as the texts
		n, err := newNames()
		side <- built{n, err}
	}()
	data, err := unpack(textsData)
	if err != nil {
		return nil, fmt.Errorf("unpack licence texts: %w", err)
	}
	words, templates, prints, err := readTemplates(data)
	if err != nil {
		return nil, err
	}
	d := newDetector(words, templates, prints)
	n := <-side
	if n.err != nil {
		return nil, n.err
	}
	d.names = n.names
	return d, nil
}

// newDetector makes a detector of texts, without names.
func newDetector(words []string, templates []template, prints [][]byte) *Detector {
	d := &Detector{templates: templates, dict: make(map[string]uint16, len(words)), memo: newMemo()}
	d.scratch.New = func() any { return newLookup(d) }
	for i, w := range words {
		d.dict[w] = uint16(i)
	}
	d.index = newIndex(d.templates, prints)
	d.turns = newTurns(d.dict, len(words))
	d.clauses = newClauses(d.dict, len(words))
	d.pairs = make([]bool, 1<<16)
	for _, w := range telling {
		d.pairs[uint16(w[0]|0x20)<<8|uint16(w[1]|0x20)] = true
	}
	return d
}

// Text finds the licence statements of one file, in the order of their lines. [Detector.Scan] says also what was not read.
func (d *Detector) Text(path string, text []byte) []Finding {
	if isBinary(text) {
		return nil
	}
	s := scanner{d: d, path: path, kind: kindOf(path)}
	if s.kind == fileOther && !(len(text) < shortFile && syntaxOf(path) == nil) && !d.mayState(text) {
		return nil
	}
	text = decode(text)
	var found []Finding
	switch s.kind {
	case fileManifest:
		found = d.manifest(path, text)
	case fileReuse:
		found, _ = d.annotations(path, text)
	case fileCopyright:
		list, is := d.annotations(path, text)
		if is {
			return list
		}
		s.kind = fileLicense // in prose
	}
	written := text
	syntax := syntaxIn(path, text)
	s.prose = syntax == nil
	if s.kind == fileManifest && syntax == nil {
		syntax = syntaxOther
	}
	switch {
	case s.kind == fileReadme:
		if !isHTML(text) { // its headings are tags
			text = unwrap(path, text)
		}
		s.read(text, readmeSegments(text))
	case s.kind == fileReuse && syntax == nil: // all of .reuse/dep5 is about other files
	case syntax == nil:
		text = unwrap(path, text)
		s.read(text, syntax.comments(text))
	default:
		s.read(text, syntax.comments(text))
	}
	marked := snippets(text)
	inside := s.cutTags(marked)
	said := ofSnippets(append(inside, s.findings()...), marked)
	said = s.withUnlicensed(said, text, marked)
	if s.kind == fileReadme && len(said) == 0 {
		said = d.terseReadme(path, written, readmeSegments(written)) // a badge is a link
	}
	if s.kind == fileManifest {
		said = withoutFields(said, text)
	}
	return append(found, said...)
}

// shortFile is below how many bytes a file that is no code is always read: some licences are one sentence.
const shortFile = 2 << 10

// telling are words of which every licence statement has one, by their first letters.
var telling = []string{"licen", "gpl", "permi", "distrib", "copyr", "copying", "freely", "warrant", "liability", "commons", "public dom", "proprietar", "unauthori", "eupl", "cecill", "domaine p", "l\x00i\x00c", "\x00l\x00i\x00c"}

// mayState is a fast look for the telling words.
func (d *Detector) mayState(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if !d.pairs[uint16(text[i]|0x20)<<8|uint16(text[i+1]|0x20)] {
			continue
		}
		for _, w := range telling {
			if hasFolded(text[i:], w) {
				return true
			}
		}
	}
	return false
}

// hasFolded reports whether text starts with a word of small letters, whatever the case there.
func hasFolded[T string | []byte](text T, w string) bool {
	if len(text) < len(w) {
		return false
	}
	for i := range len(w) {
		if text[i]|0x20 != w[i]|0x20 {
			return false
		}
	}
	return true
}
