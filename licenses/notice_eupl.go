// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "strings"

// The EUPL is official in 23 languages, and each has its own notice: « Lizenziert unter der EUPL », « Concesso in licenza a norma
// dell'EUPL ». What they share is the short name beside a word for licence.

// euplTitles is what the licence is called, in the words of a notice, by language; the version follows.
var euplTitles = euplTitleWords(`european union public license
публичен лиценз на европеискиа съюз
verejna license evropske unie
europaeiske unions offentlige licens
open source lizenz fur die europaische union
αδεια δημοσιασ χρησησ για την ευρωπαικη ενωση
licencia publica de la union europea
euroopa liidu tarkvara vaba kasutuse litsents
euroopan unionin yleinen lisenssi
license publique de l union europeenne
javna licensija europske unije
europai unios nyilvanos licenc
licenza pubblica dell unione europea
europos sajungos viesoji licensija
eiropas savienibas sabiedriska license
licenzja pubblika tal unjoni ewropea
openbare licentie van de europese unie
licensja publiczna unii europejskiej
license publica da uniao europeia
licenta publica uniunii europene
verejna licensia europskej unie
javna license evropske unije
licens till oppen kallkod fran europeiska unionen`)

// euplTitleWords puts each title into the words of a notice.
func euplTitleWords(lines string) map[string][][]string {
	titles := map[string][][]string{}
	for line := range strings.Lines(lines) {
		words := noticeString(line)
		titles[words[0]] = append(titles[words[0]], words)
	}
	return titles
}

// eupl reads the name of the EUPL at word i of a sentence that ends at to.
func (d *Detector) eupl(n *notice, i, to int) (expr string, end int, loose bool) {
	if n.words[i] == "eupl" {
		return n.euplVersion(i+1, to)
	}
	for _, title := range euplTitles[n.words[i]] {
		if end := i + len(title); end <= to && equalWords(n.words[i:end], title) {
			return n.euplVersion(end, to)
		}
	}
	return "", 0, false
}

func equalWords(a, b []string) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// euplVersion reads the version behind the name. The notice that version 1.2 asks for names none.
func (n *notice) euplVersion(p, to int) (expr string, end int, loose bool) {
	for q := p; q < min(p+6, to-1); q++ {
		if n.words[q] != "1" {
			continue
		}
		switch n.words[q+1] {
		case "0", "1", "2":
			return "EUPL-1." + n.words[q+1], q + 2, false
		}
	}
	return "EUPL-1.2", p, true
}

// licenseWords begin the words for a licence in the languages of the Union.
var licenseWords = []string{"licen", "lizen", "lisen", "litsents", "лиценз", "αδει"}

func isLicenseWord(w string) bool {
	for _, s := range licenseWords {
		if strings.HasPrefix(w, s) {
			return true
		}
	}
	return false
}

// findEUPL finds the notices of the EUPL in the languages that have no grammar of their own here, and its title over a text.
func (d *Detector) findEUPL(n *notice) []statement {
	var found []statement
	for i := 0; i < len(n.words); i++ {
		if n.words[i] != "eupl" && euplTitles[n.words[i]] == nil {
			continue
		}
		expr, end, loose := d.eupl(n, i, len(n.words))
		if end == 0 || !n.statesEUPL(i, end, loose) {
			continue
		}
		s := statement{expr: Expression{expr}, from: int(n.at[i]), to: int(n.at[end-1]) + 1, how: "notice", score: 0.9}
		if loose {
			s.loose, s.score = []string{expr}, unversioned
		}
		found = append(found, s)
		for k := i; k < end; k++ {
			n.words[k] = masked
		}
		i = end - 1
	}
	return found
}

// statesEUPL reports whether the words around a name of the EUPL make it a statement.
func (n *notice) statesEUPL(i, end int, loose bool) bool {
	for p := max(0, i-12); p < min(end+6, len(n.words)); p++ {
		switch n.words[p] {
		case "compatible", "compatibles", "incompatible", "kompatibel", "kompatible", "not", "no", "non", "nicht", "niet", "pas", "nie", "kein", "keine", "if", "wenn", "was", "war":
			if p < i || n.words[p][0] == 'c' || n.words[p][0] == 'k' {
				return false
			}
		}
	}
	if n.first[i] && i < 200 && (end == len(n.words) || n.first[end] || n.ownLine(i, end)) {
		return true
	}
	if n.words[i] != "eupl" && !loose {
		return true
	}
	for p := max(0, i-4); p < min(end+3, len(n.words)); p++ {
		if (p < i || p >= end) && isLicenseWord(n.words[p]) {
			return true
		}
	}
	return false
}
