// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/opendata"
)

func (p *program) registryFiguresCommand() *cli.Command {
	return &cli.Command{
		Name:   "figures",
		Flags:  []cli.Flag{p.stringFlag("region"), p.stringFlag("departement"), p.stringFlag("from"), p.stringFlag("until")},
		Action: p.action(shape{formats: []string{formatJSON, formatJSONL, formatCSV}}, p.registryFigures),
	}
}

// figuresFilter reads the territory and the period.
func figuresFilter(c *cli.Context) (f observatory.Filter, err error) {
	f = observatory.Filter{Region: c.String("region"), Departement: c.String("departement"),
		From: registry.Date(c.String("from")), Until: registry.Date(c.String("until"))}
	d, known := registry.Departement(f.Departement)
	if f.Departement != "" && !known {
		return f, fault("cmd.registry.figures.no-departement", quote(f.Departement))
	}
	if _, known := registry.Region(f.Region); f.Region != "" && !known {
		return f, fault("cmd.registry.figures.no-region", quote(f.Region))
	}
	if f.Region != "" && f.Departement != "" && d.Region != f.Region {
		return f, fault("cmd.registry.figures.elsewhere", quote(f.Departement), quote(f.Region))
	}
	for flag, value := range map[string]registry.Date{"--from": f.From, "--until": f.Until} {
		if !isPeriod(string(value)) {
			return f, fault("cmd.registry.figures.no-period", flag, quote(string(value)))
		}
	}
	return f, nil
}

// isPeriod reports whether a text is a year, a month or a day; nothing is none that was given.
func isPeriod(text string) bool {
	for _, form := range []string{"2006", "2006-01", "2006-01-02"} {
		if _, err := time.Parse(form, text); err == nil {
			return true
		}
	}
	return text == ""
}

// registryFigures writes the figures of the observatory.
func (p *program) registryFigures(ctx context.Context, c *cli.Context) error {
	f, err := figuresFilter(c)
	if err != nil {
		return err
	}
	catalogue, err := p.openRecords(ctx)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	beside, err := p.readBeside(ctx, catalogue.Last())
	if err != nil {
		return err
	}
	charts := observatory.Figures(catalogue.Last(), beside, f)
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
			p.figuresRow(chart, row)
		}
	}
	return nil
}

// figuresRow writes the number that a row is drawn by, and what it is about.
func (p *program) figuresRow(chart observatory.Chart, row observatory.Row) {
	key := field(row.Key)
	if own := "web.observatory.not-said." + string(chart.Of); key == "" && p.say.Has(own) {
		key = p.say.T(own)
	} else if key == "" {
		key = p.say.T("web.observatory.not-said")
	}
	drawn := chart.Columns()[0]
	n := fmt.Sprint(drawn.Of(row))
	switch drawn.Unit {
	case observatory.Octets:
		n = p.size(drawn.Of(row))
	case observatory.Milliseconds:
		n = p.say.T("web.observatory.time.seconds", (time.Duration(drawn.Of(row)) * time.Millisecond).Seconds())
	}
	p.line("%s%s  %s", strings.Repeat(" ", max(0, 9-len([]rune(n)))), n, key)
}

// figuresTable writes all charts as one table.
func (p *program) figuresTable(charts []observatory.Chart) error {
	rows := [][]string{{"chart", "of", "key", "count", "people", "euros", "days", "cpu_ms", "bytes"}}
	for _, chart := range charts {
		for _, row := range chart.Rows {
			rows = append(rows, []string{chart.ID, string(chart.Of), opendata.Cell(row.Key), strconv.Itoa(row.N), strconv.Itoa(row.People),
				strconv.Itoa(row.Euros), strconv.Itoa(row.Days), strconv.FormatInt(row.CPU, 10), strconv.FormatInt(row.Bytes, 10)})
		}
	}
	return csv.NewWriter(p.out).WriteAll(rows)
}
