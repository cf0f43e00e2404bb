// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

import (
	"cmp"
	"slices"

	"communs/internal/ledger"
	"communs/registry"
)

// Least is how often something must have been asked for in one month to be told.
const Least = ledger.Threshold

// Beside is what is known beside the catalogue. Its zero value knows nothing.
type Beside struct {
	Archived func(repository string) (Archived, bool) // false: the archive has not been asked
	Book     ledger.Book
}

// Archived says whether Software Heritage holds a repository.
type Archived struct {
	Held  bool
	Asked registry.Date // when it said so
}

// Repository is one repository of the software that is counted.
type Repository struct {
	URL      string        `json:"url"`
	Archived string        `json:"archived"` // yes, no; empty: not asked yet
	Asked    registry.Date `json:"asked,omitempty"`
}

// archiveChart counts the repositories of the software, each once.
func (v *view) archiveChart(b *Beside) Chart {
	states, seen := counter{}, map[string]bool{}
	var list []Repository
	for _, s := range v.software {
		for _, url := range s.Repositories {
			if seen[url] {
				continue
			}
			seen[url] = true
			r := Repository{URL: url}
			if b.Archived != nil {
				if state, asked := b.Archived(url); asked {
					r.Archived, r.Asked = "no", state.Asked
					if state.Held {
						r.Archived = "yes"
					}
				}
			}
			states.row(r.Archived).N++
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b Repository) int { return cmp.Compare(a.URL, b.URL) })
	return Chart{ID: "archive-coverage", Of: OfArchive, Total: len(list), Rows: states.most(), Timeless: true, Repositories: list}
}

// unansweredCharts count what questions that found nothing spoke of.
func unansweredCharts(b *Beside, f Filter) []Chart {
	chart := func(id string, of Of, about, kind string) Chart {
		rows, total := counter{}, 0
		for _, u := range b.Book.Unanswered {
			if u.About != about || u.N < Least || !f.within(registry.Date(u.Month)) {
				continue
			}
			switch u.Kind {
			case kind:
				rows.row(u.Term.Term).N += u.N
			case ledger.KindQuestion:
				total += u.N
			case ledger.KindUnclear:
				if kind == ledger.KindWord {
					rows.row("").N += u.N
				}
			}
		}
		return Chart{ID: id, Of: of, Total: total, Rows: rows.most(), Whole: true, Least: Least}
	}
	return []Chart{
		chart("unanswered-needs", OfNeed, ledger.AboutSoftware, ledger.KindNeed),
		chart("unanswered-software-words", OfWord, ledger.AboutSoftware, ledger.KindWord),
		chart("unanswered-code-words", OfWord, ledger.AboutCode, ledger.KindWord),
	}
}

// ownCharts tell what Communs itself costs.
func ownCharts(b *Beside, f Filter) []Chart {
	months := func(id string, list []ledger.Month) Chart {
		c := Chart{ID: id, Of: OfMonth, Rows: []Row{}, Whole: true}
		for _, m := range list {
			if m.N > 0 && f.within(registry.Date(m.Month)) { // nothing can be said for each of none
				c.Total += m.N
				c.Rows = append(c.Rows, Row{Key: m.Month, N: m.N, CPU: m.CPU.Milliseconds(), Bytes: m.Bytes})
			}
		}
		return c
	}
	stored := Chart{ID: "own-storage", Of: OfStore, Rows: []Row{}, Whole: true, Timeless: true}
	if s := b.Book.Stored; s != nil {
		stored.Total = 3
		stored.Rows = []Row{{Key: "mirrors", Bytes: s.Mirrors}, {Key: "shards", Bytes: s.Shards}, {Key: "database", Bytes: s.Database}}
	}
	return []Chart{months("own-crawls", b.Book.Crawls), months("own-indexing", b.Book.Indexings), months("own-searches", b.Book.Serving), stored}
}
