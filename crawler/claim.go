// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"sync"
)

// claims are mirrors that somebody works on. A repository is fetched by one goroutine at a time, and its row keeps its key meanwhile: who would
// give it another address waits. What was read of a row before its mirror was claimed is to be read again. Nobody claims two.
type claims struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when it is given back
}

// take claims a mirror, to be given back, as soon as nobody else has it.
func (c *claims) take(ctx context.Context, mirror string) (giveBack func(), err error) {
	for {
		c.mu.Lock()
		busy, taken := c.taken[mirror]
		if !taken {
			own := make(chan struct{})
			if c.taken == nil {
				c.taken = map[string]chan struct{}{}
			}
			c.taken[mirror] = own
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.taken, mirror)
				c.mu.Unlock()
				close(own)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim gives the row of a repository with its mirror claimed, and what is to be fetched. If it gets another address before, its row is looked for
// once more.
func (c *Crawler) claim(ctx context.Context, a admitted, listed Repository, ask func(context.Context, Repository) (Status, bool),
	tell func(Event)) (*record, Repository, func(), error) {
	for {
		rec, err := c.store.get(ctx, a.key)
		if err != nil {
			return nil, listed, nil, err
		}
		rec, r, err := c.place(ctx, rec, a.key, a.mirror, listed, ask, tell)
		if err != nil {
			return nil, listed, nil, err
		}
		giveBack, err := c.claims.take(ctx, rec.mirror)
		if err != nil {
			return nil, listed, nil, err
		}
		now, err := c.store.get(ctx, rec.key)
		switch {
		case err != nil:
			giveBack()
			return nil, listed, nil, err
		case now == nil && !rec.known:
			return rec, r, giveBack, nil
		case now != nil && now.mirror == rec.mirror:
			return now, r, giveBack, nil
		}
		giveBack()
	}
}
