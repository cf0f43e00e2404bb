// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"

	"communs/internal/words"
	"communs/search"
)

// attribution is a notice to put where a project names what it reuses.
func attribution(p *words.Printer, h *search.Hit) string {
	name := h.Path
	if h.Name != "" {
		name = h.Name + ", " + h.Path
	}
	lines := []string{
		p.T("web.notice.what", plain(name), lineRange(p, h.Start, h.End)),
		p.T("web.notice.from", plain(h.Repo), plain(h.Commit)),
	}
	for _, c := range h.Copyright {
		lines = append(lines, plain(c))
	}
	if h.License != "" {
		lines = append(lines, p.T("web.notice.license", plain(h.License)))
	}
	return strings.Join(append(lines, h.ID), "\n")
}

// maxSnippet is how long a block may be to stand ready to paste on its page.
const maxSnippet = 20_000

// snippet is the block ready to paste, with what a page cannot show replaced; empty where the language has no comments
// or the block is too long.
func snippet(h *search.Hit) string {
	if len(h.Code) > maxSnippet {
		return ""
	}
	text, ok := h.Snippet()
	if !ok {
		return ""
	}
	lines := splitLines(text)
	for i, l := range lines {
		lines[i] = plain(l)
	}
	return strings.Join(lines, "\n") + "\n"
}
