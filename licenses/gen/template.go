// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"sort"
	"strings"

	"communs/licenses"
)

// The control codes that stand between the words of a template.
const (
	optBegin  = iota // what follows may be missing
	optEnd           //
	wildBegin        // the next value is how many words may stand here instead of the ones that follow
	wildEnd          //
)

// The kinds of template; data.go of package licenses holds them too.
const (
	kindText = iota
	kindHeader
	kindException
)

// template is a text as a stream of words and control codes.
type template struct {
	expr  string
	kind  byte
	words []string // a control code is "\x00" and its number
}

// copyrightGap is how many words may stand where a template has its copyright statement.
const copyrightGap = 60

// makeTemplates builds the templates of the SPDX list and of extra.
func makeTemplates(docs []*document, extra string) ([]template, error) {
	var all []template
	for _, d := range docs {
		if skipped(d) {
			continue
		}
		if !gnu.MatchString(d.id) || withoutInvariants.MatchString(d.id) {
			for _, h := range d.headers {
				all = append(all, build(d.id, kindHeader, h))
			}
		}
		kind := byte(kindText)
		if d.exception {
			kind = kindException
		}
		if d.text != nil && !sharesText(d.id) {
			all = append(all, build(d.id, kind, d.text))
		}
	}
	more, err := readExtra(extra)
	if err != nil {
		return nil, err
	}
	return append(all, more...), nil
}

// gnu are the ids whose notices the grammar reads: a template that forgives a word would confuse -only and -or-later.
var gnu = regexp.MustCompile(`^(A|L)?GPL-|^GFDL-`)

// withoutInvariants are ids whose notices say more than the grammar reads.
var withoutInvariants = regexp.MustCompile(`^GFDL-[0-9.]+-no-invariants-`)

// skipped reports whether a document gives no template of its own: deprecated ids have the text of their successor.
func skipped(d *document) bool {
	return d.deprecated && d.id != "Net-SNMP" && d.id != "bzip2-1.0.5"
}

// sharesText reports whether another id has the same text: the text alone of a
// GNU licence is taken as -only, as SPDX does.
func sharesText(id string) bool {
	return strings.HasSuffix(id, "-or-later") || strings.Contains(id, "-invariants-") || strings.HasSuffix(id, "-RFN") || id == "MPL-2.0-no-copyleft-exception"
}

// build turns a text element into a template.
func build(id string, kind byte, n *node) template {
	b := &builder{}
	b.walk(n)
	b.flush()
	return template{id, kind, b.words}
}

// builder collects the words of a template. Text is gathered until a control code comes, so that bullets and
// lines are seen whole.
type builder struct {
	words []string
	text  strings.Builder
}

func (b *builder) flush() {
	b.words = append(b.words, licenses.Words([]byte(b.text.String()))...)
	b.text.Reset()
}

func (b *builder) code(c int) {
	b.flush()
	b.words = append(b.words, code(c))
}

var copyrightLine = regexp.MustCompile(`(?is)^\s*(copyright|©|\(c\))\s*(\(c\)|©|[0-9<\[{]).{0,160}$`)

func (b *builder) walk(n *node) {
	switch n.name {
	case "":
		b.fill(n.text)
	case "bullet":
	case "titleText", "optional":
		b.group(n, optBegin, optEnd)
	case "copyrightText":
		b.wild(n, copyrightGap)
	case "alt":
		b.wild(n, gapOf(n.attrs["match"]))
	case "p":
		if s := n.content(); len(s) < 200 && copyrightLine.MatchString(s) {
			b.wild(n, copyrightGap)
			return
		}
		b.kids(n)
		b.text.WriteByte('\n')
	case "br":
		b.text.WriteByte('\n')
	case "item", "list":
		b.text.WriteByte('\n')
		b.kids(n)
		b.text.WriteByte('\n')
	default:
		b.kids(n)
	}
}

// placeholder is what a licensor is to fill in: a line, or words in brackets.
var placeholder = regexp.MustCompile(`_{2,}|<[a-zA-Z][^<>]{0,60}>|\[[a-z][^\[\]]{0,60}\]`)

// fill takes text; other words may stand where it has a placeholder.
func (b *builder) fill(text string) {
	for {
		at := placeholder.FindStringIndex(text)
		if at == nil {
			b.text.WriteString(text)
			return
		}
		b.text.WriteString(text[:at[0]])
		b.code(wildBegin)
		b.words = append(b.words, "\x0012")
		b.text.WriteString(text[at[0]:at[1]])
		b.code(wildEnd)
		text = text[at[1]:]
	}
}

func (b *builder) kids(n *node) {
	for _, k := range n.kids {
		b.walk(k)
	}
}

func (b *builder) group(n *node, begin, end int) {
	b.code(begin)
	b.kids(n)
	b.code(end)
}

func (b *builder) wild(n *node, gap int) {
	b.code(wildBegin)
	b.words = append(b.words, fmt.Sprintf("\x00%d", gap))
	b.kids(n)
	b.code(wildEnd)
}

// gapOf tells how many words a match expression can stand for.
func gapOf(match string) int {
	re, err := syntax.Parse(match, syntax.Perl)
	if err != nil {
		return 20
	}
	return min(max(chars(re)/4, wordsIn(match)), copyrightGap)
}

// chars is the most characters that an expression can match, an unbounded repetition counting as 80.
func chars(re *syntax.Regexp) int {
	sum, most := 0, 0
	for _, s := range re.Sub {
		c := chars(s)
		sum, most = sum+c, max(most, c)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpAlternate:
		return most
	case syntax.OpStar, syntax.OpPlus:
		if len(re.Sub) == 1 && strings.HasPrefix(re.Sub[0].String(), `[\t`) { // \s
			return 1
		}
		return 80
	case syntax.OpRepeat:
		if re.Max < 0 {
			return 80
		}
		return re.Max * sum
	}
	return sum
}

// wordsIn counts the words of the longest alternative, so that short words are not cut off by a count of characters.
func wordsIn(match string) int {
	most := 0
	for _, alt := range strings.Split(strings.ReplaceAll(match, `\s+`, " "), "|") {
		most = max(most, len(strings.Fields(alt)))
	}
	return most
}

// readExtra reads the texts that SPDX has no template for. A file's name up to __ is its expression; a paragraph
// between lines of {{ and }} is optional.
func readExtra(dir string) ([]template, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var all []template
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		id, variant, _ := strings.Cut(strings.TrimSuffix(filepath.Base(f), ".txt"), "__")
		kind := byte(kindText)
		if strings.HasSuffix(variant, "header") {
			kind = kindHeader
		}
		all = append(all, fromText(id, kind, data))
	}
	return all, nil
}

// fromText builds a template of a plain text.
func fromText(id string, kind byte, data []byte) template {
	b := &builder{}
	for line := range bytes.Lines(data) {
		switch s := strings.TrimSpace(string(line)); {
		case s == "{{":
			b.code(optBegin)
		case s == "}}":
			b.code(optEnd)
		case len(s) < 200 && copyrightLine.MatchString(s):
			b.wild(&node{kids: []*node{{text: s}}}, copyrightGap)
		default:
			b.fill(string(line))
		}
	}
	b.flush()
	return template{id, kind, b.words}
}

// dedupe drops a template that repeats an earlier one, and headers too short to mean anything.
func dedupe(all []template) []template {
	seen := map[string]string{}
	kept := all[:0]
	for _, t := range all {
		key := strings.Join(t.words, " ")
		if old, ok := seen[key]; ok {
			fmt.Fprintf(os.Stderr, "note: %s has the same text as %s\n", t.expr, old)
			continue
		}
		seen[key] = t.expr
		if t.kind == kindHeader && len(t.words) < 12 {
			continue
		}
		kept = append(kept, t)
	}
	return kept
}

// code is how a control code stands among words.
func code(c int) string { return fmt.Sprintf("\x00%d", c) }
