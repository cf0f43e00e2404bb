// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"time"

	"communs/registry/commons"
)

// keepEvery is how long a server waits at most before it looks again: another process may have brought the next vote forward.
const keepEvery = time.Minute

// keepCommons opens, closes and applies what is due, at its time, until the function that it gives is called: nobody has to visit. What a server that was
// killed has not done is done first thing by the next, as if at its time, and nothing twice: each step is an entry of the log, or is not.
func (p *program) keepCommons(ctx context.Context, c *commons.Commons) (end func()) {
	if c == nil {
		return func() {}
	}
	return background(ctx, func(ctx context.Context) {
		for ctx.Err() == nil {
			wait := keepEvery
			st, err := c.Keep(ctx)
			p.warn(ctx, "decisions", err)
			if err == nil {
				if next := st.Next(); !next.IsZero() {
					wait = min(wait, max(time.Until(next), time.Second))
				}
			}
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
			}
		}
	})
}
