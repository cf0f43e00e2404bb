//go:build linux || darwin

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// contain has the system hold the limits. That on memory is the last resort. Linux counts what is mapped to write to, but lets Go's heap
// grow within what it has reserved, and then refuses the next small piece that the runtime needs for itself; there the runtime may fall
// over its own feet without a word, since the queues of its collector do not look at what they get. So a parent looks at its children
// (see [Process.Exceeds]), which no load on the child holds up.
func contain(l Limits) error {
	signal.Ignore(syscall.SIGXFSZ) // the write that goes too far fails
	type limit struct {
		name string
		what int
		most int64
	}
	set := []limit{{"core", syscall.RLIMIT_CORE, 0}}
	if l.File > 0 {
		set = append(set, limit{"file size", syscall.RLIMIT_FSIZE, l.File})
	}
	switch {
	case l.Memory <= 0:
	case runtime.GOOS == "linux":
		// Of RLIMIT_AS every Go program dies at its start: it reserves much more than it uses.
		set = append(set, limit{"memory", syscall.RLIMIT_DATA, l.mapped()})
	default:
		go watch(l.Memory)
	}
	for _, s := range set {
		if err := syscall.Setrlimit(s.what, &syscall.Rlimit{Cur: uint64(s.most), Max: uint64(s.most)}); err != nil {
			return fmt.Errorf("limit %s: %w", s.name, err)
		}
	}
	if l.CPU > 0 {
		reached := make(chan os.Signal, 1)
		signal.Notify(reached, syscall.SIGXCPU)
		go func() {
			<-reached
			os.Exit(exitCPU)
		}()
	}
	return Allow(l)
}

// Allow gives this process the CPU of one more task, from what it has used by now. Should its own end not come at the soft
// limit, the kernel's comes at the hard one.
func Allow(l Limits) error {
	if l.CPU <= 0 {
		return nil
	}
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return fmt.Errorf("limit CPU: %w", err)
	}
	second := int64(time.Second)
	whole := max((int64(l.CPU)+second-1)/second, 1) // the kernel counts whole ones
	soft := uint64(int64(used.Utime.Sec) + int64(used.Stime.Sec) + 1 + whole)
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CPU, &now); err != nil {
		return fmt.Errorf("limit CPU: %w", err)
	}
	hard := min(now.Max, uint64(whole+2)*uint64(max(l.Tasks, 1)))
	if err := syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: min(soft, hard), Max: hard}); err != nil {
		return fmt.Errorf("limit CPU: %w", err)
	}
	return nil
}
