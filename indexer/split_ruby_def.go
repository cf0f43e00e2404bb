// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// def handles the keyword: the name with its receiver, and how the body is written.
func (p *rubyParser) def() {
	pos, name, receiver := p.skipBlanks(p.pos), "", false
	if pos < len(p.src) && p.src[pos] == '(' { // def (expression).name
		if end := p.quotedEnd(pos+1, '(', ')', false); end > 0 && end < len(p.src) && p.src[end] == '.' {
			pos, receiver = end+1, true
		}
	}
	for {
		end := p.methodName(pos)
		name = string(p.src[pos:end])
		after := p.skipBlanks(end)
		if after >= len(p.src) || name == "" || byteClass[name[0]]&cLetter == 0 && name[0] != '@' && name[0] != '$' {
			pos = end
			break
		}
		switch {
		case p.src[after] == '.':
			after++
		case bytes.HasPrefix(p.src[after:], []byte("::")):
			after += 2
		default:
			pos = end
			after = -1
		}
		if after < 0 {
			break
		}
		pos, receiver = p.skipBlanks(after), true
	}
	kind := KindFunction
	if receiver || p.classes > 0 {
		kind = KindMethod
	}
	p.pos, p.state = pos, rubyEnd
	if name == "" { // def without a name: part of a text in some other language
		p.push(rubyScope{kind: rubyBlock, def: -1})
		return
	}
	def := p.define(kind, name)
	next := p.skipBlanks(pos)
	switch {
	case next < len(p.src) && p.src[next] == '(':
		p.pos, p.state = next+1, rubyBeg
		p.push(rubyScope{kind: rubyParams, closer: ')', def: def})
	case p.endlessSign():
		p.push(rubyScope{kind: rubyEndless, def: def})
	default:
		p.push(rubyScope{kind: rubyMethod, def: def})
		p.state = rubyBeg // *args, &block
		if next < len(p.src) && p.src[next] == '%' || next < len(p.src) && p.src[next] == '/' {
			p.state = rubyEnd
		}
	}
}

// endlessSign tells whether = comes next, and passes it.
func (p *rubyParser) endlessSign() bool {
	pos := p.skipBlanks(p.pos)
	if pos+1 >= len(p.src) || p.src[pos] != '=' || p.src[pos+1] == '=' || p.src[pos+1] == '~' || p.src[pos+1] == '>' {
		return false
	}
	p.pos, p.state = pos+1, rubyBeg
	return true
}

// methodName gives the offset after the name at pos: a word with ?, ! or = at its end, or an operator.
func (p *rubyParser) methodName(pos int) int {
	if pos >= len(p.src) {
		return pos
	}
	if c := p.src[pos]; byteClass[c]&cLetter != 0 || c == '@' || c == '$' {
		return p.wordEnd(pos, true)
	}
	return p.operatorName(pos)
}

// wordEnd gives the end of the word at pos. A setter's = belongs to its name.
func (p *rubyParser) wordEnd(pos int, setter bool) int {
	src, end := p.src, pos
	for end < len(src) && (src[end] == '@' || src[end] == '$') {
		end++
	}
	for end < len(src) && byteClass[src[end]]&(cLetter|cDigit) != 0 {
		end++
	}
	if end >= len(src) {
		return end
	}
	next := byte(0)
	if end+1 < len(src) {
		next = src[end+1]
	}
	switch c := src[end]; {
	case (c == '?' || c == '!') && (next != '=' || end+2 < len(src) && (src[end+2] == '=' || src[end+2] == '~' || src[end+2] == '>')):
		if c == '?' && next == ':' && end+2 < len(src) && src[end+2] == ':' { // a ?::B : c
			return end
		}
		return end + 1
	case setter && c == '=' && next != '~' && next != '>' && (next != '=' || end+2 < len(src) && src[end+2] == '>'):
		return end + 1
	}
	return end
}

// rubyOperators are the names of methods that are no words, the longer ones first.
var rubyOperators = []string{"[]=", "<=>", "===", "[]", "**", "==", "=~", "!=", "!~", "<<", ">>", "<=", ">=", "+@", "-@", "~@", "!@",
	"+", "-", "*", "/", "%", "<", ">", "!", "~", "^", "&", "|", "`"}

func (p *rubyParser) operatorName(pos int) int {
	rest := p.src[pos:min(len(p.src), pos+3)]
	for _, op := range rubyOperators {
		if bytes.HasPrefix(rest, []byte(op)) {
			return pos + len(op)
		}
	}
	return pos
}

// word handles a name or keyword.
func (p *rubyParser) word() {
	start := p.pos
	end := p.wordEnd(start, false)
	before := p.state
	p.pos = end
	if before == rubyDot {
		p.state = rubyArg
		return
	}
	// label: is a key, whatever the word
	if end < len(p.src) && p.src[end] == ':' && (end+1 == len(p.src) || p.src[end+1] != ':') && !p.ternary(end) {
		p.pos, p.state = end+1, rubyBeg
		return
	}
	if before == rubyName {
		p.state = rubyEnd
		return
	}
	p.state = rubyArg
	if n := end - start; n < 2 || n > 8 {
		return
	}
	p.keyword(p.src[start:end], before)
}

// ternary tells a ? b :c from a label; it only matters for words that end in ? or !.
func (p *rubyParser) ternary(colon int) bool {
	c := p.src[colon-1]
	return (c == '?' || c == '!') && colon+1 < len(p.src) && p.src[colon+1] != ' ' && p.src[colon+1] != '\n'
}

func (p *rubyParser) keyword(word []byte, before rubyState) {
	switch string(word) {
	case "class":
		p.class(KindClass)
	case "module":
		p.class(KindModule)
	case "def":
		p.def()
	case "end":
		p.end()
		p.state = rubyEnd
	case "begin", "case":
		p.push(rubyScope{kind: rubyBlock, def: -1})
		p.state = rubyBeg
	case "if", "unless":
		if before == rubyBeg {
			p.push(rubyScope{kind: rubyBlock, def: -1})
		}
		p.state = rubyBeg
	case "while", "until":
		if before == rubyBeg {
			p.push(rubyScope{kind: rubyLoop, waiting: true, def: -1})
		}
		p.state = rubyBeg
	case "for":
		p.push(rubyScope{kind: rubyLoop, waiting: true, def: -1})
		p.state = rubyBeg
	case "do":
		if len(p.stack) > 0 && p.top().waiting {
			p.top().waiting = false
		} else {
			p.push(rubyScope{kind: rubyBlock, def: -1})
		}
		p.state = rubyBeg
	case "then", "else", "elsif", "when", "in", "and", "or", "not", "ensure":
		p.state = rubyBeg
	case "return", "break", "next", "rescue":
		p.state = rubyMid
	case "self", "nil", "true", "false", "redo", "retry":
		p.state = rubyEnd
	case "alias", "undef":
		p.alias()
	case "sig":
		p.signature()
	}
}

// alias passes the names after alias and undef, which may be keywords.
func (p *rubyParser) alias() {
	p.state = rubyEnd
	for range 2 {
		pos := p.skipBlanks(p.pos)
		if pos < len(p.src) && p.src[pos] == ':' {
			pos++
		}
		end := p.methodName(pos)
		if end == pos {
			return
		}
		p.pos = end
	}
}

// signature notes sig { … }, which types the method below: it belongs to it, with the comment above.
func (p *rubyParser) signature() {
	pos := p.skipBlanks(p.pos)
	if p.fresh && pos < len(p.src) && (p.src[pos] == '{' || p.src[pos] == '(' || bytes.HasPrefix(p.src[pos:], []byte("do"))) {
		p.sig, p.sigAt = p.n, len(p.stack)
		if p.lineDoc > 0 {
			p.sig = p.lineDoc
		}
	}
}
