// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"

	"communs/crawler"
)

// POST /hooks/{source} takes the messages of a forge's webhooks, by the name that the source has in the configuration. It answers
// {"status":"accepted"} with 202 once what the message names is durable, and 200 with "duplicate", "ignored" or "elsewhere" where nothing is to be done: a
// forge switches off a webhook that is refused again and again. A source that is not there and one that takes no webhooks answer alike.

// Hooks takes the messages of webhooks.
type Hooks interface {
	Has(source string) bool
	Take(ctx context.Context, source string, header http.Header, body []byte) (crawler.Outcome, error)
}

// What is read of a message before anything is known of its sender is bounded in bytes, in time by the server's own limit on reading, and in how many
// long ones there are at once.
const (
	maxHook   = 25 << 20 // bytes: GitHub sends no more
	shortHook = 64 << 10 // which nearly all are
	longHooks = 2        // read side by side
	hookTurns = 8        // messages judged side by side
	hookQueue = 1024     // that may wait for that
)

// hooked is what a server needs to take messages.
type hooked struct {
	Hooks
	gate *gate
	long chan struct{}
}

func newHooked(h Hooks) *hooked {
	return &hooked{h, newGate(hookTurns, hookQueue), make(chan struct{}, longHooks)}
}

var (
	errNoHook   = &problem{http.StatusNotFound, "no-hook", "web.hook.none", nil}
	errHookPost = &problem{http.StatusMethodNotAllowed, "method", "web.hook.post", nil}
	errHookKind = &problem{http.StatusUnsupportedMediaType, "media-type", "web.hook.kind", nil}
	errHookLong = &problem{http.StatusRequestEntityTooLarge, "too-large", "web.hook.long", []any{maxHook >> 20}}
	errHookSlow = &problem{http.StatusRequestTimeout, "slow", "web.hook.slow", nil}
)

// hookRefusals are the answers to messages that are refused.
func hookRefusal(o crawler.Outcome) *problem {
	switch o {
	case crawler.Signature:
		return &problem{http.StatusForbidden, "signature", "web.hook.signature", nil}
	case crawler.Malformed:
		return &problem{http.StatusBadRequest, "malformed", "web.hook.malformed", nil}
	case crawler.Foreign:
		return &problem{http.StatusUnprocessableEntity, "foreign", "web.hook.foreign", nil}
	}
	return nil
}

// hook answers for one source.
func (s *Server) hook(r *request, name string) (*response, error) {
	if r.Method != http.MethodPost {
		return nil, errHookPost
	}
	source, err := url.PathUnescape(name)
	if err != nil || s.hooks.Hooks == nil || !s.hooks.Has(source) {
		return nil, errNoHook
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errHookKind
	}
	body, done, err := s.hooks.read(r)
	defer done()
	if err != nil {
		return nil, err
	}
	leave, err := s.hooks.gate.enter(r.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	outcome, err := s.hooks.Take(r.Context(), source, r.Header, body)
	if err != nil {
		s.log.Error("webhook", "error", err)
		return nil, &problem{http.StatusServiceUnavailable, "unwritten", "web.hook.unwritten", nil}
	}
	if refused := hookRefusal(outcome); refused != nil {
		return nil, refused
	}
	status := http.StatusOK
	if outcome == crawler.Accepted {
		status = http.StatusAccepted
	}
	resp, err := jsonResponse(status, map[string]crawler.Outcome{"status": outcome})
	if err == nil {
		resp.noStore = true
	}
	return resp, err
}

// read reads a message. A long one waits until few others are being read; done is to be called when the message is not needed any more.
func (h *hooked) read(r *request) (body []byte, done func(), err error) {
	done = func() {}
	if r.ContentLength > maxHook {
		return nil, done, errHookLong
	}
	body, err = io.ReadAll(io.LimitReader(r.Body, shortHook))
	if err == nil && len(body) == shortHook {
		select {
		case h.long <- struct{}{}:
			done = func() { <-h.long }
		case <-r.Context().Done():
			return nil, done, errBusy
		}
		var rest []byte
		rest, err = io.ReadAll(io.LimitReader(r.Body, maxHook-shortHook+1))
		body = append(body, rest...)
	}
	var slow net.Error
	switch {
	case errors.As(err, &slow) && slow.Timeout():
		return nil, done, errHookSlow
	case err != nil:
		return nil, done, &problem{http.StatusBadRequest, "body", "web.error.body", nil}
	case len(body) > maxHook:
		return nil, done, errHookLong
	}
	return body, done, nil
}
