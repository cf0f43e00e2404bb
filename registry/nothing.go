// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"errors"
	"iter"
)

// Nothing is a store that holds nothing and takes nothing: an import is planned against it where there is none yet.
type Nothing struct{}

// Apply refuses.
func (Nothing) Apply(context.Context, ...Change) (int64, error) {
	return 0, errors.New("nothing can be written into an empty store")
}

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
