// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"cmp"
	"slices"
)

// maxNesting is how deep definitions nest in the blocks of one file. Hand-written code stays far below; a hostile file
// must not make whoever walks up the parents pay for each level.
const maxNesting = 32

// A definition is what a language's splitter finds: a kind, a name and a range of lines, doc comment and attributes
// included. Splitters may give definitions in any order and with any overlap; assemble makes blocks of them.
type definition struct {
	kind       Kind
	name       string
	start, end int // lines from 1, both included
	doc        int // lines at the start that are doc comment and attributes
}

// SplitterFor gives the splitter of a language as Language names it; it never is nil, and is safe for concurrent use.
func SplitterFor(lang string) Splitter {
	switch lang {
	case "Python", "Cython", "Starlark":
		return pythonSplitter{lang: lang}
	case "JavaScript", "TypeScript", "TSX":
		return scriptSplitter{lang: lang}
	case "HTML", "Vue", "Svelte", "HTML+ECR", "HTML+EEX", "HTML+ERB", "HTML+Razor", "Jinja", "Twig", "Blade", "Handlebars", "EJS":
		return pageSplitter{lang: lang}
	case "PHP", "HTML+PHP":
		return phpSplitter{lang: lang, grammar: braceGrammars["PHP"]}
	case "Markdown", "RMarkdown":
		return markdownSplitter{lang: lang}
	case "INI", "TOML", "EditorConfig", "Git Config", "desktop":
		return sectionSplitter{lang: lang}
	}
	if g, ok := braceGrammars[lang]; ok {
		return braceSplitter{lang: lang, grammar: g}
	}
	return otherSplitter(lang)
}

// assemble turns definitions into the blocks that Splitter promises: sorted, nested or disjoint, with text blocks for
// what belongs to no definition, and long ones cut.
func assemble(lang string, lines lineIndex, defs []definition) []Block {
	defs = nest(lines, defs)
	a := assembler{lang: lang, lines: lines, blocks: make([]Block, 0, len(defs)+len(defs)/4+4)}
	next := 1 // first line of the file that no block covers yet
	for i := 0; i < len(defs); {
		a.text(next, defs[i].start-1)
		next = defs[i].end + 1
		i = a.definition(defs, i)
	}
	a.text(next, lines.count())
	slices.SortStableFunc(a.blocks, compareBlocks)
	linkParents(a.blocks)
	return a.blocks
}

func compareBlocks(a, b Block) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
}

// linkParents sets each block's Parent in a sorted slice.
func linkParents(blocks []Block) {
	var open []int
	for i := range blocks {
		for len(open) > 0 && blocks[open[len(open)-1]].End < blocks[i].Start {
			open = open[:len(open)-1]
		}
		blocks[i].Parent = -1
		if len(open) > 0 {
			blocks[i].Parent = open[len(open)-1]
		}
		open = append(open, i)
	}
}

// nest sorts definitions, trims those that overlap without nesting (two on one line, say: the later one then starts
// after the earlier one's end), and keeps one of those with equal lines: the outermost, as found.
func nest(lines lineIndex, defs []definition) []definition {
	slices.SortStableFunc(defs, compareDefinitions)
	var open []int // ends of the enclosing definitions, outermost first
	floor, trimmed := 0, false
	for i := range defs {
		d := &defs[i]
		d.start, d.end = max(d.start, 1), min(d.end, lines.count())
		for len(open) > 0 && open[len(open)-1] < d.start {
			open = open[:len(open)-1]
		}
		if len(open) > 0 && open[len(open)-1] < d.end {
			floor, trimmed = max(floor, open[len(open)-1]), true
			open = open[:len(open)-1]
		}
		if d.start <= floor && floor < d.end {
			d.doc, d.start, trimmed = max(0, d.doc-(floor+1-d.start)), floor+1, true
		}
		for d.start < d.end && lines.blank(d.start) {
			d.start, d.doc, trimmed = d.start+1, max(0, d.doc-1), true
		}
		d.doc = min(d.doc, d.end-d.start)
		open = append(open, d.end)
	}
	if trimmed {
		slices.SortStableFunc(defs, compareDefinitions)
	}
	out, open := defs[:0], open[:0]
	for _, d := range defs {
		for len(open) > 0 && open[len(open)-1] < d.start {
			open = open[:len(open)-1]
		}
		crosses := len(open) > 0 && open[len(open)-1] < d.end
		same := len(out) > 0 && out[len(out)-1].start == d.start && out[len(out)-1].end == d.end
		if d.start > d.end || crosses || same || len(open) >= maxNesting {
			continue
		}
		open = append(open, d.end)
		out = append(out, d)
	}
	return out
}

func compareDefinitions(a, b definition) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
}

type assembler struct {
	lang   string
	lines  lineIndex
	blocks []Block
}

type span struct{ start, end int }

// definition adds defs[i], the definitions inside it, and what must be cut out of it; it returns the position of the
// first definition after it. Depth is bounded by maxNesting.
func (a *assembler) definition(defs []definition, i int) int {
	d := defs[i]
	a.blocks = append(a.blocks, Block{Lang: a.lang, Kind: d.kind, Name: d.name, Start: d.start, End: d.end, Doc: d.doc})
	long := d.end-d.start+1 > MaxBlockLines
	var runs []span
	next := d.start
	j := i + 1
	for j < len(defs) && defs[j].start <= d.end {
		if long && defs[j].start > next {
			runs = append(runs, span{next, defs[j].start - 1})
		}
		next = defs[j].end + 1
		j = a.definition(defs, j)
	}
	if long {
		if next <= d.end {
			runs = append(runs, span{next, d.end})
		}
		a.cut(d, runs)
	}
	return j
}

// cut takes text blocks out of a definition until its own lines are few enough, the longest runs first, so that as
// few pieces as possible are made. The run that holds the signature keeps its beginning.
func (a *assembler) cut(d definition, runs []span) {
	own := 0
	for _, r := range runs {
		own += a.lines.filled(r.start, r.end)
	}
	if own <= MaxBlockLines {
		return
	}
	order := make([]int, len(runs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Compare(runs[y].end-runs[y].start, runs[x].end-runs[x].start)
	})
	for _, i := range order {
		if own <= MaxBlockLines {
			return
		}
		r := runs[i]
		size := a.lines.filled(r.start, r.end)
		if r.start == d.start {
			r.start = a.head(r, max(1, MaxBlockLines-(own-size)))
			size = a.lines.filled(r.start, r.end)
		}
		own -= size
		a.pieces(r.start, r.end, MaxBlockLines, MaxBlockLines)
	}
}

// head gives the line at which the rest of a run starts when its first n filled lines stay with the definition; it
// prefers to cut after a blank line in the last quarter.
func (a *assembler) head(r span, n int) int {
	line, cutAt := r.start, 0
	for kept := 0; line <= r.end && kept < n; line++ {
		if !a.lines.blank(line) {
			kept++
		} else if kept > n-n/4 {
			cutAt = line
		}
	}
	if cutAt > 0 {
		return cutAt
	}
	return line
}

// Windows of text: one is closed at the last blank line between windowMin and windowGood lines, at the first one after
// windowGood if there is none before, and anywhere at windowMax.
const (
	windowMin  = 25
	windowGood = 60
	windowMax  = 120
)

// text adds blocks for the lines start to end, which belong to no definition.
func (a *assembler) text(start, end int) { a.pieces(start, end, windowGood, windowMax) }

// pieces cuts the lines start to end into text blocks of about good and at most limit lines.
func (a *assembler) pieces(start, end, good, limit int) {
	for start <= end {
		if a.lines.blank(start) {
			start++
			continue
		}
		stop := min(end, start+limit-1)
		cutAt := 0 // last line of the window
		for line := start + 1; line <= stop; line++ {
			if !a.lines.blank(line) {
				continue
			}
			n := line - start
			if n > good && cutAt > 0 {
				break
			}
			if n >= windowMin {
				cutAt = line - 1
			}
			if n > good {
				break
			}
		}
		switch {
		case end-start+1 <= good:
			cutAt = end
		case cutAt == 0:
			cutAt = stop
		}
		last := cutAt
		for a.lines.blank(last) {
			last--
		}
		a.blocks = append(a.blocks, Block{Lang: a.lang, Kind: KindText, Start: start, End: last})
		start = cutAt + 1
	}
}
