// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"communs/crawler"
	"communs/registry"
	"communs/registry/imports"
)

// A crawl keeps the catalogue up to date, frugally: what moved on the forges of members is proposed, and of the catalogue's repositories so
// many are looked at after each crawl, those that moved in it first, then those whose figures are the oldest.
const (
	lookAgainMoved = 7  // days after which the figures of what moved are old
	lookAgain      = 30 // of the rest
	lookMost       = 50 // repositories after one crawl
)

// catalogueResult is what a crawl did for the catalogue.
type catalogueResult struct {
	Proposed *proposeResult  `json:"proposed,omitempty"`
	Activity *activityResult `json:"activity,omitempty"`
}

// memberSources are the forges of the registry's members.
func (p *program) memberSources(ctx context.Context) ([]crawler.SourceConfig, error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	c, err := p.openCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	return imports.MemberSources(c.Last()), c.Close()
}

// keepCatalogue proposes what moved on members' forges, and looks at the activity of what moved, and with rest of whatever else is due.
func (p *program) keepCatalogue(ctx context.Context, s *store, moved map[string]bool, rest bool, jobs int) (*catalogueResult, error) {
	c, err := p.openCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	nothing := len(c.Last().AllSoftware()) == 0 && !slices.ContainsFunc(c.Last().Organisations(), imports.Member)
	if err := c.Close(); err != nil || nothing {
		return nil, err
	}
	l, err := p.looking(ctx, s)
	if err != nil {
		return nil, err
	}
	defer l.store.Close()
	if err := l.rename(ctx); err != nil || len(moved) == 0 && !rest { // what was renamed need not have moved
		return nil, err
	}
	asked := func(url string) bool {
		if !moved[crawler.AddressKey(url)] {
			return false
		}
		o, ok := l.known.OwnerOf(url)
		return ok && imports.Member(o)
	}
	var r catalogueResult
	if len(moved) > 0 && slices.ContainsFunc(l.known.Organisations(), imports.Member) {
		if r.Proposed, err = p.propose(ctx, s.crawler, l.store, asked, false, false); err != nil {
			return nil, err
		}
		if l.known, err = registry.Load(ctx, l.store); err != nil {
			return nil, err
		}
	}
	urls := l.due(moved, rest)
	if len(urls) == 0 {
		return &r, nil
	}
	err = l.run(ctx, urls, max(jobs, 1))
	l.show.done()
	r.Activity = &l.result
	return &r, err
}

// rename gives the catalogue's repositories the addresses that their forges have said they have now.
func (l *looking) rename(ctx context.Context) error {
	moved, err := l.mirror.Moved(ctx)
	if err != nil {
		return err
	}
	maps.DeleteFunc(moved, func(old, now string) bool { return !l.known.MayRename(old, now) })
	if len(moved) == 0 {
		return nil
	}
	if _, err := registry.Rename(ctx, l.store, moved); err != nil {
		return err
	}
	l.known, err = registry.Load(ctx, l.store)
	return err
}

// due are the repositories of the catalogue's software that are looked at after a crawl in which these have moved: those, or with rest
// also others.
func (l *looking) due(moved map[string]bool, rest bool) []string {
	type candidate struct {
		url  string
		seen registry.Date
		turn uint32
	}
	var list []candidate
	urls, err := l.repositories(nil)
	if err != nil {
		return nil // it is about ids, of which none is given
	}
	for _, url := range urls {
		c := candidate{url: url}
		if r, ok := l.known.FindRepository(url); ok {
			c.seen = r.Snapshot.Date
		}
		old := lookAgain
		if moved[crawler.AddressKey(url)] {
			old = lookAgainMoved
		}
		if c.seen > l.day(-old) || old == lookAgain && !rest {
			continue
		}
		if old == lookAgainMoved {
			c.seen = "" // first
		}
		// Those that were never seen take turns: a server that does not answer keeps nobody else waiting.
		turn := fnv.New32a()
		turn.Write([]byte(url + string(l.day(0))))
		c.turn = turn.Sum32()
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.turn, b.turn), cmp.Compare(a.url, b.url))
	})
	urls = urls[:0]
	for _, c := range list[:min(len(list), lookMost)] {
		urls = append(urls, c.url)
	}
	l.result.Repositories, l.result.Fresh = len(urls), 0
	return urls
}

// toldCatalogue tells what a crawl did for the catalogue.
func (p *program) toldCatalogue(r *catalogueResult) {
	if r == nil {
		return
	}
	if s := r.Proposed; s != nil && s.Looked > 0 {
		p.note("cmd.registry.propose.counts", s.Looked, s.New, s.Changed, s.Same, s.Refused)
	}
	if a := r.Activity; a != nil {
		p.note("cmd.crawl.activity", a.Repositories, a.Read, a.Failed, p.size(a.Bytes))
	}
}
