// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"regexp"
	"strings"

	"communs/licenses"
)

// snippet is a piece of code that was copied in, between SPDX-SnippetBegin and SPDX-SnippetEnd, with the header that says
// where it comes from:
//
//	// SPDX-SnippetBegin
//	// SPDX-License-Identifier: MIT
//	// SPDX-SnippetCopyrightText: 2014 The X Authors
//	// Origin: https://example.org/x
//	// Path: a/b.go
//	// Commit: 0123…
//	// SWHID: swh:1:cnt:…;lines=1-20
//
// All but the first is optional. Snippets may be nested; one that does not end goes on to the end of the file.
type snippet struct {
	start, end int // lines, from 1, both included
	license    licenses.Expression
	said       string // the licence as it is written, when it is no expression
	copyrights []string
	origin     string
	path       string
	commit     string
	swhid      string
}

var (
	snippetBegin = []byte("SPDX-SnippetBegin")
	snippetField = regexp.MustCompile(`^[^\pL\d]{0,20}(SPDX-SnippetBegin|SPDX-SnippetEnd|SPDX-License-Identifier:|SPDX-SnippetCopyrightText:|Origin:|Path:|Commit:|SWHID:)(.*)$`)
	hasCopyright = regexp.MustCompile(`^(?i:copyright\b|©|\(c\))`)
	commentEnd   = regexp.MustCompile(`\s*(?:\*/|-->|--%>|%}|\*\)|-})\s*$`)
)

// maxSnippets bounds how many are read from one file.
const maxSnippets = 1000

// readSnippets finds the snippets of a file, in the order in which they begin.
func readSnippets(text []byte) []snippet {
	if !bytes.Contains(text, snippetBegin) {
		return nil
	}
	var all []snippet
	var open []int // positions in all of those that have begun
	line := 0
	for l := range bytes.Lines(text) {
		line++
		if len(l) > 2000 {
			continue
		}
		m := snippetField.FindSubmatch(bytes.TrimRight(l, "\r\n"))
		if m == nil {
			continue
		}
		value := strings.TrimSpace(commentEnd.ReplaceAllString(strings.ToValidUTF8(string(m[2]), "\uFFFD"), ""))
		switch key := string(m[1]); {
		case key == "SPDX-SnippetBegin" && value == "" && len(all) < maxSnippets:
			open = append(open, len(all))
			all = append(all, snippet{start: line})
		case key == "SPDX-SnippetEnd" && value == "" && len(open) > 0:
			all[open[len(open)-1]].end = line
			open = open[:len(open)-1]
		case len(open) > 0:
			all[open[len(open)-1]].set(key, value)
		}
	}
	for _, i := range open {
		all[i].end = line
	}
	return all
}

// set takes one line of a header. The code itself may hold such words too: the first of each counts.
func (s *snippet) set(key, value string) {
	first := func(to *string) {
		if *to == "" {
			*to = value
		}
	}
	switch key {
	case "SPDX-License-Identifier:":
		if e, err := licenses.Parse(value); err == nil && s.license.IsZero() && s.said == "" {
			s.license = e
		}
		first(&s.said)
	case "SPDX-SnippetCopyrightText:":
		if value != "NOASSERTION" && value != "" {
			if !hasCopyright.MatchString(value) {
				value = "Copyright " + value
			}
			s.copyrights = append(s.copyrights, statements(value)...)
		}
	case "Origin:":
		first(&s.origin)
	case "Path:":
		first(&s.path)
	case "Commit:":
		first(&s.commit)
	case "SWHID:":
		first(&s.swhid)
	}
}
