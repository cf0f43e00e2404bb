// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestGarbageHasRoom(t *testing.T) {
	for _, c := range []struct {
		alive uint64
		want  int
	}{{0, 1000}, {1 << 20, 1000}, {96 << 20, 200}, {192 << 20, 100}, {384 << 20, 50}, {1 << 30, 50}} {
		if got := garbagePercent(c.alive); got != c.want {
			t.Errorf("%d bytes alive: %d %%, want %d", c.alive, got, c.want)
		}
	}
}

// TestThePaceFollowsWhatIsAlive lets much become alive and watches that the collector is told, until it is to be no longer.
func TestThePaceFollowsWhatIsAlive(t *testing.T) {
	told := func() int {
		sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(sample)
		return int(sample[0].Value.Uint64())
	}
	before := told()
	stop := paceGarbage()
	kept := make([]byte, 450<<20)
	for deadline := time.Now().Add(20 * time.Second); told() != garbageShare; runtime.Gosched() {
		if runtime.GC(); time.Now().After(deadline) {
			t.Fatalf("with 450 MB alive the collector is told %d %%", told())
		}
	}
	runtime.KeepAlive(kept)
	stop()
	if got := told(); got != before {
		t.Errorf("afterwards it is told %d %%, before %d", got, before)
	}
	debug.FreeOSMemory()
}
