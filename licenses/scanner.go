// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// scanner reads one file: tags first, then texts, then the notices in what is left.
type scanner struct {
	d      *Detector
	path   string
	kind   fileKind
	prose  bool // not a program
	tags   []tag
	plain  plainText
	ids    []uint16
	parts  []int     // where in ids something that is not comment stands
	kernel []Finding // what a module declares to the kernel
}

// read takes the words and tags of the comments. Those that code parts do not run on into each other.
func (s *scanner) read(text []byte, segments []segment) {
	if syntax := syntaxOf(s.path); syntax == nil || syntax == syntaxC {
		s.kernel = s.modules(text)
	}
	size := 0
	for _, g := range segments {
		size += g.to - g.from
	}
	s.plain.grow(size)
	s.ids = slices.Grow(s.ids, cap(s.plain.Words)-len(s.plain.Words))
	for i, g := range segments {
		if i > 0 && len(bytes.TrimSpace(text[segments[i-1].to:g.from])) > 0 {
			s.parts = append(s.parts, len(s.ids))
			s.ids = append(s.ids, unknownWord)
			s.plain.Words = append(s.plain.Words, plainWord{Line: int32(g.line), From: int32(len(s.plain.Bytes)), To: int32(len(s.plain.Bytes)), Break: true})
		}
		comment := plainHTML(text[g.from:g.to])
		s.tags = append(s.tags, findTags(comment, g.line)...)
		s.plain.add(comment, g.line, true)
		s.rejoin(len(s.ids))
		for j := len(s.ids); j < len(s.plain.Words); j++ {
			id, ok := s.d.dict[string(s.plain.word(j))]
			if !ok {
				id = unknownWord
			}
			s.ids = append(s.ids, id)
		}
	}
}

// rejoin puts words together that the end of a line cuts, as hyphens and terminals do: the whole is a word of licences that is more common
// than one of the parts.
func (s *scanner) rejoin(first int) {
	words := s.plain.Words
	kept := words[:min(first, len(words))]
	rank := func(from, to int32) uint16 { // words are numbered by how often they stand in licences
		if id, ok := s.d.dict[string(s.plain.Bytes[from:to])]; ok {
			return id
		}
		return unknownWord
	}
	for i := first; i < len(words); i++ {
		w := words[i]
		if k := len(kept) - 1; k >= first && w.Line == kept[k].Line+1 && kept[k].To == w.From {
			if l := kept[k]; rank(l.From, w.To) < max(rank(l.From, l.To), rank(w.From, w.To)) {
				kept[k].To = w.To
				continue
			}
		}
		kept = append(kept, w)
	}
	s.plain.Words = kept
}

// findings joins what the file says.
func (s *scanner) findings() []Finding {
	statements, exceptions := s.texts()
	covered := make([]span, 0, len(statements)+len(exceptions))
	for _, list := range [][]statement{statements, exceptions} {
		for _, t := range list {
			covered = append(covered, span{t.from, t.to})
		}
	}
	n := newNotice(&s.plain, 0, len(s.plain.Words))
	n.prose = s.prose
	terse := s.kind == fileLicense || s.kind == fileBeside || s.kind == fileReadme
	inside := s.alternatives(n, covered[:len(statements)])
	inText := mask(covered, len(s.plain.Words))
	for i, at := range n.at {
		if s.plain.Words[at].Break || inText[at] {
			n.words[i] = masked
		}
	}
	foreign := append(s.d.findFrench(n, &s.plain), s.d.findEUPL(n)...)
	for _, t := range slices.Concat(foreign, s.d.findNotices(n, terse), n.reserved()) {
		if !s.appliesText(t, covered[:len(covered)-len(exceptions)]) {
			inside = append(inside, t)
		}
	}
	statements = append(statements, inside...)
	if s.kind == fileLicense || len(statements)+len(exceptions)+len(s.tags) == 0 {
		statements = withUnknown(statements, s.unknownTexts(inText))
	}
	if len(exceptions) == 0 {
		exceptions = n.exceptions()
	} else if len(statements)+len(s.tags) == 0 {
		statements = s.insideExceptions(exceptions)
	}
	slices.SortStableFunc(statements, func(a, b statement) int { return cmp.Compare(a.from, b.from) })
	statements = s.narrowed(settle(statements, exceptions))
	statements = append(statements, s.restrictions(inText, statements)...)
	s.tags = slices.DeleteFunc(s.tags, func(g tag) bool { // a licence text shows how to tag a file
		return slices.ContainsFunc(statements, func(t statement) bool { return t.how == "text" && g.line > s.line(t.from) && g.line <= s.line(t.to-1) })
	})
	var found []Finding
	for _, t := range s.tags {
		found = append(found, t.finding(s.path))
	}
	named := s.tagged()
	for _, t := range statements {
		if slices.ContainsFunc(s.tags, func(g tag) bool { return g.fault != nil && g.line == s.line(t.from) }) { // the words of a tag that is cut
			continue
		}
		if len(named) > 0 && !slices.ContainsFunc(t.expr.IDs(), func(id string) bool { return !named[family(id)] }) { // a tag says all of it
			continue
		}
		found = append(found, Finding{Expression: t.expr, Path: s.path, Start: s.line(t.from), End: s.line(t.to - 1), How: t.how, Score: t.score})
	}
	if len(s.tags) == 0 {
		found = append(found, s.declaredToKernel(statements)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	if len(found) == 0 && s.kind == fileLicense && len(s.plain.Words) >= unknownWords {
		found = append(found, Finding{Expression: unknownText, Path: s.path, Start: s.line(0), End: s.line(len(s.plain.Words) - 1), How: "text", Score: 0.5})
	}
	if s.kind == fileBeside {
		for i := range found {
			found[i].How = "reuse"
		}
	}
	return found
}

// insideExceptions finds the licence of GNU that the text of an exception grants itself, where nothing else in the file says one.
func (s *scanner) insideExceptions(exceptions []statement) []statement {
	for _, x := range exceptions {
		if s.kind == fileOther && (x.to-x.from)*10 >= len(s.plain.Words)*9 {
			continue // the file is the exception's text
		}
		for _, t := range s.d.findNotices(newNotice(&s.plain, x.from, x.to), false) {
			if isGNU(t.expr.text) && len(t.loose) == 0 && !t.hint && takesException(t.expr, x.expr.text, true) {
				return []statement{t}
			}
		}
	}
	return nil
}

// mask marks which of so many words spans cover.
func mask(covered []span, words int) []bool {
	m := make([]bool, words)
	for _, c := range covered {
		for i := c.from; i < c.to; i++ {
			m[i] = true
		}
	}
	return m
}

// unknownText stands for a licence file whose text is none that the list holds; it is never taken for its nearest neighbour.
var unknownText = Expression{"LicenseRef-unknown"}

// unknownWords is from how many words on a licence file is taken to hold a text, not a hint where to find it.
const unknownWords = 30

// appliesText reports whether a notice stands behind a long text that is nearly all of the file: it shows how to apply the licence.
func (s *scanner) appliesText(t statement, covered []span) bool {
	return slices.ContainsFunc(covered, func(c span) bool {
		return c.to-c.from >= shortText/2 && (c.to-c.from)*10 >= len(s.plain.Words)*7 && t.from >= c.to
	})
}

// shortText is how long a licence text may be for somebody to write a sentence of their own into it.
const shortText = 600

// alternatives finds sentences such as "Alternatively, this software may be distributed under the GPL" that stand amid a licence
// text. Texts that have such a sentence of their own leave the name blank.
func (s *scanner) alternatives(n *notice, covered []span) []statement {
	if len(covered) == 0 || !slices.Contains(n.words, "alternatively") {
		return nil
	}
	var found []statement
	for _, t := range s.d.findNotices(n, false) {
		if t.other && slices.ContainsFunc(covered, func(c span) bool { return t.from > c.from && t.to < c.to && c.to-c.from < shortText }) {
			found = append(found, t)
		}
	}
	return found
}

// tagged lists what the tags of the file name.
func (s *scanner) tagged() map[string]bool {
	named := map[string]bool{}
	for _, t := range s.tags {
		for _, id := range t.expr.IDs() {
			named[family(id)] = true
		}
	}
	return named
}

// family is an id without what tells -only from -or-later.
func family(id string) string {
	id = strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
	return strings.TrimSuffix(id, "+")
}

func (s *scanner) line(word int) int { return int(s.plain.Words[word].Line) }

// texts finds the licence texts and, apart, the exceptions.
func (s *scanner) texts() (statements, exceptions []statement) {
	for _, m := range s.matches() {
		e, err := Parse(m.t.expr)
		if err != nil && m.t.kind == kindException {
			e, err = Expression{m.t.expr}, nil
		}
		if err != nil {
			continue
		}
		st := statement{expr: e, from: m.from, to: m.to, how: "text", score: m.score()}
		switch m.t.kind {
		case kindException:
			exceptions = append(exceptions, st)
			continue
		case kindHeader:
			st.how, st.grant = "notice", true
		}
		statements = append(statements, st)
	}
	return statements, exceptions
}

// matches finds the texts. Sentences that somebody put into a text of theirs are taken out before, so that the text is whole.
func (s *scanner) matches() []match {
	cut := s.interposed()
	if len(cut) == 0 {
		return s.d.findTexts(s.ids, s.parts)
	}
	ids, parts := make([]uint16, 0, len(s.ids)), make([]int, 0, len(s.parts))
	from, next := 0, 0
	for _, c := range append(cut, span{len(s.ids), len(s.ids)}) {
		for ; next < len(s.parts) && s.parts[next] < c.from; next++ {
			parts = append(parts, s.parts[next]-from+len(ids))
		}
		ids = append(ids, s.ids[from:c.from]...)
		from = c.to
	}
	found := s.d.findTexts(ids, parts)
	for i := range found {
		found[i].from, found[i].to = restored(found[i].from, cut), restored(found[i].to-1, cut)+1
	}
	return found
}

// restored is where a word stood before spans were cut out.
func restored(at int, cut []span) int {
	for _, c := range cut {
		if at < c.from {
			break
		}
		at += c.to - c.from
	}
	return at
}

// interposed finds the sentences that offer an alternative to the text they stand in: "Alternatively, this software may be distributed
// under the terms of the GPL …", to the end of the paragraph. A sentence that names no licence is the text's own.
func (s *scanner) interposed() []span {
	id, ok := s.d.dict["alternatively"]
	if !ok {
		return nil
	}
	var found []span
	for i := 0; i < len(s.ids); i++ {
		if s.ids[i] != id || s.plain.Words[i].Gap&(gapSentence|gapParagraph) == 0 {
			continue
		}
		end, stop, named, own := i+1, 0, false, true
		for ; end < len(s.ids) && end < i+longSentence && !s.plain.Words[end].Break && s.plain.Words[end].Gap&gapParagraph == 0; end++ {
			switch string(s.plain.word(end)) {
			case "gnu", "gpl", "gplv2", "lgpl", "mozilla", "apache", "bsd", "mit":
				named = true
			case "exception": // the text of one may offer to leave it out
				own = false
			}
			if stop == 0 && s.plain.Words[end].Gap&gapSentence != 0 {
				stop = end
			}
		}
		if end == i+longSentence && stop > 0 {
			end = stop
		}
		if named && own && end < i+longSentence {
			found = append(found, span{i, end})
			i = end
		}
	}
	return found
}

// longSentence is how many words somebody's own sentence may have.
const longSentence = 120
