// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"communs/internal/words"
)

// date is a day in words: 3 mars 2026, 3 March 2026. It is empty for no day.
func date(p *words.Printer, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.UTC()
	month := p.T(fmt.Sprintf("web.month.%d", int(at.Month())))
	day := strconv.Itoa(at.Day())
	if at.Day() == 1 {
		day = p.T("web.first-day")
	}
	return p.T("web.date", day, month, strconv.Itoa(at.Year()))
}

// size is a number of bytes in words.
func size(p *words.Printer, n int64) string {
	switch {
	case n < 1000:
		return p.T("web.size.byte", n)
	case n < 1000_000:
		return p.T("web.size.kilo", float64(n)/1000)
	case n < 1000_000_000:
		return p.T("web.size.mega", float64(n)/1000_000)
	}
	return p.T("web.size.giga", float64(n)/1000_000_000)
}

// lineRange is a range of lines in words. Line numbers are names, not quantities: they get no separators.
func lineRange(p *words.Printer, start, end int) string {
	if start == end {
		return p.T("web.line", strconv.Itoa(start))
	}
	return p.T("web.lines", strconv.Itoa(start), strconv.Itoa(end))
}

// word is a word that data holds (a kind of block, a flag, a reason), told when the catalogue has it.
func word(p *words.Printer, prefix, value string) string {
	if key := prefix + "." + value; p.Has(key) {
		return p.T(key)
	}
	return plain(value)
}

// shortRepo is a repository's address for people: without its scheme.
func shortRepo(repo string) string {
	return strings.TrimPrefix(strings.TrimPrefix(repo, "https://"), "http://")
}

// shortCommit is a commit or version for people.
func shortCommit(commit string) string {
	if len(commit) == 40 && strings.Trim(commit, "0123456789abcdef") == "" {
		return commit[:10]
	}
	return commit
}

// number writes a whole number as the language does. Small ones are alike in all.
func number(p *words.Printer, n int) string {
	if 0 <= n && n < 1000 {
		return strconv.Itoa(n)
	}
	return p.T("web.number", n)
}

// decimal writes a number with so many digits after the decimal mark.
func decimal(p *words.Printer, value float64, digits int) string {
	text := strconv.FormatFloat(value, 'f', digits, 64)
	if p.Lang == words.French {
		return strings.Replace(text, ".", ",", 1)
	}
	return text
}
