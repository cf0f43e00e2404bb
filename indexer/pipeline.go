// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// A pipeline has several analysers work on jobs at the same time, and takes the jobs in the order in which they were made, so that
// the same files always give the same shard.
type pipeline[J any] struct {
	workers int
	make    func(add func(J) error) error // makes the jobs, and stops at an error of add
	needs   func(J) bool                  // whether there is work to do before the job is taken
	work    func(*analyser, J)
	take    func(J) error
}

func (p pipeline[J]) run(ctx context.Context) error {
	type step struct {
		job  J
		done chan struct{}
	}
	g, ctx := errgroup.WithContext(ctx)
	work, order := make(chan step), make(chan step, 4*p.workers)
	g.Go(func() error {
		defer close(work)
		defer close(order)
		return p.make(func(j J) error {
			s := step{j, make(chan struct{})}
			for _, to := range []chan step{order, work} {
				if to == work && !p.needs(j) {
					close(s.done)
					continue
				}
				select {
				case to <- s:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for range p.workers {
		g.Go(func() error {
			a := newAnalyser()
			for s := range work {
				p.work(a, s.job)
				close(s.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for s := range order {
			select {
			case <-s.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := p.take(s.job); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return g.Wait()
}
