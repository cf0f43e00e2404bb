// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// A rubyHeredoc is a text that starts on the line after this one.
type rubyHeredoc struct {
	mark   string
	indent bool // the closing line may be indented
}

// step reads one token; it tells whether there is more to read.
func (p *rubyParser) step() bool {
	src := p.src
	c := src[p.pos]
	switch c {
	case ' ', '\t', '\r', '\f', '\v', 0:
		if p.fresh {
			p.indent++
			if c == '\t' {
				p.indent += 7
			}
		}
		p.space = true
		p.pos++
		return true
	case '\n':
		p.line()
		return true
	case '\\':
		if n := p.continuation(); n > 0 {
			p.pos += n
			p.n++
			p.space = true
			return true
		}
	case '#':
		if p.fresh && p.doc == 0 {
			p.doc = p.n
		}
		p.comment()
		return true
	}
	if p.fresh {
		if c == '_' && p.indent == 0 && p.wordAt(p.pos, "__END__") {
			return false
		}
		p.lineDoc, p.doc = p.doc, 0
	}
	p.last = p.n
	p.token(c)
	p.last = p.n
	p.space, p.fresh = false, false
	return true
}

// continuation gives the length of a backslash with the line end after it.
func (p *rubyParser) continuation() int {
	rest := p.src[p.pos+1:]
	switch {
	case len(rest) > 0 && rest[0] == '\n':
		return 2
	case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
		return 3
	}
	return 0
}

// comment passes a comment; a line that holds nothing else keeps the comment above going.
func (p *rubyParser) comment() {
	fresh, doc := p.fresh, p.doc
	p.skipLine()
	if fresh && p.pos < len(p.src) {
		p.line()
		if p.doc == 0 {
			p.doc = doc
		}
	}
}

func (p *rubyParser) token(c byte) {
	next := p.peek(1)
	switch {
	case byteClass[c]&cLetter != 0:
		p.word()
		return
	case byteClass[c]&cDigit != 0:
		p.number()
		return
	}
	operand := p.state == rubyBeg || p.state == rubyMid
	argument := operand || p.state == rubyArg && p.space && next != ' ' && next != '\n' && next != '\r' && next != '\t'
	switch c {
	case '"', '\'':
		p.quote(1, c, c, c == '"')
	case '`':
		if p.state == rubyDot || p.state == rubyName {
			p.pos, p.state = p.pos+1, rubyArg
			return
		}
		p.quote(1, c, c, true)
	case '/':
		if operand || argument && next != '=' && p.closedOnLine() {
			p.quote(1, c, c, true)
		} else {
			p.operator(1)
		}
	case '%':
		if n, open := p.percent(operand, argument); n > 0 {
			p.quote(n, open, closerOf(open), p.src[p.pos+1] != 'q' && p.src[p.pos+1] != 'w' && p.src[p.pos+1] != 'i')
		} else {
			p.operator(1)
		}
	case '?':
		p.question(argument)
	case '<':
		if next != '<' || !p.heredoc(argument) {
			p.operator(1)
		}
	case ':':
		p.colon(next, argument)
	case '.':
		p.pos++
		if next == '.' {
			p.operator(1)
		} else {
			p.state = rubyDot
		}
	case '(', '[', '{':
		p.push(rubyScope{kind: rubyBracket, closer: closerOf(c), def: -1})
		p.operator(1)
	case ')', ']', '}':
		p.pos, p.state = p.pos+1, rubyEnd
		p.closeBracket(c)
	case '@', '$':
		p.variable(c)
	case ';':
		p.endEndless()
		if len(p.stack) > 0 {
			p.top().waiting = false
		}
		p.operator(1)
	case '-':
		if next == '>' {
			p.pos, p.state = p.pos+2, rubyEnd
			return
		}
		p.operator(1)
	default:
		p.operator(1)
	}
}

func (p *rubyParser) peek(n int) byte {
	if p.pos+n < len(p.src) {
		return p.src[p.pos+n]
	}
	return 0
}

func closerOf(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	case '{':
		return '}'
	case '<':
		return '>'
	}
	return open
}

// operator passes n characters after which an operand is expected; after a dot they are a method's name.
func (p *rubyParser) operator(n int) {
	if p.state == rubyDot {
		p.state = rubyArg
	} else {
		p.state = rubyBeg
	}
	p.pos += n
}

func (p *rubyParser) number() {
	src, pos := p.src, p.pos
	for pos < len(src) && (byteClass[src[pos]]&(cLetter|cDigit) != 0 ||
		src[pos] == '.' && pos+1 < len(src) && byteClass[src[pos+1]]&cDigit != 0) {
		pos++
	}
	p.pos, p.state = pos, rubyEnd
}

func (p *rubyParser) variable(c byte) {
	next := p.peek(1)
	p.state = rubyEnd
	switch {
	case byteClass[next]&(cLetter|cDigit) != 0 || c == '@' && next == '@':
		p.pos = p.wordEnd(p.pos, false)
		if last := p.src[p.pos-1]; last == '?' || last == '!' {
			p.pos--
		}
	case c == '$' && next == '-':
		p.pos = min(p.pos+3, len(p.src))
	case c == '$' && next > ' ':
		p.pos += 2
	default:
		p.pos++
	}
}

// colon handles :: and symbols.
func (p *rubyParser) colon(next byte, argument bool) {
	switch {
	case next == ':':
		p.pos, p.state = p.pos+2, rubyDot
	case next == '"' || next == '\'':
		p.quote(2, next, next, next == '"')
	case next == '@' || next == '$':
		p.pos++
		p.variable(next)
	case byteClass[next]&cLetter != 0:
		p.pos, p.state = p.wordEnd(p.pos+1, true), rubyEnd
	case argument && p.operatorName(p.pos+1) > p.pos+1:
		p.pos, p.state = p.operatorName(p.pos+1), rubyEnd
	default:
		p.operator(1)
	}
}

// question tells ?x, a character, from the operator.
func (p *rubyParser) question(argument bool) {
	next, third := p.peek(1), p.peek(2)
	switch {
	case !argument || next <= ' ':
		p.operator(1)
	case next == '\\':
		p.pos, p.state = min(p.pos+3, len(p.src)), rubyEnd
		for p.pos < len(p.src) && (byteClass[p.src[p.pos]]&(cLetter|cDigit) != 0 || p.src[p.pos] == '-' || p.src[p.pos] == '\\') {
			p.pos++
		}
	case byteClass[next]&(cLetter|cDigit) != 0 && byteClass[third]&(cLetter|cDigit) != 0 && next < 0x80:
		p.operator(1)
	default:
		p.pos, p.state = p.pos+2, rubyEnd
		for p.pos < len(p.src) && p.src[p.pos]&0xc0 == 0x80 {
			p.pos++
		}
	}
}

// percent gives the length of what opens a % literal, and its opening character.
func (p *rubyParser) percent(operand, argument bool) (int, byte) {
	next, third := p.peek(1), p.peek(2)
	switch next {
	case 'q', 'Q', 'w', 'W', 'i', 'I', 'x', 'r', 's':
		if (operand || argument) && third > ' ' && third < 0x7f && byteClass[third]&(cLetter|cDigit) == 0 {
			return 3, third
		}
	case '(', '[', '{', '<', '|', '!', '/', '^':
		if operand || argument && next != '=' {
			return 2, next
		}
	}
	return 0, 0
}

// closedOnLine tells whether another / stands on the line: a /b/ is a call with a regular expression then.
func (p *rubyParser) closedOnLine() bool {
	rest := p.src[p.pos+1 : min(len(p.src), p.pos+1000)]
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		rest = rest[:n]
	}
	return bytes.IndexByte(rest, '/') > 0
}

// quote passes a literal whose opening is n characters long; what is not closed is an operator.
func (p *rubyParser) quote(n int, open, closer byte, interpolates bool) {
	end := -1
	if !p.dead[closer] && p.budget > 0 {
		if end = p.quotedEnd(p.pos+n, open, closer, interpolates); end < 0 {
			p.budget -= len(p.src) - p.pos
			p.dead[closer] = open == closer
		}
	}
	if end < 0 {
		p.broken = true
		p.operator(n)
		return
	}
	regexp := closer == '/' || p.src[p.pos] == '%' && p.src[p.pos+1] == 'r'
	p.n += bytes.Count(p.src[p.pos:end], []byte{'\n'})
	p.pos, p.state = end, rubyEnd
	for regexp && p.pos < len(p.src) && byteClass[p.src[p.pos]]&cLetter != 0 {
		p.pos++
	}
	if closer == '"' && open == '"' || closer == '\'' {
		if p.peek(0) == ':' && p.peek(1) != ':' { // "key": value
			p.pos, p.state = p.pos+1, rubyBeg
		}
	}
}
