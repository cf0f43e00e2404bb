// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"communs/internal/metrics"
	"communs/registry"
	"communs/registry/commons"
	"communs/search"
	"communs/web"
)

// defaultListen is where serve answers: this machine only, for a proxy to put it in front of the world.
const defaultListen = "127.0.0.1:8080"

// How long a request may take to arrive and its answer to leave, and how long the requests under way have to end when the
// server stops.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = time.Minute
	stopTimeout  = 10 * time.Second
)

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name:   "serve",
		Flags:  []cli.Flag{p.stringFlag("listen")},
		Action: p.action(shape{}, p.serve),
	}
}

func (p *program) serve(ctx context.Context, c *cli.Context) error {
	address := p.setting(c, "listen", p.settings.config.Serve.Listen, defaultListen)
	if err := checkListen("--listen", address); err != nil {
		return err
	}
	listener, err := listen(ctx, address)
	if err != nil {
		return err
	}
	defer listener.Close()
	p.log = slog.New(slog.NewTextHandler(p.err, nil))
	records, closeRecords, err := p.servedRecords(ctx)
	if err != nil {
		return err
	}
	defer closeRecords()
	local, err := p.openSearch(p.settings.config.Instance.Public)
	if err != nil {
		return err
	}
	defer local.Close()
	return p.serveOn(ctx, listener, local, records, func(url string) { p.line("%s", p.say.T("cmd.serving", url)) })
}

// leaveRoomForTheNetwork has Go run one thing more side by side than there are cores for pages. Go looks for what came over the network when
// one of its processors finds nothing else to do: with all of them making page after page, a request that had arrived was seen up to ten
// milliseconds later, and then stood behind those whose turn was handed on, so that one in twenty waited three times as long as most.
func leaveRoomForTheNetwork() (cores int, leave func()) {
	cores = runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(cores + 1)
	return cores, func() { runtime.GOMAXPROCS(cores) }
}

// servedRecords opens the registry for what members change on the pages, and makes the data folder and the tables where they are missing: a
// server that is started first shows what is brought in later. A folder that may only be read is served as it is, without records to change.
func (p *program) servedRecords(ctx context.Context) (records registry.Store, done func(), err error) {
	s, err := p.importStore(ctx, false)
	if err == nil {
		return s, func() { _ = s.Close() }, nil // what was acknowledged is on the disk
	}
	if _, missing := os.Stat(filepath.Join(p.settings.data, "communs.db")); missing != nil {
		return nil, nil, err
	}
	p.log.Warn("nothing can be changed on the pages", "error", err)
	return nil, func() {}, nil
}

func commonsOf(records registry.Store) *commons.Commons {
	if records == nil {
		return nil
	}
	return commons.New(records, time.Now)
}

// listen takes the address, or says in words why it cannot.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(address)
		return nil, faultOf(err, "cmd.port-in-use", address, port)
	case errors.Is(err, syscall.EACCES):
		return nil, faultOf(err, "cmd.port-forbidden", address)
	case err != nil:
		return nil, faultOf(err, "cmd.listen-failed", address)
	}
	return listener, nil
}

// servingMemory is up to where garbage may wait while serving: many questions at once for common texts would otherwise
// pass a gigabyte together with the content that is kept.
const servingMemory = 850 << 20

// serveOn answers requests until the context ends; then it lets those under way end. SIGTERM is how a service is
// stopped, so it is a success; Ctrl-C is an interruption.
func (p *program) serveOn(ctx context.Context, l net.Listener, s search.Searcher, records registry.Store, ready func(url string)) error {
	// Most of the memory is content kept for the next question; at Go's usual pace, as much again could wait to be collected.
	defer paceGarbage()()
	cores, leave := leaveRoomForTheNetwork()
	defer leave()
	if limit := debug.SetMemoryLimit(-1); limit == math.MaxInt64 { // GOMEMLIMIT was not set
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(servingMemory))
	}
	known, err := p.openFinder(ctx)
	if err != nil {
		return err
	}
	defer known.Close()
	sender, err := p.mailer()
	if err != nil {
		return err
	}
	providers, err := p.providers()
	if err != nil {
		return err
	}
	accounts, done := p.servedAccounts(ctx)
	defer done()
	enrol, endEnrol := p.servedRegister(ctx, records, known)
	defer endEnrol()
	shared := commonsOf(records)
	defer p.keepCommons(ctx, shared)()
	defer p.lookAfterPeople(ctx, accounts, records, shared, sender, p.origin(l.Addr().String()))()
	proxies, _ := p.settings.config.Serve.proxies() // checked when the file was read
	in, own := p.settings.config.Instance, p.newWatch(known.Last)
	hooks, endHooks := p.takeHooks(ctx)
	defer endHooks()
	m, behind := metrics.New(buildVersion()), p.newReports(s)
	m.Operations(behind.Report)
	handler, err := web.New(web.Config{
		Searcher: measured{watched{s, own}, m}, Catalogue: known, Finder: known.finder, Beside: own.Beside, Asked: counting(m, own.asked), Operations: p.shown(behind), Served: m.Served, Archived: p.archived, Journal: p.journal, Tombstone: p.tombstone, Words: p.catalog, Logger: p.log, BaseURL: p.settings.config.Serve.BaseURL, Cores: cores,
		Records: records, Commons: shared, Register: enrol, People: served(accounts), Proxies: proxies, Providers: providers, Post: p.post(sender), Origin: p.origin(l.Addr().String()), Hooks: hooks,
		Instance: web.Instance{Name: in.Name, Region: in.Region, Contact: in.Contact, Logo: in.Logo, Public: in.Public,
			Publisher: in.Publisher, Director: in.Director, Host: in.Host, Source: in.Source},
	})
	if err != nil {
		return err
	}
	m.Gate(func() metrics.Load {
		working, waiting, refused := handler.Load()
		return metrics.Load{Working: working, Waiting: waiting, Refused: refused}
	})
	endMetrics, err := p.serveMetrics(ctx, m)
	if err != nil {
		return err
	}
	defer endMetrics()
	server := &http.Server{
		Handler: p.metricsBeside(m, handler), ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	defer background(ctx, own.run)()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	ready(fmt.Sprintf("http://%s", l.Addr()))
	select {
	case err := <-failed:
		return faultOf(err, "cmd.listen-failed", l.Addr().String())
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		server.Close()
	}
	var stop stopped
	if errors.As(context.Cause(ctx), &stop) && stop.signal != os.Interrupt {
		return nil
	}
	return context.Cause(ctx)
}
