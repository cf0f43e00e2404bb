// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Styles of the text form. Each goes with words that say the same.
const (
	styleTitle  = "1"
	styleDim    = "2"
	styleFailed = "1;31"
	styleDoubt  = "1;33"
	styleWarned = "33"
	styleOK     = "1;32"
)

func styleOf(s Status) string {
	switch s {
	case Failed:
		return styleFailed
	case Doubtful:
		return styleDoubt
	case Warned:
		return styleWarned
	case OK:
		return styleOK
	}
	return styleDim
}

func styleOfVerdict(verdict Verdict) string {
	switch verdict {
	case Compliant:
		return styleOK
	case NotCompliant:
		return styleFailed
	}
	return styleDoubt
}

// textWriter writes a view for a terminal.
type textWriter struct {
	*bufio.Writer
	v   Voice
	say Printer
}

// writeText writes: what the audit is about, what decides, what is missing, what else is to know, the components, the verdict last, where
// it is seen when the command has ended.
func (r *Report) writeText(w io.Writer, v Voice) error {
	t := &textWriter{bufio.NewWriter(w), v, v.Printer}
	view := r.view(v)
	t.line("%s", v.paint(styleTitle, t.visible(view.Title)))
	for _, line := range view.About {
		t.line("%s", t.visible(line))
	}
	t.problems("audit.report.to-mend", view.ToMend, view.Errors)
	t.list("audit.report.partial", view.Unread, view.Partial)
	t.problems("audit.report.to-know", view.ToKnow, view.Rest)
	t.table(view.Rows)
	t.list("audit.report.counts", len(view.Counts), view.Counts)
	t.list("audit.report.skipped", len(view.Skipped), view.Skipped)
	t.line("")
	t.line("%s", v.paint(styleOfVerdict(view.Verdict), t.visible(view.Said)))
	t.line("%s", t.say.T("license.disclaimer"))
	return t.Flush()
}

func (t *textWriter) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

// visible makes text harmless and puts it on one line: what comes from the audited files may hold anything.
func (t *textWriter) visible(text string) string {
	return t.v.visible(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' }), " "))
}

func (t *textWriter) heading(key string, args ...any) {
	t.line("")
	t.line("%s", t.v.paint(styleTitle, t.say.T(key, args...)))
}

func (t *textWriter) list(key string, count int, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.heading(key, count)
	for _, line := range lines {
		t.line("  %s", t.visible(line))
	}
}

func (t *textWriter) problems(key string, count int, problems []problemView) {
	if len(problems) == 0 {
		return
	}
	t.heading(key, count)
	for _, p := range problems {
		title := p.Rule
		if p.Component != "" {
			title = t.say.T("audit.report.rule-of", p.Rule, p.Component)
		}
		t.line("")
		t.line("  %s", t.v.paint(styleOf(p.Status), t.visible(title)))
		t.line("    %s", t.visible(p.Sentence))
		for _, g := range p.Grounds {
			t.line("    %s", t.visible(g))
		}
		for _, m := range p.Members {
			t.line("      %s", t.visible(m))
		}
		if len(p.Members) > 0 && p.More != "" {
			t.line("      %s", t.visible(p.More))
		}
		if len(p.Places) > 0 {
			t.fact("where", strings.TrimSpace(strings.Join(p.Places, ", ")+" "+p.More))
		}
		t.fact("via", p.Via)
		if p.Excuse != "" {
			t.line("    %s", t.visible(p.Excuse))
		} else {
			t.fact("hint", p.Hint)
		}
	}
}

// fact writes one line of a problem; none when there is nothing to say.
func (t *textWriter) fact(name, value string) {
	if value != "" {
		t.line("    %s", t.visible(t.say.T("audit.report.line."+name, value)))
	}
}

// table writes the components in columns; the last one is as long as it is.
func (t *textWriter) table(rows []rowView) {
	if len(rows) == 0 {
		return
	}
	t.heading("audit.report.components", len(rows))
	lines := [][]string{{
		t.say.T("audit.report.column.status"), t.say.T("audit.report.column.name"), t.say.T("audit.report.column.version"), t.say.T("audit.report.column.licence"),
	}}
	for _, row := range rows {
		lines = append(lines, []string{t.visible(row.StatusWord), t.visible(row.Name), t.visible(row.Version), t.visible(row.License)})
	}
	var widths [3]int
	for _, line := range lines {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(line[i]))
		}
	}
	for n, line := range lines {
		for i, width := range widths {
			line[i] += strings.Repeat(" ", width-utf8.RuneCountInString(line[i]))
		}
		style := styleDim
		if n > 0 {
			style = styleOf(rows[n-1].Status)
		}
		line[0] = t.v.paint(style, line[0])
		t.line("  %s", strings.TrimRight(strings.Join(line, "  "), " "))
	}
}
