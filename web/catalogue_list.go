// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/find"
)

// softwareListPage is the list of software: what was asked, the filters with their counts, the answers with their reasons.
type softwareListPage struct {
	frame
	Ask      string   // the words
	Hidden   []option // filters that the form keeps
	Total    int
	List     []foundView
	Chosen   []link // filters that are set: a link without each
	Facets   []facetView
	Sorts    []option
	SortNow  string
	Meant    []string
	Unknown  []string
	Suggest  []link
	Needs    []namedLink // that the question speaks of
	Previous string
	Next     string
	Page     int
	Pages    int
	Clear    string
	Compare  string // where the form of the boxes leads
	NoPlace  string // what was typed as a place and is none that we know
	Place    string // in the box, in words
	Where    string // the places that are asked for
	Anywhere int    // how many there are without them
	Far      string // the list without them
}

// foundView is a software in an answer.
type foundView struct {
	softwareView
	ID    string
	Marks []string
	Why   []string
	Score float64
}

// facetView is a filter with its values.
type facetView struct {
	Name   string
	Values []facetValue
	More   []facetValue // behind the first ones
}

type facetValue struct {
	Text   string
	Lang   string
	Href   string
	Count  int
	Chosen bool
}

// shownValues is how many values of a facet are shown at once, listedValues how many with those behind them: the most frequent ones.
const (
	shownValues  = 6
	listedValues = 30
)

func (s *Server) allSoftware(r *request) (*response, error) {
	c := s.read(r)
	asked, noPlace := takePlaces(r.query)
	q, err := find.ParseQuery(asked)
	if err != nil {
		return nil, badQuery(err)
	}
	found, err := s.finder.Search(r.Context(), q)
	if err != nil {
		return nil, err
	}
	if q.Words != "" && q.Page <= 1 {
		r.answered = &find.Page{Total: found.Total, Needs: found.Needs, Understood: found.Understood}
		s.asked(r.answered)
	}
	r.passing = r.passing || len(found.Unknown) > 0 || len(found.Meant) > 0 || noPlace != "" || found.Seq != c.Seq()
	page := softwareListPage{
		frame: s.frame(r, r.said.T("web.software.title")), Ask: plain(q.Words), Total: found.Total, Page: found.Page, Pages: found.Pages,
		Clear: r.link.allSoftware(nil), Compare: r.link.compare(), NoPlace: noPlace, Place: typedPlace(r.query),
	}
	s.place(r, &page.frame, func(l linker) string { return l.allSoftware(q.Values()) })
	page.NoIndex = q.Words != "" || q.Filtered()
	page.List = make([]foundView, 0, len(found.Hits))
	for _, hit := range found.Hits {
		page.List = append(page.List, viewFound(r, c, hit))
	}
	page.facets(r, c, q, found)
	page.asked(r, c, q, found)
	page.near(r, q, found)
	if found.Page > 1 {
		page.Previous = r.link.toPage(q, found.Page-1)
	}
	if found.Page < found.Pages {
		page.Next = r.link.toPage(q, found.Page+1)
	}
	return s.render(r, "software-list", page)
}

// near says how many there are without the place that is asked for.
func (p *softwareListPage) near(r *request, q find.Query, found *find.Page) {
	var names []string
	for _, place := range q.Picks[find.FacetNear] {
		names = append(names, placeName(place))
		q = q.Without(find.FacetNear, place)
	}
	p.Where, p.Anywhere, p.Far = strings.Join(names, ", "), found.Anywhere, r.link.allSoftware(q.Values())
}

// badQuery is a query in an address that cannot be read.
func badQuery(err error) error {
	var bad interface {
		Message() (string, []any)
	}
	if errors.As(err, &bad) {
		key, args := bad.Message()
		return &problem{http.StatusBadRequest, "bad-parameter", key, args}
	}
	return err
}

func (l linker) toPage(q find.Query, page int) string {
	q.Page = page
	return l.allSoftware(q.Values())
}

// adding gives, for each value of a filter, the list with it, on its first page: what the addresses share is put together once.
func (l linker) adding(q find.Query, f find.Facet) func(value string) string {
	q.Page = 0
	path, others, _ := strings.Cut(l.allSoftware(q.Values()), "?")
	before, after := path+"?", ""
	for one := range strings.SplitSeq(others, "&") { // sorted by name, those of one name in the order in which they were chosen
		switch name, _, set := strings.Cut(one, "="); {
		case !set:
		case name <= f.Parameter():
			before += one + "&"
		default:
			after += "&" + one
		}
	}
	before += f.Parameter() + "="
	return func(value string) string { return before + url.QueryEscape(f.Written(value)) + after }
}

func viewFound(r *request, c *registry.Catalogue, hit find.Hit) foundView {
	v := foundView{softwareView: viewSoftware(r, c, hit.Software), ID: hit.ID, Score: hit.Score}
	if hit.Activity != find.Activity("unknown") {
		v.Marks = append(v.Marks, r.said.T("find.value.activity."+string(hit.Activity)))
	}
	if hit.Software.Online.Without == registry.Yes {
		v.Marks = append(v.Marks, r.said.T("web.software.online"))
	}
	if hit.Uses > 0 {
		v.Marks = append(v.Marks, r.said.T("web.software.uses", hit.Uses))
	}
	for _, t := range hit.Why {
		if t.Value != 0 {
			v.Why = append(v.Why, r.said.T("find.why."+t.Term)+r.said.T("web.colon")+decimal(r.said, t.Value, 2)+" × "+decimal(r.said, t.Weight, 1))
		}
	}
	return v
}

// facets lists the filters. A value leads to the list with it, or without it when it is chosen.
func (p *softwareListPage) facets(r *request, c *registry.Catalogue, q find.Query, found *find.Page) {
	for _, f := range found.Facets {
		if len(f.Values) == 1 && !f.Values[0].Chosen && f.Values[0].Count == found.Total && found.Total > 1 {
			continue // all are alike: nothing to choose
		}
		view := facetView{Name: r.said.T("find.facet." + f.Key)}
		if len(f.Values) > listedValues {
			chosen := slices.DeleteFunc(slices.Clone(f.Values[listedValues:]), func(v find.ValueCount) bool { return !v.Chosen })
			f.Values = append(f.Values[:listedValues], chosen...)
		}
		if f.Facet == find.FacetNear {
			byName(r, f.Values, func(v find.ValueCount) string { return placeName(v.Value) })
		}
		with := r.link.adding(q, f.Facet)
		view.Values, view.More = make([]facetValue, 0, shownValues), make([]facetValue, 0, max(0, len(f.Values)-shownValues))
		for _, value := range f.Values {
			one := facetValue{Count: value.Count, Chosen: value.Chosen}
			name := facetName(r, c, f.Facet, value.Value)
			one.Text, one.Lang = name.Text, name.Lang
			if one.Href = with(value.Value); value.Chosen {
				one.Href = r.link.allSoftware(q.Without(f.Facet, value.Value).Values())
				p.Chosen = append(p.Chosen, link{one.Href, view.Name + r.said.T("web.colon") + name.Text})
			}
			region := strings.HasPrefix(value.Value, "region-")
			if f.Facet == find.FacetNear && region || f.Facet != find.FacetNear && len(view.Values) < shownValues || value.Chosen {
				view.Values = append(view.Values, one)
			} else {
				view.More = append(view.More, one)
			}
		}
		if len(view.Values) > 0 {
			p.Facets = append(p.Facets, view)
		}
	}
}

// facetName is a value of a filter in words.
func facetName(r *request, c *registry.Catalogue, f find.Facet, value string) textView {
	switch f {
	case find.FacetNeed:
		if n, ok := c.Need(value); ok {
			return viewText(r, n.Name)
		}
	case find.FacetLanguage:
		return textView{Text: languageName(r, value)}
	case find.FacetNear:
		return textView{Text: placeName(value)}
	case find.FacetHost:
		if o, ok := c.Organisation(value); ok {
			return textView{Text: o.Name}
		}
	default:
		return textView{Text: word(r.said, "find.value."+f.Key(), value)}
	}
	return textView{Text: value}
}

// asked says what was understood of the question: words that were meant, filters that it seems to ask for, needs it speaks of.
func (p *softwareListPage) asked(r *request, c *registry.Catalogue, q find.Query, found *find.Page) {
	for name, values := range q.Values() {
		for _, v := range values {
			if name != "q" && name != "page" && name != "tri" && name != "pres" {
				p.Hidden = append(p.Hidden, option{Value: v, Text: name})
			}
		}
	}
	sortOptions(p.Hidden)
	for _, order := range []find.Sort{find.ByScore, find.ByName, find.ByActivity, find.ByChange, find.ByUses} {
		next := q
		next.Sort, next.Page = order, 0
		name := string(order)
		if order == find.ByScore {
			name = "score"
		}
		p.Sorts = append(p.Sorts, option{r.link.allSoftware(next.Values()), r.said.T("find.sort." + name), order == q.Sort})
	}
	for _, m := range found.Meant {
		p.Meant = append(p.Meant, r.said.T("web.software.meant", plain(m.Typed), plain(m.Meant)))
	}
	for _, u := range found.Unknown {
		p.Unknown = append(p.Unknown, plain(u))
	}
	for _, one := range found.Suggested {
		p.Suggest = append(p.Suggest, link{r.link.allSoftware(q.With(one.Facet, one.Value).Values()),
			r.said.T("find.facet."+one.Key) + r.said.T("web.colon") + facetName(r, c, one.Facet, one.Value).Text})
	}
	for _, id := range found.Needs {
		if n, ok := c.Need(id); ok && strings.TrimSpace(q.Words) != "" {
			p.Needs = append(p.Needs, namedLink{r.link.need(id), viewText(r, n.Name)})
		}
	}
}

// facetItems writes the values of a filter, as a template would: a page has hundreds of them.
func facetItems(p *words.Printer, values []facetValue) template.HTML {
	var b strings.Builder
	size := 0
	for _, v := range values {
		size += len(v.Href) + len(v.Text) + 80
	}
	b.Grow(size)
	add := func(text string) { b.WriteString(text) }
	for _, v := range values {
		add("\n<li><a href=\"")
		writeVisible(&b, v.Href)
		add(`"`)
		if v.Chosen {
			add(` aria-current="true"`)
		}
		if v.Lang != "" {
			add(` lang="`)
			writeVisible(&b, v.Lang)
			add(`"`)
		}
		add(">")
		writeVisible(&b, v.Text)
		add(`</a> <span class="count">`)
		add(number(p, v.Count))
		add("</span></li>")
	}
	return template.HTML(b.String())
}
