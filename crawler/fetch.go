// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// task is one repository on its way into its mirror.
type task struct {
	repo      Repository
	record    *record
	anew      bool              // what the mirror holds is not to be relied on
	restore   bool              // because it is damaged: a source that is gone must not make it worse
	withdrawn map[Hash]bool     // contents that must not be mirrored
	kept      *optOut           // what has kept it out until now
	read      func(total int64) // told how many bytes have come so far
	makeDir   func() (string, error)
	ask       func(context.Context, Repository) (Status, bool) // its forge what has become of it; nil when nobody can be asked
	another   bool                                             // its forge has another number for it than before
	look      bool                                             // nothing is brought: what is there is compared with what is here
	mu        sync.Mutex
	dir       string // staging folder, once asked for
}

// staging is the task's folder for packs, made when first asked for: what has not moved writes nothing.
func (t *task) staging() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var err error
	if t.dir == "" {
		t.dir, err = t.makeDir()
	}
	return t.dir, err
}

// errMissing is a repository or folder that is not there any more.
var errMissing = errors.New("not there")

// Fetch makes the mirror hold the repository's current state.
func (c *Crawler) Fetch(ctx context.Context, r Repository) (*Snapshot, error) {
	unlock, err := c.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	defer c.clearStaging()
	e := c.bring(ctx, r, false, nil, func(Event) {})
	if e.Err != nil {
		return nil, e.Err
	}
	rec, err := c.find(ctx, e.Repository.URL)
	if err != nil {
		return nil, err
	}
	if rec == nil || rec.commit == "" || e.Kind == Emptied {
		return nil, &FetchError{URL: e.Repository.URL, Reason: ReasonNotFound, Detail: string(e.Kind)}
	}
	return c.snapshot(rec, e.Kind != Unchanged), nil
}

// bring fetches one repository and tells its outcome; restore has it fetched anew. ask asks its forge, and may be nil; tell hears of progress.
func (c *Crawler) bring(ctx context.Context, r Repository, restore bool, ask func(context.Context, Repository) (Status, bool), tell func(Event)) Event {
	a, out := c.admit(ctx, &r)
	var stays *OptOutError
	if errors.As(out.Err, &stays) && out.Kind == Skipped {
		return c.leaveOut(ctx, a.key, stays, out)
	}
	if out.Err != nil {
		return out
	}
	rec, r, giveBack, err := c.claim(ctx, a, r, ask, tell)
	if err != nil {
		out.Err = err
		return out
	}
	defer giveBack()
	if why, ok := a.asked.reason(rec.key); ok {
		return out.refused(why)
	}
	r.URL, rec.hooked = rec.URL, r.hooked // known under one spelling
	out.Repository, out.Previous, out.Commit = r, rec.commit, rec.commit
	blobs, err := c.withdrawnBlobs(ctx)
	if err != nil {
		out.Err = err
		return out
	}
	t := &task{repo: r, record: rec, restore: restore, withdrawn: blobs, kept: a.kept, makeDir: c.newStaging, ask: ask}
	if t.another = rec.another(r) && rec.commit != ""; t.another && rec.missingWhy == FateReplaced {
		out.Kind, out.Err = Skipped, &ReplacedError{rec.URL} // until it is reviewed
		return out
	}
	return c.fetch(ctx, t, out, tell)
}

// fetch runs a task to its end and publishes what it brings.
func (c *Crawler) fetch(ctx context.Context, t *task, out Event, tell func(Event)) Event {
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	t.read = func(total int64) {
		out.Bytes = total
		tell(Event{Kind: Progress, Source: t.repo.Source, Repository: t.repo, Bytes: total})
	}
	if t.restore {
		if whole, err := c.mend(limited, t); err != nil {
			return c.failed(ctx, limited, t, out, err)
		} else if whole {
			out.Kind = Unchanged
			return out
		}
	}
	was := *t.record
	if t.restore || !c.intact(t.record) {
		t.record = was.fromNothing()
		t.anew = true
	}
	defer func() {
		if t.dir != "" {
			c.cfg.Disk.Remove(t.dir)
		}
	}()
	s, parsed, err := c.attempt(limited, t)
	if incomplete(err) && was.commit != "" && !t.anew && limited.Err() == nil {
		// What came does not fit what we hold, or what we hold is damaged: begin anew, and replace it.
		t.record, t.anew = was.fromNothing(), true
		s, parsed, err = c.attempt(limited, t)
	}
	var stays *OptOutError
	if errors.As(err, &stays) {
		return c.leaveOut(ctx, was.key, stays, out)
	}
	var other *ReplacedError
	if errors.As(err, &other) {
		return c.replaced(ctx, &was, out)
	}
	if err == nil && s.unchanged && t.kept != nil {
		return c.leaveOut(ctx, was.key, &OptOutError{t.repo.URL, t.kept.By, t.kept.Reason, t.kept.commit, t.kept.branch}, out)
	}
	if t.restore && err == nil && s.empty {
		err = &FetchError{URL: t.repo.URL, Reason: ReasonNotFound, Detail: string(Emptied)}
	}
	if t.restore && err != nil {
		return c.failed(ctx, limited, t, out, err)
	}
	if cause := classify(limited, t.repo.URL, c.cfg, err); was.commit != "" && lost(cause) {
		if e, known := c.stillLost(ctx, t, &was, out, cause); known {
			return e
		}
	}
	if errors.Is(err, errMissing) && (was.commit != "" || !was.missingSince.IsZero()) {
		t.record = &was
		return c.vanished(ctx, limited, t, out, err, tell)
	}
	if err == nil && s.empty {
		t.record = &was
		out.Omitted = s.omitted
		return c.missing(ctx, t, out, Emptied, "", stillShown)
	}
	if err != nil {
		return c.failed(ctx, limited, t, out, err)
	}
	return c.done(ctx, t, out, s, &was, parsed)
}

// fromNothing is the row as if nothing had been published: what is fetched then replaces the mirror's packs.
func (r record) fromNothing() *record {
	r.commit, r.tree = "", ""
	return &r
}

// attempt stages what is new and publishes it.
func (c *Crawler) attempt(ctx context.Context, t *task) (*staged, commit, error) {
	s, err := c.stage(ctx, t)
	if err != nil || s.empty || s.unchanged {
		return s, commit{}, err
	}
	if err := c.wantsOut(t, s); err != nil {
		return s, commit{}, err
	}
	if t.another && t.record.commit != "" {
		if goesOn, err := c.related(t, s); err != nil {
			return s, commit{}, err
		} else if !goesOn {
			return s, commit{}, &ReplacedError{t.repo.URL}
		}
	}
	parsed, err := c.publish(ctx, t.record, s)
	return s, parsed, err
}

// held opens the objects that the mirror holds already; none when it is built anew.
func (c *Crawler) held(t *task) (*objects, error) {
	if t.anew || t.record.commit == "" {
		return openObjects(nil)
	}
	return openObjects(c.packBases(t.record))
}

// incomplete reports that objects are missing or damaged in what should be whole.
func incomplete(err error) bool {
	var corrupt *CorruptError
	return errors.Is(err, errNoObject) || errors.As(err, &corrupt)
}

// stage brings what is new beside the mirror, in the way that fits the repository.
func (c *Crawler) stage(ctx context.Context, t *task) (*staged, error) {
	switch {
	case t.repo.Path == "":
		return c.stageHTTP(ctx, t)
	case t.repo.Version == "" && isRepository(t.repo.Path):
		return c.stageLocal(ctx, t)
	}
	return c.stageFolder(ctx, t)
}

// isRepository reports whether a folder is a git repository: a work tree, or a bare one.
func isRepository(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		return true
	}
	head, err := os.Lstat(filepath.Join(dir, "HEAD"))
	if err != nil || head.IsDir() {
		return false
	}
	for _, name := range []string{"objects", "refs"} {
		if fi, err := os.Stat(filepath.Join(dir, name)); err != nil || !fi.IsDir() {
			return false
		}
	}
	return true
}

// done writes down what has changed about a repository and tells the outcome.
func (c *Crawler) done(ctx context.Context, t *task, out Event, s *staged, was *record, parsed commit) Event {
	out.Omitted = s.omitted
	rec := t.record
	if err := c.noteSnapshot(ctx, rec.key, s.snapshot); err != nil {
		out.Kind, out.Err = Failed, err
		return out
	}
	moved := !s.unchanged
	if !was.missingSince.IsZero() || !was.gone.IsZero() {
		if err := c.store.dropFate(ctx, rec.key); err != nil {
			out.Kind, out.Err = Failed, err
			return out
		}
	}
	if same := rec.about(t.repo); !same || rec.retry || !rec.missingSince.IsZero() {
		url := rec.URL
		rec.Repository = t.repo
		rec.URL = url
		rec.present()
		if err := c.store.put(ctx, rec); err != nil {
			out.Kind, out.Err = Failed, err
			return out
		}
	}
	if t.kept != nil { // no longer
		if err := c.store.comeBack(ctx, rec.key); err != nil {
			out.Kind, out.Err = Failed, err
			return out
		}
	}
	out.Commit, out.Links = rec.commit, s.links
	switch {
	case out.Previous == "" || !was.gone.IsZero():
		out.Kind = New
	case !moved || out.Previous == rec.commit:
		out.Kind = Unchanged
	case !s.descends && c.rewritten(ctx, rec, out.Previous, parsed, s):
		out.Kind = ForcePushed
		if err := c.store.rewrote(ctx, rec.key); err != nil {
			out.Kind, out.Err = Failed, err
		}
	default:
		out.Kind, out.Descends = Changed, s.descends || slices.ContainsFunc(parsed.parents, func(h Hash) bool { return h.String() == out.Previous })
	}
	return out
}

// about reports whether the source says the same of the repository as it did before.
func (r *record) about(now Repository) bool {
	a, b := r.Repository, now
	topics := slices.Equal(a.Topics, b.Topics)
	pushed := a.PushedAt.Equal(b.PushedAt)
	a.Topics, b.Topics, a.PushedAt, a.hooked = nil, nil, b.PushedAt, b.hooked
	return topics && pushed && fmt.Sprint(a) == fmt.Sprint(b)
}

// rewritten reports whether the new commit certainly does not descend from the old one. At depth 1 only some cases can
// be told: the server has forgotten the old commit; the new one has no parents, or the same as the old one; or it is
// itself a parent of the old one.
func (c *Crawler) rewritten(ctx context.Context, rec *record, previous string, parsed commit, s *staged) bool {
	for _, p := range parsed.parents {
		if p.String() == previous {
			return false
		}
	}
	if s.unknown || len(parsed.parents) == 0 {
		return true
	}
	h, err := ParseHash(previous)
	if err != nil {
		return false
	}
	o, err := openObjects(c.packBases(rec))
	if err != nil {
		return false
	}
	defer o.close()
	old, err := o.commit(h)
	if err != nil {
		return false
	}
	return slices.Equal(old.parents, parsed.parents) || slices.Contains(old.parents, s.commit)
}

// missing notes that a repository is empty or not there. An empty one is shown until that was seen again after the grace period, any other
// one as was judged.
func (c *Crawler) missing(ctx context.Context, t *task, out Event, kind EventKind, what string, judged verdict) Event {
	r, now := t.record, c.cfg.Now()
	why := string(kind)
	before := *r
	if r.missingSince.IsZero() {
		r.missingSince = now
		if r.commit == "" {
			r.gone = now // there is nothing to show
		}
	}
	if f, err := c.store.fate(ctx, r.key); err == nil && f != nil && kind == Vanished {
		why = f.fate
	}
	r.missingWhy, r.missingWhat = why, what
	until := r.missingSince.Add(c.cfg.Grace)
	back, err := c.broughtBack(ctx, r.key)
	if err != nil {
		out.Kind, out.Err = Failed, err
		return out
	}
	if out.Kind = kind; r.commit != "" {
		out.Until = until
	}
	if over := judged == isGone || kind == Emptied && !now.Before(until); r.gone.IsZero() && over && !back {
		r.gone = now
	}
	if kind == Emptied && before.missingWhy == why && before.gone.Equal(r.gone) {
		out.Kind = Unchanged // still empty
	}
	if !before.missingSince.Equal(r.missingSince) || !before.gone.Equal(r.gone) || before.missingWhy != why || before.retry {
		r.retry = false
		if err := c.store.put(ctx, r); err != nil {
			out.Kind, out.Err = Failed, err
		}
	}
	return out
}

// failed tells a failure, and has the repository tried again next time whatever its source's cursor says.
func (c *Crawler) failed(ctx, limited context.Context, t *task, out Event, err error) Event {
	out.Kind, out.Err = Failed, classify(limited, t.repo.URL, c.cfg, err)
	if ctx.Err() != nil {
		out.Err = ctx.Err()
		return out
	}
	var fault *FetchError
	if errors.As(out.Err, &fault) && fault.Reason == ReasonDisk {
		return out
	}
	stored, getErr := c.store.get(ctx, t.record.key)
	if getErr == nil && stored == nil {
		stored = &record{key: t.record.key, mirror: t.record.mirror}
		stored.Repository = t.repo
	}
	if getErr == nil && (!stored.retry || !postponed(out.Err)) {
		stored.retry = true
		if fault != nil && !postponed(out.Err) {
			stored.failure, stored.hooked = fault.Reason, t.repo.hooked
		}
		c.store.put(ctx, stored) // a failure to note a failure changes nothing
	}
	return out
}

// pathError tells a local path that cannot be read from one that is not there.
func pathError(url string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &FetchError{URL: url, Reason: ReasonNotFound, Err: errors.Join(errMissing, err)}
	}
	return &FetchError{URL: url, Reason: ReasonLocal, Err: err}
}
