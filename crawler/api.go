// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// perPage is the largest page that GitLab and GitHub give.
const perPage = 100

// api is one forge's API, or whatever else a source is read from over HTTP. Its token goes to its own server only, and never
// into an error.
type api struct {
	source, address string
	token           string
	cfg             Config
	meter           *meter
	http            *http.Client
}

// newAPI makes what asks the API at an address. sign puts the token on a request; nil: there is none.
func newAPI(cfg Config, source, address, token string, sign func(http.Header)) *api {
	a := &api{source: source, address: address, token: token, cfg: cfg, meter: &meter{}}
	g := guard{base: cfg.network, idle: cfg.Idle, meter: a.meter, limit: func(*http.Request) int64 { return a.cfg.MaxPage }}
	if u, err := url.Parse(address); err == nil && token != "" {
		g.authorise = func(r *http.Request) {
			if r.URL.Host == u.Host && r.URL.Scheme == u.Scheme {
				sign(r.Header)
			}
		}
	}
	a.http = g.client()
	if cfg.answers != nil {
		a.http.Transport = &remembering{base: a.http.Transport, source: source, answers: cfg.answers}
	}
	return a
}

// bearer signs as GitHub, GitLab and Gitea all understand.
func bearer(token string) func(http.Header) {
	return func(h http.Header) { h.Set("Authorization", "Bearer "+token) }
}

// get asks for something that no library knows.
func (a *api) get(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := a.http.Do(req)
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		err = errStatus
	}
	return resp, err
}

// errStatus is an answer that is none; the meter knows its status.
var errStatus = errors.New("no answer")

// date is the server's clock at its last answer; zero when it does not tell.
func (a *api) date() time.Time {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	date, err := http.ParseTime(a.meter.header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// status is what the server answered last.
func (a *api) status() int {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	return a.meter.status
}

// fault names what the API answered.
func (a *api) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.cfg.MaxBytes = a.cfg.MaxPage // the limit that is told
	err = httpFault(ctx, a.address, a.meter, err)
	var limit *github.RateLimitError
	if errors.As(err, &limit) {
		err = &FetchError{URL: a.address, Reason: ReasonServer, Detail: "429", Err: limit}
	}
	if said := a.lacking(); said != "" {
		err = &FetchError{URL: a.address, Reason: ReasonScope, Detail: said, Err: err}
	}
	return &ListError{a.source, a.discreet(classify(ctx, a.address, a.cfg, err))}
}

// lacking is what a forge says to a token that is valid and may not do what was asked: Gitea in its message, GitLab as RFC 6750 has it.
func (a *api) lacking() string {
	a.meter.mu.Lock()
	status, head := a.meter.status, bytes.Clone(a.meter.head)
	a.meter.mu.Unlock()
	var words struct{ Message, Error, Scope string }
	switch {
	case a.token == "" || status != http.StatusForbidden || json.Unmarshal(head, &words) != nil:
		return ""
	case words.Error == "insufficient_scope":
		return words.Scope
	case strings.Contains(words.Message, "required scope"):
		return words.Message
	}
	return ""
}

// discreet takes the token out of an error: a server may repeat what it was sent.
func (a *api) discreet(err error) error {
	var fault *FetchError
	if a.token == "" || !errors.As(err, &fault) || !strings.Contains(fault.Error(), a.token) {
		return err
	}
	hide := func(text string) string { return strings.ReplaceAll(text, a.token, "…") }
	quiet := &FetchError{URL: hide(fault.URL), Reason: fault.Reason, Detail: hide(fault.Detail)}
	if fault.Err != nil {
		quiet.Err = errors.New(hide(fault.Err.Error()))
	}
	return quiet
}
