// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"communs/internal/oidc"
	"communs/registry/find"
	"communs/registry/people"
	"communs/search"
)

// problem is what stops a request: a status, a code that programs read, and a sentence that people read.
type problem struct {
	status int
	code   string
	key    string
	args   []any
}

func (p *problem) Error() string { return p.code }

// Message tells the problem to people.
func (p *problem) Message() (key string, args []any) { return p.key, p.args }

var (
	errNoPage   = &problem{http.StatusNotFound, "not-found", "web.error.no-page", nil}
	errPost     = &problem{http.StatusMethodNotAllowed, "method", "web.error.post", nil}
	errMethod   = &problem{http.StatusMethodNotAllowed, "method", "web.error.method", nil}
	errBusy     = &problem{http.StatusServiceUnavailable, "busy", "web.error.busy", nil}
	errDeadline = &problem{http.StatusServiceUnavailable, "deadline", "web.error.deadline", nil}
	errInside   = &problem{http.StatusInternalServerError, "internal", "web.error.internal", nil}
)

// badParameter is a parameter that cannot be read.
func badParameter(name, value string) error {
	return &problem{http.StatusBadRequest, "parameter", "web.error.parameter", []any{name, plain(value)}}
}

// panicError is a panic that a screen ended in.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, debug.Stack()) }

// classify is the one place where errors become statuses.
func classify(err error) (status int, code string, told error) {
	var own *problem
	var query *search.QueryError
	var cursor *search.CursorError
	var missing *search.NotFoundError
	var example *search.ExampleError
	var compared *find.CompareError
	var gone *goneError
	var elsewhere *oidc.Error
	switch {
	case errors.As(err, &gone):
		return gone.status, gone.code, gone
	case errors.As(err, &compared):
		return http.StatusBadRequest, "bad-parameter", compared
	case errors.As(err, &example):
		return http.StatusBadRequest, "example", example
	case errors.Is(err, search.ErrNoPrints):
		return http.StatusServiceUnavailable, "outdated", search.ErrNoPrints
	case errors.As(err, &elsewhere):
		return elsewhereStatus(elsewhere), "sign-in", elsewhere
	case isRegister(err):
		return registerStatus(err)
	case isDecision(err):
		return decisionStatus(err)
	case isPeople(err):
		return peopleStatus(err)
	case errors.As(err, &own):
		return own.status, own.code, own
	case errors.As(err, &query):
		return http.StatusBadRequest, "query", query
	case errors.As(err, &cursor):
		return http.StatusBadRequest, "cursor", cursor
	case errors.As(err, &missing) && missing.What == "id":
		return http.StatusBadRequest, "id", missing
	case errors.As(err, &missing) && missing.What == "replaced":
		return http.StatusGone, "replaced", missing
	case errors.As(err, &missing):
		return http.StatusNotFound, "not-found", missing
	case errors.Is(err, search.ErrNoIndex):
		return http.StatusServiceUnavailable, "no-index", search.ErrNoIndex
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return errDeadline.status, errDeadline.code, errDeadline
	}
	return errInside.status, errInside.code, errInside
}

// errorBody is an error as the API gives it.
type errorBody struct {
	Code     string      `json:"code"`
	Message  string      `json:"message"`
	Hint     string      `json:"hint,omitempty"`
	Faults   []faultBody `json:"faults,omitempty"`   // of the fields of a draft
	Position *int        `json:"position,omitempty"` // of the fault in the query, in characters from 0
	Length   int         `json:"length,omitempty"`   // of the fault, in characters
	Reason   string      `json:"reason,omitempty"`   // why a repository is gone
	Since    string      `json:"since,omitempty"`    // the day on which that was noticed
	Archive  string      `json:"archive,omitempty"`  // where the archive has a block that is not here, if it has it
}

// errorPage is what the error page shows.
type errorPage struct {
	frame
	Heading  string
	Sentence string
	Hint     string
	Caret    template.HTML // the query with a caret under its fault
	List     string        // the list of software to choose from; empty when that is not what is missing
	Archive  string        // where the archive has a block that is not here, if it has it
}

// fail answers an error: as a page, or as JSON where JSON was asked for.
func (s *Server) fail(r *request, err error) *response {
	if errors.Is(err, people.ErrSignedOut) && !r.json && s.people != nil {
		return s.signInFirst(r)
	}
	status, code, told := classify(err)
	if status == http.StatusInternalServerError {
		s.log.Error("request failed", "route", r.route, "error", err)
	}
	sentence, hint := r.said.Error(told)
	resp := s.failure(r, status, code, plain(sentence), plain(hint), told)
	resp.status = status
	resp.noStore = true
	if status == http.StatusUnauthorized && r.json {
		resp.challenge = "Bearer"
	}
	if told == errHookPost {
		resp.allow = http.MethodPost
	}
	if status == http.StatusServiceUnavailable {
		resp.retryAfter = 2
	}
	resp.comeBack(err)
	return resp
}

func (s *Server) failure(r *request, status int, code, sentence, hint string, told error) *response {
	var query *search.QueryError
	var gone *goneError
	isGone := errors.As(told, &gone)
	elsewhere := ""
	var missing *search.NotFoundError
	if errors.As(told, &missing) && (missing.What == "block" || missing.What == "replaced") {
		elsewhere = archive(missing.Name)
	}
	at, n := -1, 0
	if errors.As(told, &query) {
		at, n = query.Runes()
	}
	if r.json {
		body := errorBody{Code: code, Message: sentence, Hint: hint, Archive: elsewhere, Faults: faultsOf(r, told)}
		if at >= 0 {
			body.Position, body.Length = &at, n
		}
		if isGone {
			body.Reason, body.Since = gone.reason, gone.since.Format(time.DateOnly)
		}
		if resp, err := jsonResponse(status, map[string]errorBody{"error": body}); err == nil {
			resp.lang = string(r.said.Lang)
			return resp
		}
	}
	var compared *find.CompareError
	heading, list := r.said.T(fmt.Sprintf("web.error.heading-%d", status)), ""
	switch {
	case errors.As(told, &compared):
		heading, hint, list = r.said.T("web.compare.count", find.MaxCompared), r.said.T("web.compare.how"), r.link.allSoftware(nil)
	case code == "replaced":
		heading = r.said.T("web.block.replaced")
	case isGone:
		heading = r.said.T("web.gone.heading")
	case query != nil:
		heading = r.said.T("web.error.heading-query")
	case code == "no-index":
		heading = r.said.T("web.error.heading-no-index")
	}
	page := errorPage{frame: s.frame(r, heading), Heading: heading, Sentence: sentence, Hint: hint, List: list, Archive: elsewhere}
	page.NoIndex = true
	page.BadQuery = query != nil
	if query != nil {
		page.Caret = caret(query.Query, at, n)
	}
	resp, err := s.render(r, "error", page)
	if err != nil {
		s.log.Error("render the error page", "error", err)
		return &response{kind: "text/plain; charset=utf-8", body: []byte(sentence + "\n" + hint + "\n")}
	}
	return resp
}

// caret writes a query with its fault marked and a caret under it. Long queries are cut around the fault.
func caret(query string, at, n int) template.HTML {
	const around = 60
	runes := []rune(strings.ToValidUTF8(query, "\uFFFD"))
	at = min(at, len(runes))
	end := min(at+n, len(runes))
	from, to := max(0, at-around), min(len(runes), max(end, at)+around)
	end = min(end, to)
	var b strings.Builder
	dots := 0
	if from > 0 {
		b.WriteString("…")
		dots = 1
	}
	for _, r := range runes[from:to] {
		if r == '\t' || r == '\n' || hidden(r, 0, 0) != "" {
			r = '·'
		}
		writeVisible(&b, string(r))
	}
	if to < len(runes) {
		b.WriteString("…")
	}
	b.WriteString("\n" + strings.Repeat(" ", dots+at-from) + "<b>" + strings.Repeat("^", max(1, end-at)) + "</b>")
	return template.HTML(b.String())
}
