// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

import (
	"slices"

	"communs/registry"
)

// view is what of the catalogue is counted.
type view struct {
	*registry.Catalogue
	filter        Filter
	organisations []*registry.Organisation
	software      []*registry.Software
	uses          []*registry.Use
	offers        []*registry.Offer
	requests      []*registry.Request
}

func newView(c *registry.Catalogue, f Filter) *view {
	v := &view{Catalogue: c, filter: f}
	here := map[string]bool{}
	for _, o := range c.Organisations() {
		if f.holds(o.Place) {
			here[o.ID] = true
			v.organisations = append(v.organisations, o)
		}
	}
	concerned := map[string]bool{}
	for _, u := range c.Uses() {
		if here[u.Organisation] {
			concerned[u.Software] = true
			if f.within(u.Since) {
				v.uses = append(v.uses, u)
			}
		}
	}
	for _, o := range c.Offers() {
		if here[o.Organisation] || slices.Contains(o.Regions, f.region()) {
			concerned[o.Software] = true
			v.offers = append(v.offers, o)
		}
	}
	for _, r := range c.Requests() {
		if here[r.By] && f.within(r.Date) {
			v.requests = append(v.requests, r)
		}
	}
	for _, s := range c.AllSoftware() {
		made := func(o *registry.Organisation) bool { return here[o.ID] }
		if !f.Somewhere() || concerned[s.ID] || slices.ContainsFunc(c.MakersOf(s.ID), made) {
			v.software = append(v.software, s)
		}
	}
	return v
}

func (v *view) useCharts() []Chart {
	software, years, territories := counter{}, counter{}, counter{}
	of, territory := v.territories()
	for _, u := range v.uses {
		year, place := string(u.Since), registry.Place{}
		if o, ok := v.Organisation(u.Organisation); ok {
			place = o.Place
		}
		for _, row := range []*Row{software.row(u.Software), years.row(year[:min(4, len(year))]), territories.row(territory(place))} {
			row.N++
			row.People += u.People
		}
	}
	return []Chart{
		{ID: "uses-by-software", Of: OfSoftware, Total: len(v.uses), Rows: software.most(), People: true},
		{ID: "uses-by-year", Of: OfYear, Total: len(v.uses), Rows: years.byKey(), People: true},
		{ID: "uses-by-territory", Of: of, Total: len(v.uses), Rows: territories.most(), People: true},
	}
}

// territories says by what places are counted: by regions, or within a territory by its départements.
func (v *view) territories() (Of, func(registry.Place) string) {
	if v.filter.Somewhere() {
		return OfDepartement, registry.Place.InDepartement
	}
	return OfRegion, registry.Place.InRegion
}

func (v *view) softwareCharts() []Chart {
	groups, licences, libre, languages := counter{}, counter{}, counter{}, counter{}
	for _, s := range v.software {
		v.countGroups(groups, s)
		licence := v.Licence(s)
		expression := licence.Declared
		if expression == "" {
			expression = licence.Found
		}
		licences.row(expression).N++
		libre.row(string(licence.Libre)).N++
		countEach(languages, s.Languages)
	}
	n := len(v.software)
	return []Chart{
		{ID: "software-by-need", Of: OfGroup, Total: n, Rows: groups.most(), Timeless: true},
		{ID: "software-libre", Of: OfLibre, Total: n, Rows: libre.most(), Timeless: true},
		{ID: "software-by-licence", Of: OfLicence, Total: n, Rows: licences.most(), Timeless: true},
		{ID: "software-by-language", Of: OfLanguage, Total: n, Rows: languages.most(), Timeless: true},
	}
}

// countGroups counts a software under each group of its needs.
func (v *view) countGroups(groups counter, s *registry.Software) {
	var of []string
	for _, id := range s.Needs {
		if n, ok := v.Need(id); ok {
			of = append(of, n.Group)
		}
	}
	countEach(groups, of)
}

// countEach counts a thing once under each of its values.
func countEach(c counter, values []string) {
	if len(values) == 0 {
		c.row("").N++
	}
	for i, value := range values {
		if !slices.Contains(values[:i], value) {
			c.row(value).N++
		}
	}
}

func (v *view) organisationCharts() []Chart {
	types, territories := counter{}, counter{}
	of, territory := v.territories()
	for _, o := range v.organisations {
		types.row(string(o.Type)).N++
		territories.row(territory(o.Place)).N++
	}
	n := len(v.organisations)
	return []Chart{
		{ID: "organisations-by-type", Of: OfType, Total: n, Rows: types.most(), Timeless: true},
		{ID: "organisations-by-territory", Of: of, Total: n, Rows: territories.most(), Timeless: true},
	}
}

// needCharts lists the needs where something is missing, each with how many software meet it.
func (v *view) needCharts() []Chart {
	hosted, helped := v.served()
	unanswered, unhosted, unhelped := counter{}, counter{}, counter{}
	for _, n := range v.Needs() {
		found := len(v.SoftwareFor(n.ID))
		if found <= 1 {
			unanswered.row(n.ID).N = found
		}
		if found > 0 && !hosted[n.ID] {
			unhosted.row(n.ID).N = found
		}
		if found > 0 && !helped[n.ID] {
			unhelped.row(n.ID).N = found
		}
	}
	return []Chart{
		{ID: "needs-without-choice", Of: OfNeed, Total: len(unanswered), Rows: unanswered.least(), Whole: true, Timeless: true},
		{ID: "needs-without-host", Of: OfNeed, Total: len(unhosted), Rows: unhosted.most(), Timeless: true},
		{ID: "needs-without-provider", Of: OfNeed, Total: len(unhelped), Rows: unhelped.most(), Timeless: true},
	}
}

// served tells for which needs somebody hosts a software, and for which somebody helps: supports, trains, develops or sets up.
func (v *view) served() (hosted, helped map[string]bool) {
	hosted, helped = map[string]bool{}, map[string]bool{}
	for _, o := range v.offers {
		needs := o.Needs
		if s, ok := v.Software(o.Software); ok {
			needs = s.Needs
		}
		for _, service := range o.Services {
			for _, need := range needs {
				if service == registry.ServiceHosting {
					hosted[need] = true
				} else {
					helped[need] = true
				}
			}
		}
	}
	return hosted, helped
}

// requestChart counts the requests by how far they have come, with what their supporters would pay and how many days they would work.
func (v *view) requestChart() Chart {
	states := counter{}
	for _, r := range v.requests {
		row := states.row(string(r.State))
		row.N++
		for _, s := range r.Supports {
			row.Euros += s.Euros
			row.Days += s.Days
		}
	}
	return Chart{ID: "requests-by-state", Of: OfState, Total: len(v.requests), Rows: states.most(), Pledge: true}
}
