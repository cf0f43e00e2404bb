// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/find"
)

// request is one request on its way through a screen.
type request struct {
	*http.Request
	server *Server
	said   *words.Printer
	asked  bool // the language was asked for in the URL, so links keep it
	query  url.Values
	link   linker
	route  string // name of the route, for the log
	json   bool   // the answer is JSON, errors too
	body   []byte // what a POST sent

	catalogue *registry.Catalogue // that the page shows, once it was read
	passing   bool                // the page is not kept for others
	held      []heldRepository    // what was asked of the index
	answered  *find.Page          // what is counted of the question
}

// screen answers a request, or says why it cannot. Only [Server.fail] turns errors into statuses.
type screen func(r *request) (*response, error)

// ServeHTTP answers one request: headers, method, route, turn, deadline, answer, log.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	begin := s.now()
	r := s.begin(req)
	name, serve := s.route(r)
	r.route = name
	resp := s.answer(r, serve)
	n := resp.write(w, req, &s.zip)
	if resp.room != nil {
		s.rooms.Put(resp.room)
	}
	took := s.now().Sub(begin)
	s.served(name, resp.status, took, n)
	s.log.Info("request", "method", req.Method, "route", name, "status", resp.status, "bytes", n,
		"ms", float64(took.Microseconds())/1000)
}

// begin reads what every screen needs from a request.
func (s *Server) begin(req *http.Request) *request {
	r := &request{Request: req, server: s, query: req.URL.Query()}
	lang := words.Match(req.Header.Get("Accept-Language"))
	for _, known := range words.Langs() {
		if r.query.Get("lang") == string(known) {
			lang, r.asked = known, true
		}
	}
	r.said = s.words[lang]
	r.link = linker{lang: lang, keep: r.asked, base: s.base}
	r.json = strings.HasPrefix(req.URL.Path, "/api/") || strings.HasPrefix(req.URL.Path, "/hooks/") || req.URL.Path == "/healthz"
	return r
}

// answer runs a screen within its turn and its deadline. A panic in a screen costs that request alone.
func (s *Server) answer(r *request, serve screen) (resp *response) {
	defer func() {
		if p := recover(); p != nil {
			resp = s.fail(r, &panicError{p})
		}
	}()
	if post := r.Method == http.MethodPost && takesPost(r.route); r.route == "hook" {
		// It has rules of its own, and reads what is sent when it knows for whom that is.
	} else if !post && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return s.fail(r, errMethod)
	} else if post {
		if err := r.readBody(); err != nil {
			return s.fail(r, err)
		}
	}
	if serve == nil {
		return s.fail(r, errNoPage)
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()
	r.Request = r.WithContext(ctx)
	if gate := s.gate(r.route); gate != nil {
		leave, err := gate.enter(ctx)
		if err != nil {
			return s.fail(r, err)
		}
		defer leave()
	}
	resp, err := serve(r)
	if err != nil {
		return s.fail(r, err)
	}
	return resp
}

// gate is where a request for a route waits for its turn. Questions about code, of which some take seconds, do not hold up the pages of the
// catalogue; those take only the processor, so more of them side by side than there are cores would make each wait for all others. What
// costs nothing answers even under overload.
func (s *Server) gate(route string) *gate {
	switch route {
	case "asset", "robots", "health", "hook": // which has turns of its own
		return nil
	case "sign-in", "sign-in with", "sign-in return", "register", "register draft", "api drafts", "api draft": // a slow mail server, or another site, must not take the turns of those who read
		return nil
	case "results", "block", "repositories", "repository", "owner", "similar", "api search", "api similar", "api repositories", "api repository", "api block":
		return s.long
	}
	return s.brief
}

// route finds the screen for a path. It reads the path as it was sent, since a block's id, a repository's address and a
// file's name may hold any character, percent-encoded.
func (s *Server) route(r *request) (string, screen) {
	path := r.URL.EscapedPath()
	first, rest, more := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if first != "" && strings.HasSuffix(path, "/") {
		return "redirect", s.redirectTo(strings.TrimRight(path, "/"))
	}
	switch first {
	case "":
		if path == "/" || path == "" {
			return "home", s.home
		}
	case "code":
		if !more {
			return "results", s.results
		}
		return "block", func(r *request) (*response, error) { return s.block(r, rest) }
	case "depots", "repositories":
		if !more {
			return "repositories", s.repositories
		}
		return "repository", func(r *request) (*response, error) { return s.inRepository(r, rest) }
	case "proprietaires", "owners":
		if more {
			return "owner", func(r *request) (*response, error) { return s.owner(r, rest) }
		}
	case "similaire", "similar":
		if !more {
			return "similar", s.similar
		}
	case "exploitation", "operations":
		if !more {
			return "operations", s.showOperations
		}
	case "api":
		return s.routeAPI(rest)
	case "hooks":
		if rest != "" {
			return "hook", func(r *request) (*response, error) { return s.hook(r, rest) }
		}
	case "healthz":
		if !more {
			return "health", s.health
		}
	case "robots.txt":
		if !more {
			return "robots", s.robots
		}
	default:
		if name, serve := s.routeCatalogue(first, rest, more); serve != nil {
			return name, serve
		}
		if name, serve := s.routeStatement(first, more); serve != nil {
			return name, serve
		}
		if name, serve := s.routePeople(first, rest, more); serve != nil {
			return name, serve
		}
		if name, serve := s.routeRegister(first, rest); serve != nil {
			return name, serve
		}
		if name, serve := s.routeDecisions(first, rest, more); serve != nil {
			return name, serve
		}
		if a := s.assets.byPath[path]; a != nil {
			return "asset", func(*request) (*response, error) { return a.response(), nil }
		}
	}
	return "none", nil
}

func (s *Server) routeAPI(rest string) (string, screen) {
	switch {
	case rest == "v1/search":
		return "api search", s.apiSearch
	case rest == "v1/similar":
		return "api similar", s.apiSimilar
	case rest == "v1/repositories":
		return "api repositories", s.apiRepositories
	case strings.HasPrefix(rest, "v1/repositories/"):
		return "api repository", func(r *request) (*response, error) {
			return s.apiInRepository(r, strings.TrimPrefix(rest, "v1/repositories/"))
		}
	case rest == "v1/operations":
		return "api operations", s.apiOperations
	case rest == "v1/sources":
		return "api sources", s.apiSources
	case rest == "v1/account":
		return "api account", s.apiAccount
	case rest == "v1/drafts":
		return "api drafts", s.apiDrafts
	case strings.HasPrefix(rest, "v1/drafts/"):
		return "api draft", func(r *request) (*response, error) { return s.apiDraft(r, strings.TrimPrefix(rest, "v1/drafts/")) }
	case rest == "v1/openapi.json":
		return "api description", apiDescription
	case strings.HasPrefix(rest, "v1/blocks/"):
		return "api block", func(r *request) (*response, error) {
			return s.apiBlock(r, strings.TrimPrefix(rest, "v1/blocks/"))
		}
	}
	below, ok := strings.CutPrefix(rest, "v1/")
	if !ok {
		return "none", nil
	}
	if name, serve := s.routeDecisionsAPI(below); serve != nil {
		return name, serve
	}
	return s.routeCatalogueAPI(strings.Cut(below, "/"))
}

// redirectTo leads to another path of this server, with the same query.
func (s *Server) redirectTo(path string) screen {
	return func(r *request) (*response, error) {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, "\\") {
			return nil, errNoPage
		}
		if r.URL.RawQuery != "" {
			path += "?" + r.URL.RawQuery
		}
		return &response{status: http.StatusMovedPermanently, location: path, cache: time.Hour}, nil
	}
}
