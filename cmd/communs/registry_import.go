// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/internal/durable"
	"communs/licenses"
	"communs/registry"
	"communs/registry/imports"
)

func (p *program) registryImportCommand() *cli.Command {
	return &cli.Command{
		Name: "import",
		Flags: []cli.Flag{
			p.boolFlag("dry-run"), p.stringFlag("licence"), p.stringFlag("url"), p.stringFlag("credit"), p.stringFlag("cluster"),
			p.stringFlag("sources"), p.boolFlag("mirrors"), p.boolFlag("sure"),
		},
		Action: p.action(shape{least: 1, most: 2, formats: []string{formatJSON}}, p.registryImport),
	}
}

// importResult is what an import prints as JSON.
type importResult struct {
	Source   registry.Source `json:"source"`
	Stated   string          `json:"licence_stated_by,omitempty"` // an address of the origin, the flag, or the descriptor
	DryRun   bool            `json:"dry_run"`
	New      int             `json:"new"`
	Changed  int             `json:"changed"`
	Same     int             `json:"same"`
	Refused  int             `json:"refused"`
	Repeated int             `json:"repeated"` // about the same thing as one before, and merged into it
	Items    []importedItem  `json:"items"`    // what is new, changed or refused, or has suggestions
	Skipped  []skippedItem   `json:"skipped"`
	Ignored  []string        `json:"ignored_columns"`
	Crawl    string          `json:"crawl,omitempty"` // lines for communs.toml
}

type importedItem struct {
	*registry.Planned
	Path     string          `json:"path,omitempty"`
	Line     int             `json:"line,omitempty"`
	Problems []importProblem `json:"problems,omitempty"`
}

type importProblem struct {
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

type skippedItem struct {
	Path    string `json:"path"`
	Line    int    `json:"line,omitempty"`
	Record  string `json:"record,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// registryImport brings entries from elsewhere into the registry, or tells what that would change.
func (p *program) registryImport(ctx context.Context, c *cli.Context) error {
	origin := imports.Origin(c.Args().First())
	files, err := p.importInput(ctx, c, origin)
	if err != nil {
		return err
	}
	return p.bring(ctx, c, origin, files, func(o *imports.Options) error {
		if name := c.Args().Get(1); o.Source.URL == "" && isAddress(name) {
			o.Source.URL = name
		}
		if o.Cluster = c.String("cluster"); o.Cluster != "" {
			if _, ok := o.Known.Organisation(o.Cluster); !ok {
				return fault("cmd.registry.import.no-cluster", quote(o.Cluster))
			}
		}
		return nil
	})
}

// bring imports what files of an origin tell of, or plans it. Prepare completes the options by what the command knows.
func (p *program) bring(ctx context.Context, c *cli.Context, origin imports.Origin, files []imports.File, prepare func(*imports.Options) error) error {
	dry := c.Bool("dry-run")
	s, err := p.importStore(ctx, dry)
	if err != nil {
		return err
	}
	defer s.Close()
	known, err := registry.Load(ctx, s)
	if err != nil {
		return err
	}
	o := imports.Options{Known: known.Full(), Declared: p.declared(), Source: registry.Source{
		URL: c.String("url"), Licence: c.String("licence"), Credit: c.String("credit"), Read: today(),
	}}
	if err := prepare(&o); err != nil {
		return err
	}
	if len(known.Needs()) == 0 && origin != imports.Base {
		p.note("cmd.registry.import.no-needs")
	}
	read, err := imports.Read(ctx, origin, files, o)
	if err != nil {
		return err
	}
	plan, err := registry.Import(ctx, s, read.Entries(), registry.ImportOptions{DryRun: dry, Sure: c.Bool("sure"), By: operatorActor()})
	if err != nil {
		return err
	}
	return p.imported(c, &importing{dry, statedBy(c, read, files), read, plan})
}

// importing is an import that was planned, and carried out unless it is dry.
type importing struct {
	dry    bool
	stated string // by whom the licence of the data is stated
	read   *imports.Result
	plan   *registry.Plan
}

// statedBy tells who states the licence of what is imported.
func statedBy(c *cli.Context, read *imports.Result, files []imports.File) string {
	switch {
	case c.String("licence") != "":
		return "--licence"
	case read.Stated != "" || len(files) == 0:
		return cmp.Or(read.Stated, "communs")
	}
	return files[0].Name
}

func isAddress(name string) bool { return strings.Contains(name, "://") }

// importInput reads what is named: a file, a folder, an address, standard input, or the mirrors.
func (p *program) importInput(ctx context.Context, c *cli.Context, origin imports.Origin) ([]imports.File, error) {
	name := c.Args().Get(1)
	switch {
	case c.Bool("mirrors") && (origin != imports.Publiccode || name != ""):
		return nil, fault("cmd.registry.import.mirrors")
	case c.Bool("mirrors"):
		return p.mirroredDescriptors(ctx)
	case origin == imports.Base && name != "":
		return nil, fault("cmd.too-many-arguments", called(c.App, c.Command), quote(name))
	case origin == imports.Base:
		return nil, nil
	case name == "":
		return nil, fault("cmd.missing-argument", called(c.App, c.Command), c.Command.ArgsUsage)
	case name == "-":
		return imports.ReadInput("-", p.stdin)
	case isAddress(name):
		return (&imports.Fetcher{UserAgent: p.userAgent()}).Get(ctx, name)
	}
	return imports.ReadPath(name, imports.Endings(origin)...)
}

// mirroredDescriptors are the publiccode.yml files at the top of the mirrored repositories.
func (p *program) mirroredDescriptors(ctx context.Context) ([]imports.File, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer mirrors.Close()
	var files []imports.File
	for snapshot, err := range mirrors.Snapshots(ctx) {
		if err != nil {
			return nil, err
		}
		found, err := imports.InSnapshot(snapshot)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, fault("cmd.registry.import.no-descriptors")
	}
	return files, nil
}

// importStore opens the registry for writing; for a plan alone nothing is written, and where there is none an empty one stands in.
func (p *program) importStore(ctx context.Context, dry bool) (registry.Store, error) {
	if !dry {
		disk := &durable.Disk{}
		if err := disk.MkdirAll(p.settings.data); err != nil {
			return nil, faultOf(err, "cmd.data-not-made", field(p.settings.data))
		}
		return registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, Disk: disk})
	}
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return registry.Nothing{}, nil
	}
	return registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, ReadOnly: true})
}

// declared understands licences that are given by name; the detector is made when the first is asked for.
func (p *program) declared() func([]string) licenses.Expression {
	detector := sync.OnceValue(func() *licenses.Detector {
		d, err := licenses.NewDetector()
		if err != nil {
			p.log.Error("licences given by name are not understood", "error", err)
		}
		return d
	})
	return func(values []string) licenses.Expression {
		if d := detector(); d != nil {
			return d.Declared(values)
		}
		return licenses.Expression{}
	}
}

// imported tells what became of the entries, and chooses the exit code.
func (p *program) imported(c *cli.Context, done *importing) error {
	lines, err := imports.SourceLines(done.read.Crawl)
	if err != nil {
		return err
	}
	r := p.importResult(done, string(lines))
	if p.settings.format == formatJSON {
		err = p.result(r)
	} else {
		p.showImport(r)
	}
	if err != nil {
		return err
	}
	if err := p.crawlLines(c.String("sources"), done.read.Crawl, lines); err != nil {
		return err
	}
	switch usable := r.New + r.Changed + r.Same; {
	case usable == 0:
		return verdict{exitFailure, "cmd.registry.import.nothing", []any{len(r.Skipped) + r.Refused}}
	case r.Refused+len(r.Skipped) > 0:
		return verdict{exitPart, "cmd.registry.import.part", []any{r.Refused + len(r.Skipped)}}
	}
	return nil
}

func (p *program) importResult(done *importing, lines string) *importResult {
	plan := done.plan
	r := &importResult{
		Source: done.read.Source, Stated: done.stated, DryRun: done.dry, Repeated: plan.Repeated, Items: []importedItem{}, Skipped: []skippedItem{}, Ignored: []string{}, Crawl: lines,
		New: plan.Count(registry.FateNew), Changed: plan.Count(registry.FateChanged), Same: plan.Count(registry.FateSame), Refused: plan.Count(registry.FateRefused),
	}
	r.Ignored = append(r.Ignored, done.read.Ignored...)
	type key struct {
		kind registry.Kind
		id   string
	}
	where := map[key]imports.Item{}
	for _, it := range done.read.Items {
		where[key{it.Entry.Kind(), it.Entry.Head().ID}] = it
	}
	for _, it := range plan.Items {
		if it.Fate == registry.FateSame && len(it.Suggested) == 0 {
			continue
		}
		at, ok := where[key{it.Kind, it.From}]
		if !ok {
			at = where[key{it.Kind, it.ID}]
		}
		item := p.plannedItem(it)
		item.Path, item.Line = at.Path, at.Line
		r.Items = append(r.Items, item)
	}
	for _, s := range done.read.Skipped {
		sentence, _ := p.say.Error(s.Why)
		r.Skipped = append(r.Skipped, skippedItem{s.Path, s.Line, s.Record, s.Field, sentence})
	}
	return r
}

// importMark stands before what is new, changed and refused.
func importMark(f registry.Fate) string {
	switch f {
	case registry.FateNew:
		return "+"
	case registry.FateChanged:
		return "~"
	case registry.FateRefused:
		return "!"
	}
	return "="
}

// showImport writes the plan: each entry with what changes, then what was left out, then the counts.
func (p *program) showImport(r *importResult) {
	p.showPlanned(r.Items)
	for _, s := range r.Skipped {
		what := strings.TrimPrefix(strings.Join([]string{s.Record, s.Field}, ", "), ", ")
		p.line("- %s%s: %s", visible(oneLine(strings.TrimSuffix(what, ", "))), p.importPlace(s.Path, s.Line), visible(oneLine(s.Message)))
	}
	if len(r.Ignored) > 0 {
		p.note("cmd.registry.import.ignored", visible(oneLine(strings.Join(r.Ignored, ", "))))
	}
	if r.Source.Licence != "" { // otherwise each record has its own
		p.note("cmd.registry.import.licence", r.Source.Licence, visible(oneLine(r.Stated)))
	}
	p.note("cmd.registry.import.counts", r.New, r.Changed, r.Same, r.Refused, len(r.Skipped))
	if r.DryRun {
		p.note("cmd.registry.import.dry")
	}
}

// importPlace is where something stands, as people write it.
func (p *program) importPlace(path string, line int) string {
	switch {
	case path == "":
		return ""
	case line == 0:
		return p.paint(styleDim, "  ("+field(path)+")")
	}
	return p.paint(styleDim, "  ("+field(path)+":"+p.say.T("cmd.registry.import.line", line)+")")
}

// brief is a value as JSON, cut when it is long.
func brief(v json.RawMessage) string {
	s := visible(oneLine(string(v)))
	if r := []rune(s); len(r) > 80 {
		s = string(r[:79]) + "…"
	}
	if s == "" {
		return "∅"
	}
	return s
}

// crawlLines writes the forges into a file, or shows which will be visited.
func (p *program) crawlLines(name string, sources []crawler.SourceConfig, lines []byte) error {
	switch {
	case len(lines) == 0:
		return nil
	case name != "":
		if err := os.WriteFile(name, lines, 0o644); err != nil {
			return faultOf(err, "cmd.results-not-written")
		}
		p.note("cmd.registry.import.sources", field(name))
	case p.settings.format == formatText:
		p.note("cmd.registry.import.crawl", len(sources))
		for _, s := range sources {
			p.line("  %s", field(s.Name))
		}
	}
	return nil
}
