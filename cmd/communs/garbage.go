// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// Garbage may wait until it is half of what is alive, or the least room for it when that is more: a collection looks at all that is
// alive, so with little alive one every few pages took a fifth of their time. With this room less than one page in twenty is made while one
// is under way.
const (
	garbageShare = 50 // percent
	garbageRoom  = 192 << 20
)

// garbagePercent is how much garbage may wait beside what is alive, as the collector wants to be told.
func garbagePercent(alive uint64) int {
	return max(garbageShare, int(min(garbageRoom*100/max(alive, 1), 1000)))
}

// paceGarbage tells the collector, after each collection, how long the next one has time. stop gives back the pace that was before.
func paceGarbage() (stop func()) {
	now := garbagePercent(aliveBytes())
	before := debug.SetGCPercent(now)
	var ended atomic.Bool
	var watch func(*[16]byte)
	watch = func(sign *[16]byte) {
		if ended.Load() {
			return
		}
		if next := garbagePercent(aliveBytes()); next < now-now/10 || next > now+now/10 { // telling it stops all for a moment
			debug.SetGCPercent(next)
			now = next
		}
		runtime.SetFinalizer(sign, watch) // nothing refers to it, so it is found at the end of the next collection
	}
	watch(new([16]byte))
	return func() {
		ended.Store(true)
		debug.SetGCPercent(before)
	}
}

// aliveBytes is what the last collection found alive.
func aliveBytes() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
