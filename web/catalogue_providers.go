// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"communs/registry"
	"communs/registry/find"
)

// providersPage lists organisations: all, or those of a region, around some software, near a place.
type providersPage struct {
	frame
	Ask       nearForm
	Around    []link // software that is asked about: the list without each
	NoPlace   string // what was typed as a place and is none that we know
	Where     string // the place; empty when none is asked for
	Anywhere  string // the list without the place
	Far       int    // organisations elsewhere
	Locals    int    // organisations of the place that help with other software, when none does with this
	AllLocals string // the list of them
	Regions   []facetValue
	List      []organisationView
	Total     int
	Next      string
	First     string
}

type organisationView struct {
	Href     string
	Name     string
	Type     string
	Place    string
	About    textView
	Services []string
	Around   []string // names of the software that was asked about
	Count    int      // software that it makes or helps with
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
	Repos        []familyView
	Status       string
	Sources      []sourceView
}

type labelView struct{ Name, Href, From, Until string }

// providersPerPage keeps a page of the list light.
const providersPerPage = 30

// providersQuery is what an address of the list asks for.
type providersQuery struct {
	region   string
	place    string // as the facet "near" writes it
	software []string
	after    string
}

func (q providersQuery) address(l linker) string {
	v := url.Values{}
	for name, value := range map[string]string{"region": q.region, "pres": q.place, "after": q.after} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if len(q.software) > 0 {
		v["logiciel"] = q.software
	}
	return l.providers(v)
}

// with is the address with one change, from the first page on.
func (q providersQuery) with(l linker, change func(*providersQuery)) string {
	q.after = ""
	change(&q)
	return q.address(l)
}

func (s *Server) providers(r *request) (*response, error) {
	c := s.read(r)
	known, noPlace := takePlaces(r.query)
	q := providersQuery{region: known.Get("region"), after: known.Get("after")}
	q.place, _ = find.ParsePlace(cmp.Or(known.Get("pres"), known.Get("near")))
	if _, known := registry.Region(q.region); q.region != "" && !known {
		return nil, &problem{http.StatusBadRequest, "bad-parameter", "web.error.no-region", []any{plain(q.region)}}
	}
	var around []*registry.Software
	for _, id := range slices.Concat(known["logiciel"], known["software"]) {
		one, ok := c.Software(id)
		if !ok {
			return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-software", []any{plain(id)}}
		}
		if !slices.Contains(q.software, id) && len(q.software) < find.MaxCompared {
			around, q.software = append(around, one), append(q.software, id)
		}
	}
	r.passing = r.passing || noPlace != ""
	page := providersPage{frame: s.frame(r, r.said.T("web.providers.title")), Ask: s.nearForm(r, q.software...), NoPlace: noPlace}
	s.place(r, &page.frame, q.address)
	page.NoIndex = q.place != "" || len(around) > 0
	for i, one := range around {
		without := q.with(r.link, func(q *providersQuery) { q.software = slices.Delete(slices.Clone(q.software), i, i+1) })
		page.Around = append(page.Around, link{without, one.Name})
	}
	list, offers := helpers(c, around)
	if q.place != "" {
		near := nearby(list, offers, q.place)
		page.Where, page.Far = placeName(q.place), len(list)-len(near)
		page.Anywhere = q.with(r.link, func(q *providersQuery) { q.place = "" })
		if len(near) == 0 && len(around) > 0 {
			page.Locals = len(nearby(c.Organisations(), c.OffersOf, q.place))
			page.AllLocals = q.with(r.link, func(q *providersQuery) { q.software = nil })
		}
		list = near
	}
	list = page.regions(r, q, list)
	page.Total = len(list)
	// The cursor names the last organisation that was shown, so the list may change meanwhile.
	if i := slices.IndexFunc(list, func(o *registry.Organisation) bool { return o.ID == q.after }); i >= 0 {
		list, page.First = list[i+1:], q.with(r.link, func(*providersQuery) {})
	}
	for i, o := range list {
		if i == providersPerPage {
			page.Next = q.with(r.link, func(q *providersQuery) { q.after = list[i-1].ID })
			break
		}
		page.List = append(page.List, viewOrganisation(r, c, o, offers(o.ID), len(around) > 0))
	}
	return s.render(r, "providers", page)
}

// regions counts the organisations of each region, and gives those of the one that is asked for.
func (p *providersPage) regions(r *request, q providersQuery, list []*registry.Organisation) []*registry.Organisation {
	counts := map[string]int{}
	for _, o := range list {
		counts[o.Place.InRegion()]++
	}
	value := func(name, code string, count int) facetValue {
		return facetValue{name, "", q.with(r.link, func(q *providersQuery) { q.region = code }), count, q.region == code}
	}
	for _, a := range registry.Regions() {
		if counts[a.Code] > 0 || a.Code == q.region {
			p.Regions = append(p.Regions, value(a.Name, a.Code, counts[a.Code]))
		}
	}
	byName(r, p.Regions, func(v facetValue) string { return v.Text })
	p.Regions = slices.Insert(p.Regions, 0, value(r.said.T("web.providers.everywhere"), "", len(list)))
	if q.region == "" {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(o *registry.Organisation) bool { return o.Place.InRegion() != q.region })
}

// viewOrganisation shows an organisation with these of its offers; with what they are around when that was asked for.
func viewOrganisation(r *request, c *registry.Catalogue, o *registry.Organisation, offers []*registry.Offer, around bool) organisationView {
	v := organisationView{Href: r.link.provider(o.ID), Name: o.Name, Type: r.said.T("web.organisation." + string(o.Type)), Place: viewPlace(o.Place),
		About: viewText(r, o.About)}
	about := map[string]bool{}
	for _, offer := range offers {
		for _, service := range offer.Services {
			if name := r.said.T("web.service." + string(service)); !slices.Contains(v.Services, name) {
				v.Services = append(v.Services, name)
			}
		}
		if one, ok := c.Software(offer.Software); ok && !about[one.ID] {
			about[one.ID] = true
			if around {
				v.Around = append(v.Around, one.Name)
			}
		}
	}
	for _, one := range c.SoftwareOf(o.ID) {
		about[one.ID] = true
	}
	v.Count = len(about)
	return v
}

func (s *Server) provider(r *request, c *registry.Catalogue, id string) (*response, error) {
	o, ok := c.Organisation(id)
	if !ok {
		return nil, &problem{http.StatusNotFound, "not-found", "web.error.no-provider", []any{plain(id)}}
	}
	page := providerPage{frame: s.frame(r, plain(o.Name)), Organisation: viewOrganisation(r, c, o, c.OffersOf(id), false), About: paragraphs(r, o.About),
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
	page.Repos = viewForks(c, c.RepositoriesOf(id))
	return s.render(r, "provider", page)
}

// outsideValue is a link to elsewhere with its address as its text; words alone when it is none for a browser.
func outsideValue(address string) factValue {
	return factValue{Text: strings.TrimSuffix(shortRepo(address), "/"), Href: outside(address), Out: true}
}
