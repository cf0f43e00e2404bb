// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/indexer"
	"communs/internal/durable"
	"communs/registry"
	"communs/search"
)

func (p *program) demoCommand() *cli.Command {
	return &cli.Command{
		Name:   "demo",
		Flags:  []cli.Flag{p.stringFlag("listen"), p.boolFlag("no-serve")},
		Action: p.action(shape{}, p.demo),
	}
}

// demoQuestions are tried in order; the first three that find something are offered.
var demoQuestions = [...]string{
	"parse date header", `"context deadline exceeded" lang:go`, `/func \(.*\) ServeHTTP/`, `kind:function name:Levenshtein`,
	"lang:go license:MIT read config file", `"return nil, err"`, "lang:go error",
}

// demoNamed is how many of the missing modules are named.
const demoNamed = 5

// demo mirrors and indexes what the running binary was built from, then serves it.
func (p *program) demo(ctx context.Context, c *cli.Context) error {
	start := time.Now()
	if !c.IsSet("data") && p.env["COMMUNS_DATA"] == "" {
		home := p.dataHome()
		if home == "" {
			return fault("cmd.no-home")
		}
		p.settings.data = filepath.Join(home, "demo")
	}
	address := p.setting(c, "listen", "", "")
	if address != "" {
		if err := checkListen("--listen", address); err != nil {
			return err
		}
	}
	build, ok := debug.ReadBuildInfo()
	if !ok || len(build.Deps) == 0 {
		return fault("cmd.demo.no-build")
	}
	if !p.demoReady(build) {
		if err := p.demoPrepare(ctx, build, start); err != nil {
			return err
		}
	} else {
		p.note("cmd.demo.ready", p.settings.data)
	}
	if err := p.demoCatalogue(ctx); err != nil {
		return err
	}
	local, err := p.openSearch(false)
	if err != nil {
		return err
	}
	defer local.Close()
	questions, err := p.demoTry(ctx, local)
	if err != nil {
		return err
	}
	if c.Bool("no-serve") {
		p.demoOffer(questions)
		return nil
	}
	listener, err := demoListen(ctx, address)
	if err != nil {
		return err
	}
	defer listener.Close()
	records, closeRecords, err := p.servedRecords(ctx)
	if err != nil {
		return err
	}
	defer closeRecords()
	return p.serveOn(ctx, listener, local, records, func(url string) {
		p.line("%s", p.say.T("cmd.demo.open", url, time.Since(start).Seconds()))
		p.demoOffer(questions)
		p.note("cmd.demo.stop")
	})
}

// demoMark is the file that says for which build the demo's index was made.
func (p *program) demoMark() string { return filepath.Join(p.settings.data, "demo-build") }

// demoBuild names a build: its modules and the rules by which they are indexed.
func demoBuild(build *debug.BuildInfo) string {
	h := sha256.New()
	fmt.Fprintln(h, indexer.AnalysisVersion)
	for _, m := range build.Deps {
		fmt.Fprintln(h, m.Path, m.Version, m.Sum)
	}
	return fmt.Sprintf("%x\n", h.Sum(nil))
}

// demoReady reports whether the index of this very build is in service, whole.
func (p *program) demoReady(build *debug.BuildInfo) bool {
	mark, err := os.ReadFile(p.demoMark())
	if err != nil || string(mark) != demoBuild(build) {
		return false
	}
	x, err := indexer.Open(p.settings.data, indexer.OpenOptions{})
	if err != nil {
		return false
	}
	defer x.Close()
	return len(x.Faults()) == 0
}

// demoPrepare mirrors and indexes the modules, and says what was left out.
func (p *program) demoPrepare(ctx context.Context, build *debug.BuildInfo, start time.Time) error {
	s, err := p.openStore(ctx, 0)
	if err != nil {
		return err
	}
	defer s.close()
	show := p.progress()
	show.step("cmd.demo.crawl", len(build.Deps), p.settings.data)
	source := crawler.SourceConfig{Name: crawler.KindBuild, Kind: crawler.KindBuild}
	total := 0
	summary, _, err := p.crawlSources(ctx, s, []crawler.SourceConfig{source}, crawler.Options{}, func(e crawler.Event) {
		if e.Kind == crawler.Progress || e.Kind == crawler.New {
			total++
			show.live("cmd.crawl.live", total, len(build.Deps), field(e.Repository.URL), p.size(e.Bytes))
		}
	})
	show.done()
	if err != nil {
		return err
	}
	if summary.Moved()+summary.Unchanged == 0 {
		for _, f := range append(summary.Failures, summary.Left...) {
			return f.Err
		}
		return fault("cmd.demo.no-build")
	}
	show.step("cmd.demo.index", summary.Moved()+summary.Unchanged)
	done, err := p.update(ctx, s, indexer.Options{}, show)
	if err != nil {
		return err
	}
	p.demoReport(&summary, &done, time.Since(start))
	return s.disk.WriteFile(p.demoMark(), []byte(demoBuild(build)))
}

// demoCatalogue brings the catalogue that comes with the program; what is there already stays as it is.
func (p *program) demoCatalogue(ctx context.Context) error {
	base, err := registry.Base()
	if err != nil {
		return err
	}
	s, err := registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, Disk: &durable.Disk{}})
	if err != nil {
		return err
	}
	defer s.Close()
	plan, err := registry.Import(ctx, s, base, registry.ImportOptions{})
	if err != nil {
		return fmt.Errorf("bring the catalogue that comes with the program: %w", err)
	}
	if n := plan.Count(registry.FateNew) + plan.Count(registry.FateChanged); n > 0 {
		software := 0
		for _, e := range base {
			if e.Kind() == registry.KindSoftware {
				software++
			}
		}
		p.note("cmd.demo.catalogue", software)
	}
	return nil
}

// demoReport says what was done and what was left out.
func (p *program) demoReport(s *crawler.Summary, done *indexing, took time.Duration) {
	var missing []string
	var others []crawler.Failure
	for _, f := range slices.Concat(s.Failures, s.Left, done.failures) {
		var module *crawler.MissingModuleError
		if errors.As(f.Err, &module) {
			missing = append(missing, module.Module)
		} else {
			others = append(others, f)
		}
	}
	if n := len(missing); n > demoNamed {
		p.note("cmd.demo.missing", n, p.say.T("cmd.demo.more", strings.Join(missing[:demoNamed], ", "), n-demoNamed))
	} else if n > 0 {
		p.note("cmd.demo.missing", n, strings.Join(missing, ", "))
	}
	for _, f := range p.problems(others) {
		p.note("cmd.demo.left", strings.TrimSpace(field(f.Repo)+" "+f.Error))
	}
	for _, o := range s.Omitted {
		p.note("cmd.crawl.omitted", o.Count, p.reasonWords(o.Reason), field(o.Example))
	}
	result := p.indexResult(done)
	p.note("cmd.demo.read", result.Files, p.size(result.Bytes), result.Indexed, p.size(result.IndexedBytes))
	if len(result.Skipped) > 0 {
		p.note("cmd.index.skipped", p.reasonCounts(result.Skipped))
	}
	seconds := took.Seconds()
	p.note("cmd.demo.speed", float64(result.Bytes)/1e6/seconds, seconds)
}

// demoTry finds the questions to offer.
func (p *program) demoTry(ctx context.Context, s search.Searcher) ([]string, error) {
	var found []string
	for _, q := range demoQuestions {
		if len(found) == 3 {
			break
		}
		page, err := s.Search(ctx, search.Query{Text: q, N: 1})
		if err != nil {
			return nil, fmt.Errorf("try %q: %w", q, err)
		}
		if len(page.Hits) > 0 {
			found = append(found, q)
		}
	}
	return found, nil
}

func (p *program) demoOffer(questions []string) {
	p.line("%s", p.say.T("cmd.demo.try"))
	where := " --data " + shellQuote(p.settings.data)
	if p.settings.data == p.dataHome() && p.settings.config.Data == "" && p.env["COMMUNS_DATA"] == "" {
		where = "" // search looks there by itself
	}
	for _, q := range questions {
		p.line("  %s search%s %s", p.typed, where, shellQuote(q))
	}
}

// demoListen takes the address that was asked for, or port 8080 of this machine, or when that is taken any free one.
func demoListen(ctx context.Context, address string) (net.Listener, error) {
	if address != "" {
		return listen(ctx, address)
	}
	l, err := listen(ctx, defaultListen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return listen(ctx, "127.0.0.1:0")
	}
	return l, err
}
