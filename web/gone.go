// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"communs/crawler"
	"communs/search"
)

// Tombstone tells what has become of a repository that is not shown any more because its forge does not have it any more; a
// [crawler.UnknownError] when it is none of them.
type Tombstone func(ctx context.Context, url string) (crawler.Tombstone, error)

// goneError is a repository that was shown here and is gone from its forge: since when, and why, in a word of a closed list. Nothing of what it
// held is told, nor what an operator noted of it.
type goneError struct {
	*problem
	reason string
	since  time.Time
}

// reasonEither is that of a repository of which its forge does not tell whether it was deleted or made private.
const reasonEither = "deleted-or-private"

// orGone is the error of an address that may be of a repository that is not in the index: what has become of that one, if it was shown once.
func (s *Server) orGone(r *request, address string, err error) error {
	var missing *search.NotFoundError
	if s.tombstone == nil || !errors.As(err, &missing) || s.search.Holds(r.Context(), address) {
		return err
	}
	stone, why := s.tombstone(r.Context(), address)
	var unknown *crawler.UnknownError
	if why != nil {
		if !errors.As(why, &unknown) && r.Context().Err() == nil {
			s.log.Warn("tombstone", "error", why)
		}
		return err
	}
	reason := stone.Fate
	if stone.Either {
		reason = reasonEither
	}
	if !r.said.Has("web.gone." + reason) {
		reason = "vanished"
	}
	return &goneError{&problem{http.StatusGone, "gone", "web.gone." + reason, []any{date(r.said, stone.Since)}}, reason, stone.Since.UTC()}
}
