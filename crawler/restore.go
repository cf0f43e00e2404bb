// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"

	"communs/crawler/heritage"
)

// Restored is a mirror that was brought back from the archive.
type Restored struct {
	URL        string      `json:"url"`
	From       heritage.ID `json:"from"`
	Commit     string      `json:"commit"`
	Branch     string      `json:"branch,omitempty"`
	References int         `json:"references"`
	Objects    int         `json:"objects"`
	Bytes      int64       `json:"bytes"` // of its objects
}

// AliveError is a repository whose own server gives it: it is to be crawled, not brought back.
type AliveError struct{ URL string }

func (e *AliveError) Error() string { return e.URL + " is served by its origin" }

// Message says it to people.
func (e *AliveError) Message() (string, []any) { return "crawl.alive", []any{e.URL} }

// Alive asks a repository's own server for it. Whatever keeps it from answering as a git server counts as a no.
func (c *Crawler) Alive(ctx context.Context, url string) (bool, error) {
	r := Repository{URL: url, Source: url} // the operator wrote it
	if err := c.checkAddresses(&r); err != nil {
		return false, &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Idle)
	defer cancel()
	t := &task{repo: r, record: &record{}, look: true, read: func(int64) {}}
	_, err := c.stageHTTP(ctx, t)
	return err == nil, nil
}

// BringBack makes a mirror of what the archive has put together of a repository ([heritage.Client.Cook]), with all its history. What
// comes is not trusted: objects are named anew by their content, and the whole must be what the identifier says. The mirror stays shown
// though its origin is gone, until that answers again.
func (c *Crawler) BringBack(ctx context.Context, client *heritage.Client, url string, id heritage.ID) (Restored, error) {
	unlock, err := c.lock()
	if err != nil {
		return Restored{}, err
	}
	defer unlock()
	defer c.clearStaging()
	done, err := c.bringBack(ctx, client, Repository{URL: url, Source: restoredSource}, id)
	if err == nil {
		err = c.store.setArchive(ctx, AddressKey(done.URL), []string{"restored_over"}, 1)
	}
	return done, err
}

// bringBack is BringBack while nobody else writes to the mirrors.
func (c *Crawler) bringBack(ctx context.Context, client *heritage.Client, r Repository, id heritage.ID) (Restored, error) {
	if err := c.checkAddresses(&r); err != nil {
		return Restored{}, &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
	}
	key := AddressKey(r.URL)
	relative, err := mirrorPath(key)
	if err != nil {
		return Restored{}, &FetchError{URL: r.URL, Reason: ReasonAddress, Err: err}
	}
	if err := c.mayPassOn(ctx, r.URL); err != nil {
		return Restored{}, err
	}
	rec, err := c.store.get(ctx, key)
	if err != nil {
		return Restored{}, err
	}
	if rec == nil {
		rec = &record{key: key, mirror: relative, Repository: repositoryAt(r.URL, r.Source)}
	}
	dir, err := c.newStaging()
	if err != nil {
		return Restored{}, diskFault(c.cfg.Dir, err)
	}
	defer c.cfg.Disk.Remove(dir)
	s, out, err := c.download(ctx, client, r, id, dir)
	if err != nil {
		return Restored{}, diskFault(c.cfg.Dir, err)
	}
	rec = rec.fromNothing()
	rec.restored = id.String()
	out.URL, out.From = rec.URL, id
	return c.adopt(ctx, rec, s, out)
}

// restoredSource is the source of what nobody lists any more.
const restoredSource = "swh"

// adopt publishes a bundle as a mirror. That it was brought back is written down first: a mirror that is not marked would be hidden once
// its origin is found to be gone.
func (c *Crawler) adopt(ctx context.Context, rec *record, s *staged, out Restored) (Restored, error) {
	if err := c.wantsOut(&task{repo: rec.Repository, record: rec}, s); err != nil {
		return Restored{}, err
	}
	now := toUnix(c.cfg.Now())
	if err := c.store.setArchive(ctx, rec.key, []string{"restored", "restored_time"}, out.From.String(), now); err != nil {
		return Restored{}, err
	}
	if _, err := c.publish(ctx, rec, s); err != nil {
		return Restored{}, errors.Join(err, c.store.setArchive(ctx, rec.key, []string{"restored", "restored_time"}, "", 0))
	}
	holds := HoldsCommit
	if out.From.Type == heritage.Snapshot {
		holds = HoldsSnapshot
	}
	columns := []string{"snapshot", "asked", "asked_commit", "holds"}
	if out.From.Type != heritage.Snapshot {
		return out, c.store.setArchive(ctx, rec.key, columns[1:], now, out.Commit, holds)
	}
	return out, c.store.setArchive(ctx, rec.key, columns, out.From.String(), now, out.Commit, holds)
}
