// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package operations tells what an instance does behind the scenes: how its crawls went, how far its sources have come, which servers
// are left alone, what waits, what it keeps, and what needs somebody's attention. The page for operators, the API and the metrics
// show one [Report].
package operations

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"communs/crawler"
	"communs/internal/ledger"
)

// Report is what is known at one moment. Its names in JSON are those of GET /api/v1/operations.
type Report struct {
	Time    time.Time `json:"time"`
	Version string    `json:"version"`
	Needs   []Need    `json:"needs"`

	Runs       []Run    `json:"runs"` // the latest first
	Sources    []Source `json:"sources"`
	Hosts      []Host   `json:"hosts"`       // of the latest crawl, those in trouble first
	HostsAsked int      `json:"hosts_asked"` // by it, in all
	Queue      Queue    `json:"queue"`       // listed, and not brought yet
	Hooked     Queue    `json:"hooked"`      // told by webhooks, and not brought yet

	Repositories Repositories             `json:"repositories"`
	Archive      *crawler.ArchiveCoverage `json:"archive,omitempty"`
	Index        *Index                   `json:"index,omitempty"`
	Stored       *Stored                  `json:"stored,omitempty"` // nothing before the first crawl

	Sums []ledger.Sum `json:"-"` // of all works, since the ledger began
}

// Repositories counts those that were ever mirrored.
type Repositories struct {
	Mirrored  int `json:"mirrored"` // and shown
	Missing   int `json:"missing"`  // of them, those that their servers do not give any more
	Hidden    int `json:"hidden"`   // not shown any more
	Review    int `json:"review"`   // of them, those that nobody has reviewed
	LeftOut   int `json:"left_out"` // by their owners
	Withdrawn int `json:"withdrawn"`
}

// Run is one crawl.
type Run struct {
	Began    time.Time  `json:"began"`
	Ended    *time.Time `json:"ended,omitempty"`
	Outcome  string     `json:"outcome"`       // under-way, done, part, budget-bytes, budget-time, interrupted, failed, killed
	Why      string     `json:"why,omitempty"` // reason of what ended it
	Seconds  float64    `json:"seconds"`
	CPU      float64    `json:"cpu_seconds"`
	Requests int64      `json:"requests"`
	Bytes    int64      `json:"bytes"` // received

	Found   int `json:"found"`
	New     int `json:"new"`
	Changed int `json:"changed"`
	Failed  int `json:"failed"`
}

// Source is one place that repositories come from.
type Source struct {
	Name       string             `json:"name"` // empty when it is kept from who asks
	Internal   bool               `json:"internal,omitempty"`
	Kind       string             `json:"kind,omitempty"`
	Configured bool               `json:"configured"` // it stands in the configuration
	Followed   *time.Time         `json:"followed_until,omitempty"`
	Listed     *time.Time         `json:"listed_whole,omitempty"`
	Underway   bool               `json:"underway,omitempty"` // a listing was begun, and the next crawl goes on with it
	Mirrored   int                `json:"mirrored"`
	Waiting    int                `json:"waiting"`
	Hooks      *crawler.HookState `json:"hooks,omitempty"`   // what became of the messages of its webhooks; nothing when none ever came
	Crawled    *time.Time         `json:"crawled,omitempty"` // when the latest crawl of it began; of those that are remembered
	Last       *crawler.Tally     `json:"last,omitempty"`    // what came of it then, without its name
}

// Queue is what waits.
type Queue struct {
	Length int        `json:"length"`
	Oldest *time.Time `json:"oldest,omitempty"`
}

// Index is what is searched.
type Index struct {
	Generation   uint64 `json:"generation"`
	Repositories int    `json:"repositories"`
	Files        int    `json:"files"`
	Blocks       int    `json:"blocks"`
	Bytes        int64  `json:"bytes"`  // of text
	Faults       int    `json:"faults"` // parts that were set aside
}

// Stored is what the data folder weighed, in bytes.
type Stored struct {
	Mirrors  int64     `json:"mirrors"`
	Index    int64     `json:"index"`
	Database int64     `json:"database"`
	Time     time.Time `json:"time"`
}

// The outcome of a run that goes on.
const UnderWay = "under-way"

// runsShown is how many crawls a report tells of; of runsRead the latest that a source or a host took part in is looked for.
const (
	runsShown = 12
	runsRead  = 60
)

// Reader reads reports.
type Reader struct {
	Dir     string
	Version string
	Sources []crawler.SourceConfig                // of the configuration
	Contact bool                                  // the administrators of forges have somebody to write to
	Index   func(context.Context) (*Index, error) // nil: there is none
	Clock   func() time.Time                      // time.Now when nil
}

// Read reads what is known now. The database is opened each time: a crawl beside it may have made it anew.
func (r *Reader) Read(ctx context.Context) (*Report, error) {
	now := time.Now
	if r.Clock != nil {
		now = r.Clock
	}
	rep := &Report{Time: now().UTC().Truncate(time.Second), Version: r.Version, Runs: []Run{}, Hosts: []Host{}}
	if r.Index != nil {
		var err error
		if rep.Index, err = r.Index(ctx); err != nil {
			return nil, err
		}
	}
	standing, err := r.crawler(ctx, rep)
	if err != nil {
		return nil, err
	}
	runs, err := ledger.Runs(ctx, r.Dir, ledger.Crawl, runsRead, rep.Time)
	if err != nil {
		return nil, err
	}
	if rep.Sums, err = ledger.Sums(ctx, r.Dir, rep.Time); err != nil {
		return nil, err
	}
	told := make([]Told, len(runs))
	for i, run := range runs {
		// What cannot be read, of a later version for instance, is told as nothing.
		_ = json.Unmarshal(run.Told, &told[i])
		if i < runsShown {
			rep.Runs = append(rep.Runs, newRun(&run, &told[i], rep.Time))
		}
		if rep.Stored == nil && !run.Ended.IsZero() && run.Stored != (ledger.Stored{}) {
			rep.Stored = &Stored{run.Stored.Mirrors, run.Stored.Shards, run.Stored.Database, run.Ended}
		}
	}
	if len(told) > 0 && told[0].Hosts != nil {
		rep.Hosts, rep.HostsAsked = told[0].Hosts, told[0].Asked
		r.mark(rep.Hosts)
	}
	rep.Sources = r.sources(standing, runs, told)
	rep.Needs = r.needs(rep)
	return rep, nil
}

// crawler reads what stands in the crawler's tables.
func (r *Reader) crawler(ctx context.Context, rep *Report) (*crawler.Standing, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: r.Dir, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer mirrors.Close()
	st, err := mirrors.Standing(ctx)
	if err != nil || st.Mirrored == 0 && len(st.Sources) == 0 {
		return st, err
	}
	archive, err := mirrors.Archive(ctx)
	if err != nil {
		return nil, err
	}
	if archive.Repositories > 0 {
		rep.Archive = &archive
	}
	rep.Queue, rep.Hooked = newQueue(st.Queue), newQueue(st.Hooked)
	rep.Repositories = Repositories{st.Mirrored, st.Missing, st.Hidden, st.Review, st.LeftOut, st.Withdrawn}
	return st, nil
}

func newQueue(q crawler.Queue) Queue { return Queue{q.Length, moment(q.Oldest)} }

// moment is a time that may not be known.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

func newRun(run *ledger.Run, told *Told, now time.Time) Run {
	r := Run{Began: run.Began, Ended: moment(run.Ended), Outcome: string(run.How), Why: told.Why, CPU: run.CPU.Seconds(),
		Requests: run.Requests, Bytes: run.Fetched}
	end := run.Ended
	if end.IsZero() {
		end = now
	}
	if run.How == ledger.UnderWay {
		r.Outcome = UnderWay
	}
	r.Seconds = max(0, end.Sub(run.Began).Seconds())
	for _, t := range told.Sources {
		r.Found += t.Found
		r.New += t.New
		r.Changed += t.Changed
		r.Failed += t.Failed
	}
	return r
}

// sources are those of the configuration, in its order, then those that were crawled besides.
func (r *Reader) sources(st *crawler.Standing, runs []ledger.Run, told []Told) []Source {
	list, at := []Source{}, map[string]int{}
	of := func(name string) *Source {
		if _, known := at[name]; !known {
			at[name] = len(list)
			list = append(list, Source{Name: name, Internal: internalName(name)})
		}
		return &list[at[name]]
	}
	for _, sc := range r.Sources {
		s := of(sc.Called())
		s.Kind, s.Configured, s.Internal = sc.Kind, true, internal(sc)
	}
	for _, one := range st.Sources {
		s := of(one.Name)
		s.Kind = cmp.Or(s.Kind, one.Kind)
		s.Followed, s.Listed, s.Underway, s.Mirrored, s.Waiting = moment(one.Until), moment(one.Whole), one.Underway, one.Mirrored, one.Waiting
	}
	for _, h := range st.Hooks {
		of(h.Source).Hooks = &h
	}
	for i, run := range runs {
		for _, t := range told[i].Sources {
			if s := of(t.Source); s.Last == nil {
				t.Source = ""
				s.Last, s.Crawled = &t, moment(run.Began)
			}
		}
	}
	// What was crawled once by command line and left nothing is told for as long as its run is remembered, behind the others.
	slices.SortStableFunc(list, func(a, b Source) int { return weight(b) - weight(a) })
	return list
}

func weight(s Source) int {
	switch {
	case s.Configured:
		return 2
	case s.Mirrored+s.Waiting > 0:
		return 1
	}
	return 0
}
