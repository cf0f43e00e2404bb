// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"slices"

	"communs/search"
)

// nearPerHit is how many near copies of a hit are listed.
const nearPerHit = 10

// nearView is what a hit says of the near copies that are folded under it.
type nearView struct {
	Count  string
	Others []badge // licences among them that the hit itself does not have
	List   []nearLine
	Rest   int    // that are not listed
	Unfold string // the question with each of them by itself
}

type nearLine struct {
	Repo  string
	Block link
	Where string
	Badge badge
	Alike string
}

func viewNear(r *request, q, into string, h *search.Hit) *nearView {
	if len(h.Near) == 0 {
		return nil
	}
	v := &nearView{Count: r.said.T("search.near", len(h.Near)), Unfold: r.link.search(q+" fold:no", "into", into)}
	for i, n := range h.Near {
		b := newBadge(n.License, n.Libre)
		if n.License != h.License && !slices.Contains(v.Others, b) {
			v.Others = append(v.Others, b)
		}
		if i >= nearPerHit {
			v.Rest++
			continue
		}
		v.List = append(v.List, nearLine{
			shortRepo(n.Repo), link{r.link.block(n.ID), plain(n.Path)}, lineRange(r.said, n.Start, n.End), b, r.said.T("web.similar.alike", int(100*n.Similarity+0.5)),
		})
	}
	return v
}

// viewLater puts, under the last hit of each repository whose further hits come later, a link to them.
func viewLater(r *request, into string, answer *search.Page, hits []hitView) {
	for _, l := range answer.Later {
		for i := len(hits) - 1; i >= 0; i-- {
			if answer.Hits[i].Repo == l.Repo {
				hits[i].Later = link{r.link.search(l.Query, "into", into), r.said.T("web.later", l.Hits, shortRepo(l.Repo))}
				break
			}
		}
	}
}
