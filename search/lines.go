// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"communs/indexer"
)

// What a hit shows of its matched lines.
const (
	maxLines     = 8   // lines
	maxSpans     = 16  // marked places in a line
	maxLineBytes = 240 // a longer line is cut around its first marked place
)

// highlighter finds what to mark in the lines of hits. One goroutine has one.
type highlighter struct{ marks []mark }

// mark is one leaf's way to find itself in a line.
type mark struct {
	text  *textMatcher // exact text or a regular expression
	parts []*finder    // of a word: its parts, in any case
	terms []string     // of a word: the terms that its parts are indexed under
	name  bool         // of name:
}

func newHighlighter(p *plan) *highlighter {
	h := &highlighter{}
	for _, l := range p.leaves {
		if l.negated {
			continue
		}
		switch {
		case l.text != nil:
			h.marks = append(h.marks, mark{text: l.text})
		case l.scope == scopeWords:
			m := mark{terms: l.terms.Parts}
			words := append([]string{l.said}, l.terms.Parts...)
			for _, o := range l.others {
				m.terms = append(slices.Clip(m.terms), o.terms.Parts...)
				words = append(append(words, o.text), o.terms.Parts...)
			}
			for _, part := range words {
				m.parts = append(m.parts, newFinder(part, true))
			}
			h.marks = append(h.marks, m)
		case l.field == fieldName && l.glob != nil && !l.glob.wild:
			h.marks = append(h.marks, mark{parts: []*finder{newFinder(string(l.glob.pattern), true)}, name: true})
		}
	}
	return h
}

// foundLine is a line that may be shown.
type foundLine struct {
	n     int
	raw   []byte
	spans [][2]int
	marks int // how many of the question's terms it has
}

// lines gives the block's matched lines. When nothing of the question is in the text, it is the block's first line of
// code, which shows what the block is.
func (h *highlighter) lines(w *worker, block uint32) []Line {
	w.segments(block)
	var found []foundLine
	if len(h.marks) == 1 && h.marks[0].text != nil {
		found = w.firstLines(h.marks[0].text)
	} else {
		found = h.allLines(w)
	}
	if len(found) == 0 {
		want := w.row.Start + w.row.Doc
		w.eachLine(func(n int, raw []byte) {
			if n >= want && len(found) == 0 && len(bytes.TrimSpace(raw)) > 0 {
				found = append(found, foundLine{n: n, raw: raw})
			}
		})
	}
	slices.SortStableFunc(found, func(a, b foundLine) int { return b.marks - a.marks })
	found = found[:min(len(found), maxLines)]
	slices.SortFunc(found, func(a, b foundLine) int { return a.n - b.n })
	out := make([]Line, len(found))
	for i, l := range found {
		out[i] = shownLine(l, w.facts.latin1)
	}
	return out
}

// firstLines gives the first of the lines that a text matches.
func (w *worker) firstLines(m *textMatcher) (found []foundLine) {
	for _, s := range w.own {
		if int(s.EndByte) > len(w.content) || s.StartByte > s.EndByte {
			continue
		}
		text, n, counted := w.content[s.StartByte:s.EndByte], s.StartLine, 0
		text = bytes.TrimSuffix(text, []byte("\n")) // or an expression would see an empty line after it
		for at := 0; at <= len(text) && len(found) < maxLines && !w.halt.Load(); {
			from, to, ok := m.nextLine(text, at, w.facts, w.halt)
			if !ok {
				break
			}
			if spans := m.spans(text[from:to], w.facts, maxSpans); len(spans) > 0 {
				n += bytes.Count(text[counted:from], []byte("\n"))
				counted = from
				found = append(found, foundLine{n, text[from:to], spans, 1})
			}
			at = to + 1
		}
	}
	return found
}

// allLines gives the lines that have something of the question.
func (h *highlighter) allLines(w *worker) (found []foundLine) {
	hit := make([]bool, len(h.marks)) // which marks were found at all
	w.eachLine(func(n int, raw []byte) {
		l := foundLine{n: n, raw: raw}
		for i := range h.marks {
			spans := h.marks[i].spans(raw, w.facts, true, true)
			if len(spans) > 0 {
				l.marks++
				hit[i] = true
				l.spans = append(l.spans, spans...)
			}
		}
		if l.marks > 0 {
			found = append(found, l)
		}
	})
	for i := range h.marks {
		if !hit[i] && h.marks[i].terms != nil {
			found = h.otherForms(w, &h.marks[i], found)
		}
	}
	return found
}

// tokenizers are kept for later hits: making one costs more than a whole search.
var tokenizers = sync.Pool{New: func() any { return indexer.NewTokenizer() }}

// otherForms looks for lines that have a word in another form: first with another ending, then in forms that only the
// tokenizer knows, such as without accents.
func (h *highlighter) otherForms(w *worker, m *mark, found []foundLine) []foundLine {
	n := 0
	add := func(at int, raw []byte, spans [][2]int) {
		n++
		for i := range found {
			if found[i].n == at {
				found[i].marks++
				found[i].spans = append(found[i].spans, spans...)
				return
			}
		}
		found = append(found, foundLine{at, raw, spans, 1})
	}
	w.eachLine(func(at int, raw []byte) {
		if spans := m.spans(raw, w.facts, true, false); len(spans) > 0 {
			add(at, raw, spans)
		}
	})
	if n > 0 {
		return found
	}
	words := tokenizers.Get().(*indexer.Tokenizer)
	defer tokenizers.Put(words)
	w.eachLine(func(at int, raw []byte) {
		if n == maxLines || len(raw) > 4096 {
			return
		}
		terms, _ := words.Tokenize(raw, w.facts.latin1)
		if slices.ContainsFunc(terms, func(t indexer.TermFreq) bool { return slices.Contains(m.terms, t.Term) }) {
			add(at, raw, m.spans(raw, w.facts, false, false))
		}
	})
	return found
}

// eachLine goes over the current block's own lines, without their ends.
func (w *worker) eachLine(f func(n int, raw []byte)) {
	for _, s := range w.own {
		if int(s.EndByte) > len(w.content) || s.StartByte > s.EndByte {
			continue
		}
		text := w.content[s.StartByte:s.EndByte]
		for n := s.StartLine; len(text) > 0 && !w.halt.Load(); n++ {
			line, rest, _ := bytes.Cut(text, []byte("\n"))
			f(n, line)
			text = rest
		}
	}
}

// spans finds the mark in a line. A word's parts are marked where they stand as parts of an identifier; with start or end
// false, also where that side is within a part.
func (m *mark) spans(raw []byte, facts textFacts, start, end bool) (spans [][2]int) {
	if m.text != nil {
		return m.text.spans(raw, facts, maxSpans)
	}
	for _, f := range m.parts {
		for at := 0; len(spans) < maxSpans && at <= len(raw); {
			from, to, ok := f.next(raw, at, facts.plain)
			if !ok || from == to {
				break
			}
			if m.name || (!start || breaksAt(raw, from)) && (!end || breaksAt(raw, to)) {
				spans = append(spans, [2]int{from, to})
			}
			at = to
		}
	}
	return spans
}

// breaksAt tells whether a part of an identifier may start at raw[i].
func breaksAt(raw []byte, i int) bool {
	from, to := max(0, i-1), min(len(raw), i+2)
	return i == 0 || i == len(raw) || partStarts(string(raw[from:to]), i-from)
}

// shownLine makes a line ready to be shown: decoded, cut when it is long, with spans in order that do not overlap.
func shownLine(l foundLine, latin1 bool) Line {
	raw := bytes.TrimSuffix(l.raw, []byte("\r"))
	slices.SortFunc(l.spans, func(a, b [2]int) int { return a[0] - b[0] })
	var spans [][2]int
	for _, s := range l.spans {
		s[0], s[1] = min(s[0], len(raw)), min(s[1], len(raw))
		if n := len(spans); n > 0 && s[0] <= spans[n-1][1] {
			spans[n-1][1] = max(spans[n-1][1], s[1])
		} else {
			spans = append(spans, s)
		}
	}
	from, to := 0, len(raw)
	if len(raw) > maxLineBytes {
		if len(spans) > 0 {
			from = max(0, spans[0][0]-maxLineBytes/3)
		}
		to = min(len(raw), from+maxLineBytes)
		from = max(0, min(from, to-maxLineBytes))
		for !latin1 && from < len(raw) && from > 0 && !utf8.RuneStart(raw[from]) {
			from++
		}
		for !latin1 && to < len(raw) && to > from && !utf8.RuneStart(raw[to]) {
			to--
		}
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	out := Line{N: l.n, Spans: [][2]int{}}
	for _, s := range spans {
		s[0], s[1] = max(s[0], from), min(s[1], to)
		if s[0] >= s[1] {
			continue
		}
		b.WriteString(decode(raw[from:s[0]], latin1))
		start := b.Len()
		b.WriteString(decode(raw[s[0]:s[1]], latin1))
		out.Spans = append(out.Spans, [2]int{start, b.Len()})
		from = s[1]
	}
	b.WriteString(decode(raw[from:to], latin1))
	if to < len(raw) {
		b.WriteString("…")
	}
	out.Text = b.String()
	return out
}

// decode gives text as UTF-8: what is not is read as Windows-1252, where every byte is a character.
func decode(raw []byte, latin1 bool) string {
	if !latin1 {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(indexer.DecodeLatin1(nil, raw))
}

// shown is a short text of a file with the given flags, as UTF-8.
func shown(raw []byte, flags indexer.Flag) string {
	return decode(raw, flags&indexer.FlagLatin1 != 0 && !utf8.Valid(raw))
}
