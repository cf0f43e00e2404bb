// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package operations

import (
	"slices"
	"time"

	"communs/internal/ledger"
)

// Need is something that asks for the attention of whoever runs the instance. "web.operations.need." and its kind is its sentence.
type Need struct {
	Kind     string     `json:"kind"`
	Source   string     `json:"source,omitempty"`
	Host     string     `json:"host,omitempty"`
	Internal bool       `json:"internal,omitempty"` // the source or host is kept from who asks
	Why      string     `json:"why,omitempty"`
	N        int        `json:"n,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
}

// The kinds of needs.
const (
	NeedSource    = "source"     // Source could not be listed: Why
	NeedFailed    = "failed"     // N repositories of Source were not brought
	NeedHost      = "host"       // Host is left alone until Until: Why
	NeedContact   = "contact"    // forges are not told whom to write to
	NeedRunFailed = "run-failed" // the latest crawl: Why
	NeedRunKilled = "run-killed"
	NeedNever     = "never"  // no crawl was ever made
	NeedStale     = "stale"  // the latest crawl is more than N days old
	NeedReview    = "review" // N hidden repositories wait for a decision
	NeedFaults    = "faults" // N parts of the index were set aside
	NeedQueue     = "queue"  // N repositories wait, the oldest since Until
)

// NeedKinds lists them.
func NeedKinds() []string {
	return []string{NeedSource, NeedFailed, NeedHost, NeedContact, NeedRunFailed, NeedRunKilled, NeedNever, NeedStale, NeedReview, NeedFaults, NeedQueue}
}

// staleDays is after how many days without a crawl somebody should look.
const staleDays = 8

// needs finds them in what is known.
func (r *Reader) needs(rep *Report) []Need {
	list := []Need{}
	add := func(n Need) { list = append(list, n) }
	switch {
	case len(rep.Runs) == 0 && rep.Repositories.Mirrored == 0:
		add(Need{Kind: NeedNever})
	case len(rep.Runs) == 0:
	case rep.Runs[0].Outcome == string(ledger.Failed):
		add(Need{Kind: NeedRunFailed, Why: rep.Runs[0].Why})
	case rep.Runs[0].Outcome == string(ledger.Killed):
		add(Need{Kind: NeedRunKilled})
	case rep.Runs[0].Outcome != UnderWay && rep.Time.Sub(rep.Runs[0].Began) > staleDays*24*time.Hour && len(r.Sources) > 0:
		add(Need{Kind: NeedStale, N: staleDays})
	}
	if rep.Index != nil && rep.Index.Faults > 0 {
		add(Need{Kind: NeedFaults, N: rep.Index.Faults})
	}
	for _, s := range rep.Sources {
		switch {
		case s.Last == nil:
		case s.Last.Broken != "":
			add(Need{Kind: NeedSource, Source: s.Name, Internal: s.Internal, Why: s.Last.Broken})
		case s.Last.Failed > 0:
			add(Need{Kind: NeedFailed, Source: s.Name, Internal: s.Internal, N: s.Last.Failed})
		}
	}
	for _, h := range rep.Hosts {
		if at := h.NotBefore(rep.Time); h.Resting && !at.IsZero() {
			add(Need{Kind: NeedHost, Host: h.Host, Internal: h.Internal, Why: h.Why, Until: &at})
		}
	}
	if n := rep.Repositories.Review; n > 0 {
		add(Need{Kind: NeedReview, N: n})
	}
	if oldest := rep.Queue.Oldest; oldest != nil && rep.Time.Sub(*oldest) > staleDays*24*time.Hour {
		add(Need{Kind: NeedQueue, N: rep.Queue.Length, Until: oldest})
	}
	if !r.Contact && slices.ContainsFunc(r.Sources, asksOthers) {
		add(Need{Kind: NeedContact})
	}
	return list
}
