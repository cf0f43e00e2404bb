// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"errors"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
	"communs/registry"
)

const mit = `MIT License

Copyright (c) 2026 Atelier

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`

const publiccode = `publiccodeYmlVersion: "0.4"
name: Agenda partagé
url: https://forge.example.com/atelier/agenda
landingURL: https://agenda.example.com/
softwareType: standalone/web
developmentStatus: stable
platforms: [web]
categories: [calendar]
legal: {license: MIT}
maintenance: {type: internal}
localisation: {localisationReady: true, availableLanguages: [fr, en]}
description:
  fr: {shortDescription: "Un agenda à plusieurs pour les associations", longDescription: "Chacun note ses rendez-vous, tous les voient.", features: [agenda]}
`

// codeOf is the code of a refusal; empty for none.
func codeOf(err error) string {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestJourney registers a software that describes itself, corrects a field, publishes twice, proves control and corrects the card.
func TestJourney(t *testing.T) {
	w := newWorld(t)
	url := w.Push("atelier/agenda", "publiccode.yml", publiccode, "LICENSE", mit, "README.md", "# Agenda\n\nUn agenda à plusieurs.\n")
	anne, boris := w.person(t, "anne", "atelier"), w.person(t, "boris", "mairie")
	d := anne.begin(url + "/src/branch/main/README.md")
	card := d.Software
	if d.Address != url || card.Name != "Agenda partagé" || card.Licence != "MIT" || card.Website != "https://agenda.example.com/" || d.Found.Licence != "MIT" ||
		d.Found.Site != card.Website || card.Stage != registry.StageStable || card.Summary.FR == "" || len(card.Reasons) < 4 {
		t.Fatalf("found: %+v\ncard: %+v", d.Found, card)
	}
	if again := anne.begin(url + ".git"); again.ID != d.ID {
		t.Error("the same address made a second draft")
	}
	if _, err := w.Draft(t.Context(), boris.own, d.ID); codeOf(err) != "unknown" {
		t.Errorf("another organisation's draft: %v", err)
	}
	if _, err := w.Correct(t.Context(), anne.own, d.ID, d.Version, map[string]string{"website": "javascript:alert(1)", "summary.fr": "<script>x</script>", "stage": "maybe"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Correct(t.Context(), anne.own, d.ID, d.Version, map[string]string{"name": "x"}); codeOf(err) != "stale" {
		t.Errorf("a change made on an old version: %v", err)
	}
	var faults Faults
	if _, err := w.Publish(t.Context(), anne.by, anne.own, d.ID, true); !errors.As(err, &faults) || faults[0].Field != "website" || faults.Doubtful() {
		t.Fatalf("faults: %v", err)
	}
	d, err := w.Correct(t.Context(), anne.own, d.ID, 0, map[string]string{"website": "https://agenda.example.com/", "summary.fr": "Un agenda à plusieurs", "stage": "beta"})
	if err != nil {
		t.Fatal(err)
	}
	st, err := w.Look(t.Context(), d)
	if err != nil || len(st.Faults) > 0 || st.Known != nil {
		t.Fatalf("%+v, %v", st, err)
	}
	made, err := w.Publish(t.Context(), anne.by, anne.own, d.ID, false)
	if err != nil || made.Status != registry.Declared || made.By != "atelier" || made.ID != "agenda-partage" {
		t.Fatalf("%+v, %v", made, err)
	}
	if twice, err := w.Publish(t.Context(), anne.by, anne.own, d.ID, false); err != nil || twice.ID != made.ID {
		t.Errorf("published again: %+v, %v", twice, err)
	}
	ch, err := w.Challenge(t.Context(), anne.own, d.ID)
	if err != nil || ch.Address != "https://agenda.example.com/.well-known/"+TokenFile {
		t.Fatalf("%+v, %v", ch, err)
	}
	w.Push("atelier/agenda", "publiccode.yml", publiccode, TokenFile, "# pour le catalogue\n"+ch.Line+"\n")
	control, err := w.Prove(t.Context(), anne.by, anne.own, d.ID, registry.ControlFile, "192.0.2.1")
	if err != nil || control.Date != "2026-11-22" || control.Until != "2027-11-22" {
		t.Fatalf("%+v, %v", control, err)
	}
	if now, err := w.card(t.Context(), made.ID); err != nil || now.Status != registry.Proven || *now.Control != *control {
		t.Fatalf("%+v, %v", now, err)
	}
	// Boris finds it taken; Anne corrects it, and it stays proven.
	taken := boris.begin(url)
	if _, err := w.Look(t.Context(), taken); codeOf(err) != "taken" {
		t.Errorf("somebody else’s card: %v", err)
	}
	if _, err := w.Publish(t.Context(), boris.by, boris.own, taken.ID, true); codeOf(err) != "taken" {
		t.Errorf("somebody else’s card: %v", err)
	}
	edit := anne.begin(url)
	if edit, err = w.Correct(t.Context(), anne.own, edit.ID, 0, map[string]string{"stage": "stable"}); err != nil {
		t.Fatal(err)
	}
	if now, err := w.Publish(t.Context(), anne.by, anne.own, edit.ID, false); err != nil || now.ID != made.ID || now.Status != registry.Proven || now.Stage != "stable" {
		t.Fatalf("%+v, %v", now, err)
	}
	// A year later the proof counts no more, and the card says so. Drafts are gone.
	w.clock = w.clock.AddDate(0, 0, 366)
	if err := w.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, err := w.card(t.Context(), made.ID); err != nil || now.Status != registry.Declared || now.Control == nil {
		t.Fatalf("%+v, %v", now, err)
	}
	if list, err := w.Drafts(t.Context(), anne.own); err != nil || len(list) > 0 {
		t.Errorf("%d drafts are left, %v", len(list), err)
	}
	if _, err := registry.Verify(t.Context(), w.records, nil); err != nil {
		t.Error(err)
	}
}

// TestClaim holds that a card that others made known is taken over by who proves control alone, by whatever address it is named.
func TestClaim(t *testing.T) {
	w := newWorld(t)
	url := w.Push("atelier/agenda", "publiccode.yml", publiccode, "LICENSE", mit)
	known := &registry.Software{Name: "Agenda", Summary: registry.Text{FR: "Agenda"}, Repositories: []string{url},
		Meta: registry.Meta{ID: "agenda", Status: registry.Proposed, Sources: []registry.Source{{Name: "sill", Licence: "etalab-2.0"}}}}
	repo := &registry.Repository{Meta: registry.Meta{ID: url, Status: registry.Proposed, Sources: known.Sources}, Aliases: []string{"https://forge.example.com/old/agenda"}}
	if _, err := registry.Save(t.Context(), w.records, nil, registry.Edit{Entry: known}, registry.Edit{Entry: repo}); err != nil {
		t.Fatal(err)
	}
	w.Push("old/agenda", "README.md", "# moved\n", "LICENSE", mit)
	anne := w.person(t, "anne", "atelier")
	d := anne.begin("https://forge.example.com/old/agenda")
	if d.Claims != "agenda" {
		t.Fatalf("%+v", d)
	}
	if _, err := w.Publish(t.Context(), anne.by, anne.own, d.ID, true); codeOf(err) != "known" {
		t.Fatalf("claimed without a proof: %v", err)
	}
	ch, err := w.Challenge(t.Context(), anne.own, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.Push("old/agenda", TokenFile, ch.Line)
	if _, err := w.Prove(t.Context(), anne.by, anne.own, d.ID, registry.ControlFile, ""); err != nil {
		t.Fatal(err)
	}
	made, err := w.Publish(t.Context(), anne.by, anne.own, d.ID, true)
	if err != nil || made.ID != "agenda" || made.By != "atelier" || made.Status != registry.Proven || made.Sources[1].Name != "sill" {
		t.Fatalf("%+v, %v", made, err)
	}
}

// TestForgedProofs tries what does not prove control, in a repository and on a site, each refused in words of its own.
func TestForgedProofs(t *testing.T) {
	w := newWorld(t)
	url := w.Push("atelier/agenda", "publiccode.yml", publiccode, "LICENSE", mit)
	other := w.Push("atelier/autre", "README.md", "# Autre\n\nUn outil pour autre chose.\n")
	anne, boris := w.person(t, "anne", "atelier"), w.person(t, "boris", "mairie")
	line := func(p person, d *Draft) string {
		t.Helper()
		ch, err := w.Challenge(t.Context(), p.own, d.ID)
		if err != nil {
			t.Fatal(err)
		}
		return ch.Line
	}
	mine, others, second := anne.begin(url), boris.begin(url), anne.begin(other)
	prove := func(method registry.ControlMethod) string {
		_, err := w.Prove(t.Context(), anne.by, anne.own, mine.ID, method, "")
		if m, ok := err.(words.Messenger); ok {
			said(t, m)
		}
		return codeOf(err)
	}
	if got := prove(registry.ControlFile); got != "file.none" {
		t.Errorf("no file: %s", got)
	}
	good := line(anne, mine)
	for name, test := range map[string]struct{ text, want string }{
		"an empty file": {"", "file.empty"}, "made up": {"communs-verification=abcdefgh234567", "file.forged"}, "of another repository": {line(anne, second), "file.elsewhere"},
		"of somebody else": {line(boris, others), "file.others"}, "cut": {good[:len(good)-1], "file.forged"}, "in a sentence": {"x " + good, "file.forged"},
		"too long": {strings.Repeat("x\n", maxToken), "file.long"},
	} {
		w.Push("atelier/agenda", TokenFile, test.text)
		if got := prove(registry.ControlFile); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	w.clock = w.clock.Add(tokenLife + time.Hour)
	w.Push("atelier/agenda", TokenFile, good)
	if got := prove(registry.ControlFile); got != "file.expired" {
		t.Errorf("an old one: %s", got)
	}
	// On the site: not there, elsewhere, too much, there.
	at := "https://agenda.example.com/.well-known/" + TokenFile
	if got := prove(registry.ControlSite); got != "file.none" {
		t.Errorf("no file on the site: %s", got)
	}
	w.Page(at, redirect("https://ailleurs.exemple.org/"))
	if got := prove(registry.ControlSite); !strings.Contains(got, "other-host") {
		t.Errorf("a redirection: %s", got)
	}
	w.Says(at, strings.Repeat("x", maxToken+1))
	if got := prove(registry.ControlSite); !strings.Contains(got, "too-long") {
		t.Errorf("a long file: %s", got)
	}
	good = line(anne, mine)
	w.Says(at, "\ufeff# mots\r\n"+good+"\r\n")
	if got := prove(registry.ControlSite); got != "" {
		t.Errorf("the right one: %s", got)
	}
	// It has served: the next proof needs another.
	if got := prove(registry.ControlSite); got != "file.used" {
		t.Errorf("a second time: %s", got)
	}
	if got := prove("magic"); got != "method" {
		t.Error(got)
	}
	if got := prove(registry.ControlForge); got != "forge.none" {
		t.Error(got)
	}
	// The word in a file of one repository says nothing of another that the same person registers: its site is not of its repository.
	if _, err := w.Prove(t.Context(), anne.by, anne.own, second.ID, registry.ControlSite, ""); codeOf(err) != "site.none" {
		t.Errorf("a site that the repository does not name: %v", err)
	}
}
