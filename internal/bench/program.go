// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// program is the built binary with a data folder of its own.
type program struct {
	binary, data string
}

// command is the binary with its arguments; nothing of the caller's settings reaches it but where Go keeps its modules.
func (p program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.binary, args...)
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "COMMUNS_") {
			cmd.Env = append(cmd.Env, line)
		}
	}
	cmd.Env = append(cmd.Env, "COMMUNS_DATA="+p.data, "COMMUNS_LANG=en", "XDG_CONFIG_HOME="+p.data+"/none")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	return cmd
}

// output is what the command prints. Nothing found (exit code 1) and found in part (3) are answers too.
func (p program) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := p.command(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if cmd.ProcessState != nil && len(out) > 0 && (cmd.ProcessState.ExitCode() == 1 || cmd.ProcessState.ExitCode() == 3) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("communs %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return out, err
}

// server is the binary while it serves.
type server struct {
	url   string
	ready time.Duration // from the start of the process to its first answer to a search
	peak  int64         // bytes of memory at most, of the process and its children, until it was ready

	cmd    *exec.Cmd
	client *http.Client
	done   chan error
	log    *record
}

// serve starts the command and waits until it answers a search with hits.
func (p program) serve(ctx context.Context, command string) (*server, error) {
	return p.serveUntil(ctx, command, func(s *server) bool {
		page, err := s.search(ctx, "context", 1)
		return err == nil && page.Total > 0
	})
}

// serveUntil starts the command and waits until it is ready.
func (p program) serveUntil(ctx context.Context, command string, ready func(*server) bool) (*server, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	free.Close()

	s := &server{url: "http://" + address, cmd: p.command(ctx, command, "--listen", address), done: make(chan error, 1), log: &record{}}
	s.client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true}}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.done <- s.cmd.Wait() }()
	for {
		s.peak = max(s.peak, memoryOf(s.cmd.Process.Pid))
		if ready(s) {
			s.ready = time.Since(start)
			s.peak = max(s.peak, memoryOf(s.cmd.Process.Pid))
			return s, nil
		}
		select {
		case err := <-s.done:
			return nil, fmt.Errorf("communs %s ended before it served: %w\n%s", command, err, s.log)
		case <-ctx.Done():
			<-s.done
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop asks the server to end, and gives the processor time that it took.
func (s *server) stop() (time.Duration, error) {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return 0, err
	}
	<-s.done
	return s.cmd.ProcessState.UserTime() + s.cmd.ProcessState.SystemTime(), nil
}

// page is what the bench reads of an answer.
type page struct {
	Total   int   `json:"total"`
	Partial bool  `json:"partial"`
	Hits    []hit `json:"hits"`
}

// hit is what the bench reads of a block. A page may list some of its copies only; Copies counts them all.
type hit struct {
	ID          string     `json:"id"`
	Repo        string     `json:"repo"`
	Path        string     `json:"path"`
	Copies      int        `json:"copies"`
	Occurrences []hitPlace `json:"occurrences"`
}

// hitPlace is one of the places of a hit.
type hitPlace struct {
	Repo string `json:"repo"`
	Path string `json:"path"`
}

// search asks over HTTP, on a connection that is kept.
func (s *server) search(ctx context.Context, q string, n int) (*page, error) {
	body, err := s.ask(ctx, q, n)
	if err != nil {
		return nil, err
	}
	return readPage(body)
}

// ask gives the answer as it came: what is timed is Communs, not the reading of its JSON.
func (s *server) ask(ctx context.Context, q string, n int) ([]byte, error) {
	return s.get(ctx, "/api/v1/search?n="+strconv.Itoa(n)+"&q="+url.QueryEscape(q), nil)
}

// get gives the answer to a path as it came.
func (s *server) get(ctx context.Context, path string, header http.Header) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	if header != nil {
		req.Header = header.Clone()
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.300s", path, resp.Status, body)
	}
	return body, err
}

func readPage(body []byte) (*page, error) {
	var answer page
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	return &answer, nil
}

// record keeps what a process writes.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// memoryOf is the most memory that a process has had resident, with what its children have now, as Linux tells it;
// 0 where /proc does not exist.
func memoryOf(pid int) int64 {
	sum := statusBytes(pid, "VmHWM:")
	for _, child := range childrenOf(pid) {
		sum += statusBytes(child, "VmRSS:")
	}
	return sum
}

// childrenOf lists the processes that a process has started.
func childrenOf(pid int) (children []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				children = append(children, n)
			}
		}
	}
	return children
}

// statusBytes reads one size, given in kB, from /proc/<pid>/status.
func statusBytes(pid int, field string) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "\n"+field)
	line, _, _ := strings.Cut(rest, "\n")
	kilobytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(line), "kB")), 10, 64)
	return kilobytes << 10
}
