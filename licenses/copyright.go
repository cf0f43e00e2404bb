// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"regexp"
	"slices"
	"strings"
)

// Copyright is one copyright statement.
type Copyright struct {
	Holder string
	Years  string // as written: 2014, 2014-2020, 2014, 2016
	Line   int    // from 1
	Text   string // the whole statement
}

// maxCopyrights bounds how many statements are read from one text, maxStatement how long a line is that may be one.
const (
	maxCopyrights = 500
	maxStatement  = 500
)

var (
	// copyrightStart is the word or sign, again perhaps, and what follows. CeCILL asks for « Copyright ou © ou Copr. ».
	copyrightStart = regexp.MustCompile(`(?i)(?:^|[^\pL\d])(SPDX-(?:File|Snippet)CopyrightText:\s*(?:(?:©|\(c\)|copyright)\s*)*|(?:copyright|©|\(c\))(?:\s+(?:ou|or)\s+(?:copyright|©|\(c\)|copr\.?))+[\s:]*|(?:copyright|copr\.)(?:\s+(?:by|holders?))?[\s:]*(?:©|\(c\)|&copy;)[\s:]*|droits?\s+d['’]auteurs?[\s:]*(?:©|\(c\))?[\s:]*|©\s*(?:copyright\s*)?|copyright[\s:]+(?:by\s+)?|\(c\)\s*(?:copyright\s*)?|auteurs?\s*:\s*)(.*)$`)
	yearList       = regexp.MustCompile(`^[\s,(]*((?:19|20)\d\d(?:(?:\s*(?:[-–—]|,|&|to\b|and\b|et\b|à)\s*|\s+)(?:(?:19|20)\d\d\b|\d\d\b|present\b|présent\b|now\b|aujourd['’]hui\b))*-?)\)?`)
	yearEnd        = regexp.MustCompile(`[\s,(]*(?:\d{1,2}[/.]\d{1,2}[/.]|(?i:(?:\d{1,2}(?:er)?\s+)?(?:jan|f[ée]v|feb|mar|a[vp]r|ma[iy]|jui|jul|jun|ao[uû]|aug|sep|oct|nov|d[ée]c)\pL*\.?\s+(?:\d{1,2},?\s+)?))?((?:19|20)\d\d(?:\s*[-–—,]\s*(?:(?:19|20)\d\d|present|présent))*)\)?[\s.]*$`)
	email          = regexp.MustCompile(`\s*[<(\[]?(?:mailto:)?[\w.+-]+(?:@|\s+at\s+|\s*\[at\]\s*|\s*\(at\)\s*)[\w-]+(?:(?:\.|\s+dot\s+|\s*\[dot\]\s*)[\w-]+)+[>)\]]?|\s*<[^>]*>`)
	holderEnd      = regexp.MustCompile(`(?i)[\s,.;]*(?:all rights? reserved|tous droits réservés|licensed under|released under|distributed under|under the|sous licen[cs]e|see |voir |use of this|this (?:file|software|program)|ce (?:fichier|logiciel|programme)|\*/|-->|http|www\.).*$`)
	placeholders   = regexp.MustCompile(`(?i)^(?:\[|<|\{)|^(?:yyyy|xxxx|(?:19|20)(?:xx|yy)|year|ann[ée]e|name of|votre nom|your name|notice|holder|owner|titulaire|law|license|licence|and |or |et |ou |in |of |to |is |est |the above|statement|information|interest|laws|act|assign|disclaim|de la présente|de ce)`)
	contributors   = regexp.MustCompile(`(?i)^(?:contributor\(s\)|contributeur\(s\)|contributors?|contributeurs?)\s*:\s*`)
	copiedWhole    = regexp.MustCompile(`(?i)(?:permitted|allowed) to (?:copy and )?distribute verbatim|copies (?:conformes|exactes|textuelles) de ce(?:tte)? (?:document|licence)`)
)

// Copyrights finds the copyright statements of a text: "Copyright (c) 2014 The X Authors", "© 2020 …", SPDX-FileCopyrightText, « Droits
// d'auteur », « Auteur : ». What only speaks of copyright ("the above copyright notice", "[yyyy] [name of copyright owner]") is none, nor is
// what a licence text says of itself. Addresses are left out.
func Copyrights(text []byte) []Copyright {
	var found []Copyright
	lines := slices.Collect(strings.Lines(string(unwrap("", decode(text)))))
	for i, s := range lines {
		if len(s) > maxStatement || !mayBeCopyright(s) {
			continue
		}
		s = strings.TrimRight(s, "\r\n")
		c, ok := readCopyright(s)
		if !ok && i+1 < len(lines) && len(lines[i+1]) <= maxStatement { // the holder stands on the next line
			if next := plainLine(lines[i+1]); next != "" && startsUpper(next) && yearsOnly(s) && !mayBeCopyright(next) {
				c, ok = readCopyright(strings.TrimRight(s, " \t,*#/") + " " + next)
			}
		}
		if !ok || ofLicense(lines[i+1:]) {
			continue
		}
		c.Line = i + 1
		if found = append(found, c); len(found) == maxCopyrights {
			break
		}
	}
	return found
}

// plainLine is a line without the signs of its comment.
func plainLine(s string) string { return strings.Trim(s, " \t\r\n*#/;%!|-") }

// yearsOnly reports whether a line ends with the years of a statement.
func yearsOnly(s string) bool {
	at := copyrightStart.FindStringSubmatchIndex(s)
	if at == nil {
		return false
	}
	rest := s[at[4]:at[5]]
	m := yearList.FindStringIndex(rest)
	return m != nil && strings.Trim(rest[m[1]:], " \t,.*#/;") == ""
}

// ofLicense reports whether the lines below a statement allow to copy the document: it is the text of a licence of GNU or its like, and the
// statement tells who wrote the licence.
func ofLicense(below []string) bool {
	const near = 4
	text := strings.Join(below[:min(near, len(below))], " ")
	return len(text) < near*maxStatement && copiedWhole.MatchString(strings.Join(strings.Fields(text), " "))
}

// mayBeCopyright is a fast look before the expressions.
func mayBeCopyright(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		switch s[i] {
		case 'c', 'C':
			if s[i+1]|0x20 == 'o' && s[i+2]|0x20 == 'p' {
				return true
			}
		case 'a', 'A':
			if s[i+1]|0x20 == 'u' && s[i+2]|0x20 == 't' && len(s) > i+5 && strings.EqualFold(s[i+3:i+6], "eur") {
				return true
			}
		case '(':
			if s[i+1]|0x20 == 'c' && s[i+2] == ')' {
				return true
			}
		case 0xC2:
			if s[i+1] == 0xA9 {
				return true
			}
		}
	}
	return false
}

func readCopyright(s string) (Copyright, bool) {
	at := copyrightStart.FindStringSubmatchIndex(s)
	if at == nil || quotedBefore(s[:at[2]]) {
		return Copyright{}, false
	}
	sign, rest := strings.ToLower(s[at[2]:at[3]]), s[at[4]:at[5]]
	if strings.HasPrefix(sign, "auteur") && plainLine(s[:at[2]]) != "" { // in a sentence
		return Copyright{}, false
	}
	var c Copyright
	if m := yearList.FindStringSubmatch(rest); m != nil {
		c.Years, rest = strings.TrimSpace(m[1]), rest[len(m[0]):]
	}
	rest = email.ReplaceAllString(rest, "")
	rest = holderEnd.ReplaceAllString(rest, "")
	rest = strings.Trim(rest, " \t,.;:-*/#|\"'`")
	if c.Years == "" {
		if m := yearEnd.FindStringSubmatchIndex(rest); m != nil {
			c.Years, rest = rest[m[2]:m[3]], strings.TrimRight(rest[:m[0]], " ,;(")
		}
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(rest, "by "), "By "))
	rest = contributors.ReplaceAllString(rest, "")
	clear := c.Years != "" || strings.HasPrefix(sign, "spdx-") || strings.Contains(sign, "©") || strings.HasPrefix(sign, "copyright") && strings.Contains(sign, "(c)")
	if rest == "" || !clear && !startsUpper(rest) || placeholders.MatchString(rest) || !strings.ContainsFunc(rest, isLetter) {
		return Copyright{}, false
	}
	if !clear && (strings.HasPrefix(sign, "(c)") || strings.HasPrefix(strings.TrimSpace(s[:at[2]]), "the")) {
		return Copyright{}, false
	}
	c.Holder = rest
	c.Text = strings.TrimRight(strings.TrimSpace(email.ReplaceAllString(s[at[2]:], "")), " */#->")
	return c, true
}

// quotedBefore reports whether a statement is only quoted, as in i.e. "Copyright (c) 2001 …" are retained, or that of the EUPL itself.
func quotedBefore(before string) bool {
	before = strings.TrimSpace(before)
	return strings.HasSuffix(before, "\"") && len(before) > 1 || strings.HasSuffix(before, "“") || strings.HasSuffix(before, "«") || strings.HasSuffix(before, "EUPL")
}

func startsUpper(s string) bool { return s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 0xC3 }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xC0 }
