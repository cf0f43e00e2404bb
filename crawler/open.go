// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"communs/internal/sqlite"
)

// Crawler keeps the mirrors below a data folder.
type Crawler struct {
	cfg   Config
	store *store
	// nameless are the withdrawals that were dropped because they name nothing, until a crawl has told of them.
	nameless []string
	children *children  // that fetch; nil when this process does
	moving   sync.Mutex // one repository is renamed at a time
	claims   claims
}

// Open opens the crawler's part of a data folder, which it creates when missing, and finishes or clears away what an
// interrupted run left behind, unless another process is crawling at this moment.
func Open(ctx context.Context, cfg Config) (*Crawler, error) {
	cfg = cfg.withDefaults()
	if cfg.Dir == "" {
		return nil, &ConfigError{Field: "data", Problem: "missing"}
	}
	c := &Crawler{cfg: cfg}
	if cfg.Worker.Path != "" {
		c.children = newChildren(cfg.Worker, cfg.Jobs)
	}
	if cfg.ReadOnly {
		if err := c.openReadOnly(ctx); err != nil {
			return nil, err
		}
		return c, nil
	}
	if err := cfg.Disk.MkdirAll(c.mirrors()); err != nil {
		return nil, diskFault(cfg.Dir, err)
	}
	var err error
	if c.store, err = openStore(ctx, filepath.Join(cfg.Dir, "communs.db"), cfg.Disk, cfg.Now); err != nil {
		return nil, err
	}
	unlock, err := c.lock()
	var busy *BusyError
	if errors.As(err, &busy) {
		return c, nil
	}
	if err == nil {
		err = c.recover(ctx)
		unlock()
	}
	if err != nil {
		c.store.db.Close()
		return nil, diskFault(cfg.Dir, err)
	}
	return c, nil
}

// openReadOnly opens the database if the crawler has one.
func (c *Crawler) openReadOnly(ctx context.Context) error {
	path := filepath.Join(c.cfg.Dir, "communs.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := sqlite.OpenReadOnly(ctx, path)
	if err != nil {
		return err
	}
	v, err := sqlite.Version(ctx, db, "crawler")
	if err != nil || v == 0 {
		db.Close()
		return sqlite.Damaged(path, err)
	}
	c.store = &store{db: db, disk: c.cfg.Disk, path: path, now: c.cfg.Now}
	return nil
}

// Close ends the processes that have fetched, and closes the database.
func (c *Crawler) Close() error {
	if c.children != nil {
		c.children.close()
	}
	if c.store == nil {
		return nil
	}
	return c.store.db.Close()
}

func (c *Crawler) mirrors() string { return filepath.Join(c.cfg.Dir, "mirrors") }

// staging is where packs are made before they move into their mirror. Everything in it is a leftover at start.
func (c *Crawler) staging() string { return filepath.Join(c.mirrors(), ".staging") }

// mirrorDir is the folder of a repository's mirror.
func (c *Crawler) mirrorDir(r *record) string {
	return filepath.Join(c.mirrors(), filepath.FromSlash(r.mirror))
}

// packBases are the packs that hold what is published, without their extension.
func (c *Crawler) packBases(r *record) []string {
	bases := make([]string, len(r.packs))
	for i, p := range r.packs {
		bases[i] = filepath.Join(c.mirrorDir(r), "objects", "pack", p)
	}
	return bases
}

// lock keeps other processes, and other crawls of this one, from writing mirrors.
func (c *Crawler) lock() (unlock func(), err error) { return c.locked((*flock.Flock).TryLock) }

// share is for those who use the staging folder alone: any number at once, but nobody may clear it meanwhile.
func (c *Crawler) share() (unlock func(), err error) { return c.locked((*flock.Flock).TryRLock) }

func (c *Crawler) locked(try func(*flock.Flock) (bool, error)) (unlock func(), err error) {
	l := flock.New(filepath.Join(c.mirrors(), ".lock"))
	ok, err := try(l)
	if err != nil {
		return nil, fmt.Errorf("lock the mirrors: %w", err)
	}
	if !ok {
		return nil, &BusyError{c.cfg.Dir}
	}
	return func() { l.Close() }, nil
}

// recover clears the staging folder and finishes withdrawals that were interrupted.
func (c *Crawler) recover(ctx context.Context) error {
	if err := c.clearStaging(); err != nil {
		return err
	}
	dropped, err := c.store.dropNameless(ctx)
	if err != nil {
		return err
	}
	c.nameless = append(c.nameless, dropped...)
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return err
	}
	for _, w := range list {
		if !w.done {
			// A mirror that cannot be read must not keep it from being restored: the withdrawal stays to be done, and
			// what it names is not shown meanwhile.
			if _, err := c.carryOut(ctx, w); err != nil && !incomplete(err) {
				return err
			}
		}
	}
	if err := c.finishLeavingOut(ctx); err != nil {
		return err
	}
	return c.clearStaging() // mirrors were put together there without what is withdrawn
}

// diskFault names a data folder that cannot be written.
func diskFault(dir string, err error) error {
	if diskError(err) || errors.Is(err, fs.ErrPermission) {
		return &FetchError{URL: dir, Reason: ReasonDisk, Err: err}
	}
	return err
}

// Snapshots yields every published state that may be shown, in the order of their URLs.
func (c *Crawler) Snapshots(ctx context.Context) iter.Seq2[*Snapshot, error] {
	return func(yield func(*Snapshot, error) bool) {
		list, err := c.store.list(ctx, "commit_name <> '' AND gone = 0")
		if err != nil {
			yield(nil, err)
			return
		}
		had, err := c.store.aliases(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, r := range list {
			s := c.snapshot(r, false)
			s.Aliases = had[r.key]
			if err := c.noted(ctx, r, s); err != nil {
				yield(nil, err)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// Snapshot is the published state of one repository, under any usual spelling of its address.
func (c *Crawler) Snapshot(ctx context.Context, url string) (*Snapshot, error) {
	r, err := c.find(ctx, url)
	if err != nil {
		return nil, err
	}
	if r == nil || r.commit == "" || !r.gone.IsZero() {
		return nil, &UnknownError{withoutUser(url)}
	}
	had, err := c.store.aliases(ctx)
	if err != nil {
		return nil, err
	}
	s := c.snapshot(r, false)
	s.Aliases = had[r.key]
	return s, c.noted(ctx, r, s)
}

// noted adds why a repository is shown that is not there any more.
func (c *Crawler) noted(ctx context.Context, r *record, s *Snapshot) error {
	if r.missingSince.IsZero() {
		return ctx.Err()
	}
	f, err := c.store.fate(ctx, r.key)
	if err == nil && f != nil && f.kept {
		s.Note = f.note
	}
	return err
}

// find is the row of a repository under any usual spelling of its address; nil when there is none. A module's path
// is a spelling of its page's address.
func (c *Crawler) find(ctx context.Context, url string) (*record, error) {
	for _, spelling := range []string{url, "https://pkg.go.dev/" + url} {
		key := AddressKey(spelling)
		if key == "" {
			continue
		}
		if r, err := c.store.get(ctx, key); r != nil || err != nil {
			return r, err
		}
		if target, err := c.store.alias(ctx, key); err != nil {
			return nil, err
		} else if target != "" {
			return c.store.get(ctx, target)
		}
	}
	return nil, nil
}

// Gone lists the repositories that must no longer be shown.
func (c *Crawler) Gone(ctx context.Context) ([]Gone, error) {
	list, err := c.store.list(ctx, "gone <> 0")
	if err != nil {
		return nil, err
	}
	var gone []Gone
	for _, r := range list {
		gone = append(gone, Gone{r.URL, r.gone, r.missingWhy, r.missingWhat})
	}
	withdrawn, err := c.store.withdrawals(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range withdrawn {
		if w.key != "" && !isBelow(w.URL) { // what is below was withdrawn by itself
			gone = append(gone, Gone{w.URL, w.Time, "withdrawn", w.Reason})
		}
	}
	kept, err := c.store.optOuts(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range kept {
		gone = append(gone, Gone{o.URL, o.Time, "opted-out", o.Reason})
	}
	return gone, nil
}

// snapshot is what a row publishes.
func (c *Crawler) snapshot(r *record, changed bool) *Snapshot {
	s := NewSnapshot(r.Repository, r.commit, r.when, nil)
	s.FirstSeen, s.Changed, s.Tree = r.firstSeen, changed, r.tree
	shelf := &shelf{open: func() (*objects, error) {
		// The packs may have been put together since: the database says which ones count now.
		now, err := c.store.get(context.Background(), r.key)
		if err != nil {
			return nil, err
		}
		if now == nil {
			return nil, &UnknownError{r.URL}
		}
		o, err := openObjects(c.packBases(now))
		if err != nil {
			return nil, ofRepository(err, r.URL)
		}
		for _, p := range o.packs {
			p.repo = r.URL
		}
		return o, nil
	}}
	s.files = func() iter.Seq2[File, error] {
		return func(yield func(File, error) bool) {
			withdrawn, err := c.withdrawnBlobs(context.Background())
			if err != nil {
				yield(File{}, err)
				return
			}
			objects, err := shelf.take()
			if err != nil {
				yield(File{}, err)
				return
			}
			defer shelf.give()
			tree, err := ParseHash(r.tree)
			if err != nil {
				yield(File{}, err)
				return
			}
			objects.files(tree, withdrawn, shelf.opener)(yield)
		}
	}
	return s
}

// shelf opens the packs of a mirror when they are first needed and closes them after their last reader.
type shelf struct {
	open    func() (*objects, error)
	mu      sync.Mutex
	objects *objects
	users   int
}

func (s *shelf) take() (*objects, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		var err error
		if s.objects, err = s.open(); err != nil {
			return nil, err
		}
	}
	s.users++
	return s.objects, nil
}

func (s *shelf) give() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 {
		s.objects.close()
		s.objects = nil
	}
}

// opener is the function that reads one content.
func (s *shelf) opener(h Hash) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		objects, err := s.take()
		if err != nil {
			return nil, err
		}
		r, err := objects.open(h, s.give)
		if err != nil {
			s.give()
		}
		return r, err
	}
}
