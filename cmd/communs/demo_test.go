// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// demo: the whole demonstration over a module cache that holds only some of the modules, so that it is quick and has something
// to leave out; without any module cache it says so.
func (b *binary) demo() {
	t := b.t
	cache := filepath.Join(b.home, "modules")
	if err := os.Mkdir(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	b.env = []string{"GOMODCACHE=" + filepath.Join(b.home, "none"), "GOFLAGS=-mod=mod"}
	code, out, told := b.run("demo")
	if code != exitFailure || out != "" || !strings.Contains(told, filepath.Join(b.home, "none")) {
		t.Errorf("demo without a module cache: exit code %d\n%s%s", code, out, told)
	}

	list := exec.Command("go", "list", "-m", "-f", "{{.Dir}}\t{{.Path}}@{{.Version}}", "github.com/urfave/cli/v2",
		"github.com/klauspost/compress", "github.com/gofrs/flock")
	text, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for line := range strings.Lines(string(text)) {
		dir, module, _ := strings.Cut(strings.TrimSpace(line), "\t")
		target := filepath.Join(cache, filepath.FromSlash(module))
		if err := os.CopyFS(target, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	b.env = []string{"GOMODCACHE=" + cache}
	out = b.ok("demo", "--no-serve")
	questions := regexp.MustCompile(`(?m)^  `+regexp.QuoteMeta(b.path)+` search --data '(.*)' '(.*)'$`).FindAllStringSubmatch(out, -1)
	if len(questions) != 3 {
		t.Fatalf("%d questions to try, want 3:\n%s", len(questions), out)
	}
	for _, q := range questions {
		b.ok("search", "--data", q[1], strings.ReplaceAll(q[2], `'\''`, "'"))
	}
	for _, line := range regexp.MustCompile(`(?m)^  \S+ search .*$`).FindAllString(out, -1) { // as they stand
		shell := exec.Command("/bin/sh", "-c", line)
		if out, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	if out := b.ok("demo", "--no-serve", "--data", filepath.Join(b.home, "data", "communs")); strings.Contains(out, "--data") {
		t.Errorf("what to try names the folder that search looks in by itself:\n%s", out)
	}
	if data := filepath.Join(b.home, "data", "communs", "demo"); questions[0][1] != data {
		t.Errorf("the demo's data are in %s, want %s", questions[0][1], data)
	}

	start := time.Now()
	url, server, log := b.server("demo")
	if took := time.Since(start); took > time.Second {
		t.Errorf("the second start took %v", took)
	}
	defer server.Process.Kill()
	if status, body := get(t, url+"/"); status != http.StatusOK {
		t.Errorf("GET %s: %d\n%s", url, status, body)
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, server.Wait()); code != exitInterrupted {
		t.Errorf("demo after Ctrl-C: exit code %d\n%s", code, log)
	}

	b.env = append(b.env, "LANG=fr_FR.UTF-8")
	code, _, told = b.run("demo", "--no-serve", "--data", filepath.Join(b.home, "fresh"))
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, told)
	}
	for _, want := range []string{"1/3 Copie des", "2/3 Indexation de 3 modules", "modules absents du cache de modules", "Lu", "Mo/s"} {
		if !strings.Contains(told, want) {
			t.Errorf("the demo does not say %q:\n%s", want, told)
		}
	}
}

// TestTypedAs: what is offered to try is written as the program was started.
func TestTypedAs(t *testing.T) {
	for name, want := range map[string]string{
		"communs": "communs", "./communs": "./communs", "/opt/été/communs": "/opt/été/communs", "/opt/a b/communs": "'/opt/a b/communs'",
	} {
		if got := typedAs(name); got != want {
			t.Errorf("%q is typed %q, want %q", name, got, want)
		}
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module tiny\n", "main.go": "package main\n\nimport \"os\"\n\nfunc main() { print(os.Args[0]) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second run comes from the build cache
		run := exec.Command("go", "run", ".")
		run.Dir = dir
		name, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, name)
		}
		if got := typedAs(string(name)); got != "go run communs/cmd/communs" {
			t.Errorf("started by go run as %q, it is typed %q", name, got)
		}
	}
	t.Chdir(filepath.Join("..", ".."))
	if got := typedAs("/tmp/go-build1/b001/exe/communs"); got != "go run ./cmd/communs" {
		t.Errorf("in the project's folder, go run is typed %q", got)
	}
}
