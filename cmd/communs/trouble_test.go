// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"communs/internal/durable"
	"communs/internal/words"
)

// interrupt: Ctrl-C in the middle of a crawl ends with 130 and leaves what was published in service.
func (b *binary) interrupt() {
	t := b.t
	asked := make(chan struct{}, 16)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	defer server.Close()
	repo := b.repository("repo", map[string]string{"LICENSE": mitText, "a.go": "package a\n\nfunc Answer() int { return 42 }\n"})
	b.ok("crawl", repo)
	cmd := b.command(t.Context(), "crawl", server.URL+"/silent.git")
	var told bytes.Buffer
	cmd.Stderr = &told
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("the server was not asked")
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if !strings.Contains(told.String(), "communs: Interrupted.") {
		t.Errorf("said %q", told.String())
	}
	b.ok("search", "Answer")
	b.ok("crawl", repo)

	_, serving, _ := b.server("serve", "--listen", "127.0.0.1:0")
	if err := serving.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, serving.Wait()); code != exitInterrupted {
		t.Errorf("serve after Ctrl-C: exit code %d, want %d", code, exitInterrupted)
	}

	// A request that never ends holds the server up; a second Ctrl-C does not wait for it.
	url, stuck, _ := b.server("serve", "--listen", "127.0.0.1:0")
	host := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := "POST /api/v1/similar HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: text/plain\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	// The server asks for the rest when it is at work on the request.
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("got %q, %v", line, err)
	}
	if err := stuck.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for { // until the first one is seen: nobody listens any more
		c, err := net.Dial("tcp", host)
		if err != nil {
			break
		}
		c.Close()
	}
	if err := stuck.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := stuck.Wait(); err == nil || stuck.ProcessState.Exited() {
		t.Errorf("a second Ctrl-C did not kill the server: %v", err)
	}
}

// inUse: two programs never write to one data folder; readers are not kept out. A port that is taken is named.
func (b *binary) inUse() {
	t := b.t
	repo := b.repository("repo", map[string]string{"a.go": "package a\n\nfunc Answer() int { return 42 }\n"})
	b.ok("crawl", repo)
	lock, err := durable.Acquire(filepath.Join(b.home, "data", "communs"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"crawl", repo}, {"index"}, {"withdraw", repo, "--reason", "x"}, {"doctor"}} {
		code, _, told := b.run(args...)
		if code != exitFailure || !strings.Contains(told, "in use by another program") || !strings.Contains(told, fmt.Sprint(os.Getpid())) {
			t.Errorf("communs %q in a folder in use: exit code %d\n%s", args, code, told)
		}
	}
	b.ok("search", "Answer")
	b.ok("doctor", "--check")
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	b.ok("crawl", repo)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	code, _, told := b.run("serve", "--listen", l.Addr().String())
	if code != exitFailure || !strings.Contains(told, l.Addr().String()+" is already in use") {
		t.Errorf("serve on a port in use: exit code %d\n%s", code, told)
	}
}

// fullDisk: a disk that takes no more is named as such, the state before goes on answering, and with room again the next
// run completes. The limit on file sizes stands for the disk: a write beyond it fails for real.
func (b *binary) fullDisk() {
	t := b.t
	if runtime.GOOS == "windows" {
		t.Skip("no ulimit here")
	}
	small := b.repository("small", map[string]string{"a.go": "package a\n\nfunc Answer() int { return 42 }\n"})
	var text strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&text, "// Value%d is 0x%x.\nvar value%d = %d\n", i, i*7919*7919, i, i*104729)
	}
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("f%d.go", i)] = "package big\n\n" + text.String()[i*30000:(i+1)*30000]
	}
	big := b.repository("big", files)
	b.ok("crawl", small)
	failed := 0
	for _, limit := range []int{64, 100, 200, 400, 800} { // of 1024 bytes
		cmd := b.command(t.Context())
		cmd.Path, cmd.Args = "/bin/bash", []string{"bash", "-c", `ulimit -f "$0"; exec "$@"`, fmt.Sprint(limit), b.path, "crawl", big}
		var told bytes.Buffer
		cmd.Stderr = &told
		if code := exitCode(t, cmd.Run()); code == 0 {
			continue
		}
		failed++
		if !strings.Contains(told.String(), "disk is full") || !strings.Contains(told.String(), "Make room") {
			t.Errorf("with files of at most %d KiB, said\n%s", limit, told.String())
		}
		if strings.Contains(told.String(), "goroutine") {
			t.Fatalf("it crashed:\n%s", told.String())
		}
		b.ok("search", "Answer")
		b.ok("doctor", "--check")
	}
	if failed == 0 {
		t.Error("no limit was small enough: this test proves nothing")
	}
	b.ok("crawl", big)
	b.ok("search", "value19")

	if _, err := os.Stat("/dev/full"); err == nil {
		for _, args := range []string{"search Answer", "index --report", "help", "man", "search --format json Answer"} {
			cmd := b.command(t.Context())
			cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", `"$0" ` + args + ` > /dev/full`, b.path}
			var told bytes.Buffer
			cmd.Stderr = &told
			if code := exitCode(t, cmd.Run()); code != exitFailure || !strings.Contains(told.String(), "results could not be written") {
				t.Errorf("communs %s > /dev/full: exit code %d\n%s", args, code, told.String())
			}
		}
	}
}

// noFolder: a data folder that cannot be made or written is named, with what to do.
func (b *binary) noFolder() {
	t := b.t
	repo := b.repository("repo", map[string]string{"a.go": "package a\n"})
	file := filepath.Join(b.home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, told := b.run("crawl", repo, "--data", filepath.Join(file, "data"))
	if code != exitFailure || !strings.Contains(told, file+" is not a folder") || !strings.Contains(told, "--data") {
		t.Errorf("below a file: exit code %d\n%s", code, told)
	}
	if code, _, told := b.run("search", "x", "--data", file); code != exitFailure || !strings.Contains(told, file+" is not a folder") {
		t.Errorf("search in a file: exit code %d\n%s", code, told)
	}
	if runtime.GOOS == "linux" {
		if code, _, told := b.run("crawl", repo, "--data", "/proc/x"); code != exitFailure || !strings.Contains(told, "/proc/x cannot be made") {
			t.Errorf("in /proc: exit code %d\n%s", code, told)
		}
	}
	if runtime.GOOS != "windows" && os.Geteuid() != 0 { // modes do not bind root
		locked := filepath.Join(b.home, "locked")
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		code, _, told := b.run("crawl", repo, "--data", filepath.Join(locked, "data"))
		if code != exitFailure || !strings.Contains(told, "not allowed") {
			t.Errorf("in a folder of mode 500: exit code %d\n%s", code, told)
		}
	}
	if runtime.GOOS != "linux" {
		return
	}
	// A read-only file system, in a mount namespace of its own where that is allowed: nothing is written, and what only reads works.
	b.ok("crawl", repo)
	data := filepath.Join(b.home, "data", "communs")
	for _, test := range []struct {
		args string
		code int
	}{
		{"crawl " + repo, exitFailure}, {"index", exitFailure}, {"doctor", exitFailure}, {"withdraw " + repo + " --reason x", exitFailure},
		{"crawl " + repo + " --data " + filepath.Join(data, "below"), exitFailure},
		{"doctor --check", exitYes}, {"search lang:go", exitYes}, {"index --report", exitYes},
	} {
		cmd := b.command(t.Context())
		cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c",
			`unshare -rm sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; cd "$2"; shift 2; exec "$@"' sh "$@"`,
			"sh", data, b.home, b.path}
		cmd.Args = append(cmd.Args, strings.Fields(test.args)...)
		var told bytes.Buffer
		cmd.Stdout, cmd.Stderr = &told, &told
		switch code := exitCode(t, cmd.Run()); {
		case code == 99 || code == 127 || strings.Contains(told.String(), "unshare"):
			t.Logf("no mount namespace here: %s", told.String())
		case code != test.code || (code == exitFailure) != strings.Contains(told.String(), "read-only"):
			t.Errorf("%s on a read-only file system: exit code %d, want %d\n%s", test.args, code, test.code, told.String())
		}
	}
}

// forbidden: what may not be read is named for what it is, and the rest is crawled. Modes do not bind root, who becomes another user.
func (b *binary) forbidden() {
	t := b.t
	if runtime.GOOS == "windows" {
		t.Skip("no modes here")
	}
	files := map[string]string{"a.go": "package a\n\nfunc Answer() int { return 42 }\n"}
	open, closed := b.repository("src/open", files), b.repository("src/closed", files)
	objects := filepath.Join(b.repository("src2/inside", files), ".git", "objects")
	somebody := b.become()
	b.closeAll(closed, objects)
	for _, test := range []struct {
		args string
		want string
	}{
		{"crawl " + closed + " " + open, closed + ": this folder cannot be read (access denied to " + closed + ")"},
		{"crawl --kind folder " + filepath.Dir(open), closed + ": this folder cannot be read (access denied to " + closed + ")"},
		{"crawl " + filepath.Dir(filepath.Dir(objects)) + " " + open, "this folder cannot be read (access denied to " + objects},
	} {
		code, _, told := b.runAs(somebody, strings.Fields(test.args)...)
		if code != exitPart || !strings.Contains(told, test.want) || strings.Contains(told, "--data") {
			t.Errorf("communs %s: exit code %d, want %d and %q\n%s", test.args, code, exitPart, test.want, told)
		}
	}
}

// brokenPipe: whoever reads only the start of the results is not told of an error.
func (b *binary) brokenPipe() {
	t := b.t
	files := map[string]string{}
	for i := range 500 {
		files[fmt.Sprintf("a%d.go", i)] = fmt.Sprintf("package a\n\nfunc Answer%d() int { return %d }\n", i, i)
	}
	b.ok("crawl", b.repository("repo", files))
	for _, args := range []string{"search --n 0 answer", "index --report", "search --n 0 --format jsonl answer"} {
		cmd := exec.Command("/bin/sh", "-c", `"$0" `+args+` | head -n 1`, b.path)
		run := b.command(t.Context())
		cmd.Env, cmd.Dir = run.Env, run.Dir
		var out, told bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &told
		if err := cmd.Run(); err != nil || strings.Count(out.String(), "\n") != 1 || strings.Contains(told.String(), "communs:") {
			t.Errorf("communs %s | head -n 1: %v\n%s%s", args, err, out.String(), told.String())
		}
	}
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestClosedPipeIsNoError(t *testing.T) {
	var told bytes.Buffer
	if code := run(context.Background(), []string{"communs", "help"}, nil, strings.NewReader(""), closedPipe{}, &told); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if told.Len() > 0 {
		t.Errorf("said %q", told.String())
	}
}

// Every fault of our own disk has its sentence, in both languages, with a hint.
func TestLocalFaults(t *testing.T) {
	for cause, want := range map[error]string{
		syscall.ENOSPC: "cmd.disk-full", syscall.EDQUOT: "cmd.disk-full", syscall.EFBIG: "cmd.disk-full",
		syscall.EROFS: "cmd.data-read-only", syscall.ENOTDIR: "cmd.data-not-folder", syscall.EACCES: "cmd.data-forbidden",
		databaseError(13): "cmd.disk-full", databaseError(8 | 1<<8): "cmd.data-read-only",
	} {
		err := localFault(fmt.Errorf("writing: %w", &fs.PathError{Op: "write", Path: "/x/y", Err: cause}), "/x")
		var told words.Messenger
		if !errors.As(err, &told) {
			t.Errorf("%v has no sentence", cause)
			continue
		}
		if key, _ := told.Message(); key != want {
			t.Errorf("%v is told by %s, want %s", cause, key, want)
		}
		for _, lang := range words.Langs() {
			p, _, said := testProgram(t, lang)
			p.tell(err)
			if lines := strings.Split(strings.TrimSpace(said.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "/x/y") {
				t.Errorf("%v in %s: %q", cause, lang, said.String())
			}
		}
	}
	for _, err := range []error{
		errors.New("boom"), // and what is wrong with a path that was to be crawled
		fmt.Errorf("list: %w", &fs.PathError{Op: "open", Path: "/src/y", Err: syscall.EACCES}),
		&fs.PathError{Op: "open", Path: "/xy", Err: syscall.EACCES}, &fs.PathError{Op: "open", Path: "/src/a/b", Err: syscall.ENOTDIR},
	} {
		if localFault(err, "/x") != err {
			t.Errorf("%v is not given back as it is", err)
		}
	}
	if above := (&fs.PathError{Op: "mkdir", Path: "/a", Err: syscall.EACCES}); localFault(above, "/a/b") == error(above) {
		t.Error("a folder above the data folder is taken for another one")
	}
}

type databaseError int

func (databaseError) Error() string { return "database" }

func (e databaseError) Code() int { return int(e) }
