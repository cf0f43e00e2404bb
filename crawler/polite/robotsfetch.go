// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pageKey marks a context: its requests are for web pages.
type pageKey struct{}

// AsPage marks a context whose requests are for web pages, so that robots.txt binds them. It does not bind git, nor the documented
// API of a forge that the operator configured: GitLab's own file forbids /api and *.git to everybody.
func AsPage(ctx context.Context) context.Context { return context.WithValue(ctx, pageKey{}, true) }

func isPage(ctx context.Context) bool {
	page, _ := ctx.Value(pageKey{}).(bool)
	return page
}

const (
	maxRobots     = 512 << 10 // what is read of a robots.txt
	robotsHolds   = 24 * time.Hour
	robotsRetry   = 10 * time.Minute // when it could not be read
	robotsForward = 5                // redirections followed
)

// robotsEntry is a robots.txt as it was read.
type robotsEntry struct {
	mu     sync.Mutex
	rules  *Robots // nil: it could not be read, so nothing may be
	status int
	until  time.Time
}

// mayRead asks the robots.txt of a page's server.
func (t *Transport) mayRead(req *http.Request) error {
	origin := req.URL.Scheme + "://" + req.URL.Host
	t.mu.Lock()
	e := t.robots[origin]
	if e == nil {
		if len(t.robots) >= maxHosts {
			clear(t.robots)
		}
		e = &robotsEntry{}
		t.robots[origin] = e
	}
	t.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := t.cfg.Now(); !now.Before(e.until) {
		if err := t.readRobots(req, origin, e); err != nil {
			return err
		}
	}
	if e.rules == nil {
		return &RobotsError{URL: req.URL.Redacted(), Status: e.status}
	}
	if ok, rule := e.rules.Allows(req.URL.RequestURI()); !ok {
		return &RobotsError{URL: req.URL.Redacted(), Rule: rule}
	}
	return nil
}

// readRobots fetches a robots.txt. A server that has none (4xx) lets everything be read; one that does not work (5xx, no answer) nothing.
func (t *Transport) readRobots(page *http.Request, origin string, e *robotsEntry) error {
	ctx := context.WithValue(page.Context(), pageKey{}, false)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/robots.txt", nil)
	if err != nil {
		return err
	}
	req.Response = page.Response // as trusted as the page is
	text, status, err := t.get(req)
	now := t.cfg.Now()
	var wait *WaitError
	var rest *BreakerError
	switch {
	case ctx.Err() != nil, errors.As(err, &wait), errors.As(err, &rest), ours(err):
		return err
	case err != nil || status >= 500 || status == http.StatusTooManyRequests:
		e.rules, e.status, e.until = nil, status, now.Add(robotsRetry)
		return nil
	case status != http.StatusOK:
		text = nil
	}
	e.rules, e.status, e.until = ParseRobots(text, product), status, now.Add(robotsHolds)
	if e.rules.Delay > 0 {
		t.host(Host(page.URL)).slow(now, e.rules.Delay)
	}
	return nil
}

// get reads a small file, wherever it was moved to.
func (t *Transport) get(req *http.Request) (text []byte, status int, err error) {
	client := http.Client{Transport: t, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) > robotsForward || next.URL.User != nil || via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return nil, 0, err
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(io.LimitReader(resp.Body, maxRobots))
	return text, resp.StatusCode, err
}

// slow has a host asked no more often than it wishes.
func (h *host) slow(now time.Time, every time.Duration) {
	if limit := rate.Every(every); limit < h.limiter.Limit() {
		h.limiter.SetLimitAt(now, limit)
		h.limiter.SetBurstAt(now, 1)
	}
}
