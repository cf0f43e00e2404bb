// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress tells on stderr what goes on: one line that is rewritten on a terminal; elsewhere one line for each step and nothing
// in between; nothing with --quiet. It is safe for concurrent use.
type progress struct {
	p     *program
	mu    sync.Mutex
	shown bool      // a live line stands on the terminal
	last  time.Time // when it was written
}

// progressInterval is how often the live line changes, at most.
const progressInterval = 100 * time.Millisecond

func (p *program) progress() *progress { return &progress{p: p} }

// step says that something begins or is done.
func (g *progress) step(key string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
	g.p.note(key, args...)
}

// live shows where a step stands; on a terminal only.
func (g *progress) live(key string, args ...any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.p.settings.quiet || !g.p.settings.live || time.Since(g.last) < progressInterval {
		return
	}
	g.last = time.Now()
	text := []rune(field(g.p.say.T(key, args...)))
	if width := g.width(); len(text) >= width {
		text = append(text[:max(width-2, 0)], '…')
	}
	fmt.Fprintf(g.p.err, "\r\x1b[K%s", string(text))
	g.shown = true
}

// done removes the live line.
func (g *progress) done() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clear()
}

func (g *progress) clear() {
	if g.shown {
		fmt.Fprint(g.p.err, "\r\x1b[K")
		g.shown = false
	}
}

func (g *progress) width() int {
	if f, ok := g.p.err.(interface{ Fd() uintptr }); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}
