// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"communs/registry/registrytest"
)

// catalogueAsked is what is asked of the catalogue, how many milliseconds 95 of 100 answers may take, and how others ask for the like: an
// address with what changes in brackets.
var catalogueAsked = []struct {
	what, path string
	most       int
	like       string
}{
	{"home", "/", 50, "/"},
	{"needs", "/besoins", 50, "/besoins"},
	{"one need", "/besoins/besoin-0", 50, "/besoins/besoin-{need}"},
	{"software", "/logiciels", 50, "/logiciels?tri={sort}&page={page}"},
	{"software with filters", "/logiciels?libre=oui&prix=gratuit", 50, "/logiciels?besoin=besoin-{need}&langue={language}"},
	{"software, second page by name", "/logiciels?tri=nom&page=2", 50, "/logiciels?tri=nom&page={page}"},
	{"search", "/logiciels?q=partager+agenda", 30, "/logiciels?q={words}"},
	{"search with filters", "/logiciels?q=agenda&libre=oui&prix=gratuit", 30, "/logiciels?q={words}&libre=oui&langue={language}"},
	{"search near a place", "/logiciels?q=agenda&pres=Bordeaux", 30, "/logiciels?q={words}&pres={place}"},
	{"search for a name, with a typing error", "/logiciels?q=agendda", 30, "/logiciels?q={name}+{typo}"},
	{"one software", "/logiciels/logiciel-7", 50, "/logiciels/logiciel-{software}"},
	{"four compared", "/comparer?logiciel=logiciel-1&logiciel=logiciel-2&logiciel=logiciel-3&logiciel=logiciel-4", 50,
		"/comparer?logiciel=logiciel-{software}&logiciel=logiciel-{software}&logiciel=logiciel-{software}&logiciel=logiciel-{software}"},
	{"selections", "/selections", 50, "/selections"},
	{"one selection", "/selections/selection-1", 50, "/selections/selection-{few}"},
	{"organisations", "/prestataires", 50, "/prestataires"},
	{"organisations near a place", "/prestataires?logiciel=logiciel-1&pres=Bordeaux", 50, "/prestataires?logiciel=logiciel-{software}&pres={place}"},
	{"one organisation", "/prestataires/structure-0", 50, "/prestataires/structure-{organisation}"},
	{"requests", "/demandes", 50, "/demandes"},
	{"one request", "/demandes/demande-1", 50, "/demandes/demande-{few}"},
	{"observatory", "/observatoire", 50, "/observatoire"},
	{"API: software", "/api/v1/software?n=50", 50, "/api/v1/software?n=50"},
	{"API: search", "/api/v1/software?q=partager+agenda", 30, "/api/v1/software?q={words}"},
	{"API: organisations", "/api/v1/organisations", 50, "/api/v1/organisations"},
}

// visitors ask for pages of an invented catalogue, the same each time.
type visitors struct {
	random *rand.Rand
	size   registrytest.Size
	asked  int
}

func newVisitors(size registrytest.Size) *visitors {
	return &visitors{rand.New(rand.NewPCG(11, 8)), size, 0}
}

// Words of which questions are made: some stand in the invented cards, some mean the same as one that does, some stand nowhere.
const (
	questionWords  = "gérer partager fichiers agenda réunion équipe document tableau association adhérents courriel sondage carte salle écrire publier suivre photos bénévoles comptabilité dons share files calendar meeting members mail poll visio compta planning messagerie zoom doodle inventaire"
	questionTypos  = "agendda partaegr reunoin documnet sondgae courriell adherants benevole comptabilte fichierss"
	questionPlaces = "Bordeaux Gironde Lyon 35 Nouvelle-Aquitaine Bretagne Poitiers Ajaccio 69 Occitanie"
	sortNames      = "pertinence nom activite changement usages"
)

// fill puts something in the place of each bracket.
func (v *visitors) fill(like string) string {
	one := func(list string) string {
		words := strings.Fields(list)
		return url.QueryEscape(words[v.random.IntN(len(words))])
	}
	for {
		before, rest, ok := strings.Cut(like, "{")
		if !ok {
			return like
		}
		what, after, _ := strings.Cut(rest, "}")
		put := ""
		switch what {
		case "words":
			put = one(questionWords)
			for range v.random.IntN(3) {
				put += "+" + one(questionWords)
			}
		case "name":
			put = one("lami rone solve kalu brido fager pintor tavi zémo chala")
		case "typo":
			put = one(questionTypos)
		case "place":
			put = one(questionPlaces)
		case "sort":
			put = one(sortNames)
		case "language":
			put = one("fr en de")
		case "page":
			put = fmt.Sprint(1 + v.random.IntN(v.size.Software/20))
		case "need":
			put = fmt.Sprint(v.random.IntN(50))
		case "few":
			put = fmt.Sprint(v.random.IntN(3))
		case "software":
			put = fmt.Sprint(v.random.IntN(v.size.Software))
		case "organisation":
			put = fmt.Sprint(v.random.IntN(v.size.Organisations))
		}
		like = before + put + after
	}
}

// different gives addresses of one kind, none of which was asked for before: each carries a number that means nothing.
func (v *visitors) different(like string, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		v.asked++
		join := "?"
		if paths[i] = v.fill(like); strings.Contains(paths[i], "?") {
			join = "&"
		}
		paths[i] += fmt.Sprintf("%snumero=%d", join, v.asked)
	}
	return paths
}

// mixed gives addresses of all kinds as many visitors ask for them: half of the time the one that each kind is best known for, else any. again
// is the share of those that had been asked for before.
func (v *visitors) mixed(n int) (paths []string, again float64) {
	seen := map[string]bool{}
	for range n {
		a := catalogueAsked[v.random.IntN(len(catalogueAsked))]
		path := a.path
		if v.random.IntN(2) == 0 {
			path = v.fill(a.like)
		}
		if seen[path] {
			again += 1 / float64(n)
		}
		seen[path] = true
		paths = append(paths, path)
	}
	return paths, again
}
