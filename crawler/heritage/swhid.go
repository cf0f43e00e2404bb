// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SWHID is an identifier with its qualifiers: which part of the object is meant, and where it was seen.
//
//	swh:1:cnt:<hash>;origin=<URL>;visit=<snapshot>;anchor=<node>;path=<from the anchor>;lines=<first>[-<last>]
//
// Qualifiers may come in any order, each at most once, and are written in this one. In values, ';' and '%' stand as %3B and %25, and what
// is not printable as its bytes. As the standard wants it, what makes no sense is ignored: a visit without an origin, an anchor without a
// path, lines beside bytes, and lines or bytes of what is no content.
type SWHID struct {
	ID
	Origin  string   // URL where it was seen
	Visit   ID       // snapshot of the origin
	Anchor  ID       // what the path begins at: a directory, a revision, a release or a snapshot
	Path    string   // absolute, any bytes; empty when there is none
	Lines   *Range   // from 1, both ends included
	Bytes   *Range   // from 0, both ends included
	Ignored []string // names of the qualifiers that were there and make no sense
}

// Range is a part of a content. Last is -1 when only one line or byte is named.
type Range struct{ First, Last int64 }

func (r Range) String() string {
	s := strconv.FormatInt(r.First, 10)
	if r.Last >= 0 {
		s += "-" + strconv.FormatInt(r.Last, 10)
	}
	return s
}

// String writes the identifier with its qualifiers in the order of the standard.
func (s SWHID) String() string {
	var b strings.Builder
	b.WriteString(s.ID.String())
	add := func(name, value string) {
		if value != "" {
			b.WriteString(";" + name + "=" + value)
		}
	}
	add("origin", escape(s.Origin, ""))
	add("visit", s.Visit.String())
	add("anchor", s.Anchor.String())
	add("path", escape(s.Path, pathEscapes))
	switch {
	case s.Bytes != nil:
		add("bytes", s.Bytes.String())
	case s.Lines != nil:
		add("lines", s.Lines.String())
	}
	return b.String()
}

// pathEscapes are the signs that Software Heritage itself escapes in a path beside those that must be.
const pathEscapes = "!\"#$&'()*+,:<=>?@[\\]^`{|}"

// escape writes a value so that it holds no separator and nothing unprintable.
func escape(value, more string) string {
	var b []byte
	for i := 0; i < len(value); i++ {
		c := value[i]
		if c <= ' ' || c >= 0x7f || c == ';' || c == '%' || strings.IndexByte(more, c) >= 0 {
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}

// SyntaxError is a text that is no SWHID: which of its parts is wrong, and where.
type SyntaxError struct {
	Text    string
	At      int    // column, from 1, in characters
	Problem string // scheme, version, type, hash, end, qualifier, unknown, twice, origin, node, path, escape, range
	Part    string // what stands there
}

func (e *SyntaxError) Error() string {
	return "identifier " + strconv.Quote(e.Text) + ", column " + strconv.Itoa(e.At) + ": " + e.Problem
}

// Message says it to people.
func (e *SyntaxError) Message() (string, []any) {
	return "heritage.swhid-" + e.Problem, []any{strconv.Quote(e.Text), e.At, strconv.Quote(e.Part)}
}

// Parse reads an identifier, with or without qualifiers. Since shells eat semicolons, swh:1:cnt:…#L10-42 stands for ;lines=10-42.
func Parse(text string) (SWHID, error) {
	p := parser{text: text}
	var s SWHID
	s.ID = p.core()
	seen := map[string]bool{}
	for p.err == nil && p.at < len(text) {
		switch {
		case text[p.at] == ';':
			p.at++
			p.qualifier(&s, seen)
		case text[p.at] == '#' && len(seen) == 0 && s.Type == Content:
			p.at++
			s.Lines = p.lines(strings.ReplaceAll(text[p.at:], "L", ""), 1)
			p.at = len(text)
		default:
			p.fail("end", text[p.at:])
		}
	}
	if p.err != nil {
		return SWHID{}, p.err
	}
	s.ignore(seen)
	return s, nil
}

// ParseID reads an identifier that has no qualifiers.
func ParseID(text string) (ID, error) {
	p := parser{text: text}
	id := p.core()
	if p.err == nil && p.at < len(text) {
		p.fail("end", text[p.at:])
	}
	if p.err != nil {
		return ID{}, p.err
	}
	return id, nil
}

// ignore forgets the qualifiers that make no sense together.
func (s *SWHID) ignore(seen map[string]bool) {
	drop := func(name string, when bool, forget func()) {
		if seen[name] && when {
			s.Ignored = append(s.Ignored, name)
			forget()
		}
	}
	drop("visit", s.Origin == "", func() { s.Visit = ID{} })
	drop("anchor", s.Path == "", func() { s.Anchor = ID{} })
	drop("lines", s.Type != Content || s.Bytes != nil, func() { s.Lines = nil })
	drop("bytes", s.Type != Content, func() { s.Bytes = nil })
}

// parser reads a text from the left; the first thing that is wrong stays.
type parser struct {
	text string
	at   int // in bytes
	err  error
}

func (p *parser) fail(problem, part string) {
	if p.err == nil {
		const most = 40 // of what is wrong, enough to see it
		if len(part) > most {
			part = part[:most]
			for !utf8.ValidString(part) && len(part) > most-utf8.UTFMax {
				part = part[:len(part)-1]
			}
		}
		p.err = &SyntaxError{p.text, utf8.RuneCountInString(p.text[:p.at]) + 1, problem, part}
	}
}

// field reads up to a separator.
func (p *parser) field(separators string) string {
	rest := p.text[p.at:]
	if i := strings.IndexAny(rest, separators); i >= 0 {
		return rest[:i]
	}
	return rest
}

// core reads swh:1:<type>:<hash>.
func (p *parser) core() (id ID) {
	for _, want := range []struct{ problem, text string }{{"scheme", "swh"}, {"version", "1"}} {
		if f := p.field(":"); f != want.text || !strings.HasPrefix(p.text[p.at+len(f):], ":") {
			p.fail(want.problem, f)
			return ID{}
		}
		p.at += len(want.text) + 1
	}
	f := p.field(":")
	id.Type = Type(f)
	if id.Type.header() == "" || !strings.HasPrefix(p.text[p.at+len(f):], ":") {
		p.fail("type", f)
		return ID{}
	}
	p.at += len(f) + 1
	digits := p.field(";#")
	if len(digits) != 2*len(id.Hash) || strings.ToLower(digits) != digits {
		p.fail("hash", digits)
		return ID{}
	}
	if _, err := hex.Decode(id.Hash[:], []byte(digits)); err != nil {
		p.fail("hash", digits)
		return ID{}
	}
	p.at += len(digits)
	return id
}

// qualifier reads name=value.
func (p *parser) qualifier(s *SWHID, seen map[string]bool) {
	whole := p.field(";")
	name, raw, ok := strings.Cut(whole, "=")
	switch {
	case !ok || raw == "":
		p.fail("qualifier", whole)
	case seen[name]:
		p.fail("twice", name)
	}
	if p.err != nil {
		return
	}
	seen[name] = true
	if name == "origin" || name == "visit" || name == "anchor" || name == "path" || name == "lines" || name == "bytes" {
		p.at += len(name) + 1
	}
	switch name {
	case "origin":
		s.Origin = p.unescape(raw)
		if u, err := url.Parse(s.Origin); p.err == nil && (err != nil || u.Scheme == "") {
			p.fail("origin", raw)
		}
	case "visit":
		s.Visit = p.node(raw, Snapshot)
	case "anchor":
		s.Anchor = p.node(raw, Directory, Revision, Release, Snapshot)
	case "path":
		if s.Path = p.unescape(raw); p.err == nil && !strings.HasPrefix(s.Path, "/") {
			p.fail("path", raw)
		}
	case "lines":
		s.Lines = p.lines(raw, 1)
	case "bytes":
		s.Bytes = p.lines(raw, 0)
	default:
		p.fail("unknown", name)
	}
	p.at += len(raw)
}

// unescape reads a value: no blanks, and what is escaped as bytes.
func (p *parser) unescape(raw string) string {
	for i := 0; i < len(raw); i++ {
		bad := raw[i] <= ' ' || raw[i] == 0x7f
		if raw[i] == '%' {
			if _, err := hex.DecodeString(raw[min(i+1, len(raw)):min(i+3, len(raw))]); err != nil || i+2 >= len(raw) {
				bad = true
			}
		}
		if bad {
			p.at += i
			p.fail("escape", raw[i:min(i+3, len(raw))])
			return ""
		}
	}
	value, err := url.PathUnescape(raw)
	if err != nil {
		p.fail("escape", raw)
	}
	return value
}

// node reads a core identifier of one of the types.
func (p *parser) node(raw string, types ...Type) ID {
	inner := parser{text: raw}
	id := inner.core()
	for _, t := range types {
		if inner.err == nil && inner.at == len(raw) && id.Type == t {
			return id
		}
	}
	p.fail("node", raw)
	return ID{}
}

// lines reads a range whose first possible number is given.
func (p *parser) lines(raw string, least int64) *Range {
	from, to, both := strings.Cut(raw, "-")
	r := Range{Last: -1}
	r.First = p.number(from)
	if both {
		r.Last = p.number(to)
	}
	if p.err == nil && (r.First < least || both && r.Last < r.First) {
		p.fail("range", raw)
	}
	return &r
}

func (p *parser) number(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || digits[0] == '+' || digits[0] == '-' {
		p.fail("range", digits)
	}
	return n
}
