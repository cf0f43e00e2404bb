// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/licenses"
	"communs/search"
)

// defaultHits is how many hits a page has.
const defaultHits = 10

// hits is how many hits are asked for; 0 for all of them.
func (p *program) hits(c *cli.Context) (int, error) {
	n, err := p.number(c, "n", -1, defaultHits)
	if n < 0 {
		n = defaultHits
	}
	return n, err
}

// patience is how long a question for all hits may take: whoever asks for all of them wants all of them.
const patience = time.Minute

func (p *program) searchCommand() *cli.Command {
	return &cli.Command{
		Name: "search",
		Flags: []cli.Flag{
			p.intFlag("n"), p.stringFlag("after"), p.boolFlag("explain"), p.stringFlag("batch"),
		},
		Action: p.action(shape{least: 0, most: -1, formats: []string{formatJSON, formatJSONL}}, p.search),
	}
}

func (p *program) search(ctx context.Context, c *cli.Context) error {
	n, err := p.hits(c)
	if err != nil {
		return err
	}
	batch := c.String("batch")
	switch {
	case batch != "" && c.Args().Present():
		return fault("cmd.batch-and-query")
	case batch != "" && (c.IsSet("after") || c.Bool("explain")):
		return fault("cmd.batch-alone")
	case batch == "" && !c.Args().Present():
		return fault("cmd.missing-argument", called(c.App, c.Command), c.Command.ArgsUsage)
	}
	local, err := p.openSearch(false)
	if err != nil {
		return err
	}
	defer local.Close()
	if batch != "" {
		return p.batch(ctx, batch, questions(local, n))
	}
	query := search.Query{
		Text: strings.Join(c.Args().Slice(), " "), N: n, After: c.String("after"), Explain: c.Bool("explain"),
	}
	if n == 0 {
		query.Deadline = patience
	}
	page, err := local.Search(ctx, query)
	if err != nil {
		return err
	}
	if err := p.printPage(page, query, sameFlags(c, "data", "config", "n")); err != nil {
		return err
	}
	status, err := local.Status(ctx)
	if err != nil {
		return err
	}
	if page.Partial || len(status.Faults) > 0 {
		return p.partial(page.Reason, status.Faults)
	}
	if page.Total == 0 {
		return verdict{exitNo, "cmd.search.nothing", []any{quote(query.Text)}}
	}
	return nil
}

// partial says why an answer is only a part of the whole one; what of the index was set aside is named.
func (p *program) partial(reason string, faults []string) error {
	if len(faults) > 0 {
		for _, fault := range faults {
			p.note("cmd.search.fault", fault)
		}
		return verdict{exitPart, "cmd.search.damaged", nil}
	}
	why := reason
	if key := "search.reason." + reason; p.say.Has(key) {
		why = p.say.T(key)
	}
	if reason == "manifests" || reason == "outdated" { // another question would find no more
		return verdict{exitPart, "cmd.search.old", []any{why}}
	}
	return verdict{exitPart, "cmd.search.partial", []any{why}}
}

// printPage writes a page as the format asks; again is the flags with which the next page is asked for.
func (p *program) printPage(page *search.Page, query search.Query, again string) error {
	switch p.settings.format {
	case formatJSON:
		return p.result(page)
	case formatJSONL:
		return errors.Join(results(p, page.Hits), results(p, page.Repositories), results(p, page.Components))
	}
	p.printHits(page.Hits, query.Explain)
	for _, l := range page.Later {
		p.note("cmd.search.later", l.Hits, field(l.Repo), fmt.Sprintf("%s search%s %s", p.typed, again, shellQuote(l.Query)))
	}
	p.printRepositories(page.Repositories)
	p.printComponents(page.Components, query.Explain)
	if page.Explain != nil {
		p.printExplain(page)
	}
	if len(page.Added) > 0 {
		var words []string
		for _, a := range page.Added {
			words = append(words, visible(a.Word))
		}
		p.note("cmd.search.added", strings.Join(words, ", "))
	}
	if page.Relaxed != nil && page.Total > 0 {
		if n := page.Relaxed.Complete; n > 0 {
			p.note("search.relaxed", n)
		} else {
			p.note("search.relaxed-none")
		}
	}
	switch {
	case len(page.Repositories) > 0:
		p.note("cmd.search.repositories", page.Total, len(page.Repositories))
	case len(page.Components) > 0:
		p.note("cmd.search.components", page.Total, len(page.Components))
	case page.Total > 0:
		p.note("cmd.search.total", page.Total, len(page.Hits))
	}
	if page.Next != "" {
		p.note("cmd.search.next", fmt.Sprintf("%s search%s --after %s %s", p.typed, again, shellQuote(page.Next), shellQuote(query.Text)))
	}
	return nil
}

// printHits writes the hits as text, those of one repository together, in the order of each repository's best hit.
func (p *program) printHits(hits []search.Hit, explain bool) {
	var order []string
	byRepo := map[string][]*search.Hit{}
	for i := range hits {
		h := &hits[i]
		if byRepo[h.Repo] == nil {
			order = append(order, h.Repo)
		}
		byRepo[h.Repo] = append(byRepo[h.Repo], h)
	}
	for i, repo := range order {
		if i > 0 {
			p.line("")
		}
		p.line("%s %s", p.paint(styleRepo, field(repo)), p.paint(styleDim, shortCommit(byRepo[repo][0].Commit)))
		for _, h := range byRepo[repo] {
			p.printHit(h, explain)
		}
	}
}

// printRepositories writes what type:repo found: address and version, licence, what it is.
func (p *program) printRepositories(repos []search.RepositoryInfo) {
	for i := range repos {
		r := &repos[i]
		version := r.Version
		if version == "" {
			version = shortCommit(r.Commit)
		}
		license := p.licenceWords(&search.Hit{License: r.License, Libre: r.Libre})
		p.line("%s %s  %s", p.paint(styleRepo, field(r.URL)), p.paint(styleDim, field(version)), license)
		if r.Description != "" {
			p.line("  %s", visible(strings.Join(strings.Fields(r.Description), " ")))
		}
		switch {
		case r.ForkOf != "":
			p.line("  %s", p.paint(styleDim, p.say.T("cmd.search.fork-of", field(r.ForkOf))))
		case r.Forks > 0:
			p.line("  %s", p.paint(styleDim, p.say.T("web.repository.forks", r.Forks)))
		}
	}
}

// shortCommit cuts a commit name as git does; a version stays.
func shortCommit(commit string) string {
	if len(commit) == 40 {
		return commit[:12]
	}
	return field(commit)
}

func (p *program) printHit(h *search.Hit, explain bool) {
	place := fmt.Sprintf("%s:%d-%d", field(h.Path), h.Start, h.End)
	what := p.kindWords(h)
	p.line("  %s  %s  %s", p.paint(styleBold, place), what, p.licenceWords(h))
	width := 0
	for _, l := range h.Lines {
		width = max(width, len(strconv.Itoa(l.N)))
	}
	for _, l := range h.Lines {
		p.line("    %s %s", p.paint(styleGreen, fmt.Sprintf("%*d", width, l.N)), p.highlight(l))
	}
	if h.ForkOf != "" {
		p.line("    %s", p.paint(styleDim, p.say.T("cmd.search.fork-of", field(h.ForkOf))))
	}
	if h.Copies > 1 {
		copies := p.say.T("cmd.search.copies", h.Copies)
		if h.ForkCopies > 0 {
			copies += p.say.T("cmd.search.fork-copies", h.ForkCopies)
		}
		p.line("    %s", p.paint(styleDim, copies))
	}
	if len(h.Near) > 0 {
		p.line("    %s", p.paint(styleDim, p.say.T("search.near", len(h.Near))))
	}
	for _, n := range h.Near {
		license := p.licenceWords(&search.Hit{License: n.License, Libre: n.Libre})
		p.line("    %s", p.say.T("cmd.search.near-one", field(n.Repo), field(n.Path), n.Start, n.End, license, int(100*n.Similarity+0.5)))
	}
	if explain {
		for _, t := range p.explainTerms(h) {
			p.line("    %s", p.paint(styleDim, t))
		}
	}
	p.line("    %s", shellQuote(h.ID))
}

// kindWords says what the block is: function ServeHTTP.
func (p *program) kindWords(h *search.Hit) string {
	kind := h.Kind
	if key := "cmd.kind." + h.Kind; p.say.Has(key) {
		kind = p.say.T(key)
	}
	if h.Name == "" {
		return kind
	}
	return kind + " " + field(h.Name)
}

// licenceWords says the licence and whether it is a free one.
func (p *program) licenceWords(h *search.Hit) string {
	license := field(h.License)
	if license == "" {
		license = p.say.T("cmd.licence.unknown")
	}
	style := styleDim
	if h.Libre == "yes" {
		style = styleGreen
	}
	return p.paint(style, license+" ("+p.called(h.License)+p.say.T("cmd.libre."+string(h.Libre))+")")
}

// called names in words the licences of an expression that SPDX does not list, whose ids tell little; what follows goes behind a comma.
func (p *program) called(license string) string {
	e, err := licenses.Parse(license)
	if err != nil {
		return ""
	}
	said := ""
	for _, id := range e.IDs() {
		if title := licenses.Title(id, p.say); title != "" && strings.HasPrefix(id, "LicenseRef-") {
			said += title + ", "
		}
	}
	return said
}

// highlight shows a matched line with the matches coloured, and nothing in it that a terminal would obey.
func (p *program) highlight(l search.Line) string {
	var b strings.Builder
	at := 0
	for _, s := range l.Spans {
		from, to := max(s[0], at), min(s[1], len(l.Text))
		if from >= to {
			continue
		}
		b.WriteString(visible(l.Text[at:from]))
		b.WriteString(p.paint(styleMatch, visible(l.Text[from:to])))
		at = to
	}
	b.WriteString(visible(l.Text[at:]))
	return strings.ReplaceAll(strings.TrimRight(b.String(), "␍\n"), "\n", "␊")
}

// explainTerms lists the parts of a hit's score.
func (p *program) explainTerms(h *search.Hit) []string {
	list := []string{p.say.T("cmd.search.score", h.Score)}
	for _, t := range h.Why {
		term := field(t.Term)
		if key := "search.term." + t.Term; p.say.Has(key) {
			term = p.say.T(key)
		}
		list = append(list, fmt.Sprintf("  %s  %.3f × %.3f = %.3f", term, t.Value, t.Weight, t.Value*t.Weight))
	}
	return list
}

// printExplain says how the question was understood and answered.
func (p *program) printExplain(page *search.Page) {
	e := page.Explain
	p.line("")
	p.line("%s", p.say.T("cmd.search.understood", visible(e.Query)))
	for _, plan := range e.Plan {
		p.line("  %s", visible(plan))
	}
	for _, a := range page.Added {
		from := []string{p.say.T("search.source." + a.Source)}
		for _, place := range a.From {
			from = append(from, field(place.Repo)+" "+field(place.Path))
		}
		p.line("%s", p.say.T("cmd.search.added-one", visible(a.Word), visible(a.For), a.Weight, strings.Join(from, ", ")))
	}
	p.line("%s", p.say.T("cmd.search.work", e.Candidates, e.Verified, e.Shards, e.Millis))
}

// sameFlags writes the flags that were given on the command line, for a command that people can paste.
func sameFlags(c *cli.Context, names ...string) string {
	var b strings.Builder
	for _, name := range names {
		if c.IsSet(name) {
			fmt.Fprintf(&b, " --%s %s", name, shellQuote(fmt.Sprint(c.Value(name))))
		}
	}
	return b.String()
}
