// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/registrytest"
)

// catalogueAsked is what is asked of the catalogue, and how many milliseconds 95 of 100 answers may take.
var catalogueAsked = []struct {
	what, path string
	most       int
}{
	{"home", "/", 50}, {"needs", "/besoins", 50}, {"one need", "/besoins/besoin-0", 50}, {"software", "/logiciels", 50},
	{"software, second page by name", "/logiciels?tri=nom&page=2", 50}, {"search", "/logiciels?q=partager+agenda", 30},
	{"search with filters", "/logiciels?q=agenda&libre=oui&prix=gratuit", 30}, {"search near a place", "/logiciels?q=agenda&pres=Bordeaux", 30},
	{"one software", "/logiciels/logiciel-7", 50}, {"four compared", "/comparer?logiciel=logiciel-1&logiciel=logiciel-2&logiciel=logiciel-3&logiciel=logiciel-4", 50},
	{"selections", "/selections", 50}, {"one selection", "/selections/selection-1", 50}, {"organisations", "/prestataires", 50},
	{"organisations near a place", "/prestataires?logiciel=logiciel-1&pres=Bordeaux", 50}, {"one organisation", "/prestataires/structure-0", 50},
	{"requests", "/demandes", 50}, {"one request", "/demandes/demande-1", 50}, {"observatory", "/observatoire", 50},
	{"API: software", "/api/v1/software?n=50", 50}, {"API: search", "/api/v1/software?q=partager+agenda", 30}, {"API: organisations", "/api/v1/organisations", 50},
}

const (
	sideBySide    = 20  // requests
	askedEach     = 400 // times
	warmedUp      = 60  // times before
	clockTicksPer = 100 // of a second: what Linux counts processor time in
)

// measureCatalogue serves an invented catalogue of the size that pages are measured at, and asks for each page as often as it takes, twenty
// requests side by side, as a browser does: compressed, on connections that are kept.
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
	var rows [][]string
	for _, a := range catalogueAsked {
		fmt.Fprintln(stdout, a.what)
		if _, _, err := s.together(ctx, a.path, warmedUp); err != nil {
			return "", err
		}
		before := processorOf(s.cmd.Process.Pid)
		took, bytes, err := s.together(ctx, a.path, askedEach)
		if err != nil {
			return "", err
		}
		cpu := processorOf(s.cmd.Process.Pid) - before
		rows = append(rows, []string{a.what, code(a.path), number(percentile(took, .5)), number(percentile(took, .95)), strconv.Itoa(a.most),
			number(float64(cpu.Microseconds()) / 1000 / askedEach), number(float64(bytes) / 1000)})
	}
	head := []string{"what", "address", "p50, ms", "p95, ms", "at most", "processor ms each", "kB sent"}
	return fmt.Sprintf("## The catalogue\n\n%d software and %d organisations, %d requests side by side, %d of each.\n\n", size.Software, size.Organisations, sideBySide, askedEach) +
		table(2, head, rows) + "\n### Machine\n\n" + machine("make bench-catalogue", nil), nil
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

// together asks for a page n times, twenty side by side, and gives the milliseconds that each took and the bytes of one answer.
func (s *server) together(ctx context.Context, path string, n int) (took []float64, bytes int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan struct{}, n)
	for range n {
		next <- struct{}{}
	}
	close(next)
	header := http.Header{"Accept-Encoding": {"gzip"}, "Accept-Language": {"fr"}}
	for range sideBySide {
		wg.Go(func() {
			for range next {
				start := time.Now()
				body, fault := s.get(ctx, path, header)
				each := float64(time.Since(start).Microseconds()) / 1000
				mu.Lock()
				if took, bytes = append(took, each), len(body); fault != nil {
					err = fault
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return took, bytes, err
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
