// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"communs/crawler/polite"
)

// TestTalliesOfEachSource counts what a crawl of two sources tells, and holds that each repository has one fate.
func TestTalliesOfEachSource(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	var tallies Tallies
	n := 0
	tell := func(source string, kind EventKind, err error, bytes int64) {
		n++
		r := Repository{URL: fmt.Sprintf("https://example.org/%s/%d", source, n)}
		add := func(e Event) { at = at.Add(time.Second); e.Source = source; tallies.Add(e, at) }
		add(Event{Kind: Found, Repository: r})
		add(Event{Kind: Progress, Repository: r, Bytes: 1})
		if kind != Progress { // it is under way
			add(Event{Kind: kind, Repository: r, Bytes: bytes, Err: err})
		}
	}
	tell("a", New, nil, 10)
	tell("a", Changed, nil, 5)
	tell("a", ForcePushed, nil, 5)
	tell("a", Renamed, nil, 0)
	tell("a", Unchanged, nil, 1)
	tell("a", Vanished, nil, 0)
	tell("a", Progress, nil, 0)
	tell("a", Postponed, &polite.WaitError{Host: "example.org"}, 0)
	tell("a", Skipped, &OptOutError{By: byFile}, 2)
	tell("a", Failed, &FetchError{Reason: ReasonTooBig}, 3)
	tell("b", Failed, errors.New("unheard of"), 0)
	tallies.Add(Event{Kind: Skipped, Source: "b", Err: &FetchError{Reason: ReasonLocal}}, at)
	tallies.Add(Event{Kind: HostResting, Source: "example.org"}, at)
	tallies.Add(Event{Kind: Failed, Source: "b", Err: &ListError{"b", &FetchError{Reason: ReasonNetwork}}}, at)
	got := tallies.List()
	for i := range got {
		got[i].begun = time.Time{}
	}
	want := []Tally{
		{Source: "a", Found: 10, New: 1, Changed: 2, ForcePushed: 1, Renamed: 1, Unchanged: 1, Gone: 1, Skipped: 1, Waiting: 3, Failed: 1, Bytes: 26, Seconds: 28,
			Why: map[string]int{"later": 1, "opt-out": 1, "too-big": 1}},
		{Source: "b", Found: 1, Skipped: 1, Failed: 2, Seconds: 2, Why: map[string]int{"other": 1, "local": 1}, Broken: "network"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
