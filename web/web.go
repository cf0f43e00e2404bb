// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package web serves the pages and the HTTP API: home, results, block, file, folder, repository and owner; needs, software,
// organisations, selections and requests; rendered on the server without script, in French and in English.
//
// A page costs two requests: its HTML and one style sheet, whose URL carries its hash. Every answer carries a strict
// Content-Security-Policy; no cookie is set before somebody begins to sign in, nothing is asked of a third party, and neither addresses nor questions are
// logged. What stands in an index was written by strangers: templates escape it, and control, bidirectional and
// zero-width characters are made visible (see [visible]).
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"communs/internal/oidc"
	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/find"
	"communs/registry/observatory"
	"communs/registry/register"
	"communs/search"
)

// Config is what a server is made of.
type Config struct {
	Searcher   search.Searcher
	Catalogue  Catalogue                                                     // software, needs, organisations; the instance has none when nil
	Finder     *find.Finder                                                  // of that catalogue; needed with it
	Beside     func(context.Context) *observatory.Beside                     // what the observatory tells beside the catalogue; nothing when nil
	Asked      func(*find.Page)                                              // is told of the answer to each question about software, when not nil
	Archived   Archived                                                      // what Software Heritage holds of a repository; nothing is told when nil
	Journal    Journal                                                       // what happened to repositories over the crawls; nothing is told when nil
	Tombstone  Tombstone                                                     // what has become of repositories that are not shown any more; nothing is told when nil
	People     People                                                        // accounts; nobody signs in when nil
	Providers  []*oidc.Provider                                              // sites that vouch for people
	Post       func(context.Context, Letter) error                           // sends a letter; when nil, links are handed on by the operator
	Records    registry.Store                                                // for what members change; nothing is changed when nil
	Proxies    []netip.Prefix                                                // whose word is taken for whom they speak for, beside this machine's
	Commons    *commons.Commons                                              // of these records
	Register   *register.Service                                             // where members register software; nothing is registered when nil
	Hooks      Hooks                                                         // takes the messages of webhooks; none are taken when nil
	Operations Operations                                                    // what the instance does behind the scenes; the page is missing without a report
	Served     func(route string, status int, took time.Duration, bytes int) // is told of each request that was answered, when not nil
	Words      *words.Catalog
	Instance   Instance
	Logger     *slog.Logger     // nothing is logged when nil
	Clock      func() time.Time // time.Now when nil

	// BaseURL is the public address, https://code.example.org; canonical links and permalinks are absolute with it.
	BaseURL string

	// Origin is BaseURL, or else the address that the server listens on: what the links in letters begin with.
	Origin string

	Timeout     time.Duration // for one request; 0 means 10 s
	Cores       int           // that requests may take; 0 means GOMAXPROCS
	Concurrency int           // requests about code worked on side by side; 0 means four for each core. Of others at most one for each core is
	Queue       int           // requests of either kind that may wait for their turn; 0 means 16 times Concurrency
}

// Instance is who runs this server.
type Instance struct {
	Name    string // Communs when empty
	Region  string
	Contact string // an e-mail address or a URL

	// What the law asks a site to tell, and the page of legal notice says; what is empty, it says to be missing.
	Publisher string // who publishes it, with the address
	Director  string // who answers for what is published
	Host      string // on whose machines it runs, with the address
	Source    string // URL of the source code and of the documentation of the program that runs here

	Logo   string // path of a local SVG, PNG, JPEG or WebP file
	Public bool   // code is shown only where its licence is known to be free
}

// Server answers HTTP requests.
type Server struct {
	search     search.Searcher
	catalogue  Catalogue
	finder     *find.Finder
	base       string
	inst       Instance
	log        *slog.Logger
	now        func() time.Time
	timeout    time.Duration
	long       *gate // for what reads the index of code
	brief      *gate // for all else, which takes milliseconds
	assets     *assets
	figures    observatory.Memo
	licences   atomic.Pointer[licencesOf]
	beside     func(context.Context) *observatory.Beside
	asked      func(*find.Page)
	archived   Archived
	journal    Journal
	tombstone  Tombstone
	people     *accounts // nil when nobody signs in
	records    registry.Store
	commons    *commons.Commons
	register   *register.Service
	chain      chain
	proxies    []netip.Prefix
	hooks      *hooked
	operations Operations
	served     func(route string, status int, took time.Duration, bytes int)
	zip        compressor
	rooms      sync.Pool // of answers that were sent
	kept       kept
	written    atomic.Pointer[writtenRecords]
	templates  map[words.Lang]templates
	words      map[words.Lang]*words.Printer
}

// New makes the handler of a whole instance.
func New(c Config) (*Server, error) {
	if c.Searcher == nil || c.Words == nil || c.Catalogue != nil && c.Finder == nil {
		return nil, errors.New("make the web server: a searcher and the words are needed, and with a catalogue its finder")
	}
	if c.BaseURL != "" {
		if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") ||
			(u.Path != "" && u.Path != "/") {
			return nil, &ConfigError{"base-url", c.BaseURL, err}
		}
	}
	if c.Instance.Name == "" {
		c.Instance.Name = "Communs"
	}
	s := &Server{
		search: c.Searcher, catalogue: c.Catalogue, finder: c.Finder, base: trimSlash(c.BaseURL), inst: c.Instance, beside: c.Beside, asked: c.Asked, archived: c.Archived, journal: c.Journal, tombstone: c.Tombstone, log: c.Logger, now: c.Clock, timeout: c.Timeout,
		zip: compressor{level: pageLevel}, templates: map[words.Lang]templates{}, words: map[words.Lang]*words.Printer{}, hooks: newHooked(c.Hooks),
	}
	s.operations, s.served = c.Operations, c.Served
	s.records, s.commons, s.proxies = c.Records, c.Commons, c.Proxies
	s.register = c.Register
	if s.served == nil {
		s.served = func(string, int, time.Duration, int) {}
	}
	if s.asked == nil {
		s.asked = func(*find.Page) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.timeout == 0 {
		s.timeout = 10 * time.Second
	}
	if c.Cores <= 0 {
		c.Cores = runtime.GOMAXPROCS(0)
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 4 * c.Cores
	}
	if c.Queue <= 0 {
		c.Queue = 16 * c.Concurrency
	}
	s.long, s.brief = newGate(c.Concurrency, c.Queue), newGate(min(c.Concurrency, c.Cores), c.Queue)
	var err error
	if s.people, err = newAccounts(c, s.now); err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(c.Instance.Logo); err != nil {
		return nil, err
	}
	for _, lang := range words.Langs() {
		s.words[lang] = c.Words.Printer(lang)
		if s.templates[lang], err = loadTemplates(s.words[lang]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ConfigError is a setting that cannot be used.
type ConfigError struct {
	Setting, Value string
	Err            error
}

func (e *ConfigError) Error() string {
	text := "setting " + e.Setting + ": " + e.Value
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *ConfigError) Unwrap() error { return e.Err }

// Message tells the error to people.
func (e *ConfigError) Message() (key string, args []any) {
	return "web.config." + e.Setting, []any{e.Value}
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}
