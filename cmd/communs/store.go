// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"communs/crawler"
	"communs/indexer"
	"communs/internal/durable"
	"communs/internal/ledger"
	"communs/licenses"
	"communs/search"
)

// store is a data folder open for writing: nobody else writes to it meanwhile.
type store struct {
	dir     string
	disk    *durable.Disk
	lock    *durable.Lock // nil when it is only looked at
	crawler *crawler.Crawler
}

// openStore takes the data folder for writing, making it when there is none.
func (p *program) openStore(ctx context.Context, jobs int) (*store, error) {
	return p.openStoreAt(ctx, p.settings.data, jobs)
}

// openStoreAt takes any folder for writing.
func (p *program) openStoreAt(ctx context.Context, dir string, jobs int) (*store, error) {
	s := &store{dir: dir, disk: &durable.Disk{}}
	if err := s.disk.MkdirAll(s.dir); err != nil {
		if fatal(err, s.dir) {
			return nil, fmt.Errorf("make the data folder: %w", err)
		}
		return nil, faultOf(err, "cmd.data-not-made", field(s.dir))
	}
	var err error
	if s.lock, err = durable.Acquire(s.dir); err != nil {
		return nil, err
	}
	if s.crawler, err = p.openCrawler(ctx, s, jobs, false); err != nil {
		return nil, errors.Join(err, s.lock.Release())
	}
	return s, nil
}

// overlook opens the data folder to look at it and at servers, and to write nothing; there may be none.
func (p *program) overlook(ctx context.Context, jobs int) (*store, error) {
	s := &store{dir: p.settings.data, disk: &durable.Disk{}}
	var err error
	s.crawler, err = p.openCrawler(ctx, s, jobs, true)
	return s, err
}

func (p *program) openCrawler(ctx context.Context, s *store, jobs int, readOnly bool) (*crawler.Crawler, error) {
	c := p.settings.config.Crawl
	build, _ := debug.ReadBuildInfo()
	apart, err := p.worker()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return crawler.Open(ctx, crawler.Config{
		Dir: s.dir, ReadOnly: readOnly, Disk: s.disk, Jobs: jobs, Timeout: time.Duration(c.Timeout), Grace: time.Duration(c.Grace), FullEvery: time.Duration(c.Full),
		Idle: time.Duration(c.Limits.Silence), FirstByte: time.Duration(c.Limits.FirstByte), Rate: int64(c.Limits.Rate), GitProtocol: c.GitProtocol,
		Worker: apart, Limits: c.Limits.of(), MaxBytes: int64(c.Limits.Pack), UserAgent: p.userAgent(), Sources: p.settings.config.Source,
		BuildInfo: build, Env: func(name string) string { return p.env[name] },
	})
}

// userAgent is how we introduce ourselves to servers: which program and version this is, where its pages are, whom to write to. We never
// pass for another.
func (p *program) userAgent() string {
	agent := "communs/" + strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '+' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1 // "(devel)"
	}, buildVersion())
	var about []string
	if url := p.settings.config.Serve.BaseURL; url != "" {
		about = append(about, "+"+url)
	}
	if contact := p.contact(); contact != "" {
		about = append(about, contact)
	}
	if len(about) == 0 {
		return agent
	}
	return agent + " (" + strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '(' || r == ')' {
			return -1 // no header may hold it
		}
		return r
	}, strings.Join(about, "; ")) + ")"
}

// contact is whom the administrators of forges may write to.
func (p *program) contact() string {
	if c := p.settings.config.Crawl.Contact; c != "" {
		return c
	}
	return p.settings.config.Instance.Contact
}

// noContact says that the administrators of forges have nobody to write to.
func (p *program) noContact() {
	if p.contact() != "" {
		return
	}
	for _, source := range p.settings.config.Source {
		if source.Path == "" && source.Kind != crawler.KindBuild {
			p.note("cmd.crawl.no-contact")
			return
		}
	}
}

// takenAway lists what must be nowhere in the index: what was withdrawn, and the repositories whose owners keep them out.
func (s *store) takenAway(ctx context.Context) ([]crawler.Withdrawal, error) {
	list, err := s.crawler.Withdrawn(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.crawler.OptOuts(ctx)
	for _, o := range kept {
		list = append(list, crawler.Withdrawal{URL: o.URL, Reason: o.Reason, Time: o.Time})
	}
	return list, err
}

func (s *store) close() error {
	if s.lock == nil {
		return s.crawler.Close()
	}
	return errors.Join(s.crawler.Close(), s.lock.Release())
}

// openSearch opens what is in service for reading.
func (p *program) openSearch(public bool) (*search.Local, error) {
	return search.Open(p.settings.data, search.Options{Public: public})
}

// indexing is what the index was brought up to date with.
type indexing struct {
	indexer.Progress
	failures []crawler.Failure // mirrors that could not be read
}

// lastWords is how long an update that is stopped may take to come to its end. Writing a shard cannot be stopped in the middle and takes
// seconds; it may be left at any moment, as a kill would.
const lastWords = 1500 * time.Millisecond

// update makes the index say what the mirrors hold. Stopped, it comes back in bounded time, perhaps before it has ended: the program
// must then exit.
func (p *program) update(ctx context.Context, s *store, opts indexer.Options, show *progress) (indexing, error) {
	type result struct {
		indexing
		err error
	}
	ended := make(chan result, 1)
	go func() {
		var done indexing
		err := p.metered(ctx, s, ledger.Index, func(*ledger.Work, bool) {}, func() (err error) {
			done, err = p.bringUpToDate(ctx, s, opts, show)
			return err
		})
		ended <- result{done, err}
	}()
	select {
	case r := <-ended:
		return r.indexing, r.err
	case <-ctx.Done():
	}
	select {
	case r := <-ended:
		return r.indexing, r.err
	case <-time.After(lastWords):
		show.done()
		return indexing{}, ctx.Err()
	}
}

// bringUpToDate adds to the index what is new, and takes out what is gone.
func (p *program) bringUpToDate(ctx context.Context, s *store, opts indexer.Options, show *progress) (done indexing, err error) {
	if opts.Detector, err = licenses.NewDetector(); err != nil {
		return done, err
	}
	withdrawn, err := s.takenAway(ctx)
	if err != nil {
		return done, err
	}
	opts.Dir, opts.Disk, opts.Withdrawn = s.dir, s.disk, never(withdrawn)
	// Most of what is kept while indexing holds no pointers, so that collecting often costs little and keeps memory low.
	defer debug.SetGCPercent(debug.SetGCPercent(30))
	opts.Progress = func(at indexer.Progress) {
		if ctx.Err() != nil {
			return // the last word is said elsewhere
		}
		show.live("cmd.index.live", at.Repos, field(at.Repo), p.size(at.Bytes))
	}
	w, err := indexer.NewWriter(ctx, opts)
	if err != nil {
		return done, err
	}
	defer func() {
		show.done()
		err = errors.Join(err, w.Close())
	}()
	if err := purge(ctx, w, s.dir, withdrawn); err != nil { // a withdrawal that was cut short
		return done, err
	}
	kept := map[string]bool{}
	for snapshot, err := range s.crawler.Snapshots(ctx) {
		if snapshot == nil { // the list itself broke off: what it did not name must not be forgotten
			return done, err
		}
		url := snapshot.URL
		kept[url] = true
		if err == nil {
			err = w.Add(ctx, snapshot)
		}
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		if err != nil {
			if fatal(err, s.dir) {
				return done, err
			}
			done.failures = append(done.failures, crawler.Failure{URL: url, Err: err})
		}
	}
	for _, url := range w.Repos() {
		if !kept[url] {
			w.Forget(url)
		}
	}
	if done.Progress = w.Progress(); opts.Rebuild && len(done.failures) > 0 {
		return done, nil // what is in service has more than what could be made anew: it stays
	}
	return done, w.Publish(ctx)
}

// fatal reports whether an error is about our own disk, so that going on would only repeat it.
func fatal(err error, data string) bool {
	var local *said
	return errors.As(localFault(err, data), &local)
}

// localFault names an error of our own disk, where the data folder is: full, read-only, forbidden, not a folder. Any other error is
// given back, as is one about a path that has nothing to do with the data folder: what is crawled may be forbidden too.
func localFault(err error, data string) error {
	var own *said
	if errors.As(err, &own) {
		return err
	}
	dir, ours := data, true
	var path *fs.PathError
	if errors.As(err, &path) {
		dir, ours = path.Path, within(data, path.Path) || within(path.Path, data)
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		dir, ours = link.New, within(data, link.New)
	}
	var database interface{ Code() int } // of SQLite
	code := 0
	if errors.As(err, &database) {
		code = database.Code() & 0xff
	}
	if code == sqliteCantOpen { // SQLite does not say why: ask the folder
		if probe, err := os.CreateTemp(dir, ".probe-*"); err != nil {
			return localFault(errors.Unwrap(err), dir) // the probe's name would tell nobody anything
		} else {
			probe.Close()
			os.Remove(probe.Name())
		}
	}
	// Bleve keeps only the text of what the system said.
	is := func(errno syscall.Errno) bool {
		return errors.Is(err, errno) || err != nil && strings.HasSuffix(err.Error(), ": "+errno.Error())
	}
	switch {
	case is(syscall.ENOSPC), is(syscall.EDQUOT), is(syscall.EFBIG), code == sqliteFull:
		return faultOf(err, "cmd.disk-full", field(filepath.Clean(dir)))
	case is(syscall.EROFS), code == sqliteReadOnly:
		return faultOf(err, "cmd.data-read-only", field(filepath.Clean(dir)))
	case !ours:
	case is(syscall.ENOTDIR):
		return faultOf(err, "cmd.data-not-folder", field(notFolder(dir)))
	case errors.Is(err, fs.ErrPermission):
		return faultOf(err, "cmd.data-forbidden", field(filepath.Clean(dir)))
	}
	return err
}

// notFolder is the part of a path that is there and is no folder, below which nothing can be.
func notFolder(path string) string {
	for at := filepath.Clean(path); at != filepath.Dir(at); at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && !info.IsDir() {
			return at
		}
	}
	return filepath.Clean(path)
}

// within reports whether a path is a folder, or stands below it.
func within(dir, path string) bool {
	relative, err := filepath.Rel(dir, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

// SQLite's result codes, https://www.sqlite.org/rescode.html.
const (
	sqliteReadOnly = 8
	sqliteCantOpen = 14
	sqliteFull     = 13
)
