// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"slices"
	"strings"

	"communs/indexer"
	"communs/licenses"
)

// field is what a filter looks at.
type field uint8

const (
	fieldLang field = iota
	fieldPath
	fieldRepo
	fieldName
	fieldKind
	fieldLicense
	fieldInto
	fieldOwner
	fieldLibre
	fieldComponent
	fieldIn   // an option of the whole question, as the next two
	fieldType //
	fieldCase //
	fieldExpand
	fieldFold
	numFields
)

// fieldNames gives each field its spellings, the canonical one first, without accents.
var fieldNames = [numFields][]string{
	fieldLang:      {"lang", "language", "langage"},
	fieldPath:      {"path", "file", "chemin", "fichier"},
	fieldRepo:      {"repo", "repository", "depot"},
	fieldName:      {"name", "nom"},
	fieldKind:      {"kind", "genre", "sorte"},
	fieldLicense:   {"license", "licence"},
	fieldInto:      {"into", "vers"},
	fieldOwner:     {"owner", "org", "proprietaire"},
	fieldLibre:     {"libre"},
	fieldComponent: {"component", "composant", "brique"},
	fieldIn:        {"in", "dans"},
	fieldType:      {"type"},
	fieldCase:      {"case", "casse"},
	fieldExpand:    {"expand", "traduire"},
	fieldFold:      {"fold", "replier"},
}

func (f field) name() string { return fieldNames[f][0] }

// plain puts a word in small letters without French accents, composed or not.
func plain(s string) string {
	return strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ô", "o", "î", "i", "à", "a", "\u0301", "", "\u0300", "", "\u0302", "").
		Replace(strings.ToLower(s))
}

func fieldNamed(name string) (field, bool) {
	name = plain(name)
	for f, names := range fieldNames {
		if slices.Contains(names, name) {
			return field(f), true
		}
	}
	return 0, false
}

// filter reads a filter whose name and colon stand ahead.
func (p *parser) filter(name string) (node, error) {
	start := p.at
	at := span{start, start + len(name) + 1}
	f, known := fieldNamed(name)
	if !known {
		if near := nearest(plain(name), slices.Concat(fieldNames[:]...)); len(near) > 0 {
			return nil, p.fail(at, "filter-near", name+":", strings.Join(near, ":, ")+":")
		}
		word := p.bare()
		return nil, p.fail(at, "filter-unknown", name+":", quote(word))
	}
	p.at = at.end
	var value string
	if strings.HasPrefix(p.text[p.at:], `"`) || strings.HasPrefix(p.text[p.at:], "“") || strings.HasPrefix(p.text[p.at:], "«") {
		var err error
		if value, err = p.quoted(); err != nil {
			return nil, err
		}
	} else {
		value = p.bare()
	}
	if value == "" {
		return nil, p.fail(at, "value-missing", name+":")
	}
	return p.value(f, value, span{start, p.at}, span{at.end, p.at})
}

// value checks a filter's value and puts it in canonical form. Options go to the parsed question, and give no node.
func (p *parser) value(f field, value string, whole, at span) (node, error) {
	n := &filterNode{whole, f, value}
	switch f {
	case fieldLang:
		lang, ok := indexer.CanonicalLanguage(value)
		if !ok {
			if near := nearest(value, indexer.LanguageNames()); len(near) > 0 {
				return nil, p.fail(at, "language-near", value, strings.Join(near, ", "))
			}
			return nil, p.fail(at, "language", value)
		}
		n.value = lang
	case fieldKind:
		kind, ok := indexer.ParseKind(value)
		ecosystem, also := ecosystemNamed(value)
		switch { // which of them it may be depends on type:, which may come later
		case ok:
			n.value = kind.String()
		case also:
			n.value = ecosystem
		case p.wrongKind == span{}:
			p.wrongKind = at
		}
	case fieldLibre:
		libre, ok := libreValues[plain(value)]
		if !ok {
			return nil, p.fail(at, "libre", value)
		}
		n.value = string(libre)
	case fieldLicense:
		canonical, near, ok := licenseValue(value)
		if !ok {
			return nil, p.failLicense(at, "license", value, near)
		}
		n.value = canonical
	case fieldInto:
		e, ok := knownLicense(value)
		if !ok {
			return nil, p.failLicense(at, "into", value, nearLicenses(value))
		}
		n.value = e.String()
	case fieldIn, fieldType, fieldCase, fieldExpand, fieldFold:
		return nil, p.option(f, value, whole, at)
	}
	return n, nil
}

// failLicense refuses the value of license: or into:, offering the ids that are written alike.
func (p *parser) failLicense(at span, key, value string, near []string) error {
	if len(near) > 0 {
		return p.fail(at, "license-near", value, strings.Join(near, ", "))
	}
	return p.fail(at, key, value)
}

// option sets what holds for the whole question.
func (p *parser) option(f field, value string, whole, at span) error {
	before := *p.parsed
	switch v := plain(value); {
	case f == fieldIn && (v == "file" || v == "fichier"):
		p.parsed.inFile = true
	case f == fieldIn && (v == "block" || v == "bloc"):
		p.parsed.inFile = false
	case f == fieldType && (v == "block" || v == "bloc"):
		p.parsed.want = wantBlocks
	case f == fieldType && (v == "component" || v == "composant" || v == "brique"):
		p.parsed.want = wantComponents
	case f == fieldType && (v == "repo" || v == "repository" || v == "depot"):
		p.parsed.want = wantRepos
	case f == fieldCase && (v == "yes" || v == "oui"):
		p.parsed.matching = matchCase
	case f == fieldCase && (v == "no" || v == "non"):
		p.parsed.matching = ignoreCases
	case f == fieldExpand && (v == "yes" || v == "oui"):
		p.parsed.asTyped = false
	case f == fieldExpand && (v == "no" || v == "non"):
		p.parsed.asTyped = true
	case f == fieldFold && (v == "yes" || v == "oui"):
		p.parsed.unfolded = false
	case f == fieldFold && (v == "no" || v == "non"):
		p.parsed.unfolded = true
	default:
		return p.fail(at, f.name(), value)
	}
	if p.chose[f] != (span{}) && before != *p.parsed {
		return p.fail(whole, "twice", f.name()+":")
	}
	p.chose[f] = whole
	return nil
}

var libreValues = map[string]licenses.Libre{
	"yes": licenses.LibreYes, "oui": licenses.LibreYes, "no": licenses.LibreNo, "non": licenses.LibreNo,
	"unknown": licenses.LibreUnknown, "inconnu": licenses.LibreUnknown, "inconnue": licenses.LibreUnknown,
}

func kindWords() (names []string) {
	for k := indexer.KindText; k.String() != "text" || k == indexer.KindText; k++ {
		names = append(names, k.String())
	}
	return names
}

// knownLicense reads a licence expression all of whose licences are known.
func knownLicense(s string) (licenses.Expression, bool) {
	e, err := licenses.Parse(s)
	if err != nil || e.IsZero() {
		return e, false
	}
	for _, id := range e.IDs() {
		if _, ok := licenses.Info(id); !ok {
			return e, false
		}
	}
	return e, true
}

// nearest gives up to three of the names that are within a slip or two of the word, the closest first.
func nearest(word string, names []string) []string {
	word = plain(word)
	allowed := min(2, (len(word)-1)/2)
	var near []string
	for d := 1; d <= allowed; d++ {
		for _, name := range names {
			if len(near) < 3 && distance(word, plain(name)) == d {
				near = append(near, name)
			}
		}
	}
	return near
}

// distance counts the slips between two words: a letter left out, put in, changed, or swapped with its neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 3 || d < -3 || len(x) > 64 {
		return 64
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
