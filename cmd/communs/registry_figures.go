// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/csv"
	"strconv"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/opendata"
)

func (p *program) registryFiguresCommand() *cli.Command {
	return &cli.Command{
		Name:   "figures",
		Flags:  []cli.Flag{p.stringFlag("region")},
		Action: p.action(shape{formats: []string{formatJSON, formatJSONL, formatCSV}}, p.registryFigures),
	}
}

// registryFigures writes the figures of the observatory.
func (p *program) registryFigures(ctx context.Context, c *cli.Context) error {
	f := observatory.Filter{Region: c.String("region")}
	if _, known := registry.Region(f.Region); f.Region != "" && !known {
		return fault("cmd.registry.figures.no-region", quote(f.Region))
	}
	catalogue, err := p.openRecords(ctx)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	charts := observatory.Figures(catalogue.Last(), f)
	switch p.settings.format {
	case formatJSON:
		return p.result(charts)
	case formatJSONL:
		return results(p, charts)
	case formatCSV:
		return p.figuresTable(charts)
	}
	for _, chart := range charts {
		p.line("%s", p.paint(styleBold, p.say.T("web.observatory.chart."+chart.ID)))
		for _, row := range chart.Rows {
			key := field(row.Key)
			if key == "" {
				key = p.say.T("web.observatory.not-said")
			}
			p.line("%7d  %s", row.N, key)
		}
	}
	return nil
}

// figuresTable writes all charts as one table.
func (p *program) figuresTable(charts []observatory.Chart) error {
	rows := [][]string{{"chart", "of", "key", "count", "people", "euros", "days"}}
	for _, chart := range charts {
		for _, row := range chart.Rows {
			rows = append(rows, []string{chart.ID, string(chart.Of), opendata.Cell(row.Key), strconv.Itoa(row.N), strconv.Itoa(row.People),
				strconv.Itoa(row.Euros), strconv.Itoa(row.Days)})
		}
	}
	return csv.NewWriter(p.out).WriteAll(rows)
}
