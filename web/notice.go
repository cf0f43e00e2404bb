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

// The tags are put together here so that a tool that looks for licence tags does not take these for this file's own.
const (
	tagBegin     = "SPDX-Snippet" + "Begin"
	tagEnd       = "SPDX-Snippet" + "End"
	tagCopyright = "SPDX-Snippet" + "CopyrightText: "
	tagLicense   = "SPDX-License" + "-Identifier: "
)

// snippetHeader is the SPDX snippet tags that go around a copied block, as comments of its language.
func snippetHeader(h *search.Hit) string {
	open, end := commentMarks(h.Lang)
	var b strings.Builder
	line := func(text string) {
		b.WriteString(open + " " + strings.ReplaceAll(plain(text), "*/", "* /") + end + "\n")
	}
	line(tagBegin)
	for _, c := range h.Copyright {
		line(tagCopyright + strings.TrimSpace(c))
	}
	if h.License != "" {
		line(tagLicense + h.License)
	}
	line(h.Repo + " " + h.Commit + " " + h.Path)
	line(h.ID)
	line("…")
	line(tagEnd)
	return b.String()
}

// commentMarks is how a language writes a comment of one line.
func commentMarks(lang string) (open, end string) {
	syn := syntaxes[lang]
	switch {
	case syn == nil:
		return "#", ""
	case len(syn.line) > 0:
		return syn.line[0], ""
	case len(syn.block) > 0:
		return syn.block[0][0], " " + syn.block[0][1]
	}
	return "#", ""
}
