// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"maps"
	"time"

	"communs/crawler/polite"
)

// Tally counts what a crawl did with one source: how many repositories of each fate, and why some were not brought. It is kept with the
// run, so its names in JSON stay.
type Tally struct {
	Source      string         `json:"source"`
	Found       int            `json:"found"`
	New         int            `json:"new"`
	Changed     int            `json:"changed"` // force-pushed ones too
	ForcePushed int            `json:"force_pushed"`
	Unchanged   int            `json:"unchanged"`
	Gone        int            `json:"gone"`              // emptied, vanished, withdrawn
	Renamed     int            `json:"renamed,omitempty"` // whatever came of them besides
	Skipped     int            `json:"skipped"`
	Waiting     int            `json:"waiting"` // found, and left for the next crawl
	Failed      int            `json:"failed"`
	Bytes       int64          `json:"bytes"`
	Seconds     float64        `json:"seconds"` // from the first that was heard of it to the last
	Why         map[string]int `json:"why"`     // reasons of what was skipped, left or failed
	Broken      string         `json:"broken"`  // reason why the listing did not come to its end; empty when it did
	begun       time.Time
	left        map[string]bool // keys of what was found and has no fate yet
}

// Tallies counts events by their sources. Whoever uses it from several goroutines takes turns.
type Tallies struct {
	list []*Tally
	at   map[string]*Tally
}

// Add counts an event that happened at that time.
func (t *Tallies) Add(e Event, at time.Time) {
	switch e.Kind {
	case HostWaiting, HostResting, HostBack:
		return // not about a source
	}
	one := t.at[e.Source]
	if one == nil {
		if t.at == nil {
			t.at = map[string]*Tally{}
		}
		one = &Tally{Source: e.Source, Why: map[string]int{}, begun: at, left: map[string]bool{}}
		t.at[e.Source], t.list = one, append(t.list, one)
	}
	one.Seconds = at.Sub(one.begun).Seconds()
	if e.Kind != Found && e.Kind != Progress {
		one.Bytes += e.Bytes
	}
	if e.Err != nil && e.Kind != Progress {
		if e.Kind == Failed && e.Repository.URL == "" {
			one.Broken = Why(e.Err)
			one.Failed++
			return
		}
		one.Why[Why(e.Err)]++
	}
	key := AddressKey(e.Repository.URL)
	switch e.Kind {
	case Found:
		one.Found++
		one.left[key] = true
		return
	case Progress:
		return
	case Renamed:
		one.Renamed++
		return
	case Postponed:
		one.Waiting++
	case New:
		one.New++
	case Changed:
		one.Changed++
	case ForcePushed:
		one.Changed++
		one.ForcePushed++
	case Unchanged:
		one.Unchanged++
	case Emptied, Vanished, Withdrawn:
		one.Gone++
	case Skipped:
		one.Skipped++
	case Failed:
		one.Failed++
	}
	delete(one.left, key)
}

// List gives the tallies in the order in which their sources were first heard of. What was found and has no other fate yet waits.
func (t *Tallies) List() []Tally {
	list := make([]Tally, len(t.list))
	for i, one := range t.list {
		list[i] = *one
		list[i].Waiting += len(one.left)
		list[i].left, list[i].Why = nil, maps.Clone(one.Why)
	}
	return list
}

// WhyOther is the reason of an error that has no name.
const WhyOther = "other"

// Why names the reason of an error in a word, for counting: a [Reason], or one of those below. "crawl.why." and the word is its sentence,
// which names neither a repository nor a path.
func Why(err error) string {
	var fetch *FetchError
	var out *OptOutError
	var config *ConfigError
	var address *polite.AddressError
	var robots *polite.RobotsError
	var withdrawal *WithdrawalError
	var away *LostError
	switch {
	case postponed(err):
		return string(ReasonLater)
	case errors.As(err, &fetch):
		return string(fetch.Reason)
	case errors.As(err, &out):
		return "opt-out"
	case errors.As(err, &config):
		return "config"
	case errors.As(err, &address):
		return string(ReasonAddress)
	case errors.As(err, &robots):
		return "robots"
	case errors.As(err, &away):
		return away.State
	case errors.As(err, &withdrawal):
		return "withdrawn"
	}
	return WhyOther
}
