// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"sync/atomic"
)

// gate bounds how many requests are worked on side by side and how many wait. What finds the queue full is refused at
// once, so that overload costs neither memory nor patience.
type gate struct {
	turns   chan struct{}
	waiting atomic.Int64
	refused atomic.Int64
	queue   int64
}

func newGate(turns, queue int) *gate {
	return &gate{turns: make(chan struct{}, turns), queue: int64(queue)}
}

// enter waits for a turn; leave gives it back.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.turns }
	select {
	case g.turns <- struct{}{}:
		return leave, nil
	default:
	}
	if g.waiting.Add(1) > g.queue {
		g.waiting.Add(-1)
		g.refused.Add(1)
		return nil, errBusy
	}
	defer g.waiting.Add(-1)
	select {
	case g.turns <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Load is how many requests are worked on and wait for their turn, and how many found the queue full so far.
func (s *Server) Load() (working, waiting, refused int64) {
	for _, g := range []*gate{s.long, s.brief} {
		working += int64(len(g.turns))
		waiting += g.waiting.Load()
		refused += g.refused.Load()
	}
	return working, waiting, refused
}
