// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// commitAs commits a file at a time in somebody's name.
func commitAs(t *testing.T, dir, address string, when time.Time, content string) {
	t.Helper()
	write(t, dir, "file", content)
	runGit(t, dir, "add", "-A")
	cmd := exec.Command("git", "commit", "-q", "-m", "a commit")
	stamp := when.UTC().Format(time.RFC3339)
	cmd.Dir, cmd.Env = dir, append(gitEnv(), "GIT_AUTHOR_EMAIL="+address, "GIT_AUTHOR_DATE="+stamp, "GIT_COMMITTER_DATE="+stamp)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// historyNow is the clock of these tests.
var historyNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// twoAuthors is a work tree with a commit five years old, and three of the last year by two people, one of whom writes their address in two
// ways; v1.0.0 stands at the oldest, v1.1.0 at the second, and v2.0.0 at a commit that the branch does not reach.
func twoAuthors(t *testing.T, s *gitServer, name string) (address, work string) {
	address, work = s.create(t, name)
	commitAs(t, work, "ada@example.org", historyNow.AddDate(-5, 0, 0), strings.Repeat("old and large\n", 10_000))
	runGit(t, work, "tag", "v1.0.0")
	commitAs(t, work, "ada@example.org", historyNow.AddDate(0, -8, 0), "1")
	runGit(t, work, "tag", "-a", "-m", "a release", "v1.1.0")
	commitAs(t, work, "Ada@Example.org", historyNow.AddDate(0, -7, 0), "2")
	runGit(t, work, "checkout", "-q", "-b", "side")
	commitAs(t, work, "bob@example.org", historyNow.AddDate(0, -6, 0), "side")
	runGit(t, work, "tag", "-a", "-m", "a release", "v2.0.0")
	runGit(t, work, "tag", "not-a-release")
	runGit(t, work, "checkout", "-q", "main")
	commitAs(t, work, "bob@example.org", historyNow.AddDate(0, -1, 0), "3")
	runGit(t, work, "push", "-q", "origin", "main", "--tags")
	return address, work
}

func TestHistoryTellsWhenHowMuchAndByHowMany(t *testing.T) {
	s := newGitServer(t)
	address, work := twoAuthors(t, s, "tool.git")
	runGit(t, s.root, "clone", "-q", "--bare", "file://"+filepath.Join(s.root, "tool.git"), "filter.git")
	runGit(t, filepath.Join(s.root, "filter.git"), "config", "uploadpack.allowFilter", "true")
	dir := t.TempDir()
	c := openCrawler(t, dir, func(cfg *Config) { cfg.Now = func() time.Time { return historyNow } })
	for name, tc := range map[string]struct {
		repo    Repository
		commits int
		older   bool
		dated   []string // tags whose day is known
		posts   int
	}{
		"without files": {Repository{URL: s.URL + "/filter.git", Source: s.URL + "/filter.git"}, 3, true, []string{"v1.1.0", "v1.0.0", "v2.0.0", "not-a-release"}, 2},
		"with files":    {Repository{URL: address, Source: address}, 3, true, []string{"v1.1.0"}, 1},
		"local":         {Repository{URL: "https://example.org/tool", Path: work}, 4, false, []string{"v1.0.0", "v1.1.0", "v2.0.0", "not-a-release"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s.asked()
			h, err := c.History(context.Background(), tc.repo)
			if err != nil {
				t.Fatal(err)
			}
			posts := 0
			for _, r := range s.asked() {
				if strings.HasPrefix(r, "POST") {
					posts++
				}
			}
			if h.Branch != "refs/heads/main" || h.Head.String() != runGit(t, work, "rev-parse", "main") || len(h.Commits) != tc.commits || h.Older != tc.older || h.Last || posts != tc.posts {
				t.Errorf("branch %s, head %s, %d commits, older %v, last %v, %d requests", h.Branch, h.Head, len(h.Commits), h.Older, h.Last, posts)
			}
			if !h.Commits[0].Time.Equal(historyNow.AddDate(0, -1, 0)) {
				t.Errorf("the last commit is of %v", h.Commits[0].Time)
			}
			bob, ada, again := h.Commits[0].Author, h.Commits[1].Author, h.Commits[2].Author
			if bob == ada || ada != again {
				t.Errorf("authors %x %x %x", bob, ada, again)
			}
			var names, dated []string
			for _, tag := range h.Tags {
				names = append(names, tag.Name)
				if !tag.Time.IsZero() {
					dated = append(dated, tag.Name)
				}
				if (tag.Version == nil) != (tag.Name == "not-a-release") {
					t.Errorf("%s: version %v", tag.Name, tag.Version)
				}
			}
			slices.Sort(tc.dated)
			if !slices.Equal(names, []string{"not-a-release", "v1.0.0", "v1.1.0", "v2.0.0"}) || !slices.Equal(dated, tc.dated) {
				t.Errorf("tags %v, with a day %v", names, dated)
			}
		})
	}
	h1, _ := c.History(context.Background(), Repository{URL: address, Source: address})
	h2, _ := c.History(context.Background(), Repository{URL: address, Source: address})
	if h1.Commits[0].Author == h2.Commits[0].Author {
		t.Error("an author can be followed from one history to another")
	}
	if left, err := os.ReadDir(c.staging()); err == nil && len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestHistoryOfManyCommitsTakesLittle(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	noise := make([]byte, 2_000_000)
	for i := range noise {
		noise[i] = byte(i * i * i >> 9)
	}
	commitAs(t, work, "ada@example.org", historyNow.AddDate(0, -2, 0), string(noise))
	for i := range 20 {
		commitAs(t, work, "ada@example.org", historyNow.AddDate(0, -1, i), fmt.Sprint(i))
	}
	runGit(t, work, "push", "-q", "origin", "main")
	runGit(t, filepath.Join(s.root, "tool.git"), "config", "uploadpack.allowFilter", "true")
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return historyNow } })
	h, err := c.History(context.Background(), Repository{URL: address, Source: address})
	if err != nil || len(h.Commits) != 21 || h.Older || h.Bytes > 10_000 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestHistoryOfWhatIsQuietOrEmpty(t *testing.T) {
	s := newGitServer(t)
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return historyNow } })
	quiet, work := s.create(t, "quiet.git")
	commitAs(t, work, "ada@example.org", historyNow.AddDate(-6, 0, 0), "1")
	commitAs(t, work, "ada@example.org", historyNow.AddDate(-5, 0, 0), "2")
	runGit(t, work, "push", "-q", "origin", "main")
	for _, filter := range []string{"false", "true"} {
		runGit(t, filepath.Join(s.root, "quiet.git"), "config", "uploadpack.allowFilter", filter)
		h, err := c.History(context.Background(), Repository{URL: quiet, Source: quiet})
		if err != nil || len(h.Commits) != 1 || !h.Commits[0].Time.Equal(historyNow.AddDate(-5, 0, 0)) || !h.Older || h.Last {
			t.Errorf("filter %s: %+v, %v", filter, h, err)
		}
	}
	empty, work := s.create(t, "empty.git")
	for name, r := range map[string]Repository{"remote": {URL: empty, Source: empty}, "local": {URL: "https://example.org/empty", Path: work}} {
		if h, err := c.History(context.Background(), r); err != nil || !h.Head.IsZero() || len(h.Commits)+len(h.Tags) != 0 {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

func TestHistoryFromServersThatMisbehave(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(i * i * i >> 9)
	}
	commitAs(t, work, "ada@example.org", historyNow.AddDate(0, -1, 0), string(noise))
	runGit(t, work, "push", "-q", "origin", "main")
	for name, tc := range map[string]struct {
		change func(*Config)
		end    func(http.ResponseWriter)
		answer http.HandlerFunc
		reason Reason
	}{
		"truncated":      {func(*Config) {}, func(http.ResponseWriter) {}, nil, ReasonBroken},
		"cut":            {func(*Config) {}, func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, nil, ReasonBroken},
		"silent":         {func(c *Config) { c.Idle = 200 * time.Millisecond }, func(w http.ResponseWriter) { w.(http.Flusher).Flush(); time.Sleep(time.Second) }, nil, ReasonSilent},
		"more than much": {func(c *Config) { c.MaxBytes = 20_000 }, func(http.ResponseWriter) {}, nil, ReasonTooBig},
		"gone":           {func(*Config) {}, nil, func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", 404) }, ReasonNotFound},
		"a page": {func(*Config) {}, nil, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html>"))
		}, ReasonNotGit},
	} {
		t.Run(name, func(t *testing.T) {
			c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return historyNow } })
			tc.change(&c.cfg)
			s.mu.Lock()
			s.instead = tc.answer
			if tc.end != nil {
				s.filter = func(w http.ResponseWriter) http.ResponseWriter { return &cutting{w, 30_000, tc.end} }
			}
			s.mu.Unlock()
			_, err := c.History(context.Background(), Repository{URL: address, Source: address})
			s.mu.Lock()
			s.filter, s.instead = nil, nil
			s.mu.Unlock()
			var fault *FetchError
			if !errors.As(err, &fault) || fault.Reason != tc.reason || fault.URL != address {
				t.Errorf("got %v, want %s with the address", err, tc.reason)
			}
			if left, err := os.ReadDir(c.staging()); err == nil && len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestHistoryNeitherAsksForTheWithdrawnNorDisturbsACrawl(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir())
	unlock, err := c.lock()
	must(t, err)
	var busy *BusyError
	if _, err := c.History(context.Background(), Repository{URL: address, Source: address}); !errors.As(err, &busy) {
		t.Errorf("during a crawl: %v", err)
	}
	unlock()
	crawlOne(t, c, gitSource(address))
	if _, err := c.Withdraw(context.Background(), address, "asked for"); err != nil {
		t.Fatal(err)
	}
	s.asked()
	if _, err := c.History(context.Background(), Repository{URL: address, Source: address}); !errors.Is(err, ErrWithdrawn) || len(s.asked()) > 0 {
		t.Errorf("withdrawn: %v", err)
	}
	var fault *FetchError
	if _, err := c.History(context.Background(), Repository{URL: "file:///etc"}); !errors.As(err, &fault) || fault.Reason != ReasonAddress {
		t.Errorf("a file: %v", err)
	}
}

func TestVersionsAmongTags(t *testing.T) {
	order := []string{"0.9", "v1", "v1.0.0-rc1", "v1.0.0", "1.0.1", "REL_1_2", "release-1.10.0", "app@2.0.0-beta.2", "app@2.0.0", "jitsi-meet_7.1", "stable/v8.0.0", "2024.01", "debian/2024.2-1"}
	for i, name := range order {
		v := ParseVersion(name)
		if v == nil {
			t.Errorf("%s is no version", name)
			continue
		}
		if i > 0 {
			if before := ParseVersion(order[i-1]); before != nil && v.Compare(before) <= 0 {
				t.Errorf("%s is not after %s", name, order[i-1])
			}
		}
	}
	for _, name := range []string{"", "latest", "nightly", "stable-2024", "before-rewrite", "20240101", "v", "build-4711", strings.Repeat("1.", 200), "deadbeef"} {
		if v := ParseVersion(name); v != nil {
			t.Errorf("%q is taken for version %v", name, v.Numbers)
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"v1.2.3", "app@1.0-rc.1", "REL_9_6"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v := ParseVersion(s); v != nil && (len(v.Numbers) == 0 || v.Compare(v) != 0) {
			t.Errorf("%q: %v", s, v)
		}
	})
}
