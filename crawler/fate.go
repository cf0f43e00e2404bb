// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"communs/internal/sqlite"
)

// What a git server refuses is not thereby gone: some answer 401 for what was deleted, others 404 while they are being repaired. So its
// forge is asked. Its word counts when it has said twice, a grace period apart, that it was deleted or made private: then it is
// not shown any more, until somebody has reviewed it ([Crawler.Keep], [Crawler.Withdraw]) or it comes back. A forge that is down, that has us wait or
// that says nothing confirms nothing. Where there is no forge to ask, the git server's refusals, a grace period apart, must do.

// The fates of repositories that are not there any more.
const (
	FateDeleted  = "deleted"
	FatePrivate  = "private"
	FateReplaced = "replaced" // another repository has its address
)

// fate is a row of crawl_fates.
type fate struct {
	fate        string
	said, asked time.Time
	times       int
	either      bool
	kept        bool
	note        string
	reviewed    time.Time
}

const reviewKept = "kept"

func (s *store) fate(ctx context.Context, key string) (*fate, error) {
	var f fate
	var said, asked, reviewed int64
	var review string
	err := s.db.QueryRowContext(ctx, `SELECT fate, said, asked, times, either, review, note, reviewed FROM crawl_fates WHERE key = ?`, key).
		Scan(&f.fate, &said, &asked, &f.times, &f.either, &review, &f.note, &reviewed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	f.said, f.asked, f.reviewed, f.kept = fromUnix(said), fromUnix(asked), fromUnix(reviewed), review == reviewKept
	return &f, sqlite.Damaged(s.path, err)
}

func (s *store) putFate(ctx context.Context, key string, f *fate) error {
	review := ""
	if f.kept {
		review = reviewKept
	}
	return s.exec(ctx, `INSERT OR REPLACE INTO crawl_fates VALUES (?,?,?,?,?,?,?,?,?)`,
		key, f.fate, toUnix(f.said), toUnix(f.asked), f.times, f.either, review, f.note, toUnix(f.reviewed))
}

func (s *store) dropFate(ctx context.Context, key string) error {
	return s.exec(ctx, `DELETE FROM crawl_fates WHERE key = ?`, key)
}

// verdict is what comes of a repository that its git server refuses.
type verdict int

const (
	stillShown verdict = iota // nothing is certain yet
	saidOnce                  // its forge has said for the first time that it is gone
	saidAgain                 // and again, before the grace period has ended
	isGone
	isKept  // it was reviewed
	isMoved // it has another address
	isThere // its forge says that it is there
)

// judge decides what comes of it. known is what its forge has said before, nil when nothing; answered tells whether there is a forge to ask,
// s is what it says now.
func judge(missing time.Time, known *fate, answered bool, s Status, now time.Time, grace time.Duration) verdict {
	said := s.State == StateDeleted || s.State == StatePrivate
	switch {
	case answered && s.State == StateMoved:
		return isMoved
	case answered && (s.State == StatePresent || s.State == StateArchived):
		return isThere
	case known != nil && known.kept:
		return isKept
	case !answered && !missing.IsZero() && !now.Before(missing.Add(grace)):
		return isGone
	case !answered || !said:
		return stillShown
	case known == nil:
		return saidOnce
	case now.Before(known.said.Add(grace)):
		return saidAgain
	}
	return isGone
}

// vanished decides what comes of a repository that its server refuses, and notes it.
func (c *Crawler) vanished(ctx, limited context.Context, t *task, out Event, cause error, tell func(Event)) Event {
	r, now := t.record, c.cfg.Now()
	known, err := c.store.fate(ctx, r.key)
	if err != nil {
		return c.failed(ctx, limited, t, out, err)
	}
	var s Status
	answered := false
	if t.ask != nil && r.commit != "" {
		s, answered = t.ask(ctx, r.Repository)
	}
	v := judge(r.missingSince, known, answered, s, now, c.cfg.Grace)
	switch v {
	case isMoved:
		moved, err := c.renameClaimed(ctx, r, s.Repository, tell)
		if err != nil {
			return c.failed(ctx, limited, t, out, err)
		}
		if moved == nil { // an address that is not its forge's to give
			return c.missing(ctx, t, out, Vanished, cause.Error(), stillShown)
		}
		out.Repository, out.Previous, out.Commit = moved.Repository, moved.commit, moved.commit
		if moved.mirror != r.mirror { // it is fetched for itself
			out.Kind = Unchanged
			return out
		}
		return c.fetch(ctx, &task{repo: moved.Repository, record: moved, withdrawn: t.withdrawn, makeDir: c.newStaging}, out, tell)
	case isThere:
		return c.failed(ctx, limited, t, out, cause)
	case saidOnce:
		known = &fate{fate: FateDeleted, said: now, asked: now, times: 1}
	case saidAgain, isGone:
		if answered {
			known.asked = now
			known.times++
		}
	}
	if known != nil && answered && v != stillShown {
		if s.State == StatePrivate {
			known.fate = FatePrivate
		}
		known.either = s.Either
		if err := c.store.putFate(ctx, r.key, known); err != nil {
			return c.failed(ctx, limited, t, out, err)
		}
	}
	return c.missing(ctx, t, out, Vanished, cause.Error(), v)
}

// stillLost is what comes of a mirror that was brought back from the archive since its origin was gone, when that still is. A server that is there
// and refuses what it did not have may be its owner's no: then it is hidden until it is reviewed, unless an operator wanted it by name.
func (c *Crawler) stillLost(ctx context.Context, t *task, was *record, out Event, cause error) (e Event, known bool) {
	back, over, err := c.restoredOver(ctx, was.key)
	if err != nil || !back {
		return out, false
	}
	out.Kind = Unchanged // that its origin is gone is known
	var fault *FetchError
	if over || !was.gone.IsZero() || !errors.As(cause, &fault) || fault.Reason != ReasonUnauthorized {
		return out, true
	}
	said, err := c.store.fate(ctx, was.key)
	if err != nil || said != nil && said.kept {
		return out, true
	}
	now := c.cfg.Now()
	if err := c.store.putFate(ctx, was.key, &fate{fate: FatePrivate, said: now, asked: now, times: 1, either: true}); err != nil {
		out.Kind, out.Err = Failed, diskFault(c.cfg.Dir, err)
		return out, true
	}
	t.record = was
	was.missingSince, was.gone = now, now
	return c.missing(ctx, t, out, Vanished, cause.Error(), isGone), true
}

// ReplacedError is an address at which another repository stands than the one that was mirrored.
type ReplacedError struct{ URL string }

func (e *ReplacedError) Error() string { return "another repository stands at " + e.URL }

// Message says it to people.
func (e *ReplacedError) Message() (string, []any) { return "crawl.replaced", []any{e.URL} }

// another reports whether a forge's number of a repository is not the one that it had.
func (r *record) another(now Repository) bool {
	return r.ForgeID > 0 && now.ForgeID > 0 && r.ForgeID != now.ForgeID && r.Source == now.Source
}

// replaced notes that another repository stands at the address, so that the one that was mirrored is not passed off as it, nor it as that one.
func (c *Crawler) replaced(ctx context.Context, r *record, out Event) Event {
	now := c.cfg.Now()
	out.Kind, out.Err = Skipped, &ReplacedError{r.URL}
	next := *r
	next.missingWhy = FateReplaced
	if next.missingSince.IsZero() {
		next.missingSince = now
	}
	if next.gone.IsZero() {
		next.gone = now
	}
	err := c.store.putFate(ctx, r.key, &fate{fate: FateReplaced, said: now, asked: now, times: 1})
	if err == nil {
		err = c.store.put(ctx, &next)
	}
	if err != nil {
		out.Kind, out.Err = Failed, diskFault(c.cfg.Dir, err)
	}
	return out
}

// related reports whether what was staged goes on with what is mirrored: it descends from it, or half of the top folder is the same.
func (c *Crawler) related(t *task, s *staged) (bool, error) {
	if s.descends || s.unchanged {
		return true, nil
	}
	bases := c.packBases(t.record)
	if s.base != "" {
		bases = append(bases, s.base)
	}
	o, err := openObjects(bases)
	if err != nil {
		return false, err
	}
	defer o.close()
	top, err := o.commit(s.commit)
	if err != nil {
		return false, err
	}
	for _, p := range top.parents {
		if p.String() == t.record.commit {
			return true, nil
		}
	}
	before, err := ParseHash(t.record.tree)
	if err != nil {
		return false, err
	}
	old, err := o.tree(before)
	if err != nil {
		return false, err
	}
	now, err := o.tree(top.tree)
	if err != nil {
		return false, err
	}
	had, same := map[string]bool{}, 0
	for _, e := range old {
		had[e.name+e.hash.String()] = true
	}
	for _, e := range now {
		if had[e.name+e.hash.String()] {
			same++
		}
	}
	return same > 0 && 2*same >= min(len(old), len(now)), nil
}

// Tombstone is a repository that is not there any more.
type Tombstone struct {
	URL      string
	Fate     string    // deleted, private, replaced, emptied; vanished where there is no forge to ask
	Either   bool      // deleted or private: its forge does not tell which
	Since    time.Time // when that was first noticed
	Hidden   time.Time // since when it is not shown; zero while it is
	Times    int       // that its forge has said so
	Kept     bool      // it was reviewed, and is shown
	Note     string    // why
	Reviewed time.Time
}

// Tombstones lists the repositories of which something is mirrored and which are not there any more, in the order of their URLs.
func (c *Crawler) Tombstones(ctx context.Context) ([]Tombstone, error) {
	list, err := c.store.list(ctx, "commit_name <> '' AND missing_since <> 0")
	if err != nil {
		return nil, err
	}
	var stones []Tombstone
	for _, r := range list {
		stone, err := c.store.tombstone(ctx, r)
		if err != nil {
			return nil, err
		}
		stones = append(stones, stone)
	}
	return stones, nil
}

// Tombstone tells what has become of a repository that is not shown any more because it is not there any more; its address may be written in any
// way, and may be one that it had.
func (c *Crawler) Tombstone(ctx context.Context, url string) (Tombstone, error) {
	unknown := &UnknownError{withoutUser(url)}
	if c.store == nil {
		return Tombstone{}, unknown
	}
	if have, err := sqlite.Version(ctx, c.store.db, "crawler"); err != nil || have != len(migrations()) { // who only reads does not bring the tables up to date
		return Tombstone{}, errors.Join(unknown, sqlite.Damaged(c.store.path, err))
	}
	r, err := c.find(ctx, url)
	if err != nil {
		return Tombstone{}, err
	}
	if r == nil || r.commit == "" || r.missingSince.IsZero() || r.gone.IsZero() {
		return Tombstone{}, unknown
	}
	return c.store.tombstone(ctx, r)
}

func (s *store) tombstone(ctx context.Context, r *record) (Tombstone, error) {
	stone := Tombstone{URL: r.URL, Fate: r.missingWhy, Since: r.missingSince, Hidden: r.gone}
	f, err := s.fate(ctx, r.key)
	if err == nil && f != nil {
		stone.Either, stone.Times, stone.Kept, stone.Note, stone.Reviewed = f.either, f.times, f.kept, f.note, f.reviewed
	}
	return stone, err
}

// NotGoneError is a repository that cannot be reviewed: nothing has become of it.
type NotGoneError struct{ URL string }

func (e *NotGoneError) Error() string { return fmt.Sprintf("%s is there", e.URL) }

// Message says it to people.
func (e *NotGoneError) Message() (string, []any) { return "crawl.not-gone", []any{e.URL} }

// Keep has a repository shown although it is not there any more, with a note; without one, it is hidden again. Of one whose address another
// repository has, it says that they are one after all: the next crawl brings it.
func (c *Crawler) Keep(ctx context.Context, url, note string) (Tombstone, error) {
	unlock, err := c.lock()
	if err != nil {
		return Tombstone{}, err
	}
	defer unlock()
	r, err := c.find(ctx, url)
	switch {
	case err != nil:
		return Tombstone{}, err
	case r == nil || r.commit == "":
		return Tombstone{}, &UnknownError{withoutUser(url)}
	case r.missingSince.IsZero():
		return Tombstone{}, &NotGoneError{r.URL}
	}
	f, err := c.store.fate(ctx, r.key)
	if err != nil {
		return Tombstone{}, err
	}
	now := c.cfg.Now()
	if f == nil {
		f = &fate{fate: r.missingWhy, said: r.missingSince, asked: r.missingSince}
	}
	f.kept, f.note, f.reviewed = note != "", note, now
	switch {
	case f.fate == FateReplaced && f.kept:
		r.ForgeID = 0
		r.present()
		r.retry = true
	case f.kept:
		r.gone = time.Time{}
	default:
		r.gone = now
	}
	if err := c.store.putFate(ctx, r.key, f); err != nil {
		return Tombstone{}, diskFault(c.cfg.Dir, err)
	}
	if err := c.store.put(ctx, r); err != nil {
		return Tombstone{}, diskFault(c.cfg.Dir, err)
	}
	return Tombstone{r.URL, f.fate, f.either, r.missingSince, r.gone, f.times, f.kept, f.note, f.reviewed}, nil
}
