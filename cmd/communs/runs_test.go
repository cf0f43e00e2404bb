// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"errors"
	"testing"

	"communs/crawler"
	"communs/crawler/polite"
	"communs/internal/ledger"
	"communs/internal/operations"
)

// TestHowACrawlEnded holds what the ledger says of it: what ended it comes before what failed in it.
func TestHowACrawlEnded(t *testing.T) {
	for _, c := range []struct {
		how  ledger.How
		sum  crawler.Summary
		err  error
		want ledger.How
		why  string
	}{
		{ledger.Done, crawler.Summary{}, nil, ledger.Done, ""},
		{ledger.Done, crawler.Summary{Failed: 1}, nil, ledger.InPart, ""},
		{ledger.Done, crawler.Summary{Ended: crawler.EndedBytes}, nil, ledger.SpentBytes, ""},
		{ledger.Done, crawler.Summary{Ended: crawler.EndedTime, Failed: 2}, nil, ledger.SpentTime, ""},
		{ledger.Interrupted, crawler.Summary{Ended: crawler.EndedTime}, errors.New("ctrl-c"), ledger.Interrupted, ""},
		{ledger.Failed, crawler.Summary{}, &crawler.FetchError{Reason: crawler.ReasonDisk}, ledger.Failed, "disk"},
	} {
		run := &crawlRun{hosts: func() []polite.HostState { return nil }}
		w := ledger.Work{}
		run.end(&w, c.how, &c.sum, c.err)
		var told operations.Told
		if c.why != "" {
			if err := json.Unmarshal(w.Told, &told); err != nil {
				t.Error(err)
			}
		}
		if w.How != c.want || told.Why != c.why {
			t.Errorf("%s with %+v: %q because of %q, want %q and %q", c.how, c.sum, w.How, told.Why, c.want, c.why)
		}
	}
}
