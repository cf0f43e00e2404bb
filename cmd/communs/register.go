// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"sync"
	"time"

	"communs/crawler"
	"communs/internal/durable"
	"communs/licenses"
	"communs/registry"
	"communs/registry/imports"
	"communs/registry/opendata"
	"communs/registry/register"
)

// tidyEvery is how often drafts and proofs are looked through for what has outlived its time.
const tidyEvery = time.Hour

// registering opens what software is registered with. Repositories are read in a process of its own, as in a crawl.
func (p *program) registering(ctx context.Context, records registry.Store, known func(context.Context) (*registry.Catalogue, error)) (*register.Service, error) {
	apart, err := p.worker()
	if err != nil {
		return nil, err
	}
	return register.Open(ctx, register.Config{
		Dir: p.settings.data, Disk: &durable.Disk{}, Records: records, Known: known, Licence: opendata.FreeLicence,
		Reader: &register.Crawled{
			Config:   crawler.Config{Worker: apart, UserAgent: p.userAgent(), Limits: p.settings.config.Crawl.Limits.of(), Env: func(name string) string { return p.env[name] }},
			Detector: sync.OnceValues(licenses.NewDetector),
		},
		Site: &imports.Fetcher{UserAgent: p.userAgent(), Timeout: 20 * time.Second},
	})
}

// servedRegister is that for the pages, where records can be changed, and looks after drafts and proofs.
func (p *program) servedRegister(ctx context.Context, records registry.Store, known *catalogue) (s *register.Service, done func()) {
	if records == nil {
		return nil, func() {}
	}
	s, err := p.registering(ctx, records, known.Catalogue)
	if err != nil {
		p.log.Warn("nothing can be registered on the pages", "error", err)
		return nil, func() {}
	}
	end := background(ctx, func(ctx context.Context) {
		tick := time.NewTicker(tidyEvery)
		defer tick.Stop()
		for {
			if err := s.Keep(ctx); err != nil && ctx.Err() == nil {
				p.log.Error("old drafts and proofs", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return s, func() {
		end()
		_ = s.Close() // what was acknowledged is on the disk
	}
}
