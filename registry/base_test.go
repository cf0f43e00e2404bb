// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"communs/registry"
	"communs/registry/registrytest"
)

func base(t *testing.T) []registry.Entry {
	t.Helper()
	list, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBaseIsWhole(t *testing.T) {
	c := registrytest.Catalogue(t, base(t))
	if len(c.Needs()) < 50 || len(c.AllSoftware()) == 0 {
		t.Errorf("%d needs, %d software", len(c.Needs()), len(c.AllSoftware()))
	}
	for _, b := range c.Broken() {
		t.Errorf("%s %s, %s: there is no %q %s", b.Kind, b.ID, b.Field, b.To, b.Why)
	}
}

func TestReadBase(t *testing.T) {
	list, err := registry.ReadBase(fstest.MapFS{
		"needs.json":         {Data: []byte(`{"version": "1", "needs": [{"id": "b", "fr": "Bé", "en": "Bee", "words": ["x"]}, {"id": "a", "fr": "A", "en": "A"}]}`)},
		"software/tool.toml": {Data: []byte("name = \"Tool\"\nneeds = [\"b\"]\nsummary = {fr = \"Un\", en = \"One\"}\n[export]\nanswer = \"yes\"\ndate = 2026-01-02\n")},
		"offers.toml":        {Data: []byte("[[offer]]\nid = \"o\"\norganisation = \"x\"\nstatus = \"declared\"\n[[offer.sources]]\nname = \"chatons\"\nlicence = \"CC-BY-SA-4.0\"\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(list); got != "a b tool o" {
		t.Fatalf("got %s", got)
	}
	s, o := list[2].(*registry.Software), list[3].(*registry.Offer)
	if s.Name != "Tool" || s.Summary.EN != "One" || s.Status != registry.Proposed || s.Sources[0].Licence != "CC0-1.0" || s.Export.Date != "2026-01-02" {
		t.Errorf("got %+v", s)
	}
	if o.Status != registry.Declared || o.Sources[0].Name != "chatons" || list[0].Head().Status != registry.Declared {
		t.Errorf("got %+v", o)
	}
}

func TestReadBaseSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct {
		name, file, text, want string
		line                   int
	}{
		{"unknown key", "software/a.toml", "name = \"A\"\n\ncolour = \"red\"\n", "colour", 3},
		{"unknown key of a table", "software/a.toml", "name = \"A\"\n[online]\ndemo = \"x\"\nfree = true\n", "free", 4},
		{"unknown key of an inline table", "software/a.toml", "name = \"A\"\nsummary = {fr = \"a\", de = \"b\"}\n", "de", 2},
		{"unknown table", "software/a.toml", "name = \"A\"\n[paint]\nx = 1\n", "paint", 2},
		{"wrong type", "software/a.toml", "name = \"A\"\nneeds = \"x\"\n", "needs", 2},
		{"syntax", "software/a.toml", "name = \"A\"\nneeds = [\n\n", "", 3},
		{"twice", "software/a.toml", "name = \"A\"\nname = \"B\"\n", "", 2},
		{"another id", "software/a.toml", "name = \"A\"\nid = \"b\"\n", "id", 2},
		{"another kind", "offers.toml", "[[use]]\nid = \"a\"\n", "[[offer]]", 0},
		{"no kind", "things.toml", "[[thing]]\nid = \"a\"\n", "[[thing]]", 0},
		{"no table", "offers.toml", "offer = 1\n", "[[offer]]", 0},
		{"another file", "readme.txt", "", "TOML", 0},
		{"needs, unknown key", "needs.json", "{\"needs\": [\n{\"id\": \"a\",\n\"de\": \"x\"}]}", "de", 3},
		{"needs, syntax", "needs.json", "{\"needs\": [\n{\"id\" \"a\"}]}", "", 2},
		{"the same id twice", "uses.toml", "[[use]]\nid = \"a\"\n[[use]]\nid = \"a\"\n", "twice", -1},
	} {
		_, err := registry.ReadBase(fstest.MapFS{test.file: {Data: []byte(test.text)}})
		var wrong *registry.BaseError
		if test.line < 0 {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v", test.name, err)
			}
			continue
		}
		if !errors.As(err, &wrong) || wrong.File != test.file || wrong.Line != test.line || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s:%d and %q", test.name, err, test.file, test.line, test.want)
		}
	}
}

func FuzzReadBase(f *testing.F) {
	f.Add("software/a.toml", []byte("name = \"A\"\n"))
	f.Add("needs.json", []byte(`{"needs": [{"id": "a"}]}`))
	f.Add("offers.toml", []byte("[[offer]]\nid = \"a\"\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if !fs.ValidPath(name) || name == "." { // no file system has such a file
			return
		}
		if list, err := registry.ReadBase(fstest.MapFS{name: {Data: data}}); err == nil {
			for _, e := range list {
				if e.Head().Status == "" || len(e.Head().Sources) == 0 {
					t.Fatalf("%+v lacks a status or a source", e)
				}
			}
		}
	})
}
