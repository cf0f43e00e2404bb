// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "slices"

// The licences of GNU in French: « la Licence publique générale GNU, telle que publiée par la Free Software Foundation ; soit la version
// 2 de la Licence, ou (à votre discrétion) une version ultérieure quelconque ». Their names are given in French or in English, in every order.

// frenchGNU are names of the licences of GNU without gnu and the words between, longest first.
var frenchGNU = []struct {
	family string
	words  []string
}{
	{"LGPL", []string{"license", "publique", "generale", "limitee"}},
	{"LGPL", []string{"license", "publique", "generale", "amoindrie"}},
	{"LGPL", []string{"license", "publique", "generale", "moindre"}},
	{"LGPL", []string{"license", "publique", "generale", "mineure"}},
	{"LGPL", []string{"license", "publique", "generale", "reduite"}},
	{"LGPL", []string{"license", "publique", "generale", "pour", "les", "bibliotheques"}},
	{"LGPL", []string{"license", "publique", "limitee"}},
	{"AGPL", []string{"license", "publique", "generale", "affero"}},
	{"AGPL", []string{"license", "generale", "publique", "affero"}},
	{"AGPL", []string{"license", "publique", "affero"}},
	{"AGPL", []string{"license", "affero"}},
	{"GPL", []string{"license", "publique", "generale"}},
	{"GPL", []string{"license", "generale", "publique"}},
	{"GFDL", []string{"license", "documentation", "libre"}},
}

// skipsGNU takes gnu and the words that bind a name together.
func (r *frenchReader) skipsGNU(p int) int {
	for r.is(p, "gnu", "de", "la", "du", "l", "d", "le", "dite") {
		p++
	}
	return p
}

// gnu reads a licence of GNU that is named at word i.
func (r *frenchReader) gnu(i int) (expr string, end int, loose bool) {
	family, end := r.gnuName(i)
	if family == "" {
		return "", 0, false
	}
	for { // the short name or the English one behind the French, as in « Licence publique générale GNU (GNU GPL) »
		p := end
		for r.is(p, "gnu", "ou", "la", "license", "licenses") {
			p++
		}
		again, stop := r.gnuName(p)
		if again == "" || stop <= end || again != family && !(family == "GPL" && again != "GFDL") || r.is(end, "ou") {
			break
		}
		family, end = again, stop
	}
	if r.is(end, "gnu") {
		end++
	}
	version, later, stop := r.versionBehind(family, end)
	if version == "" {
		version, later = r.versionInFront(family, i, later)
	}
	if version == "" {
		return map[string]string{"GPL": "GPL-1.0-or-later", "LGPL": "LGPL-2.0-or-later", "AGPL": "AGPL-3.0-or-later", "GFDL": "GFDL-1.1-or-later"}[family], max(end, stop), true
	}
	if later {
		return family + "-" + version + "-or-later", max(end, stop), false
	}
	return family + "-" + version + "-only", max(end, stop), false
}

// gnuName is the family that is named at word i, and where the name ends.
func (r *frenchReader) gnuName(i int) (family string, end int) {
	if i >= r.to {
		return "", 0
	}
	switch r.n.words[i] {
	case "gnu", "gpl", "lgpl", "agpl", "gfdl", "license", "general", "lesser", "library", "affero", "free":
	default:
		return "", 0
	}
	for _, g := range frenchGNU {
		p := i
		for k, w := range g.words {
			if k > 0 || r.is(p, "gnu") {
				p = r.skipsGNU(p)
			}
			if !r.is(p, w) {
				p = -1
				break
			}
			p++
		}
		if p > 0 {
			return g.family, p
		}
	}
	p := i
	if r.is(p, "license") {
		p++
	}
	if r.is(p, "gnu") {
		p++
	}
	if p > i && r.is(p, "affero") && !r.is(p+1, "general", "gpl", "public") {
		return "AGPL", p + 1
	}
	for _, g := range gnuNames {
		if k := p + len(g.words); k <= r.to && slices.Equal(r.n.words[p:k], g.words) {
			return g.family, k
		}
	}
	return "", 0
}

// gnuVersion reads a version of the family at word p.
func (r *frenchReader) gnuVersion(family string, p int) (version string, next int) {
	if r.is(p, "21") {
		return "2.1", p + 1
	}
	version, next = r.digits(p)
	if len(version) == 1 {
		version += ".0"
	}
	if _, ok := Info(family + "-" + version + "-only"); ok {
		return version, next
	}
	if len(version) == 3 { // 2 1991: not a minor version
		if _, ok := Info(family + "-" + version[:1] + ".0-only"); ok {
			return version[:1] + ".0", p + 1
		}
	}
	return "", 0
}

// versionBehind looks for the version behind the name, which ends at p.
func (r *frenchReader) versionBehind(family string, p int) (version string, later bool, end int) {
	other := 0
	for q := p; q < r.to && q < p+28; q++ {
		if v, next := r.gnuVersion(family, q); v != "" {
			later, end := r.laterBehind(next)
			return v, later, end
		}
		w := r.n.words[q]
		if isFrenchLater(w) {
			return "", true, q + 1
		}
		if !isFrenchVersionFiller(w) {
			if other++; other > 1 || w == masked {
				return "", false, p
			}
		}
	}
	return "", false, p
}

// laterBehind looks for « ou toute version ultérieure » behind a version that ends at p.
func (r *frenchReader) laterBehind(p int) (later bool, end int) {
	if r.is(p, "plus") {
		return true, p + 1
	}
	if r.is(p, "or") && r.is(p+1, "later") { // -or-later
		return true, p + 2
	}
	joined := false
	for q := p; q < r.to && q < p+20; q++ {
		switch w := r.n.words[q]; {
		case w == "ou" || w == "soit" || w == "et" || w == "toute" || w == "voire" || w == "or":
			joined = true
		case isFrenchLater(w) && (joined || q == p):
			return true, q + 1
		case w == "seulement" || w == "uniquement" || w == "exclusivement" || w == "only":
			return false, q + 1
		case (w == "sup" || w == "plus") && joined:
		case w == "choisie":
		case !isFrenchVersionFiller(w):
			return false, p
		}
	}
	return false, p
}

// versionInFront looks for the version in front of the name, which begins at i: « la version 2 (ou ultérieure) de la GPL ».
func (r *frenchReader) versionInFront(family string, i int, later bool) (string, bool) {
	for p := i - 1; p >= r.from && p >= i-14; p-- {
		w := r.n.words[p]
		if isFrenchLater(w) {
			later = true
			continue
		}
		if p > r.from {
			if v, next := r.gnuVersion(family, p-1); v != "" && next == p+1 && len(r.n.words[p]) == 1 {
				return v, later
			}
		}
		if v, next := r.gnuVersion(family, p); v != "" && next == p+1 {
			return v, later
		}
		switch w {
		case "de", "la", "l", "du", "d", "ou", "toute", "une", "license", "cette", "gnu", "bien", "plus", "choix", "votre":
		default:
			return "", later
		}
	}
	return "", later
}

// translationWords is how long a text is at least that may be a translated licence of GNU.
const translationWords = 500

// gnuTranslation reports whether a text is a licence of GNU in French. Translations differ, none is official; but each has the title
// with version and the sentence that allows to copy the document and not to change it. What the text says further, of other licences
// and of how to apply it, is no statement.
func (d *Detector) gnuTranslation(n *notice, t *plainText) (s statement, ok bool) {
	if len(n.words) < translationWords {
		return s, false
	}
	r := frenchReader{d: d, t: t, n: n, to: 300}
	for i := range 150 {
		family, end := r.gnuName(i)
		if family == "" {
			continue
		}
		for q := end; q < end+8; q++ {
			version, next := r.gnuVersion(family, q)
			if version == "" {
				continue
			}
			if r.has(next, next+90, "copier", "copie", "copies", "reproduire") && r.has(next, next+90, "distribuer", "distribution", "diffuser") &&
				r.has(next, next+90, "modifier", "modification", "modifications", "changer") && r.has(next, next+90, "autorise", "autorisee", "autorisees", "permis", "permise", "libre", "interdit") {
				from, to := int(n.at[i]), int(n.at[len(n.at)-1])+1
				return statement{expr: Expression{family + "-" + version + "-only"}, from: from, to: to, how: "text", score: 0.8}, true
			}
			break
		}
	}
	return s, false
}
