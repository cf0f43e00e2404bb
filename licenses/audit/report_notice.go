// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"communs/licenses"
)

// The notice is the text to pass on with the project: whose code it holds, under which licence, and the texts that these licences
// want to go with every copy. Components stand by licence; a text that several components bring word for word stands once. What is for
// development only is not handed on, and left out. The texts are those of the components' own files, unchanged.

// noticeGroup is the components under one licence.
type noticeGroup struct {
	license    licenses.Expression
	components []*Component
}

// noticeWriter writes the notice.
type noticeWriter struct {
	*bufio.Writer
	v   Voice
	say Printer
}

func (r *Report) writeNotice(w io.Writer, v Voice) error {
	n := &noticeWriter{bufio.NewWriter(w), v, v.Printer}
	n.line(v.Printer.T("audit.report.notice.title", r.title()))
	n.line("")
	own := r.Project.Copyrights
	if !r.Project.Concluded.IsZero() {
		n.line(v.Printer.T("audit.report.notice.own", r.title(), r.Project.Concluded.String()))
	}
	for _, c := range own {
		n.line(oneLine(c))
	}
	groups := r.noticeGroups()
	if len(groups) == 0 {
		n.line(v.Printer.T("audit.report.notice.none"))
		return n.Flush()
	}
	n.line("")
	n.line(v.Printer.T("audit.report.notice.intro"))
	for _, g := range groups {
		n.group(g)
	}
	return n.Flush()
}

// noticeGroups sorts the components that are handed on by licence; those whose licence is not known come last.
func (r *Report) noticeGroups() []noticeGroup {
	var groups []noticeGroup
	for _, c := range r.asked() {
		if c.Development {
			continue
		}
		i := slices.IndexFunc(groups, func(g noticeGroup) bool { return g.license == c.Concluded })
		if i < 0 {
			i = len(groups)
			groups = append(groups, noticeGroup{license: c.Concluded})
		}
		groups[i].components = append(groups[i].components, c)
	}
	slices.SortFunc(groups, func(a, b noticeGroup) int {
		if a.license.IsZero() != b.license.IsZero() {
			if a.license.IsZero() {
				return 1
			}
			return -1
		}
		return strings.Compare(a.license.String(), b.license.String())
	})
	return groups
}

func (n *noticeWriter) line(text string) { fmt.Fprintln(n, n.v.visible(text)) }

// rule underlines; the licences of a notice are told apart at a glance.
func (n *noticeWriter) rule(title string, with string) {
	n.line("")
	n.line(strings.Repeat(with, 80))
	n.line(title)
	n.line(strings.Repeat(with, 80))
}

func (n *noticeWriter) group(g noticeGroup) {
	n.rule(n.v.expression(g.license), "=")
	var names []string
	for _, id := range g.license.IDs() {
		if info, known := licenses.Info(id); known && info.Name != "" {
			names = append(names, info.Name)
		}
	}
	if len(names) > 0 {
		n.line(strings.Join(names, "\n"))
	}
	var without []string
	for _, c := range g.components {
		n.line("")
		n.line(nameOf(c))
		if c.Origin != "" {
			n.line("  " + oneLine(c.Origin))
		}
		for _, statement := range c.Copyrights {
			n.line("  " + oneLine(statement))
		}
		if len(c.Texts) == 0 && asksForText(c) {
			without = append(without, nameOf(c))
		}
	}
	for _, t := range textsOf(g.components) {
		n.rule(n.say.T("audit.report.notice.text", t.path, strings.Join(t.of, ", ")), "-")
		n.line("")
		n.line(strings.TrimRight(t.body, "\n"))
	}
	if len(without) > 0 {
		n.line("")
		n.line(n.say.T("audit.report.notice.missing", strings.Join(without, ", ")))
	}
}

// asksForText reports whether a component's licence wants its text or notices to be passed on. Of one that nobody knows that is
// to be expected.
func asksForText(c *Component) bool {
	return c.Concluded.IsZero() || !licenses.Known(c.Concluded) || slices.ContainsFunc(c.Obligations, func(o licenses.Obligation) bool {
		return o.Code == licenses.Notice || o.Code == licenses.Attribution
	})
}

// noticeText is a text with the components that bring it.
type noticeText struct {
	path, body string
	of         []string
}

// textsOf lists the texts that go with components, each once, in the order of the components.
func textsOf(components []*Component) []*noticeText {
	var texts []*noticeText
	at := map[string]*noticeText{}
	for _, c := range components {
		for _, t := range c.Texts {
			same := strings.Join(strings.Fields(t.Body), " ")
			if same == "" {
				continue
			}
			known := at[same]
			if known == nil {
				known = &noticeText{path: t.Path, body: t.Body}
				at[same] = known
				texts = append(texts, known)
			}
			if name := nameOf(c); !slices.Contains(known.of, name) {
				known.of = append(known.of, name)
			}
		}
	}
	return texts
}
