// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/registrytest"
)

const (
	sideBySide    = 20   // requests
	askedEach     = 400  // times
	warmedUp      = 60   // times before
	askedMixed    = 4000 // requests of all kinds
	clockTicksPer = 100  // of a second: what Linux counts processor time in
)

// measureCatalogue serves an invented catalogue of the size that pages are measured at, and asks for each kind of page, twenty requests side
// by side, as a browser does: compressed, on connections that are kept. First no address is asked for twice, so that each page is made for
// its request; then all ask for one address. At last all kinds are asked for in turn, some addresses often and most seldom.
func measureCatalogue(ctx context.Context, p program, stdout io.Writer) (string, error) {
	size := registrytest.Full()
	if err := fillCatalogue(ctx, p.data, registrytest.Generate(size)); err != nil {
		return "", err
	}
	s, err := p.serveUntil(ctx, "serve", func(s *server) bool {
		_, err := s.get(ctx, "/logiciels", nil)
		return err == nil
	})
	if err != nil {
		return "", err
	}
	defer s.stop()
	s.client.Transport = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: sideBySide}
	v := newVisitors(size)
	var rows [][]string
	for _, a := range catalogueAsked {
		fmt.Fprintln(stdout, a.what)
		if _, err := s.together(ctx, v.different(a.like, warmedUp)); err != nil {
			return "", err
		}
		made, err := s.together(ctx, v.different(a.like, askedEach))
		if err != nil {
			return "", err
		}
		same, err := s.together(ctx, slices.Repeat([]string{a.path}, askedEach))
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{a.what, code(a.path), number(percentile(made.took, .5)), number(percentile(made.took, .95)), strconv.Itoa(a.most), number(made.processor),
			number(percentile(same.took, .95)), number(same.processor), number(same.perSecond), number(float64(same.bytes) / 1000)})
	}
	head := []string{"what", "for example", "p50, ms", "p95, ms", "at most", "processor ms each", "same address: p95, ms", "processor ms each", "requests a second", "kB sent"}
	mixed, again := v.mixed(askedMixed)
	all, err := s.together(ctx, mixed)
	if err != nil {
		return "", err
	}
	const most = 100
	text := fmt.Sprintf("## The catalogue\n\n%d software and %d organisations, %d requests side by side, %d of each kind and way.\n\n", size.Software, size.Organisations, sideBySide, askedEach) +
		table(2, head, rows) +
		fmt.Sprintf("\n### All kinds in turn\n\n%d requests, of which %.0f %% were for an address that had been asked for before.\n\n", askedMixed, 100*again) +
		table(0, []string{"p50, ms", "p95, ms", "p99, ms", "at most", "processor ms each", "requests a second"},
			[][]string{{number(percentile(all.took, .5)), number(percentile(all.took, .95)), number(percentile(all.took, .99)), strconv.Itoa(most), number(all.processor), number(all.perSecond)}})
	return text + "\n### Machine\n\n" + machine("make bench-catalogue", nil), nil
}

// fillCatalogue writes entries into a new data folder.
func fillCatalogue(ctx context.Context, dir string, entries []registry.Entry) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	store, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer store.Close()
	changes := make([]registry.Change, 0, len(entries))
	for _, e := range entries {
		c, err := registry.Put(e, 0)
		if err != nil {
			return err
		}
		changes = append(changes, c)
	}
	_, err = store.Apply(ctx, changes...)
	return err
}

// answered is what was measured of some requests.
type answered struct {
	took      []float64 // milliseconds of each
	processor float64   // milliseconds of the server's processor time for each
	perSecond float64
	bytes     int // of one answer
}

// together asks for all paths, twenty side by side.
func (s *server) together(ctx context.Context, paths []string) (a answered, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan string, len(paths))
	for _, path := range paths {
		next <- path
	}
	close(next)
	header := http.Header{"Accept-Encoding": {"gzip"}, "Accept-Language": {"fr"}}
	begin, before := time.Now(), processorOf(s.cmd.Process.Pid)
	for range sideBySide {
		wg.Go(func() {
			for path := range next {
				start := time.Now()
				body, fault := s.get(ctx, path, header)
				each := float64(time.Since(start).Microseconds()) / 1000
				mu.Lock()
				if a.took, a.bytes = append(a.took, each), len(body); fault != nil {
					err = fault
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	n := float64(len(paths))
	a.perSecond = n / time.Since(begin).Seconds()
	a.processor = float64((processorOf(s.cmd.Process.Pid) - before).Microseconds()) / 1000 / n
	return a, err
}

// processorOf is what a process has used of the processor so far, as Linux tells it; 0 where /proc does not exist.
func processorOf(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / clockTicksPer
}
