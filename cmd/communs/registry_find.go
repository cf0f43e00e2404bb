// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/opendata"
)

// formatCSV is a table for a spreadsheet.
const formatCSV = "csv"

func (p *program) registryFindCommand() *cli.Command {
	flags := []cli.Flag{p.intFlag("n"), p.stringFlag("sort"), p.boolFlag("explain")}
	for _, f := range find.Facets() {
		flags = append(flags, p.stringFlag(f.Key()))
	}
	return &cli.Command{
		Name:   "find",
		Flags:  flags,
		Action: p.action(shape{least: 0, most: -1, formats: []string{formatJSON, formatJSONL, formatCSV}}, p.registryFind),
	}
}

// findQuery reads the question and the filters. A filter takes several values with commas between them.
func (p *program) findQuery(c *cli.Context) (find.Query, error) {
	q := find.Query{Words: strings.Join(c.Args().Slice(), " ")}
	n, err := p.hits(c)
	if err != nil {
		return q, err
	}
	if q.N = n; n == 0 {
		q.N = -1
	}
	for _, f := range find.Facets() {
		for value := range strings.SplitSeq(c.String(f.Key()), ",") {
			if strings.TrimSpace(value) == "" {
				continue
			}
			if err := q.Pick(f, value); err != nil {
				return q, err
			}
		}
	}
	q.Sort, err = find.ParseSort(c.String("sort"))
	return q, err
}

// registryFind looks for software by what people want to do.
func (p *program) registryFind(ctx context.Context, c *cli.Context) error {
	q, err := p.findQuery(c)
	if err != nil {
		return err
	}
	catalogue, err := p.openFilled(ctx)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	page, err := catalogue.finder.Search(ctx, q)
	if err != nil {
		return err
	}
	if err := p.printFound(page, catalogue.Last(), c.Bool("explain")); err != nil {
		return err
	}
	if page.Total == 0 {
		return verdict{exitNo, "cmd.registry.find.nothing", []any{quote(q.Words)}}
	}
	return nil
}

func (p *program) printFound(page *find.Page, c *registry.Catalogue, explain bool) error {
	switch p.settings.format {
	case formatJSON:
		return p.result(page)
	case formatJSONL:
		return results(p, page.Hits)
	case formatCSV:
		return p.foundTable(page.Hits)
	}
	for i := range page.Hits {
		p.printSoftware(&page.Hits[i], c, explain)
	}
	for _, m := range page.Meant {
		p.note("cmd.registry.find.meant", visible(m.Typed), visible(m.Meant))
	}
	if len(page.Unknown) > 0 {
		p.note("cmd.registry.find.unknown", visible(strings.Join(page.Unknown, ", ")))
	}
	for _, s := range page.Suggested {
		p.note("cmd.registry.find.suggested", visible(s.Words), "--"+s.Key+" "+s.Value)
	}
	if page.Anywhere > page.Total {
		p.note("cmd.registry.find.anywhere", page.Anywhere)
	}
	if page.Total > 0 {
		p.note("cmd.registry.find.total", page.Total, len(page.Hits))
	}
	return nil
}

// printSoftware writes one software: its name, what it is for, its licence, whether it is alive.
func (p *program) printSoftware(h *find.Hit, c *registry.Catalogue, explain bool) {
	summary, _ := h.Software.Summary.In(string(p.say.Lang))
	libre := p.say.T("find.value.libre." + h.Libre)
	licence := field(h.Software.Licence)
	if licence == "" {
		licence = p.say.T("cmd.licence.unknown")
	}
	alive := ""
	if h.Activity != find.ActivityUnknown {
		alive = "  " + p.say.T("find.value.activity."+string(h.Activity))
	}
	p.line("%s  %s (%s)%s", p.paint(styleRepo, field(h.Software.Name)), licence, libre, alive)
	p.line("  %s", visible(oneLine(summary)))
	var needs []string
	for _, id := range h.Software.Needs {
		if n, ok := c.Need(id); ok {
			name, _ := n.Name.In(string(p.say.Lang))
			needs = append(needs, name)
		}
	}
	if len(needs) > 0 {
		p.line("  %s", p.paint(styleDim, visible(oneLine(strings.Join(needs, " · ")))))
	}
	if explain {
		p.line("    %s", p.paint(styleDim, p.say.T("cmd.search.score", h.Score)))
		for _, t := range h.Why {
			p.line("    %s", p.paint(styleDim, fmt.Sprintf("  %s  %.3f × %.3f = %.3f", p.say.T("find.why."+t.Term), t.Value, t.Weight, t.Value*t.Weight)))
		}
	}
	p.line("  %s", field(h.ID))
}

// foundTable writes hits as CSV, with the ids and codes of the JSON.
func (p *program) foundTable(hits []find.Hit) error {
	w := csv.NewWriter(p.out)
	rows := [][]string{{"id", "name", "summary_fr", "summary_en", "needs", "licence", "libre", "activity", "last_change", "uses", "score"}}
	for i := range hits {
		h := &hits[i]
		rows = append(rows, []string{
			h.ID, opendata.Cell(h.Software.Name), opendata.Cell(h.Software.Summary.FR), opendata.Cell(h.Software.Summary.EN), strings.Join(h.Software.Needs, " "),
			opendata.Cell(h.Software.Licence), h.Libre, string(h.Activity), h.Changed, strconv.Itoa(h.Uses), strconv.FormatFloat(h.Score, 'f', 3, 64),
		})
	}
	return w.WriteAll(rows)
}
