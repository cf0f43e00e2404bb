// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/seats"
)

// compare holds the state of the commons, and what the command line tells of it, against what the test has counted.
func (y *year) compare() {
	y.t.Helper()
	st, err := y.commons.State(y.t.Context())
	y.must(err)
	anew, err := commons.New(y.store, time.Now).State(y.t.Context())
	if err != nil || !reflect.DeepEqual(anew.Members, st.Members) {
		y.t.Fatalf("the log gives other members: %v", err)
	}
	var listed struct {
		Members []struct{ Organisation string }
	}
	y.command(&listed, "members")
	var have []string
	for _, m := range listed.Members {
		have = append(have, m.Organisation)
	}
	if want := slices.Sorted(slices.Values(y.members)); !slices.Equal(have, want) {
		y.t.Fatalf("%d members, want %d: %v", len(have), len(want), have)
	}
	var told struct {
		Proposals []struct {
			Number int
			Status string
			Title  string
			Result *governance.Result
		}
	}
	y.command(&told, "decisions")
	if len(told.Proposals) != len(y.decided) || len(st.Rules) != y.versions {
		y.t.Fatalf("%d proposals, %d versions of the rules; want %d, %d", len(told.Proposals), len(st.Rules), len(y.decided), y.versions)
	}
	for i, p := range told.Proposals {
		v, r := y.decided[i], p.Result
		if r == nil || r.Accepted != v.accepted || r.Yes != len(v.castYes) || r.No != len(v.castNo) || r.Abstain != len(v.castNone) || r.Electorate != v.electorate {
			y.t.Errorf("proposal %d (%s): %+v, want accepted %v with %d, %d, %d of %d", p.Number, v.kind, r, v.accepted, len(v.castYes), len(v.castNo), len(v.castNone), v.electorate)
		}
	}
}

// command runs a command of the registry, and reads what it prints as JSON.
func (y *year) command(into any, args ...string) {
	y.t.Helper()
	code, out := runIn(y.t, y.dir, append(append([]string{"registry"}, args...), "--format", "json", "--quiet")...)
	if code != exitYes {
		y.t.Fatalf("%v: %d %s", args, code, out)
	}
	y.must(json.Unmarshal([]byte(out), into))
}

// season looks at every page, and checks the log, in place and exported.
func (y *year) season() {
	y.t.Helper()
	for i, card := range y.cards {
		w := y.ask("GET", "/logiciels/"+card.ID, "")
		if registered := i < y.software; registered != (w.Code == http.StatusOK) || registered && !strings.Contains(w.Body.String(), card.Name) {
			y.t.Fatalf("%s, registered %v: %d", card.ID, registered, w.Code)
		}
	}
	for id := range y.names {
		if w := y.ask("GET", "/prestataires/"+id, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), y.names[id]) {
			y.t.Fatalf("%s: %d", id, w.Code)
		}
	}
	var list struct{ Total int }
	w := y.ask("GET", "/api/v1/software?n=1", "")
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || list.Total != y.software {
		y.t.Errorf("%d software, want %d: %v", list.Total, y.software, err)
	}
	for _, path := range []string{"/", "/logiciels", "/besoins", "/prestataires", "/observatoire", "/vie-privee", "/mentions-legales", "/algorithmes", "/connexion"} {
		if w := y.ask("GET", path, ""); w.Code != http.StatusOK {
			y.t.Errorf("%s: %d", path, w.Code)
		}
	}
	log := filepath.Join(y.t.TempDir(), "log.jsonl")
	code, text := runIn(y.t, y.dir, "registry", "log", "--format", "jsonl", "--quiet")
	y.must(os.WriteFile(log, []byte(text), 0o600))
	if code != exitYes || strings.Contains(text, "@exemple.fr") {
		y.t.Error("the log cannot be had, or tells addresses")
	}
	for _, args := range [][]string{{"verify"}, {"verify", log}} {
		var v verified
		if y.command(&v, args...); !v.Whole {
			y.t.Fatalf("the log does not verify: %+v", v)
		}
	}
}

// says asks whether an account's page tells that its holder speaks for an organisation.
func (y *year) says(account, organisation string) bool {
	y.t.Helper()
	if w := y.ask("GET", "/compte", account); w.Code == http.StatusOK {
		y.t.Errorf("a session of %s has outlived a season", organisation)
	}
	y.signIn(account)
	w := y.ask("GET", "/compte", account)
	if w.Code != http.StatusOK {
		y.t.Fatalf("the account of %s: %d", organisation, w.Code)
	}
	return strings.Contains(w.Body.String(), y.say.T("people.role.speaker", y.names[organisation]))
}

// TestYear plays a year of a cluster: 110 organisations are admitted, first by administrators, then by votes, since a vote has changed the rules so; 300
// software are registered; 40 votes are held, with and without quorum; an appeal is won, a speaker replaced, an organisation leaves, another is
// removed, a text and an account are erased. After each season every page and the log tell what the test has counted.
func TestYear(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole year")
	}
	y := newYear(t)
	text := string(governance.Default())
	before, rest, _ := strings.Cut(text, "[decision.admission]")
	_, after, _ := strings.Cut(rest, "[decision.removal]")
	stricter := strings.Replace(text, "quorum = \"1/10\"\nmajority = \"> 1/2\"\n\n[moderation]", "quorum = \"1/2\"\nmajority = \"> 1/2\"\n\n[moderation]", 1)
	founding := commons.Founding{Rules: []byte(before + "[decision.removal]" + after)}
	for i := range 10 {
		founding.Members = append(founding.Members, yearMember(i))
	}
	_, err := y.commons.Found(t.Context(), operatorActor(), founding)
	y.must(err)
	for i := range 10 {
		y.admitted(yearOrganisation(i))
	}

	resolution := func(yes, no, abstain int) yearVote {
		return yearVote{kind: governance.Resolution, yes: yes, no: no, abstain: abstain}
	}
	admission := func(i, yes, no int) yearVote {
		return yearVote{kind: governance.Admission, target: yearOrganisation(i), yes: yes, no: no}
	}
	// Winter: the operator admits whoever asks. Ten of a hundred are enough for a resolution.
	y.join(10, 95)
	y.register(75)
	y.vote(resolution(6, 3, 1), resolution(5, 5, 0), resolution(9, 0, 0), resolution(0, 0, 12), resolution(1, 0, 9), resolution(2, 20, 0),
		yearVote{kind: governance.NewRules, rules: stricter, yes: 40, no: 20})
	if y.decided[0].accepted != true || y.decided[1].accepted || y.decided[2].accepted || y.decided[3].accepted || !y.decided[4].accepted || !y.decided[6].accepted {
		t.Fatal("the test counts wrongly")
	}
	y.season()

	// Spring: the new rules hold. What passed in winter lacks the quorum, and members are admitted by a vote.
	if _, err := y.commons.Admit(t.Context(), operatorActor(), yearMember(95)); err == nil {
		t.Error("an administrator admits where the rules ask for a vote")
	}
	old := y.speakers[yearOrganisation(3)]
	y.speak(yearOrganisation(3), "relève@exemple.fr")
	y.cookies[y.speakers[yearOrganisation(3)]] = "" // on another machine
	if y.says(old, yearOrganisation(3)) || !y.says(y.speakers[yearOrganisation(3)], yearOrganisation(3)) {
		t.Error("two speak for one organisation, or the one replaced")
	}
	y.register(75)
	var round []yearVote
	for i := range 8 {
		round = append(round, admission(95+i, 10+i, i))
	}
	y.vote(append(round, admission(103, 4, 5), resolution(6, 3, 1), resolution(40, 7, 0), resolution(30, 10, 12), resolution(20, 29, 2), resolution(47, 0, 0))...)
	y.season()

	// Summer: one leaves while votes are open, one is removed, one appeals and wins.
	y.register(75)
	round = nil
	for i := range 7 {
		round = append(round, admission(103+i, 12, i))
	}
	y.vote(append(round, admission(110, 5, 5), admission(111, 0, 3),
		yearVote{kind: governance.Appeal, target: yearOrganisation(20), yes: 15, no: 4}, yearVote{kind: governance.Appeal, target: yearOrganisation(21), yes: 4, no: 15},
		yearVote{kind: governance.Removal, target: yearOrganisation(40), yes: 30, no: 10}, yearVote{kind: governance.Removal, target: yearOrganisation(41), yes: 20, no: 1})...)
	if !y.decided[30].accepted || y.decided[31].accepted || !y.decided[32].accepted || y.decided[33].accepted {
		t.Fatal("the test counts wrongly")
	}
	y.season()

	// Autumn: somebody leaves in the middle of a vote; a comment and an account are erased.
	y.register(75)
	if _, err := y.commons.Comment(t.Context(), y.speaker(yearOrganisation(5)), 1, "Trop tard."); err == nil {
		t.Error("a closed proposal is commented")
	}
	y.vote(yearVote{kind: governance.Resolution, yes: 55, no: 2, leaves: true}, resolution(54, 0, 0), resolution(53, 0, 0), resolution(10, 0, 0), resolution(20, 35, 5),
		yearVote{kind: governance.NewRules, rules: text, yes: 24, no: 13})
	y.erase()
	y.season()

	admitted, votes := len(y.members)+2, len(y.decided) // one was removed, one has left
	if admitted != 110 || votes != 40 || y.software != 300 || y.versions != 2 || y.clock.Sub(time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC)) > 366*24*time.Hour {
		t.Errorf("%d admitted, %d votes, %d software, %d versions of the rules until %v", admitted, votes, y.software, y.versions, y.clock)
	}
}

// erase takes a text out of the log, and a person out of the accounts.
func (y *year) erase() {
	y.t.Helper()
	var entry int64
	for e, err := range y.store.Log(y.t.Context(), 0) {
		y.must(err)
		if e.Type == "proposal.text" {
			entry = e.N
			break
		}
	}
	y.must(y.store.Erase(y.t.Context(), registry.Erasure{Entry: entry, Reason: registry.ErasureReasons()[0], By: operatorActor()}))
	st, err := y.commons.State(y.t.Context())
	if err != nil || st.Proposals[0].Title != "" || st.Proposals[1].Title == "" {
		y.t.Errorf("the erased text is still told, or another is gone: %v", err)
	}
	gone := yearOrganisation(50)
	y.signIn(y.speakers[gone])
	if w := y.ask("GET", "/compte", y.speakers[gone]); w.Code != http.StatusOK {
		y.t.Error("nobody is signed in who could erase their account")
	}
	y.must(y.accounts.Erase(y.t.Context(), y.speakers[gone]))
	y.must(seats.Settle(y.t.Context(), y.store, y.accounts))
	if w := y.ask("GET", "/compte", y.speakers[gone]); w.Code == http.StatusOK {
		y.t.Error("an erased account is signed in")
	}
	if a, err := y.accounts.Account(y.t.Context(), y.speakers[gone]); err != nil || a.Email != "" || len(a.Seats) > 0 {
		y.t.Errorf("%+v, %v is left of an erased account", a, err)
	}
	y.compare()
}
