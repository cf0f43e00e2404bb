// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"errors"
	"iter"

	"communs/registry/publiclog"
)

// Nothing is a store that holds nothing and takes nothing: an import is planned against it where there is none yet.
type Nothing struct{}

// errNothing is what a store that takes nothing answers.
var errNothing = errors.New("nothing can be written into an empty store")

// Apply refuses.
func (Nothing) Apply(context.Context, ...Change) (int64, error) { return 0, errNothing }

// Act refuses.
func (Nothing) Act(context.Context, Act) (Done, error) { return Done{}, errNothing }

// Erase refuses.
func (Nothing) Erase(context.Context, Erasure) error { return errNothing }

// Log yields nothing.
func (Nothing) Log(context.Context, int64) iter.Seq2[publiclog.Entry, error] {
	return func(func(publiclog.Entry, error) bool) {}
}

// Head is that of an empty log.
func (Nothing) Head(context.Context) (publiclog.Head, error) { return publiclog.Head{}, nil }

// Get finds nothing.
func (Nothing) Get(context.Context, Kind, string) (Record, error) { return Record{}, ErrNotFound }

// Since yields nothing.
func (Nothing) Since(context.Context, int64) iter.Seq2[Record, error] {
	return func(func(Record, error) bool) {}
}

// Seq is 0.
func (Nothing) Seq(context.Context) (int64, error) { return 0, nil }

// Close does nothing.
func (Nothing) Close() error { return nil }
