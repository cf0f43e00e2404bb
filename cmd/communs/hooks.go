// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"communs/crawler"
)

// flushEvery is how often a server writes down what became of the messages of webhooks.
const flushEvery = 30 * time.Second

// takeHooks makes ready what takes the messages of webhooks, nil when no source asks for them, and looks after it until the function that it gives is
// called. A source whose secret cannot be had takes none, and is told of; the rest is served.
func (p *program) takeHooks(ctx context.Context) (*crawler.Hooks, func()) {
	h, problems, err := crawler.OpenHooks(ctx, crawler.Config{
		Dir: p.settings.data, Sources: p.settings.config.Source, Env: func(name string) string { return p.env[name] },
	})
	for _, problem := range problems {
		p.tell(problem)
	}
	if err != nil { // a folder that may only be read is served as it is
		p.tell(err)
	}
	if h == nil || err != nil {
		return nil, func() {}
	}
	end := background(ctx, func(ctx context.Context) { p.flushHooks(ctx, h) })
	stop := background(ctx, func(ctx context.Context) { p.crawlHooked(ctx, h) })
	return h, func() {
		stop()
		end()
		h.Close()
	}
}

func (p *program) flushHooks(ctx context.Context, h *crawler.Hooks) {
	flush := func() {
		if err := h.Flush(context.WithoutCancel(ctx)); err != nil {
			p.log.Warn("webhooks", "error", err)
		}
	}
	defer flush()
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			flush()
		case <-ctx.Done():
			return
		}
	}
}

// crawlHooked starts a crawl of what webhooks have named whenever something is due, if the operator wants the server to. It is a process of its own:
// what it takes is given back, and what happens to it happens to no answer.
func (p *program) crawlHooked(ctx context.Context, h *crawler.Hooks) {
	every := time.Duration(p.settings.config.Crawl.Hooked)
	self, err := os.Executable()
	if every == 0 || !p.apart || err != nil {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		due, err := h.Due(ctx)
		if err == nil && due {
			err = p.crawlOnce(ctx, self)
		}
		if err != nil && ctx.Err() == nil {
			p.log.Warn("crawl of what webhooks named", "error", err)
		}
	}
}

// crawlOnce runs one such crawl to its end. A data folder that somebody else writes to is for the next time.
func (p *program) crawlOnce(ctx context.Context, self string) error {
	args := []string{"crawl", "--hooked", "--quiet", "--data", p.settings.data}
	if path := p.settings.config.path; path != "" {
		args = append(args, "--config", path)
	}
	c := exec.CommandContext(ctx, self, args...)
	for _, name := range slices.Sorted(maps.Keys(p.env)) {
		c.Env = append(c.Env, name+"="+p.env[name])
	}
	var said beginning
	c.Stderr = &said
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = stopTimeout
	err := c.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == exitPart {
		return nil // it waits for the next time, and the run is in the ledger
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return nil
}

// beginning keeps the beginning of what a process says.
type beginning struct{ bytes.Buffer }

func (t *beginning) Write(b []byte) (int, error) {
	if room := 2000 - t.Len(); room > 0 {
		t.Buffer.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

// hooksDue reports whether webhooks have named something that is to be looked at now.
func (p *program) hooksDue(ctx context.Context) (bool, error) {
	if !slices.ContainsFunc(p.settings.config.Source, func(s crawler.SourceConfig) bool { return s.HookEnv+s.HookFile != "" }) {
		return false, fault("cmd.crawl.no-hooks")
	}
	c, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return false, err
	}
	defer c.Close()
	return c.HooksDue(ctx)
}
