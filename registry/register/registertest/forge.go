// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package registertest is a forge for tests: a real git server (git http-backend behind TLS) that answers for every host of example.com, and pages
// beside it.
package registertest

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Host is the forge's.
const Host = "https://forge.example.com/"

// Forge is one.
type Forge struct {
	t      testing.TB
	root   string
	server *httptest.Server
	asked  atomic.Int64

	mu    sync.Mutex
	pages map[string]http.HandlerFunc // by address
}

// New starts one.
func New(t testing.TB) *Forge {
	t.Helper()
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("git is not installed")
	}
	f := &Forge{t: t, root: t.TempDir(), pages: map[string]http.HandlerFunc{}}
	backend := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), Stderr: io.Discard, Logger: log.New(io.Discard, "", 0),
		Env: []string{"GIT_PROJECT_ROOT=" + f.root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "HOME=" + os.DevNull, "PATH=" + os.Getenv("PATH")}}
	f.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked.Add(1)
		f.mu.Lock()
		page := f.pages["https://"+r.Host+r.URL.Path]
		f.mu.Unlock()
		if page != nil {
			page(w, r)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(f.server.Close)
	return f
}

// Page has an address answered in another way.
func (f *Forge) Page(address string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[address] = h
}

// Says has an address answered with a text.
func (f *Forge) Says(address, text string) {
	f.Page(address, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
}

// Push makes the state of a repository: pairs of path and content.
func (f *Forge) Push(name string, pairs ...string) string {
	f.t.Helper()
	bare, work := filepath.Join(f.root, name+".git"), f.t.TempDir()
	git := func(dir string, args ...string) {
		f.t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "HOME=" + os.DevNull, "PATH=" + os.Getenv("PATH"),
			"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org"}
		if out, err := cmd.CombinedOutput(); err != nil {
			f.t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if _, err := os.Stat(bare); err != nil {
		if err := os.MkdirAll(bare, 0o755); err != nil {
			f.t.Fatal(err)
		}
		git(bare, "init", "-q", "--bare", "-b", "main")
	}
	git(work, "init", "-q", "-b", "main")
	for i := 0; i < len(pairs); i += 2 {
		to := filepath.Join(work, filepath.FromSlash(pairs[i]))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			f.t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(pairs[i+1]), 0o644); err != nil {
			f.t.Fatal(err)
		}
	}
	git(work, "add", "-A")
	git(work, "commit", "-q", "-m", "a state")
	git(work, "push", "-q", "-f", bare, "main")
	return Host + name
}

// Bare is the folder of a repository.
func (f *Forge) Bare(name string) string { return filepath.Join(f.root, name+".git") }

// Dial leads to the server, whatever the host.
func (f *Forge) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, f.server.Listener.Addr().String())
}

// Client trusts the server, and reaches it by any name.
func (f *Forge) Client() *http.Client {
	tls := f.server.Client().Transport.(*http.Transport).TLSClientConfig
	return &http.Client{Transport: &http.Transport{DialContext: f.Dial, TLSClientConfig: tls}}
}

// Asked counts the requests so far.
func (f *Forge) Asked() int64 { return f.asked.Load() }

// Certificate writes the server's certificate into a file, for a program that is to trust it.
func (f *Forge) Certificate() string {
	f.t.Helper()
	name := filepath.Join(f.t.TempDir(), "forge.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.server.Certificate().Raw})
	if err := os.WriteFile(name, text, 0o644); err != nil {
		f.t.Fatal(err)
	}
	return name
}

// Proxy starts a proxy by which a program reaches the forge, and gives its address.
func (f *Forge) Proxy() string {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		to, err := f.Dial(r.Context(), "tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		from, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			to.Close()
			return
		}
		io.WriteString(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(to, from); to.Close() }()
		go func() { io.Copy(from, to); from.Close() }()
	}))
	f.t.Cleanup(proxy.Close)
	return proxy.URL
}
