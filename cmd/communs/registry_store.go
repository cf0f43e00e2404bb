// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"communs/registry"
	"communs/registry/find"
)

// catalogue is the registry open for reading, and perhaps for questions.
type catalogue struct {
	*registry.Live
	store  registry.Store
	finder *find.Finder // nil when nobody asks
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
	return &catalogue{live, s, nil}, nil
}

// openFinder opens the catalogue for questions as well, which takes half a second for two thousand software.
func (p *program) openFinder(ctx context.Context) (*catalogue, error) {
	c, err := p.openCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	if c.finder, err = find.New(ctx, c.Last(), time.Now); err != nil {
		return nil, errors.Join(err, c.store.Close())
	}
	return c, nil
}

// openFilled opens the catalogue for questions, and complains when there is no software in it.
func (p *program) openFilled(ctx context.Context) (*catalogue, error) {
	return p.filled(ctx, p.openFinder, func(c *registry.Catalogue) bool { return len(c.AllSoftware()) > 0 })
}

// openRecords opens the catalogue for reading alone, and complains when nothing was ever in it.
func (p *program) openRecords(ctx context.Context) (*catalogue, error) {
	return p.filled(ctx, p.openCatalogue, func(c *registry.Catalogue) bool { return c.Seq() > 0 })
}

func (p *program) filled(ctx context.Context, open func(context.Context) (*catalogue, error), enough func(*registry.Catalogue) bool) (*catalogue, error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, fault("cmd.registry.empty")
	}
	c, err := open(ctx)
	if err == nil && !enough(c.Last()) {
		return nil, errors.Join(fault("cmd.registry.empty"), c.Close())
	}
	return c, err
}

func (c *catalogue) Close() error {
	if c.finder == nil {
		return c.store.Close()
	}
	return errors.Join(c.finder.Close(), c.store.Close())
}
