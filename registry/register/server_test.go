// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"crypto/tls"
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
	"time"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
	"communs/registry/imports"
)

// forge is a real git server (git http-backend behind TLS) that answers for every host, and sites beside it.
type forge struct {
	t      *testing.T
	root   string
	server *httptest.Server
	asked  atomic.Int64

	mu    sync.Mutex
	pages map[string]http.HandlerFunc // by address
}

func newForge(t *testing.T) *forge {
	t.Helper()
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Skip("git is not installed")
	}
	f := &forge{t: t, root: t.TempDir(), pages: map[string]http.HandlerFunc{}}
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

// page has an address answered in another way.
func (f *forge) page(address string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pages[address] = h
}

func (f *forge) says(address, text string) {
	f.page(address, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) })
}

// push makes the state of a repository: pairs of path and content.
func (f *forge) push(name string, pairs ...string) string {
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
	return "https://forge.exemple.org/" + name
}

// dial leads to the server, whatever the host.
func (f *forge) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, f.server.Listener.Addr().String())
}

// detector is made once for all tests.
var detector = sync.OnceValues(licenses.NewDetector)

type world struct {
	*forge
	*Service
	records registry.Store
	clock   time.Time
}

// now is the clock that the test turns.
func (w *world) now() time.Time { return w.clock }

// newWorld is a registry with an organisation or two, and the forge.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{forge: newForge(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	var err error
	if w.records, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.records.Close() })
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	var edits []registry.Edit
	for _, e := range base {
		edits = append(edits, registry.Edit{Entry: e})
	}
	for _, id := range []string{"atelier", "mairie"} {
		edits = append(edits, registry.Edit{Entry: &registry.Organisation{Name: strings.ToUpper(id[:1]) + id[1:] + " du test", Type: registry.TypeCompany,
			Meta: registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "members", Licence: "CC0-1.0"}}}}})
	}
	if _, err := registry.Save(t.Context(), w.records, nil, edits...); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DialContext: w.dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	w.Service, err = Open(t.Context(), Config{
		Dir: dir, Records: w.records, Licence: "CC0-1.0", Now: w.now, Reader: &Crawled{Config: crawler.Config{Client: client}, Detector: detector},
		Site: &imports.Fetcher{Dial: w.dial, Roots: w.server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Service.Close() })
	return w
}

// person acts for an organisation.
type person struct {
	*world
	t   *testing.T
	by  registry.Actor
	own Owner
}

func (w *world) person(t *testing.T, account, organisation string) person {
	p := person{w, t, registry.Actor{Account: account, Organisation: organisation, Roles: []registry.Role{registry.RoleMember}}, Owner{Account: account}}
	if organisation != "" {
		p.own.Organisations = []string{organisation}
	}
	return p
}

// begin registers an address and waits until its repository has been read.
func (p person) begin(address string) *Draft {
	p.t.Helper()
	d, err := p.Begin(p.t.Context(), p.by, address, "192.0.2.1")
	if err != nil {
		p.t.Fatalf("%s: %v", address, err)
	}
	if d, err = p.Wait(p.t.Context(), p.own, d.ID); err != nil || d.Reading || d.Failed != nil {
		p.t.Fatalf("%s: %+v, %v", address, d, err)
	}
	return d
}
