// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"communs/registry"
	"communs/registry/find"
)

// comparePage sets software side by side, as known on a day, to be printed for a board.
type comparePage struct {
	frame
	Date     string
	Software []comparedView
	Rows     []factRow
	Missing  string // what nobody has said of any of them
	Near     nearForm
	Helpers  string // all who help with one of them
}

// comparedView heads a column.
type comparedView struct {
	softwareView
	Without string // the comparison without it; empty when only two are left
}

func (s *Server) compare(r *request) (*response, error) {
	c := s.read(r)
	ids := append(slices.Clone(r.query["logiciel"]), r.query["software"]...)
	compared, err := s.finder.Compare(ids)
	var unknown *find.UnknownError
	if errors.As(err, &unknown) {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-software", []any{plain(unknown.ID)}}
	}
	if err != nil {
		return nil, err
	}
	page := comparePage{frame: s.frame(r, r.said.T("web.compare.title")), Date: isoDate(r, compared.Date)}
	page.rows(r, c, compared)
	ids = ids[:0]
	for _, one := range compared.Software {
		ids = append(ids, one.ID)
	}
	s.place(r, &page.frame, func(l linker) string { return l.compare(ids...) })
	for i, one := range compared.Software {
		v := comparedView{softwareView: viewSoftware(r, c, one)}
		if len(ids) > 2 {
			v.Without = r.link.compare(slices.Delete(slices.Clone(ids), i, i+1)...)
		}
		page.Software = append(page.Software, v)
	}
	page.Near, page.Helpers = s.nearForm(r, ids...), r.link.providers(url.Values{"logiciel": ids})
	page.NoIndex = true
	return s.render(r, "compare", page)
}

// rows takes what is known of at least one, and the names of the rest. Addresses differ always, and sentences too: that says nothing.
func (p *comparePage) rows(r *request, c *registry.Catalogue, compared *find.Comparison) {
	var missing []string
	for _, row := range viewRows(r, c, compared.Rows, compared.Software...) {
		if !slices.ContainsFunc(row.Cells, factView.Known) {
			missing = append(missing, row.Label)
			continue
		}
		row.Differs = row.Differs && row.Telling
		p.Rows = append(p.Rows, row)
	}
	p.Missing = strings.Join(missing, ", ")
}

func sortOptions(list []option) {
	slices.SortFunc(list, func(a, b option) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Value, b.Value)) })
}
