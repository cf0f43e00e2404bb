// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"encoding/json"
	"iter"
)

// Store keeps records and puts their changes in one order. The embedded one is SQLite ; whatever stands in
// its place passes the same contract test. It is safe for use by several goroutines, and by several processes.
type Store interface {
	// Apply makes all changes, or none, and gives the sequence number of the last one. When it returns without an error they
	// survive a power cut. A change whose Base is not what the store holds gives a [*ConflictError] that names the record, one whose Seen is not
	// the last sequence number [ErrMoved].
	Apply(ctx context.Context, changes ...Change) (int64, error)

	// Get gives the record, or [ErrNotFound]. A deleted record is found: it says so.
	Get(ctx context.Context, kind Kind, id string) (Record, error)

	// Since yields the records that changed after the given sequence number, deleted ones too, by ascending Seq: each once,
	// as it is now. Since(ctx, 0) yields everything.
	Since(ctx context.Context, seq int64) iter.Seq2[Record, error]

	// Seq is the sequence number of the last change: cheap enough to ask before every answer.
	Seq(ctx context.Context) (int64, error)

	Close() error
}

// Change is one record's new state.
type Change struct {
	Kind Kind
	ID   string
	Base int64           // Seq of the record that was read before; 0: there was none; [AnyBase]: whatever is there
	Body json.RawMessage // nil deletes
	Seen int64           // Seq of the whole state that it was checked against; 0: it does not rest on other records
}

// AnyBase as a Change's Base replaces what is there.
const AnyBase = -1
