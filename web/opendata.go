// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	_ "embed" // the description of the API
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"communs/internal/words"
	"communs/licenses"
	"communs/registry"
	"communs/registry/descriptors"
	"communs/registry/find"
	"communs/registry/opendata"
)

// alternate is the same as a page shows, for programs: a feed, a descriptor.
type alternate struct{ Type, Href string }

const atomType = "application/atom+xml"

// site is this instance as open data names it. Addresses in it are the canonical ones.
func (s *Server) site() opendata.Site {
	l := linker{lang: words.French, base: s.base}
	return opendata.Site{
		Base: s.base, Name: s.inst.Name,
		Link: func(e registry.Stamped) string { return s.base + l.entry(e.Entry) },
		Say:  func(lang, key string, args ...any) string { return s.words[words.Lang(lang)].T(key, args...) },
	}
}

// entry leads to a record's page, or to that of what it speaks of.
func (l linker) entry(e registry.Entry) string {
	switch e := e.(type) {
	case *registry.Need:
		return l.need(e.ID)
	case *registry.Organisation:
		return l.provider(e.ID)
	case *registry.Repository:
		return l.repository(e.ID)
	case *registry.Software:
		return l.software(e.ID)
	case *registry.Offer:
		return l.provider(e.Organisation)
	case *registry.Use:
		return l.software(e.Software)
	case *registry.Selection:
		return l.selection(e.ID)
	case *registry.Request:
		return l.oneRequest(e.ID)
	}
	return l.home()
}

// feed leads to the feed of a need, a software, an organisation or a request; without any to that of all changes.
func (l linker) feed(kind registry.Kind, id string) string {
	below := map[registry.Kind]string{
		registry.KindNeed: routes[l.lang].needs, registry.KindSoftware: routes[l.lang].software,
		registry.KindOrganisation: routes[l.lang].providers, registry.KindRequest: routes[l.lang].requests,
	}[kind]
	if below == "" {
		return l.with("/flux/tout.atom", nil)
	}
	return l.with("/flux"+below+"/"+escape(id)+".atom", nil)
}

// routeFeed finds the screen for a path below /flux/ (English twin: /feeds/).
func (s *Server) routeFeed(rest string) (string, screen) {
	if rest == "tout.atom" || rest == "all.atom" {
		return "feed", func(r *request) (*response, error) { return s.feed(r, "", "") }
	}
	first, name, _ := strings.Cut(rest, "/")
	id, err := url.PathUnescape(strings.TrimSuffix(name, ".atom"))
	if err != nil || !strings.HasSuffix(name, ".atom") {
		return "none", nil
	}
	var kind registry.Kind
	switch first {
	case "besoins", "needs":
		kind = registry.KindNeed
	case "logiciels", "software":
		kind = registry.KindSoftware
	case "prestataires", "providers":
		kind = registry.KindOrganisation
	case "demandes", "requests":
		kind = registry.KindRequest
	default:
		return "none", nil
	}
	return "feed", func(r *request) (*response, error) { return s.feed(r, kind, id) }
}

func (s *Server) feed(r *request, kind registry.Kind, id string) (*response, error) {
	c := s.read(r)
	f, ok := opendata.FeedOf(c, kind, id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-record", []any{plain(id)}}
	}
	page := r.link.home()
	if own, ok := c.Entry(kind, id); ok {
		page = r.link.entry(own.Entry)
	}
	return written(r, atomType+"; charset=utf-8", func(w io.Writer) error {
		return s.site().WriteAtom(w, c, f, string(r.said.Lang), s.base+r.link.feed(kind, id), s.base+page)
	})
}

// written is an answer in the language of the request that is written whole before it is sent.
func written(r *request, kind string, write func(io.Writer) error) (*response, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return nil, err
	}
	return &response{status: http.StatusOK, kind: kind, lang: string(r.said.Lang), body: b.Bytes()}, nil
}

func (s *Server) apiDCAT(r *request) (*response, error) {
	c := s.read(r)
	resp, err := written(r, "application/ld+json; charset=utf-8", func(w io.Writer) error { return s.site().WriteDCAT(w, c) })
	if err == nil {
		resp.lang = "" // both are in it
	}
	return resp, err
}

// softwareFile answers what stands below the page of a software: its descriptors and badges.
func (s *Server) softwareFile(r *request, escaped, file string) (*response, error) {
	id, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, errNoPage
	}
	c := s.read(r)
	card, ok := c.Card(id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-software", []any{plain(id)}}
	}
	switch file {
	case "publiccode.yml":
		return written(r, "application/yaml; charset=utf-8", func(w io.Writer) error {
			return opendata.WritePubliccode(w, c, card.Software, r.said.T("opendata.publiccode.missing", s.inst.Name), func(f *descriptors.Fault) string {
				sentence, _ := r.said.Error(f)
				return sentence
			})
		})
	case "codemeta.json":
		return written(r, "application/ld+json; charset=utf-8", func(w io.Writer) error { return opendata.WriteCodemeta(w, c, card.Software) })
	case "badge.svg":
		b, err := s.softwareBadge(r, card)
		if err != nil {
			return nil, err
		}
		resp, err := written(r, "image/svg+xml; charset=utf-8", b.Write)
		if err == nil {
			resp.anywhere = true
		}
		return resp, err
	}
	return nil, errNoPage
}

// softwareBadge says of a software whether its licence is libre; with ?quoi=activite whether it is alive, with ?quoi=catalogue that it is listed.
func (s *Server) softwareBadge(r *request, card *registry.Card) (opendata.Badge, error) {
	what := r.query.Get("quoi") + r.query.Get("what")
	switch what {
	case "", "licence":
		tone := opendata.Neutral
		switch card.Licence.Libre {
		case licenses.LibreYes:
			tone = opendata.Good
		case licenses.LibreNo:
			tone = opendata.Bad
		}
		value := word(r.said, "opendata.badge.libre", string(card.Licence.Libre))
		return opendata.Badge{Label: r.said.T("opendata.badge.licence"), Value: value, Tone: tone}, nil
	case "catalogue":
		return opendata.Badge{Label: plain(s.inst.Name), Value: r.said.T("opendata.badge.listed"), Tone: opendata.Good}, nil
	case "activite", "activity":
		activity, err := s.activityOf(card.Software.ID)
		if err != nil {
			return opendata.Badge{}, err
		}
		tone := opendata.Neutral
		if activity == find.Active {
			tone = opendata.Good
		}
		return opendata.Badge{Label: r.said.T("opendata.badge.activity"), Value: word(r.said, "find.value.activity", string(activity)), Tone: tone}, nil
	}
	return opendata.Badge{}, badParameter("quoi", what)
}

// activityOf is what is known of a software's activity.
func (s *Server) activityOf(id string) (find.Activity, error) {
	rows, err := s.finder.Sheet(id)
	if err != nil {
		return find.ActivityUnknown, err
	}
	for _, row := range rows {
		if row.Key == "activity" && len(row.Cells) > 0 && len(row.Cells[0].Values) > 0 {
			return find.Activity(row.Cells[0].Values[0]), nil
		}
	}
	return find.ActivityUnknown, nil
}

// pageData is a description of what a page shows, as JSON-LD. No character in it hides others.
func pageData(v any) (json.RawMessage, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("describe the page: %w", err)
	}
	var b strings.Builder
	for _, c := range string(data) {
		if unicode.In(c, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp) && c <= 0xffff {
			fmt.Fprintf(&b, `\u%04x`, c)
			continue
		}
		b.WriteRune(c)
	}
	return json.RawMessage(b.String()), nil
}

// describeSoftware adds to a page what it is for programs.
func (s *Server) describeSoftware(r *request, f *frame, card *registry.Card) (err error) {
	id := card.Software.ID
	files := routes[r.link.lang].software + "/" + escape(id)
	f.Programs = append(f.Programs, alternate{atomType, r.link.feed(registry.KindSoftware, id)},
		alternate{"application/yaml", r.link.with(files+"/publiccode.yml", nil)}, alternate{"application/ld+json", r.link.with(files+"/codemeta.json", nil)},
		alternate{"application/json", "/api/v1/software/" + escape(id)})
	f.Described, err = pageData(s.site().SoftwareLD(card))
	return err
}

// describeOrganisation adds to a page what it is for programs.
func (s *Server) describeOrganisation(r *request, f *frame, c *registry.Catalogue, id string) (err error) {
	f.Programs = append(f.Programs, alternate{atomType, r.link.feed(registry.KindOrganisation, id)}, alternate{"application/json", "/api/v1/organisations/" + escape(id)})
	if e, ok := c.Entry(registry.KindOrganisation, id); ok {
		f.Described, err = pageData(s.site().OrganisationLD(c, e))
	}
	return err
}

//go:embed openapi.json
var openAPI []byte

// apiDescription is the HTTP API as OpenAPI 3.1 has it.
func apiDescription(*request) (*response, error) {
	return &response{status: http.StatusOK, kind: jsonType, body: openAPI}, nil
}
