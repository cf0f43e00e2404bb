// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"communs/registry"
	"communs/registry/find"
	"communs/registry/opendata"
)

// The HTTP API gives the catalogue as JSON too, to GET, without a key:
//
//	/api/v1/software?q=…&need=…&n=…&after=…   the software that the page of the same filters lists, in its order
//	/api/v1/KIND?n=…&after=…                  needs, organisations, offers, uses, selections, requests
//	/api/v1/KIND/ID                           one record
//	/api/v1/dumps, /api/v1/dumps/NAME         all records, a file for each kind, licence and format
//	/api/v1/observatory                       the figures
//	/api/v1/dcat.jsonld                       the dumps as DCAT-AP
//	/api/v1/openapi.json                      all of this for programs
//
// Each record comes with the licence under which it may be handed on. next leads on, and is empty on the last page.

// itemPage is a page of records.
type itemPage[T any] struct {
	Total int    `json:"total"`
	Next  string `json:"next"`
	Items []T    `json:"items"`
}

// dumpList names the dumps.
type dumpList struct {
	Dumps []dumpLink `json:"dumps"`
}

type dumpLink struct {
	opendata.Dump
	Address string `json:"url"`
}

// itemsPerPage is how many records a page of the API holds when n is not given.
const itemsPerPage = 50

// routeCatalogueAPI finds the screen for a path below /api/v1/.
func (s *Server) routeCatalogueAPI(name, id string, one bool) (string, screen) {
	if s.catalogue == nil {
		return "none", nil
	}
	id, err := url.PathUnescape(id)
	if err != nil {
		return "none", nil
	}
	switch {
	case name == "dumps" && one:
		return "api dump", func(r *request) (*response, error) { return s.apiDump(r, id) }
	case name == "dumps":
		return "api dumps", s.apiDumps
	case name == "dcat.jsonld" && !one:
		return "api dcat", s.apiDCAT
	case name == "observatory" && !one:
		return "api observatory", s.apiObservatory
	case name == "software" && !one:
		return "api catalogue", s.apiSoftware
	}
	kind, known := opendata.KindOf(name)
	if !known || name != opendata.Plural(kind) || kind == registry.KindRepository {
		return "none", nil
	}
	if one {
		return "api record", func(r *request) (*response, error) { return s.apiRecord(r, kind, id) }
	}
	return "api catalogue", func(r *request) (*response, error) { return s.apiRecords(r, kind) }
}

func (s *Server) apiRecord(r *request, kind registry.Kind, id string) (*response, error) {
	e, ok := s.read(r).Entry(kind, id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-record", []any{plain(id)}}
	}
	return jsonResponse(http.StatusOK, opendata.NewItem(e))
}

func (s *Server) apiRecords(r *request, kind registry.Kind) (*response, error) {
	c := s.read(r)
	list := slices.DeleteFunc(opendata.List(c, kind), func(e registry.Stamped) bool { return !wanted(r.query, e.Entry) })
	from, to, next, err := cut(r, len(list), func(i int) string { return list[i].Head().ID })
	if err != nil {
		return nil, err
	}
	page := itemPage[opendata.Item]{len(list), next, []opendata.Item{}}
	for _, e := range list[from:to] {
		page.Items = append(page.Items, opendata.NewItem(e))
	}
	return jsonResponse(http.StatusOK, page)
}

// wanted reports whether a record speaks of the software, organisation, need and region that the address names.
func wanted(v url.Values, e registry.Entry) bool {
	names := map[string][]string{}
	switch e := e.(type) {
	case *registry.Organisation:
		names["region"], names["organisation"] = []string{e.Place.InRegion()}, e.Member
	case *registry.Offer:
		names["software"], names["organisation"], names["need"], names["region"] = []string{e.Software}, []string{e.Organisation}, e.Needs, e.Regions
	case *registry.Use:
		names["software"], names["organisation"] = []string{e.Software}, []string{e.Organisation}
	case *registry.Selection:
		names["organisation"] = []string{e.By}
		for _, p := range e.Items {
			names["software"], names["need"] = append(names["software"], p.Software), append(names["need"], p.Need)
		}
	case *registry.Request:
		names["software"], names["organisation"], names["need"] = []string{e.Software}, []string{e.By}, e.Needs
		for _, supporter := range e.Supports {
			names["organisation"] = append(names["organisation"], supporter.Organisation)
		}
	}
	for _, filter := range []string{"software", "organisation", "need", "region"} {
		if value := v.Get(filter); value != "" && !slices.Contains(names[filter], value) {
			return false
		}
	}
	return true
}

// cut reads n and after, and gives the part of a list that a page shows.
func cut(r *request, length int, id func(int) string) (from, to int, next string, err error) {
	n, err := count(r, itemsPerPage)
	if err != nil {
		return 0, 0, "", err
	}
	if after := r.query.Get("after"); after != "" {
		for from < length && id(from) != after {
			from++
		}
		if from == length {
			return 0, 0, "", badParameter("after", after)
		}
		from++
	}
	if to = min(length, from+n); to < length {
		next = id(to - 1)
	}
	return from, to, next, nil
}

func (s *Server) apiSoftware(r *request) (*response, error) {
	c := s.read(r)
	filters := url.Values{}
	for name, values := range r.query {
		if name != "n" && name != "page" {
			filters[name] = values
		}
	}
	q, err := find.ParseQuery(filters)
	if err != nil {
		return nil, badQuery(err)
	}
	q.Uncounted = true
	found, hits, next, err := s.softwarePage(r, q)
	if err != nil {
		return nil, err
	}
	return s.softwareItems(c, found, hits, next)
}

// softwarePage finds the software of one page. Its cursor is POSITION.SEQ.ID: as long as the catalogue is the one of the page before, the
// position is enough and only one page is worked out; else the page goes on after the software of this id, wherever it stands now.
func (s *Server) softwarePage(r *request, q find.Query) (found *find.Page, hits []find.Hit, next string, err error) {
	n, err := count(r, itemsPerPage)
	if err != nil {
		return nil, nil, "", err
	}
	after, from, seq, id := r.query.Get("after"), 0, int64(0), ""
	if after != "" {
		if _, err := fmt.Sscanf(after, "%d.%d.%s", &from, &seq, &id); err != nil || from < 1 {
			return nil, nil, "", badParameter("after", after)
		}
	}
	q.N, q.Page = n, from/n+1
	if found, err = s.finder.Search(r.Context(), q); err != nil {
		return nil, nil, "", err
	}
	if q.Words != "" && after == "" {
		s.asked(found)
	}
	hits = found.Hits
	if after != "" && (from%n != 0 || found.Seq != seq || from >= found.Total) {
		q.N, q.Page = -1, 0
		if found, err = s.finder.Search(r.Context(), q); err != nil {
			return nil, nil, "", err
		}
		if from = 1 + slices.IndexFunc(found.Hits, func(h find.Hit) bool { return h.ID == id }); from == 0 {
			return nil, nil, "", badParameter("after", after)
		}
		hits = found.Hits[from:min(from+n, found.Total)]
	}
	if end := from + len(hits); end < found.Total && len(hits) > 0 {
		next = fmt.Sprintf("%d.%d.%s", end, found.Seq, hits[len(hits)-1].ID)
	}
	return found, hits, next, nil
}

func (s *Server) apiDumps(r *request) (*response, error) {
	list := dumpList{[]dumpLink{}}
	for _, d := range opendata.Dumps(s.read(r)) {
		list.Dumps = append(list.Dumps, dumpLink{d, s.base + "/api/v1/dumps/" + d.Name})
	}
	return jsonResponse(http.StatusOK, list)
}

func (s *Server) apiDump(r *request, name string) (*response, error) {
	for _, d := range opendata.Dumps(s.read(r)) {
		if d.Name == name {
			return &response{status: http.StatusOK, kind: d.Format.Type(), stream: d.Write}, nil
		}
	}
	return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-record", []any{plain(name)}}
}
