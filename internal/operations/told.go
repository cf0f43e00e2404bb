// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package operations

import (
	"encoding/json"
	"slices"
	"time"

	"communs/crawler"
	"communs/crawler/polite"
)

// Told is what a crawl tells of itself in its row of the ledger, as JSON.
type Told struct {
	Sources []crawler.Tally `json:"sources"`
	Hosts   []Host          `json:"hosts"`
	Asked   int             `json:"asked"`         // hosts in all
	Why     string          `json:"why,omitempty"` // reason of what ended it
}

// maxTold bounds how many hosts and sources a run tells of: those in trouble first, then those that were asked most.
const maxTold = 50

// Host is what a crawl asked of one server, and how that went.
type Host struct {
	Host     string  `json:"host"` // empty when it is kept from who asks
	Requests int     `json:"requests"`
	Retries  int     `json:"retries"`
	Faults   int     `json:"faults"`  // no answer, or 5xx
	Limited  int     `json:"limited"` // too many requests
	Bytes    int64   `json:"bytes"`
	Waited   float64 `json:"waited_seconds"`
	Resting  bool    `json:"resting"`         // left alone, after faults in a row
	Until    string  `json:"until,omitempty"` // not to be asked before
	Why      string  `json:"why,omitempty"`   // of Until: retry-after, rate-limit, pace; of one that rests what its last fault was: server, network
	Internal bool    `json:"internal,omitempty"`
}

// Hosts are the servers that were asked.
func Hosts(list []polite.HostState) []Host {
	hosts := make([]Host, 0, len(list))
	for _, s := range list {
		h := Host{Host: s.Host, Requests: s.Requests, Retries: s.Retries, Faults: s.Faults, Limited: s.Limited, Bytes: s.Bytes,
			Waited: s.Waited.Seconds(), Resting: s.Resting}
		if !s.Until.IsZero() {
			h.Until, h.Why = s.Until.UTC().Format(time.RFC3339), s.Why
		}
		switch {
		case s.Resting && s.Err != nil:
			h.Why = string(crawler.ReasonNetwork)
		case s.Resting:
			h.Why = string(crawler.ReasonServer)
		}
		hosts = append(hosts, h)
	}
	return hosts
}

// NotBefore is when a server may be asked again; the zero time when it may be now.
func (h *Host) NotBefore(now time.Time) time.Time {
	at, err := time.Parse(time.RFC3339, h.Until)
	if err != nil || !now.Before(at) {
		return time.Time{}
	}
	return at
}

// Text writes it, shortened.
func (t Told) Text() json.RawMessage {
	slices.SortStableFunc(t.Hosts, func(a, b Host) int { return hostWeight(b) - hostWeight(a) })
	slices.SortStableFunc(t.Sources, func(a, b crawler.Tally) int { return sourceWeight(b) - sourceWeight(a) })
	t.Hosts, t.Sources = t.Hosts[:min(maxTold, len(t.Hosts))], t.Sources[:min(maxTold, len(t.Sources))]
	text, _ := json.Marshal(t) // of numbers and words alone: it cannot fail
	return text
}

func hostWeight(h Host) int {
	n := h.Requests
	if h.Until != "" || h.Faults+h.Limited > 0 {
		n += 1 << 40
	}
	return n
}

func sourceWeight(t crawler.Tally) int {
	if t.Broken != "" || t.Failed > 0 {
		return 1
	}
	return 0
}
