// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestADryRunSaysWhatACrawlDoes compares the two, of a forge, a local repository and a folder, before the first crawl and after each change. The
// dry run asks for references and for no pack, and leaves the data folder as it is, also when there is none.
func TestADryRunSaysWhatACrawlDoes(t *testing.T) {
	for name, change := range map[string]func(*Config){"in this process": func(*Config) {}, "apart": apart(t)} {
		t.Run(name, func(t *testing.T) {
			server, f := newGitServer(t), newForge(t, KindGitea)
			work := f.onServer(t, server)
			dir, local, folder := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "local"), filepath.Join(t.TempDir(), "folder")
			runGit(t, "", "init", "-q", "-b", "main", local)
			commitFiles(t, local, "f", "1")
			write(t, folder, "a/f", "1")
			sources := []SourceConfig{f.owned(), {Kind: KindGit, Path: local}, {Kind: KindFolder, Path: folder}}
			configured := func(cfg *Config) {
				change(cfg)
				cfg.UserAgent = testAgent
			}
			both := func(step string) {
				t.Helper()
				before := map[string]string{}
				if _, err := os.Stat(dir); err == nil {
					before = fingerprint(t, dir)
				}
				looking := openCrawler(t, dir, configured, func(cfg *Config) { cfg.ReadOnly = true })
				server.asked()
				dry, foreseen, err := outcome(looking, Options{DryRun: true}, sources...)
				if err != nil {
					t.Fatal(err)
				}
				must(t, looking.Close())
				for _, request := range server.asked() {
					if request[:4] == http.MethodPost {
						t.Errorf("%s: asked for a pack: %s", step, request)
					}
				}
				if _, err := os.Stat(dir); len(before) == 0 && !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s: there is a data folder (%v)", step, err)
				} else if after := map[string]string{}; len(before) > 0 {
					if after = fingerprint(t, dir); !maps.Equal(before, after) {
						t.Errorf("%s: the data folder is another: %v\n%v", step, before, after)
					}
				}
				c := openCrawler(t, dir, configured)
				sum, done, err := outcome(c, Options{}, sources...)
				must(t, c.Close())
				if err != nil || dry.Found == 0 || dry.Found != sum.Found {
					t.Fatalf("%s: %d and %d found, %v", step, dry.Found, sum.Found, err)
				}
				for _, kind := range []EventKind{Found, New, Changed, Unchanged, Emptied, Vanished, Withdrawn, Skipped, Postponed, Failed} {
					slices.Sort(foreseen[kind])
					slices.Sort(done[kind])
					if !slices.Equal(foreseen[kind], done[kind]) {
						t.Errorf("%s, %s: foreseen %q, done %q", step, kind, foreseen[kind], done[kind])
					}
				}
			}
			both("the first time")
			both("nothing new")
			active := func(i int) { f.items[i]["updated_at"] = f.clock.Add(time.Minute).Format(time.RFC3339) }
			active(0) // which its forge says, and its references do not
			active(1)
			commitFiles(t, work, "more", "2")
			runGit(t, work, "push", "-q", filepath.Join(server.root, "p1.git"), "main")
			commitFiles(t, local, "f", "2")
			write(t, folder, "a/f", "2")
			both("changes")
			active(2)
			must(t, os.RemoveAll(filepath.Join(server.root, "p2.git")))
			active(3)
			f.items[3]["topics"] = []string{OptOutTopic}
			must(t, os.RemoveAll(filepath.Join(folder, "a")))
			must(t, os.RemoveAll(local))
			both("some are gone")
		})
	}
}

// TestADryRunReadsNoEarlierTables: it could not without changing them.
func TestADryRunReadsNoEarlierTables(t *testing.T) {
	dir := t.TempDir()
	c := openCrawler(t, dir)
	_, err := c.store.db.Exec(`UPDATE schema_versions SET version = 1 WHERE package = 'crawler'`)
	must(t, err)
	must(t, c.Close())
	var older *OlderError
	if _, _, err = outcome(openCrawler(t, dir, func(cfg *Config) { cfg.ReadOnly = true }), Options{DryRun: true}, gitSource("https://forge.example/x.git")); !errors.As(err, &older) {
		t.Error(err)
	}
}
