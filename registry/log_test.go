// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/internal/sqlite"
	"communs/registry"
	"communs/registry/publiclog"
	"communs/registry/registrytest"
)

// execIn changes a database behind the store's back.
func execIn(t testing.TB, dir string, statements ...string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "communs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func note(i int) publiclog.Draft {
	return publiclog.Draft{Type: "record.edited", Body: map[string]string{"text": fmt.Sprint("note ", i)}, Personal: map[string]string{"account": "anna"}}
}

// withNotes is a data folder whose log has n entries.
func withNotes(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var notes []publiclog.Draft
	for i := range n - 1 {
		notes = append(notes, note(i))
	}
	if _, err := s.Act(t.Context(), registry.Act{Tell: notes}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func verifyIn(t testing.TB, dir string) (*publiclog.Verifier, error) {
	t.Helper()
	s, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return registry.Verify(t.Context(), s, nil)
}

// Whatever is changed in the tables is found, at the first entry that it touches.
func TestTamperedDatabase(t *testing.T) {
	for statement, want := range map[string]string{
		`UPDATE registry_log SET at = at + 1 WHERE n = 5`:                    "5 hash",
		`UPDATE registry_log SET type = 'erased' WHERE n = 5`:                "5 hash",
		`UPDATE registry_log SET about = 'entry/4' WHERE n = 5`:              "5 hash",
		`UPDATE registry_log SET body = '{"text":"other"}' WHERE n = 5`:      "5 body",
		`UPDATE registry_log SET body = NULL WHERE n = 5`:                    "5 body",
		`UPDATE registry_log SET body = NULL, salt = NULL WHERE n = 5`:       "5 missing",
		`UPDATE registry_log SET salt = randomblob(32) WHERE n = 5`:          "5 body",
		`UPDATE registry_log SET body_hash = randomblob(32) WHERE n = 5`:     "5 hash",
		`UPDATE registry_log SET body_hash = x'00' WHERE n = 5`:              "5 form",
		`UPDATE registry_log SET personal = '{}' WHERE n = 5`:                "5 personal",
		`UPDATE registry_log SET personal_salt = randomblob(32) WHERE n = 5`: "5 personal",
		`UPDATE registry_log SET personal_hash = NULL WHERE n = 5`:           "5 hash",
		`UPDATE registry_log SET prev = randomblob(32) WHERE n = 5`:          "5 prev",
		`UPDATE registry_log SET hash = randomblob(32) WHERE n = 5`:          "5 hash",
		`UPDATE registry_log SET n = 50 WHERE n = 5`:                         "6 number",
		`DELETE FROM registry_log WHERE n = 5`:                               "6 number",
		`DELETE FROM registry_log WHERE n >= 5`:                              "5 cut",
		`DELETE FROM registry_log`:                                           "1 cut",
		`INSERT INTO registry_log SELECT 9, at, type, about, body_hash, personal_hash, prev, hash, body, salt, personal, personal_salt FROM registry_log WHERE n = 5`: "9 prev",
		`UPDATE registry_log_head SET hash = randomblob(32)`: "8 head",
		`UPDATE registry_log_head SET n = 7`:                 "7 head",
	} {
		dir := withNotes(t, 8)
		if _, err := verifyIn(t, dir); err != nil {
			t.Fatal(err)
		}
		execIn(t, dir, statement)
		_, err := verifyIn(t, dir)
		var fault *publiclog.Fault
		if !errors.As(err, &fault) || fmt.Sprint(fault.N, " ", fault.Code) != want {
			t.Errorf("%s: %v, want %s", statement, err, want)
		}
	}
}

// TestLogBeginsAtMigration: a database from before the log gets one, whose first entry says how much it tells nothing of.
func TestLogBeginsAtMigration(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, registry.Config{Dir: dir})
	registrytest.Fill(t, s, registrytest.Generate(registrytest.Size{Software: 3, Organisations: 2}))
	seq, err := s.Seq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	execIn(t, dir, `DROP TABLE registry_log`, `DROP TABLE registry_log_head`, `UPDATE schema_versions SET version = 1 WHERE package = 'registry'`)
	if v, err := verifyIn(t, dir); err != nil || v.Head().N != 0 {
		t.Errorf("read before it is migrated: %+v, %v", v, err)
	}
	s = openStore(t, registry.Config{Dir: dir})
	for e, err := range s.Log(t.Context(), 0) {
		if want := fmt.Sprintf(`{"seq":%d,"records":%d}`, seq, seq); err != nil || e.N != 1 || e.Type != "log.begun" || string(e.Body.Text) != want {
			t.Errorf("%d %s %s, %v; want %s", e.N, e.Type, e.Body.Text, err, want)
		}
	}
	s.Close()
	openStore(t, registry.Config{Dir: dir}).Close() // begins nothing anew
	if v, err := verifyIn(t, dir); err != nil || v.Head().N != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestErasedBytesAreNowhere: neither in the database nor in what it keeps beside it.
func TestErasedBytesAreNowhere(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, registry.Config{Dir: dir})
	long := strings.Repeat("numéro de téléphone de Camille ", 2000)
	draft := publiclog.Draft{Type: "proposal.commented", Body: map[string]string{"text": long}, Personal: map[string]string{"account": "compte-de-camille"}}
	for range 3 {
		if _, err := s.Act(t.Context(), registry.Act{Tell: []publiclog.Draft{draft}}); err != nil {
			t.Fatal(err)
		}
	}
	holds := func() (found []string) {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte("Camille")) || bytes.Contains(data, []byte("camille")) {
				found = append(found, filepath.Base(name))
			}
		}
		return found
	}
	if len(holds()) == 0 {
		t.Fatal("the texts are not found where they are")
	}
	for n := range int64(3) {
		if err := s.Erase(t.Context(), registry.Erasure{Entry: 2 + n, Reason: "request"}); err != nil {
			t.Fatal(err)
		}
	}
	if found := holds(); len(found) > 0 {
		t.Errorf("erased texts are still in %v", found)
	}
	if _, err := verifyIn(t, dir); err != nil {
		t.Error(err)
	}
}

// TestActsAreTold: what people do with records is in the log, once for each act, and what the program finds out is not.
func TestActsAreTold(t *testing.T) {
	clock := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	s := openStore(t, registry.Config{Dir: dir, Now: func() time.Time { return clock }})
	by := registry.Actor{Account: "anna", Organisation: "naos", Roles: []registry.Role{registry.RoleMember, registry.RoleAdministrator}}
	tool := &registry.Software{Meta: from("outil", "sill", registry.Proposed), Name: "Outil", Summary: registry.Text{FR: "Un outil."}}
	if _, err := registry.Import(t.Context(), s, []registry.Entry{tool}, registry.ImportOptions{By: by}); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(-time.Hour) // a clock that was set back
	revise := func(o registry.ImportOptions, change func(full *registry.Catalogue) ([]registry.Edit, error)) {
		t.Helper()
		if plan, err := registry.Revise(t.Context(), s, o, change); err != nil || plan.Count(registry.FateRefused) > 0 {
			t.Fatalf("%+v, %v", plan, err)
		}
	}
	rename := func(name string) func(full *registry.Catalogue) ([]registry.Edit, error) {
		return func(full *registry.Catalogue) ([]registry.Edit, error) {
			old, _ := full.Entry(registry.KindSoftware, "outil")
			e, err := registry.Copy(old.Entry.(*registry.Software))
			e.Name = name
			return []registry.Edit{{Entry: e, Base: old.Seq}}, err
		}
	}
	revise(registry.ImportOptions{By: by}, rename("Outil libre"))
	revise(registry.ImportOptions{By: by}, rename("Outil libre"))               // says the same
	revise(registry.ImportOptions{By: by, DryRun: true}, rename("Autre chose")) // is not done
	revise(registry.ImportOptions{By: by}, func(full *registry.Catalogue) ([]registry.Edit, error) {
		return full.Withdraw(registry.KindSoftware, "outil", registry.Withdrawal{Reason: "à la demande de ses auteurs", Date: "2026-11-22"}, false)
	})
	var have []string
	for e, err := range s.Log(t.Context(), 1) {
		if err != nil || string(e.Personal.Text) != `{"account":"anna"}` || e.At.Hour() != 17 {
			t.Errorf("%+v, %v", e, err)
		}
		have = append(have, e.Type+" "+string(e.Body.Text))
	}
	want := []string{
		`record.imported {"by":"administrator","organisation":"naos","new":1,"changed":0,"sources":["sill"]}`,
		`record.edited {"by":"administrator","organisation":"naos","new":0,"changed":1,"records":[{"kind":"software","id":"outil","fate":"changed","fields":["name"]}]}`,
		`record.withdrawn {"by":"administrator","organisation":"naos","new":0,"changed":1,"reason":"à la demande de ses auteurs","records":[{"kind":"software","id":"outil","fate":"withdrawn"}]}`,
	}
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	if _, err := verifyIn(t, dir); err != nil {
		t.Error(err)
	}
	for _, line := range have {
		_, body, _ := strings.Cut(line, " ")
		if !json.Valid([]byte(body)) {
			t.Errorf("no JSON: %s", body)
		}
	}
}

func BenchmarkVerify100000(b *testing.B) {
	dir := withNotes(b, 100_000)
	b.ResetTimer()
	for b.Loop() {
		if v, err := verifyIn(b, dir); err != nil || v.Head().N != 100_000 {
			b.Fatal(err)
		}
	}
}
