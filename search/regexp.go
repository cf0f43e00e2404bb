// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// maxProgram is how many instructions a regular expression may compile to: the time for one byte of text is bounded by it.
const maxProgram = 1000

// checkRegexp refuses what cannot be compiled, and says where it is wrong.
func (p *parser) checkRegexp(n *regexpNode) error {
	_, _, err := lineRegexp(n.source, false)
	var bad *syntax.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTooLarge):
		return p.fail(n.span, "regexp-large", maxProgram)
	case !errors.As(err, &bad):
		return p.fail(n.span, "regexp", err.Error())
	case bad.Code == syntax.ErrLarge || bad.Code == syntax.ErrNestingDepth || bad.Code == syntax.ErrInvalidRepeatSize:
		return p.fail(n.span, "regexp-large", maxProgram)
	}
	at := span{n.start + 1, n.end - 1}
	switch bad.Code {
	case syntax.ErrMissingParen: // the error names the whole expression
		at = openParen(n.source, at)
	case syntax.ErrTrailingBackslash:
		at.start = at.end - 1
	default:
		if i := strings.Index(n.source, bad.Expr); i >= 0 && bad.Expr != "" {
			at = span{at.start + i, at.start + i + len(bad.Expr)}
		}
	}
	if key, ok := regexpFaults[bad.Code]; ok {
		return p.fail(at, key, bad.Expr)
	}
	return p.fail(at, "regexp", err.Error())
}

// regexpFaults gives each fault of an expression its sentence.
var regexpFaults = map[syntax.ErrorCode]string{
	syntax.ErrInvalidCharClass:      "regexp-class",
	syntax.ErrInvalidCharRange:      "regexp-range",
	syntax.ErrInvalidEscape:         "regexp-escape",
	syntax.ErrInvalidNamedCapture:   "regexp-group-name",
	syntax.ErrInvalidPerlOp:         "regexp-perl",
	syntax.ErrInvalidRepeatOp:       "regexp-repeat",
	syntax.ErrMissingBracket:        "regexp-bracket",
	syntax.ErrMissingParen:          "regexp-paren",
	syntax.ErrMissingRepeatArgument: "regexp-repeat-nothing",
	syntax.ErrTrailingBackslash:     "regexp-backslash",
	syntax.ErrUnexpectedParen:       "regexp-paren-extra",
}

// openParen finds the first parenthesis that nothing closes.
func openParen(source string, whole span) span {
	var open []int
	class := false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			open = append(open, i)
		case c == ')' && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return whole
	}
	return span{whole.start + open[0], whole.start + open[0] + 1}
}

var errTooLarge = errors.New("regular expression compiles to too many instructions")

// lineRegexp reads a regular expression as one that is matched line by line, and so can be run over many lines at once:
// nothing in it matches a newline, and every anchor of the text is one of the line. It also says how many instructions
// the expression compiles to.
func lineRegexp(source string, fold bool) (tree *syntax.Regexp, instructions int, err error) {
	flags := syntax.Perl
	if fold {
		flags |= syntax.FoldCase
	}
	if tree, err = syntax.Parse(source, flags); err != nil {
		return nil, 0, err
	}
	tree = oneLine(tree)
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, 0, err
	}
	if len(prog.Inst) > maxProgram {
		return nil, 0, errTooLarge
	}
	return tree, len(prog.Inst), nil
}

// oneLine rewrites the tree in place.
func oneLine(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op {
	case syntax.OpAnyChar:
		re.Op = syntax.OpAnyCharNotNL
	case syntax.OpBeginText:
		re.Op = syntax.OpBeginLine
	case syntax.OpEndText:
		re.Op = syntax.OpEndLine
		re.Flags &^= syntax.WasDollar
	case syntax.OpLiteral:
		if slices.Contains(re.Rune, '\n') {
			return &syntax.Regexp{Op: syntax.OpNoMatch}
		}
	case syntax.OpCharClass:
		re.Rune = withoutNewline(re.Rune)
		if len(re.Rune) == 0 {
			return &syntax.Regexp{Op: syntax.OpNoMatch}
		}
	}
	for i, sub := range re.Sub {
		re.Sub[i] = oneLine(sub)
	}
	return re
}

// withoutNewline takes '\n' out of a character class, which is a list of ranges.
func withoutNewline(class []rune) []rune {
	var out []rune
	for i := 0; i < len(class); i += 2 {
		lo, hi := class[i], class[i+1]
		if lo > '\n' || hi < '\n' {
			out = append(out, lo, hi)
			continue
		}
		if lo < '\n' {
			out = append(out, lo, '\n'-1)
		}
		if hi > '\n' {
			out = append(out, '\n'+1, hi)
		}
	}
	return out
}

// compileLine makes the machine for a tree, to be run over one line without its newline.
func compileLine(tree *syntax.Regexp) (*regexp.Regexp, error) {
	var b strings.Builder
	writeRegexp(&b, tree)
	return regexp.Compile(b.String())
}

// writeRegexp writes a tree as an expression. Regexp.String does so too, but takes a second over large classes to find
// the shortest way to write them; and what matches needs no captures.
func writeRegexp(b *strings.Builder, re *syntax.Regexp) {
	group := func(suffix string) {
		b.WriteString("(?:")
		writeRegexp(b, re.Sub[0])
		b.WriteString(")" + suffix)
		if re.Flags&syntax.NonGreedy != 0 {
			b.WriteByte('?')
		}
	}
	switch re.Op {
	case syntax.OpNoMatch:
		b.WriteString(`[^\x00-\x{10FFFF}]`)
	case syntax.OpLiteral:
		text := regexp.QuoteMeta(string(re.Rune))
		if re.Flags&syntax.FoldCase != 0 {
			text = "(?i:" + text + ")"
		}
		b.WriteString(text)
	case syntax.OpCharClass:
		b.WriteByte('[')
		for i := 0; i < len(re.Rune); i += 2 {
			fmt.Fprintf(b, `\x{%x}-\x{%x}`, re.Rune[i], re.Rune[i+1])
		}
		b.WriteByte(']')
	case syntax.OpAnyCharNotNL:
		b.WriteByte('.')
	case syntax.OpBeginLine:
		b.WriteString(`\A`)
	case syntax.OpEndLine:
		b.WriteString(`\z`)
	case syntax.OpWordBoundary:
		b.WriteString(`\b`)
	case syntax.OpNoWordBoundary:
		b.WriteString(`\B`)
	case syntax.OpStar:
		group("*")
	case syntax.OpPlus:
		group("+")
	case syntax.OpQuest:
		group("?")
	case syntax.OpRepeat:
		if re.Max < 0 {
			group(fmt.Sprintf("{%d,}", re.Min))
		} else {
			group(fmt.Sprintf("{%d,%d}", re.Min, re.Max))
		}
	case syntax.OpCapture, syntax.OpConcat, syntax.OpAlternate, syntax.OpEmptyMatch:
		b.WriteString("(?:")
		for i, sub := range re.Sub {
			if i > 0 && re.Op == syntax.OpAlternate {
				b.WriteByte('|')
			}
			writeRegexp(b, sub)
		}
		b.WriteByte(')')
	}
}

// hasCapital tells whether exact text has a capital, so that its case matters.
func hasCapital(text string) bool { return strings.ContainsFunc(text, unicode.IsUpper) }

// hasCapitalRegexp tells the same of a regular expression, where escapes (\S, \pL, \x4A) and group names are no capitals.
func hasCapitalRegexp(source string) bool {
	for i := 0; i < len(source); i++ {
		switch {
		case source[i] == '\\' && i+1 < len(source):
			i++
			switch c := source[i]; {
			case c == 'Q':
				text, _, _ := strings.Cut(source[i+1:], `\E`)
				if hasCapital(text) {
					return true
				}
				i += len(text)
			case (c == 'p' || c == 'P' || c == 'x') && i+1 < len(source):
				i++
				if source[i] == '{' {
					i += max(0, strings.IndexByte(source[i:], '}'))
				}
			}
		case strings.HasPrefix(source[i:], "(?P<") || strings.HasPrefix(source[i:], "(?<"):
			i += max(0, strings.IndexByte(source[i:], '>'))
		case strings.HasPrefix(source[i:], "(?"):
			i += max(0, strings.IndexAny(source[i:], ":)"))
		case source[i] >= 'A' && source[i] <= 'Z':
			return true
		case source[i] >= 0x80:
			r := []rune(source[i:min(i+4, len(source))])[0]
			if unicode.IsUpper(r) {
				return true
			}
		}
	}
	return false
}
