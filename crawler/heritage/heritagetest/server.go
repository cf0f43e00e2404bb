// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package heritagetest is an archive for tests: it answers over HTTP as Software Heritage documents its API, with its limits, its pages
// and its errors.
package heritagetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler/heritage"
)

// Server is an archive. Its fields say what it holds; they are changed while nobody asks.
type Server struct {
	*httptest.Server
	Objects   map[heritage.ID]bool                       // that it knows
	Visits    map[string]string                          // the latest visit to each origin, as JSON
	Snapshots map[heritage.ID]map[string]heritage.Branch // with their branches
	Origins   []string                                   // that a search goes through
	Page      int                                        // origins and branches on a page; default 100
	Saves     map[string][]string                        // what becomes of a request to save an origin: save status and task status, "accepted/running", one for each time somebody asks
	Bundles   map[heritage.ID][]byte                     // git-bare archives, once cooked
	Cooking   int                                        // how often the status is asked for before a bundle is done
	Fails     map[heritage.ID]string                     // bundles that cannot be cooked, and why
	Token     string                                     // that it accepts
	Limit     int                                        // requests until the next Reset; 0: no limit
	Reset     time.Time
	Now       func() time.Time
	Spoil     func(w http.ResponseWriter, r *http.Request) bool // answers in the archive's place, when it says so; may be nil
	Break     int64                                             // a download breaks off after so many bytes, once

	mu     sync.Mutex
	asked  []string
	used   int
	saved  map[string]int
	cooked map[heritage.ID]int
}

// New starts an archive that holds nothing.
func New(t testing.TB) *Server {
	s := &Server{
		Objects: map[heritage.ID]bool{}, Visits: map[string]string{}, Snapshots: map[heritage.ID]map[string]heritage.Branch{}, Page: 100,
		Saves: map[string][]string{}, Bundles: map[heritage.ID][]byte{}, Fails: map[heritage.ID]string{}, Now: time.Now,
		saved: map[string]int{}, cooked: map[heritage.ID]int{},
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.Close)
	return s
}

// Asked are the requests since it was last called: method, path and query.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	path, ok := strings.CutPrefix(r.URL.Path, "/api/1/")
	if bundle, ok := strings.CutPrefix(r.URL.Path, "/bundles/"); ok {
		s.download(w, r, bundle)
		return
	}
	if token := r.Header.Get("Authorization"); token != "" && token != "Bearer "+s.Token {
		fail(w, http.StatusUnauthorized, "AuthenticationFailed", "Invalid or expired user token.")
		return
	}
	if !s.grant(w) {
		fail(w, http.StatusTooManyRequests, "Throttled", "Request was throttled. Expected available in 3000 seconds.")
		return
	}
	if s.Spoil != nil && s.Spoil(w, r) {
		return
	}
	switch {
	case !ok:
		fail(w, http.StatusNotFound, "NotFoundExc", "The resource "+r.URL.Path+" could not be found on the server.")
	case path == "known/" && r.Method == http.MethodPost:
		s.known(w, r)
	case strings.HasPrefix(path, "origin/save/"):
		s.save(w, r, strings.TrimPrefix(path, "origin/save/"))
	case strings.HasPrefix(path, "origin/search/"):
		text := strings.TrimSuffix(strings.TrimPrefix(path, "origin/search/"), "/")
		s.list(w, r, slices.DeleteFunc(slices.Clone(s.Origins), func(o string) bool { return !strings.Contains(o, text) }))
	case strings.HasSuffix(path, "/visit/latest/"):
		s.visit(w, strings.TrimSuffix(strings.TrimPrefix(path, "origin/"), "/visit/latest/"))
	case strings.HasPrefix(path, "snapshot/"):
		s.snapshot(w, r, strings.TrimSuffix(strings.TrimPrefix(path, "snapshot/"), "/"))
	case strings.HasPrefix(path, "vault/git-bare/"):
		s.vault(w, r, strings.TrimSuffix(strings.TrimPrefix(path, "vault/git-bare/"), "/"))
	default:
		fail(w, http.StatusNotFound, "NotFoundExc", "The resource "+r.URL.Path+" could not be found on the server.")
	}
}

// grant counts a request and says how many are left.
func (s *Server) grant(w http.ResponseWriter) bool {
	if s.Limit == 0 {
		return true
	}
	if !s.Now().Before(s.Reset) {
		s.used, s.Reset = 0, s.Now().Add(time.Hour)
	}
	s.used++
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(s.Limit))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(0, s.Limit-s.used)))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(s.Reset.Unix(), 10))
	return s.used <= s.Limit
}

func fail(w http.ResponseWriter, status int, exception, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"exception": exception, "reason": reason})
}

func give(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(what)
}

func (s *Server) known(w http.ResponseWriter, r *http.Request) {
	var ids []string
	if err := json.NewDecoder(r.Body).Decode(&ids); err != nil {
		fail(w, http.StatusBadRequest, "ParseError", err.Error())
		return
	}
	if len(ids) > 1000 {
		fail(w, http.StatusRequestEntityTooLarge, "LargePayloadExc", "The maximum number of SWHIDs this endpoint can receive is 1000")
		return
	}
	said := map[string]any{}
	for _, text := range ids {
		id, err := heritage.ParseID(text)
		if err != nil {
			fail(w, http.StatusBadRequest, "BadInputExc", "Error when parsing identifier: "+text)
			return
		}
		said[text] = map[string]bool{"known": s.Objects[id]}
	}
	give(w, said)
}

func (s *Server) visit(w http.ResponseWriter, origin string) {
	visit, ok := s.Visits[origin]
	if !ok {
		fail(w, http.StatusNotFound, "NotFoundExc", "No visit for origin "+origin+" found")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, visit)
}

func (s *Server) save(w http.ResponseWriter, r *http.Request, path string) {
	origin := r.URL.Query().Get("origin_url")
	if _, named, ok := strings.Cut(path, "/url/"); ok {
		origin = strings.TrimSuffix(named, "/")
	}
	states, ok := s.Saves[origin]
	n, before := s.saved[origin]
	switch {
	case !ok && r.Method == http.MethodPost:
		fail(w, http.StatusForbidden, "ForbiddenExc", "The \"save code now\" request has been rejected because the provided origin url is blocked.")
		return
	case !before && r.Method == http.MethodGet:
		fail(w, http.StatusNotFound, "NotFoundExc", "No save requests found for visit of type git on origin with url "+origin+".")
		return
	case r.Method == http.MethodPost:
		n = 0
	}
	request, task, _ := strings.Cut(states[min(n, len(states)-1)], "/")
	s.saved[origin] = n + 1
	one := map[string]any{
		"id": 4711, "origin_url": origin, "visit_type": "git", "save_request_date": "2026-11-22T10:00:00.5+00:00", "save_request_status": request,
		"save_task_status": task, "visit_date": nil, "visit_status": nil, "note": nil, "snapshot_swhid": nil,
	}
	if r.Method == http.MethodPost {
		give(w, one)
	} else {
		give(w, []any{one})
	}
}

// list gives a page of origins and where the next one is.
func (s *Server) list(w http.ResponseWriter, r *http.Request, all []string) {
	from, err := 0, error(nil)
	if token := r.URL.Query().Get("page_token"); token != "" {
		from, err = strconv.Atoi(strings.TrimPrefix(token, "after-"))
	}
	if err != nil || from > len(all) {
		fail(w, http.StatusBadRequest, "BadInputExc", "Invalid page token.")
		return
	}
	tag := fmt.Sprintf("%q", fmt.Sprint(from, s.Page, all))
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", tag)
	end := min(len(all), from+s.Page)
	if end < len(all) {
		q := r.URL.Query()
		q.Set("page_token", fmt.Sprint("after-", end))
		w.Header().Set("Link", fmt.Sprintf("<%s%s?%s>; rel=\"next\"", s.URL, r.URL.EscapedPath(), q.Encode()))
	}
	page := []any{}
	for _, o := range all[min(from, end):end] {
		page = append(page, map[string]string{"url": o, "origin_visits_url": s.URL + "/api/1/origin/" + o + "/visits/"})
	}
	give(w, page)
}

func (s *Server) snapshot(w http.ResponseWriter, r *http.Request, digits string) {
	id, err := heritage.ParseID("swh:1:snp:" + digits)
	branches, ok := s.Snapshots[id]
	if err != nil || !ok {
		fail(w, http.StatusNotFound, "NotFoundExc", "Snapshot with id "+digits+" not found.")
		return
	}
	var names []string
	for name := range branches {
		if name >= r.URL.Query().Get("branches_from") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	page, next := map[string]any{}, any(nil)
	for i, name := range names {
		if i == s.Page {
			next = name
			break
		}
		switch b := branches[name]; {
		case b.Alias != "":
			page[name] = map[string]string{"target": b.Alias, "target_type": "alias"}
		case b.Object.IsZero():
			page[name] = nil
		default:
			word := map[heritage.Type]string{heritage.Revision: "revision", heritage.Release: "release", heritage.Directory: "directory", heritage.Content: "content"}
			page[name] = map[string]string{"target": fmt.Sprintf("%x", b.Object.Hash), "target_type": word[b.Object.Type]}
		}
	}
	give(w, map[string]any{"id": digits, "branches": page, "next_branch": next})
}

func (s *Server) vault(w http.ResponseWriter, r *http.Request, path string) {
	text, raw := strings.CutSuffix(path, "/raw")
	id, err := heritage.ParseID(text)
	if err != nil {
		fail(w, http.StatusBadRequest, "BadInputExc", "Error when parsing identifier: "+text)
		return
	}
	_, there := s.Bundles[id]
	why, fails := s.Fails[id]
	n, asked := s.cooked[id]
	if !there && !fails || !asked && r.Method == http.MethodGet {
		fail(w, http.StatusNotFound, "NotFoundExc", "Cooking of "+text+" was never requested.")
		return
	}
	if raw {
		http.Redirect(w, r, s.URL+"/bundles/"+url.PathEscape(text), http.StatusFound)
		return
	}
	said := map[string]any{"fetch_url": s.URL + "/api/1/vault/git-bare/" + text + "/raw/", "id": 1, "swhid": text, "status": "pending", "progress_message": "Processing..."}
	switch {
	case n < s.Cooking:
	case fails:
		said["status"], said["progress_message"] = "failed", why
	default:
		said["status"], said["progress_message"] = "done", nil
	}
	s.cooked[id] = n + 1
	give(w, said)
}

// download gives a bundle from the byte that is asked for, as the store behind the vault does.
func (s *Server) download(w http.ResponseWriter, r *http.Request, text string) {
	id, err := heritage.ParseID(text)
	data := s.Bundles[id]
	from, ranged := int64(0), false
	if spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && err == nil {
		from, err = strconv.ParseInt(strings.TrimSuffix(spec, "-"), 10, 64)
		ranged = true
	}
	if err != nil || from > int64(len(data)) {
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		return
	}
	rest := data[from:]
	w.Header().Set("Content-Length", strconv.Itoa(len(rest)))
	if ranged {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
		w.WriteHeader(http.StatusPartialContent)
	}
	if s.Break > 0 && s.Break < int64(len(rest)) {
		rest, s.Break = rest[:s.Break], 0
	}
	w.Write(rest)
}
