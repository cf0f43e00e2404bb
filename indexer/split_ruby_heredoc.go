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
