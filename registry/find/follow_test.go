// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/registrytest"
)

func TestFollowsTheCatalogue(t *testing.T) {
	store := registrytest.Open(t, append(testNeeds(t), testSoftware(t)...))
	live, err := registry.NewLive(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(t.Context(), live.Last(), testDay)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	put := func(c registry.Change) {
		t.Helper()
		if _, err := store.Apply(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		now, err := live.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Follow(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2*manyBatches + 3 { // the index is made anew on the way
		name := fmt.Sprintf("Zorglub%c%c", 'a'+i/26, 'a'+i%26)
		change, err := registry.Put(&registry.Software{Meta: testMeta("changing"), Name: name, Needs: []string{"vote"}}, registry.AnyBase)
		if err != nil {
			t.Fatal(err)
		}
		put(change)
		if p := search(t, f, Query{Words: name}); p.Total == 0 || p.Hits[0].ID != "changing" || len(p.Meant) != 0 {
			t.Fatalf("%s after change %d: %v, meant %v", name, i, ids(p), p.Meant)
		}
		if p := search(t, f, Query{Words: "nextcloud"}); len(p.Hits) == 0 || p.Hits[0].ID != "nextcloud" {
			t.Fatalf("after change %d Nextcloud is gone: %v", i, ids(p))
		}
	}
	if p := search(t, f, Query{Words: "Zorglubaa"}); p.Total != 0 && len(p.Meant) == 0 {
		t.Errorf("the name before still finds %v", ids(p))
	}
	put(registry.Change{Kind: registry.KindSoftware, ID: "changing", Base: registry.AnyBase})
	if p := search(t, f, Query{N: -1}); slices.Contains(ids(p), "changing") {
		t.Error("deleted software is found")
	}
	if p := search(t, f, Query{Words: "zorglub"}); len(p.Unknown) != 1 || len(p.Meant) != 0 {
		t.Errorf("the words of deleted software are still known: %v, meant %v", ids(p), p.Meant)
	}
}

// A finder that followed changes answers like one that was made of the same catalogue.
func TestFollowingGivesWhatMakingAnewGives(t *testing.T) {
	entries := append(append(testNeeds(t), testSoftware(t)...), offerers()...)
	store := registrytest.Open(t, entries[:len(entries)-20])
	before, err := registry.Load(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(t.Context(), before, testDay)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	registrytest.Fill(t, store, entries[len(entries)-20:])
	after, err := registry.Load(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Follow(t.Context(), after); err != nil {
		t.Fatal(err)
	}
	fresh, err := New(t.Context(), after, testDay)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	for _, row := range lines(t, "questions.tsv") {
		a, b := search(t, f, Query{Words: row[1]}), search(t, fresh, Query{Words: row[1]})
		if !slices.Equal(ids(a), ids(b)) {
			t.Errorf("%q: %v, made anew %v", row[1], ids(a), ids(b))
		}
	}
}

// What is said of activity is worked out anew every day, whatever else changes.
func TestActivityAgesWithTheDays(t *testing.T) {
	url, now := "https://forge.example.org/g/un", testDay()
	one := &registry.Software{Meta: testMeta("un"), Name: "Un", Repositories: []string{url}}
	store := registrytest.Open(t, []registry.Entry{one, &registry.Repository{Meta: testMeta(url),
		Activity: registry.Activity{LastChange: &registry.Finding{Value: "2025-11-24", Date: "2026-11-20"}}}})
	live, err := registry.NewLive(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(t.Context(), live.Last(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, want := range []Activity{Active, Active, Active, Quiet, Quiet} {
		if err := f.Follow(t.Context(), live.Last()); err != nil {
			t.Fatal(err)
		}
		if got := search(t, f, Query{}).Hits[0].Activity; got != want {
			t.Errorf("after %d days: %s, want %s", i, got, want)
		}
		now = now.Add(24 * time.Hour)
	}
}

func TestQuestionsWhileTheCatalogueChanges(t *testing.T) {
	entries := append(testNeeds(t), testSoftware(t)...)
	a, b := registrytest.Catalogue(t, entries), registrytest.Catalogue(t, append(entries, offerers()...))
	f, err := New(t.Context(), a, testDay)
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan bool), make(chan bool)
	for range 4 {
		go func() {
			defer func() { done <- true }()
			for {
				select {
				case <-stop:
					return
				default:
					if p, err := f.Search(t.Context(), Query{Words: "nextcloud"}); err != nil || p.Hits[0].ID != "nextcloud" {
						t.Errorf("%v %v", p, err)
						return
					}
				}
			}
		}()
	}
	for range 3 {
		if err := f.Follow(t.Context(), b); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	for range 4 {
		<-done
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
