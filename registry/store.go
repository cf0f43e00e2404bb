// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"communs/registry/publiclog"
)

// Store keeps records and puts their changes in one order. The embedded one is SQLite ; whatever stands in
// its place passes the same contract test. It is safe for use by several goroutines, and by several processes.
type Store interface {
	// Apply makes all changes, or none, and gives the sequence number of the last one. When it returns without an error they
	// survive a power cut. A change whose Base is not what the store holds gives a [*ConflictError] that names the record, one whose Seen is not
	// the last sequence number [ErrMoved].
	Apply(ctx context.Context, changes ...Change) (int64, error)

	// Act makes all changes and puts into the public log what tells of them, or does neither: Apply for what is decided or done by
	// people. One whose After is not the log's last entry is [ErrMoved].
	Act(ctx context.Context, a Act) (Done, error)

	// Get gives the record, or [ErrNotFound]. A deleted record is found: it says so.
	Get(ctx context.Context, kind Kind, id string) (Record, error)

	// Since yields the records that changed after the given sequence number, deleted ones too, by ascending Seq: each once,
	// as it is now. Since(ctx, 0) yields everything.
	Since(ctx context.Context, seq int64) iter.Seq2[Record, error]

	// Seq is the sequence number of the last change: cheap enough to ask before every answer.
	Seq(ctx context.Context) (int64, error)

	// Log yields the entries of the public log after the given number, each with its personal part.
	Log(ctx context.Context, after int64) iter.Seq2[publiclog.Entry, error]

	// Head is where the public log ends: cheap enough to ask before every answer.
	Head(ctx context.Context) (publiclog.Head, error)

	// Erase takes a text out of the public log for good, and tells there that it did. Where it does not, it says so with an [*ErasureError].
	Erase(ctx context.Context, x Erasure) error

	Close() error
}

// Act is changes of records with what the public log tells of them; either may be empty.
type Act struct {
	Changes []Change
	Tell    []publiclog.Draft
	At      time.Time // when it is done; zero: now. Never before what the log's last entry says
	After   int64     // number of the log's last entry that the act rests on; 0: it rests on none
}

// Done is where an act has brought the store.
type Done struct {
	Seq  int64          // of the last change
	Head publiclog.Head // of the public log
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
