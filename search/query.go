// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parsed is a question as it was understood.
type Parsed struct {
	root     node // nil only when every repository is asked for
	matching caseMode
	inFile   bool   // leaves may hold in different blocks of one file
	want     wanted // what is asked for
	asTyped  bool   // no word is translated
	unfolded bool   // each hit by itself, by score: no near copies folded, no repository kept from filling the page
	refusals string // translations that are not wanted, in order, each followed by a newline
}

// wanted is what a question asks for.
type wanted uint8

const (
	wantBlocks wanted = iota
	wantComponents
	wantRepos
)

// refused lists the translations that are not wanted.
func (p *Parsed) refused() []string { return strings.Split(strings.TrimSuffix(p.refusals, "\n"), "\n") }

// refuse adds one of them.
func (p *Parsed) refuse(word string) {
	words := slices.DeleteFunc(append(p.refused(), word), func(w string) bool { return w == "" })
	slices.Sort(words)
	p.refusals = strings.Join(slices.Compact(words), "\n") + "\n"
}

// caseMode says when letters must match in their case.
type caseMode uint8

const (
	smartCase   caseMode = iota // where the term itself has a capital
	matchCase                   // always
	ignoreCases                 // never
)

// node is one part of a question.
type node interface{ pos() span }

// span is where a part stands in the question, in bytes.
type span struct{ start, end int }

func (s span) pos() span { return s }

type (
	// andNode holds where all its parts do.
	andNode struct {
		span
		parts []node
	}
	// orNode holds where one of its parts does.
	orNode struct {
		span
		parts []node
	}
	// notNode holds where its part does not.
	notNode struct {
		span
		part node
	}
	// wordNode holds where the block has the word, whole or as a part of an identifier.
	wordNode struct {
		span
		text string
	}
	// exactNode holds where a line has the text.
	exactNode struct {
		span
		text string
	}
	// regexpNode holds where a line matches.
	regexpNode struct {
		span
		source string
	}
	// filterNode holds where the block or its place has the property.
	filterNode struct {
		span
		field field
		value string // canonical
	}
)

// String gives the question in canonical form: parsed again, it gives the same tree.
func (p *Parsed) String() string {
	var b strings.Builder
	options := p.options()
	if p.root != nil {
		_, isOr := p.root.(*orNode)
		writeNode(&b, p.root, isOr && len(options) > 0)
	}
	for _, o := range options {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(o)
	}
	return b.String()
}

func (p *Parsed) options() (options []string) {
	switch p.matching {
	case matchCase:
		options = append(options, "case:yes")
	case ignoreCases:
		options = append(options, "case:no")
	}
	if p.inFile {
		options = append(options, "in:file")
	}
	switch p.want {
	case wantComponents:
		options = append(options, "type:component")
	case wantRepos:
		options = append(options, "type:repo")
	}
	if p.asTyped {
		options = append(options, "expand:no")
	}
	if p.unfolded {
		options = append(options, "fold:no")
	}
	for _, word := range p.refused() {
		if word != "" {
			options = append(options, "-~"+quoteValue(word))
		}
	}
	return options
}

func writeNode(b *strings.Builder, n node, group bool) {
	if group {
		b.WriteByte('(')
	}
	switch n := n.(type) {
	case *andNode:
		for i, part := range n.parts {
			if i > 0 {
				b.WriteByte(' ')
			}
			_, isOr := part.(*orNode)
			writeNode(b, part, isOr)
		}
	case *orNode:
		for i, part := range n.parts {
			if i > 0 {
				b.WriteString(" OR ")
			}
			writeNode(b, part, false)
		}
	case *notNode:
		b.WriteByte('-')
		_, isAnd := n.part.(*andNode)
		_, isOr := n.part.(*orNode)
		writeNode(b, n.part, isAnd || isOr)
	case *wordNode:
		b.WriteString(n.text)
	case *exactNode:
		b.WriteString(quote(n.text))
	case *regexpNode:
		b.WriteString("/" + n.source + "/")
	case *filterNode:
		b.WriteString(n.field.name() + ":" + quoteValue(n.value))
	}
	if group {
		if s := b.String(); openParens(s[strings.LastIndexByte(s, ' ')+1:]) > 0 {
			b.WriteByte(' ') // the word ends in a parenthesis of its own, which must not take the group's
		}
		b.WriteByte(')')
	}
}

// openParens counts the parentheses that a word opens and does not close, leading ones (a group's) left out.
func openParens(word string) (depth int) {
	for _, r := range strings.TrimLeft(word, "-(") {
		switch {
		case r == '(':
			depth++
		case r == ')' && depth > 0:
			depth--
		}
	}
	return depth
}

// quote writes exact text as the query language does.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// quoteValue writes a filter's value, between quotes only when it needs them.
func quoteValue(value string) string {
	plain := value != "" && !strings.ContainsAny(value, `"()\`) && !strings.ContainsFunc(value, unicode.IsSpace)
	if first, _ := utf8.DecodeRuneInString(value); plain && closingQuote(first) == 0 {
		return value
	}
	return quote(value)
}

// within gives the question to one repository, in canonical form.
func (p *Parsed) within(repo string) string {
	filter := &filterNode{field: fieldRepo, value: repo}
	parts := []node{p.root, filter}
	if and, ok := p.root.(*andNode); ok {
		parts = append(slices.Clone(and.parts), filter)
	}
	only := *p
	only.root = &andNode{parts: parts}
	return only.String()
}

// leaves calls f for every leaf, with whether it stands under a negation.
func leaves(n node, negated bool, f func(n node, negated bool)) {
	switch n := n.(type) {
	case nil:
	case *andNode:
		for _, part := range n.parts {
			leaves(part, negated, f)
		}
	case *orNode:
		for _, part := range n.parts {
			leaves(part, negated, f)
		}
	case *notNode:
		leaves(n.part, !negated, f)
	default:
		f(n, negated)
	}
}
