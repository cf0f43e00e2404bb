// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Some manifests are programs. Of these, only what is written out as a literal is read.

type tokenKind uint8

const (
	tokenName   tokenKind = iota // also a number
	tokenString                  // text is its value
	tokenSign                    // one character
	tokenLine                    // the end of a line
)

// token is one word of a program. depth counts the brackets around it.
type token struct {
	kind  tokenKind
	text  string
	vary  bool // a string with something computed in it
	depth int
}

// How many words of a program, and of a list in it, are looked at.
const (
	maxTokens     = 50_000
	maxListTokens = 2_000
)

// syntax is what little must be known of a language to tell its strings from the rest.
type syntax struct {
	comment string // what begins a comment up to the line's end
	block   bool   // /* … */ is a comment
	percent bool   // %q(…) is a string
	vary    string // what begins something computed within a string of double quotes
}

var (
	pythonSyntax = syntax{comment: "#"}
	rubySyntax   = syntax{comment: "#", percent: true, vary: "#{"}
	elixirSyntax = syntax{comment: "#", vary: "#{"}
	gradleSyntax = syntax{comment: "//", block: true, vary: "$"}
)

// tokens cuts a program into words.
func (x syntax) tokens(text string) (all []token) {
	depth := 0
	add := func(kind tokenKind, s string, vary bool) { all = append(all, token{kind, s, vary, depth}) }
	for text != "" && len(all) < maxTokens {
		c := text[0]
		switch {
		case c == '\n':
			add(tokenLine, "\n", false)
			text = text[1:]
		case c == ' ' || c == '\t' || c == '\r':
			text = text[1:]
		case strings.HasPrefix(text, x.comment):
			n := strings.IndexByte(text, '\n')
			if n < 0 {
				return all
			}
			text = text[n:]
		case x.block && strings.HasPrefix(text, "/*"):
			n := strings.Index(text[2:], "*/")
			if n < 0 {
				return all
			}
			text = text[n+4:]
		case c == '"' || c == '\'':
			value, vary, rest := x.quoted(text)
			add(tokenString, value, vary)
			text = rest
		case x.percent && c == '%' && len(text) > 3 && (text[1] == 'q' || text[1] == 'Q') && strings.IndexByte("([{<|!", text[2]) >= 0:
			value, rest, _ := strings.Cut(text[3:], map[byte]string{'(': ")", '[': "]", '{': "}", '<': ">", '|': "|", '!': "!"}[text[2]])
			add(tokenString, value, text[1] == 'Q' && strings.Contains(value, x.vary))
			text = rest
		case isWord(text):
			n := len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }))
			add(tokenName, text[:n], false)
			text = text[n:]
		default:
			_, n := utf8.DecodeRuneInString(text)
			switch c {
			case '(', '[', '{':
				add(tokenSign, text[:n], false)
				depth++
			case ')', ']', '}':
				depth = max(0, depth-1)
				add(tokenSign, text[:n], false)
			default:
				add(tokenSign, text[:n], false)
			}
			text = text[n:]
		}
	}
	return all
}

func isWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// quoted reads a string at the start of text. One in three quotes goes over lines.
func (x syntax) quoted(text string) (value string, vary bool, rest string) {
	mark := text[:1]
	if long := strings.Repeat(mark, 3); strings.HasPrefix(text, long) {
		mark = long
	}
	var b strings.Builder
	for i := len(mark); i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], mark):
			value = b.String()
			return value, vary, text[i+len(mark):]
		case text[i] == '\n' && len(mark) == 1: // it was no string, or is not closed
			return b.String(), true, text[i:]
		case text[i] == '\\' && i+1 < len(text):
			if c := text[i+1]; c == 'n' || c == 't' || c == '\n' {
				b.WriteByte(' ')
			} else {
				b.WriteByte(c)
			}
			i += 2
		default:
			vary = vary || x.vary != "" && mark[0] == '"' && strings.HasPrefix(text[i:], x.vary)
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String(), true, ""
}

// withoutLines leaves out the ends of lines.
func withoutLines(tokens []token) []token {
	kept := tokens[:0:0]
	for _, t := range tokens {
		if t.kind != tokenLine {
			kept = append(kept, t)
		}
	}
	return kept
}

// isSign tells whether the i-th token is a sign.
func isSign(tokens []token, i int, sign string) bool {
	return i >= 0 && i < len(tokens) && tokens[i].kind == tokenSign && tokens[i].text == sign
}

func isName(tokens []token, i int) bool {
	return i >= 0 && i < len(tokens) && tokens[i].kind == tokenName
}

// literal reads the string at i, or the strings of the list at i; those that follow each other are one. consts are names that stand for
// strings. It gives nothing for what is not written out.
func literal(tokens []token, i int, consts map[string]string) (all []string) {
	if isSign(tokens, i, "[") || isSign(tokens, i, "(") {
		depth := tokens[i].depth
		if isSign(tokens, i, "(") && i+1 < len(tokens) && tokens[i+1].kind == tokenString { // one string in parentheses
			j := i + 1
			for j < len(tokens) && tokens[j].kind == tokenString {
				j++
			}
			if isSign(tokens, j, ")") {
				return literal(tokens[:j], i+1, nil)
			}
		}
		end := min(len(tokens), i+maxListTokens)
		for i++; i < end && tokens[i].depth > depth; i++ {
			if tokens[i].kind == tokenString && !tokens[i].vary {
				all = append(all, tokens[i].text)
			}
		}
		return all
	}
	if isName(tokens, i) {
		if s, ok := consts[tokens[i].text]; ok && !isSign(tokens, i+1, ".") && !isSign(tokens, i+1, "(") && !isSign(tokens, i+1, "[") {
			return []string{s}
		}
		return nil
	}
	var value strings.Builder
	from := i
	for ; i < len(tokens) && tokens[i].kind == tokenString; i++ {
		if tokens[i].vary {
			return nil
		}
		value.WriteString(tokens[i].text)
	}
	if i == from || isSign(tokens, i, "%") || isSign(tokens, i, "+") || isSign(tokens, i, ".") && !(isName(tokens, i+1) && tokens[i+1].text == "freeze") {
		return nil
	}
	return []string{value.String()}
}

// one is the only string of a literal.
func one(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return ""
}
