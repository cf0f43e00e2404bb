// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"communs/crawler/worker"
)

// Lives of children. What a server that means harm may have left in one does not reach another server's repositories, and goes away
// after a while.
const (
	childPacks    = 20              // received, then another child takes over
	childErrands  = 200             // run, most of which found that nothing had moved
	childIdle     = 5 * time.Second // without work, then it ends
	childPatience = 2 * time.Second // to end by itself
	memoryEvery   = 20 * time.Millisecond
	spaceEvery    = 10 // looks at the memory
)

// children are the processes that speak with servers. Each serves one host, with the operator's trust or without, and is replaced after any
// fault.
type children struct {
	command worker.Command
	slots   chan struct{} // as many as may run
	mu      sync.Mutex
	idle    []*child
	alive   sync.WaitGroup
	starts  atomic.Int64
}

func newChildren(command worker.Command, most int) *children {
	return &children{command: command, slots: make(chan struct{}, most)}
}

// child is one of them.
type child struct {
	*worker.Process
	host    string
	trusted bool
	limits  worker.Limits
	packs   int
	errands int
	retire  *time.Timer
}

// take gives a child for a host, one that has served it before if there is one. No more live than may run at a time.
func (p *children) take(ctx context.Context, host string, trusted bool, limits worker.Limits) (*child, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	at := slices.IndexFunc(p.idle, func(c *child) bool {
		return c.host == host && c.trusted == trusted && c.limits == limits && c.Alive()
	})
	full := at < 0 && len(p.idle)+len(p.slots) > cap(p.slots)
	if full {
		at = 0
	}
	var c *child
	if at >= 0 {
		c = p.idle[at]
		p.idle = slices.Delete(p.idle, at, at+1)
		c.retire.Stop()
	}
	p.mu.Unlock()
	if full {
		p.dismiss(c)
	} else if c != nil {
		return c, nil
	}
	process, err := worker.Start(p.command)
	if err != nil {
		<-p.slots
		return nil, err
	}
	p.alive.Add(1)
	p.starts.Add(1)
	return &child{Process: process, host: host, trusted: trusted, limits: limits}, nil
}

// give takes a child back after its work; one that is not to be trusted any more, or has served long enough, ends.
func (p *children) give(c *child, well bool) {
	c.errands++
	if well && c.packs < childPacks && c.errands < childErrands {
		p.mu.Lock()
		c.retire = time.AfterFunc(childIdle, func() { p.leave(c) })
		p.idle = append(p.idle, c)
		p.mu.Unlock()
	} else {
		p.dismiss(c)
	}
	<-p.slots
}

// dismiss ends a child and waits until it is gone.
func (p *children) dismiss(c *child) {
	c.Dismiss(childPatience)
	p.alive.Done()
}

// leave ends a child that nobody needed for a while.
func (p *children) leave(c *child) {
	p.mu.Lock()
	at := slices.Index(p.idle, c)
	if at >= 0 {
		p.idle = slices.Delete(p.idle, at, at+1)
	}
	p.mu.Unlock()
	if at >= 0 {
		p.dismiss(c)
	}
}

// close ends all children that have nothing to do, and waits until none is left.
func (p *children) close() {
	p.mu.Lock()
	idle := slices.Clone(p.idle)
	p.mu.Unlock()
	for _, c := range idle {
		go p.leave(c)
	}
	p.alive.Wait()
}

// run has a child do an order. hear is given what it says; the last message is done.
func (p *children) run(ctx context.Context, host string, o order, hear func(*answer) error) error {
	c, err := p.take(ctx, host, o.Trusted, o.Process)
	if err != nil {
		return err
	}
	well, err := c.do(ctx, o, hear)
	if !well {
		c.Kill()
	}
	p.give(c, well)
	return err
}

// do runs one order; well tells that the child can go on.
func (c *child) do(ctx context.Context, o order, hear func(*answer) error) (well bool, err error) {
	defer context.AfterFunc(ctx, c.Kill)()
	var full atomic.Bool
	defer watch(func(n int) (goOn bool) {
		switch {
		case c.Exceeds(o.Process):
		case n%spaceEvery == 0 && folderSize(string(o.Dir)) > o.Terms.Limits.Disk:
			full.Store(true)
		default:
			return true
		}
		c.Kill()
		return false
	})()
	err = c.Send(o)
	for err == nil {
		var a answer
		if err = c.Receive(&a); err != nil {
			break
		}
		if err := hear(&a); err != nil {
			return a.Done && a.Fault != nil && a.Fault.harmless(), err
		}
		if a.Done {
			if a.Staged == nil || a.Staged.Base != "" {
				c.packs++
			}
			return true, nil
		}
	}
	c.Kill()
	ending := c.Wait()
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case full.Load():
		return false, &limitError{ReasonSpace, megabytes(o.Terms.Limits.Disk)}
	}
	switch ending.Cause(o.Process) {
	case worker.OutOfMemory:
		return false, &limitError{ReasonMemory, megabytes(o.Process.Memory)}
	case worker.OutOfCPU:
		return false, &limitError{ReasonCPU, o.Process.CPU.String()}
	}
	if why := ending.Why(); why != "" {
		return false, &FetchError{Reason: ReasonCrash, Detail: why, Err: err}
	}
	return false, &FetchError{Reason: ReasonCrash, Detail: ending.Status, Err: &silentEnd{ending.Memory, err}}
}

// watch looks again and again, until it may not go on or the function that watch gives is called.
func watch(look func(n int) (goOn bool)) (stop func()) {
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticker := time.NewTicker(memoryEvery)
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-ended:
				return
			case <-ticker.C:
			}
			if !look(n) {
				return
			}
		}
	}()
	return func() {
		close(ended)
		<-gone
	}
}

// folderSize is how many bytes the files below a folder have; 0 while there is none.
func folderSize(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // what is renamed or removed meanwhile is not counted
		}
		if fi, err := e.Info(); err == nil && !e.IsDir() {
			n += fi.Size()
		}
		return nil
	})
	return n
}
