// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"communs/internal/words"
	"communs/search"
)

// How much code one page shows. A line costs one element and a tinted stretch another; these bounds keep a page of
// code light to send and to lay out, whatever the file.
const (
	partLines    = 250    // lines of a file on one page
	codeElements = 430    // lines and tinted stretches of one page; beyond, keywords and then strings stay plain
	lineBytes    = 2_000  // bytes of a line; less when the page would exceed codeBytes
	codeBytes    = 60_000 // bytes of code on one page
)

// partOf is the page of a file that shows a line.
func partOf(line int) int {
	if line < 1 {
		return 1
	}
	return (line-1)/partLines + 1
}

// splitLines cuts a text at its line ends, the last one included; carriage returns before them are dropped.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return lines
}

// codeView writes lines first to last of a text as HTML: each begins with its number, which is a link to itself.
// number is what the text's first line is called. spare is how many of the page's elements the rest of the page took.
func codeView(p *words.Printer, lang, text string, number, first, last, spare int) template.HTML {
	w := codeWriter{said: p, next: first}
	w.limit = min(lineBytes, max(240, codeBytes/max(1, last-first+1)))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	starts, from, to := lineStarts(text, number, first, last)
	spans := affordable(joined(highlight(lang, text), text), from, to, codeElements-spare-len(starts))
	at := from
	for _, s := range spans {
		w.plain(text[at:s.from])
		w.begin()
		w.b.WriteString("<span class=" + string(rune(s.tint)) + ">")
		w.plain(text[s.from:s.to])
		w.b.WriteString("</span>")
		at = s.to
	}
	w.plain(text[at:to])
	if w.open {
		w.finish()
	}
	return template.HTML(w.b.String())
}

// lineStarts finds where lines first to last stand in a text whose first line is called number.
func lineStarts(text string, number, first, last int) (starts []int, from, to int) {
	from, to = -1, len(text)
	n := number
	for at := 0; at <= len(text); n++ {
		if n == first {
			from = at
		}
		if n > last {
			to = at
			break
		}
		if n >= first {
			starts = append(starts, at)
		}
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	if from < 0 {
		from = len(text)
	}
	return starts, from, to
}

// joined makes one span of those of one tint with nothing but blanks between: a comment of several lines is one element.
func joined(spans []span, text string) (all []span) {
	for _, s := range spans {
		if n := len(all); n > 0 && all[n-1].tint == s.tint && strings.TrimLeft(text[all[n-1].to:s.from], " \t\n") == "" {
			all[n-1].to = s.to
			continue
		}
		all = append(all, s)
	}
	return all
}

// affordable clips spans to [from, to) and leaves out keywords, then strings, then all, until they fit the budget.
func affordable(spans []span, from, to, budget int) []span {
	clipped := spans[:0:0]
	count := map[tint]int{}
	for _, s := range spans {
		s.from, s.to = max(s.from, from), min(s.to, to)
		if s.from < s.to {
			clipped = append(clipped, s)
			count[s.tint]++
		}
	}
	left := len(clipped)
	dropped := map[tint]bool{}
	for _, t := range []tint{tintKeyword, tintString, tintComment} {
		if left > budget {
			dropped[t] = true
			left -= count[t]
		}
	}
	kept := clipped[:0]
	for _, s := range clipped {
		if !dropped[s.tint] {
			kept = append(kept, s)
		}
	}
	return kept
}

type codeWriter struct {
	b     strings.Builder
	said  *words.Printer
	next  int  // number of the line that comes next
	limit int  // bytes of a line that are shown
	line  int  // bytes of the current line so far
	open  bool // the current line has its number already
}

// plain writes code that lies within one span, or between spans: it numbers the lines and cuts the long ones.
func (w *codeWriter) plain(text string) {
	for text != "" {
		w.begin()
		end := strings.IndexByte(text, '\n')
		chunk := text
		if end >= 0 {
			chunk = text[:end]
		}
		w.chunk(chunk)
		if end < 0 {
			return
		}
		w.finish()
		w.b.WriteByte('\n')
		text = text[end+1:]
	}
}

func (w *codeWriter) begin() {
	if w.open {
		return
	}
	w.open, w.line = true, 0
	n := strconv.Itoa(w.next)
	w.next++
	w.b.WriteString("<a id=L" + n + " href=#L" + n + ">" + n + "</a>")
}

func (w *codeWriter) chunk(chunk string) {
	room := w.limit - w.line
	w.line += len(chunk)
	if room <= 0 {
		return
	}
	if len(chunk) > room {
		for room > 0 && !utf8.RuneStart(chunk[room]) {
			room--
		}
		chunk = chunk[:room]
	}
	writeVisible(&w.b, chunk)
}

func (w *codeWriter) finish() {
	if w.line > w.limit {
		w.b.WriteString("<span class=cut>" + w.said.T("web.line-cut", w.line-w.limit) + "</span>")
	}
	w.open = false
}

// lineView is a matched line on a results page.
type lineView struct {
	N    string
	Href string
	Text template.HTML
}

// matchBytes is how much of a matched line a results page shows.
const matchBytes = 300

// matchedLine writes a matched line with its spans marked; of a long line, the surroundings of the first match.
func matchedLine(l search.Line) template.HTML {
	text := strings.TrimRight(l.Text, "\r\n")
	from := 0
	if len(text) > matchBytes && len(l.Spans) > 0 && l.Spans[0][0] > matchBytes/3 {
		from = min(l.Spans[0][0], len(text)) - matchBytes/3
		for from < len(text) && !utf8.RuneStart(text[from]) {
			from++
		}
	}
	to := min(len(text), from+matchBytes)
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	at := from
	for _, s := range l.Spans {
		begin, end := max(s[0], at), min(s[1], to)
		if begin >= end {
			continue
		}
		writeVisible(&b, text[at:begin])
		b.WriteString("<mark>")
		writeVisible(&b, text[begin:end])
		b.WriteString("</mark>")
		at = end
	}
	if at < to {
		writeVisible(&b, text[at:to])
	}
	if to < len(text) {
		b.WriteString("…")
	}
	return template.HTML(b.String())
}
