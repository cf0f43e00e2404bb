// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// become gives the command before which the program runs as somebody who owns nothing, and opens the test's folders to them; nothing when
// the test itself is run by such a person.
func (b *binary) become() []string {
	t := b.t
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	if os.Geteuid() != 0 {
		return nil
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("needs setpriv to run as another user")
	}
	for _, dir := range []string{filepath.Dir(b.path), b.home} { // the test's own folders let nobody in
		for _, dir := range []string{dir, filepath.Dir(dir)} {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := exec.Command("chown", "-R", "65534:65534", b.home).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return []string{setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups"}
}

// runAs runs the program behind another command.
func (b *binary) runAs(before []string, args ...string) (code int, stdout, stderr string) {
	t := b.t
	cmd := b.command(t.Context())
	argv := append(append(slices.Clone(before), b.path), args...)
	cmd.Path, cmd.Args = argv[0], argv
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	code = exitCode(t, cmd.Run())
	if code == 127 || strings.Contains(told.String(), "failed to execute") {
		t.Skip("the other user may not run the program")
	}
	return code, out.String(), told.String()
}

// closeAll takes every right away from files and folders until the test ends.
func (b *binary) closeAll(names ...string) {
	for _, name := range names {
		if err := os.Chmod(name, 0); err != nil {
			b.t.Fatal(err)
		}
		b.t.Cleanup(func() { os.Chmod(name, 0o700) })
	}
}

// auditForbidden: what an audit may not read is named and makes the answer a part; what is no file is counted; nothing waits for ever.
func (b *binary) auditForbidden() {
	t := b.t
	dir := filepath.Join(b.home, "project")
	b.files(dir, map[string]string{
		"LICENSE": mitText, "a.go": "package a\n", "closed.c": "int x;\n", "closed/b.c": "int y;\n", "sub/package.json": `{"name": "s", "license": "MIT", "dependencies": {"x": "1", "y": "1"}}`,
		"sub/package-lock.json":           `{"lockfileVersion": 3, "packages": {"": {"name": "s", "license": "MIT", "dependencies": {"x": "1", "y": "1"}}, "node_modules/x": {"version": "1.0.0"}, "node_modules/y": {"version": "1.0.0"}}}`,
		"sub/node_modules/x/package.json": `{"name": "x", "license": "MIT"}`, "sub/node_modules/y/LICENSE": mitText,
	})
	outside := filepath.Join(b.home, "outside.c")
	b.files(b.home, map[string]string{"outside.c": "/* SPDX-License-Identifier: GPL-3.0-only */\n"})
	if err := os.Symlink(outside, filepath.Join(dir, "out.c")); err != nil {
		t.Skip(err)
	}
	for _, pipe := range []string{"pipe.c", "sub/node_modules/y/COPYING"} {
		if out, err := exec.Command("mkfifo", filepath.Join(dir, pipe)).CombinedOutput(); err != nil {
			t.Skipf("mkfifo: %v %s", err, out)
		}
	}
	somebody := b.become()
	below := func(name string) string { return filepath.Join(dir, name) }
	b.closeAll(below("closed.c"), below("closed"), below("sub/node_modules/x"), below("sub/node_modules/y/LICENSE"))
	code, out, told := b.runAs(somebody, "licenses", "audit", dir)
	if code != exitPart || told != "" {
		t.Errorf("exit code %d, said %s", code, told)
	}
	for _, want := range []string{
		"Not read (4)", "  closed cannot be read (permission denied).", "  closed.c cannot be read (permission denied).", "  sub/node_modules/x cannot be read (permission denied).",
		"  y 1.0.0: LICENSE cannot be read (permission denied).", "1 link that leads outside, not followed (out.c)", "1 entry that is neither file nor folder (pipe.c)",
		", and the audit is incomplete: not everything could be read",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "GPL") {
		t.Errorf("read what lies outside:\n%s", out)
	}
	if code, _, told := b.runAs(somebody, "licenses", "explain", below("pipe.c")+":1"); code != exitFailure || !strings.Contains(told, "is neither a file nor a folder") {
		t.Errorf("explain of a pipe: exit code %d, said %s", code, told)
	}
	b.closeAll(below("LICENSE"))
	if code, out, told := b.runAs(somebody, "licenses", "explain", below("a.go")); code != exitPart || !strings.Contains(told, "LICENSE cannot be read") {
		t.Errorf("explain beside a closed licence: exit code %d, said %s%s", code, out, told)
	}
	b.files(dir, map[string]string{"licences.toml": "allow = [\"MIT\"]\n"})
	b.closeAll(below("licences.toml"))
	for _, args := range [][]string{{dir}, {"--policy", below("licences.toml"), dir}} {
		if code, _, told := b.runAs(somebody, append([]string{"licenses", "audit"}, args...)...); code != exitFailure || !strings.Contains(told, "licences.toml cannot be read") {
			t.Errorf("a policy that may not be read, %q: exit code %d, said %s", args, code, told)
		}
	}
	b.closeAll(dir)
	if code, _, told := b.runAs(somebody, "licenses", "audit", dir); code != exitFailure || !strings.Contains(told, "project cannot be read") {
		t.Errorf("a folder that may not be read: exit code %d, said %s", code, told)
	}
}

// auditMirrorForbidden: a mirror that may not be read is told, not taken for one that is empty.
func (b *binary) auditMirrorForbidden() {
	t := b.t
	repo := b.repository("repo", map[string]string{"LICENSE": mitText, "a.go": "package a\n"})
	somebody := b.become()
	if code, _, told := b.runAs(somebody, "crawl", repo); code != exitYes {
		t.Skipf("crawl: %d %s", code, told)
	}
	if code, out, told := b.runAs(somebody, "licenses", "audit", "file://"+repo); code != exitYes {
		t.Fatalf("exit code %d: %s%s", code, out, told)
	}
	mirrors := filepath.Join(b.home, "data", "communs", "mirrors")
	var objects []string
	if err := filepath.WalkDir(mirrors, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "objects" {
			objects = append(objects, name)
		}
		return err
	}); err != nil || len(objects) != 1 {
		t.Fatal(objects, err)
	}
	b.closeAll(objects...)
	code, out, told := b.runAs(somebody, "licenses", "audit", "file://"+repo)
	if code != exitFailure || out != "" || !strings.Contains(told, "file://"+repo+" cannot be read.") {
		t.Errorf("exit code %d:\n%s%s", code, out, told)
	}
}

// auditURL: a repository over https, from a server that the test starts; a redirection to what is not https is refused.
func (b *binary) auditURL() {
	t := b.t
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	repo := b.repository("served/repo", map[string]string{"LICENSE": mitText, "a.go": "package a\n", "copied.c": "/* SPDX-License-Identifier: GPL-3.0-only */\n"})
	backend := &cgi.Handler{Path: git, Stderr: io.Discard, Args: []string{"http-backend"}, Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(repo), "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}}
	plain := httptest.NewServer(backend)
	defer plain.Close()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/away/"):
			http.Redirect(w, r, plain.URL+strings.TrimPrefix(r.URL.Path, "/away")+"?"+r.URL.RawQuery, http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/x.tar.gz"):
			w.Header().Set("Content-Type", "application/gzip")
			w.Write([]byte{0x1f, 0x8b, 8, 0})
		default:
			backend.ServeHTTP(w, r)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of the certificate that is refused
	server.StartTLS()
	defer server.Close()
	trusted := filepath.Join(b.home, "trusted.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, told := b.run("licenses", "audit", server.URL+"/repo"); code != exitFailure || !strings.Contains(told, "certificate") {
		t.Errorf("a certificate of nobody: exit code %d, said %s", code, told)
	}
	temporary := filepath.Join(b.home, "tmp")
	if err := os.Mkdir(temporary, 0o755); err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "SSL_CERT_FILE="+trusted, "SSL_CERT_DIR="+b.home, "TMPDIR="+temporary)
	code, out, told := b.run("licenses", "audit", server.URL+"/repo")
	if code != exitNo || !strings.Contains(out, "copied.c") || !strings.Contains(out, "Audited repository: "+server.URL+"/repo") || !strings.Contains(out, "Commit: "+b.git(repo, "rev-parse", "HEAD")) {
		t.Errorf("exit code %d:\n%s%s", code, out, told)
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for path, want := range map[string]string{"/away/repo": "sends us on to an address that communs does not follow", "/x.tar.gz": "something other than git (application/gzip)", "/none": "this repository does not exist"} {
		if code, _, told := b.run("licenses", "audit", server.URL+path); code != exitFailure || !strings.Contains(strings.ToLower(told), want) {
			t.Errorf("%s: exit code %d, said %s", path, code, told)
		}
	}
	if _, err := os.Stat(filepath.Join(b.home, "data")); err == nil {
		t.Error("the data folder was made for an audit")
	}
}

// auditInterrupt: Ctrl-C in the middle of a long audit ends with 130; what --write names is as it was, and nothing is left beside it.
func (b *binary) auditInterrupt() {
	t := b.t
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc to see that the audit is under way")
	}
	dir := filepath.Join(b.home, "project")
	b.files(dir, map[string]string{"LICENSE": mitText, "huge.bin": "x"})
	if err := os.Truncate(filepath.Join(dir, "huge.bin"), 1<<42); err != nil {
		t.Skip(err) // the file system has no holes
	}
	reports := filepath.Join(b.home, "reports")
	b.files(reports, map[string]string{"old.html": "old"})
	cmd := b.command(t.Context(), "licenses", "audit", "--write", "html="+filepath.Join(reports, "old.html"), "--write", "json="+filepath.Join(reports, "new.json"), dir)
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !hasOpen(cmd.Process.Pid, "huge.bin"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the audit does not begin")
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitInterrupted || !strings.Contains(told.String(), "communs: Interrupted.") || out.Len() > 0 {
		t.Errorf("exit code %d, said %q, printed %q", code, told.String(), out.String())
	}
	entries, err := os.ReadDir(reports)
	text, readErr := os.ReadFile(filepath.Join(reports, "old.html"))
	if err != nil || readErr != nil || len(entries) != 1 || string(text) != "old" {
		t.Errorf("%v %v %v %q", entries, err, readErr, text)
	}
}

// hasOpen reports whether a process has a file open.
func hasOpen(pid int, name string) bool {
	open, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	return slices.ContainsFunc(open, func(fd string) bool {
		target, err := os.Readlink(fd)
		return err == nil && filepath.Base(target) == name
	})
}
