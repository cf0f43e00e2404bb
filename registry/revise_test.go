// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"communs/registry"
	"communs/registry/registrytest"
)

func TestFields(t *testing.T) {
	for _, test := range []struct{ set, want string }{
		{"name=Outil", `"name":"Outil"`},
		{"summary.fr=Un outil", `"summary":{"fr":"Un outil"}`},
		{"needs= a , b,", `"needs":["a","b"]`},
		{`needs=["a, b"]`, `"needs":["a, b"]`},
		{"words[]=un", `"words":["un"]`},
		{"prices=free,quote", `"prices":["free","quote"]`},
		{"screenshots[0].url=https://example.org/", `"screenshots":[{"url":"https://example.org/"}]`},
		{`summary={"en":"A tool"}`, `"summary":{"en":"A tool"}`},
		{"sources[].licence=CC0-1.0", `"sources":[{"name":"","licence":"CC0-1.0"}]`},
		{"colour=red", "colour: registry.problem.no-field"},
		{"=red", ": registry.problem.no-field"},
		{"summary.de=x", "summary.de: registry.problem.no-field"},
		{"summary=x", "summary: registry.problem.not-json"},
		{"name.fr=x", "name.fr: registry.problem.no-parts"},
		{"name[]=x", "name[]: registry.problem.no-list"},
		{"words[1]=x", "words[1]: registry.problem.no-item"},
		{"words[-1]=x", "words[-1]: registry.problem.no-field"},
		{"words[99999999]=x", "words[99999999]: registry.problem.no-item"},
		{"screenshots=[1]", "screenshots[0]: registry.problem.not-an-object"},
		{`needs=[1]`, "needs[0]: registry.problem.not-a-text"},
		{`needs=[`, "needs: registry.problem.not-json"},
		{`summary={"fr":"a"}{}`, "summary: registry.problem.not-json"},
	} {
		s := &registry.Software{}
		path, value, _ := strings.Cut(test.set, "=")
		problems := registry.SetField(s, path, value)
		c, err := registry.Put(s, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := string(c.Body)
		if len(problems) > 0 {
			got = problems[0].Error()
		}
		if !strings.Contains(got, test.want) || strings.Contains(test.want, "registry.problem") && len(problems) == 0 {
			t.Errorf("%s: %s, want %s", test.set, got, test.want)
		}
	}
}

// A field that is set comes back empty when it is cleared, and an item leaves its list.
func TestClearField(t *testing.T) {
	r := &registry.Request{Needs: []string{"a", "b", "c"}, Answer: &registry.Answer{URL: "x"}, Supports: []registry.Support{{Euros: 1}, {Euros: 2}}}
	for _, path := range []string{"needs[1]", "answer", "supports[0]", "title.fr"} {
		if problems := registry.ClearField(r, path); len(problems) > 0 {
			t.Errorf("%s: %v", path, problems)
		}
	}
	if fmt.Sprint(r.Needs) != "[a c]" || r.Answer != nil || len(r.Supports) != 1 || r.Supports[0].Euros != 2 {
		t.Errorf("what remains: %+v", r)
	}
	for _, path := range []string{"needs[5]", "needs[]", "colour", "by[0]", ""} {
		if len(registry.ClearField(r, path)) == 0 {
			t.Errorf("%q can be cleared", path)
		}
	}
}

func FuzzSetField(f *testing.F) {
	f.Add("summary.fr", "x")
	f.Add("screenshots[0].title.fr", `{"a":1}`)
	f.Add("needs[]", "[")
	f.Fuzz(func(t *testing.T, path, value string) {
		for _, kind := range registry.Kinds() {
			e := registry.NewEntry(kind)
			registry.SetField(e, path, value)
			registry.ClearField(e, path)
			if _, err := registry.Put(e, 0); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(`{"record":{"name":"x"},"seq":3}`))
	f.Add([]byte("name = \"x\"\ndate = 2026-11-22\n[[items]]\nn = 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := registry.ReadDocument(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		for _, kind := range registry.Kinds() {
			registry.ReadFields(registry.NewEntry(kind), d.Fields)
		}
	})
}

// Whatever is taken out of a catalogue along with what speaks of it, nothing that stays refers to it, nothing is worse than before, and it can
// be told what was taken out, and why.
func TestWithdraw(t *testing.T) {
	entries := registrytest.Generate(registrytest.Size{Software: 40, Organisations: 15})
	for i, victim := range entries {
		if i%9 != 0 {
			continue
		}
		s := openStore(t, registry.Config{Dir: t.TempDir()})
		registrytest.Fill(t, s, entries)
		kind, id := victim.Kind(), victim.Head().ID
		before, err := registry.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		why := registry.Withdrawal{Reason: "essai", Date: "2026-11-22"}
		speak := before.Referrers(kind, id)
		_, err = before.Withdraw(kind, id, why, false)
		var referred *registry.ReferredError
		if errors.As(err, &referred) != (len(speak) > 0) {
			t.Fatalf("%s %s: %d refer to it, %v", kind, id, len(speak), err)
		}
		plan, err := registry.Revise(t.Context(), s, registry.ImportOptions{}, func(full *registry.Catalogue) ([]registry.Edit, error) {
			return full.Withdraw(kind, id, why, true)
		})
		if err != nil || plan.Count(registry.FateRefused) > 0 {
			t.Fatalf("%s %s: %v, %v", kind, id, err, fates(plan))
		}
		after, err := registry.Load(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if left := after.Referrers(kind, id); len(left) > 0 || len(after.Broken()) > 0 {
			t.Fatalf("%s %s: still referred to by %v; broken: %v", kind, id, left, after.Broken())
		}
		e, ok := after.Full().Entry(kind, id)
		if w := e.Head().Withdrawal; !ok || e.Head().Status != registry.Withdrawn || w == nil || w.Reason != "essai" || w.With != "" {
			t.Fatalf("%s %s: no trace: %+v", kind, id, e.Head())
		}
		for _, k := range registry.Kinds() {
			for _, stays := range after.Stamped(k) {
				if n := len(registry.Check(stays.Entry, after)); n > 0 {
					if was, _ := before.Entry(k, stays.Head().ID); len(registry.Check(was.Entry, before)) < n {
						t.Fatalf("without %s %s, %s %s: %v", kind, id, k, stays.Head().ID, registry.Check(stays.Entry, after))
					}
				}
			}
		}
	}
}

// Several write at once, some take out what others refer to: nothing that is shown refers to what was taken out.
func TestRevisionsSideBySide(t *testing.T) {
	dir := t.TempDir()
	registrytest.Fill(t, openStore(t, registry.Config{Dir: dir}), stock())
	var wait sync.WaitGroup
	for w := range 4 {
		s := openStore(t, registry.Config{Dir: dir})
		wait.Go(func() {
			for n := range 10 {
				id := fmt.Sprintf("outil-%d-%d", w, n)
				_, err := registry.Revise(t.Context(), s, registry.ImportOptions{Sure: true}, func(full *registry.Catalogue) ([]registry.Edit, error) {
					need := "visio"
					if e, ok := full.Need(need); !ok || e.Status == registry.Withdrawn {
						need = "agenda"
					}
					return []registry.Edit{{Entry: &registry.Software{Meta: from(id, "operator", registry.Declared), Name: id,
						Summary: registry.Text{FR: "Un outil."}, Needs: []string{need}}}}, nil
				})
				if err != nil {
					t.Error(err)
				}
				if w == 0 && n == 3 {
					_, err := registry.Revise(t.Context(), s, registry.ImportOptions{}, func(full *registry.Catalogue) ([]registry.Edit, error) {
						return full.Withdraw(registry.KindNeed, "visio", registry.Withdrawal{Reason: "essai", Date: "2026"}, true)
					})
					if err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	c, err := registry.Load(t.Context(), openStore(t, registry.Config{Dir: dir}))
	if err != nil {
		t.Fatal(err)
	}
	if left := c.Referrers(registry.KindNeed, "visio"); len(left) > 0 {
		t.Errorf("%d still refer to what was taken out: %v", len(left), left)
	}
	for w := range 4 {
		for n := range 10 {
			if _, ok := c.Software(fmt.Sprintf("outil-%d-%d", w, n)); !ok {
				t.Errorf("outil-%d-%d was lost", w, n)
			}
		}
	}
}

// What an operator wrote is not written over by the import that brought the record, and not added to.
func TestAnImportLeavesWhatWasWrittenByHand(t *testing.T) {
	s := openStore(t, registry.Config{Dir: t.TempDir()})
	tool := func() *registry.Software {
		return &registry.Software{Meta: from("outil", "sill", registry.Proposed), Name: "Outil", Summary: registry.Text{FR: "Un outil."}, Words: []string{"un", "deux"}}
	}
	run(t, s, registry.ImportOptions{}, tool())
	_, err := registry.Revise(t.Context(), s, registry.ImportOptions{}, func(full *registry.Catalogue) ([]registry.Edit, error) {
		old, _ := full.Entry(registry.KindSoftware, "outil")
		e, err := registry.Copy(old.Entry.(*registry.Software))
		if err != nil {
			return nil, err
		}
		e.Words, e.Summary.FR = []string{"un"}, "Mon outil."
		return []registry.Edit{{Entry: e, Base: old.Seq}}, registry.ByHand(old.Entry, e, registry.Source{Name: registry.OperatorSource, Licence: "CC0-1.0"})
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := run(t, s, registry.ImportOptions{}, tool())
	c, err := registry.Load(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if e, _ := c.Software("outil"); fmt.Sprint(e.Words) != "[un]" || e.Summary.FR != "Mon outil." || e.Status != registry.Declared || len(e.Sources) != 2 {
		t.Errorf("after the import: %+v (%v)", e, fates(plan))
	}
}
