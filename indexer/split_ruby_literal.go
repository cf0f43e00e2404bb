// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

// heredoc reads <<~MARK and notes that its text starts on the next line; without that text it is no heredoc.
func (p *rubyParser) heredoc(argument bool) bool {
	if p.state == rubyDot || p.state == rubyEnd || p.state == rubyArg && !p.space {
		return false
	}
	pos := p.pos + 2
	indent := pos < len(p.src) && (p.src[pos] == '-' || p.src[pos] == '~')
	if indent {
		pos++
	}
	quote := byte(0)
	if pos < len(p.src) && (p.src[pos] == '"' || p.src[pos] == '\'' || p.src[pos] == '`') {
		quote = p.src[pos]
		pos++
	}
	end := pos
	for end < len(p.src) && (quote == 0 && byteClass[p.src[end]]&(cLetter|cDigit) != 0 || quote != 0 && p.src[end] != quote && p.src[end] != '\n') {
		end++
	}
	if end == pos || quote == 0 && byteClass[p.src[pos]]&cDigit != 0 || !argument && quote == 0 {
		return false
	}
	h := rubyHeredoc{mark: string(p.src[pos:end]), indent: indent}
	if quote != 0 {
		if end >= len(p.src) || p.src[end] != quote {
			return false
		}
		end++
	}
	if p.heredocEnd(h, p.n) == 0 {
		return false
	}
	p.pending = append(p.pending, h)
	p.pos, p.state = end, rubyEnd
	return true
}

// heredocEnd gives the first line after line n that closes a heredoc, 0 for none.
func (p *rubyParser) heredocEnd(h rubyHeredoc, n int) int {
	if p.budget <= 0 {
		return 0
	}
	for n++; n <= p.lines.count(); n++ {
		from, to := int(p.lines.starts[n-1]), int(p.lines.starts[n])
		p.budget -= 1 + (to-from)/4
		if to-from < len(h.mark) {
			continue
		}
		line := p.src[from:to]
		if h.indent {
			line = bytes.TrimLeft(line, " \t\r\f\v")
		}
		if len(line) >= len(h.mark) && string(line[:len(h.mark)]) == h.mark && len(bytes.TrimRight(line[len(h.mark):], "\r\n")) == 0 {
			return n
		}
	}
	p.budget -= 1 << 10
	return 0
}

// skipHeredoc passes the text of the first pending heredoc, from the start of the line at pos.
func (p *rubyParser) skipHeredoc() {
	h := p.pending[0]
	p.pending = p.pending[1:]
	end := p.heredocEnd(h, p.n-1)
	if end == 0 {
		return
	}
	p.last = end
	p.n = end + 1
	p.pos = int(p.lines.starts[end])
}

// maxInterpolation is how deep strings stand in strings.
const maxInterpolation = 20

// quotedEnd gives the offset after the end of a literal whose text starts at pos, or -1.
func (p *rubyParser) quotedEnd(pos int, open, closer byte, interpolates bool) int {
	return p.literalEnd(pos, open, closer, interpolates, 0)
}

func (p *rubyParser) literalEnd(pos int, open, closer byte, interpolates bool, nested int) int {
	src, depth := p.src, 1
	for pos < len(src) {
		c := src[pos]
		switch {
		case c == '\\':
			pos++
		case c == closer:
			if depth--; depth == 0 {
				return pos + 1
			}
		case c == open:
			depth++
		case c == '#' && interpolates && nested < maxInterpolation && pos+1 < len(src) && src[pos+1] == '{':
			if pos = p.interpolationEnd(pos+2, nested+1); pos < 0 {
				return -1
			}
			continue
		}
		pos++
	}
	return -1
}

// interpolationEnd gives the offset after the } of #{ … }.
func (p *rubyParser) interpolationEnd(pos, nested int) int {
	src, depth := p.src, 1
	for pos < len(src) {
		switch c := src[pos]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return pos + 1
			}
		case '\\':
			pos++
		case '"', '\'', '`':
			if src[pos-1] == '?' || src[pos-1] == '$' { // a character, a variable
				break
			}
			if pos = p.literalEnd(pos+1, c, c, c != '\'', nested); pos < 0 {
				return -1
			}
			continue
		case '/':
			if end := p.shortRegexp(pos); end > 0 {
				pos = end
				continue
			}
		}
		pos++
	}
	return -1
}

// shortRegexp gives the end of a regular expression inside an interpolation: what may hold a quote, and is closed on its
// line.
func (p *rubyParser) shortRegexp(pos int) int {
	if bytes.IndexByte([]byte("(,=~{|&!?:;["), p.src[pos-1]) < 0 && (p.src[pos-1] != ' ' || bytes.IndexByte([]byte("(,=~{|&"), p.src[pos-2]) < 0) {
		return -1
	}
	line := p.src[pos+1 : min(len(p.src), pos+300)]
	for i := 0; i < len(line) && line[i] != '\n'; i++ {
		switch line[i] {
		case '\\':
			i++
		case '/':
			return pos + i + 2
		}
	}
	return -1
}
