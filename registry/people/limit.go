// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Limit bounds how often each of many may do something: a burst at once, then one every so often. It is the generic cell rate algorithm
// (ITU-T I.371, annex A): all that is kept of each is the time at which it would be as if it had never come. It lives in
// memory alone, where addresses of visitors may be, and in bounded room. It is safe for use by several goroutines.
type Limit struct {
	every time.Duration
	burst int
	room  int
	now   func() time.Time

	mu  sync.Mutex
	due map[string]time.Time
}

// limitRoom is how many are remembered at once.
const limitRoom = 100_000

// NewLimit lets each come burst times at once, and then once every so often.
func NewLimit(every time.Duration, burst int, now func() time.Time) *Limit {
	return &Limit{every: every, burst: burst, room: limitRoom, now: now, due: map[string]time.Time{}}
}

// Take counts one coming, or says by a [TooOftenError] how long to wait: what is refused is not counted, so that who waits is let in.
func (l *Limit) Take(who string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	due := l.due[who]
	if due.Before(now) {
		due = now
	}
	if wait := due.Sub(now) - time.Duration(l.burst-1)*l.every; wait > 0 {
		return &TooOftenError{wait}
	}
	if _, known := l.due[who]; !known && len(l.due) >= l.room {
		l.forget(now)
	}
	l.due[who] = due.Add(l.every)
	return nil
}

// forget drops whose time has come, and where that is not enough the half that is nearest to it: many who come once each must not keep
// others out.
func (l *Limit) forget(now time.Time) {
	times := make([]time.Time, 0, len(l.due))
	for who, due := range l.due {
		if due.After(now) {
			times = append(times, due)
			continue
		}
		delete(l.due, who)
	}
	if len(l.due) < l.room {
		return
	}
	slices.SortFunc(times, time.Time.Compare)
	half := times[len(times)/2]
	for who, due := range l.due {
		if !due.After(half) {
			delete(l.due, who)
		}
	}
}

// Network is what an address is counted under: the address of IPv4, of IPv6 the /64 that one household or server has. What is not an address
// is counted as one.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ""
	}
	return p.String()
}
