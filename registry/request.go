// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"fmt"
	"slices"
)

// RequestError says that a request does not take what was wanted of it.
type RequestError struct {
	Code string // closed, not-supported
	ID   string
	What string // the organisation, or the state
}

func (e *RequestError) Error() string {
	return fmt.Sprintf("request %s: %s %s", e.ID, e.Code, e.What)
}

// Message says it to people.
func (e *RequestError) Message() (key string, args []any) {
	return "registry.request." + e.Code, []any{e.ID, e.What}
}

// Support makes an organisation a supporter of the request, or what it gives what it now says. A request that was answered or given up is
// supported by nobody new.
func (r *Request) Support(s Support) error {
	if r.State == RequestAnswered || r.State == RequestClosed {
		return &RequestError{"closed", r.ID, string(r.State)}
	}
	if at := r.supporter(s.Organisation); at >= 0 {
		old := r.Supports[at]
		old.Date = s.Date
		if s == old || s == (Support{Organisation: s.Organisation, Date: s.Date}) {
			return nil // it says nothing new
		}
		r.Supports[at] = s
		return nil
	}
	r.Supports = append(r.Supports, s)
	return nil
}

// Leave takes back an organisation's support.
func (r *Request) Leave(organisation string) error {
	at := r.supporter(organisation)
	if at < 0 {
		return &RequestError{"not-supported", r.ID, organisation}
	}
	r.Supports = slices.Delete(r.Supports, at, at+1)
	return nil
}

func (r *Request) supporter(organisation string) int {
	return slices.IndexFunc(r.Supports, func(s Support) bool { return s.Organisation == organisation })
}

// Settle says how far the request has come, and what answered it; one that is not answered has no answer.
func (r *Request) Settle(state State, a Answer) {
	if r.State = state; state != RequestAnswered {
		r.Answer = nil
		return
	}
	if old := r.Answer; old != nil {
		if same := *old; a.Software == same.Software && a.URL == same.URL && a.Note == same.Note {
			return
		}
	}
	r.Answer = &a
}
