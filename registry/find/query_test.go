// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for address, canonical := range map[string]string{
		"q=visio&besoin=visioconference&libre=oui":       "besoin=visioconference&libre=oui&q=visio",
		"need=vote&libre=yes&activity=quiet&online=no":   "activite=calme&besoin=vote&en-ligne=non&libre=oui",
		"price=free&prix=don&language=fr&export=unknown": "export=inconnu&langue=fr&prix=don&prix=gratuit",
		"pres=33":          "pres=departement-33",
		"pres=2a&near=971": "pres=departement-2A&pres=departement-971",
		"near=Gironde&pres=region-75&pres=nouvelle aquitaine": "pres=region-75&pres=departement-33",
		"hebergeur=a-b&host=c":                                "hebergeur=a-b&hebergeur=c",
		"tri=nom&page=3&n=50":                                 "n=50&page=3&tri=nom",
		"sort=activity&page=1&n=20":                           "tri=activite",
		"sort=score":                                          "",
		"besoin=&libre=":                                      "",
		"lang=en&autre=1":                                     "",
		"n=5000":                                              "n=100",
	} {
		v, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(v)
		if err != nil {
			t.Errorf("%s: %v", address, err)
		}
		want, err := url.ParseQuery(canonical)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Values(); got.Encode() != want.Encode() {
			t.Errorf("%s is %s, want %s", address, got.Encode(), want.Encode())
		}
	}
}

func TestBadValuesAreToldAndLeftOut(t *testing.T) {
	for address, value := range map[string]string{
		"libre=peut-etre": "peut-etre", "prix=cher": "cher", "tri=hasard": "hasard", "page=0": "0", "n=-3": "-3", "page=x": "x",
		"pres=atlantide": "atlantide", "hebergeur=../x": "../x", "besoin=" + strings.Repeat("a", 101): strings.Repeat("a", 101),
	} {
		v, err := url.ParseQuery(address + "&q=visio")
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(v)
		var bad *BadValueError
		if !errors.As(err, &bad) || bad.Value != value {
			t.Errorf("%s: %v", address, err)
		}
		if got := q.Values().Encode(); got != "q=visio" {
			t.Errorf("%s leaves %s", address, got)
		}
	}
}

func TestLinksOfFacets(t *testing.T) {
	q := Query{Words: "visio", Page: 3}
	with := q.With(FacetLibre, "yes").With(FacetLibre, "no").With(FacetLibre, "yes")
	if got := with.Values().Encode(); got != "libre=oui&libre=non&q=visio" {
		t.Errorf("with both: %s", got)
	}
	if got := with.Without(FacetLibre, "yes").Values().Encode(); got != "libre=non&q=visio" {
		t.Errorf("without one: %s", got)
	}
	if q.Filtered() || !with.Filtered() || len(q.Picks[FacetLibre]) != 0 {
		t.Errorf("the query itself changed: %v", q)
	}
}

func FuzzParseQuery(f *testing.F) {
	f.Add("q=visio&besoin=vote&pres=33&tri=nom&page=2")
	f.Add("near=Saint-Étienne&libre=yes&n=7")
	f.Fuzz(func(t *testing.T, address string) {
		v, err := url.ParseQuery(address)
		if err != nil {
			return
		}
		q, _ := ParseQuery(v)
		again, err := ParseQuery(q.Values())
		if err != nil {
			t.Fatalf("%q: %v", q.Values().Encode(), err)
		}
		if again.Page <= 1 {
			again.Page = q.Page
		}
		if again.N == 0 {
			again.N = q.N
		}
		if !reflect.DeepEqual(q, again) {
			t.Errorf("%+v is written and read as %+v", q, again)
		}
	})
}

func FuzzSearch(f *testing.F) {
	finder := testFinder(f)
	for _, q := range []string{"remplacer zoom", "l'été à Tours", "visio-conférence près de", "alternative à", "peertub"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, words string) {
		if _, err := finder.Search(t.Context(), Query{Words: words}); err != nil {
			t.Error(err)
		}
	})
}
