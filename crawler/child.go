// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"communs/crawler/polite"
	"communs/crawler/worker"
	"communs/internal/durable"
)

// Work is the whole life of a process that fetches: it does the orders that come in, one after another, until there are no more. It
// comes back at once then, also from the middle of one: whoever gave it is gone.
func Work(in io.Reader, out io.Writer) error {
	orders, ended := make(chan order), make(chan error, 1)
	go func() {
		for {
			var o order
			if err := worker.Read(in, &o); err != nil {
				ended <- err
				return
			}
			orders <- o
		}
	}()
	h := &hand{out: out}
	done := make(chan error)
	for {
		select {
		case o := <-orders:
			go func() { done <- h.obey(o) }()
			select {
			case err := <-done:
				if err != nil {
					return err
				}
			case err := <-ended:
				return ending(err)
			}
		case err := <-ended:
			return ending(err)
		}
	}
}

// ending is nothing when the input ended between two orders.
func ending(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// hand is what a child keeps from one order to the next.
type hand struct {
	out     io.Writer
	base    *polite.Transport
	host    string // of all its orders
	trusted bool
	told    map[string]spent // what it has asked of each host by the last answer
}

// obey does one order. Its error is one of speaking with the crawl; all else is told.
func (h *hand) obey(o order) error {
	if o.Format != orderFormat || o.Fetch == nil {
		return fmt.Errorf("an order of format %d, this program knows %d", o.Format, orderFormat)
	}
	if err := h.contain(o); err != nil {
		return err
	}
	var told time.Time
	m := &meter{report: func(total int64) {
		if now := time.Now(); now.Sub(told) >= progressEvery {
			told = now
			worker.Write(h.out, answer{Bytes: total}) // should nobody listen any more, the last word fails too
		}
	}}
	a, err := h.do(o, m)
	if err != nil {
		a = answer{Fault: newFaultText(err)}
	}
	a.Done, a.Bytes = true, m.bytes.Load()
	a.Status, a.Header = m.last()
	a.Spent = h.spent()
	return worker.Write(h.out, a)
}

// spent is what was asked of each host since this was last called.
func (h *hand) spent() (list []spent) {
	for _, s := range h.base.Hosts() {
		before := h.told[s.Host]
		now := spent{s.Host, s.Requests, s.Bytes}
		if h.told[s.Host] = now; now != before && len(list) < maxSpent {
			list = append(list, spent{s.Host, now.Requests - before.Requests, now.Bytes - before.Bytes})
		}
	}
	return list
}

// contain sets the limits: all of them at the first order, later the one on CPU, which is for each.
func (h *hand) contain(o order) error {
	host := addressHost(o.Fetch.Address)
	if h.base != nil {
		if host != h.host || o.Trusted != h.trusted {
			return fmt.Errorf("an order for %s, trusted %t, to whom serves %s, trusted %t", host, o.Trusted, h.host, h.trusted)
		}
		return worker.Allow(o.Process)
	}
	debug.SetGCPercent(300) // there is little to collect in a short life, and the limit on memory has its own word
	if err := worker.Contain(o.Process); err != nil {
		return err
	}
	h.host, h.trusted, h.told = host, o.Trusted, map[string]spent{}
	// The crawl has waited for its turn before each order, and it alone tries again: here only addresses are checked.
	h.base = polite.New(polite.Config{UserAgent: o.Terms.Agent, Proxy: http.ProxyFromEnvironment, PerSecond: 1e6, Retries: -1,
		Patience: time.Nanosecond, Trusted: func(host string) bool { return h.trusted && host == h.host }})
	return nil
}

// do goes out.
func (h *hand) do(o order, m *meter) (answer, error) {
	ctx := context.Background() // who waits too long ends this process
	c := &carrier{o.Terms, h.base, &durable.Disk{}}
	dir := string(o.Dir)
	makeDir := func() (string, error) { return dir, c.disk.MkdirAll(dir) }
	e := errand{Address: o.Fetch.Address, Commit: o.Fetch.Commit, Branch: string(o.Fetch.Branch), Skip: o.Fetch.Skip, Look: o.Fetch.Look}
	for _, p := range o.Fetch.Packs {
		e.Packs = append(e.Packs, string(p))
	}
	var a answer
	var err error
	if o.Bundle != nil {
		var s *staged
		var held bundleText
		if s, held, err = c.bundle(ctx, *o.Bundle, dir); err == nil {
			a.Staged, a.Bundle = newStagedText(s), &held
		}
	} else if o.History == nil {
		var s *staged
		if s, err = c.fetch(ctx, e, m, makeDir); err == nil {
			a.Staged = newStagedText(s)
		}
	} else {
		var told *History
		if told, err = c.history(ctx, e.Address, o.History.Seen, o.History.Now, m, makeDir); err == nil {
			a.History, err = told.send(func(t *historyText) error { return worker.Write(h.out, answer{History: t}) })
		}
	}
	err = httpFault(ctx, o.URL, m, err)
	return a, classify(ctx, o.URL, Config{Dir: string(o.Data), Idle: c.Idle, FirstByte: c.FirstByte, Rate: c.Rate, MaxBytes: c.Bytes, Limits: c.Limits}, err)
}

// last is the status of the server's last answer, and what its header says about when to come back.
func (m *meter) last() (int, http.Header) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := http.Header{}
	for name, values := range m.header {
		if lower := strings.ToLower(name); (lower == "retry-after" || lower == "date" || strings.Contains(lower, "ratelimit")) && len(values[0]) < 200 {
			kept.Set(name, values[0])
		}
	}
	return m.status, kept
}
