// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"communs/crawler"
)

// TestSearchWhileIndexing: a searcher answers throughout updates and merges, each time with all that one state held: no fewer hits than
// were published when it was asked, no more than were on the way when it answered.
func TestSearchWhileIndexing(t *testing.T) {
	const updates = 12 // four shards of one size become one, so there are merges of merged ones too
	forked := func(i int) repo {
		return repo{
			Repository: crawler.Repository{URL: fmt.Sprintf("https://forge.example/a/r%02d", i), Owner: "a"},
			files:      map[string]string{"own.c": fmt.Sprintf("int published_%d(void)\n{\n\treturn %d;\n}\n", i, i)},
		}
	}
	dir := t.TempDir()
	writeIndex(t, dir, 0, forked(0))
	l := openIndex(t, dir, Options{})
	var begun, done atomic.Int64
	begun.Store(1)
	done.Store(1)
	stop := make(chan struct{})
	var askers sync.WaitGroup
	var asked atomic.Int64
	for _, question := range []string{`"(void)"`, "published", `/published_[0-9]+/`} {
		askers.Go(func() {
			for {
				least := done.Load()
				page, err := l.Search(context.Background(), Query{Text: question, Deadline: time.Minute})
				most := begun.Load()
				if err != nil || page.Partial || int64(page.Total) < least || int64(page.Total) > most {
					t.Errorf("%s: %+v, %v; between %d and %d were published", question, page, err, least, most)
					return
				}
				asked.Add(1)
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for i := range updates {
		begun.Add(1)
		writeIndex(t, dir, 0, forked(i+1))
		done.Add(1)
	}
	close(stop)
	askers.Wait()
	shards, _ := filepath.Glob(filepath.Join(dir, "shards", "*"))
	if len(shards) >= updates {
		t.Errorf("%d shards after %d updates: nothing was merged", len(shards), updates)
	}
	if status, err := l.Status(context.Background()); err != nil || len(status.Faults) > 0 {
		t.Errorf("%+v, %v", status, err)
	}
	t.Logf("%d answers during %d updates, %d shards in the end", asked.Load(), updates, len(shards))
}
