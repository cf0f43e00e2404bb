// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"slices"
	"strings"

	"communs/licenses"
)

// A licenseTerm is an SPDX expression with what does not count taken out: the order of its parts, parts said twice, deprecated ids. It is read
// here and not by package licenses, which is what is measured.
type licenseTerm struct {
	op   string // "", WITH, AND or OR
	id   string // where op is empty
	kids []licenseTerm
}

// readLicenseTerm reads an expression; an empty one has neither id nor kids.
func readLicenseTerm(text string) licenseTerm {
	text = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	r := termReader{strings.Fields(text)}
	return r.joined("OR")
}

// termReader holds the words that are still to be read.
type termReader struct{ words []string }

// binds tells which operator binds the parts of another.
var binds = map[string]string{"OR": "AND", "AND": "WITH", "WITH": ""}

// joined reads terms between which an operator stands.
func (r *termReader) joined(op string) licenseTerm {
	if op == "" {
		return r.leaf()
	}
	var kids []licenseTerm
	for {
		kids = append(kids, r.joined(binds[op]))
		if len(r.words) == 0 || r.words[0] != op {
			return joinTerms(op, kids)
		}
		r.words = r.words[1:]
	}
}

func (r *termReader) leaf() licenseTerm {
	if len(r.words) == 0 {
		return licenseTerm{}
	}
	word := r.words[0]
	r.words = r.words[1:]
	if word != "(" {
		return currentTerm(word)
	}
	t := r.joined("OR")
	if len(r.words) > 0 && r.words[0] == ")" {
		r.words = r.words[1:]
	}
	return t
}

// currentTerm replaces an id that SPDX has given up by what it has put in its place.
func currentTerm(id string) licenseTerm {
	if base, ok := strings.CutSuffix(id, "+"); ok {
		if info, ok := licenses.Info(base + "-or-later"); ok {
			return licenseTerm{id: info.ID}
		}
	}
	if info, ok := licenses.Info(id); ok {
		if info.Deprecated && info.Current != "" && !strings.EqualFold(info.Current, id) {
			return readLicenseTerm(info.Current)
		}
		return licenseTerm{id: info.ID}
	}
	return licenseTerm{id: id}
}

// joinTerms takes in parts of the same operator, sorts them and leaves out what is said twice.
func joinTerms(op string, kids []licenseTerm) licenseTerm {
	var flat []licenseTerm
	for _, k := range kids {
		switch {
		case op != "WITH" && k.op == op:
			flat = append(flat, k.kids...)
		case k.op != "" || k.id != "":
			flat = append(flat, k)
		}
	}
	if op != "WITH" {
		slices.SortFunc(flat, func(a, b licenseTerm) int { return strings.Compare(a.String(), b.String()) })
		flat = slices.CompactFunc(flat, func(a, b licenseTerm) bool { return a.String() == b.String() })
	}
	switch len(flat) {
	case 0:
		return licenseTerm{}
	case 1:
		return flat[0]
	}
	return licenseTerm{op: op, kids: flat}
}

// String is the same for expressions that mean the same.
func (t licenseTerm) String() string {
	if t.op == "" {
		return t.id
	}
	parts := make([]string, len(t.kids))
	for i, k := range t.kids {
		parts[i] = k.String()
		if k.op == "AND" || k.op == "OR" {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+t.op+" ")
}

// ids lists the licences of a term, each once, in order; exceptions too where they are asked for.
func (t licenseTerm) ids(exceptions bool) []string {
	if t.op == "" {
		if t.id == "" {
			return nil
		}
		return []string{t.id}
	}
	var all []string
	for i, k := range t.kids {
		if t.op == "WITH" && i > 0 && !exceptions {
			break
		}
		all = append(all, k.ids(exceptions)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// hasChoice reports whether something may be chosen.
func (t licenseTerm) hasChoice() bool {
	return t.op == "OR" || slices.ContainsFunc(t.kids, licenseTerm.hasChoice)
}
