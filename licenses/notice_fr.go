// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
)

// A French notice is read sentence by sentence: words that introduce a licence (« distribué sous licence », « régi par la », « selon les
// termes de la »), words that mean nothing by themselves, then one or several names. What the sentence says before decides whether it is
// a statement: « n'est pas sous », « compatible avec », « était auparavant sous », « doit être sous », « utilise une bibliothèque sous »
// are none. A sentence that was understood as French, whatever it states, is not read as English too.
type frenchReader struct {
	d    *Detector
	t    *plainText
	n    *notice
	from int // the sentence, in words of the notice
	to   int
}

// findFrench reads the French sentences of a text and masks them.
func (d *Detector) findFrench(n *notice, t *plainText) []statement {
	if s, ok := d.gnuTranslation(n, t); ok {
		for i := range n.words {
			n.words[i] = masked
		}
		return []statement{s}
	}
	var found []statement
	for from := 0; from < len(n.words); {
		to := from + 1
		for to < len(n.words) && !endsFrench(n, t, to) {
			to++
		}
		r := frenchReader{d: d, t: t, n: n, from: from, to: to}
		statements, understood := r.sentence()
		found = append(found, statements...)
		if understood {
			for i := from; i < to; i++ {
				n.words[i] = masked
			}
		}
		from = to
	}
	return found
}

// unversioned is the confidence in a notice that names no version.
const unversioned = 0.7

// endsFrench reports whether a sentence ends before word i.
func endsFrench(n *notice, t *plainText, i int) bool {
	if n.words[i] == masked || n.words[i-1] == masked || t.Words[n.at[i]].Break {
		return true
	}
	g := n.gap[i]
	if g&gapParagraph != 0 {
		return true
	}
	switch n.words[i] {
	case "soit", "telle", "pas", "partage", "attribution": // these go on with the sentence, whatever the sign and the capital letter
		return false
	}
	c := n.words[i][0]
	return (c < '0' || c > '9') && g&gapSentence != 0
}

// sentence reads one sentence; understood tells that it introduces a licence in French, be it to deny it.
func (r *frenchReader) sentence() (found []statement, understood bool) {
	for p := r.from; p < r.to; {
		next := r.trigger(p)
		if next < 0 {
			p++
			continue
		}
		s, end, ok := r.introduced(p, next)
		if !ok {
			p = next
			continue
		}
		understood = true
		if s.expr.text != "" && !r.refuses(p) {
			found = append(found, s)
		}
		p = end
	}
	if len(found) > 1 { // « placé dans le domaine public … par la licence CC0 »
		found = slices.DeleteFunc(found, func(s statement) bool { return s.expr.text == publicDomain })
	}
	return found, understood
}

// trigger reports whether words that introduce a licence begin at p, and where they end; -1 when they do not.
func (r *frenchReader) trigger(p int) int {
	w := r.n.words[p]
	switch w {
	case "sous":
		return p + 1
	case "regi", "regie", "regis", "regies", "regit", "couvert", "couverte", "couverts", "protege", "protegee", "proteges", "encadre", "defini", "definie", "voie":
		if q := p + 1; r.is(q, "par", "de") {
			return q + 1
		}
	case "selon", "suivant":
		if r.is(p+1, "les") && r.is(p+2, "memes") {
			return p + 2
		}
	case "soumis", "soumise", "soumises":
		return p + 1
	case "termes", "clauses", "conditions", "dispositions", "contraintes", "terme", "respect", "vertu":
		if q := p + 1; r.is(q, "de", "du", "des", "d") {
			return q + 1
		}
	case "en", "avec", "utilise", "utilisent", "adopte", "adoptent":
		for q := p + 1; q < r.to && q < p+4; q++ {
			if r.is(q, "license") {
				return q
			}
			if !r.is(q, "la", "une", "un", "double") {
				break
			}
		}
	case "est":
		if r.has(r.from, min(p, r.from+8), "license") {
			return p + 1
		}
	case "license":
		if r.titles(p) {
			return p
		}
	case "dans", "au", "du":
		if r.is(p+1, "domaine", "le") && r.has(p+1, p+3, "domaine") {
			return p + 1
		}
	}
	return -1
}

// titles reports whether the name of a licence is all of the line that begins at p: « Licence CeCILL-B » over a file, not over the
// text of that licence.
func (r *frenchReader) titles(p int) bool {
	if !r.n.first[p] || p > 200 {
		return false
	}
	a, _, ok := r.name(p)
	if !ok && p+1 < r.to {
		a, _, ok = r.name(p + 1)
	}
	return ok && isFrenchLicense(a.expr) && (a.to == len(r.n.words) || r.n.first[a.to]) && !r.n.heads(a.to, a.expr)
}

// isFrenchLicense reports whether a licence was written in French, so that its name alone is not an English sentence.
func isFrenchLicense(expr string) bool {
	for _, s := range []string{"CECILL-", "etalab-", "LicenseRef-etalab-", "LiLiQ-", "EUPL-", "LAL-"} {
		if strings.HasPrefix(expr, s) {
			return true
		}
	}
	return false
}

// maxFrenchGap is how many words may stand between an introduction and the name.
const maxFrenchGap = 16

// introduced reads the names that follow an introduction.
func (r *frenchReader) introduced(trigger, p int) (s statement, end int, ok bool) {
	for q := p; q < r.to && q < p+maxFrenchGap; q++ {
		if a, score, ok := r.name(q); ok {
			s, end = r.group(trigger, a, score)
			return s, end, true
		}
		if !isFrenchFiller(r.n.words[q]) {
			return s, 0, false
		}
	}
	return s, 0, false
}

// group reads the names that are joined to the first: a choice (« ou », « au choix », « double licence », a slash) or all.
func (r *frenchReader) group(trigger int, first atom, score float64) (statement, int) {
	atoms, both := []atom{first}, false
	p, next, other, joined := first.from, first.to, 0, gap(0)
	either := r.has(p-10, p, "double", "triple", "choix", "soit")
	for q := next; q < r.to && q < next+12; q++ {
		joined |= r.n.gap[q]
		if a, sc, ok := r.name(q); ok {
			if !restates(atoms, a) {
				if r.has(next, q, "et", "puis") {
					both = true
				} else if r.has(next, q, "ou", "soit") || joined&gapSlash != 0 || q == next {
					either = true
				} else if joined&gapComma == 0 {
					break
				}
				atoms, score = append(atoms, a), min(score, sc)
			}
			q, next, joined = a.to-1, a.to, 0
			continue
		}
		if !isFrenchJoint(r.n.words[q]) {
			if other++; other > 2 {
				break
			}
		}
	}
	either = either || r.has(next, next+6, "choix", "preference", "option")
	either = either || slices.ContainsFunc(atoms, func(a atom) bool { return a.sold })
	s := statement{from: int(r.n.at[p]), to: int(r.n.at[next-1]) + 1, how: "notice", score: score, choice: either}
	if len(atoms) == 1 && first.sold { // alone it says nothing
		return s, next
	}
	var es []Expression
	for _, a := range atoms {
		if x, err := Parse(a.expr); err == nil {
			es = append(es, x)
		}
		if a.loose {
			s.loose = append(s.loose, a.expr)
		}
	}
	if either && !(both && !slices.ContainsFunc(atoms, func(a atom) bool { return a.sold }) && !r.has(p-10, p, "double", "triple", "choix") && !r.has(next, next+6, "choix")) {
		s.expr = Or(es...)
	} else {
		s.expr = And(es...)
	}
	if x := r.exception(next); x != "" {
		s.expr = withException(s.expr, x)
	}
	return s, next
}

// restates reports whether a name only says again what was said: « GNU AGPL v3 ou ultérieure (AGPL-3.0-or-later) ».
func restates(atoms []atom, a atom) bool {
	return slices.ContainsFunc(atoms, func(o atom) bool {
		return o.expr == a.expr || line(o.expr) == line(a.expr) && (a.loose || family(o.expr) == family(a.expr))
	})
}

// exception is the exception that the words from p on name: « avec l'exception Classpath ».
func (r *frenchReader) exception(p int) string {
	for q := p; q < min(p+12, r.to); q++ {
		if !r.is(q, "exception", "exceptions") {
			continue
		}
		for word, id := range map[string]string{"classpath": "Classpath-exception-2.0", "llvm": "LLVM-exception", "autoconf": "Autoconf-exception-generic", "bison": "Bison-exception-2.2"} {
			if r.has(q-3, q+5, word) {
				return id
			}
		}
	}
	return ""
}

// allows reports whether the words at q give a permission: « peut être redistribué sous ».
func (r *frenchReader) allows(q int) bool {
	if !r.is(q, "peut", "peuvent", "pourra", "pourront") || !r.is(q+1, "etre") {
		return false
	}
	for _, stem := range []string{"redistribu", "distribu", "diffus", "utilis", "reutilis", "modifi", "copi", "repris", "publi", "emplo"} {
		if q+2 < r.to && strings.HasPrefix(r.n.words[q+2], stem) {
			return true
		}
	}
	return false
}

// ofParts reports whether the introduction at p says of which part of something the licence is: « les parties sous licence MIT sont dans lib ».
func (r *frenchReader) ofParts(p int) bool {
	return r.is(p, "sous") && r.is(p-1, "parties", "composants", "morceaux", "portions", "fichiers", "bibliotheques", "dependances", "modules", "elements", "logiciels", "programmes", "paquets")
}

// refuses reports whether what stands before the introduction at p takes its meaning away, or the sentence is a question.
func (r *frenchReader) refuses(p int) bool {
	if r.ofParts(p) {
		return true
	}
	if r.to < len(r.n.words) && r.n.gap[r.to]&gapQuestion != 0 || r.to == len(r.n.words) && r.t.gap&gapQuestion != 0 {
		return true
	}
	for q := p - 1; q >= r.from && q >= p-40; q-- {
		w, near := r.n.words[q], p-q <= 7
		if r.allows(q) || (w == "celui" || w == "celle" || w == "qui") && r.has(q-3, q, "choix", "gre", "convenance") { // au choix de celui qui le reprend
			continue
		}
		if isFrenchRefusal(w) || near && isNearRefusal(w) || w == "exemple" && r.is(q-1, "par", "pour") {
			return true
		}
	}
	return r.has(p, p+3, "incompatible", "compatible")
}

func (r *frenchReader) is(i int, words ...string) bool {
	return i >= r.from && i < r.to && slices.Contains(words, r.n.words[i])
}

// has reports whether one of the given words stands in a part of the sentence.
func (r *frenchReader) has(from, to int, words ...string) bool {
	return r.n.has(max(from, r.from), min(to, r.to), words...)
}
