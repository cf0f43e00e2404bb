// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/csv"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/opendata"
)

func (p *program) registryCompareCommand() *cli.Command {
	return &cli.Command{
		Name:   "compare",
		Action: p.action(shape{least: 2, most: find.MaxCompared, formats: []string{formatJSON, formatJSONL, formatCSV}}, p.registryCompare),
	}
}

// registryCompare sets software side by side.
func (p *program) registryCompare(ctx context.Context, c *cli.Context) error {
	catalogue, err := p.openFilled(ctx)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	compared, err := catalogue.finder.Compare(c.Args().Slice())
	if err != nil {
		return err
	}
	switch p.settings.format {
	case formatJSON:
		return p.result(compared)
	case formatJSONL:
		return results(p, compared.Rows)
	case formatCSV:
		return p.comparisonTable(compared, catalogue.Last())
	}
	p.printComparison(compared, catalogue.Last())
	return nil
}

// printComparison writes row after row: a line for each software, rows that differ marked.
func (p *program) printComparison(compared *find.Comparison, c *registry.Catalogue) {
	width := 0
	for _, s := range compared.Software {
		width = max(width, len([]rune(field(s.Name))))
	}
	for _, r := range compared.Rows {
		if !anyKnown(r) {
			continue
		}
		mark := " "
		if r.Differs {
			mark = "≠"
		}
		p.line("%s %s", mark, p.paint(styleBold, p.say.T("find.row."+r.Key)))
		for i, s := range compared.Software {
			name := field(s.Name)
			p.line("    %s%s  %s", name, strings.Repeat(" ", width-len([]rune(name))), visible(oneLine(p.cellWords(r, r.Cells[i], c))))
		}
	}
	p.note("cmd.registry.compare.date", string(compared.Date))
}

func anyKnown(r find.Row) bool {
	for _, c := range r.Cells {
		if c.Known() {
			return true
		}
	}
	return false
}

// cellWords says what is known of one software, with when it was stated or found.
func (p *program) cellWords(r find.Row, cell find.Cell, c *registry.Catalogue) string {
	if !cell.Known() {
		return p.say.T("cmd.registry.compare.unknown")
	}
	parts := []string{}
	for _, value := range cell.Values {
		parts = append(parts, p.valueWords(r, value, c))
	}
	said := strings.Join(parts, ", ")
	if text, _ := cell.Text.In(string(p.say.Lang)); text != "" {
		said = strings.TrimPrefix(said+" — "+text, " — ")
	}
	if cell.URL != "" {
		said = strings.TrimPrefix(said+" "+cell.URL, " ")
	}
	if cell.Date != "" {
		said += " (" + string(cell.Date) + ")"
	}
	return said
}

// valueWords says one value: the sentence of a code, the name of what an id stands for.
func (p *program) valueWords(r find.Row, value string, c *registry.Catalogue) string {
	switch r.Kind {
	case find.KindCode:
		if key := "find.value." + r.Key + "." + value; p.say.Has(key) {
			return p.say.T(key)
		}
	case find.KindNeed:
		if n, ok := c.Need(value); ok {
			name, _ := n.Name.In(string(p.say.Lang))
			return name
		}
	case find.KindOrganisation:
		if o, ok := c.Organisation(value); ok {
			return o.Name
		}
	case find.KindPlace:
		if name := find.PlaceName(value); name != "" {
			return name
		}
	}
	return value
}

// comparisonTable writes a comparison as CSV: a row for each property, a column for each software.
func (p *program) comparisonTable(compared *find.Comparison, c *registry.Catalogue) error {
	head := []string{string(compared.Date)}
	for _, s := range compared.Software {
		head = append(head, opendata.Cell(s.Name))
	}
	rows := [][]string{head}
	for _, r := range compared.Rows {
		row := []string{p.say.T("find.row." + r.Key)}
		for _, known := range r.Cells {
			words := ""
			if known.Known() {
				words = oneLine(p.cellWords(r, known, c))
			}
			row = append(row, opendata.Cell(words))
		}
		rows = append(rows, row)
	}
	return csv.NewWriter(p.out).WriteAll(rows)
}
