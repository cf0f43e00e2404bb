// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"communs/registry"
)

// providersPage lists organisations, those of a region when one is asked for.
type providersPage struct {
	frame
	Regions []facetValue
	List    []organisationView
	Total   int
	Next    string
	First   string
}

type organisationView struct {
	Href     string
	Name     string
	Type     string
	Place    string
	About    textView
	Services []string
	Count    int // software that it makes or helps with
}

// providerPage is one organisation: its software, its offers, its repositories.
type providerPage struct {
	frame
	Organisation organisationView
	About        []textView
	Website      factValue
	Numbers      []string // SIREN, RNA
	Forges       []factValue
	Labels       []labelView
	MemberOf     []link
	Members      []link
	Offers       []offerView
	Software     []softwareView
	Uses         []softwareView
	Requests     []namedLink
	Repos        []factValue
	Status       string
	Sources      []sourceView
}

type labelView struct{ Name, Href, From, Until string }

// providersPerPage keeps a page of the list light.
const providersPerPage = 30

func (s *Server) providers(r *request) (*response, error) {
	c := s.read(r)
	region := r.query.Get("region")
	if _, known := registry.Region(region); region != "" && !known {
		return nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-region", []any{plain(region)}}
	}
	page := providersPage{frame: s.frame(r, r.said.T("web.providers.title"))}
	after := r.query.Get("after")
	address := func(l linker, region, after string) string {
		v := url.Values{}
		if region != "" {
			v.Set("region", region)
		}
		if after != "" {
			v.Set("after", after)
		}
		return l.providers(v)
	}
	s.place(r, &page.frame, func(l linker) string { return address(l, region, after) })
	counts := map[string]int{}
	var list []*registry.Organisation
	for _, o := range c.Organisations() {
		in := o.Place.InRegion()
		counts[in]++
		if region == "" || in == region {
			list = append(list, o)
		}
	}
	page.Total = len(list)
	page.Regions = append(page.Regions, facetValue{r.said.T("web.providers.everywhere"), "", address(r.link, "", ""), len(c.Organisations()), region == ""})
	for _, a := range registry.Regions() {
		if counts[a.Code] > 0 {
			page.Regions = append(page.Regions, facetValue{a.Name, "", address(r.link, a.Code, ""), counts[a.Code], region == a.Code})
		}
	}
	// The cursor names the last organisation that was shown, so the list may change meanwhile.
	if i := slices.IndexFunc(list, func(o *registry.Organisation) bool { return o.ID == after }); i >= 0 {
		list, page.First = list[i+1:], address(r.link, region, "")
	}
	for i, o := range list {
		if i == providersPerPage {
			page.Next = address(r.link, region, list[i-1].ID)
			break
		}
		page.List = append(page.List, viewOrganisation(r, c, o))
	}
	return s.render(r, "providers", page)
}

func viewOrganisation(r *request, c *registry.Catalogue, o *registry.Organisation) organisationView {
	v := organisationView{r.link.provider(o.ID), o.Name, r.said.T("web.organisation." + string(o.Type)), viewPlace(o.Place), viewText(r, o.About), nil, 0}
	about := map[string]bool{}
	for _, offer := range c.OffersOf(o.ID) {
		for _, service := range offer.Services {
			if name := r.said.T("web.service." + string(service)); !slices.Contains(v.Services, name) {
				v.Services = append(v.Services, name)
			}
		}
		about[offer.Software] = offer.Software != ""
	}
	for _, one := range c.SoftwareOf(o.ID) {
		about[one.ID] = true
	}
	for _, counts := range about {
		if counts {
			v.Count++
		}
	}
	return v
}

func (s *Server) provider(r *request, c *registry.Catalogue, id string) (*response, error) {
	o, ok := c.Organisation(id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-provider", []any{plain(id)}}
	}
	page := providerPage{frame: s.frame(r, plain(o.Name)), Organisation: viewOrganisation(r, c, o), About: paragraphs(r, o.About),
		Website: outsideValue(o.Website), Sources: viewSources(r, o.Sources), Status: r.said.T("web.status." + string(o.Status)),
		Offers: viewOffers(r, c, c.OffersOf(id), true)}
	s.place(r, &page.frame, func(l linker) string { return l.provider(id) })
	if err := s.describeOrganisation(r, &page.frame, c, id); err != nil {
		return nil, err
	}
	if o.SIREN != "" {
		page.Numbers = append(page.Numbers, "SIREN "+plain(o.SIREN))
	}
	if o.RNA != "" {
		page.Numbers = append(page.Numbers, "RNA "+plain(o.RNA))
	}
	for _, forge := range o.Forges {
		page.Forges = append(page.Forges, outsideValue(forge))
	}
	for _, l := range o.Labels {
		page.Labels = append(page.Labels, labelView{l.Name, outside(l.URL), isoDate(r, l.From), isoDate(r, l.Until)})
	}
	for _, cluster := range o.Member {
		if of, ok := c.Organisation(cluster); ok {
			page.MemberOf = append(page.MemberOf, link{r.link.provider(of.ID), of.Name})
		}
	}
	for _, m := range c.Members(id) {
		page.Members = append(page.Members, link{r.link.provider(m.ID), m.Name})
	}
	for _, one := range c.SoftwareOf(id) {
		page.Software = append(page.Software, viewSoftware(r, c, one))
	}
	for _, u := range c.UsesBy(id) {
		if one, ok := c.Software(u.Software); ok {
			page.Uses = append(page.Uses, viewSoftware(r, c, one))
		}
	}
	for _, q := range c.RequestsOf(id) {
		page.Requests = append(page.Requests, namedLink{r.link.oneRequest(q.ID), viewText(r, q.Title)})
	}
	for _, repo := range c.RepositoriesOf(id) {
		page.Repos = append(page.Repos, outsideValue(repo.ID))
	}
	return s.render(r, "provider", page)
}

// outsideValue is a link to elsewhere with its address as its text; words alone when it is none for a browser.
func outsideValue(address string) factValue {
	return factValue{Text: strings.TrimSuffix(shortRepo(address), "/"), Href: outside(address), Out: true}
}
