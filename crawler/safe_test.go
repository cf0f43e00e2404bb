// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// strangeAddresses are what no remote may send us to, however it is told.
func strangeAddresses() []string {
	return []string{"file:///etc/passwd", "ext::sh -c touch% x", "-oProxyCommand=x", "--upload-pack=x", "ssh://-oProxyCommand=x/a", "ftp://h.example/a",
		"git://h.example/a", "fd::17/a", "/etc", "..", "h.example:a", "javascript:alert(1)", "\x00", "https://h.example/\x00", "https://"}
}

// TestRemotesNameNoStrangeAddress gives them as a repository's address and as where it is cloned from, as an API, a list or a page would.
func TestRemotesNameNoStrangeAddress(t *testing.T) {
	c := openCrawler(t, t.TempDir())
	for _, strange := range strangeAddresses() {
		for _, r := range []Repository{{URL: strange, Source: "forge"}, {URL: "https://h.example/a", Clone: strange, Source: "forge"}} {
			e := c.bring(t.Context(), r, false, nil, func(Event) {})
			var fault *FetchError
			if !errors.As(e.Err, &fault) || fault.Reason != ReasonAddress {
				t.Errorf("%+v: %v", r, e.Err)
			}
		}
	}
}

// TestServersSendOnToNoStrangeAddress gives them in the place where a redirection leads.
func TestServersSendOnToNoStrangeAddress(t *testing.T) {
	s := newGitServer(t)
	bait := newGitServer(t) // this machine at another port, and what is asked for would be there
	bait.create(t, "tool.git")
	port := bait.URL[strings.LastIndexByte(bait.URL, ':'):]
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.Idle = 2 * time.Second })
	to := append(strangeAddresses(), bait.URL+"/tool.git/info/refs?service=git-upload-pack", "http://localhost"+port+"/tool.git/info/refs?service=git-upload-pack",
		"http://[::1]"+port+"/tool.git/info/refs?service=git-upload-pack", "http://user@127.0.0.1"+port+"/tool.git/info/refs?service=git-upload-pack", "http://0.0.0.0"+port+"/tool.git/info/refs")
	for _, strange := range to {
		if strings.ContainsRune(strange, 0) {
			continue // no header can have it
		}
		s.answer(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/tool.git/") {
				w.Header().Set("Location", strange)
				w.WriteHeader(http.StatusFound)
				return
			}
			http.NotFound(w, r) // some are names relative to here
		})
		e := crawlOne(t, c, gitSource(s.URL+"/tool.git"))
		var fault *FetchError
		if e.Kind != Failed || !errors.As(e.Err, &fault) {
			t.Errorf("sent on to %q: %+v", strange, e)
		} else if r := fault.Reason; r != ReasonRedirect && r != ReasonAddress && r != ReasonNotFound {
			t.Errorf("sent on to %q: %v", strange, fault)
		}
	}
	if asked := bait.asked(); len(asked) > 0 {
		t.Errorf("the other port was asked for %q", asked)
	}
}

// rawServer speaks as it likes to each connection, until its client goes away.
func rawServer(t *testing.T, speak func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				speak(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// TestServersThatNeverComeToAnAnswer stop or go on for ever before there is one.
func TestServersThatNeverComeToAnAnswer(t *testing.T) {
	again := func(head, more string) func(net.Conn) {
		return func(conn net.Conn) {
			conn.Read(make([]byte, 4096))
			for _, err := conn.Write([]byte(head)); err == nil; {
				_, err = conn.Write([]byte(more))
			}
		}
	}
	hush := func(conn net.Conn) { fmt.Fprint(conn, ""); conn.Read(make([]byte, 1)); conn.Read(make([]byte, 1<<20)) }
	for name, tc := range map[string]struct {
		scheme string
		speak  func(net.Conn)
	}{
		"TLS that is never done":     {"https", func(conn net.Conn) { hush(conn); time.Sleep(5 * time.Second) }},
		"TLS records without an end": {"https", again("\x16\x03\x03\x00\x04\x02\x00\x00\x00", strings.Repeat("\x16\x03\x03\x00\x01\x00", 1000))},
		"headers without an end":     {"http", again("HTTP/1.1 200 OK\r\n", strings.Repeat("X-More: "+strings.Repeat("a", 1000)+"\r\n", 10))},
		"a header without an end":    {"http", again("HTTP/1.1 200 OK\r\nX-Long: ", strings.Repeat("a", 10_000))},
		"interim answers for ever":   {"http", again("", strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 100))},
		"a status without an end":    {"http", again("HTTP/1.1 200 ", strings.Repeat("O", 10_000))},
		"chunks with long extensions": {"http", again("HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nTransfer-Encoding: chunked\r\n\r\n1;x=",
			strings.Repeat("a", 10_000))},
		"trailers without an end": {"http", again("HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n4\r\n001e\r\n0\r\n",
			strings.Repeat("X: a\r\n", 1000))},
		"nothing that is HTTP": {"http", again("SSH-2.0-OpenSSH_9\r\n", "x")},
	} {
		t.Run(name, func(t *testing.T) {
			good := newGitServer(t)
			other, work := good.create(t, "zzz.git")
			commitFiles(t, work, "a", "1")
			runGit(t, work, "push", "-q", "origin", "main")
			bad := tc.scheme + "://" + rawServer(t, tc.speak) + "/tool.git"
			c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.Jobs, cfg.Idle, cfg.Timeout = 1, time.Second, 5*time.Second })
			began := time.Now()
			outcome := map[string]Event{}
			events, err := crawlAll(c, gitSource(bad), gitSource(other))
			for _, e := range events {
				outcome[e.Repository.URL] = e
			}
			var fault *FetchError
			if err != nil || !errors.As(outcome[bad].Err, &fault) || fault.Reason == ReasonCrash || fault.Reason == ReasonMemory {
				t.Errorf("told as %v, %v", outcome[bad].Err, err)
			}
			if outcome[other].Kind != New {
				t.Errorf("the next repository: %+v", outcome[other])
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
			leavesNothing(t, c)
		})
	}
}

// TestNoCookieIsKept sends one with every answer.
func TestNoCookieIsKept(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	asked := 0
	s.filter = func(w http.ResponseWriter) http.ResponseWriter {
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "you", Path: "/"})
		return w
	}
	plain := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.Header.Get("Cookie") != "" {
			t.Errorf("%s %s has a cookie", r.Method, r.URL)
		}
		plain.ServeHTTP(w, r)
	})
	c := openCrawler(t, t.TempDir(), apart(t))
	for range 2 {
		crawlOne(t, c, gitSource(address))
	}
	if asked < 3 {
		t.Errorf("only %d requests", asked)
	}
}

// TestNothingIsCheckedOutNorRun mirrors a repository that holds all that makes git run something, with a git that would tell.
func TestNothingIsCheckedOutNorRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it wants a shell")
	}
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, ".gitattributes", "* filter=evil diff=evil merge=evil\n", ".gitmodules", "[submodule \"-x\"]\n\tpath = sub\n\turl = ext::sh -c id\n\tupdate = !touch x\n",
		"hooks/post-checkout", "#!/bin/sh\ntouch run\n", "config", "[core]\n\tfsmonitor = touch run\n\thooksPath = hooks\n", "objects/info/alternates", "/etc\n",
		"HEAD", "ref: refs/heads/elsewhere\n", "marked.txt", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	for name, text := range map[string]string{"hooks/post-update": "#!/bin/sh\n", "objects/info/alternates": "", "description": "x"} {
		write(t, filepath.Join(s.root, "tool.git"), name, text)
	}
	bin, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	for _, name := range []string{"git", "ssh", "sh", "git-remote-ext"} {
		must(t, os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\necho $0 $@ >>"+ran+"\n"), 0o755))
	}
	dir := t.TempDir()
	c := openCrawler(t, dir, apart(t))
	before := os.Getenv("PATH")
	t.Setenv("PATH", bin)
	e := crawlOne(t, c, gitSource(address))
	t.Setenv("PATH", before)
	if e.Kind != New || contents(t, c, address)["marked.txt"] != "1" {
		t.Fatalf("%+v", e)
	}
	if text, err := os.ReadFile(ran); err == nil {
		t.Errorf("programs were run: %s", text)
	}
	ours := regexp.MustCompile(`^(HEAD|config|packed-refs|refs/.*|objects/pack/pack-[0-9a-f]{40}\.(pack|idx))$`)
	must(t, filepath.WalkDir(c.mirrors(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, inside, mirrored := strings.Cut(filepath.ToSlash(path), ".git/")
		if !mirrored && entry.Name() == ".lock" {
			return nil
		}
		text, err := os.ReadFile(path)
		if !ours.MatchString(inside) || inside == "config" && strings.Contains(string(text), "fsmonitor") || inside == "HEAD" && strings.Contains(string(text), "elsewhere") {
			t.Errorf("%s is in the mirror", path)
		}
		return err
	}))
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "marked.txt" {
			t.Errorf("%s is checked out", path)
		}
		return err
	}))
}
