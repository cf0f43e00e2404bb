// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed data/names_fr.txt
var frenchNamesData string

// newFrenchNames reads names_fr.txt.
func newFrenchNames() (*names, error) {
	x := &names{next: map[uint64]int32{}, ends: map[int32]name{}, words: map[string]uint32{}}
	if err := x.addFile(frenchNamesData); err != nil {
		return nil, fmt.Errorf("names_fr.txt: %w", err)
	}
	return x, nil
}

// name is the licence named at word i and how sure that is.
func (r *frenchReader) name(i int) (a atom, score float64, ok bool) {
	a = atom{from: i}
	score = 0.9
	switch r.n.words[i] {
	case "domaine":
		a.expr, a.to = r.publicDomain(i)
		score = 0.8
	case "cecill", "cecillb", "cecillc":
		a.expr, a.to, a.loose = r.cecill(i)
	case "creative", "cc":
		a.expr, a.to = r.creativeCommons(i)
	case "license", "etalab":
		a.expr, a.to = r.etalab(i)
	}
	if a.to == 0 {
		a.expr, a.to, a.loose = r.d.eupl(r.n, i, r.to)
	}
	if a.to == 0 {
		a.expr, a.to, a.loose = r.gnu(i)
	} else if a.loose {
		score = unversioned
	}
	if a.to > 0 {
		return a, score, true
	}
	if a, ok := r.sold(i); ok {
		return a, score, true
	}
	found, k := r.d.names.french.find(r.n.words[i:r.to])
	if e, n := r.d.names.find(r.n.words[i:r.to]); n > k && !e.url {
		found, k = e, n
	}
	if k == 0 || r.generic(i, k) || strings.HasPrefix(found.expr, "CECILL") { // CeCILL is read by itself
		return a, 0, false
	}
	a = atom{found, i, i + k}
	if found.loose || r.n.vague(a) {
		score = vagueScore
	}
	return a, score, true
}

// sold reads the name of a licence that is sold: « licence commerciale ».
func (r *frenchReader) sold(i int) (atom, bool) {
	k := i
	if r.is(k, "license", "licenses") {
		k++
	}
	switch {
	case r.is(k, "commerciale", "commerciales"):
		return atom{name{expr: commercial, sold: true}, i, k + 1}, true
	case r.is(k, "proprietaire", "proprietaires"):
		return atom{name{expr: proprietary, sold: true}, i, k + 1}, true
	}
	return atom{}, false
}

// generic reports whether a name is only two common words: « licence ouverte » is any open licence.
func (r *frenchReader) generic(i, k int) bool {
	return k == 2 && r.n.words[i] == "license" && r.n.words[i+1] == "ouverte"
}

// digits reads the numbers from p on, at most two: 2 1 is 2.1. Next is where they end.
func (r *frenchReader) digits(p int) (version string, next int) {
	for next = p; next < min(p+2, r.to) && len(r.n.words[next]) == 1 && r.n.words[next][0] >= '0' && r.n.words[next][0] <= '9'; next++ {
		if version != "" {
			version += "."
		}
		version += r.n.words[next]
	}
	return version, next
}

// cecill reads the letter or the version of CeCILL. Without either it is version 2.0.
func (r *frenchReader) cecill(i int) (expr string, end int, loose bool) {
	end = i + 1
	letter := strings.TrimPrefix(r.n.words[i], "cecill")
	if letter == "" && r.is(end, "b", "c") {
		letter = r.n.words[end]
		end++
	}
	if letter != "" {
		_, end = r.digits(end)
		return "CECILL-" + strings.ToUpper(letter), end, false
	}
	version, end := r.digits(end)
	switch version {
	case "1.0", "1.1", "2.0", "2.1":
		return "CECILL-" + version, end, false
	case "1":
		return "CECILL-1.0", end, false
	case "2":
		return "CECILL-2.0", end, false
	}
	return "CECILL-2.0", end, true
}

// etalab reads the name of the Licence Ouverte, whose capital letter or author tells it from any open licence.
func (r *frenchReader) etalab(i int) (string, int) {
	p := i
	if r.is(p, "license") {
		if p++; r.is(p, "etalab") {
			p++
		}
		if !r.is(p, "ouverte") {
			if p == i+2 { // licence Etalab
				return r.etalabVersion(p)
			}
			return "", 0
		}
		own := r.t.Words[r.n.at[p]].Capital
		p++
		for r.is(p, "open", "license", "etalab", "de", "d", "fr", "lo") {
			own = own || r.is(p, "open", "etalab")
			p++
		}
		if version, _ := r.digits(p); own || version != "" {
			return r.etalabVersion(p)
		}
		return "", 0
	}
	if r.is(p+1, "license") { // Etalab Licence Ouverte
		return r.etalab(p + 1)
	}
	version, _ := r.digits(p + 1)
	if version == "" {
		return "", 0
	}
	return r.etalabVersion(p + 1)
}

func (r *frenchReader) etalabVersion(p int) (string, int) {
	version, end := r.digits(p)
	if strings.HasPrefix(version, "1") {
		return "LicenseRef-etalab-1.0", end
	}
	return "etalab-2.0", end
}

// creativeCommons reads a licence of Creative Commons by its elements, in French, English or short.
func (r *frenchReader) creativeCommons(i int) (string, int) {
	p := i + 1
	if r.n.words[i] == "creative" {
		if !r.is(p, "commons", "common") {
			return "", 0
		}
		p++
	}
	var by, nc, nd, sa bool
	for p < r.to {
		switch r.n.words[p] {
		case "by", "attribution", "paternite":
			by = true
		case "nc", "commerciale", "noncommercial", "commercial", "commerciales":
			nc = true
		case "nd", "modification", "modifications", "derivee", "derivees", "derives", "noderivatives", "noderivs":
			nd = true
		case "sa", "partage", "identique", "sharealike", "share":
			sa = true
		case "pas", "d", "de", "utilisation", "non", "dans", "les", "memes", "conditions", "oeuvre", "oeuvres", "travaux", "l", "alike", "cc", "no", "des", "initiales",
			"creative", "commons", "license", "paternity", "usage", "public", "publique":
		default:
			return r.creativeVersion(p, by, nc, nd, sa)
		}
		p++
	}
	return "", 0
}

func (r *frenchReader) creativeVersion(p int, by, nc, nd, sa bool) (string, int) {
	version, end := r.digits(p)
	if version == "" || !by && !nc && !sa && !nd {
		return "", 0
	}
	if len(version) == 1 {
		version += ".0"
	}
	id := "CC-BY"
	for _, e := range []struct {
		has  bool
		name string
	}{{nc, "-NC"}, {nd, "-ND"}, {sa && !nd, "-SA"}} {
		if e.has {
			id += e.name
		}
	}
	id += "-" + version
	for r.is(end, "international", "internationale", "france", "non", "transpose", "transposee", "unported", "generique", "de", "la", "license", "publique", "fr", "belgique") {
		end++
	}
	if _, ok := Info(id); !ok {
		return "", 0
	}
	if r.is(end-1, "france", "fr") {
		if _, ok := Info(id + "-FR"); ok {
			id += "-FR"
		}
	}
	return id, end
}

// publicDomain reads « domaine public ». That of the State, of the sea or of a road is another matter.
func (r *frenchReader) publicDomain(i int) (string, int) {
	if !r.is(i+1, "public") || r.is(i+2, "maritime", "fluvial", "routier", "ferroviaire", "hertzien", "communal", "de") {
		return "", 0
	}
	if !r.has(i-12, i, "ce", "cet", "cette", "ces", "present", "presente", "code", "projet", "programme", "logiciel", "script", "fichier", "contenu", "il", "est", "sont") {
		return "", 0
	}
	for p := i + 2; p < min(i+14, r.to); p++ { // by way of CC0, the Unlicense, 0BSD
		if r.is(p, "domaine") {
			break
		}
		if a, _, ok := r.name(p); ok && slices.Contains([]string{"CC0-1.0", "Unlicense", "0BSD", "WTFPL"}, a.expr) {
			return a.expr, a.to
		}
	}
	return publicDomain, i + 2
}
