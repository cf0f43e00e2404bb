// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package polite keeps our manners on other people's servers, and keeps us out of places where no remote may send us: one limiter
// for each host, the waits that a server asks for, retries with backoff, a breaker for a host that is down, robots.txt for
// web pages, and a check of every address at the moment of connecting.
package polite

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config is what a Transport needs. All of it may be left out.
type Config struct {
	UserAgent string                                     // who we are, with whom to write to
	Base      http.RoundTripper                          // nil: one that connects only where [CheckAddr] allows
	Proxy     func(*http.Request) (*url.URL, error)      // for the Base of our own; nil: none
	Resolver  *net.Resolver                              // looks names up; nil: as the system does
	Trusted   func(host string) bool                     // what the operator wrote: may be private, and http; see [Host]. nil: nothing
	Now       func() time.Time                           // the clock
	Sleep     func(context.Context, time.Duration) error // waits by that clock
	Random    func() float64                             // in [0,1), for the jitter
	Report    func(Event)                                // hears when a host rests, comes back, or has us wait; called one at a time

	PerSecond float64       // requests a second to one host; default 10. Our own machine has no limit
	Parallel  int           // requests at a time to one host; default 4
	Patience  time.Duration // the longest wait that is slept; a longer one is a *WaitError. Default 5 minutes
	Retries   int           // after a fault, of requests that may be sent twice; default 3, less than 0: none
}

func (c Config) withDefaults() Config {
	if c.Trusted == nil {
		c.Trusted = func(string) bool { return false }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.Report == nil {
		c.Report = func(Event) {}
	}
	if c.PerSecond <= 0 {
		c.PerSecond = 10
	}
	if c.Parallel <= 0 {
		c.Parallel = 4
	}
	if c.Patience <= 0 {
		c.Patience = 5 * time.Minute
	}
	if c.Retries == 0 {
		c.Retries = 3
	}
	return c
}

// sleep waits by the real clock.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Transport is a http.RoundTripper with manners. One is shared by all that goes out to the network.
type Transport struct {
	cfg    Config
	open   http.RoundTripper // for what the operator wrote
	strict http.RoundTripper // for what a remote says

	mu     sync.Mutex
	hosts  map[string]*host
	robots map[string]*robotsEntry

	reporting sync.Mutex
}

// New makes a Transport.
func New(cfg Config) *Transport {
	t := &Transport{cfg: cfg.withDefaults(), hosts: map[string]*host{}, robots: map[string]*robotsEntry{}}
	if t.open, t.strict = cfg.Base, cfg.Base; cfg.Base == nil {
		t.open, t.strict = newBase(t.cfg, t.cfg.Trusted), newBase(t.cfg, nil)
	}
	return t
}

// maxHeader bounds the header of an answer.
const maxHeader = 128 << 10

// newBase makes a transport that dials only where it may.
func newBase(cfg Config, trusted func(string) bool) http.RoundTripper {
	dial := dialer{trusted: trusted, resolver: cfg.Resolver}.DialContext
	proxies := &proxies{of: cfg.Proxy, strict: trusted == nil}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.Proxy = proxies.choose
	base.DialContext = proxies.dial(dial)
	base.MaxIdleConnsPerHost = cfg.Parallel
	base.MaxResponseHeaderBytes = maxHeader
	// Over HTTP/2 a server may go on sending frames when its answer is long done, or take none of ours: nobody listens for longer.
	base.IdleConnTimeout = lingers
	base.HTTP2 = &http.HTTP2Config{WriteByteTimeout: lingers}
	return base
}

// lingers is how long a connection is kept that nobody uses.
const lingers = 15 * time.Second

// CloseIdleConnections closes those that nobody uses at this moment.
func (t *Transport) CloseIdleConnections() {
	for _, base := range []http.RoundTripper{t.open, t.strict} {
		if c, ok := base.(interface{ CloseIdleConnections() }); ok {
			c.CloseIdleConnections()
		}
	}
}

// Host is the name under which a server's manners are kept: in lower case, without a final dot, with its port unless that is
// the usual one of http or https.
func Host(u *url.URL) string { return hostKey(u.Host) }

// HostState is what is known of one host: for the operator's page, the metrics and the final report.
type HostState struct {
	Host     string
	Requests int           // sent, retries included
	Retries  int           // of them, sent again
	Faults   int           // of them, without a useful answer: 5xx, or none at all
	Limited  int           // of them, answered with: too many requests
	Bytes    int64         // received
	Waited   time.Duration // in all, for its limits and ours
	Resting  bool          // its breaker is open: nothing is sent until Until
	Until    time.Time     // when it may be asked again; zero: now
	Why      string        // of Until: rest, retry-after, rate-limit
	Left     int           // requests that it still grants until Reset; -1: it does not say
	Reset    time.Time
	Status   int       // of the last answer
	Err      error     // the last fault
	Last     time.Time // when it was last asked
}

// EventKind says what happened between us and a host.
type EventKind string

// The kinds of events.
const (
	Resting EventKind = "resting" // faults in a row: it is left alone until Until
	Back    EventKind = "back"    // it answers again
	Waiting EventKind = "waiting" // it has asked us to wait until Until
)

// Event is something that the operator should hear of a host.
type Event struct {
	Kind  EventKind
	Host  string
	Until time.Time
	Why   string // as in HostState
	Err   error  // the last fault
}

func (t *Transport) report(e *Event) {
	if e == nil {
		return
	}
	t.reporting.Lock()
	defer t.reporting.Unlock()
	t.cfg.Report(*e)
}

// Hosts tells what is known of every host, in the order of their names.
func (t *Transport) Hosts() []HostState {
	t.mu.Lock()
	list := make([]*host, 0, len(t.hosts))
	for _, h := range t.hosts {
		list = append(list, h)
	}
	t.mu.Unlock()
	states := make([]HostState, len(list))
	for i, h := range list {
		states[i] = h.state(t.cfg.Now())
	}
	slices.SortFunc(states, func(a, b HostState) int { return strings.Compare(a.Host, b.Host) })
	return states
}

// Wait waits until a host may be asked: for work that somebody else does there. The error is the breaker's ([BreakerError]), the
// wait's when it is too long ([WaitError]), or the context's. What came of it goes to [Transport.Note].
func (t *Transport) Wait(ctx context.Context, name string) error {
	h := t.host(hostKey(name))
	return t.turn(ctx, h)
}

// Enter is Wait for work that takes its time: it holds one of the host's places until leave is called.
func (t *Transport) Enter(ctx context.Context, name string) (leave func(), err error) {
	h := t.host(hostKey(name))
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	if err := t.turn(ctx, h); err != nil {
		h.leave()
		return nil, err
	}
	return sync.OnceFunc(func() { h.unsure(); h.leave() }), nil
}

// Spent counts what somebody else has asked of a host, and how many bytes came.
func (t *Transport) Spent(name string, requests int, bytes int64) {
	h := t.host(hostKey(name))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now.Requests += requests
	h.now.Bytes += bytes
	h.now.Last = t.cfg.Now()
}

// Note tells what came of a request that somebody else has sent: its status and header, or its fault. A status of 0 without an
// error says that nothing can be told. That it was sent is for [Transport.Spent] to count.
func (t *Transport) Note(name string, status int, header http.Header, err error) {
	h := t.host(hostKey(name))
	v := judge(t.cfg.Now(), status, header, nil)
	if err != nil && !ours(err) {
		v = verdict{kind: faulty}
	}
	t.report(h.note(t.cfg.Now(), v, status, err, true))
}

// ours reports whether an error comes from ourselves and says nothing about the host.
func ours(err error) bool {
	var address *AddressError
	return errors.Is(err, context.Canceled) || errors.As(err, &address)
}

// RoundTrip sends a request in its turn, and again after a fault where that does no harm.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	base, err := t.route(req)
	if err == nil && isPage(req.Context()) {
		err = t.mayRead(req)
	}
	if err != nil {
		closeBody(req)
		return nil, err
	}
	h := t.host(Host(req.URL))
	for attempt := 0; ; attempt++ {
		last := attempt >= t.cfg.Retries || !repeatable(req)
		resp, again, err := t.send(req, base, h, attempt, last)
		if !again {
			return resp, err
		}
		if err := t.pause(req.Context(), h, t.backoff(attempt)); err != nil {
			return nil, err
		}
	}
}

// send makes one attempt. again says that it may be repeated.
func (t *Transport) send(req *http.Request, base http.RoundTripper, h *host, attempt int, last bool) (_ *http.Response, again bool, err error) {
	ctx := req.Context()
	if err := t.enter(ctx, h); err != nil {
		closeBody(req)
		return nil, false, err
	}
	sent := req.Clone(ctx)
	if attempt > 0 && req.GetBody != nil {
		if sent.Body, err = req.GetBody(); err != nil {
			h.leave()
			return nil, false, err
		}
	}
	if t.cfg.UserAgent != "" {
		sent.Header.Set("User-Agent", t.cfg.UserAgent)
	}
	h.sent(t.cfg.Now(), attempt > 0)
	resp, err := base.RoundTrip(sent)
	now := t.cfg.Now()
	if err != nil {
		h.leave()
		if cause := context.Cause(ctx); ours(err) || errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
			h.unsure()
			return nil, false, err
		}
		last = last || ctx.Err() != nil // whoever watches the server has given up on it
		t.report(h.note(now, verdict{kind: faulty}, 0, err, last))
		return nil, !last, err
	}
	v := judge(now, resp.StatusCode, resp.Header, peek(resp))
	t.report(h.note(now, v, resp.StatusCode, nil, last))
	resp.Body = newBody(ctx, resp.Body, h)
	if v.kind == fine {
		return resp, false, nil
	}
	if err := h.tooLong(ctx, now, t.cfg.Patience); err != nil {
		resp.Body.Close()
		return nil, false, err
	}
	if last {
		return resp, false, nil
	}
	io.CopyN(io.Discard, resp.Body, 16<<10) // so that the connection can be used again
	resp.Body.Close()
	return nil, true, nil
}

// enter takes a place at a host and waits for its turn.
func (t *Transport) enter(ctx context.Context, h *host) error {
	if err := h.take(ctx); err != nil {
		return err
	}
	if err := t.turn(ctx, h); err != nil {
		h.leave()
		return err
	}
	return nil
}

// The backoff before the nth retry is anything up to firstBackoff × 2ⁿ, but at most maxBackoff.
const (
	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second
)

func (t *Transport) backoff(attempt int) time.Duration {
	return time.Duration(t.cfg.Random() * float64(min(maxBackoff, firstBackoff<<min(attempt, 10))))
}

// repeatable reports whether a request may be sent twice.
func repeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, "":
		return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
	}
	return false
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// body counts what comes. It leaves the host's place when it is closed, comes to its end, or its request does.
type body struct {
	io.ReadCloser
	host  *host
	leave func()
}

func newBody(ctx context.Context, rc io.ReadCloser, h *host) *body {
	leave := sync.OnceFunc(h.leave)
	stop := context.AfterFunc(ctx, leave)
	return &body{rc, h, func() { stop(); leave() }}
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.host.received(n)
	if err != nil {
		b.leave()
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.leave()
	return err
}
