// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"communs/crawler/polite"
)

// guard stands between a protocol library and the network: it follows only http and https, gives up when a server
// falls silent or sends too much, and remembers what went wrong, since libraries hide it.
type guard struct {
	base  http.RoundTripper
	agent string // where base does not introduce us
	idle  time.Duration
	ready time.Duration // the same for an answer that has to be put together first, until its pack begins; 0: no such answer
	rate  int64         // bytes a second that a pack must bring once it has begun; 0: any
	limit func(*http.Request) int64
	meter *meter
	check func(*http.Response) error // looks at an answer before it is read; may be nil

	authorise func(*http.Request) // adds a token; may be nil
}

// meter counts the bytes of one fetch and keeps its first fault.
type meter struct {
	bytes  atomic.Int64
	report func(total int64)
	mu     sync.Mutex
	fault  error
	status int
	header http.Header // of the last answer
	head   []byte      // its beginning
	at     string      // where it came from

	references int // most that a list may hold; 0 when it is none of git's

	pack *guardedBody // the answer that brings one, once it is there
}

func (m *meter) fail(err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault == nil {
		m.fault = err
	}
	return err
}

// cause is the first fault seen on the wire, or else err.
func (m *meter) cause(err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil && m.fault != nil {
		return m.fault
	}
	return err
}

// answered reports whether the server itself answered, whatever came of it.
func (m *meter) answered() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fault == nil && m.status < 300
}

// led is where the server has last led us.
func (m *meter) led() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to := m.header.Get("Location"); to != "" {
		return withoutUser(to)
	}
	return withoutUser(m.at)
}

// client makes an HTTP client that goes through the guard.
func (g guard) client() *http.Client {
	return &http.Client{Transport: g, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		return g.meter.redirected(req, via)
	}}
}

// redirectError is a redirection that is not followed.
type redirectError struct{ to string }

func (e *redirectError) Error() string { return "redirected to " + e.to }

// redirected refuses what must not be followed, and takes a token off a request that leaves its host.
func (m *meter) redirected(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1].URL
	switch {
	case req.URL.Scheme != "http" && req.URL.Scheme != "https",
		last.Scheme == "https" && req.URL.Scheme == "http",
		req.URL.User != nil,
		len(via) >= 5:
		return m.fail(&redirectError{withoutUser(req.URL.String())})
	}
	if req.URL.Host != via[0].URL.Host {
		req.Header.Del("Private-Token")
		req.Header.Del("Authorization")
	}
	return nil
}

// RoundTrip sends one request.
func (g guard) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	silence, silent := g.idle, errIdle
	if g.ready > 0 && req.Method == http.MethodPost {
		silence, silent = max(g.idle, g.ready), errUnready
	}
	var begun atomic.Bool
	timer := time.AfterFunc(silence, func() {
		if begun.Load() {
			cancel(errIdle)
		} else {
			cancel(silent)
		}
	})
	req = req.Clone(polite.WhileWaiting(ctx, func() func() {
		timer.Stop()
		return func() { timer.Reset(silence) }
	}))
	if g.agent != "" {
		req.Header.Set("User-Agent", g.agent)
	}
	if g.authorise != nil {
		g.authorise(req)
	}
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		timer.Stop()
		if cause := context.Cause(ctx); cause == errIdle || cause == errUnready {
			err = cause
		}
		cancel(nil)
		return nil, g.meter.fail(err)
	}
	stop := func() bool { return true }
	if _, bounded := ctx.Deadline(); !bounded { // drop by drop, an answer would never end
		stop = time.AfterFunc(maxIdles*g.idle, func() { cancel(errSlow) }).Stop
	}
	body := &guardedBody{rc: resp.Body, stop: stop, ctx: ctx, cancel: cancel, timer: timer, silence: silence, left: g.limit(req), meter: g.meter,
		begun: &begun, idle: g.idle, rate: g.rate}
	resp.Body = body
	if silent == errUnready {
		g.meter.mu.Lock()
		g.meter.pack = body
		g.meter.mu.Unlock()
	}
	if g.meter.references > 0 && req.Method == http.MethodGet {
		body.lines = &lineCounter{most: g.meter.references}
	}
	g.meter.mu.Lock()
	g.meter.status, g.meter.header, g.meter.head, g.meter.at = resp.StatusCode, resp.Header, nil, req.URL.String()
	g.meter.mu.Unlock()
	if resp.StatusCode >= 400 {
		body.left, body.quiet = min(body.left, 64<<10), true // an error page is read only to be quoted
	}
	if g.check != nil && resp.StatusCode < 300 {
		if err := g.check(resp); err != nil {
			body.Close()
			return nil, g.meter.fail(err)
		}
	}
	return resp, nil
}

// maxIdles is how many times the longest silence an answer may take as a whole, where nothing else bounds it.
const maxIdles = 30

// guardedBody counts and times an answer.
type guardedBody struct {
	rc     io.ReadCloser
	stop   func() bool // the time for the whole
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	left   int64
	quiet  bool // at the limit, pretend that the answer ends
	meter  *meter
	lines  *lineCounter // of a list of references; nil for the rest

	silence time.Duration // that is borne now
	idle    time.Duration // that is borne in the midst of a pack
	begun   *atomic.Bool  // the pack has
	rate    int64         // bytes a second that it must bring
	since   time.Time     // when those that are counted began to come
	came    int64
}

// begin notes that a pack has begun. A server may be silent for long while it puts one together, whatever signs of life it gives; after
// that it has no reason to be.
func (m *meter) begin() {
	m.mu.Lock()
	b := m.pack
	m.mu.Unlock()
	if b == nil || b.begun.Swap(true) {
		return
	}
	b.silence, b.since, b.came = b.idle, time.Now(), 0
	b.timer.Reset(b.silence)
}

// rateOver is how many times the longest silence a pack's rate is taken over.
const rateOver = 2

// drips reports whether a pack that has begun comes more slowly than it must.
func (b *guardedBody) drips(n int) bool {
	b.came += int64(n)
	took := time.Since(b.since)
	if b.since.IsZero() || took < rateOver*b.idle {
		return false
	}
	slow := float64(b.came) < float64(b.rate)*took.Seconds()
	b.since, b.came = time.Now(), 0
	return slow
}

// beginning has a meter know when the first byte of a pack is read.
type beginning struct {
	io.Reader
	meter *meter
}

func (b *beginning) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if n > 0 && b.meter != nil {
		b.meter.begin()
		b.meter = nil
	}
	return n, err
}

// Read reads on, unless there was too much already.
func (b *guardedBody) Read(p []byte) (int, error) {
	if b.left <= 0 && b.quiet {
		return 0, io.EOF
	} else if b.left <= 0 {
		return 0, b.meter.fail(errTooBig)
	}
	n, err := b.rc.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if n > 0 {
		b.timer.Reset(b.silence)
		if b.drips(n) {
			return 0, b.meter.fail(errDrip)
		}
		b.meter.mu.Lock()
		if room := 2048 - len(b.meter.head); room > 0 {
			b.meter.head = append(b.meter.head, p[:min(n, room)]...)
		}
		b.meter.mu.Unlock()
		if b.lines != nil && !b.lines.count(p[:n]) {
			return 0, b.meter.fail(beyond(ReasonReferences, b.lines.most))
		}
		total := b.meter.bytes.Add(int64(n))
		if b.meter.report != nil {
			b.meter.report(total)
		}
	}
	if err != nil && err != io.EOF {
		if cause := context.Cause(b.ctx); cause == errIdle || cause == errUnready || cause == errSlow {
			err = cause
		}
		b.meter.fail(err)
	}
	return n, err
}

// lineCounter counts git's lines (gitprotocol-common: four hexadecimal digits of length, those included) as they come by.
type lineCounter struct {
	most int
	n    int
	skip int    // bytes of the current line that are still to come
	head []byte // of its length, when that is not whole
	lost bool   // what comes is no such line: whoever reads it will say so
}

// count takes note of more bytes; false means that there are too many lines.
func (c *lineCounter) count(p []byte) bool {
	for len(p) > 0 && !c.lost {
		if c.skip > 0 {
			k := min(c.skip, len(p))
			c.skip -= k
			p = p[k:]
			continue
		}
		k := min(4-len(c.head), len(p))
		c.head = append(c.head, p[:k]...)
		p = p[k:]
		if len(c.head) < 4 {
			break
		}
		length, err := strconv.ParseUint(string(c.head), 16, 16)
		c.lost = err != nil
		c.skip = max(int(length)-4, 0)
		c.head = c.head[:0]
		if c.n++; c.n > c.most {
			return false
		}
	}
	return true
}

// Close ends the request.
func (b *guardedBody) Close() error {
	b.timer.Stop()
	b.stop()
	err := b.rc.Close()
	b.cancel(nil)
	return err
}

// isGit accepts only what a git server answers: a login page or a "not found" page in HTML comes with status 200 too
// often.
func isGit(resp *http.Response) error {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	kind = strings.TrimSpace(kind)
	path := resp.Request.URL.Path
	want := "application/x-git-upload-pack-result"
	if strings.HasSuffix(path, "/info/refs") {
		want = "application/x-git-upload-pack-advertisement"
	}
	if kind != want {
		return &notGitError{kind}
	}
	return nil
}

// notGitError is an answer with another content type.
type notGitError struct{ kind string }

func (e *notGitError) Error() string { return "the answer is " + e.kind + ", not git" }
