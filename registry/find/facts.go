// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"slices"
	"strings"
	"time"

	"communs/licenses"
	"communs/registry"
)

// Activity says whether a software is alive.
type Activity string

// The values of the facet "activity".
const (
	Active          Activity = "active"   // changed within twelve months
	Quiet           Activity = "quiet"    // not for longer
	Archived        Activity = "archived" // all its repositories are read-only, or it calls itself obsolete
	ActivityUnknown Activity = "unknown"  // nobody has looked
)

// unknown is how facets write that something was not said.
const unknown = "unknown"

// facts is what filters, facets and the score need to know of a software.
type facts struct {
	values     [facets][]string // of each facet, sorted
	lastChange string           // day of the last change of its repositories
	uses       int              // how many statements that it is used
	libre      bool
	activity   Activity
	stated     int // how many of export, accessibility and eco-design it says something about
}

// newFacts works out the facts of a software on a day.
func newFacts(c *registry.Catalogue, s *registry.Software, g *gazetteer, now time.Time) facts {
	f := facts{uses: len(c.UsesOf(s.ID))}
	repositories := c.RepositoriesFor(s)
	f.activity, f.lastChange = activityOf(s, repositories, now)
	licence := c.Licence(s)
	f.libre = licence.Libre == licenses.LibreYes
	for _, st := range []registry.Statement{s.Export, s.Accessibility, s.EcoDesign} {
		if st.Said() {
			f.stated++
		}
	}
	f.values[FacetNeed] = s.Needs
	f.values[FacetLibre] = one(string(libreValue(licence.Libre)))
	f.values[FacetActivity] = one(string(f.activity))
	f.values[FacetOnline] = one(said(s.Online.Without))
	f.values[FacetExport] = one(said(s.Export.Answer))
	for _, l := range s.Languages {
		base, _, _ := strings.Cut(l, "-")
		f.values[FacetLanguage] = append(f.values[FacetLanguage], strings.ToLower(base))
	}
	for _, p := range s.Prices {
		f.values[FacetPrice] = append(f.values[FacetPrice], string(p))
	}
	own, others := c.OffersFor(s.ID)
	for _, o := range own {
		if slices.Contains(o.Services, registry.ServiceHosting) {
			f.values[FacetHost] = append(f.values[FacetHost], o.Organisation)
			for _, p := range o.Prices {
				f.values[FacetPrice] = append(f.values[FacetPrice], string(p))
			}
		}
	}
	for _, o := range append(slices.Clone(own), others...) {
		who, _ := c.Organisation(o.Organisation)
		f.values[FacetNear] = append(f.values[FacetNear], g.served(who, o)...)
	}
	for i, values := range f.values {
		if Facet(i) != FacetNeed { // the catalogue's own list, whose order says which need is the main one
			slices.Sort(values)
			f.values[i] = slices.Compact(values)
		}
		if len(values) == 0 && (Facet(i) == FacetPrice || Facet(i) == FacetLanguage) {
			f.values[i] = one(unknown)
		}
	}
	return f
}

func one(value string) []string { return []string{value} }

// said is an answer as facets write it.
func said(t registry.Tri) string {
	if t == registry.Unknown {
		return unknown
	}
	return string(t)
}

func libreValue(l licenses.Libre) licenses.Libre {
	if l == licenses.LibreYes || l == licenses.LibreNo {
		return l
	}
	return unknown
}

// activityOf tells from its repositories whether a software is alive, and the day of the last change to any of them.
func activityOf(s *registry.Software, repositories []*registry.Repository, now time.Time) (a Activity, last string) {
	archived := len(repositories) > 0
	for _, r := range repositories {
		archived = archived && r.Archived
		if c := r.Activity.LastChange; c != nil {
			last = max(last, c.Value)
		}
	}
	yearAgo := now.AddDate(-1, 0, 0).Format(time.DateOnly)
	switch {
	case archived || s.Stage == registry.StageObsolete:
		return Archived, last
	case last == "":
		return ActivityUnknown, last
	case last >= yearAgo[:min(len(last), len(yearAgo))]:
		return Active, last
	}
	return Quiet, last
}
