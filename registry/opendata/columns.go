// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"strconv"
	"strings"
	"time"

	"communs/registry"
)

// column is a column of a table.
type column struct {
	name  string
	value func(registry.Stamped) string
}

// Columns names the columns of a kind's table. They are fixed: a later version may add some at the end.
func Columns(kind registry.Kind) []string {
	var names []string
	for _, c := range columnsOf(kind) {
		names = append(names, c.name)
	}
	return names
}

// Row is what an entry says in each of the columns of its kind, as it is: see [Cell].
func Row(s registry.Stamped) []string {
	var row []string
	for _, c := range columnsOf(s.Kind()) {
		row = append(row, c.value(s))
	}
	return row
}

// columnsOf are those that every record has, around those of the kind. Several values in one cell have "; " between them.
func columnsOf(kind registry.Kind) []column {
	all := []column{{"id", func(s registry.Stamped) string { return s.Head().ID }}}
	switch kind {
	case registry.KindNeed:
		all = append(all, needColumns()...)
	case registry.KindOrganisation:
		all = append(all, organisationColumns()...)
	case registry.KindRepository:
		all = append(all, repositoryColumns()...)
	case registry.KindSoftware:
		all = append(all, softwareColumns()...)
	case registry.KindOffer:
		all = append(all, offerColumns()...)
	case registry.KindUse:
		all = append(all, useColumns()...)
	case registry.KindSelection:
		all = append(all, selectionColumns()...)
	case registry.KindRequest:
		all = append(all, requestColumns()...)
	}
	return append(all,
		column{"status", func(s registry.Stamped) string { return string(s.Head().Status) }},
		column{"changed", func(s registry.Stamped) string { return s.Changed.UTC().Format(time.RFC3339) }},
		column{"record_licence", func(s registry.Stamped) string { return Licence(s.Head()) }},
		column{"sources", func(s registry.Stamped) string {
			return each(s.Head().Sources, func(s registry.Source) string { return s.Name })
		}},
		column{"source_urls", func(s registry.Stamped) string {
			return each(s.Head().Sources, func(s registry.Source) string { return s.URL })
		}},
		column{"credits", func(s registry.Stamped) string {
			return each(s.Head().Sources, func(s registry.Source) string { return s.Credit })
		}},
	)
}

// of makes a column of a kind's own.
func of[T registry.Entry](name string, value func(T) string) column {
	return column{name, func(s registry.Stamped) string { return value(s.Entry.(T)) }}
}

// texts makes the two columns of a text in both languages.
func texts[T registry.Entry](name string, value func(T) registry.Text) []column {
	return []column{
		of(name+"_fr", func(e T) string { return value(e).FR }),
		of(name+"_en", func(e T) string { return value(e).EN }),
	}
}

// each joins what is taken from each of a list, passing over what is empty.
func each[T any](list []T, take func(T) string) string {
	var all []string
	for _, one := range list {
		if text := take(one); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

func joined[S ~string](list []S) string { return each(list, func(s S) string { return string(s) }) }

// number writes a number, or nothing where none was said.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func join(lists ...[]column) (all []column) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func needColumns() []column {
	type T = *registry.Need
	return join(texts("name", func(n T) registry.Text { return n.Name }), []column{
		of("group", func(n T) string { return n.Group }),
		of("words", func(n T) string { return joined(n.Words) }),
		of("publiccode", func(n T) string { return joined(n.Publiccode) }),
	})
}

func organisationColumns() []column {
	type T = *registry.Organisation
	return join([]column{
		of("name", func(o T) string { return o.Name }),
		of("type", func(o T) string { return string(o.Type) }),
	}, texts("about", func(o T) registry.Text { return o.About }), []column{
		of("website", func(o T) string { return o.Website }),
		of("siren", func(o T) string { return o.SIREN }),
		of("rna", func(o T) string { return o.RNA }),
		of("commune", func(o T) string { return o.Place.Commune }),
		of("insee", func(o T) string { return o.Place.INSEE }),
		of("departement", func(o T) string { return o.Place.InDepartement() }),
		of("region", func(o T) string { return o.Place.InRegion() }),
		of("country", func(o T) string { return o.Place.Country }),
		of("forges", func(o T) string { return joined(o.Forges) }),
		of("member_of", func(o T) string { return joined(o.Member) }),
		of("labels", func(o T) string { return each(o.Labels, func(l registry.Label) string { return l.Name }) }),
	})
}

func repositoryColumns() []column {
	type T = *registry.Repository
	finding := func(f *registry.Finding) string {
		if f == nil {
			return ""
		}
		return f.Value
	}
	count := func(c *registry.Count) string {
		if c == nil {
			return ""
		}
		return strconv.Itoa(c.N)
	}
	return []column{
		of("software", func(r T) string { return r.Software }),
		of("organisation", func(r T) string { return r.Organisation }),
		of("description", func(r T) string { return r.Description }),
		of("aliases", func(r T) string { return joined(r.Aliases) }),
		of("fork_of", func(r T) string { return r.ForkOf }),
		of("mirror_of", func(r T) string { return r.MirrorOf }),
		of("archived", func(r T) string { return strconv.FormatBool(r.Archived) }),
		of("snapshot", func(r T) string { return r.Snapshot.Value }),
		of("licence_found", func(r T) string { return r.Licence.Value }),
		of("libre", func(r T) string { return r.Libre.Value }),
		of("last_change", func(r T) string { return finding(r.Activity.LastChange) }),
		of("last_release", func(r T) string { return finding(r.Activity.LastRelease) }),
		of("commits_12m", func(r T) string { return count(r.Activity.Commits) }),
		of("contributors_12m", func(r T) string { return count(r.Activity.Contributors) }),
	}
}

func softwareColumns() []column {
	type T = *registry.Software
	return join([]column{of("name", func(s T) string { return s.Name })},
		texts("summary", func(s T) registry.Text { return s.Summary }),
		texts("about", func(s T) registry.Text { return s.About }),
		[]column{
			of("website", func(s T) string { return s.Website }),
			of("documentation", func(s T) string { return s.Docs }),
			of("licence", func(s T) string { return s.Licence }),
			of("repositories", func(s T) string { return joined(s.Repositories) }),
			of("stage", func(s T) string { return string(s.Stage) }),
			of("needs", func(s T) string { return joined(s.Needs) }),
			of("categories", func(s T) string { return joined(s.Categories) }),
			of("words", func(s T) string { return joined(s.Words) }),
			of("replaces", func(s T) string { return joined(s.Replaces) }),
			of("alternatives", func(s T) string { return joined(s.Like) }),
			of("languages", func(s T) string { return joined(s.Languages) }),
			of("platforms", func(s T) string { return joined(s.Platforms) }),
			of("online_without_installation", func(s T) string { return string(s.Online.Without) }),
			of("demo", func(s T) string { return s.Online.Demo }),
			of("prices", func(s T) string { return joined(s.Prices) }),
			of("export", func(s T) string { return string(s.Export.Answer) }),
			of("export_formats", func(s T) string { return joined(s.Export.Levels) }),
			of("accessibility", func(s T) string { return string(s.Accessibility.Answer) }),
			of("accessibility_url", func(s T) string { return s.Accessibility.URL }),
			of("eco_design", func(s T) string { return string(s.EcoDesign.Answer) }),
			of("eco_design_url", func(s T) string { return s.EcoDesign.URL }),
		})
}

func offerColumns() []column {
	type T = *registry.Offer
	return join([]column{
		of("organisation", func(o T) string { return o.Organisation }),
		of("software", func(o T) string { return o.Software }),
		of("needs", func(o T) string { return joined(o.Needs) }),
		of("services", func(o T) string { return joined(o.Services) }),
		of("url", func(o T) string { return o.URL }),
		of("hosted_in", func(o T) string { return o.HostedIn }),
		of("regions", func(o T) string { return joined(o.Regions) }),
		of("prices", func(o T) string { return joined(o.Prices) }),
		of("chatons", func(o T) string { return strconv.FormatBool(o.Chatons) }),
	}, texts("note", func(o T) registry.Text { return o.Note }), []column{
		of("since", func(o T) string { return string(o.Since) }),
	})
}

func useColumns() []column {
	type T = *registry.Use
	return join([]column{
		of("organisation", func(u T) string { return u.Organisation }),
		of("software", func(u T) string { return u.Software }),
		of("since", func(u T) string { return string(u.Since) }),
		of("people", func(u T) string { return number(u.People) }),
	}, texts("note", func(u T) registry.Text { return u.Note }), []column{
		of("stated", func(u T) string { return string(u.Stated) }),
	})
}

func selectionColumns() []column {
	type T = *registry.Selection
	return join(texts("title", func(s T) registry.Text { return s.Title }), texts("situation", func(s T) registry.Text { return s.Situation }), []column{
		of("picks", func(s T) string {
			return each(s.Items, func(p registry.Pick) string { return p.Need + "=" + p.Software })
		}),
		of("by", func(s T) string { return s.By }),
		of("date", func(s T) string { return string(s.Date) }),
	})
}

func requestColumns() []column {
	type T = *registry.Request
	return join(texts("title", func(q T) registry.Text { return q.Title }), texts("about", func(q T) registry.Text { return q.About }), []column{
		of("needs", func(q T) string { return joined(q.Needs) }),
		of("software", func(q T) string { return q.Software }),
		of("by", func(q T) string { return q.By }),
		of("date", func(q T) string { return string(q.Date) }),
		of("state", func(q T) string { return string(q.State) }),
		of("supporters", func(q T) string {
			return each(q.Supports, func(s registry.Support) string { return s.Organisation })
		}),
		of("euros", func(q T) string {
			return number(total(q.Supports, func(s registry.Support) int { return s.Euros }))
		}),
		of("days", func(q T) string { return number(total(q.Supports, func(s registry.Support) int { return s.Days })) }),
		of("answer", func(q T) string {
			if q.Answer == nil {
				return ""
			}
			return q.Answer.Software
		}),
	})
}

func total(list []registry.Support, of func(registry.Support) int) (sum int) {
	for _, s := range list {
		sum += of(s)
	}
	return sum
}
