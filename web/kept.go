// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/find"
)

// keptBytes bounds the pages that are kept, compressed: some two thousand lists.
const keptBytes = 16 << 20

// kept are pages of one state of the catalogue on one day, by language and address. With another state or on another day none is left, so
// that what was edited is seen by the next request. What was asked for lately stays: pages are put among the young ones, which become the
// old ones when they take half of the room, and what was old goes unless it was asked for meanwhile.
type kept struct {
	mu         sync.Mutex
	of         *registry.Catalogue
	day        string
	young, old map[string]*keptPage
	bytes      int // of the young ones
}

// keptPage is a page as it is sent.
type keptPage struct {
	response
	held  []heldRepository
	asked *find.Page
}

// heldRepository says whether the index held a repository when the page was made: that may change while the catalogue does not.
type heldRepository struct {
	url  string
	held bool
}

// get gives what is kept; nil when nothing is.
func (k *kept) get(of *registry.Catalogue, day, key string) *keptPage {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.follow(of, day)
	page := k.young[key]
	if page == nil {
		if page = k.old[key]; page != nil {
			k.add(key, page)
		}
	}
	return page
}

func (k *kept) put(of *registry.Catalogue, day, key string, page *keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.follow(of, day)
	k.add(key, page)
}

// follow lets go of all that is of another state.
func (k *kept) follow(of *registry.Catalogue, day string) {
	if k.of != of || k.day != day {
		k.of, k.day, k.young, k.old, k.bytes = of, day, map[string]*keptPage{}, nil, 0
	}
}

func (k *kept) add(key string, page *keptPage) {
	if k.young[key] != nil {
		return // another made the same meanwhile
	}
	const beside = 500 // what a page takes beside its text
	size := len(key) + len(page.body) + len(page.gzipped) + beside
	if k.bytes+size > keptBytes/2 {
		k.young, k.old, k.bytes = map[string]*keptPage{}, k.young, 0
	}
	k.young[key] = page
	k.bytes += size
}

// keep gives a screen whose pages hang on nothing but the catalogue, the address, the language and whether the index holds some
// repositories. Questions with words that the catalogue does not know may say something of who asks: what answers them is not kept. Nor is
// anything for who sends a cookie: pages are the same for all, and should one ever greet its reader, nobody else shall see it.
func (s *Server) keep(serve screen) screen {
	return func(r *request) (*response, error) {
		if r.Header.Get("Cookie") != "" {
			return serve(r)
		}
		c := s.read(r)
		day := s.now().UTC().Format(time.DateOnly)
		key := string(r.said.Lang) + r.URL.EscapedPath() + "?" + r.query.Encode()
		if page := s.kept.get(c, day, key); page != nil && s.stillHeld(r, page.held) {
			if page.asked != nil {
				s.asked(page.asked)
			}
			resp := page.response
			return &resp, nil
		}
		resp, err := serve(r)
		if err != nil || resp.status != http.StatusOK || resp.noStore || resp.cookie != nil || resp.stream != nil || r.passing {
			return resp, err
		}
		resp.tag = etag(resp.body)
		if len(resp.body) >= leastZipped {
			resp.gzipped = s.zip.compress(resp.body)
		}
		if resp.gzipped == nil {
			resp.room = nil
		}
		page := &keptPage{*resp, r.held, r.answered}
		if page.gzipped != nil {
			page.body, page.room = nil, nil // who wants it plain gets it unpacked
		}
		s.kept.put(c, day, key, page)
		return resp, nil
	}
}

// stillHeld reports whether the index holds what it held.
func (s *Server) stillHeld(r *request, all []heldRepository) bool {
	for _, one := range all {
		if s.search.Holds(r.Context(), one.url) != one.held {
			return false
		}
	}
	return true
}
