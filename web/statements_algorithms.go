// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"

	"communs/registry/descriptors"
	"communs/registry/find"
	"communs/search"
)

// algorithm is one of those in use: what it does, on what data, what it does not, how to contest what it says, and the document that tells it whole.
type algorithm struct {
	id     string
	does   []any // what its first sentence is told with
	tables []opsTable
	doc    string
}

// algorithms states the algorithms and statistical models in use.
func (s *Server) algorithms(v statementView) []statementPart {
	about := v.part("about", "none-on-people", "model", "open")
	about.Facts = []statementFact{s.sourceFact(v), s.contactFact(v)}
	parts := []statementPart{about}
	for _, a := range []algorithm{
		{id: "lexicon", doc: "docs/ranking.md"},
		{id: "code", tables: []opsTable{v.codeWeights()}, doc: "docs/ranking.md"},
		{id: "software", tables: []opsTable{v.softwareWeights()}, doc: "docs/ranking-software.md"},
		{id: "similar", does: []any{v.percent(search.CopySimilarity), v.percent(search.NearSimilarity)}, tables: []opsTable{v.similarWeights()}, doc: "docs/similar.md"},
		{id: "licences", doc: "docs/licences.md"},
		{id: "needs", does: []any{v.weight(descriptors.Enough), descriptors.MostProposed}, tables: []opsTable{v.placeWeights()}, doc: "docs/catalogue.md"},
		{id: "lookalikes", doc: "docs/catalogue.md"},
		{id: "votes", doc: "docs/gouvernance.md"},
	} {
		p := statementPart{ID: a.id, Title: v.t(a.id), Tables: a.tables}
		for _, key := range []string{"does", "data", "not", "contest"} {
			var args []any
			if key == "does" {
				args = a.does
			}
			p.Facts = append(p.Facts, statementFact{Head: v.t(key), Text: v.t(a.id+"."+key, args...)})
		}
		p.Facts = append(p.Facts, statementFact{Head: v.t("doc"), Text: a.doc})
		parts = append(parts, p)
	}
	return parts
}

// weight writes a weight as the language does.
func (v statementView) weight(w float64) string {
	return strings.Replace(decimal(v.r.said, w, -1), "-", "−", 1)
}

func (v statementView) percent(share float64) string {
	return v.r.said.T("web.percent", int(share*100+.5))
}

func (v statementView) weights(id string, heads ...string) opsTable {
	t := opsTable{ID: id + "-weights", Title: v.t("weights." + id), Heads: []string{v.t("weights.term")}}
	for _, head := range heads {
		t.Heads = append(t.Heads, v.t("weights."+head))
	}
	return t
}

func (v statementView) codeWeights() opsTable {
	t := v.weights("code", "usual", "long")
	for _, w := range search.Weights() {
		t.add(v.r.said.T("search.term."+w.Term), v.weight(w.Usual), v.weight(w.Long))
	}
	return t
}

func (v statementView) softwareWeights() opsTable {
	t := v.weights("software", "weight")
	for _, w := range find.Terms() {
		t.add(v.r.said.T("find.why."+w.Term), v.weight(w.Weight))
	}
	return t
}

func (v statementView) similarWeights() opsTable {
	t := v.weights("similar", "weight")
	for _, w := range search.SimilarWeights() {
		t.add(v.r.said.T("search.term."+w.Term), v.weight(w.Weight))
	}
	return t
}

func (v statementView) placeWeights() opsTable {
	t := v.weights("needs", "weight")
	for _, p := range descriptors.PlaceWeights() {
		t.add(v.r.said.T("web.statement.place."+string(p.Where)), v.weight(p.Weight))
	}
	return t
}
