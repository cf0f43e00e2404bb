// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler/polite"
	"communs/internal/durable"
)

// gitEnv pins who commits and when, and keeps the machine's own settings out.
func gitEnv() []string {
	env := []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0"}
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		env = append(env, "GIT_"+who+"_NAME=Ada", "GIT_"+who+"_EMAIL=ada@example.org", "GIT_"+who+"_DATE=2024-02-03T04:05:06Z")
	}
	return append(env, "PATH="+os.Getenv("PATH"), "HOME="+os.DevNull)
}

// runGit runs git in a folder and returns what it prints.
func runGit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, gitEnv()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// write makes files below a folder, from pairs of path and content.
func write(t *testing.T, dir string, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(pairs[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(pairs[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// commitFiles writes files into a work tree and commits everything.
func commitFiles(t *testing.T, dir string, pairs ...string) string {
	t.Helper()
	write(t, dir, pairs...)
	runGit(t, dir, "add", "-A")
	runGit(t, dir, "commit", "-q", "--allow-empty", "-m", "a commit")
	return runGit(t, dir, "rev-parse", "HEAD")
}

// gitServer is a real smart-HTTP server: git http-backend behind net/http.
type gitServer struct {
	*httptest.Server
	root string

	mu       sync.Mutex
	requests []string
	instead  http.HandlerFunc // answers in the place of git
	below    string           // only there, when it is not empty
	filter   func(http.ResponseWriter) http.ResponseWriter
}

func newGitServer(t *testing.T) *gitServer {
	t.Helper()
	backend := filepath.Join(runGit(t, ".", "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		t.Skipf("git http-backend is not installed: %v", err)
	}
	s := &gitServer{root: t.TempDir()}
	handler := &cgi.Handler{Path: backend, Env: append(gitEnv(), "GIT_PROJECT_ROOT="+s.root, "GIT_HTTP_EXPORT_ALL=1"), Stderr: io.Discard,
		Logger: log.New(io.Discard, "", 0)} // clients that go away are part of the tests
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+r.URL.Path)
		instead, below, filter := s.instead, s.below, s.filter
		s.mu.Unlock()
		if instead != nil && strings.HasPrefix(r.URL.Path, below) {
			instead(w, r)
			return
		}
		if filter != nil {
			w = filter(w)
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// answer makes the server answer in another way; nil for git again.
func (s *gitServer) answer(h http.HandlerFunc) { s.answerFor("", h) }

// answerFor does so for the paths that begin in that way.
func (s *gitServer) answerFor(below string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instead, s.below = h, below
}

// asked returns and forgets the requests seen.
func (s *gitServer) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests
	s.requests = nil
	return r
}

// create makes a bare repository on the server and a work tree that pushes to it.
func (s *gitServer) create(t *testing.T, name string, options ...string) (address, work string) {
	t.Helper()
	bare := filepath.Join(s.root, name)
	runGit(t, s.root, append([]string{"init", "-q", "--bare", "-b", "main", bare}, options...)...)
	work = t.TempDir()
	runGit(t, work, append([]string{"init", "-q", "-b", "main"}, options...)...)
	runGit(t, work, "remote", "add", "origin", bare)
	return s.URL + "/" + name, work
}

// openCrawler opens a crawler on a folder with a clock that the test moves.
func openCrawler(t *testing.T, dir string, change ...func(*Config)) *Crawler {
	t.Helper()
	cfg := Config{Dir: dir, Jobs: 2, Timeout: 20 * time.Second, Idle: 5 * time.Second, Polite: polite.Config{Retries: -1}}
	for _, f := range change {
		f(&cfg)
	}
	c, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// crawlOne crawls one source and returns the one outcome.
func crawlOne(t *testing.T, c *Crawler, sc SourceConfig) Event {
	t.Helper()
	events, err := crawlAll(c, sc)
	if len(events) != 1 {
		t.Fatalf("crawl of %s: %d outcomes %v, error %v", sc.name(), len(events), events, err)
	}
	return events[0]
}

// crawlAll crawls sources and returns the outcomes in the order of their addresses.
func crawlAll(c *Crawler, sources ...SourceConfig) ([]Event, error) {
	var events []Event
	_, err := c.Crawl(context.Background(), sources, func(e Event) {
		if e.Kind != Found && e.Kind != Progress {
			events = append(events, e)
		}
	})
	sort.SliceStable(events, func(i, j int) bool { return events[i].Repository.URL < events[j].Repository.URL })
	return events, err
}

func gitSource(address string) SourceConfig { return SourceConfig{Kind: KindGit, URL: address} }

// contents reads every file of a repository's published state.
func contents(t *testing.T, c *Crawler, address string) map[string]string {
	t.Helper()
	s, err := c.Snapshot(context.Background(), address)
	if err != nil {
		t.Fatalf("snapshot of %s: %v", address, err)
	}
	files, err := readSnapshot(s)
	if err != nil {
		t.Fatalf("read %s: %v", address, err)
	}
	return files
}

func readSnapshot(s *Snapshot) (map[string]string, error) {
	files, last := map[string]string{}, ""
	for f, err := range s.Files() {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		if f.Path <= last {
			return nil, fmt.Errorf("%s comes after %s", f.Path, last)
		}
		last = f.Path
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Path, err)
		}
		r.Close()
		if int64(len(data)) != f.Size || hashObject(typeBlob, data) != f.Hash {
			return nil, fmt.Errorf("%s has %d bytes, not %d, or another hash", f.Path, len(data), f.Size)
		}
		files[f.Path] = string(data)
	}
	return files, nil
}

// fingerprint is every file below a folder with its content and times.
func fingerprint(t *testing.T, dir string) map[string]string {
	t.Helper()
	prints := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := e.Info()
		if err != nil {
			return err
		}
		text := fi.Mode().String()
		if fi.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text += fmt.Sprintf(" %s %x", fi.ModTime(), sha256.Sum256(data))
		}
		prints[path] = text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return prints
}

// fsck has git itself check the mirror of a repository.
func fsck(t *testing.T, c *Crawler, address string) {
	t.Helper()
	rec, err := c.find(context.Background(), address)
	if err != nil || rec == nil {
		t.Fatalf("no row for %s: %v", address, err)
	}
	out := runGit(t, c.mirrorDir(rec), "fsck", "--full", "--no-dangling")
	if out != "" {
		t.Errorf("git fsck: %s", out)
	}
	if head := runGit(t, c.mirrorDir(rec), "rev-parse", "HEAD"); head != rec.commit {
		t.Errorf("the mirror's HEAD is %s, published is %s", head, rec.commit)
	}
}

// failAt is a disk that refuses its n-th step, and all later ones, as a program that is cut off there.
func failAt(n int) (*durable.Disk, func() int) {
	var mu sync.Mutex
	steps := 0
	return &durable.Disk{Before: func(op durable.Op, path string) error {
			mu.Lock()
			defer mu.Unlock()
			if steps++; n > 0 && steps >= n {
				return fmt.Errorf("cut off at step %d: %s %s", steps, op, filepath.Base(path))
			}
			return nil
		}}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return steps
		}
}
