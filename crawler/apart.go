// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"path/filepath"

	"communs/crawler/polite"
	"communs/crawler/worker"
)

// order is what a child is told to do about a repository.
func (c *Crawler) order(r Repository, e errand, dir string) order {
	t := &errandText{e.Address, e.Commit, []byte(e.Branch), e.Skip, nil, e.Look}
	for _, p := range e.Packs {
		t.Packs = append(t.Packs, []byte(p))
	}
	limits := c.cfg.Limits
	return order{Format: orderFormat, Terms: c.terms(), URL: r.URL, Trusted: c.cfg.network.open(r), Data: []byte(c.cfg.Dir), Dir: []byte(dir), Fetch: t,
		Process: worker.Limits{Memory: limits.Memory, CPU: limits.CPU, Tasks: childErrands, File: limits.Disk}}
}

// fetchApart has a child fetch.
func (c *Crawler) fetchApart(ctx context.Context, t *task) (*staged, error) {
	e := c.errand(t)
	dir, err := t.newDir(c)
	if err != nil {
		return nil, err
	}
	var s *staged
	err = c.apart(ctx, c.order(t.repo, e, dir), t.read, func(a *answer) (err error) {
		switch {
		case a.Staged != nil:
			s, err = a.Staged.accept(e, dir)
		case a.Done:
			err = errAnswer
		}
		return err
	})
	return s, err
}

// newDir is the name of a new staging folder for the task, in the place of the one it had. The child makes it, when there is
// something to put there.
func (t *task) newDir(c *Crawler) (dir string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dir != "" {
		err = c.cfg.Disk.Remove(t.dir)
	}
	t.dir = c.stagingName()
	return t.dir, err
}

// stagingName is a name for the folder of one fetch that no other has.
func (c *Crawler) stagingName() string {
	return filepath.Join(c.staging(), "fetch-"+rand.Text())
}

// historyApart has a child ask for a history.
func (c *Crawler) historyApart(ctx context.Context, r Repository, seen string, most int64) (*History, error) {
	dir := c.stagingName()
	defer c.cfg.Disk.Remove(dir)
	o := c.order(r, errand{Address: r.address()}, dir)
	o.History, o.Terms.Bytes = &historyOrder{c.cfg.Now(), seen}, most
	h := &History{}
	return h, c.apart(ctx, o, nil, func(a *answer) error {
		if a.History == nil {
			return errAnswer
		}
		return h.add(a.History, c.cfg.Limits.References, a.Done)
	})
}

// apart has a child carry out an order when it is its host's turn. read hears how much has come; take gets what it brings, in parts of
// which the last is done.
func (c *Crawler) apart(ctx context.Context, o order, read func(int64), take func(*answer) error) error {
	host := addressHost(o.Fetch.Address)
	leave, err := c.cfg.network.Enter(ctx, host)
	if err != nil {
		return err
	}
	defer leave()
	var last answer
	err = c.children.run(ctx, host, o, func(a *answer) error {
		last = *a
		if a.Bytes > 0 && read != nil {
			read(a.Bytes)
		}
		switch {
		case a.Fault != nil:
			return a.Fault.accept()
		case a.Done || a.History != nil:
			return take(a)
		}
		return nil
	})
	list := last.Spent[:min(len(last.Spent), maxSpent)]
	if !last.Done { // it did not come to tell: one request, and what came of its answer
		list = []spent{{host, 1, last.Bytes}}
	}
	for _, s := range list {
		s = s.accept(o.Terms.Bytes + o.Terms.List)
		c.cfg.network.Spent(s.Host, s.Requests, s.Bytes)
	}
	if ctx.Err() == nil {
		c.cfg.network.Note(host, last.Status, last.Header, wireFault(err))
	}
	return err
}

// wireFault is what a server is to blame for: that it could not be reached, or fell silent.
func wireFault(err error) error {
	var fault *FetchError
	if errors.As(err, &fault) && (fault.Reason == ReasonNetwork || fault.Reason == ReasonSilent) {
		return err
	}
	return nil
}

// addressHost is the host of an address, as it is spelt where hosts are told apart.
func addressHost(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return polite.Host(u)
}
