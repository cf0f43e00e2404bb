// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/crawler/polite"
)

// gitDaemon starts git's own daemon over what a git server has, and gives its address.
func gitDaemon(t *testing.T, root string) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	host := l.Addr().String()
	must(t, l.Close())
	_, port, _ := net.SplitHostPort(host)
	program := filepath.Join(runGit(t, ".", "--exec-path"), "git-daemon") // itself: a killed git would leave it running
	if _, err := os.Stat(program); err != nil {
		t.Skipf("git daemon is not installed: %v", err)
	}
	cmd := exec.Command(program, "--reuseaddr", "--export-all", "--informative-errors", "--listen=127.0.0.1", "--port="+port, "--base-path="+root)
	cmd.Env = gitEnv()
	must(t, cmd.Start())
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(stop)
	for range 200 {
		if conn, err := net.Dial("tcp", host); err == nil {
			conn.Close()
			return "git://" + host, stop
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("git daemon does not answer")
	return "", nil
}

// TestAGitDaemonIsCrawled: a first fetch, one that finds nothing new, what moved, a rewritten history, an empty repository, one that is not
// there, and histories, where the operator allows git://.
func TestAGitDaemonIsCrawled(t *testing.T) {
	s := newGitServer(t)
	_, work := s.create(t, "tool.git")
	first := commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	s.create(t, "empty.git")
	base, stop := gitDaemon(t, s.root)
	address := base + "/tool.git"
	c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.GitProtocol = true })
	for _, step := range []struct {
		name string
		do   func()
		kind EventKind
	}{
		{"first", func() {}, New},
		{"nothing new", func() {}, Unchanged},
		{"moved", func() { commitFiles(t, work, "a", "2", "b", "3") }, Changed},
		{"rewritten", func() { runGit(t, work, "commit", "-q", "--amend", "-m", "otherwise") }, ForcePushed},
		{"taken back", func() { runGit(t, work, "reset", "-q", "--hard", first) }, ForcePushed},
	} {
		step.do()
		runGit(t, work, "push", "-q", "-f", "origin", "HEAD:main")
		e := crawlOne(t, c, gitSource(address))
		if e.Kind != step.kind || e.Err != nil || e.Commit != runGit(t, work, "rev-parse", "HEAD") || e.Kind == New && e.Bytes == 0 {
			t.Fatalf("%s: %+v", step.name, e)
		}
		fsck(t, c, address)
	}
	if got := contents(t, c, address); got["a"] != "1" || len(got) != 1 {
		t.Errorf("%v", got)
	}
	if h, err := c.HistoryUnless(t.Context(), Repository{URL: address, Source: address}, ""); err != nil || len(h.Commits) != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	if a, err := c.ArchiveOf(t.Context(), address); err != nil || a.Omitted != "" {
		t.Errorf("%+v, %v", a, err)
	}
	if e := crawlOne(t, c, gitSource(base+"/empty.git")); e.Kind != Emptied {
		t.Errorf("%+v", e)
	}
	var fault *FetchError
	if e := crawlOne(t, c, gitSource(base+"/none.git")); e.Kind != Failed || !errors.As(e.Err, &fault) || fault.Reason != ReasonNotFound {
		t.Errorf("%+v", e)
	}
	must(t, os.Rename(filepath.Join(s.root, "tool.git"), filepath.Join(s.root, "away.git")))
	if e := crawlOne(t, c, gitSource(address)); e.Kind != Vanished {
		t.Errorf("%+v", e)
	}
	stop()
	if e := crawlOne(t, c, gitSource(address)); e.Kind != Failed || !errors.As(e.Err, &fault) || fault.Reason != ReasonNetwork {
		t.Errorf("the daemon is gone: %+v", e)
	}
}

// TestGitProtocolIsRefusedUnlessAllowed, and where it is, leads to no address that only others have told.
func TestGitProtocolIsRefusedUnlessAllowed(t *testing.T) {
	reached := make(chan string, 10)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			reached <- conn.RemoteAddr().String()
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	list := filepath.Join(t.TempDir(), "list")
	for address, allowed := range map[string]bool{
		"git://" + l.Addr().String() + "/a": false, "git://127.0.0.1:" + port + "/b": true, "git://localhost:" + port + "/c": true,
		"git://[::1]:" + port + "/d": true, "git://0x7f.1:" + port + "/e": true, "git://169.254.169.254/f": true, "git://[::ffff:127.0.0.1]:" + port + "/g": true,
	} {
		must(t, os.WriteFile(list, []byte(address+"\n"), 0o644))
		c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.GitProtocol = allowed })
		sc := SourceConfig{Name: "list", Kind: KindList, Path: list}
		if !allowed {
			sc = gitSource(address)
		}
		e := crawlOne(t, c, sc)
		var written *AddressError
		var private *polite.AddressError
		if e.Kind != Failed || !allowed && (!errors.As(e.Err, &written) || written.Problem != "git-protocol") || allowed && !errors.As(e.Err, &private) {
			t.Errorf("%s: %s %v", address, e.Kind, e.Err)
		}
	}
	select {
	case from := <-reached:
		t.Error("reached from", from)
	default:
	}
	for _, address := range []string{"ssh://git@example.org/a", "git+ssh://example.org/a", "ext::sh -c x", "git://me:secret@example.org/a", "git://example.org/a?x=1"} {
		if _, err := gitURL(address); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
	if got, err := gitURL("GIT://Example.org:9418/a//b/"); err != nil || got != "git://example.org/a/b" || AddressKey(got) != "example.org/a/b" {
		t.Error(got, err)
	}
}

// TestADaemonThatMisbehaves: silent, cut off, endless, slow. Each is named in bounded time.
func TestADaemonThatMisbehaves(t *testing.T) {
	commit, pack := repositoryOf(treeOf(treeEntry{name: "a", mode: modeFile, hash: hashObject(typeBlob, []byte("a"))}), wholeEntry(typeBlob, []byte("a")))
	refs := pkt(commit.String()+" HEAD\x00ofs-delta symref=HEAD:refs/heads/main\n") + pkt(commit.String()+" refs/heads/main\n") + "0000"
	for name, tc := range map[string]struct {
		send   func(w io.Writer, gone <-chan struct{})
		reason Reason // none: it is mirrored
	}{
		"whole":       {func(w io.Writer, _ <-chan struct{}) { fmt.Fprint(w, refs+"0008NAK\n"+string(pack)) }, ""},
		"silent":      {func(_ io.Writer, gone <-chan struct{}) { <-gone }, ReasonSilent},
		"silent pack": {func(w io.Writer, gone <-chan struct{}) { fmt.Fprint(w, refs+"0008NAK\n"+string(pack[:20])); <-gone }, ReasonSilent},
		"never ready": {func(w io.Writer, gone <-chan struct{}) { fmt.Fprint(w, refs); <-gone }, ReasonSilent},
		"killed":      {func(w io.Writer, _ <-chan struct{}) { fmt.Fprint(w, refs+"0008NAK\n"+string(pack[:len(pack)/2])) }, ReasonBroken},
		"nothing":     {func(io.Writer, <-chan struct{}) {}, ReasonBroken},
		"refuses":     {func(w io.Writer, _ <-chan struct{}) { fmt.Fprint(w, pkt("ERR too busy")) }, ReasonServer},
		"HTTP":        {func(w io.Writer, _ <-chan struct{}) { fmt.Fprint(w, "HTTP/1.1 400 Bad Request\r\n\r\n<html>") }, ReasonBroken},
		"endless": {func(w io.Writer, gone <-chan struct{}) {
			line := []byte(strings.Repeat(pkt(commit.String()+" refs/heads/x\n"), 1000))
			for fmt.Fprint(w, strings.TrimSuffix(refs, "0000")); ; {
				if _, err := w.Write(line); err != nil {
					return
				}
			}
		}, ReasonReferences},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					gone := make(chan struct{})
					go func() {
						defer close(gone)
						io.Copy(io.Discard, conn)
					}()
					go func() {
						tc.send(conn, gone)
						conn.(*net.TCPConn).CloseWrite()
						<-gone
						conn.Close()
					}()
				}
			}()
			c := openCrawler(t, t.TempDir(), func(cfg *Config) {
				cfg.GitProtocol, cfg.Idle, cfg.FirstByte, cfg.Limits.References = true, 400*time.Millisecond, 900*time.Millisecond, 5000
			})
			began := time.Now()
			e := crawlOne(t, c, gitSource("git://"+l.Addr().String()+"/tool"))
			var fault *FetchError
			switch {
			case tc.reason == "" && e.Kind != New:
				t.Errorf("%+v", e)
			case tc.reason != "" && (!errors.As(e.Err, &fault) || fault.Reason != tc.reason):
				t.Errorf("%v, want %s", e.Err, tc.reason)
			}
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
