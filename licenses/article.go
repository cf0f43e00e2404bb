// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
	"sync"
)

// Some licences say themselves where their code may go. Their words come before the matrix; passages.go holds them.

// citation is a place in the text of a licence.
type citation struct {
	source string // the SPDX id whose text is quoted
	at     string // how the place is called there
	quote  string // its words, as they stand there
}

func (c citation) ground(kind string, answer Answer) Ground {
	detail := strings.TrimSuffix(c.source, "-only")
	if c.at != "" {
		detail += ", " + c.at
	}
	return Ground{Kind: kind, Answer: answer, Detail: detail, Source: c.source, Quote: c.quote}
}

// passage is what a licence says of a pair: code under one of from may go into a project under one of into.
type passage struct {
	citation
	kind       string
	answer     Answer
	from, into string // ids separated by spaces
	uses       []Use  // empty: copying and linking
}

// term is what a licence says whatever the project's licence is.
type term struct {
	citation
	ids string // separated by spaces
}

// has reports whether an id is in a list separated by spaces.
func has(list, id string) bool {
	for {
		at := strings.Index(list, id)
		if at < 0 {
			return false
		}
		end := at + len(id)
		if (at == 0 || list[at-1] == ' ') && (end == len(list) || list[end] == ' ') {
			return true
		}
		list = list[end:]
	}
}

// byPair holds the passages by the two ids.
var byPair = sync.OnceValue(func() map[pair][]passage {
	all := map[pair][]passage{}
	for _, p := range passages {
		for _, f := range licenseList(p.from) {
			for _, i := range licenseList(p.into) {
				all[pair{f, i}] = append(all[pair{f, i}], p)
			}
		}
	}
	return all
})

// licenseList reads ids separated by spaces; one with an exception has an underscore instead of its spaces.
func licenseList(s string) []string {
	list := strings.Fields(s)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "_", " ")
	}
	return list
}

// article looks for a licence's own words. An exception for linking stands towards every known licence, an article on libraries
// only towards free ones whose own terms do not reach what is linked: those allow what the article asks of the whole.
func article(from, into *node, use Use) (Ground, bool) {
	for _, p := range byPair()[pair{from.String(), into.String()}] {
		if len(p.uses) == 0 || slices.Contains(p.uses, use) {
			return p.ground(p.kind, p.answer), true
		}
	}
	if g, ok := anyFree(from, into); ok {
		return g, true
	}
	if use != Link {
		return Ground{}, false
	}
	if into.op == opWith && from.String() == "OpenSSL" {
		if t, ok := find(openSSL, into.kids[1].id); ok {
			return t.ground(KindArticle, Yes), true
		}
	}
	if from.op == opWith {
		if t, ok := find(linking, from.kids[1].id); ok && Known(Expression{into.String()}) {
			return t.ground(KindArticle, Yes), true
		}
		if !addsPermissions(from.kids[1].id) {
			return Ground{}, false
		}
		from = from.kids[0]
	}
	if strong(into) || into.op == opWith && strong(into.kids[0]) {
		return Ground{}, false
	}
	t, ok := find(library, from.id)
	if l, _ := into.libre(); !ok || l != LibreYes {
		return Ground{}, false
	}
	return t.ground(KindArticle, Yes), true
}

// find is the term that speaks for an id.
func find(terms []term, id string) (term, bool) {
	for _, t := range terms {
		if has(t.ids, id) {
			return t, true
		}
	}
	return term{}, false
}

// anyFree answers for the licences that name a class of licences instead of licences.
func anyFree(from, into *node) (Ground, bool) {
	libre, ground := into.libre()
	if into.op == opWith {
		into = into.kids[0]
	}
	free := libre == LibreYes && (ground == GroundOSI || ground == GroundFSF)
	switch id := from.String(); {
	case has("OFL-1.0 OFL-1.0-no-RFN OFL-1.0-RFN OFL-1.1 OFL-1.1-no-RFN OFL-1.1-RFN", id) && Known(Expression{into.id}):
		c := bundling
		c.source = id
		return c.ground(KindArticle, Yes), true
	case id == "LiLiQ-P-1.1" && free:
		return sublicensing.ground(KindArticle, Yes), true
	case id == "etalab-2.0" && free && asks(into.id, Attribution):
		return paternity.ground(KindArticle, Yes), true
	case id == "CECILL-B" && free && isLax(into.id) && asks(into.id, Attribution):
		return otherAgreement.ground(KindArticle, Yes), true
	case id == "CC-BY-4.0" && free && isLax(into.id) && asks(into.id, Attribution):
		return adapter.ground(KindArticle, Yes), true
	}
	return Ground{}, false
}

// reciprocal answers no where a licence wants to be that of the whole. Permissive terms would then not be the project's; of licences
// that ask the same themselves only those answer that know no compatible ones.
func reciprocal(from, into *node, use Use) (Ground, bool) {
	info, known := Info(into.String())
	if !known || info.Exception || from.op != opLicense {
		return Ground{}, false
	}
	for _, r := range reciprocity {
		if !has(r.ids, from.id) || use == Link && !r.linked || r.lenient && !isLax(into.id) ||
			r.sparing != "" && strings.HasPrefix(into.id, r.sparing) {
			continue
		}
		return r.ground(KindArticle, No), true
	}
	return Ground{}, false
}

// isLax reports whether a licence is free, and known to ask nothing that reaches beyond its own code.
func isLax(id string) bool {
	_, known := catalogue()[id]
	libre, _ := libreOf(id)
	return known && libre == LibreYes && !asks(id, SameLicense) && !asks(id, Source) && !asks(id, NetworkUse)
}

// reachesNetwork reports whether a licence counts a network service as handing on, or has terms for it.
func reachesNetwork(n *node) bool {
	if n.op == opWith {
		n = n.kids[0]
	}
	return asks(n.id, NetworkUse)
}

// notConveyed answers for a service: the licence of the code asks for something only of copies that are handed on, and the project's
// is a free one whose terms are known and say nothing of services.
func notConveyed(from, into *node) (Ground, bool) {
	if from.op == opWith {
		if !addsPermissions(from.kids[1].id) {
			return Ground{}, false
		}
		from = from.kids[0]
	}
	t, ok := find(conveying, from.id)
	libre, _ := into.libre()
	if into.op == opWith {
		into = into.kids[0]
	}
	if _, known := catalogue()[into.id]; !ok || !known || libre != LibreYes || unclearOfServices(into.id) {
		return Ground{}, false
	}
	return t.ground(KindArticle, Yes), true
}

// unclearOfServices reports whether a licence's own words leave open if a service hands the work on.
func unclearOfServices(id string) bool {
	return strings.HasPrefix(id, "CECILL-") || strings.HasPrefix(id, "CDDL-") || strings.HasPrefix(id, "CC-")
}
