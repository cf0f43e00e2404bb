// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The breaker opens after so many faults in a row, for restFirst; each time that the trial after it fails too, twice as long.
const (
	maxFaults = 5
	restFirst = 30 * time.Second
	restMost  = time.Hour
	maxTrial  = 2 * time.Minute // one that nobody has heard of since does not keep others from trying
)

// maxHosts bounds what is remembered: a list may name any number of hosts.
const maxHosts = 4096

// host is the state of one host. A trial is the one request that a host is sent after its rest.
type host struct {
	name    string
	limiter *rate.Limiter
	places  chan struct{}

	mu    sync.Mutex
	users int // who holds a place or waits for one: it must not be forgotten
	now   HostState
	row   int           // faults in a row
	rest  time.Duration // the last one
	trial time.Time     // when it was let go; zero: none is on its way
	asked time.Time     // the host has us wait until then
	why   string
}

// host is the state of a host by its key.
func (t *Transport) host(key string) *host {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[key]
	if h == nil {
		if len(t.hosts) >= maxHosts {
			t.forget()
		}
		limit := rate.Limit(t.cfg.PerSecond)
		if isOwnMachine(key) {
			limit = rate.Inf
		}
		h = &host{name: key, limiter: rate.NewLimiter(limit, max(1, int(t.cfg.PerSecond))),
			places: make(chan struct{}, t.cfg.Parallel), now: HostState{Host: key, Left: -1}}
		t.hosts[key] = h
	}
	return h
}

// forget drops the hosts that nothing needs to be remembered of.
func (t *Transport) forget() {
	now := t.cfg.Now()
	for key, h := range t.hosts {
		h.mu.Lock()
		idle := h.users == 0 && h.row == 0 && !now.Before(h.asked) && !h.exhausted(now) && now.Sub(h.now.Last) > time.Minute
		h.mu.Unlock()
		if idle {
			delete(t.hosts, key)
		}
	}
}

// isOwnMachine reports whether a host is this machine itself, by its address.
func isOwnMachine(key string) bool {
	name, _, err := net.SplitHostPort(key)
	if err != nil {
		name = key
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// take takes one of the host's places.
func (h *host) take(ctx context.Context) error {
	h.mu.Lock()
	h.users++
	h.mu.Unlock()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		h.mu.Lock()
		h.users--
		h.mu.Unlock()
		return ctx.Err()
	}
}

// leave gives the place back.
func (h *host) leave() {
	<-h.places
	h.mu.Lock()
	h.users--
	h.mu.Unlock()
}

// turn waits until the host may be asked.
func (t *Transport) turn(ctx context.Context, h *host) error {
	reserved := false
	for {
		wait, err := h.mayAsk(ctx, t.cfg.Now(), t.cfg.Patience, &reserved)
		if err != nil || wait <= 0 {
			return err
		}
		if err := t.pause(ctx, h, wait); err != nil {
			return err
		}
	}
}

// pause waits, while nobody times the host.
func (t *Transport) pause(ctx context.Context, h *host, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	if w, ok := ctx.Value(waitingKey{}).(func() func()); ok {
		defer w()()
	}
	before := t.cfg.Now()
	err := t.cfg.Sleep(ctx, d)
	h.mu.Lock()
	h.now.Waited += t.cfg.Now().Sub(before)
	h.mu.Unlock()
	return err
}

// waitingKey holds, in a context, what is to be called around a wait.
type waitingKey struct{}

// WhileWaiting has begin called whenever a request of this context is about to wait, and what it returns when the wait is over: for
// whoever times the server, since it is not to blame for this.
func WhileWaiting(ctx context.Context, begin func() (end func())) context.Context {
	return context.WithValue(ctx, waitingKey{}, begin)
}

// mayAsk says how long to wait before asking the host; 0: it may be asked now, and that is counted.
func (h *host) mayAsk(ctx context.Context, now time.Time, patience time.Duration, reserved *bool) (time.Duration, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now.Resting {
		if now.Before(h.now.Until) || !h.trial.IsZero() && now.Sub(h.trial) < maxTrial {
			return 0, &BreakerError{Host: h.name, Until: h.now.Until, Err: h.now.Err, Status: h.now.Status}
		}
	}
	until, why := h.waits(now)
	if wait := until.Sub(now); wait > 0 {
		return wait, tooLong(ctx, h.name, now, until, why, patience)
	}
	if !*reserved {
		*reserved = true
		r := h.limiter.ReserveN(now, 1)
		if wait := r.DelayFrom(now); wait > 0 {
			err := tooLong(ctx, h.name, now, now.Add(wait), "pace", patience)
			if err != nil {
				r.CancelAt(now)
			}
			return wait, err
		}
	}
	if h.now.Resting {
		h.trial = now
	}
	if h.now.Left > 0 {
		h.now.Left--
	}
	return 0, nil
}

// waits is until when the host has us wait, and why; the zero time when it does not.
func (h *host) waits(now time.Time) (time.Time, string) {
	if now.Before(h.asked) {
		return h.asked, h.why
	}
	if h.exhausted(now) {
		return h.now.Reset, "rate-limit"
	}
	return time.Time{}, ""
}

// exhausted reports whether the host grants no more requests until its next period.
func (h *host) exhausted(now time.Time) bool { return h.now.Left == 0 && now.Before(h.now.Reset) }

// tooLong is the error when the host has us wait for longer than we do.
func (h *host) tooLong(ctx context.Context, now time.Time, patience time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	until, why := h.waits(now)
	if until.IsZero() {
		return nil
	}
	return tooLong(ctx, h.name, now, until, why, patience)
}

func tooLong(ctx context.Context, name string, now, until time.Time, why string, patience time.Duration) error {
	end, bounded := ctx.Deadline()
	if until.Sub(now) > patience || bounded && end.Before(until) {
		return &WaitError{Host: name, Until: until, Why: why}
	}
	return nil
}

// sent counts a request.
func (h *host) sent(now time.Time, again bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now.Requests++
	if again {
		h.now.Retries++
	}
	h.now.Last = now
}

func (h *host) received(n int) {
	h.mu.Lock()
	h.now.Bytes += int64(n)
	h.mu.Unlock()
}

// unsure ends a request that says nothing about the host.
func (h *host) unsure() {
	h.mu.Lock()
	h.trial = time.Time{}
	h.mu.Unlock()
}

// note takes in what came of a request. Only the last attempt counts for the breaker.
func (h *host) note(now time.Time, v verdict, status int, err error, last bool) *Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now.Last = now
	if status > 0 {
		h.now.Status = status
	}
	if v.left >= 0 && !v.reset.IsZero() {
		h.now.Left, h.now.Reset = v.left, v.reset
	}
	var e *Event
	if v.until.After(now) && v.until.After(h.asked) {
		h.asked, h.why = v.until, v.why
		e = &Event{Kind: Waiting, Host: h.name, Until: h.asked, Why: h.why}
	}
	switch {
	case v.kind == faulty:
		h.now.Faults++
		h.now.Err = err
		if last || h.now.Resting {
			return h.fault(now, status, err)
		}
		return nil
	case v.kind == limited:
		h.now.Limited++
	case status == 0:
		return nil
	}
	h.trial, h.row = time.Time{}, 0
	if h.now.Resting {
		h.now.Resting, h.now.Until, h.rest = false, time.Time{}, 0
		e = &Event{Kind: Back, Host: h.name}
	}
	return e
}

// fault counts towards the breaker, and opens it.
func (h *host) fault(now time.Time, status int, err error) *Event {
	h.row++
	if !h.now.Resting && h.row < maxFaults {
		return nil
	}
	if h.now.Resting && h.trial.IsZero() {
		return nil // sent before it opened
	}
	h.rest = min(max(2*h.rest, restFirst), restMost)
	h.trial, h.now.Resting, h.now.Until = time.Time{}, true, now.Add(h.rest)
	return &Event{Kind: Resting, Host: h.name, Until: h.now.Until, Why: "rest", Err: err}
}

// state is what is known now.
func (h *host) state(now time.Time) HostState {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.now
	if s.Resting {
		s.Why = "rest"
	} else {
		s.Until, s.Why = h.waits(now)
	}
	return s
}
