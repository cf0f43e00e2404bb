// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"sync/atomic"
)

// Live is the catalogue as it is now, for a program that runs while others write. It asks the store for its sequence number, reads
// what changed since, and puts the new catalogue in the place of the old one at once. Use it from as many goroutines as you like.
type Live struct {
	store   Store
	current atomic.Pointer[Catalogue]
	turn    chan struct{} // holds one token: who has it reads
}

// NewLive reads the whole catalogue.
func NewLive(ctx context.Context, s Store) (*Live, error) {
	c, err := Load(ctx, s)
	if err != nil {
		return nil, err
	}
	l := &Live{store: s, turn: make(chan struct{}, 1)}
	l.current.Store(c)
	return l, nil
}

// Catalogue is the catalogue with every change that was acknowledged before the call. Ask once for a page, and make all of it from
// what you got. With an error it gives the last one, too, which may be shown with a word about it.
func (l *Live) Catalogue(ctx context.Context) (*Catalogue, error) {
	c := l.current.Load()
	seq, err := l.store.Seq(ctx)
	if err != nil || seq == c.seq {
		return c, err
	}
	select { // one reads for all
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return l.current.Load(), ctx.Err()
	}
	from, latest := c.state, l.current.Load()
	if latest != c && latest.seq >= seq { // another has read meanwhile
		return latest, nil
	}
	if seq < c.seq { // an older state was put in the store's place
		from = new(state)
	} else if latest.seq > c.seq {
		from = latest.state
	}
	next, err := from.next(l.store.Since(ctx, from.seq))
	if err != nil {
		return latest, err
	}
	c = next.catalogue()
	l.current.Store(c)
	return c, nil
}

// Last is the catalogue as it was last asked for, without asking the store.
func (l *Live) Last() *Catalogue { return l.current.Load() }
