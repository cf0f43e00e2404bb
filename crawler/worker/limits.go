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
	Memory int64         `json:"memory"` // bytes; its parent watches it where the system tells, and elsewhere the child itself
	CPU    time.Duration `json:"cpu"`    // of one task
	Tasks  int           `json:"tasks"`  // at most so many in a child's life: the system holds their CPU together
	File   int64         `json:"file"`   // bytes of the largest file that it writes
}

// Exit codes of a child that has reached a limit.
const (
	exitMemory = 81
	exitCPU    = 82
)

const (
	softPart   = 4 // of the memory: from there on the collector of garbage works hard to keep the rest free
	marginPart = 4 // of the memory: so much above it may be mapped
)

// mapped is how much a process may map to write to: most of what Go maps it uses, but not all.
func (l Limits) mapped() int64 { return l.Memory + l.Memory/marginPart + unusedStacks }

func (l Limits) exceeded(resident, mapped int64) bool {
	return l.Memory > 0 && (resident > l.Memory || mapped > l.mapped())
}

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

// Cause tells a limit from a crash, given the limits that held. It names one only where the child said so, it was seen to go beyond, or the
// system counted it; of whatever else ended a child, [Ending.Why] repeats what it said.
func (e Ending) Cause(l Limits) Cause {
	switch {
	case e.Code == exitMemory, l.exceeded(e.Memory, e.Mapped), l.Memory > 0 && e.Code == 2 && refusedMemory(e.Why()):
		return OutOfMemory
	case e.Code == exitCPU, e.Code == -1 && l.CPU > 0 && e.CPU >= l.CPU*time.Duration(max(l.Tasks, 1)):
		return OutOfCPU
	}
	return Crashed
}

// refusedMemory recognises what Go's runtime says when the system gives it no memory, in any of its allocators.
func refusedMemory(why string) bool {
	said, fatal := strings.CutPrefix(why, "fatal error: ")
	return fatal && (strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory"))
}

// Why is the line in which a crashed program says why; nothing when it did not.
func (e Ending) Why() string {
	for line := range strings.Lines(e.Said) {
		line = strings.TrimSpace(line)
		for _, sign := range []string{"panic: ", "fatal error: ", "runtime: goroutine stack exceeds", "runtime/cgo: ", "SIG", "communs: "} {
			if strings.HasPrefix(line, sign) {
				return strings.ToValidUTF8(line[:min(len(line), 200)], "")
			}
		}
	}
	return ""
}
