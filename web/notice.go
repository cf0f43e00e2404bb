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
	tagFile      = "SPDX-File" + "CopyrightText:"
	tagLicense   = "SPDX-License" + "-Identifier: "
)

// maxSnippet is how long a block may be to stand ready to paste on its page; of a longer one only the tags do.
const maxSnippet = 20_000

// snippet is a block ready to paste: its code between the tags that SPDX gives for a snippet, as comments of its
// language. It is empty where the language has no comments.
func snippet(h *search.Hit) string {
	open, end, ok := commentMarks(h.Lang)
	if !ok {
		return ""
	}
	var b strings.Builder
	line := func(text string) {
		if closing := strings.TrimSpace(end); closing != "" {
			text = strings.ReplaceAll(text, closing, strings.Join(strings.Split(closing, ""), " "))
		}
		b.WriteString(open + plain(text) + end + "\n")
	}
	line(tagBegin)
	line(tagLicense + orNoAssertion(h.License))
	if len(h.Copyright) == 0 {
		line(tagCopyright + orNoAssertion(""))
	}
	for _, c := range h.Copyright {
		line(tagCopyright + strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(c), tagFile)))
	}
	line("Origin: " + h.Repo)
	line("Path: " + h.Path)
	line("Commit: " + h.Commit)
	line("SWHID: " + h.ID)
	b.WriteByte('\n')
	if len(h.Code) <= maxSnippet {
		for _, l := range splitLines(h.Code) {
			b.WriteString(plain(l) + "\n")
		}
	}
	b.WriteByte('\n')
	line(tagEnd)
	return b.String()
}

func orNoAssertion(text string) string {
	if text == "" {
		return "NOASSERTION"
	}
	return text
}

// commentMarks is how a language writes a comment of one line; ok is false when it has none. A language that is not
// known gets no marks.
func commentMarks(lang string) (open, end string, ok bool) {
	syn := syntaxes[lang]
	switch {
	case lang == "JSON":
		return "", "", false
	case syn == nil:
		return "", "", true
	case len(syn.line) > 0:
		return syn.line[0] + " ", "", true
	case len(syn.block) > 0:
		return syn.block[0][0] + " ", " " + syn.block[0][1], true
	}
	return "", "", true
}
