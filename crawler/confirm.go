// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Confirmer asks a forge itself what has become of a repository. A listing that leaves it out, or a git server that refuses it, does
// not tell.
type Confirmer interface {
	Status(ctx context.Context, r Repository) (Status, error)
}

// State is what has become of a repository.
type State string

// The states.
const (
	StatePresent  State = "present"
	StateMoved    State = "moved"    // it has another address: Status.URL
	StateArchived State = "archived" // there, and closed by its owner
	StatePrivate  State = "private"  // there, and not for everybody any more
	StateDeleted  State = "deleted"
	StateUnknown  State = "unknown" // the forge's answer is none
)

// Status is a forge's answer about one repository.
type Status struct {
	State State
	URL   string // where it is now
	// Either is true of a deleted one that may as well have been made private: forges give one answer for both to whoever may not
	// see it.
	Either     bool
	Repository Repository // what the forge says of it now; empty when it says nothing
}

// statusOf compares what was known of a repository with what the forge says now.
func statusOf(was, now Repository) Status {
	s := Status{State: StatePresent, URL: now.URL, Repository: now}
	switch {
	case now.Visibility == VisibilityPrivate || now.Visibility == VisibilityInternal:
		s.State = StatePrivate
	case AddressKey(now.URL) != AddressKey(was.URL) && AddressKey(now.URL) != "":
		s.State = StateMoved
	case now.Archived:
		s.State = StateArchived
	}
	return s
}

// absent reads an answer that is not the repository. Only an API's own words count: a proxy in front of a forge that is down
// answers 404 too.
func (a *api) absent(ctx context.Context, err error) (Status, error) {
	if ctx.Err() != nil {
		return Status{}, ctx.Err()
	}
	a.meter.mu.Lock()
	status, head := a.meter.status, bytes.Clone(a.meter.head)
	a.meter.mu.Unlock()
	var words struct {
		Message string `json:"message"`
		Error   string `json:"error"`
	}
	spoke := json.Unmarshal(head, &words) == nil && words.Message+words.Error != ""
	switch {
	case spoke && status == http.StatusNotFound:
		return Status{State: StateDeleted, Either: true}, nil
	case spoke && status == http.StatusGone:
		return Status{State: StateDeleted}, nil
	case spoke && status == http.StatusUnavailableForLegalReasons:
		return Status{State: StateDeleted}, nil
	}
	return Status{State: StateUnknown}, a.fault(ctx, err)
}

// Status asks the forge, when it can be asked.
func (s *pagedSource) Status(ctx context.Context, r Repository) (Status, error) {
	if c, ok := s.lister.(Confirmer); ok {
		return c.Status(ctx, r)
	}
	return Status{State: StateUnknown}, nil
}

// Confirmer is what can be asked about the repositories of a source; nil when nothing can.
func (c *Crawler) Confirmer(sc SourceConfig) (Confirmer, error) {
	s, err := NewSource(sc, c.cfg)
	if err != nil {
		return nil, err
	}
	if paged, ok := s.(*pagedSource); ok {
		if confirmer, ok := paged.lister.(Confirmer); ok {
			return confirmer, nil
		}
	}
	return nil, nil
}

// pathOf is the path of an address below an instance's, without .git.
func pathOf(address, instance string) string {
	path := address
	if u, err := url.Parse(address); err == nil {
		path = u.Path
	}
	if base, err := url.Parse(instance); err == nil {
		path = strings.TrimPrefix(path, strings.TrimSuffix(base.Path, "/"))
	}
	return strings.TrimSuffix(strings.Trim(path, "/"), ".git")
}
