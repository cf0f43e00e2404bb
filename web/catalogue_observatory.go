// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"communs/registry"
	"communs/registry/observatory"
	"communs/registry/opendata"
)

// observatoryPage shows the figures: each a chart with its table and its CSV.
type observatoryPage struct {
	frame
	Action       string
	Regions      []option
	Departements []option // where organisations have their seat
	From, Until  string
	In           string // the territory's name
	Period       string // in words; empty for all
	Day          string // on which it was counted
	Figures      []figureView
	Groups       []chartGroup
	Source       string         // the page's public address, where it is known
	Licences     []licenceCount // of the records
	Dumps, JSON  string
}

// figureView is a number that stands for itself.
type figureView struct {
	Text string
	N    int
	Href string // the chart that tells more
}

// chartGroup is what is told of one subject.
type chartGroup struct {
	ID, Title string
	Note      string // where the filter reaches none of them
	Charts    []chartView
}

type licenceCount struct {
	Licence string
	Records int
}

// chartGroups gives the subjects in their order, each with what the ids of its charts begin with.
var chartGroups = [...][]string{
	{"uses"}, {"software"}, {"organisations"}, {"needs", "requests"}, {"unanswered"}, {"archive"}, {"own"},
}

// period is a day, a month or a year.
var period = regexp.MustCompile(`^(?:[12][0-9]{3}(?:-[01][0-9](?:-[0-3][0-9])?)?)?$`)

// observatoryFilter reads the filter of an address, and gives the parameters that make the same one. A département that does not lie in
// the region is of the region that was chosen before: the region counts.
func observatoryFilter(q url.Values) (f observatory.Filter, same url.Values, err error) {
	f = observatory.Filter{Region: q.Get("region"), Departement: q.Get("departement"), From: registry.Date(q.Get("from")),
		Until: registry.Date(cmp.Or(q.Get("until"), q.Get("to")))}
	if _, known := registry.Region(f.Region); f.Region != "" && !known {
		return f, nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-region", []any{plain(f.Region)}}
	}
	d, known := registry.Departement(f.Departement)
	if f.Departement != "" && !known {
		return f, nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-departement", []any{plain(f.Departement)}}
	}
	if f.Region != "" && d.Region != f.Region {
		f.Departement = ""
	}
	same = url.Values{}
	for name, value := range map[string]string{"region": f.Region, "departement": f.Departement, "from": string(f.From), "until": string(f.Until)} {
		if (name == "from" || name == "until") && !period.MatchString(value) {
			return f, nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-period", []any{plain(value)}}
		}
		if value != "" {
			same.Set(name, value)
		}
	}
	return f, same, nil
}

// counted gives the catalogue and its figures.
func (s *Server) counted(r *request, f observatory.Filter) (*registry.Catalogue, []observatory.Chart) {
	c := s.read(r)
	var beside *observatory.Beside
	if s.beside != nil {
		beside = s.beside(r.Context())
	}
	return c, s.figures.Figures(c, beside, f)
}

func (s *Server) observatory(r *request) (*response, error) {
	f, same, err := observatoryFilter(r.query)
	if err != nil {
		return nil, err
	}
	c, charts := s.counted(r, f)
	page := observatoryPage{frame: s.frame(r, r.said.T("web.observatory.title")), Action: routes[r.link.lang].observatory,
		From: string(f.From), Until: string(f.Until), Day: date(r.said, s.now()), Dumps: "/api/v1/dumps"}
	page.JSON = "/api/v1/observatory"
	if len(same) > 0 {
		page.JSON += "?" + same.Encode()
	}
	s.place(r, &page.frame, func(l linker) string { return l.observatory("", same) })
	page.NoIndex = len(same) > 0
	if s.base != "" {
		page.Source = page.Canonical
	}
	page.territories(c, f)
	if f.Sometime() {
		page.Period = r.said.T("web.observatory.period", cmp.Or(page.From, "…"), cmp.Or(page.Until, "…"))
	}
	for _, prefixes := range chartGroups {
		group := chartGroup{ID: prefixes[0], Title: r.said.T("web.observatory.group." + prefixes[0])}
		for _, chart := range charts {
			prefix, _, _ := strings.Cut(chart.ID, "-")
			if !slices.Contains(prefixes, prefix) {
				continue
			}
			view := viewChart(r, c, chart, f)
			view.CSV = r.link.observatory(chart.ID, same)
			if len(chart.Repositories) > 0 {
				view.EachCSV = r.link.observatory(repositoriesCSV, same)
			}
			group.Charts = append(group.Charts, view)
			if key := "web.observatory.figure." + chart.ID; r.said.Has(key) {
				page.Figures = append(page.Figures, figureView{r.said.T(key, chart.Total), chart.Total, "#" + chart.ID})
			}
		}
		group.gather()
		page.Groups = append(page.Groups, group)
	}
	page.Licences = s.recordLicences(c)
	return s.render(r, "observatory", page)
}

// gather says once for the group what is said of each of its charts.
func (g *chartGroup) gather() {
	first := g.Charts[0].Scope
	if slices.ContainsFunc(g.Charts, func(v chartView) bool { return v.Scope != first }) {
		return
	}
	g.Note = first
	for i := range g.Charts {
		g.Charts[i].Scope = ""
	}
}

// territories lists the regions, and the départements where organisations have their seat: of the region that was chosen, or of all.
func (p *observatoryPage) territories(c *registry.Catalogue, f observatory.Filter) {
	for _, a := range registry.Regions() {
		p.Regions = append(p.Regions, option{a.Code, a.Name, a.Code == f.Region})
		if a.Code == f.Region {
			p.In = a.Name
		}
	}
	seats := map[string]bool{f.Departement: true}
	for _, o := range c.Organisations() {
		seats[o.Place.InDepartement()] = true
	}
	for _, a := range registry.Departements() {
		if seats[a.Code] && (f.Region == "" || a.Region == f.Region) {
			p.Departements = append(p.Departements, option{a.Code, a.Code + " " + a.Name, a.Code == f.Departement})
		}
		if a.Code == f.Departement {
			p.In = a.Name
		}
	}
}

// licencesOf is what recordLicences counted in one state of the catalogue.
type licencesOf struct {
	catalogue *registry.Catalogue
	list      []licenceCount
}

// recordLicences counts the records under each licence: what the figures are drawn from. A state of the catalogue is
// counted once.
func (s *Server) recordLicences(c *registry.Catalogue) []licenceCount {
	if known := s.licences.Load(); known != nil && known.catalogue == c {
		return known.list
	}
	records := map[string]int{}
	for _, d := range opendata.Dumps(c) {
		if d.Format == opendata.JSONL {
			records[d.Licence] += d.Records
		}
	}
	var list []licenceCount
	for licence, n := range records {
		list = append(list, licenceCount{licence, n})
	}
	slices.SortFunc(list, func(a, b licenceCount) int {
		return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(a.Licence, b.Licence))
	})
	s.licences.Store(&licencesOf{c, list})
	return list
}
