// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"regexp"
	"strings"
)

// Copyright is one copyright statement.
type Copyright struct {
	Holder string
	Years  string // as written: 2014, 2014-2020, 2014, 2016
	Line   int    // from 1
	Text   string // the whole statement
}

// maxCopyrights bounds how many statements are read from one text.
const maxCopyrights = 500

var (
	// copyrightStart is the word or sign, again perhaps, and what follows.
	copyrightStart = regexp.MustCompile(`(?i)(?:^|[^\pL\d])(SPDX-(?:File|Snippet)CopyrightText:\s*(?:(?:©|\(c\)|copyright)\s*)*|(?:copyright|copr\.)(?:\s+(?:by|holders?))?[\s:]*(?:©|\(c\)|&copy;)[\s:]*|©\s*(?:copyright\s*)?|copyright[\s:]+(?:by\s+)?|\(c\)\s*(?:copyright\s*)?)(.*)$`)
	yearList       = regexp.MustCompile(`^[\s,]*((?:19|20)\d\d(?:\s*(?:[-–—]|,|to|and|à)\s*(?:(?:19|20)\d\d|\d\d|present|now))*)`)
	yearEnd        = regexp.MustCompile(`[\s,]*((?:19|20)\d\d(?:\s*[-–—,]\s*(?:(?:19|20)\d\d|present))*)\s*$`)
	email          = regexp.MustCompile(`\s*[<(]?[\w.+-]+(?:@| at )[\w-]+(?:\.[\w-]+)+[>)]?|\s*<[^>]*>`)
	holderEnd      = regexp.MustCompile(`(?i)[\s,.;]*(?:all rights reserved|tous droits réservés|licensed under|released under|distributed under|under the|see |use of this|this (?:file|software|program)|\*/|-->|http).*$`)
	placeholders   = regexp.MustCompile(`(?i)^(?:\[|<|\{)|^(?:yyyy|year|name of|notice|holder|owner|law|license|and |or |in |of |to |is |the above|statement|information|interest|laws|act|assign|disclaim)`)
)

// Copyrights finds the copyright statements of a text: "Copyright (c) 2014 The X Authors", "© 2020 …", SPDX-FileCopyrightText. What
// only speaks of copyright ("the above copyright notice", "[yyyy] [name of copyright owner]") is none. Addresses are left out.
func Copyrights(text []byte) []Copyright {
	var found []Copyright
	line := 0
	for s := range strings.Lines(string(decode(text))) {
		line++
		if len(s) > 500 || !mayBeCopyright(s) {
			continue
		}
		if c, ok := readCopyright(strings.TrimRight(s, "\r\n")); ok {
			c.Line = line
			if found = append(found, c); len(found) == maxCopyrights {
				break
			}
		}
	}
	return found
}

// mayBeCopyright is a fast look before the expressions.
func mayBeCopyright(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		switch s[i] {
		case 'c', 'C':
			if s[i+1]|0x20 == 'o' && s[i+2]|0x20 == 'p' {
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
	if at == nil {
		return Copyright{}, false
	}
	sign, rest := strings.ToLower(s[at[2]:at[3]]), s[at[4]:at[5]]
	var c Copyright
	if m := yearList.FindStringSubmatch(rest); m != nil {
		c.Years, rest = strings.TrimSpace(m[1]), rest[len(m[0]):]
	}
	rest = email.ReplaceAllString(rest, "")
	rest = holderEnd.ReplaceAllString(rest, "")
	rest = strings.Trim(rest, " \t,.;:-*/#|\"'`")
	if c.Years == "" {
		if m := yearEnd.FindStringSubmatchIndex(rest); m != nil {
			c.Years, rest = rest[m[2]:m[3]], strings.TrimRight(rest[:m[0]], " ,;")
		}
	}
	rest = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(rest, "by "), "By "))
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

func startsUpper(s string) bool { return s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 0xC3 }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xC0 }
