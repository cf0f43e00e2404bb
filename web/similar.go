// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"communs/search"
)

// What an answer about similar blocks holds.
const (
	maxBody       = 6*search.MaxExample + 64<<10 // bytes of a request: JSON and forms write a byte as up to six
	echoed        = 8 << 10                      // bytes of an example that the page gives back in its form
	similarPlaces = 5                            // places that the page lists of each hit
	similarLines  = 6                            // lines that the page shows of each hit
	similarRanges = 4                            // pairs of ranges that the page shows of each hit
)

// takesPost names the routes that are asked by POST, since an example does not fit an address, and signing in changes something.
func takesPost(route string) bool {
	switch route {
	case "similar", "api similar", "sign-in", "sign-in link", "sign-in with", "account", "register", "register draft", "api drafts", "api draft",
		"decision", "consultation", "propose", "my organisation", "api decisions", "api comments", "api votes":
		return true
	}
	return false
}

// readBody reads what a POST sends, before the request waits for its turn: a slow sender keeps nobody else from theirs.
func (r *request) readBody() error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return &problem{http.StatusBadRequest, "body", "web.error.body", nil}
	}
	if len(body) > maxBody {
		return &problem{http.StatusRequestEntityTooLarge, "too-large", "search.similar.long", []any{search.MaxExample >> 10}}
	}
	r.body = body
	return nil
}

// apiSimilar answers POST /api/v1/similar: an example as text/plain, or {"code","lang"} as JSON. n is as everywhere.
func (s *Server) apiSimilar(r *request) (*response, error) {
	if r.Method != http.MethodPost {
		return nil, errPost
	}
	n, err := count(r, hitsPerPage)
	if err != nil {
		return nil, err
	}
	e, err := r.apiExample()
	if err != nil {
		return nil, err
	}
	e.N = n
	page, err := s.search.Similar(r.Context(), e)
	if err != nil {
		return nil, err
	}
	resp, err := s.apiPage(page)
	if err != nil {
		return nil, err
	}
	resp.noStore = true
	return resp, nil
}

// apiExample reads the example that a request of the API sends.
func (r *request) apiExample() (e search.Example, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "text/plain":
		e.Code = string(r.body)
	case err == nil && kind == "application/json":
		var sent struct {
			Code *string `json:"code"`
			Lang string  `json:"lang"`
		}
		if !utf8.Valid(r.body) || json.Unmarshal(r.body, &sent) != nil || sent.Code == nil {
			return e, &problem{http.StatusBadRequest, "body", "web.similar.json", nil}
		}
		e.Code, e.Lang = *sent.Code, sent.Lang
	default:
		return e, &problem{http.StatusUnsupportedMediaType, "media-type", "web.similar.media-type", nil}
	}
	return e, nil
}

// similarPage asks for an example, and shows the blocks like it.
type similarPage struct {
	frame
	Action string
	Code   string // the example, in the form
	Kept   bool   // it was too long to be given back
	Fault  string // why it cannot be compared
	Hint   string
	Of     link // the block that is the example
	Asked  bool
	Count  string
	Part   string // why the answer is not whole
	Groups []similarGroup
}

// similarGroup is what is about as much alike.
type similarGroup struct {
	Title string
	Hits  []similarView
}

// similarView is one hit.
type similarView struct {
	hitView
	Alike  string
	Ranges []string
	Places []copyView
	Rest   int // places that are not listed
}

func (s *Server) similar(r *request) (*response, error) {
	page := similarPage{Action: r.link.similar("")}
	block := r.query.Get("block")
	page.frame = s.frame(r, r.said.T("web.similar.title"))
	s.place(r, &page.frame, func(l linker) string { return l.similar(block) })
	code, asked := "", false
	switch {
	case r.Method == http.MethodPost:
		form, err := url.ParseQuery(string(r.body))
		if err != nil {
			return nil, &problem{http.StatusBadRequest, "body", "web.error.body", nil}
		}
		code, asked = strings.ReplaceAll(form.Get("code"), "\r\n", "\n"), true
	case block != "":
		h, err := s.search.Block(r.Context(), block)
		if err != nil {
			return nil, err
		}
		s.withhold(h)
		if h.Withheld {
			return nil, &problem{http.StatusForbidden, "withheld", "web.withheld.reason", nil}
		}
		page.Of = link{r.link.block(h.ID), h.Name}
		if page.Of.Text == "" {
			page.Of.Text = h.Path[strings.LastIndexByte(h.Path, '/')+1:]
		}
		code, asked = h.Code, true
	}
	if len(code) <= echoed {
		page.Code = plainLines(code)
	} else {
		page.Kept = true
	}
	if !asked {
		return s.render(r, "similar", page)
	}
	page.NoIndex, page.Asked = true, true
	answer, err := s.search.Similar(r.Context(), search.Example{Code: code, N: hitsPerPage})
	var wrong *search.ExampleError
	status := http.StatusOK
	switch {
	case errors.As(err, &wrong):
		status = http.StatusBadRequest
		page.Asked = false
		page.Fault, page.Hint = r.said.Error(wrong)
	case err != nil:
		return nil, err
	default:
		page.view(s, r, answer, block)
	}
	resp, err := s.render(r, "similar", page)
	if err == nil {
		resp.status = status
		resp.noStore = r.Method == http.MethodPost
	}
	return resp, err
}

// view puts an answer on the page, in groups; the block that is the example itself is left out where it stands alone.
func (page *similarPage) view(s *Server, r *request, answer *search.Page, block string) {
	if answer.Partial {
		page.Part = r.said.T("web.partial", word(r.said, "search.reason", answer.Reason))
	}
	shown := 0
	for _, g := range []struct {
		name  string
		least float64
		below float64
	}{
		{"copies", search.CopySimilarity, 2}, {"near", search.NearSimilarity, search.CopySimilarity}, {"parts", 0, search.NearSimilarity},
	} {
		group := similarGroup{Title: word(r.said, "web.similar.group", g.name)}
		for i := range answer.Hits {
			h := &answer.Hits[i]
			if h.Similarity < g.least || h.Similarity >= g.below || h.ID == block && h.Copies < 2 {
				continue
			}
			group.Hits = append(group.Hits, s.viewSimilar(r, h))
		}
		if shown += len(group.Hits); len(group.Hits) > 0 {
			page.Groups = append(page.Groups, group)
		}
	}
	page.Count = r.said.T("web.similar.none")
	if shown > 0 {
		page.Count = r.said.T("web.similar.total", shown)
	}
}

func (s *Server) viewSimilar(r *request, h *search.Hit) similarView {
	v := similarView{hitView: s.viewHit(r, h, ""), Alike: r.said.T("web.similar.alike", int(100*h.Similarity+0.5))}
	v.Lines, v.More = nil, 0
	for i, l := range h.Lines {
		if i == similarLines {
			break
		}
		n := strconv.Itoa(l.N)
		v.Lines = append(v.Lines, lineView{n, v.Href + "#L" + n, matchedLine(l)})
	}
	for i, p := range h.Ranges {
		if i == similarRanges {
			break
		}
		v.Ranges = append(v.Ranges, r.said.T("web.similar.range", lineRange(r.said, p.Query[0], p.Query[1]), lineRange(r.said, p.Block[0], p.Block[1])))
	}
	var places blockPage
	places.viewCopies(r, &search.Hit{
		Start: h.Start, License: h.License, Libre: h.Libre, Occurrences: h.Occurrences[:min(len(h.Occurrences), similarPlaces)],
	})
	v.Places, v.Rest = places.Copies, h.Copies-len(places.Copies)
	return v
}
