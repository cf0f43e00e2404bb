// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"communs/crawler/heritage"
)

// Software Heritage is a source too: of the origins whose address contains some text, or of those in a list of addresses. The archive says
// where they were; each is fetched from there. Of one that is not there any more it is told how to bring it back ([lost]), which the crawl
// does itself where the operator wants it.
func newSWH(sc SourceConfig, token string, cfg Config) (*pagedSource, error) {
	if sc.Path != "" {
		return newList(sc, "", cfg), nil
	}
	a := newAPI(cfg, sc.Name, sc.URL, token, bearer(token))
	client, err := heritage.New(heritage.Config{URL: sc.URL, Transport: a.http.Transport})
	if err != nil {
		return nil, err
	}
	return &pagedSource{name: sc.Name, order: unordered, lister: &swhLister{api: a, client: client, text: sc.Search, seen: map[string]bool{}}}, nil
}

// swhLister searches the archive. Its position is the archive's own word for a page.
type swhLister struct {
	*api
	client *heritage.Client
	text   string
	seen   map[string]bool // positions, so that no page is followed by one before it
	barren int             // pages without an origin, in a row
}

// maxBarren is how many pages without an origin may follow each other.
const maxBarren = 100

func (l *swhLister) part(ctx context.Context, at string, _ time.Time) (part, error) {
	origins, next, err := l.client.Search(ctx, l.text, at)
	var said *heritage.APIError
	if errors.As(err, &said) && said.Status == http.StatusBadRequest && at != "" { // it does not know the place any more
		origins, next, err = l.client.Search(ctx, l.text, "")
	}
	if err != nil {
		return part{}, l.fault(ctx, err)
	}
	l.seen[at] = true
	if l.barren++; len(origins) > 0 {
		l.barren = 0
	}
	if l.seen[next] && next != "" || l.barren > maxBarren {
		return part{}, aimless(l.source, fmt.Sprintf("%q → %q", at, next))
	}
	p := part{date: l.date(), next: next}
	for i, o := range origins {
		r, err := entryAt(l.address, i+1, o.URL)
		var left *SkipError
		if errors.As(err, &left) {
			p.left = append(p.left, left.Err)
			continue
		}
		r.Source = l.source
		p.repos = append(p.repos, r)
	}
	return p, nil
}

// vault is a client of the archive that is listed, for what is brought back: more may come than a list takes.
func (c *Crawler) vault(sc SourceConfig) (*heritage.Client, error) {
	token, err := sc.token(c.cfg)
	if err == nil {
		err = sc.clean()
	}
	if err != nil {
		return nil, err
	}
	g := guard{base: c.cfg.network, idle: c.cfg.FirstByte, meter: &meter{}, limit: func(*http.Request) int64 { return c.cfg.MaxBytes + maxPackedRefs }}
	return heritage.New(heritage.Config{URL: sc.URL, Token: token, Transport: g})
}

// lost reports whether a failure says that a repository is not where it was: its server does not have it, or does not exist any more.
func lost(err error) bool {
	var fault *FetchError
	if !errors.As(err, &fault) {
		return false
	}
	switch fault.Reason {
	case ReasonNotFound, ReasonUnauthorized:
		return true
	case ReasonNetwork: // the same words come from a process that fetched
		return fault.Err != nil && strings.Contains(fault.Err.Error(), "no such host")
	}
	return false
}

// LostError is a repository that its server does not give any more, and that the archive may have.
type LostError struct {
	URL   string
	State string // lost, refused: its server is there and keeps it to itself, cooking: the archive puts it together, nowhere: it has nothing of it
}

func (e *LostError) Error() string { return e.URL + " is not there any more: " + e.State }

// Message says it to people.
func (e *LostError) Message() (string, []any) { return "crawl." + e.State, []any{e.URL} }

// orFromArchive is what comes of a repository that a source of the archive has listed and that could not be fetched.
func (r *crawl) orFromArchive(ctx context.Context, repo Repository, e Event) Event {
	r.mu.Lock()
	sc, listed := r.archives[repo.Source]
	r.mu.Unlock()
	if !listed || e.Kind != Failed || !lost(e.Err) {
		return e
	}
	var fault *FetchError
	if errors.As(e.Err, &fault) && fault.Reason == ReasonUnauthorized { // its owner may have closed it: an operator may ask for it by name
		e.Kind, e.Err = Skipped, &LostError{repo.URL, "refused"}
		return e
	}
	if !sc.Restore {
		e.Kind, e.Err = Skipped, &LostError{repo.URL, "lost"}
		return e
	}
	limited, cancel := context.WithTimeout(ctx, r.c.cfg.Timeout)
	defer cancel()
	if r.opts.DryRun {
		if _, _, err := r.c.lastSeen(limited, sc, repo); err != nil {
			return e.unclaimed(classify(limited, repo.URL, r.c.cfg, err))
		}
		e.Kind, e.Err = New, nil
		return e
	}
	done, err := r.c.reclaim(limited, sc, repo)
	if err != nil {
		return e.unclaimed(classify(limited, repo.URL, r.c.cfg, err))
	}
	e.Kind, e.Err, e.Commit, e.Bytes, e.From = New, nil, done.Commit, done.Bytes, done.From
	return e
}

// unclaimed is a repository that was not brought back.
func (e Event) unclaimed(err error) Event {
	var waits *LostError
	if e.Err = err; errors.As(err, &waits) {
		e.Kind, e.Err = Skipped, waits
	}
	return e
}

// lastSeen is the state in which the archive last saw a repository that may be brought back, and whom to ask for it.
func (c *Crawler) lastSeen(ctx context.Context, sc SourceConfig, repo Repository) (*heritage.Client, heritage.ID, error) {
	if err := c.mayPassOn(ctx, repo.URL); err != nil {
		return nil, heritage.ID{}, err
	}
	client, err := c.vault(sc)
	if err != nil {
		return nil, heritage.ID{}, err
	}
	visit, err := client.LatestVisit(ctx, repo.URL)
	var none *heritage.NoVisitError
	if errors.As(err, &none) {
		err = &LostError{repo.URL, "nowhere"}
	}
	if err != nil {
		return nil, heritage.ID{}, err
	}
	return client, visit.Snapshot, nil
}

// reclaim brings a repository back from the archive when that has put it together, and else has it do so: a later crawl goes on.
func (c *Crawler) reclaim(ctx context.Context, sc SourceConfig, repo Repository) (Restored, error) {
	client, id, err := c.lastSeen(ctx, sc, repo)
	if err != nil {
		return Restored{}, err
	}
	if done, err := client.Order(ctx, id); err != nil {
		return Restored{}, err
	} else if !done {
		return Restored{}, &LostError{repo.URL, "cooking"}
	}
	return c.bringBack(ctx, client, repo, id)
}
