// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"cmp"
	"slices"
)

// Lines of other origin stand between SPDX-SnippetBegin and SPDX-SnippetEnd (SPDX 2.3, annex H); a snippet may hold others. What is said
// between is of these lines, not of the file. A snippet without end goes on to the file's end; an end without beginning is nothing.

// snippetHow is how the licence of a snippet's lines was found. The finding has the lines of the snippet, from mark to mark.
const snippetHow = "snippet"

const (
	snippetBegin = "spdx-snippetbegin"
	snippetEnd   = "spdx-snippetend"
)

// lineSpan is a range of lines, both included.
type lineSpan struct{ start, end int }

// snippets finds the snippets of a text.
func snippets(text []byte) []lineSpan {
	if !bytes.Contains(text, []byte("SnippetBegin")) {
		return nil
	}
	var found []lineSpan
	var open []int
	n := 0
	for line := range bytes.Lines(text) {
		n++
		switch {
		case isMark(line, snippetBegin):
			open = append(open, n)
		case isMark(line, snippetEnd) && len(open) > 0:
			found = append(found, lineSpan{open[len(open)-1], n})
			open = open[:len(open)-1]
		}
	}
	for _, line := range open {
		found = append(found, lineSpan{line, n})
	}
	return found
}

// isMark reports whether a mark stands alone on its line.
func isMark(line []byte, name string) bool {
	if len(line) > 200 {
		return false
	}
	at := indexFold(line, name)
	return at >= 0 && onlyMarkers(line[:at]) && trimMarkers(string(line[at+len(name):])) == ""
}

// within is the smallest snippet that holds the lines.
func within(all []lineSpan, start, end int) (lineSpan, bool) {
	best, ok := lineSpan{}, false
	for _, s := range all {
		if s.start <= start && end <= s.end && (!ok || s.end-s.start < best.end-best.start) {
			best, ok = s, true
		}
	}
	return best, ok
}

// cutTags takes the tags within snippets out of those of the file.
func (s *scanner) cutTags(all []lineSpan) (inside []Finding) {
	if len(all) == 0 {
		return nil
	}
	s.tags = slices.DeleteFunc(s.tags, func(t tag) bool {
		_, ok := within(all, t.line, t.line)
		if ok {
			inside = append(inside, t.finding(s.path))
		}
		return ok
	})
	return inside
}

// ofSnippets gives what is said within snippets to their lines, each licence once.
func ofSnippets(found []Finding, all []lineSpan) []Finding {
	if len(all) == 0 {
		return found
	}
	kept := found[:0]
	for _, f := range found {
		if s, ok := within(all, f.Start, f.End); ok {
			f.Start, f.End, f.How = s.start, s.end, snippetHow
			if slices.ContainsFunc(kept, func(k Finding) bool { return k.How == snippetHow && k.Start == f.Start && k.Expression == f.Expression }) {
				continue
			}
		}
		kept = append(kept, f)
	}
	slices.SortStableFunc(kept, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

// withUnlicensed adds the snippets of which it is said that their licence is not known: they are not under that of the file around them.
func (s *scanner) withUnlicensed(found []Finding, text []byte, all []lineSpan) []Finding {
	if len(all) == 0 {
		return found
	}
	line := 0
	for l := range bytes.Lines(text) {
		line++
		if !saysNothing(tagValue(l[:min(len(l), maxTagLine)])) {
			continue
		}
		at, ok := within(all, line, line)
		if !ok {
			continue
		}
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.IsSnippet() && f.Start == at.start && f.End == at.end }) {
			found = append(found, Finding{Expression: unknownText, Path: s.path, Start: at.start, End: at.end, How: snippetHow, Score: 1})
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	return found
}
