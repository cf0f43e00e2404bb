// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"time"
)

// Limits are what a child may use. Zero means without limit.
type Limits struct {
	Memory int64         `json:"memory"` // bytes of data; where the system does not hold it, the child watches itself
	CPU    time.Duration `json:"cpu"`    // of one task
	Tasks  int           `json:"tasks"`  // at most so many in a child's life: the system holds their CPU together
	File   int64         `json:"file"`   // bytes of the largest file that it writes
}

// Exit codes of a child that has reached a limit.
const (
	exitMemory = 81
	exitCPU    = 82
)

// The part of the memory from which the collector of garbage works hard to keep the rest free.
const softPart = 4

// Contain sets the limits on this very process, for the rest of its life.
func Contain(l Limits) error {
	debug.SetMaxStack(64 << 20)
	if l.Memory > 0 {
		debug.SetMemoryLimit(l.Memory / softPart)
	}
	return contain(l)
}

// watch ends the process when it takes more memory than it may.
func watch(most int64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(20 * time.Millisecond) {
		metrics.Read(sample)
		if int64(sample[0].Value.Uint64()-sample[1].Value.Uint64()) > most {
			os.Exit(exitMemory)
		}
	}
}

// Cause is what ended a child that was not asked to end.
type Cause int

// The causes.
const (
	Crashed Cause = iota
	OutOfMemory
	OutOfCPU
)

// Cause tells a limit from a crash, given the limits that held.
func (e Ending) Cause(l Limits) Cause {
	switch {
	case e.Code == exitMemory, e.Code == 2 && outOfMemory(e.Said):
		return OutOfMemory
	case e.Code == exitCPU, e.Code == -1 && l.CPU > 0 && e.CPU >= l.CPU*time.Duration(max(l.Tasks, 1)):
		return OutOfCPU
	}
	return Crashed
}

// outOfMemory recognises what Go's runtime says when the system gives it no memory. Without memory it may not even come to say
// what failed: then it ends as after a crash, with neither a panic nor an error named.
func outOfMemory(said string) bool {
	named := strings.Contains(said, "panic: ") || strings.Contains(said, "communs: ") ||
		strings.Contains(said, "fatal error: ") && !strings.Contains(said, "unknown pc")
	if !named {
		return true
	}
	for _, sign := range []string{"out of memory", "cannot allocate memory", "stack exceeds"} {
		if strings.Contains(said, sign) {
			return true
		}
	}
	return false
}

// Why is the line in which a crashed program says why; its status when it said nothing.
func (e Ending) Why() string {
	for line := range strings.Lines(e.Said) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "runtime: ") {
			return line[:min(len(line), 200)]
		}
	}
	return e.Status
}
