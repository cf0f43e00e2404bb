// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/descriptors"
	"communs/registry/registrytest"
)

func testSite() Site {
	return Site{
		Base: "https://communs.example.org", Name: "Communs <test>",
		Link: func(s registry.Stamped) string {
			return "https://communs.example.org/" + string(s.Kind()) + "/" + s.Head().ID
		},
		Say: func(lang, key string, args ...any) string {
			return fmt.Sprint(append([]any{lang, " ", key}, args...)...)
		},
	}
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONLD(t *testing.T) {
	c, x := small(t), testSite()
	var all bytes.Buffer
	for _, id := range []string{"sondage", "formules"} {
		card, ok := c.Card(id)
		if !ok {
			t.Fatal("no card")
		}
		all.Write(indented(t, x.SoftwareLD(card)))
	}
	o, _ := c.Entry(registry.KindOrganisation, "maison")
	all.Write(indented(t, x.OrganisationLD(c, o)))
	golden(t, "jsonld.txt", all.Bytes())
}

// linkedData holds JSON-LD to its shape: one context, each node with a type or only an id, every text with a language a plain one, no
// empty value anywhere.
func linkedData(t *testing.T, where string, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		if value, ok := v["@value"]; ok {
			if text, ok := value.(string); !ok || text == "" || len(v) != 2 {
				t.Errorf("%s is no value: %v", where, v)
			}
			return
		}
		if len(v) == 0 {
			t.Errorf("%s is empty", where)
		}
		for key, one := range v {
			if key == "@id" {
				if s, _ := one.(string); !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
					t.Errorf("%s: the id %v is no address", where, one)
				}
			}
			if key != "@context" {
				linkedData(t, where+"."+key, one)
			}
		}
		if _, ok := v["@type"]; !ok && (len(v) != 1 || v["@id"] == nil) {
			t.Errorf("%s has no type", where)
		}
	case []any:
		if len(v) == 0 {
			t.Errorf("%s is empty", where)
		}
		for i, one := range v {
			linkedData(t, fmt.Sprintf("%s[%d]", where, i), one)
		}
	case string:
		if v == "" {
			t.Errorf("%s is empty", where)
		}
	case nil:
		t.Errorf("%s is null", where)
	}
}

func parsed(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLinkedDataHasItsShape(t *testing.T) {
	x := testSite()
	for name, c := range catalogues(t) {
		for _, s := range c.AllSoftware() {
			card, _ := c.Card(s.ID)
			v := parsed(t, indented(t, x.SoftwareLD(card)))
			linkedData(t, name+" "+s.ID, v)
			for _, need := range []string{"@context", "name", "mainEntityOfPage", "sdLicense"} {
				if v[need] == nil {
					t.Errorf("%s has no %s", s.ID, need)
				}
			}
		}
		for _, s := range c.Stamped(registry.KindOrganisation) {
			linkedData(t, name+" "+s.Head().ID, parsed(t, indented(t, x.OrganisationLD(c, s))))
		}
	}
}

func catalogues(t *testing.T) map[string]*registry.Catalogue {
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*registry.Catalogue{
		"base":      registrytest.Catalogue(t, base),
		"generated": registrytest.Catalogue(t, registrytest.Generate(registrytest.Size{Software: 80, Organisations: 20})),
		"small":     small(t),
		"empty":     (*registry.Catalogue)(nil).With(),
	}
}

func TestDCAT(t *testing.T) {
	var b bytes.Buffer
	if err := testSite().WriteDCAT(&b, small(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "dcat.jsonld", b.Bytes())
	for name, c := range catalogues(t) {
		b.Reset()
		if err := testSite().WriteDCAT(&b, c); err != nil {
			t.Fatal(err)
		}
		v := parsed(t, b.Bytes())
		if name == "empty" {
			continue
		}
		linkedData(t, name, v)
		ids, distributions := map[any]bool{}, 0
		for _, d := range v["dcat:dataset"].([]any) {
			set := d.(map[string]any)
			if ids[set["@id"]] {
				t.Errorf("%s: two datasets are %v", name, set["@id"])
			}
			ids[set["@id"]] = true
			for _, must := range []string{"dct:title", "dct:description", "dct:publisher", "dcat:theme", "dct:accessRights", "dcat:distribution"} {
				if set[must] == nil {
					t.Errorf("%s: %v has no %s", name, set["@id"], must)
				}
			}
			for _, must := range []string{"dcat:theme", "dct:accessRights", "dct:spatial", "dct:accrualPeriodicity", "dcat:landingPage"} {
				if set[must].(map[string]any)["@type"] == nil { // who checks it with the shapes of DCAT-AP has no other way to know
					t.Errorf("%s: %s of %v does not say what it is", name, must, set["@id"])
				}
			}
			for _, one := range set["dcat:distribution"].([]any) {
				distributions++
				if file := one.(map[string]any); file["dct:license"] == nil || file["dcat:accessURL"] == nil || file["dct:format"] == nil {
					t.Errorf("%s: %v lacks a licence, an address or a format", name, file["@id"])
				}
			}
		}
		if distributions != len(Dumps(c)) {
			t.Errorf("%s: %d distributions for %d dumps", name, distributions, len(Dumps(c)))
		}
	}
}

var anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

func TestAtom(t *testing.T) {
	x := testSite()
	for name, c := range catalogues(t) {
		for _, of := range []registry.Kind{"", registry.KindNeed, registry.KindSoftware, registry.KindOrganisation, registry.KindRequest} {
			ids := []string{""}
			if of != "" {
				ids = nil
				for _, s := range c.Stamped(of) {
					ids = append(ids, s.Head().ID)
				}
			}
			for _, id := range ids[:min(len(ids), 10)] {
				for _, lang := range []string{"fr", "en"} {
					f, ok := FeedOf(c, of, id)
					var b, again bytes.Buffer
					if err := x.WriteAtom(&b, c, f, lang, "https://communs.example.org/flux", "https://communs.example.org/"); err != nil || !ok {
						t.Fatal(err, ok)
					}
					_ = x.WriteAtom(&again, c, f, lang, "https://communs.example.org/flux", "https://communs.example.org/")
					if b.String() != again.String() {
						t.Errorf("%s %s: two feeds of one state differ", of, id)
					}
					for _, fault := range atomFaults(b.String()) {
						t.Errorf("%s: %s %s in %s: %s", name, of, id, lang, fault)
					}
					if name == "small" && id == "maison" && lang == "fr" {
						golden(t, "organisation.atom", anyTime.ReplaceAll(b.Bytes(), []byte("2026-11-22T12:00:00Z")))
					}
				}
			}
		}
		if _, ok := FeedOf(c, registry.KindUse, "x"); ok {
			t.Error("there is a feed of what is not there")
		}
	}
}

// atomFaults holds a feed to RFC 4287: what has to be there, once, ids that are addresses and are not there twice, dates of RFC 3339.
func atomFaults(feed string) (faults []string) {
	count, seen := map[string]int{}, map[string]bool{}
	var at []string
	d := xml.NewDecoder(strings.NewReader(feed))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return append(faults, err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			if at = append(at, token.Name.Local); token.Name.Space != "http://www.w3.org/2005/Atom" {
				faults = append(faults, token.Name.Local+" is in no namespace")
			}
			count[strings.Join(at, "/")]++
		case xml.EndElement:
			at = at[:len(at)-1]
		case xml.CharData:
			text := string(token)
			switch last := at[max(0, len(at)-1):]; {
			case slices.Equal(last, []string{"id"}):
				if !strings.HasPrefix(text, "tag:communs.example.org,2026:") || strings.ContainsAny(text, " <>\"") || seen[text] {
					faults = append(faults, "the id "+text)
				}
				seen[text] = true
			case slices.Equal(last, []string{"updated"}):
				if _, err := time.Parse(time.RFC3339, text); err != nil {
					faults = append(faults, err.Error())
				}
			}
		}
	}
	entries := count["feed/entry"]
	for path, n := range map[string]int{"feed": 1, "feed/id": 1, "feed/title": 1, "feed/updated": 1, "feed/author/name": 1, "feed/link": 2,
		"feed/entry/id": entries, "feed/entry/title": entries, "feed/entry/updated": entries, "feed/entry/link": entries} {
		if count[path] != n {
			faults = append(faults, fmt.Sprintf("%s stands there %d times, not %d", path, count[path], n))
		}
	}
	return faults
}

func TestAtomFaultsAreFound(t *testing.T) {
	for _, bad := range []string{"", "<feed>", `<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id></feed>`, `<feed/>`} {
		if len(atomFaults(bad)) == 0 {
			t.Errorf("%q passes for a feed", bad)
		}
	}
}

func TestFeedsAreBounded(t *testing.T) {
	c := registrytest.Catalogue(t, registrytest.Generate(registrytest.Size{Software: 300, Organisations: 30}))
	f, _ := FeedOf(c, "", "")
	if len(f.Entries) != maxEntries {
		t.Errorf("%d entries", len(f.Entries))
	}
	for i := 1; i < len(f.Entries); i++ {
		if f.Entries[i].Seq >= f.Entries[i-1].Seq {
			t.Fatal("the last change does not come first")
		}
	}
}

func TestBadge(t *testing.T) {
	var all bytes.Buffer
	for _, b := range []Badge{{"licence", "libre", Good}, {"licence", "pas libre", Bad}, {"<script>\"'&", strings.Repeat("é", 100) + "\x00\x1b", Neutral}, {"", "", Neutral}} {
		var one bytes.Buffer
		if err := b.Write(&one); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(one.Bytes(), new(struct{ XMLName xml.Name })); err != nil || strings.Contains(one.String(), "<script") {
			t.Errorf("%v: %s", err, one.String())
		}
		all.Write(one.Bytes())
	}
	golden(t, "badges.txt", all.Bytes())
}

func TestDescriptors(t *testing.T) {
	c := small(t)
	told := func(f *descriptors.Fault) string { return f.Key + "\nname: injected" }
	var all bytes.Buffer
	for _, s := range c.AllSoftware() {
		if err := WritePubliccode(&all, c, s, "to complete", told); err != nil {
			t.Fatal(err)
		}
		if err := WriteCodemeta(&all, c, s); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "descriptors.txt", all.Bytes())
}

// TestDescriptorsAreReadAgain: what is written is valid but for what the comments before it name, and says what the card says.
func TestDescriptorsAreReadAgain(t *testing.T) {
	for name, c := range catalogues(t) {
		for _, s := range c.AllSoftware() {
			var b bytes.Buffer
			missing := 0
			err := WritePubliccode(&b, c, s, "missing", func(*descriptors.Fault) string { missing++; return "x" })
			if err != nil {
				t.Fatal(err)
			}
			doc, err := descriptors.Reader{}.Read(descriptors.Publiccode, &b)
			if err != nil {
				t.Fatal(err)
			}
			errors := 0
			for _, f := range doc.Faults {
				if f.Severity == descriptors.Error {
					errors++
				}
			}
			if errors != missing || doc.Software.Name != s.Name {
				t.Errorf("%s %s: %d errors, %d were told, %q", name, s.ID, errors, missing, doc.Software.Name)
			}
			b.Reset()
			if err := WriteCodemeta(&b, c, s); err != nil {
				t.Fatal(err)
			}
			if doc, err = (descriptors.Reader{}).Read(descriptors.Codemeta, &b); err != nil || !doc.Valid() && name != "small" {
				t.Errorf("%s %s: codemeta: %v %v", name, s.ID, err, doc.Faults)
			}
		}
	}
}

// TestDescriptorIsValid: a card whose repository was looked at gives a valid publiccode.yml.
func TestDescriptorIsValid(t *testing.T) {
	meta := func(id string) registry.Meta { return registry.Meta{ID: id, Status: registry.Declared} }
	about := strings.Repeat("Chacun coche les dates qui lui vont. ", 6)
	software := func(id, at string) *registry.Software {
		return &registry.Software{Meta: meta(id), Name: id, Summary: registry.Text{FR: "Choisir une date."}, About: registry.Text{FR: about}, Licence: "MIT", Stage: registry.StageStable,
			Needs: []string{"dates"}, Platforms: []string{"web"}, Languages: []string{"fr"}, Categories: []string{"appointment-scheduling"}, Repositories: []string{at}}
	}
	c := (*registry.Catalogue)(nil).With(
		&registry.Need{Meta: meta("dates"), Name: registry.Text{FR: "Choisir une date", EN: "Find a date"}},
		&registry.Organisation{Meta: meta("o"), Name: "Atelier", Type: registry.TypeCompany, Forges: []string{"https://forge.example.org/atelier"}},
		&registry.Repository{Meta: meta("https://forge.example.org/gens/dates"), Activity: registry.Activity{Contributors: &registry.Count{N: 3}}},
		&registry.Repository{Meta: meta("https://forge.example.org/gens/vieux"), Archived: true},
		software("made", "https://forge.example.org/atelier/dates"), software("together", "https://forge.example.org/gens/dates"), software("given-up", "https://forge.example.org/gens/vieux"),
	)
	for id, want := range map[string]descriptors.Maintenance{
		"made":     {Type: "internal", Contacts: []descriptors.Party{{Name: "Atelier"}}},
		"together": {Type: "community", Contacts: []descriptors.Party{{Name: "gens (forge.example.org)"}}},
		"given-up": {Type: "none"},
	} {
		s, _ := c.Software(id)
		var b bytes.Buffer
		if err := WritePubliccode(&b, c, s, "missing", (*descriptors.Fault).Error); err != nil {
			t.Fatal(err)
		}
		doc, err := descriptors.Reader{}.Read(descriptors.Publiccode, strings.NewReader(b.String()))
		if err != nil || !doc.Valid() || strings.HasPrefix(b.String(), "#") {
			t.Errorf("%s: %v %v\n%s", id, err, doc.Faults, b.String())
			continue
		}
		if got := doc.Software.Maintenance; !reflect.DeepEqual(got, want) || !slices.Equal(doc.Software.Descriptions["fr"].Features, []string{"Choisir une date"}) {
			t.Errorf("%s: %+v", id, doc.Software)
		}
	}
}
