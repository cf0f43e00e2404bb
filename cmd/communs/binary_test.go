// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestBinary builds the program and runs it as people do.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git to make repositories")
	}
	b := &binary{t: t, path: filepath.Join(t.TempDir(), "communs")}
	if runtime.GOOS == "windows" {
		b.path += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", b.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, test := range []struct {
		name string
		run  func(*binary)
	}{
		{"EndToEnd", (*binary).endToEnd}, {"Public", (*binary).public}, {"Demo", (*binary).demo}, {"Interrupt", (*binary).interrupt},
		{"InUse", (*binary).inUse}, {"FullDisk", (*binary).fullDisk}, {"NoFolder", (*binary).noFolder}, {"Forbidden", (*binary).forbidden},
		{"AuditForbidden", (*binary).auditForbidden}, {"AuditMirrorForbidden", (*binary).auditMirrorForbidden}, {"AuditURL", (*binary).auditURL},
		{"AuditInterrupt", (*binary).auditInterrupt},
		{"BrokenPipe", (*binary).brokenPipe}, {"CIFiles", (*binary).ciFiles}, {"Kill", (*binary).kill},
		{"BackupKilled", (*binary).backupKilled}, {"EditKilled", (*binary).editKilled}, {"RegisterKilled", (*binary).registerKilled}, {"EditShown", (*binary).editShown}, {"Footprint", (*binary).footprint},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *b
			c.t, c.home = t, t.TempDir()
			test.run(&c)
		})
	}
}

// binary is the built program, in a home of its own.
type binary struct {
	t    *testing.T
	path string
	home string
	env  []string
}

// command makes a run of the program, in its home, in English.
func (b *binary) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, b.path, args...)
	cmd.Dir = b.home
	cmd.Env = append([]string{
		"HOME=" + b.home, "XDG_DATA_HOME=" + filepath.Join(b.home, "data"), "LANG=en_US.UTF-8", "PATH=" + os.Getenv("PATH"),
		"TMPDIR=" + os.TempDir(), "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
	}, b.env...)
	return cmd
}

// run runs the program to its end.
func (b *binary) run(args ...string) (code int, stdout, stderr string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := b.command(ctx, args...)
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	return exitCode(b.t, cmd.Run()), out.String(), err.String()
}

// ok runs the program, which must succeed.
func (b *binary) ok(args ...string) (stdout string) {
	b.t.Helper()
	code, stdout, stderr := b.run(args...)
	if code != 0 {
		b.t.Fatalf("communs %q: exit code %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// server starts a command that serves, and waits for the address that it prints.
func (b *binary) server(args ...string) (url string, cmd *exec.Cmd, rest *bytes.Buffer) {
	b.t.Helper()
	cmd = b.command(b.t.Context(), args...)
	rest = new(bytes.Buffer)
	cmd.Stderr = rest
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		rest.WriteString(lines.Text() + "\n")
		if url = address.FindString(lines.Text()); url != "" {
			go func() {
				for lines.Scan() {
				}
			}()
			return url, cmd, rest
		}
	}
	b.t.Fatalf("communs %q ended without an address: %v\n%s", args, cmd.Wait(), rest)
	return "", nil, nil
}

// repository makes a git repository with the files, and gives its folder.
func (b *binary) repository(name string, files map[string]string) string {
	b.t.Helper()
	dir := filepath.Join(b.home, name)
	b.files(dir, files)
	b.git(dir, "init", "-q")
	b.git(dir, "add", ".")
	b.git(dir, "commit", "-q", "-m", "files")
	return dir
}

// files writes files into a folder.
func (b *binary) files(dir string, files map[string]string) {
	b.t.Helper()
	for path, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *binary) git(dir string, args ...string) string {
	b.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=A", "-c", "user.email=a@example.org"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
