// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"path"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
	"communs/licenses"
	"communs/registry"
)

func (p *program) registryActivityCommand() *cli.Command {
	force := &cli.BoolFlag{Name: "force", Usage: p.say.T("cmd.registry.activity.force")}
	return &cli.Command{
		Name:   "activity",
		Flags:  []cli.Flag{p.intFlag("jobs"), force},
		Action: p.action(shape{most: -1, formats: []string{formatJSON}}, p.registryActivity),
	}
}

// activityResult is what looking at the activity prints as JSON.
type activityResult struct {
	Repositories int       `json:"repositories"`
	Read         int       `json:"read"`
	Fresh        int       `json:"fresh"` // looked at today already
	Same         int       `json:"same"`  // of those read, the ones where nothing had moved
	Failed       int       `json:"failed"`
	Bytes        int64     `json:"bytes"`
	Failures     []problem `json:"failures"`
}

// looking is one run that finds out the activity of repositories.
type looking struct {
	p      *program
	store  registry.Store
	known  *registry.Catalogue
	mirror *crawler.Crawler
	now    time.Time
	show   *progress
	force  bool
	found  map[string]indexer.RepoMeta // what the index knows, by the key of the address
	result activityResult
}

// looked is what was found out of one repository.
type looked struct {
	url      string
	activity registry.Activity
	snapshot string
	same     bool // nothing has moved since it was last counted
	bytes    int64
	err      error
}

// countAgain is after how many days the figures of a repository that has not moved are counted anew all the same: they are of twelve months,
// and those go on.
const countAgain = 90

// foundSource is the name of the source of what we found out ourselves.
const foundSource = "found"

// registryActivity asks the servers of the catalogue's repositories for their history, and writes down what it tells.
func (p *program) registryActivity(ctx context.Context, c *cli.Context) error {
	jobs, err := p.number(c, "jobs", p.settings.config.Crawl.Jobs, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	mirrors, err := p.openStore(ctx, jobs)
	if err != nil {
		return err
	}
	defer mirrors.close()
	l, err := p.looking(ctx, mirrors)
	if err != nil {
		return err
	}
	defer l.store.Close()
	if len(l.known.AllSoftware()) == 0 {
		return fault("cmd.registry.empty")
	}
	l.force = c.Bool("force")
	urls, err := l.repositories(c.Args().Slice())
	if err != nil {
		return err
	}
	err = l.run(ctx, urls, max(jobs, 1))
	l.show.done()
	if err != nil {
		return err
	}
	return p.lookedAt(&l.result)
}

// looking opens the registry, and what the index knows, for finding out the activity of repositories.
func (p *program) looking(ctx context.Context, mirrors *store) (*looking, error) {
	s, err := registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, Disk: mirrors.disk})
	if err != nil {
		return nil, err
	}
	known, err := registry.Load(ctx, s)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	l := &looking{p: p, store: s, known: known, mirror: mirrors.crawler, now: time.Now(), show: p.progress(), found: map[string]indexer.RepoMeta{}}
	l.result.Failures = []problem{}
	x, err := indexer.Open(p.settings.data, indexer.OpenOptions{})
	if errors.Is(err, indexer.ErrNoIndex) {
		return l, nil
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, o := range x.Repos() {
		l.found[crawler.AddressKey(o.Meta().URL)] = *o.Meta()
	}
	return l, x.Close()
}

// repositories are those of the software with the ids, or of all of it, each once, without those that were looked at today.
func (l *looking) repositories(ids []string) (urls []string, err error) {
	list := l.known.AllSoftware()
	if len(ids) > 0 {
		list = nil
		for _, id := range ids {
			s, ok := l.known.Software(id)
			if !ok {
				return nil, fault("cmd.registry.activity.unknown", quote(id))
			}
			list = append(list, s)
		}
	}
	today, seen := l.day(0), map[string]bool{}
	for _, s := range list {
		for _, url := range s.Repositories {
			key := crawler.AddressKey(url)
			if seen[key] {
				continue
			}
			seen[key] = true
			l.result.Repositories++
			if r, ok := l.known.FindRepository(url); ok && !l.force && r.Snapshot.Date >= today {
				l.result.Fresh++
				continue
			}
			urls = append(urls, url)
		}
	}
	return urls, nil
}

// run looks at repositories side by side and writes down each as it comes. A failure is of one repository, unless it is of our own disk.
func (l *looking) run(ctx context.Context, urls []string, jobs int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pending, done := make(chan string), make(chan looked)
	var wait sync.WaitGroup
	for range min(jobs, len(urls)) {
		wait.Go(func() {
			for url := range pending {
				done <- l.look(ctx, url)
			}
		})
	}
	go func() {
		defer close(done)
		defer wait.Wait()
		defer close(pending)
		for _, url := range urls {
			select {
			case pending <- url:
			case <-ctx.Done():
				return
			}
		}
	}()
	var stop error
	for r := range done {
		if stop != nil {
			continue
		}
		if r.err == nil {
			r.err = l.save(ctx, r)
		}
		if stop = l.tell(ctx, r, len(urls)); stop != nil {
			cancel()
		}
	}
	return errors.Join(stop, ctx.Err())
}

// look finds out the activity of one repository: from its server, and, where it is mirrored here, from the names of its files.
func (l *looking) look(ctx context.Context, url string) looked {
	seen := ""
	r, ok := l.known.FindRepository(url)
	if recent := l.day(-countAgain); ok && !l.force && r.Activity.Releases != nil && r.Activity.Releases.Date > recent {
		seen = r.Snapshot.Value
	}
	h, err := l.mirror.HistoryUnless(ctx, crawler.Repository{URL: url}, seen)
	if err != nil {
		return looked{url: url, err: err}
	}
	found := looked{url: url, snapshot: h.Snapshot.String(), same: h.Same, bytes: h.Bytes}
	if h.Same && r.Activity.Tests != nil {
		return found
	}
	var files []registry.RepositoryFile
	if snapshot, err := l.mirror.Snapshot(ctx, url); err == nil {
		for f, err := range snapshot.Files() {
			if err == nil {
				files = append(files, registry.RepositoryFile{Path: f.Path, Size: f.Size})
			} else if f.Path == "" {
				files = nil // what is missing from a list cannot be told from what is not there
			}
		}
	}
	if h.Same {
		h = nil
	}
	found.activity = registry.ActivityOf(h, files, l.now)
	return found
}

// day is today, or so many days from it.
func (l *looking) day(from int) registry.Date {
	return registry.Date(l.now.UTC().AddDate(0, 0, from).Format(time.DateOnly))
}

// save writes down what was found out. A record that changed meanwhile is read again.
func (l *looking) save(ctx context.Context, found looked) error {
	source := registry.Source{Name: foundSource, URL: found.url, Licence: "CC0-1.0", Read: l.day(0)}
	for tries := 0; ; tries++ {
		r, base := &registry.Repository{Meta: registry.Meta{Status: registry.Proposed}}, int64(0)
		if old, ok := l.known.FindRepository(found.url); ok {
			stamp, _ := l.known.Entry(registry.KindRepository, old.ID)
			r, base = old, stamp.Seq
		} else {
			id, err := crawler.CanonicalURL(found.url)
			if err != nil {
				return err
			}
			r.ID = strings.TrimSuffix(id, ".git")
			r.Name = path.Base(r.ID)
		}
		r = r.WithActivity(found.activity, source)
		r.SetSnapshot(found.snapshot, l.day(0))
		if meta, ok := l.found[crawler.AddressKey(r.ID)]; ok {
			l.licence(r, meta.License)
		}
		_, err := registry.Save(ctx, l.store, l.known, registry.Edit{Entry: r, Base: base, Sure: true})
		var conflict *registry.ConflictError
		if !errors.As(err, &conflict) || tries == 3 {
			return err
		}
		if l.known, err = registry.Load(ctx, l.store); err != nil {
			return err
		}
	}
}

// licence notes what the index found.
func (l *looking) licence(r *registry.Repository, found string) {
	r.Licence, r.Libre = registry.Finding{}, registry.Finding{}
	if e, err := licenses.Parse(found); err == nil && found != "" {
		libre, ground := licenses.LibreOf(e)
		r.SetLicence(found, libre, ground, l.day(0))
	}
}

// tell counts one repository, and gives back an error that would only be repeated by going on.
func (l *looking) tell(ctx context.Context, r looked, total int) error {
	var broken *crawler.FetchError
	var busy *crawler.BusyError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.err == nil:
		l.result.Read, l.result.Bytes = l.result.Read+1, l.result.Bytes+r.bytes
		if r.same {
			l.result.Same++
		}
	case errors.As(r.err, &busy), errors.As(r.err, &broken) && broken.Reason == crawler.ReasonDisk, fatal(r.err, l.p.settings.data):
		return r.err
	default:
		sentence, hint := l.p.say.Error(r.err)
		l.result.Failed++
		l.result.Failures = append(l.result.Failures, problem{Repo: r.url, Error: sentence, Hint: hint})
		l.show.step("cmd.registry.activity.failed", field(r.url), sentence)
	}
	l.show.live("cmd.registry.activity.live", l.result.Read+l.result.Failed, total, field(r.url))
	return nil
}

// lookedAt tells what became of it, and chooses the exit code.
func (p *program) lookedAt(r *activityResult) error {
	if p.settings.format == formatJSON {
		if err := p.result(r); err != nil {
			return err
		}
	} else {
		p.note("cmd.registry.activity.total", r.Repositories, r.Read, r.Fresh, r.Failed, p.size(r.Bytes))
	}
	switch {
	case r.Failed > 0 && r.Read+r.Fresh == 0:
		return verdict{exitFailure, "cmd.registry.activity.nothing", []any{r.Failed}}
	case r.Failed > 0:
		return verdict{exitPart, "cmd.registry.activity.part", []any{r.Failed}}
	}
	return nil
}
