// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"communs/crawler"
)

// bySource tells, of several sources, with which a crawl is; one line each, where progress is told at all.
func (p *program) bySource(show *progress, sources int, report func(crawler.Event)) func(crawler.Event) {
	known := map[string]bool{}
	return func(e crawler.Event) {
		about := e.Kind == crawler.Found || e.Kind == crawler.Skipped || e.Kind == crawler.Failed && e.Repository.URL == ""
		if sources > 1 && about && e.Source != "" && !known[e.Source] {
			known[e.Source] = true
			show.step("cmd.crawl.source", len(known), sources, field(e.Source))
		}
		report(e)
	}
}

// sourceName is the width of the first column of the table of sources: with eight numbers, a line has 79 characters.
const sourceName = 15

// sourceTable tells the fates of each source's repositories and why some were not brought. Of one source, what stands above it tells all.
func (p *program) sourceTable(list []crawler.Tally) {
	if len(list) < 2 {
		return
	}
	heads := strings.Fields(p.say.T("cmd.crawl.columns"))
	row := func(name string, cells []string) {
		runes := []rune(name)
		if len(runes) > sourceName {
			runes = append(runes[:sourceName-1:sourceName-1], '…')
		}
		line := string(runes) + strings.Repeat(" ", sourceName-len(runes))
		for _, c := range cells {
			line += strings.Repeat(" ", max(1, 8-utf8.RuneCountInString(c))) + c
		}
		p.line("%s", line)
	}
	p.line("")
	row(heads[0], heads[1:])
	for _, s := range list {
		cells := make([]string, 0, len(heads))
		for _, n := range []int{s.Found, s.New, s.Changed, s.Unchanged, s.Gone, s.Skipped, s.Waiting, s.Failed} {
			cells = append(cells, strconv.Itoa(n))
		}
		row(shortSource(s.Source), cells)
	}
	for _, s := range list {
		if told := p.whyTold(s); told != "" {
			p.line("%s", p.say.T("cmd.crawl.source-why", field(s.Source), told))
		}
	}
	p.line("")
}

// shortSource is what a column says of a source that is called by its address or folder: its end, which tells it from others.
func shortSource(name string) string {
	name = field(name)
	if i := strings.LastIndexByte(strings.TrimRight(name, "/"), '/'); i >= 0 {
		return strings.TrimRight(name[i+1:], "/")
	}
	return name
}

// whyTold lists the reasons for which something of a source was not brought, with their numbers.
func (p *program) whyTold(s crawler.Tally) string {
	var parts []string
	if s.Broken != "" {
		parts = append(parts, p.say.T("cmd.crawl.source-broken", p.whyWords(s.Broken)))
	}
	for _, why := range slices.SortedFunc(maps.Keys(s.Why), func(a, b string) int { return s.Why[b] - s.Why[a] }) {
		parts = append(parts, p.say.T("cmd.crawl.source-reason", p.whyWords(why), s.Why[why]))
	}
	return strings.Join(parts, ", ")
}

// whyWords are those of a reason that the crawler counts.
func (p *program) whyWords(why string) string {
	if key := "crawl.why." + why; p.say.Has(key) {
		return p.say.T(key)
	}
	return p.say.T("crawl.why." + crawler.WhyOther)
}
