// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"time"

	"communs/registry"
	"communs/registry/find"
)

// catalogue is the registry open for reading, and for questions.
type catalogue struct {
	*registry.Live
	finder *find.Finder
	store  registry.Store
}

// openCatalogue reads what the registry holds, and follows what others write to it.
func (p *program) openCatalogue(ctx context.Context) (*catalogue, error) {
	s, err := registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	live, err := registry.NewLive(ctx, s)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	finder, err := find.New(ctx, live.Last(), time.Now)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &catalogue{live, finder, s}, nil
}

func (c *catalogue) Close() error { return errors.Join(c.finder.Close(), c.store.Close()) }
