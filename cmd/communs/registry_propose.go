// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
	"communs/registry"
	"communs/registry/imports"
)

func (p *program) registryProposeCommand() *cli.Command {
	return &cli.Command{
		Name:   "propose",
		Flags:  []cli.Flag{p.boolFlag("dry-run"), p.boolFlag("sure")},
		Action: p.action(shape{most: -1, formats: []string{formatJSON}}, p.registryPropose),
	}
}

// proposeResult is what proposing prints as JSON.
type proposeResult struct {
	DryRun   bool            `json:"dry_run"`
	Looked   int             `json:"repositories"`
	New      int             `json:"new"`
	Changed  int             `json:"changed"`
	Same     int             `json:"same"`
	Refused  int             `json:"refused"`
	Software []proposedItem  `json:"software"`     // what is new, changed or refused
	Not      []notProposed   `json:"not_proposed"` // the other repositories, each with its reason
	Reasons  []reasonCounted `json:"reasons"`      // how many for each reason
}

type proposedItem struct {
	Fate         registry.Fate          `json:"fate"`
	Software     *registry.Software     `json:"software"`
	Organisation string                 `json:"organisation,omitempty"` // id of the one on whose forge it stands
	Fields       []registry.FieldChange `json:"fields,omitempty"`
	Problems     []importProblem        `json:"problems,omitempty"`
}

type notProposed struct {
	Repository string `json:"repository"`
	Line       int    `json:"line,omitempty"`
	Reason     string `json:"reason"`
	Message    string `json:"message"`
}

type reasonCounted struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

func (p *program) registryPropose(ctx context.Context, c *cli.Context) error {
	return p.proposeOf(ctx, c, c.Args().Slice())
}

// proposeOf proposes as software what was crawled and is not in the catalogue: these repositories, or all when none is named.
func (p *program) proposeOf(ctx context.Context, c *cli.Context, repositories []string) error {
	mirrors, err := p.readMirrors(ctx)
	if err != nil {
		return err
	}
	defer mirrors.Close()
	asked := map[string]bool{}
	for _, url := range repositories {
		snapshot, err := mirrors.Snapshot(ctx, url)
		if err != nil {
			return err
		}
		asked[snapshot.URL] = true
	}
	dry := c.Bool("dry-run")
	s, err := p.importStore(ctx, dry)
	if err != nil {
		return err
	}
	defer s.Close()
	r, err := p.propose(ctx, mirrors, s, func(url string) bool { return len(asked) == 0 || asked[url] }, dry, c.Bool("sure"))
	if err != nil {
		return err
	}
	if p.settings.format == formatJSON {
		err = p.result(r)
	} else {
		p.showProposed(r, len(asked) > 0)
	}
	if err == nil && len(asked) > 0 && len(r.Software) == 0 && r.Same == 0 {
		return verdict{code: exitNo}
	}
	return err
}

// readMirrors opens the mirrors for reading, and complains when there are none.
func (p *program) readMirrors(ctx context.Context) (*crawler.Crawler, error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, fault("cmd.registry.propose.nothing")
	}
	return crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
}

// propose brings proposals from the mirrors into the registry, of the repositories that are asked about.
func (p *program) propose(ctx context.Context, mirrors *crawler.Crawler, s registry.Store, asked func(string) bool, dry, sure bool) (*proposeResult, error) {
	known, err := registry.Load(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(known.Needs()) == 0 {
		p.note("cmd.registry.import.no-needs")
	}
	all, err := p.mirrored(ctx, mirrors)
	if err != nil {
		return nil, err
	}
	read, err := imports.Propose(ctx, all, asked, imports.Options{
		Known: known.Full(), Declared: p.declared(), Source: registry.Source{Read: registry.Date(time.Now().UTC().Format(time.DateOnly))},
	})
	if err != nil {
		return nil, err
	}
	plan, err := registry.Import(ctx, s, read.Entries(), registry.ImportOptions{DryRun: dry, Sure: sure})
	if err != nil {
		return nil, err
	}
	r := p.proposed(&importing{dry: dry, read: read, plan: plan}, known)
	for _, m := range all {
		if asked(m.URL) {
			r.Looked++
		}
	}
	return r, nil
}

// mirrored lists what was crawled, with what the index holds of it.
func (p *program) mirrored(ctx context.Context, mirrors *crawler.Crawler) (all []*imports.Mirrored, err error) {
	x, err := indexer.Open(p.settings.data, indexer.OpenOptions{})
	if err != nil && !errors.Is(err, indexer.ErrNoIndex) {
		return nil, err
	}
	indexed := map[string]*indexer.Occurrences{}
	if err == nil {
		defer x.Close()
		for _, o := range x.Repos() {
			indexed[o.Meta().URL] = o
		}
	}
	for snapshot, err := range mirrors.Snapshots(ctx) {
		if err != nil {
			return nil, err
		}
		m := &imports.Mirrored{Snapshot: snapshot}
		if o := indexed[snapshot.URL]; o != nil {
			m.Indexed, m.Licence, m.Files = o.Meta().Commit == snapshot.Commit, o.Meta().License, imports.SketchOf(ownContents(o))
		}
		all = append(all, m)
	}
	return all, nil
}

// ownContents are the contents of a repository's files, without what others have made and what says nothing.
func ownContents(o *indexer.Occurrences) iter.Seq[[20]byte] {
	return func(yield func([20]byte) bool) {
		for i := range uint32(o.Len()) {
			if o.Flags(i)&indexer.FlagVendored == 0 && o.Skipped(i) == indexer.Indexed && !yield(o.Hash(i)) {
				return
			}
		}
	}
}

func (p *program) proposed(done *importing, known *registry.Catalogue) *proposeResult {
	r := &proposeResult{DryRun: done.dry, Software: []proposedItem{}, Not: []notProposed{}, Reasons: []reasonCounted{}}
	from := map[string]*registry.Software{}
	for _, it := range done.read.Items {
		if s, ok := it.Entry.(*registry.Software); ok {
			from[s.ID] = s
		}
	}
	for _, it := range done.plan.Items {
		if it.Kind != registry.KindSoftware {
			continue
		}
		switch it.Fate {
		case registry.FateNew:
			r.New++
		case registry.FateChanged:
			r.Changed++
		case registry.FateSame:
			r.Same++
			continue
		case registry.FateRefused:
			r.Refused++
		}
		id := it.From
		if id == "" {
			id = it.ID
		}
		item := proposedItem{Fate: it.Fate, Software: from[id], Fields: it.Fields, Problems: p.plannedItem(it).Problems}
		if o, ok := known.OwnerOf(item.Software.Repositories[0]); ok {
			item.Organisation = o.ID
		}
		r.Software = append(r.Software, item)
	}
	count := map[string]int{}
	for _, skipped := range done.read.Skipped {
		reason := "field"
		var f *imports.Fault
		if errors.As(skipped.Why, &f) {
			reason = strings.TrimPrefix(f.Code, "proposal.")
		}
		sentence, _ := p.say.Error(skipped.Why)
		r.Not = append(r.Not, notProposed{skipped.Path, skipped.Line, reason, sentence})
		count[reason]++
	}
	for _, reason := range slices.Sorted(maps.Keys(count)) {
		r.Reasons = append(r.Reasons, reasonCounted{reason, count[reason]})
	}
	return r
}

// showProposed writes each proposal with what it rests on, then how many were not proposed and why; one by one where they were named.
func (p *program) showProposed(r *proposeResult, named bool) {
	for _, it := range r.Software {
		p.line("%s %s%s", importMark(it.Fate), p.paint(styleRepo, field(it.Software.ID)), p.importPlace(it.Software.Repositories[0], 0))
		if it.Organisation != "" {
			p.line("    %s", p.say.T("cmd.registry.propose.of", field(it.Organisation)))
		}
		p.proposedFields(it)
		for _, problem := range it.Problems {
			p.line("    ! %s", visible(oneLine(problem.Message)))
		}
	}
	if named {
		for _, n := range r.Not {
			p.line("- %s: %s", field(n.Repository), visible(oneLine(n.Message)))
		}
	}
	for _, reason := range r.Reasons {
		if !named {
			p.line("- %s", p.say.T("cmd.registry.propose.not."+reason.Reason, reason.N))
		}
	}
	p.note("cmd.registry.propose.counts", r.Looked, r.New, r.Changed, r.Same, r.Refused)
	if r.DryRun {
		p.note("cmd.registry.import.dry")
	}
}

// proposedFields writes what is proposed, and beside it on what it rests.
func (p *program) proposedFields(it proposedItem) {
	s := it.Software
	for _, said := range []struct{ field, value string }{{"summary.fr", s.Summary.FR}, {"summary.en", s.Summary.EN}} {
		if said.value != "" {
			p.line("    %s: %s", said.field, visible(oneLine(said.value)))
		}
	}
	for _, list := range []struct {
		field string
		ids   []string
	}{{"needs", s.Needs}, {"categories", s.Categories}} {
		for _, id := range list.ids {
			p.line("    %s: %s%s", list.field, field(id), p.paint(styleDim, p.firstReason(s, list.field, id)))
		}
	}
}

// firstReason is the strongest reason for an item.
func (p *program) firstReason(s *registry.Software, name, id string) string {
	i := slices.IndexFunc(s.Reasons, func(r registry.Reason) bool { return r.Field == name && (r.Value == id || r.Value == "") })
	if i < 0 {
		return ""
	}
	reason := s.Reasons[i]
	text := "  " + p.say.T(reason.How)
	if reason.Words != "" {
		text += " " + quote(visible(oneLine(reason.Words)))
	}
	if reason.Line > 0 {
		text += " (" + field(reason.Path) + ", " + p.say.T("cmd.registry.import.line", reason.Line) + ")"
	}
	return text
}
