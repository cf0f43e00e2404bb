// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
)

// billReader gathers what the elements of an SBOM say, before they are made components: licences and relations may be told after
// the packages that they are about.
type billReader struct {
	path     string
	format   string
	place    string // spdx or cyclonedx
	items    []billItem
	files    []billFile
	roots    []string // what the document describes
	links    []billLink
	unneeded []string            // refs of what is for development only
	texts    map[string]billText // of LicenseRef-…
	partial  []Partial
	damaged  int
}

// billItem is one package or component, as it is written.
type billItem struct {
	ref           string // SPDXID or bom-ref
	name, version string
	purls         []string
	origin        string
	declared      []string // SPDX expressions that hold together; NOASSERTION and NONE say nothing
	concluded     []string
	observed      []string // licences of its files
	declaredNames []billText
	foundNames    []billText
	copyright     []string
	checksums     []Checksum
	optional      bool
	line          int
}

// billFile is one file of SPDX, with the expressions that hold for it together.
type billFile struct {
	File
	statements []string
}

// billText is a licence that is given by its name or text.
type billText struct{ name, text string }

// billLink is a relation: from needs to.
type billLink struct {
	from, to      string
	dev, optional bool
}

// maxDamaged is how many damaged elements are named; more are only said to be there.
const maxDamaged = 20

func newBillReader(path string) *billReader {
	return &billReader{path: path, texts: map[string]billText{}}
}

// damage records an element that is not as its format asks.
func (b *billReader) damage(line int, what string) {
	if b.damaged++; b.damaged > maxDamaged {
		return
	}
	b.partial = append(b.partial, Partial{Path: b.path, Line: line, Reason: PartialMalformed, Args: []string{strconv.Itoa(line), what}})
}

// endedJSON is ended for a stream of JSON.
func (b *billReader) endedJSON(s *jsonStream, err error) {
	offset := s.dec.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = max(offset, syntax.Offset)
	}
	b.ended(s.lines.at(offset), err)
}

// ended records why reading stopped before the end.
func (b *billReader) ended(line int, err error) {
	p := Partial{Path: b.path, Line: line, Reason: PartialMalformed, Args: []string{strconv.Itoa(line), err.Error()}}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		p.Reason, p.Args = PartialTruncated, []string{}
	}
	b.partial = append(b.partial, p)
}

// add keeps one item, unless there are too many.
func (b *billReader) add(item billItem) {
	if len(b.items) < maxSBOMComponents {
		b.items = append(b.items, item)
		return
	}
	if len(b.items) == maxSBOMComponents {
		b.items = append(b.items, billItem{})
		b.partial = append(b.partial, Partial{Path: b.path, Line: item.line, Reason: PartialComponents, Args: []string{strconv.Itoa(maxSBOMComponents)}})
	}
}

// jsonStream reads one JSON document member by member, so that the memory it takes is that of one element, and what stands before
// a damage is not lost.
type jsonStream struct {
	lines *lineReader
	dec   *json.Decoder
}

func newJSONStream(r io.Reader) *jsonStream {
	lines := &lineReader{r: r, line: 1}
	return &jsonStream{lines: lines, dec: json.NewDecoder(lines)}
}

// object reads an object and gives each member's name to do, which reads the value or leaves it: then it is passed over.
func (s *jsonStream) object(do func(name string) error) error {
	if err := s.open('{'); err != nil {
		return err
	}
	for s.dec.More() {
		t, err := s.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		name, _ := t.(string)
		before := s.dec.InputOffset()
		if err := do(name); err != nil {
			return err
		}
		if s.dec.InputOffset() == before {
			if err := s.skip(); err != nil {
				return err
			}
		}
	}
	_, err := s.dec.Token()
	return unexpected(err)
}

// array reads an array and gives each element, as it is written, with its line.
func (s *jsonStream) array(do func(raw json.RawMessage, line int)) error {
	var first json.RawMessage
	if err := s.open('['); errors.Is(err, errOtherKind) {
		return nil // null, or something that is no list: it has been read
	} else if err != nil {
		return err
	}
	for s.dec.More() {
		first = first[:0]
		if err := s.dec.Decode(&first); err != nil {
			return unexpected(err)
		}
		do(first, s.lines.at(s.dec.InputOffset()-int64(len(first))))
	}
	_, err := s.dec.Token()
	return unexpected(err)
}

// text reads a string; anything else is "".
func (s *jsonStream) text() (string, error) {
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		return "", unexpected(err)
	}
	var v string
	_ = json.Unmarshal(raw, &v) // another kind of value says nothing
	return v, nil
}

// errOtherKind says that a value is of another kind than asked for. It has been read then.
var errOtherKind = errors.New("another kind of value")

func (s *jsonStream) open(kind json.Delim) error {
	t, err := s.dec.Token()
	if err != nil {
		return unexpected(err)
	}
	if t == kind {
		return nil
	}
	if _, nested := t.(json.Delim); nested {
		if err := s.rest(1); err != nil {
			return err
		}
	}
	return errOtherKind
}

// skip passes over the next value without keeping it.
func (s *jsonStream) skip() error {
	t, err := s.dec.Token()
	if err != nil {
		return unexpected(err)
	}
	if _, nested := t.(json.Delim); nested {
		return s.rest(1)
	}
	return nil
}

// rest passes over what remains of depth open objects and lists.
func (s *jsonStream) rest(depth int) error {
	for depth > 0 {
		t, err := s.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// line is where the reader stands.
func (s *jsonStream) line() int { return s.lines.at(s.dec.InputOffset()) }

// unexpected turns the end of the file, which is damage wherever a value is being read, into its error.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// lineReader knows the line of an offset that has been read, for offsets asked in ascending order.
type lineReader struct {
	r    io.Reader
	read int64
	ends []int64 // offsets of line ends that were read and not yet asked beyond
	line int     // of the last offset asked for
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i := 0; i < n; {
		j := bytes.IndexByte(p[i:n], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		l.ends = append(l.ends, l.read+int64(i))
	}
	l.read += int64(n)
	return n, err
}

func (l *lineReader) at(offset int64) int {
	passed := 0
	for passed < len(l.ends) && l.ends[passed] <= offset {
		passed++
	}
	l.line += passed
	l.ends = append(l.ends[:0], l.ends[passed:]...)
	return l.line
}
