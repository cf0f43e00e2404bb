// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"communs/crawler"
	"communs/indexer"
	"communs/internal/operations"
)

// crawlResult is what a crawl prints as JSON.
type crawlResult struct {
	Found       int `json:"found"`
	New         int `json:"new"`
	Changed     int `json:"changed"`
	ForcePushed int `json:"force_pushed"`
	Unchanged   int `json:"unchanged"`
	Emptied     int `json:"emptied"`
	Vanished    int `json:"vanished"`
	Withdrawn   int `json:"withdrawn"`
	Skipped     int `json:"skipped"`
	Postponed   int `json:"postponed"`
	Failed      int `json:"failed"`
	Renamed     int `json:"renamed"`  // have another address than before, whatever came of them besides
	Unlisted    int `json:"unlisted"` // their sources do not list them any more
	Private     int `json:"private"`  // listed, and not for everybody
	Waiting     int `json:"waiting"`  // in the queue for the next crawl

	Requests int64   `json:"requests"`
	Seconds  float64 `json:"seconds"`
	Ended    string  `json:"ended,omitempty"` // the part of the budget that was used up: bytes, time
	DryRun   bool    `json:"dry_run,omitempty"`
	Bytes    int64   `json:"bytes"`

	Submodules int   `json:"submodules"` // commits of other repositories in what was brought; not followed
	LFSFiles   int   `json:"lfs_files"`  // files of that which Git LFS keeps elsewhere; not fetched
	LFSBytes   int64 `json:"lfs_bytes"`

	Failures []problem         `json:"failures"`
	Left     []problem         `json:"left"`
	Omitted  []omittedResult   `json:"omitted"`
	Hosts    []operations.Host `json:"hosts"`
	Sources  []crawler.Tally   `json:"sources"`
	Archive  *archiveResult    `json:"archive,omitempty"` // what Software Heritage was asked
	Index    *indexResult      `json:"index,omitempty"`

	Catalogue *catalogueResult `json:"catalogue,omitempty"`
}

// problem is one repository, or one source, and what is the matter with it.
type problem struct {
	Source string `json:"source,omitempty"`
	Repo   string `json:"repo,omitempty"`
	Error  string `json:"error"`
	Hint   string `json:"hint,omitempty"`
}

type omittedResult struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

// indexResult is what an update of the index prints as JSON. Files are those that were read; the repositories that did
// not change are counted in Unchanged.
type indexResult struct {
	Repos        int            `json:"repos"`
	Unchanged    int            `json:"unchanged"`
	Files        int            `json:"files"`
	Bytes        int64          `json:"bytes"`
	Indexed      int            `json:"indexed"`
	IndexedBytes int64          `json:"indexed_bytes"`
	Skipped      map[string]int `json:"skipped"`
	Damaged      int            `json:"damaged_manifests"`
	Failures     []problem      `json:"failures"`
}

func (p *program) problems(list []crawler.Failure) []problem {
	told := make([]problem, len(list))
	for i, f := range list {
		told[i] = problem{Source: f.Source, Repo: f.URL}
		told[i].Error, told[i].Hint = p.say.Error(localFault(f.Err, p.settings.data))
	}
	return told
}

func (p *program) indexResult(x *indexing) *indexResult {
	r := &indexResult{
		x.Repos, x.Unchanged, x.Files, x.Bytes, x.Indexed, x.IndexedSize, map[string]int{}, x.Damaged, p.problems(x.failures),
	}
	for reason, n := range x.Skipped {
		r.Skipped[string(reason)] = n
	}
	return r
}

// crawled prints what a crawl did and decides whether it was done, in part, or not at all.
func (p *program) crawled(s *crawler.Summary, tallies []crawler.Tally, dry bool, archived *archiveResult, indexed *indexing, kept *catalogueResult) error {
	result := crawlResult{
		s.Found, s.New, s.Changed, s.ForcePushed, s.Unchanged, s.Emptied, s.Vanished, s.Withdrawn, s.Skipped, s.Postponed, s.Failed,
		s.Renamed, s.Unlisted, s.Private, s.Waiting, s.Requests, s.Took.Seconds(), s.Ended, dry,
		s.Bytes, s.Submodules, s.Large, s.LargeBytes, p.problems(s.Failures), p.problems(s.Left), []omittedResult{}, operations.Hosts(s.Hosts), tallies, archived, nil, kept,
	}
	for _, o := range s.Omitted {
		result.Omitted = append(result.Omitted, omittedResult{o.Reason, o.Count, o.Example})
	}
	failed := s.Failed
	if indexed != nil {
		result.Index = p.indexResult(indexed)
		failed += len(indexed.failures)
	}
	if p.settings.format != formatText {
		if err := p.result(result); err != nil {
			return err
		}
	} else {
		p.crawlTable(&result)
		p.toldCatalogue(kept)
	}
	for _, f := range s.Failures {
		if fatal(f.Err, p.settings.data) {
			return f.Err
		}
	}
	worked := s.Moved() + s.Unchanged + s.Emptied + s.Vanished + s.Withdrawn
	switch {
	case failed > 0 && worked == 0:
		return verdict{exitFailure, "cmd.crawl.failed", []any{failed}}
	case failed > 0:
		return verdict{exitPart, "cmd.crawl.part", []any{failed}}
	case s.Ended != "":
		return verdict{exitPart, "cmd.crawl.ended-" + s.Ended, []any{s.Waiting}}
	case s.Postponed > 0:
		return verdict{exitPart, "cmd.crawl.later", []any{s.Postponed}}
	}
	return nil
}

// crawlTable writes the final table: how many repositories of each fate, then why some were not taken.
func (p *program) crawlTable(r *crawlResult) {
	rows := [][2]string{{p.say.T("cmd.crawl.found"), fmt.Sprint(r.Found)}}
	for _, row := range []struct {
		key string
		n   int
	}{
		{"new", r.New}, {"changed", r.Changed}, {"force-pushed", r.ForcePushed}, {"unchanged", r.Unchanged},
		{"emptied", r.Emptied}, {"vanished", r.Vanished}, {"withdrawn", r.Withdrawn}, {"skipped", r.Skipped}, {"postponed", r.Postponed}, {"failures", r.Failed},
		{"private", r.Private}, {"renamed", r.Renamed}, {"unlisted", r.Unlisted}, {"waiting", r.Waiting},
	} {
		if row.n > 0 || row.key == "new" || row.key == "changed" || row.key == "unchanged" {
			rows = append(rows, [2]string{p.say.T("cmd.crawl." + row.key), fmt.Sprint(row.n)})
		}
	}
	p.table(rows)
	p.sourceTable(r.Sources)
	if r.Requests > 0 {
		p.line("%s", p.say.T("cmd.crawl.cost", int(r.Requests), p.size(r.Bytes), time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond).String()))
	}
	p.problemList("cmd.crawl.why-failed", r.Failures)
	p.problemList("cmd.crawl.why-skipped", r.Left)
	p.hostList(r.Hosts)
	for _, o := range r.Omitted {
		p.line("%s", p.say.T("cmd.crawl.omitted", o.Count, p.reasonWords(o.Reason), field(o.Example)))
	}
	if r.Submodules > 0 {
		p.line("%s", p.say.T("cmd.crawl.submodules", r.Submodules))
	}
	if r.LFSFiles > 0 {
		p.line("%s", p.say.T("cmd.crawl.lfs", r.LFSFiles, p.size(r.LFSBytes)))
	}
	p.archiveTable(r.Archive)
	if r.Index != nil {
		p.indexTable(r.Index)
	}
}

// hostList names the servers that did not answer as they should, or had us wait.
func (p *program) hostList(list []operations.Host) {
	for _, h := range list {
		if h.Faults+h.Limited > 0 || h.Until != "" {
			p.line("%s", p.say.T("cmd.crawl.host", field(h.Host), h.Requests, h.Faults, h.Limited, int(h.Waited)))
		}
		if h.Resting {
			p.line("%s", p.say.T("cmd.crawl.event.host-resting", field(h.Host), h.Until))
		}
	}
}

// table writes two columns, the second aligned to the right.
func (p *program) table(rows [][2]string) {
	left, right := 0, 0
	for _, r := range rows {
		left, right = max(left, utf8.RuneCountInString(r[0])), max(right, utf8.RuneCountInString(r[1]))
	}
	for _, r := range rows {
		p.line("%s%s  %s%s", r[0], strings.Repeat(" ", left-utf8.RuneCountInString(r[0])),
			strings.Repeat(" ", right-utf8.RuneCountInString(r[1])), r[1])
	}
}

func (p *program) problemList(title string, list []problem) {
	if len(list) == 0 {
		return
	}
	p.line("%s", p.say.T(title))
	var hints []string // each once: many fail for one reason
	for _, f := range list {
		name, told := f.Repo, visible(oneLine(f.Error))
		if name == "" {
			name = f.Source
		}
		if name = field(name); !strings.Contains(told, name) {
			told = strings.TrimSpace(name + " " + told)
		}
		p.line("  %s", told)
		if f.Hint != "" && !slices.Contains(hints, f.Hint) {
			hints = append(hints, f.Hint)
		}
	}
	for _, hint := range hints {
		p.line("→ %s", visible(oneLine(hint)))
	}
}

// reasonWords says why a file was left out.
func (p *program) reasonWords(reason string) string {
	if key := "cmd.reason." + reason; p.say.Has(key) {
		return p.say.T(key)
	}
	return reason
}

// indexTable writes what an update of the index did.
func (p *program) indexTable(r *indexResult) {
	p.line("%s", p.say.T("cmd.index.done", r.Repos, r.Unchanged))
	p.line("%s", p.say.T("cmd.index.read", r.Files, p.size(r.Bytes)))
	p.line("%s", p.say.T("cmd.index.indexed", r.Indexed, p.size(r.IndexedBytes)))
	if len(r.Skipped) > 0 {
		p.line("%s", p.say.T("cmd.index.skipped", p.reasonCounts(r.Skipped)))
	}
	if r.Damaged > 0 {
		p.line("%s", p.say.T("cmd.index.damaged-manifests", r.Damaged))
	}
	p.problemList("cmd.index.why-failed", r.Failures)
}

// reasonCounts lists reasons with their counts, the most frequent first.
func (p *program) reasonCounts(counts map[string]int) string {
	reasons := slices.Collect(maps.Keys(counts))
	slices.SortFunc(reasons, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	parts := make([]string, 0, len(reasons))
	for _, r := range reasons {
		if r != string(indexer.Indexed) {
			parts = append(parts, p.say.T("cmd.index.reason", p.reasonWords(r), counts[r]))
		}
	}
	return strings.Join(parts, ", ")
}
