// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
	"communs/registry/imports"
	"communs/registry/register/registertest"
)

// detector is made once for all tests.
var detector = sync.OnceValues(licenses.NewDetector)

type world struct {
	*registertest.Forge
	*Service
	records registry.Store
	clock   time.Time
}

// now is the clock that the test turns.
func (w *world) now() time.Time { return w.clock }

// newWorld is a registry with an organisation or two, and the forge.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Forge: registertest.New(t), clock: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	var err error
	if w.records, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.records.Close() })
	base, err := registry.Base()
	if err != nil {
		t.Fatal(err)
	}
	var edits []registry.Edit
	for _, e := range base {
		edits = append(edits, registry.Edit{Entry: e})
	}
	for _, id := range []string{"atelier", "mairie"} {
		edits = append(edits, registry.Edit{Entry: &registry.Organisation{Name: strings.ToUpper(id[:1]) + id[1:] + " du test", Type: registry.TypeCompany,
			Meta: registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "members", Licence: "CC0-1.0"}}}}})
	}
	if _, err := registry.Save(t.Context(), w.records, nil, edits...); err != nil {
		t.Fatal(err)
	}
	client := w.Client()
	w.Service, err = Open(t.Context(), Config{
		Dir: dir, Records: w.records, Licence: "CC0-1.0", Now: w.now, Reader: &Crawled{Config: crawler.Config{Client: client}, Detector: detector},
		Site: &imports.Fetcher{Dial: w.Dial, Roots: client.Transport.(*http.Transport).TLSClientConfig.RootCAs},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Service.Close() })
	return w
}

// person acts for an organisation.
type person struct {
	*world
	t   *testing.T
	by  registry.Actor
	own Owner
}

func (w *world) person(t *testing.T, account, organisation string) person {
	p := person{w, t, registry.Actor{Account: account, Organisation: organisation, Roles: []registry.Role{registry.RoleMember}}, Owner{Account: account}}
	if organisation != "" {
		p.own.Organisations = []string{organisation}
	}
	return p
}

// begin registers an address and waits until its repository has been read.
func (p person) begin(address string) *Draft {
	p.t.Helper()
	d, err := p.Begin(p.t.Context(), p.by, address, "192.0.2.1")
	if err != nil {
		p.t.Fatalf("%s: %v", address, err)
	}
	if d, err = p.Wait(p.t.Context(), p.own, d.ID); err != nil || d.Reading || d.Failed != nil {
		p.t.Fatalf("%s: %+v, %v", address, d, err)
	}
	return d
}
