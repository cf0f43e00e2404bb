// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
	"communs/registry/people"
)

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

// said holds that a refusal has a sentence in both languages, with nothing left over or missing.
func said(t *testing.T, m words.Messenger) {
	t.Helper()
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	key, args := m.Message()
	for _, lang := range words.Langs() {
		p := catalog.Printer(lang)
		if !p.Has(key) {
			t.Errorf("%s has no sentence in %s", key, lang)
			continue
		}
		text := p.T(key, args...)
		if p.Has(key + ".hint") {
			text += p.T(key+".hint", args...)
		}
		if strings.Contains(text, "%!") {
			t.Errorf("%s: %s", key, text)
		}
	}
}

// TestAddresses holds which addresses are refused before anything is asked of them.
func TestAddresses(t *testing.T) {
	w := newWorld(t)
	anne := w.person(t, "anne", "atelier")
	for _, bad := range []string{
		"", "agenda", "http://forge.example.com/a/b", "https://127.0.0.1/a/b", "https://localhost/a/b", "https://10.0.0.1/a/b", "https://[::1]/a/b", "https://[::ffff:127.0.0.1]/a/b",
		"https://169.254.169.254/latest/meta-data", "https://0x7f.1/a/b", "https://192.168.1.1.nip.local/a/b", "https://forge.example.com", "https://forge.example.com/",
		"https://user:secret@forge.example.com/a/b", "file:///etc/passwd", "git://forge.example.com/a/b", "ssh://git@forge.example.com/a/b", "git@forge.example.com:a/b",
		"https://forge.example.com/a b", "javascript:alert(1)", "https://fоrge.exemple.org/a/b", "https://forge.example.com/" + strings.Repeat("x", 3000), "https://intranet/a",
	} {
		_, err := w.Begin(t.Context(), anne.by, bad, "192.0.2.1")
		m, ok := err.(words.Messenger)
		if !ok {
			t.Errorf("%q: %v", bad, err)
			continue
		}
		said(t, m)
	}
	if n := w.Asked(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestTooMany holds that of a hundred thousand registrations from one account and address a few are begun, in one hour and in a day; others
// are not kept out.
func TestTooMany(t *testing.T) {
	w := newWorld(t)
	w.stop() // nothing is read
	anne := w.person(t, "anne", "atelier")
	begun, refused := 0, 0
	for i := range 100_000 {
		_, err := w.Begin(t.Context(), anne.by, fmt.Sprintf("https://forge.example.com/x/%d", i), "192.0.2.1")
		var often *people.TooOftenError
		switch {
		case err == nil:
			begun++
		case errors.As(err, &often) && often.Wait > 0:
			refused++
		default:
			t.Fatal(err)
		}
		if i == 50_000 {
			w.clock = w.clock.Add(time.Hour)
		}
	}
	if begun != DraftsAtOnce+6 || begun+refused != 100_000 {
		t.Errorf("%d were begun, %d refused", begun, refused)
	}
	boris := w.person(t, "boris", "mairie")
	if _, err := w.Begin(t.Context(), boris.by, "https://forge.example.com/y/1", "198.51.100.7"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	if _, err := w.Begin(t.Context(), boris.by, "https://forge.example.com/y/2", "192.0.2.1"); err == nil {
		t.Error("another account from the same address was let in")
	}
	// However long one waits, two hundred are open at most.
	for i := 0; ; i++ {
		w.clock = w.clock.Add(draftEvery)
		_, err := w.Begin(t.Context(), anne.by, fmt.Sprintf("https://forge.example.com/z/%d", i), "192.0.2.1")
		if codeOf(err) == "many" {
			break
		}
		if err != nil || i > DraftsOpen {
			t.Fatalf("%d: %v", i, err)
		}
	}
}

// TestHostileRepositories reads what is meant to do harm: a descriptor of 50 MB, scripts in every field, a name that looks like another's.
func TestHostileRepositories(t *testing.T) {
	w := newWorld(t)
	anne := w.person(t, "anne", "atelier")
	big := anne.begin(w.Push("atelier/grand", "publiccode.yml", "name: x\ndescription: \""+strings.Repeat("a", 50<<20)+"\"\n", "README.md", "# Grand\n\nUn outil.\n"))
	if big.Software.Name != "grand" || len(big.Software.About.EN) > 20_000 {
		t.Errorf("%+v", big.Software)
	}
	script := "\"<script>alert(1)</script>\""
	evil := strings.NewReplacer(`"Un agenda à plusieurs pour les associations"`, script, "Agenda partagé", script, "https://agenda.example.com/", `"javascript:alert(1)"`,
		"[calendar]", "["+script+"]", "atelier/agenda", "atelier/mal").Replace(publiccode)
	d := anne.begin(w.Push("atelier/mal", "publiccode.yml", evil, "README.md", "# <img src=x onerror=alert(1)>\n\n<script>alert(1)</script> Un outil.\n"))
	if d.Software.Website != "" || d.Found.Site != "" {
		t.Errorf("%+v", d.Software)
	}
	fields := map[string]string{}
	for _, name := range Fields() {
		fields[name] = `"><script>alert(1)</script>`
	}
	d, err := w.Correct(t.Context(), anne.own, d.ID, 0, fields)
	if err != nil {
		t.Fatal(err)
	}
	st, err := w.Look(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]bool{}
	for _, p := range st.Faults {
		at[p.Field] = true
		said(t, p)
	}
	for _, field := range []string{"website", "docs", "licence", "stage", "needs[0]", "languages[0]", "platforms[0]"} {
		if !at[field] {
			t.Errorf("%s is not at fault", field)
		}
	}
	if _, err := w.Correct(t.Context(), anne.own, d.ID, 0, map[string]string{"status": "proven"}); err == nil {
		t.Error("a field that is not asked for was written")
	}
	// Two letters of Cyrillic, and another's name: both are told, the one may be confirmed.
	like := anne.begin(w.Push("atelier/nextcloud", "README.md", "# Nextcloud\n\nUn nuage.\n", "LICENSE", mit))
	if _, err := w.Correct(t.Context(), anne.own, like.ID, 0, map[string]string{"name": "Nехtcloud", "summary.fr": "Un nuage"}); err != nil {
		t.Fatal(err)
	}
	var faults Faults
	if _, err := w.Publish(t.Context(), anne.by, anne.own, like.ID, false); !errors.As(err, &faults) || faults[0].Field != "name" {
		t.Errorf("a disguised name: %v", err)
	}
	if _, err := w.Correct(t.Context(), anne.own, like.ID, 0, map[string]string{"name": "Nextcloud"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(t.Context(), anne.by, anne.own, like.ID, false); !errors.As(err, &faults) || !faults.Doubtful() {
		t.Errorf("another’s name: %v", err)
	}
	made, err := w.Publish(t.Context(), anne.by, anne.own, like.ID, true)
	if err != nil || made.ID != "nextcloud-2" {
		t.Errorf("%+v, %v", made, err)
	}
	// A repository that is not there keeps the draft and says why; nobody without a seat publishes.
	lost, err := w.Begin(t.Context(), anne.by, "https://forge.example.com/atelier/perdu", "192.0.2.1")
	if err == nil {
		lost, err = w.Wait(t.Context(), anne.own, lost.ID)
	}
	if err != nil || lost.Failed == nil || lost.Software != nil {
		t.Errorf("%+v, %v", lost, err)
	}
	nobody := w.person(t, "carla", "")
	theirs := nobody.begin("https://forge.example.com/atelier/mal")
	if _, err := w.Publish(t.Context(), nobody.by, nobody.own, theirs.ID, true); codeOf(err) != "seat" {
		t.Errorf("without a seat: %v", err)
	}
	if err := w.Discard(t.Context(), nobody.own, theirs.ID); err != nil {
		t.Error(err)
	}
	if _, err := w.Draft(t.Context(), nobody.own, theirs.ID); codeOf(err) != "unknown" {
		t.Errorf("a dropped draft: %v", err)
	}
}
