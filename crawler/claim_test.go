// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestARenameWhileItIsFetched: a repository that is being fetched under its former address, because that was left over, while its source lists it
// under the new one, stays one repository with one mirror, whole, whichever comes first; and so do what its forge says and what a listing
// notes of it meanwhile.
func TestARenameWhileItIsFetched(t *testing.T) {
	for name, redirected := range map[string]bool{"the former address leads on": true, "the former address is gone": false} {
		t.Run(name, func(t *testing.T) {
			x := newChanging(t, KindGitea)
			ctx := t.Context()
			work := t.TempDir()
			bare := filepath.Join(x.server.root, "p1.git")
			runGit(t, work, "clone", "-q", bare, ".")
			head := commitFiles(t, work, "f", "newer")
			runGit(t, work, "push", "-q", "origin", "HEAD")
			old, err := x.c.find(ctx, x.address("p1"))
			must(t, err)
			to := old.Repository
			to.URL, to.Clone, to.Name = x.address("renamed"), "", "renamed"
			must(t, os.CopyFS(filepath.Join(x.server.root, "renamed.git"), os.DirFS(bare)))
			if !redirected {
				must(t, os.RemoveAll(bare))
			}
			entered, release := make(chan struct{}), make(chan struct{})
			var once sync.Once
			x.server.mu.Lock()
			x.server.filter = func(w http.ResponseWriter) http.ResponseWriter {
				once.Do(func() { close(entered); <-release })
				return w
			}
			x.server.mu.Unlock()
			var all sync.WaitGroup
			quiet := func(Event) {}
			all.Go(func() { x.c.bring(ctx, old.Repository, false, nil, quiet) }) // what was left over
			<-entered
			all.Go(func() { // listed under its new address
				if e := x.c.bring(ctx, to, false, nil, quiet); e.Err != nil || e.Commit != head {
					t.Errorf("%+v", e)
				}
			})
			all.Go(func() { // and its forge has said so to a webhook
				if _, err := x.c.rename(ctx, old, to, quiet); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(50 * time.Millisecond) // what does not wait has come to its end by then
			close(release)
			all.Wait()
			list, err := x.c.store.list(ctx, "mirror = ?", old.mirror)
			if err != nil || len(list) != 1 || list[0].URL != to.URL || list[0].commit != head {
				t.Fatalf("%d rows have its mirror: %+v, %v", len(list), list, err)
			}
			if rows, err := x.c.store.list(ctx, "1"); err != nil || len(rows) != 2 {
				t.Errorf("%d repositories, %v", len(rows), err)
			}
			if got := contents(t, x.c, x.address("p1")); got["f"] != "newer" {
				t.Errorf("it holds %q", got)
			}
			fsck(t, x.c, to.URL)
		})
	}
}
