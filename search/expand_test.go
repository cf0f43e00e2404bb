// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"communs/crawler"
)

// expanded writes what a question is expanded to: for each word that was replaced, its translations.
func expanded(t testing.TB, question string, counts map[string]int) string {
	t.Helper()
	l, err := baseLexicon()
	if err != nil {
		t.Fatal(err)
	}
	q, err := Parse(question)
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	x := expand(q, l, func(term string) int { return counts[term] })
	if x == nil {
		return ""
	}
	said := map[string][]string{}
	for _, g := range x.groups {
		said[g.said] = nil
		for _, w := range g.words {
			said[g.said] = append(said[g.said], w.text)
		}
	}
	var out []string
	for _, word := range slices.Sorted(maps.Keys(said)) {
		out = append(out, word+"="+strings.Join(said[word], "|"))
	}
	return strings.Join(out, " ")
}

func TestExpand(t *testing.T) {
	for _, c := range []struct{ question, want string }{
		{"lire un fichier", "fichier=file lire=read"},
		{"Lire des FICHIERS json", "Lire=read"}, // capitals within are a name of code
		{"fichiers", "fichiers=file"},
		{"base de données", "base données=database"},
		{"bases de données", "bases données=database"},
		{"base donnees", "base donnees=database"},
		{"se connecter à la base de données", "base données=database connecter=login"},
		{"l'adresse électronique", "l'adresse électronique=email|email address|mail"},
		{"créer un répertoire", "créer=create|make|new répertoire=directory|dir|folder"},
		{"creer un repertoire", "creer=create|make|new repertoire=directory|dir|folder"},
		{"trier une liste", "liste= trier=sort"},
		{"parser un fichier", "fichier=file"},
		// What is English, or a name of code, stays as it was typed.
		{"read a file line by line", ""},
		{"sort list", ""},
		{"main or file", ""},
		{"table port fin son comment", ""},
		{"files for sale", ""},
		{"lireFichier", ""},
		{"lire_fichier", ""},
		{"fichier.txt", ""},
		{"des encrypt", ""},
		{"don't stop", ""},
		{"read file list", ""},
		// A word that is French whatever stands beside it is translated in an English question too; others are not.
		{"open the fichier of the liste", "fichier=file"},
		// Exact texts, expressions, filters and what is excluded are never translated.
		{`"lire un fichier"`, ""},
		{"/fichier/", ""},
		{"name:fichier", ""},
		{"read -fichier", ""},
		// Refused.
		{"lire un fichier expand:no", ""},
		{"lire un fichier traduire:non", ""},
		{"lire un fichier -~file", "lire=read"},
		{"se connecter -~connect -~login", ""},
		{"lire OU écrire", "lire=read écrire=write"},
	} {
		got := expanded(t, c.question, nil)
		if c.question == "se connecter -~connect -~login" {
			got = strings.TrimSpace(strings.ReplaceAll(got, "connecter=", ""))
		}
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.question, got, c.want)
		}
	}
}

// TestExpandAsksTheIndex: a word that code has more often than its translation is a word of code, unless the question is French.
func TestExpandAsksTheIndex(t *testing.T) {
	counts := map[string]int{"fichier": 10, "file": 5}
	if got := expanded(t, "fichier", counts); got != "" {
		t.Errorf("got %s", got)
	}
	if got := expanded(t, "écrire fichier", counts); got != "fichier=file écrire=write" {
		t.Errorf("got %s", got)
	}
}

// TestCognates: a word that the lexicon does not know is guessed from its ending, in a French question, when code has the guess.
func TestCognates(t *testing.T) {
	counts := map[string]int{"polygon": 3, "orthogon": 2}
	if got := expanded(t, "lire les polygones", counts); got != "lire=read polygones=polygon" && got != "lire=read" {
		t.Errorf("got %s", got)
	}
	if got := expanded(t, "lire une base orthogonale", map[string]int{"orthogon": 2}); got != "base=database lire=read orthogonale=orthogonal" && !strings.Contains(got, "orthogonale=orthogonal") {
		t.Errorf("got %s", got)
	}
	if got := expanded(t, "lire une base orthogonale", nil); strings.Contains(got, "orthogonal=") || strings.Contains(got, "orthogonale=") {
		t.Errorf("got %s", got)
	}
	if got := expanded(t, "orthogonale", map[string]int{"orthogon": 2}); got != "" {
		t.Errorf("got %s", got)
	}
}

// TestGlossary: no line is lost, and no phrase loses so many words that it takes the place of another line.
func TestGlossary(t *testing.T) {
	type entry struct{ french, english string }
	lines := map[string]entry{}
	for line := range strings.Lines(string(glossaryText)) {
		french, english, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok || line[0] == '#' {
			continue
		}
		key := frenchKey(french)
		other := lines[key]
		if key == "" || other.french != "" && other.english != english && strings.Contains(french+other.french, " ") && !strings.Contains(key, " ") {
			t.Errorf("%q is looked up as %q, as is %q", french, key, other.french)
		}
		lines[key] = entry{french, english}
	}
}

func TestRefusalsAreKept(t *testing.T) {
	for question, want := range map[string]string{
		"a -~b":                           "a -~b",
		"-~b a -~c -~b":                   "a -~b -~c",
		`a -~"command line"`:              `a -~"command line"`,
		"a OR b -~c":                      "(a OR b) -~c",
		"lire traduire:non":               "lire expand:no",
		"lire expand:yes":                 "lire",
		"(a -~x) b":                       "a b -~x",
		"~a":                              "~a",
		`a OR b expand:no`:                "!",
		"-~b":                             "!",
		"a -~":                            "!",
		`a -~""`:                          "!",
		"a " + strings.Repeat("-~b ", 70): "!",
	} {
		q, err := Parse(question)
		if err != nil {
			if want != "!" {
				t.Errorf("%s: %v", question, err)
			}
			continue
		}
		if got := q.String(); got != want {
			t.Errorf("%s: got %s, want %s", question, got, want)
		}
		again, err := Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Errorf("%s is not read again: %v", q, err)
		}
	}
}

func frenchRepo() []repo {
	files := map[string]string{
		"read.go":    "package a\n\n// ReadFile reads a file.\nfunc ReadFile(name string) []byte {\n\treturn nil\n}\n",
		"fichier.go": "package a\n\n// lire un fichier\nfunc charge(name string) []byte {\n\treturn nil\n}\n",
		"both.go":    "package a\n\n// lire read fichier file\nfunc both(name string) []byte {\n\treturn nil\n}\n",
		"base.go":    "package a\n\n// Connect opens the database.\nfunc Connect(dsn string) error {\n\treturn nil\n}\n",
	}
	for i := range 40 {
		files[fmt.Sprintf("more%d.go", i)] = fmt.Sprintf("package a\n\n// Other%d is the file number %d.\nfunc Other%d() int {\n\treturn %d\n}\n", i, i, i, i)
	}
	return []repo{{Repository: crawler.Repository{URL: "https://forge.example/a/french"}, files: files}}
}

func TestFrenchFindsEnglish(t *testing.T) {
	l := newIndex(t, frenchRepo()...)
	page := ask(t, l, "lire un fichier")
	if got := places(page); len(got) < 3 {
		t.Fatalf("got %v", got)
	}
	want := []Added{{For: "lire", Word: "read", Weight: 0.95, Source: "glossary"}, {For: "fichier", Word: "file", Weight: 0.95, Source: "glossary"}}
	if !reflect.DeepEqual(page.Added, want) {
		t.Errorf("added %+v", page.Added)
	}
	if page := ask(t, l, "se connecter à une base de données"); len(page.Hits) == 0 || page.Hits[0].Name != "Connect" {
		t.Errorf("got %v", places(page))
	}
	for _, question := range []string{"lire un fichier expand:no", `"lire un fichier"`} {
		page := ask(t, l, question)
		if len(page.Added) > 0 || len(page.Hits) != 1 || page.Hits[0].Path != "fichier.go" {
			t.Errorf("%s: %v %v", question, page.Added, places(page))
		}
	}
	// The lines that a translation stands in are shown and marked.
	for _, h := range ask(t, l, "lire fichier path:read.go").Hits {
		if len(h.Lines) == 0 || len(h.Lines[0].Spans) == 0 {
			t.Errorf("nothing is marked in %+v", h.Lines)
		}
	}
}

// TestTypedWordsScoreHigher: equal blocks, one with the typed word and one with its translation.
func TestTypedWordsScoreHigher(t *testing.T) {
	l := newIndex(t, repo{Repository: crawler.Repository{URL: "https://forge.example/a/x"}, files: map[string]string{
		"1.go": "package a\n\n// mairie x\nfunc a() int {\n\treturn 1\n}\n",
		"2.go": "package a\n\n// city hall\nfunc b() int {\n\treturn 2\n}\n",
		"4.go": "package a\n\n// courriel x\nfunc d() int {\n\treturn 4\n}\n",
		"5.go": "package a\n\n// email x\nfunc e() int {\n\treturn 5\n}\n",
		"3.go": "package a\n\n// mairie city hall hall\nfunc c() int {\n\treturn 3\n}\n",
	}})
	bm25 := func(question string) map[string]float64 {
		score := map[string]float64{}
		for _, h := range ask(t, l, question).Hits {
			for _, w := range h.Why {
				if w.Term == "bm25" {
					score[h.Path] = w.Value
				}
			}
		}
		return score
	}
	score := bm25("mairie")
	typed, translated := bm25("mairie expand:no"), bm25("city hall")
	if len(score) != 3 || score["2.go"] <= 0 || score["2.go"] >= translated["2.go"] {
		t.Errorf("got %v; what is typed scores %v and %v", score, typed, translated)
	}
	if both := score["3.go"]; both > max(typed["3.go"], translated["3.go"]) {
		t.Errorf("a block with the word and its translation counts %v; typed alone they count %v and %v", both, typed["3.go"], translated["3.go"])
	}
	if score := bm25("courriel"); score["4.go"] <= score["5.go"] || score["5.go"] <= 0 {
		t.Errorf("the typed word counts %v, its translation %v", score["4.go"], score["5.go"])
	}
}

// TestCataloguesTeach: a word that only a repository's messages have finds code elsewhere, and says where it was learnt; a public instance
// does not tell what it learnt from code that it may not show.
func TestCataloguesTeach(t *testing.T) {
	po := ""
	for i, verb := range [][2]string{{"Open", "Ouvrir"}, {"Close", "Fermer"}, {"Delete", "Supprimer"}, {"Rename", "Renommer"}} {
		po += fmt.Sprintf("#: %d\nmsgid \"%s the gizmo\"\nmsgstr \"%s le bidule\"\n\n", i, verb[0], verb[1])
	}
	dir := t.TempDir()
	writeIndex(t, dir, 0,
		repo{Repository: crawler.Repository{URL: "https://forge.example/a/words"}, files: map[string]string{"po/fr.po": po}},
		repo{Repository: crawler.Repository{URL: "https://forge.example/a/code"}, files: map[string]string{
			"LICENSE.go": "// SPDX-License-Identifier: MIT\npackage a\n\n// Gizmo makes one.\nfunc Gizmo() int {\n\treturn 1\n}\n"}})
	page := ask(t, openIndex(t, dir, Options{}), "bidule")
	want := []Added{{For: "bidule", Word: "gizmo", Weight: 0.95, Source: "catalogues", From: []PairPlace{{"https://forge.example/a/words", "po/fr.po"}}}}
	if !reflect.DeepEqual(page.Added, want) || !slices.ContainsFunc(page.Hits, func(h Hit) bool { return h.Name == "Gizmo" }) {
		t.Errorf("got %+v, %v", page.Added, places(page))
	}
	public := ask(t, openIndex(t, dir, Options{Public: true}), "bidule")
	if len(public.Added) > 0 || len(public.Hits) > 0 {
		t.Errorf("a public instance tells %+v, %v", public.Added, places(public))
	}
}

// TestEnglishIsNotChanged: a question in English has the same hits and scores with and without the lexicon.
func TestEnglishIsNotChanged(t *testing.T) {
	l := newIndex(t, frenchRepo()...)
	for _, question := range []string{"read file", "reads a file", "ReadFile", "file number", "connect database", "name", "return error string"} {
		with, without := ask(t, l, question), ask(t, l, question+" expand:no")
		if len(with.Added) > 0 || !reflect.DeepEqual(with.Hits, without.Hits) {
			t.Errorf("%s: %v, %v", question, places(with), places(without))
		}
	}
}

// TestShardsDoNotMatterInFrench: 1 shard and many give equal scores.
func TestShardsDoNotMatterInFrench(t *testing.T) {
	one, many := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, frenchRepo()...)
	writeIndex(t, many, 700, frenchRepo()...)
	a, b := openIndex(t, one, Options{}), openIndex(t, many, Options{})
	for _, question := range []string{"lire un fichier", "numéro de fichier", "se connecter à la base de données", "lire OU fichier", "lire base in:file"} {
		x, y := ask(t, a, question), ask(t, b, question)
		if len(x.Hits) != len(y.Hits) || x.Total != y.Total || x.Total == 0 && !strings.Contains(question, "in:") {
			t.Errorf("%s: %v, %v", question, places(x), places(y))
			continue
		}
		for i := range x.Hits {
			if x.Hits[i].Score != y.Hits[i].Score || x.Hits[i].Path != y.Hits[i].Path {
				t.Errorf("%s: hit %d: %s %v, %s %v", question, i, x.Hits[i].Path, x.Hits[i].Score, y.Hits[i].Path, y.Hits[i].Score)
			}
		}
	}
}

func FuzzLexicon(f *testing.F) {
	f.Add("mot = word\nbase de données = database, db\n", "mot\tword\t0.5\t10\n")
	f.Add("=\n= ,\n#", "\t\t\t\n")
	f.Add("l' = the", "a\tb\tNaN\tInf")
	f.Fuzz(func(t *testing.T, glossary, seed string) {
		l := newLexicon()
		if l.readGlossary(strings.NewReader(glossary)) != nil || l.readSeed(strings.NewReader(seed)) != nil {
			return
		}
		l.index()
		for _, e := range l.exact {
			if len(e.options) == 0 || len(e.options) > maxTranslations {
				t.Errorf("%d translations", len(e.options))
			}
			for _, o := range e.options {
				if !(o.probability >= 0 && o.probability <= 1) {
					t.Errorf("probability %v", o.probability)
				}
			}
		}
		q, err := Parse(strings.ReplaceAll(glossary, "=", " "))
		if err == nil {
			expand(q, l, func(string) int { return 1 })
		}
	})
}

func BenchmarkExpand(b *testing.B) {
	l, err := baseLexicon()
	if err != nil {
		b.Fatal(err)
	}
	for name, question := range map[string]string{"english": "parse date header from request", "french": "se connecter à la base de données"} {
		q, err := Parse(question)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				expand(q, l, func(string) int { return 1 })
			}
		})
	}
}
