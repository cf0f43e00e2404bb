// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"communs/indexer"
	"communs/licenses"
)

// indexCost is the processor time of two parts of indexing, which are rows of their own: a peer has neither.
type indexCost struct{ licences, prints time.Duration }

// measureCost reads the licences of each content of the corpus, and takes its prints, by themselves and in one goroutine.
func measureCost(c *corpus) (cost indexCost, err error) {
	detector, err := licenses.NewDetector()
	if err != nil {
		return cost, err
	}
	var lexer indexer.PrintLexer
	var prints []uint32
	seen := map[[sha256.Size]byte]bool{}
	for _, name := range c.exported {
		content, err := os.ReadFile(filepath.Join(c.folder, filepath.FromSlash(name)))
		if err != nil {
			return cost, err
		}
		sum := sha256.Sum256(content)
		if seen[sum] {
			continue
		}
		seen[sum] = true
		start := processorTime()
		detector.Text(name, content)
		read := processorTime()
		prints = indexer.AppendPrints(prints[:0], lexer.Lex(content))
		cost.licences += read - start
		cost.prints += processorTime() - read
	}
	return cost, nil
}

// zoektIndex has the zoekt-index that ZOEKT_INDEX names index the files, with ctags as it finds blocks with.
func zoektIndex(ctx context.Context, program string, c *corpus, dir string) (e effort, size int64, err error) {
	index := filepath.Join(dir, "zoekt")
	if err := os.MkdirAll(index, 0o755); err != nil {
		return e, 0, err
	}
	if e, err = watch(exec.CommandContext(ctx, program, "-require_ctags", "-index", index, c.folder)); err != nil {
		return e, 0, err
	}
	e.cpu = e.seen // its ctags processes are not waited for, so the system does not count them as its children's
	err = filepath.WalkDir(index, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return e, size, err
}

// effort is what a command took.
type effort struct {
	wall, cpu time.Duration
	seen      time.Duration // of the processor, by it and every process below it, as last seen in /proc
	peak      int64         // bytes of memory at most
}

// measured runs a command of the binary to its end.
func (p program) measured(ctx context.Context, args ...string) (effort, error) {
	return watch(p.command(ctx, args...))
}

// watch runs a command to its end. Exit code 3 says that a file or a link was left out, and counted.
func watch(cmd *exec.Cmd) (effort, error) {
	log := &record{}
	cmd.Stdout, cmd.Stderr = log, log
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return effort{}, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var e effort
	processes := map[int]time.Duration{}
	for {
		e.peak = max(e.peak, memoryOf(cmd.Process.Pid))
		seeTimes(cmd.Process.Pid, processes)
		select {
		case err := <-done:
			if code := cmd.ProcessState.ExitCode(); err != nil && code != 3 {
				return e, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, log)
			}
			e.wall, e.cpu = time.Since(start), cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
			for _, t := range processes {
				e.seen += t
			}
			return e, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// seeTimes notes the processor time of a process and of all below it, as /proc/<pid>/stat has it in hundredths of a second.
func seeTimes(pid int, times map[int]time.Duration) {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if i := bytes.LastIndexByte(stat, ')'); i >= 0 { // behind the name, which may hold spaces
		if fields := strings.Fields(string(stat[i+1:])); len(fields) > 12 {
			user, _ := strconv.Atoi(fields[11])
			system, _ := strconv.Atoi(fields[12])
			times[pid] = time.Duration(user+system) * 10 * time.Millisecond
		}
	}
	for _, child := range childrenOf(pid) {
		seeTimes(child, times)
	}
}
