// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Address is where the archive of Software Heritage answers.
const Address = "https://archive.softwareheritage.org"

// Config is what a Client needs.
type Config struct {
	URL       string            // of the archive; default [Address]
	Token     string            // of an account there: 1,200 requests an hour instead of 120; may be empty
	Transport http.RoundTripper // with manners: it waits when the archive says so
	Sleep     func(context.Context, time.Duration) error
}

// Client asks the archive over its documented API, https://archive.softwareheritage.org/api/.
type Client struct {
	base  *url.URL
	http  *http.Client
	token string
	sleep func(context.Context, time.Duration) error
}

// Limits of what is read of one answer, of how often a request is sent again that the archive had no room for, and of redirects.
const (
	maxAnswer    = 32 << 20
	maxTries     = 3
	maxRedirects = 5
)

// New makes a Client.
func New(cfg Config) (*Client, error) {
	if cfg.URL == "" {
		cfg.URL = Address
	}
	base, err := url.Parse(strings.TrimSuffix(cfg.URL, "/"))
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, &AddressError{cfg.URL}
	}
	if cfg.Sleep == nil {
		cfg.Sleep = pause
	}
	c := &Client{base: base, token: cfg.Token, sleep: cfg.Sleep}
	c.http = &http.Client{Transport: cfg.Transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errors.New("too many redirects")
		}
		return nil
	}}
	return c, nil
}

// pause waits by the real clock.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AddressError is an archive's address that cannot be asked.
type AddressError struct{ Address string }

func (e *AddressError) Error() string { return "address of the archive: " + e.Address }

// Message says it to people.
func (e *AddressError) Message() (string, []any) { return "heritage.address", []any{e.Address} }

// APIError is an answer of the archive that is not what was asked for.
type APIError struct {
	Status int
	Reason string // what the archive says
	Err    error  // what is wrong with an answer that should be right
}

func (e *APIError) Error() string {
	if e.Err != nil {
		return "Software Heritage: " + e.Err.Error()
	}
	return fmt.Sprintf("Software Heritage: HTTP %d: %s", e.Status, e.Reason)
}

func (e *APIError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *APIError) Message() (string, []any) {
	switch {
	case e.Err != nil:
		return "heritage.unreadable", []any{e.Err.Error()}
	case e.Status == http.StatusNotFound:
		return "heritage.not-found", []any{e.Reason}
	case e.Status == http.StatusTooManyRequests:
		return "heritage.too-many", nil
	case e.Status == http.StatusUnauthorized:
		return "heritage.token", []any{e.Reason}
	case e.Status >= http.StatusInternalServerError:
		return "heritage.down", []any{e.Status}
	}
	return "heritage.refused", []any{e.Status, e.Reason}
}

// missing reports whether the archive says that it has no such thing.
func missing(err error) bool {
	var api *APIError
	return errors.As(err, &api) && api.Status == http.StatusNotFound
}

// ask sends a request and reads its answer as JSON. A request that the archive had no room for is sent again in its turn.
func (c *Client) ask(ctx context.Context, method, path string, body, into any) (http.Header, error) {
	for try := 1; ; try++ {
		header, err := c.once(ctx, method, path, body, into)
		var api *APIError
		if errors.As(err, &api) && api.Status == http.StatusTooManyRequests && try < maxTries {
			continue // the transport waits for as long as the archive has said
		}
		return header, err
	}
}

func (c *Client) once(ctx context.Context, method, path string, body, into any) (http.Header, error) {
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+"/api/1/"+path, content)
	if err != nil {
		return nil, fmt.Errorf("ask Software Heritage: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.send(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(data) > maxAnswer {
		err = fmt.Errorf("more than %d bytes", maxAnswer)
	}
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil && ctx.Err() == nil {
		return nil, &APIError{Status: resp.StatusCode, Err: err}
	}
	return resp.Header, err
}

// send sends a request to the archive; what is no success is an error.
func (c *Client) send(req *http.Request) (*http.Response, error) {
	req.Header.Set("Accept", "application/json")
	if c.token != "" && req.URL.Host == c.base.Host {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask Software Heritage: %w", err)
	}
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	head, _ := io.ReadAll(io.LimitReader(resp.Body, 8<<10)) // what could not be read says nothing
	var said struct{ Reason, Error json.RawMessage }
	json.Unmarshal(head, &said)
	reason := text(said.Reason)
	if reason == "" {
		reason = text(said.Error)
	}
	return nil, &APIError{Status: resp.StatusCode, Reason: reason}
}

// text is a reason, which may be a sentence or anything else in JSON.
func text(raw json.RawMessage) string {
	var sentence string
	if json.Unmarshal(raw, &sentence) == nil {
		return sentence
	}
	return string(raw)
}

// maxKnown is how many identifiers the archive takes at a time.
const maxKnown = 1000

// Known asks which objects the archive has, 1,000 at a time. each hears of every part of the answer as it comes, so that what was
// learnt is not lost when the rest fails.
func (c *Client) Known(ctx context.Context, ids []ID, each func(map[ID]bool) error) error {
	for len(ids) > 0 {
		part := ids[:min(maxKnown, len(ids))]
		ids = ids[len(part):]
		var said map[string]struct{ Known bool }
		if _, err := c.ask(ctx, http.MethodPost, "known/", part, &said); err != nil {
			return err
		}
		known := make(map[ID]bool, len(part))
		for _, id := range part {
			answer, ok := said[id.String()]
			if !ok {
				return &APIError{Status: http.StatusOK, Err: fmt.Errorf("nothing is said of %s", id)}
			}
			known[id] = answer.Known
		}
		if err := each(known); err != nil {
			return err
		}
	}
	return nil
}

// Visit is one visit of the archive to an origin.
type Visit struct {
	Origin   string    `json:"origin"`
	Type     string    `json:"type"` // git, svn …
	Number   int       `json:"visit"`
	Time     time.Time `json:"date"`
	Status   string    `json:"status"` // full, partial
	Snapshot ID        `json:"snapshot"`
}

// UnmarshalJSON reads a visit as the archive writes it.
func (v *Visit) UnmarshalJSON(data []byte) error {
	type plain Visit
	said := struct {
		*plain
		Snapshot string `json:"snapshot"`
	}{plain: (*plain)(v)}
	err := json.Unmarshal(data, &said)
	if err == nil && said.Snapshot != "" {
		v.Snapshot, err = hexID(Snapshot, said.Snapshot)
	}
	return err
}

// NoVisitError is an origin that the archive has not seen, or not brought back anything from.
type NoVisitError struct{ Origin string }

func (e *NoVisitError) Error() string { return "Software Heritage has no snapshot of " + e.Origin }

// Message says it to people.
func (e *NoVisitError) Message() (string, []any) { return "heritage.no-visit", []any{e.Origin} }

// LatestVisit is the last visit to an origin that brought something back. The archive knows an origin under one spelling: with .git at
// its end or without, which are both asked for.
func (c *Client) LatestVisit(ctx context.Context, origin string) (Visit, error) {
	for _, spelling := range spellings(origin) {
		var v Visit
		_, err := c.ask(ctx, http.MethodGet, "origin/"+escapeOrigin(spelling)+"/visit/latest/?require_snapshot=true", nil, &v)
		if missing(err) {
			continue
		}
		if err == nil && v.Snapshot.IsZero() {
			err = &APIError{Status: http.StatusOK, Err: errors.New("a visit without a snapshot")}
		}
		return v, err
	}
	return Visit{}, &NoVisitError{origin}
}

func spellings(origin string) []string {
	bare := strings.TrimSuffix(origin, "/")
	if short, ok := strings.CutSuffix(bare, ".git"); ok {
		return []string{bare, short}
	}
	return []string{bare, bare + ".git"}
}

// escapeOrigin writes an address as a part of a path.
func escapeOrigin(origin string) string {
	parts := strings.Split(origin, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}

// Branches are what a snapshot of the archive consists of, page by page; they are what its name says, or it is an error.
func (c *Client) Branches(ctx context.Context, id ID) (map[string]Branch, error) {
	all := map[string]Branch{}
	for from := ""; ; {
		var page struct {
			Branches map[string]*struct {
				Target string `json:"target"`
				Type   string `json:"target_type"`
			} `json:"branches"`
			Next *string `json:"next_branch"`
		}
		path := fmt.Sprintf("snapshot/%x/?branches_count=1000", id.Hash)
		if from != "" {
			path += "&branches_from=" + url.QueryEscape(from)
		}
		if _, err := c.ask(ctx, http.MethodGet, path, nil, &page); err != nil {
			return nil, err
		}
		for name, said := range page.Branches {
			b := Branch{}
			if said != nil && said.Type == "alias" {
				b.Alias = said.Target
			} else if said != nil {
				var err error
				if b.Object, err = hexID(branchTypes[said.Type], said.Target); err != nil {
					return nil, &APIError{Status: http.StatusOK, Err: err}
				}
			}
			all[name] = b
		}
		if page.Next == nil {
			break
		}
		if *page.Next <= from {
			return nil, &APIError{Status: http.StatusOK, Err: fmt.Errorf("pages of %s that do not end", id)}
		}
		from = *page.Next
	}
	if got := SnapshotOf(all); got != id {
		return nil, &MismatchError{id, got}
	}
	return all, nil
}

// MismatchError is something that is not what its name says.
type MismatchError struct{ Want, Got ID }

func (e *MismatchError) Error() string { return fmt.Sprintf("got %s instead of %s", e.Got, e.Want) }

// Message says it to people.
func (e *MismatchError) Message() (string, []any) {
	if e.Got.IsZero() {
		return "heritage.mismatch-none", []any{e.Want.String()}
	}
	return "heritage.mismatch", []any{e.Want.String(), e.Got.String()}
}
