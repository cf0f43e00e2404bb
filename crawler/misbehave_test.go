// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestServersThatMisbehave(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", code) }
	}
	const listing = "application/x-git-upload-pack-advertisement"
	line := pkt(strings.Repeat("1", 40) + " refs/heads/aaaa\n")
	start := pkt("# service=git-upload-pack\n") + "0000" + pkt(strings.Repeat("1", 40)+" HEAD\x00 shallow ofs-delta\n")
	cases := []struct {
		name   string
		answer http.HandlerFunc
		reason Reason // when it was never mirrored
		known  EventKind
	}{
		{"401", status(401), ReasonUnauthorized, Vanished},
		{"403", status(403), ReasonUnauthorized, Vanished},
		{"404", status(404), ReasonNotFound, Vanished},
		{"410", status(410), ReasonNotFound, Vanished},
		{"429", status(429), ReasonServer, Failed},
		{"500", status(500), ReasonServer, Failed},
		{"HTML instead of git", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte("<html>Sign in</html>"))
		}, ReasonNotGit, Failed},
		{"HTML that claims to be git", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", listing)
			w.Write([]byte("<html>Sign in</html>"))
		}, ReasonBroken, Failed},
		{"nothing at all", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Type", listing) }, ReasonBroken, Failed},
		{"silence", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, ReasonSilent, Failed},
		{"silence after the headers", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", listing)
			w.Write([]byte("001e# service"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, ReasonSilent, Failed},
		{"a slow drip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", listing)
			for text := start + strings.Repeat(line, 75); text != ""; text = text[1:] { // 23 seconds in all
				if _, err := w.Write([]byte(text[:1])); err != nil || r.Context().Err() != nil {
					return
				}
				w.(http.Flusher).Flush()
				time.Sleep(5 * time.Millisecond)
			}
		}, ReasonDeadline, Failed},
		{"endless references", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", listing)
			w.Write([]byte(start))
			for many := []byte(strings.Repeat(line, 1000)); r.Context().Err() == nil; {
				if _, err := w.Write(many); err != nil {
					return
				}
			}
		}, ReasonTooBig, Failed},
		{"redirect to a file", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		}, ReasonRedirect, Failed},
		{"redirect with credentials", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://me:secret@"+r.Host+r.URL.Path+"?"+r.URL.RawQuery)
			w.WriteHeader(302)
		}, ReasonRedirect, Failed},
		{"redirect in a circle", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"?"+r.URL.RawQuery, 302) }, ReasonRedirect, Failed},
		{"connection cut", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, ReasonBroken, Failed},
	}
	for _, known := range []bool{false, true} {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.MaxList = 1 << 20 })
				patient := c.cfg
				want := Failed
				if known {
					if e := crawlOne(t, c, gitSource(address)); e.Kind != New {
						t.Fatalf("%+v", e)
					}
					commitFiles(t, work, "a", time.Now().String())
					runGit(t, work, "push", "-q", "origin", "main")
					want = tc.known
				}
				s.answer(tc.answer)
				c.cfg.Idle, c.cfg.Timeout = 300*time.Millisecond, 3*time.Second
				began := time.Now()
				e := crawlOne(t, c, gitSource(address))
				took := time.Since(began)
				s.answer(nil)
				c.cfg = patient
				if e.Kind != want {
					t.Errorf("%s (%v), want %s", e.Kind, e.Err, want)
				}
				if took > 10*time.Second {
					t.Errorf("it took %v", took)
				}
				if want == Failed {
					var fault *FetchError
					if !errors.As(e.Err, &fault) || fault.Reason != tc.reason || fault.URL != address {
						t.Fatalf("got %v, want reason %s with the address", e.Err, tc.reason)
					}
					if strings.Contains(e.Err.Error(), "secret") {
						t.Errorf("a password is told: %v", e.Err)
					}
				}
				if known {
					contents(t, c, address) // the old state answers
				}
				if e := crawlOne(t, c, gitSource(address)); e.Kind != New && e.Kind != Changed {
					t.Errorf("afterwards: %+v", e)
				}
			})
		}
	}
}

// cutting passes on a POST's answer up to a number of bytes and then behaves badly.
type cutting struct {
	http.ResponseWriter
	left int
	end  func(http.ResponseWriter)
}

func (c *cutting) Write(p []byte) (int, error) {
	if c.left <= 0 {
		c.end(c.ResponseWriter)
		return len(p), nil
	}
	n := min(len(p), c.left)
	c.left -= n
	_, err := c.ResponseWriter.Write(p[:n])
	return len(p), err
}

func TestPacksThatDoNotArriveWhole(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	noise := make([]byte, 200_000)
	for i := range noise {
		noise[i] = byte(i * i * i >> 9)
	}
	commitFiles(t, work, "a", string(noise))
	runGit(t, work, "push", "-q", "origin", "main")
	over := make(chan struct{}) // the one that says nothing any more has been given up
	for name, tc := range map[string]struct {
		change func(*Config)
		end    func(http.ResponseWriter)
		reason Reason
	}{
		"truncated":      {func(*Config) {}, func(http.ResponseWriter) {}, ReasonBroken},
		"cut":            {func(*Config) {}, func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, ReasonBroken},
		"silent":         {func(c *Config) { c.Idle, c.FirstByte = 200*time.Millisecond, 200*time.Millisecond }, func(w http.ResponseWriter) { w.(http.Flusher).Flush(); <-over }, ReasonSilent},
		"more than much": {func(c *Config) { c.MaxBytes = 20_000 }, func(http.ResponseWriter) {}, ReasonTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			c := openCrawler(t, t.TempDir())
			patient := c.cfg
			tc.change(&c.cfg)
			s.mu.Lock()
			s.filter = func(w http.ResponseWriter) http.ResponseWriter {
				return &cutting{w, 30_000, tc.end}
			}
			s.mu.Unlock()
			e := crawlOne(t, c, gitSource(address))
			if name == "silent" {
				close(over)
			}
			s.mu.Lock()
			s.filter = nil
			s.mu.Unlock()
			var fault *FetchError
			if !errors.As(e.Err, &fault) || fault.Reason != tc.reason {
				t.Errorf("%s: %v, want %s", e.Kind, e.Err, tc.reason)
			}
			if left, err := os.ReadDir(c.mirrors()); err != nil || len(left) != 1 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
			c.cfg = patient
			if e := crawlOne(t, c, gitSource(address)); e.Kind != New {
				t.Errorf("afterwards: %+v", e)
			}
		})
	}
}
