// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/internal/durable"
	"communs/internal/words"
	"communs/registry"
	"communs/registry/descriptors"
	"communs/registry/opendata"
)

// Formats of records beside the usual ones.
const (
	formatPubliccode = "publiccode"
	formatCodemeta   = "codemeta"
	formatDCAT       = "dcat"
)

func (p *program) registryListCommand() *cli.Command {
	return &cli.Command{
		Name:   "list",
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL, formatCSV}}, p.registryList),
	}
}

func (p *program) registryShowCommand() *cli.Command {
	return &cli.Command{
		Name:   "show",
		Action: p.action(shape{least: 2, most: 2, formats: []string{formatJSON, formatPubliccode, formatCodemeta}}, p.registryShow),
	}
}

func (p *program) registryExportCommand() *cli.Command {
	output := p.stringFlag("output").(*cli.StringFlag)
	output.Aliases = []string{"o"}
	return &cli.Command{
		Name:   "export",
		Flags:  []cli.Flag{output},
		Action: p.action(shape{most: -1, formats: []string{formatJSONL, formatCSV, formatDCAT}}, p.registryExport),
	}
}

// kindNamed reads the name of a kind of record, in English or French.
func kindNamed(name string) (registry.Kind, error) {
	kind, ok := opendata.KindOf(name)
	if !ok {
		kind, ok = frenchKinds()[strings.TrimSuffix(registry.Fold(name), "s")]
	}
	if !ok {
		return "", fault("cmd.registry.kind", quote(name))
	}
	return kind, nil
}

func frenchKinds() map[string]registry.Kind {
	return map[string]registry.Kind{
		"besoin": registry.KindNeed, "structure": registry.KindOrganisation, "depot": registry.KindRepository, "logiciel": registry.KindSoftware,
		"offre": registry.KindOffer, "usage": registry.KindUse, "selection": registry.KindSelection, "demande": registry.KindRequest,
	}
}

// openKind opens the catalogue for the records of the kind that is named.
func (p *program) openKind(ctx context.Context, name string) (registry.Kind, *catalogue, error) {
	kind, err := kindNamed(name)
	if err != nil {
		return "", nil, err
	}
	opened, err := p.openRecords(ctx)
	return kind, opened, err
}

// registryList lists the records of a kind.
func (p *program) registryList(ctx context.Context, c *cli.Context) error {
	kind, catalogue, err := p.openKind(ctx, c.Args().First())
	if err != nil {
		return err
	}
	defer catalogue.Close()
	list := opendata.List(catalogue.Last(), kind)
	switch p.settings.format {
	case formatJSON:
		items := make([]opendata.Item, 0, len(list))
		for _, e := range list {
			items = append(items, opendata.NewItem(e))
		}
		return p.result(map[string]any{"total": len(items), "items": items})
	case formatJSONL:
		return opendata.WriteJSONL(p.out, list)
	case formatCSV:
		return opendata.WriteCSV(p.out, kind, list)
	}
	for _, e := range list {
		p.line("%s  %s", field(e.Head().ID), p.paint(styleDim, visible(oneLine(opendata.Title(catalogue.Last(), e.Entry, string(p.say.Lang))))))
	}
	return nil
}

// shownRecord is a record with the number of its last change, by which an edit tells whether it is still the same.
type shownRecord struct {
	opendata.Item
	Seq int64 `json:"seq"`
}

// registryShow writes all that one record says.
func (p *program) registryShow(ctx context.Context, c *cli.Context) error {
	kind, catalogue, err := p.openKind(ctx, c.Args().First())
	if err != nil {
		return err
	}
	defer catalogue.Close()
	e, ok := catalogue.Last().Full().Entry(kind, c.Args().Get(1))
	if !ok {
		return verdict{exitNo, "cmd.registry.show.none", []any{quote(c.Args().Get(1))}}
	}
	software, isSoftware := e.Entry.(*registry.Software)
	switch format := p.settings.format; {
	case format == formatJSON:
		return p.result(shownRecord{opendata.NewItem(e), e.Seq})
	case format == formatText:
		names := opendata.Columns(kind)
		for i, value := range opendata.Row(e) {
			if value != "" {
				p.line("%s %s", p.paint(styleBold, names[i]+":"), strings.ReplaceAll(visible(value), "\n", "\n  "))
			}
		}
		if w := e.Head().Withdrawal; w != nil {
			p.line("%s %s", p.paint(styleBold, "withdrawal:"), visible(oneLine(strings.Join([]string{string(w.Date), w.Reason, w.With}, " "))))
		}
		return nil
	case !isSoftware:
		return fault("cmd.registry.show.software-only", format)
	case format == formatCodemeta:
		return opendata.WriteCodemeta(p.out, catalogue.Last(), software)
	}
	lead := p.say.T("opendata.publiccode.missing", p.instanceName())
	return opendata.WritePubliccode(p.out, catalogue.Last(), software, lead, func(f *descriptors.Fault) string {
		sentence, _ := p.say.Error(f)
		return sentence
	})
}

// registryExport writes the dumps: all of them, or those of the kinds that are named, into a folder or to stdout.
func (p *program) registryExport(ctx context.Context, c *cli.Context) error {
	var kinds []registry.Kind
	for _, name := range c.Args().Slice() {
		kind, err := kindNamed(name)
		if err != nil {
			return err
		}
		kinds = append(kinds, kind)
	}
	catalogue, err := p.openRecords(ctx)
	if err != nil {
		return err
	}
	defer catalogue.Close()
	format := opendata.Format(p.settings.format)
	if format == formatText {
		format = opendata.JSONL
	}
	var files []exported
	if format == formatDCAT {
		files = append(files, exported{"dcat.jsonld", func(w io.Writer) error { return p.site().WriteDCAT(w, catalogue.Last()) }})
	}
	tables := map[registry.Kind]bool{}
	for _, d := range opendata.Dumps(catalogue.Last()) {
		if d.Format == format && (len(kinds) == 0 || slices.Contains(kinds, d.Kind)) {
			files = append(files, exported{d.Name, d.Write})
			tables[d.Kind] = true
		}
	}
	dir := c.String("output")
	if dir != "" && dir != "-" {
		return p.exportInto(dir, files)
	}
	if format == opendata.CSV {
		if len(tables) > 1 {
			return fault("cmd.registry.export.tables")
		}
		for kind := range tables { // one table, each line of which says its licence
			return opendata.WriteCSV(p.out, kind, opendata.List(catalogue.Last(), kind))
		}
	}
	for _, f := range files {
		if err := f.write(p.out); err != nil {
			return err
		}
	}
	return nil
}

// exported is a file of an export.
type exported struct {
	name  string
	write func(io.Writer) error
}

func (p *program) exportInto(dir string, files []exported) error {
	disk := &durable.Disk{}
	if err := disk.MkdirAll(dir); err != nil {
		return faultOf(err, "cmd.registry.export.unwritable", field(dir))
	}
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		if err := disk.WriteTo(name, f.write); err != nil {
			return faultOf(err, "cmd.registry.export.unwritable", field(name))
		}
		p.line("%s", field(name))
	}
	return nil
}

func (p *program) instanceName() string {
	return cmp.Or(p.settings.config.Instance.Name, "Communs")
}

// site is this instance as open data names it.
func (p *program) site() opendata.Site {
	return opendata.Site{
		Base: strings.TrimRight(p.settings.config.Serve.BaseURL, "/"), Name: p.instanceName(),
		Say: func(lang, key string, args ...any) string { return p.catalog.Printer(words.Lang(lang)).T(key, args...) },
	}
}
