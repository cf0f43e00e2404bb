// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/publiclog"
)

// village is a commons with a clock that the test turns.
type village struct {
	*commons.Commons
	t     testing.TB
	store registry.Store
	dir   string
	clock time.Time
	lock  sync.Mutex
}

func newVillage(t testing.TB) *village {
	v := &village{t: t, dir: t.TempDir(), clock: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
	v.store = v.open()
	v.Commons = commons.New(v.store, v.now)
	return v
}

func (v *village) open() registry.Store {
	s, err := registry.OpenSQLite(v.t.Context(), registry.Config{Dir: v.dir, Now: v.now})
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { s.Close() })
	return s
}

func (v *village) now() time.Time {
	v.lock.Lock()
	defer v.lock.Unlock()
	return v.clock
}

func (v *village) days(n int) {
	v.lock.Lock()
	defer v.lock.Unlock()
	v.clock = v.clock.AddDate(0, 0, n)
}

func administrator() registry.Actor {
	return registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}
}

func speaker(organisation string) registry.Actor {
	return registry.Actor{Account: "compte-" + organisation, Organisation: organisation, Roles: []registry.Role{registry.RoleMember, registry.RoleSpeaker}}
}

func member(i int) governance.Member {
	return governance.Member{Organisation: fmt.Sprintf("s%02d", i), Type: []string{"company", "association", "public"}[i%3]}
}

func (v *village) found(n int) {
	v.t.Helper()
	f := commons.Founding{Rules: governance.Default()}
	for i := range n {
		f.Members = append(f.Members, member(i))
	}
	if _, err := v.Found(v.t.Context(), administrator(), f); err != nil {
		v.t.Fatal(err)
	}
}

func (v *village) propose(by registry.Actor, m commons.Motion) int64 {
	v.t.Helper()
	if m.Title == "" {
		m.Title, m.Text = "Un titre", "Un texte."
	}
	st, err := v.Propose(v.t.Context(), by, m)
	if err != nil {
		v.t.Fatal(err)
	}
	return st.Proposals[len(st.Proposals)-1].Number
}

func (v *village) vote(n int64, choice governance.Choice, from, to int) {
	v.t.Helper()
	for i := from; i < to; i++ {
		if _, err := v.Vote(v.t.Context(), speaker(member(i).Organisation), n, choice); err != nil {
			v.t.Fatalf("vote of %d on %d: %v", i, n, err)
		}
	}
}

// kept is the state after the clock was asked, which must be the one that the log gives to whoever reads it anew.
func (v *village) kept() *commons.State {
	v.t.Helper()
	if _, err := v.Keep(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
	st, err := v.State(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	anew, err := commons.New(v.store, v.now).State(v.t.Context())
	if err != nil || !reflect.DeepEqual(st, anew) {
		v.t.Fatalf("the log gives another state (%v)", err)
	}
	if _, err := registry.Verify(v.t.Context(), v.store, nil); err != nil {
		v.t.Fatal(err)
	}
	return st
}

func code(err error) string {
	var e *commons.Error
	var r *governance.Refusal
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.As(err, &r):
		return r.Code
	}
	return fmt.Sprint(err)
}

// An admission, from the proposal to the new member's first vote.
func TestAdmission(t *testing.T) {
	v := newVillage(t)
	v.found(6)
	newcomer := member(6)
	n := v.propose(speaker("s00"), commons.Motion{Kind: governance.Admission, Target: newcomer.Organisation, Member: &newcomer})
	if _, err := v.Comment(t.Context(), speaker("s01"), n, "Bienvenue à eux."); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Vote(t.Context(), speaker("s01"), n, governance.Yes); code(err) != "not-open" {
		t.Errorf("voted in the discussion: %v", err)
	}
	v.days(7)
	v.vote(n, governance.Yes, 0, 3)
	v.vote(n, governance.No, 3, 4)
	for want, by := range map[string]registry.Actor{"voted": speaker("s02"), "not-member": speaker("s77"), "no-organisation": administrator(), "not-yours": {Organisation: "s04"}} {
		if _, err := v.Vote(t.Context(), by, n, governance.No); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if st := v.kept(); st.Members["s06"] != nil || st.Proposals[0].Status(v.clock) != governance.Open {
		t.Error("decided before the closing")
	}
	v.days(30) // nobody looks for a while
	if _, err := v.Vote(t.Context(), speaker("s04"), n, governance.No); code(err) != "closed" {
		t.Errorf("voted after the closing: %v", err)
	}
	st := v.kept()
	p := st.Proposals[0]
	if st.Members["s06"] == nil || p.Status(v.clock) != governance.Accepted || p.Result.Majority.Reached != "3/4" || len(p.Comments) != 1 || p.Title != "Un titre" {
		t.Errorf("%+v %+v", p, p.Result)
	}
	n = v.propose(speaker("s06"), commons.Motion{Kind: governance.Resolution})
	v.days(7)
	v.vote(n, governance.Yes, 6, 7)
}

// A change of the rules holds for votes opened after it, and only for those.
func TestRulesChangeThemselves(t *testing.T) {
	v := newVillage(t)
	v.found(10)
	strict := strings.NewReplacer("quorum = \"1/10\"\nmajority = \"> 1/2\"\n\n[moderation]", "quorum = \"9/10\"\nmajority = \"> 1/2\"\n\n[moderation]",
		"discussion_days = 7\nvote_days = 14\nquorum = \"1/10\"\nmajority = \"> 1/2\"\n\n[moderation]", "discussion_days = 1\nvote_days = 2\nquorum = \"9/10\"\nmajority = \"> 1/2\"\n\n[moderation]").
		Replace(string(governance.Default()))
	if _, err := v.Propose(t.Context(), speaker("s00"), commons.Motion{Kind: governance.NewRules, Title: "a", Text: "b", Rules: []byte("format = 3")}); err == nil {
		t.Error("rules that cannot be read were proposed")
	}
	change := v.propose(speaker("s00"), commons.Motion{Kind: governance.NewRules, Rules: []byte(strict)}) // opens on day 21, closes on day 35
	v.days(25)
	v.vote(change, governance.Yes, 0, 8)
	before := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution}) // opens on day 32, closes on day 46
	v.days(5)
	after := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution}) // opens on day 37
	v.days(8)                                                                       // day 38
	v.vote(before, governance.Yes, 0, 3)
	v.vote(after, governance.Yes, 0, 3)
	v.days(30)
	st := v.kept()
	if len(st.Rules) != 2 || st.Rules[1].Proposal != change || st.Rules[1].Text != strict {
		t.Fatalf("%d versions of the rules", len(st.Rules))
	}
	first, second := st.Proposals[before-1], st.Proposals[after-1]
	if !first.Result.Accepted || first.Rules != 1 || second.Result.Why != "quorum" || second.Rules != 2 || second.Closes.Sub(second.Opens) != 48*time.Hour {
		t.Errorf("before: %+v; after: %+v", first.Result, second.Result)
	}
}

// A removal: who is removed counts no more in votes that are open, those that left neither; who is concerned has no vote.
func TestRemoval(t *testing.T) {
	v := newVillage(t)
	v.found(9)
	n := v.propose(speaker("s00"), commons.Motion{Kind: governance.Removal, Target: "s08"}) // 14 + 14 days
	v.days(12)
	other := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution}) // opens on day 19, closes on day 33
	v.days(8)
	if _, err := v.Vote(t.Context(), speaker("s08"), n, governance.No); code(err) != "conflict" {
		t.Errorf("the one concerned votes: %v", err)
	}
	v.vote(n, governance.Yes, 0, 4)
	v.vote(other, governance.No, 7, 9)
	if _, err := v.Declare(t.Context(), speaker("s03"), n); err != nil {
		t.Error(err)
	}
	if _, err := v.Leave(t.Context(), speaker("s07")); err != nil {
		t.Error(err)
	}
	v.days(10) // day 30
	if _, err := v.Vote(t.Context(), speaker("s08"), other, governance.No); code(err) != "left" && code(err) != "voted" {
		t.Errorf("a removed member votes: %v", err)
	}
	v.vote(other, governance.Yes, 0, 1)
	v.days(10)
	st := v.kept()
	removal, resolution := st.Proposals[n-1].Result, st.Proposals[other-1].Result
	if st.Members["s08"] != nil || st.Members["s07"] != nil || removal.Yes != 3 || removal.Electorate != 6 || !removal.Accepted {
		t.Errorf("%+v", removal)
	}
	if resolution.Yes != 1 || resolution.No != 0 || resolution.Electorate != 7 || !resolution.Accepted {
		t.Errorf("%+v", resolution)
	}
	if _, err := v.Propose(t.Context(), speaker("s08"), commons.Motion{Kind: governance.Resolution, Title: "a", Text: "b"}); code(err) != "no-member" {
		t.Errorf("a removed member proposes: %v", err)
	}
	for _, twice := range []int{0, 1} { // of two removals of one, the second has nothing left to do
		v.propose(speaker(fmt.Sprintf("s0%d", twice)), commons.Motion{Kind: governance.Removal, Target: "s02"})
	}
	v.days(14)
	v.vote(3, governance.Yes, 4, 7)
	v.vote(4, governance.Yes, 4, 7)
	v.days(14)
	if st := v.kept(); st.Proposals[3].Void != "no-member" || st.Members["s02"] != nil {
		t.Errorf("%+v", st.Proposals[3])
	}
}

func TestFoundedOnce(t *testing.T) {
	v := newVillage(t)
	check := func(want string, err error) {
		t.Helper()
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err := v.Propose(t.Context(), administrator(), commons.Motion{Kind: governance.Resolution, Title: "a", Text: "b"})
	check("not-founded", err)
	_, err = v.Found(t.Context(), speaker("s00"), commons.Founding{})
	check("not-yours", err)
	_, err = v.Found(t.Context(), administrator(), commons.Founding{Rules: governance.Default()})
	check("no-members", err)
	_, err = v.Found(t.Context(), administrator(), commons.Founding{Rules: governance.Default(), Members: []governance.Member{member(1), member(1)}})
	check("member", err)
	v.found(3)
	_, err = v.Found(t.Context(), administrator(), commons.Founding{Rules: governance.Default(), Members: []governance.Member{member(1)}})
	check("founded", err)
	_, err = v.Admit(t.Context(), administrator(), member(7))
	check("needs-vote", err)
	_, err = v.Comment(t.Context(), speaker("s00"), 1, "x")
	check("unknown", err)
	_, err = v.Vote(t.Context(), speaker("s00"), 7, governance.Yes)
	check("unknown", err)
	n := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution, Title: "Un\u202e titre\x1b[2J", Text: "Un texte."})
	if st := v.kept(); st.Proposals[n-1].Title != "Un titre[2J" {
		t.Errorf("%q", st.Proposals[n-1].Title)
	}
	_, err = v.Comment(t.Context(), speaker("s00"), n, " \n ")
	check("empty", err)
	_, err = v.Comment(t.Context(), speaker("s00"), n, strings.Repeat("é", 20_001))
	check("long", err)
}

// What somebody wrote can be erased; the proposal and its votes stay, and who has the state at hand sees it no more either.
func TestErasedComment(t *testing.T) {
	v := newVillage(t)
	v.found(3)
	n := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution})
	st, err := v.Comment(t.Context(), speaker("s01"), n, "Appelez Camille.")
	if err != nil {
		t.Fatal(err)
	}
	c := st.Proposals[0].Comments[0]
	for _, entry := range []int64{c.Entry, c.Entry - 1} {
		if err := v.store.Erase(t.Context(), registry.Erasure{Entry: entry, Reason: "request"}); err != nil {
			t.Fatal(err)
		}
	}
	st = v.kept()
	if p := st.Proposals[0]; !p.Comments[0].Erased || p.Comments[0].Text != "" || p.Title != "" || p.Kind != governance.Resolution {
		t.Errorf("%+v", p)
	}
	var refused *registry.ErasureError
	if err := v.store.Erase(t.Context(), registry.Erasure{Entry: 2, Reason: "request"}); !errors.As(err, &refused) || refused.Code != "needed" {
		t.Errorf("the founding was erased: %v", err)
	}
}

// Everybody votes at the same time, from processes of their own: each vote is there once.
func TestVotesSideBySide(t *testing.T) {
	v := newVillage(t)
	const n = 12
	v.found(n)
	p := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution})
	v.days(8)
	var wait sync.WaitGroup
	for i := range n {
		c := commons.New(v.open(), v.now)
		wait.Go(func() {
			by := speaker(member(i).Organisation)
			if _, err := c.Vote(context.Background(), by, p, governance.Yes); err != nil {
				t.Error(err)
			}
			if _, err := c.Vote(context.Background(), by, p, governance.No); code(err) != "voted" {
				t.Errorf("votes twice: %v", err)
			}
		})
	}
	wait.Wait()
	v.days(30)
	if r := v.kept().Proposals[0].Result; r.Yes != n || r.No != 0 {
		t.Errorf("%+v", r)
	}
}

// A log that was sealed well and breaks the rules is told, at the entry that does.
func TestBreaches(t *testing.T) {
	entry := func(kind, body string) publiclog.Draft {
		return publiclog.Draft{Type: kind, About: "proposal/1", Body: json.RawMessage(body)}
	}
	for name, forged := range map[string]publiclog.Draft{
		"vote of one who has none":    entry("vote.cast", `{"organisation":"s77","choice":"yes"}`),
		"second vote":                 entry("vote.cast", `{"organisation":"s00","choice":"no"}`),
		"closed too early":            entry("vote.closed", `{"due":"2026-02-01T00:00:00Z","result":{"accepted":true}}`),
		"admitted without a decision": entry("member.admitted", `{"organisation":"s77","type":"company"}`),
		"rules without a decision":    {Type: "rules.changed", Body: map[string]string{"rules": string(governance.Default())}},
		"removed without a vote":      {Type: "member.removed", Body: map[string]string{"organisation": "s01"}},
		"opened twice":                entry("vote.opened", `{}`),
		"founded twice":               {Type: "commons.founded", Body: map[string]string{}},
		"a number that is taken":      entry("proposal.submitted", `{"kind":"resolution"}`),
		"no proposal":                 {Type: "vote.cast", About: "proposal/9", Body: map[string]string{}},
		"no text":                     {Type: "vote.cast", About: "proposal/1", Body: 7},
	} {
		v := newVillage(t)
		v.found(4)
		p := v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution})
		v.days(8)
		v.vote(p, governance.Yes, 0, 1)
		head := v.kept().Head
		if _, err := v.store.Act(t.Context(), registry.Act{Tell: []publiclog.Draft{forged}}); err != nil {
			t.Fatal(err)
		}
		_, err := commons.New(v.store, v.now).State(t.Context())
		var breach *commons.Breach
		if !errors.As(err, &breach) || breach.N != head.N+1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	v := newVillage(t) // what the clock asks for is not left out
	v.found(4)
	v.propose(speaker("s00"), commons.Motion{Kind: governance.Resolution})
	v.days(8)
	if _, err := v.store.Act(t.Context(), registry.Act{Tell: []publiclog.Draft{entry("proposal.conflict", `{"organisation":"s01"}`)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.State(t.Context()); err == nil {
		t.Error("a vote that was not opened in time is not told")
	}
}

// A clock that is late, or set back, gives what one in time gives.
func TestLateClock(t *testing.T) {
	results := map[string]bool{}
	for _, often := range []bool{true, false} {
		v := newVillage(t)
		v.found(5)
		newcomer := member(5)
		v.propose(speaker("s00"), commons.Motion{Kind: governance.Admission, Target: "s05", Member: &newcomer})
		v.days(6)
		v.propose(speaker("s01"), commons.Motion{Kind: governance.Removal, Target: "s04"})
		v.days(2)
		v.vote(1, governance.Yes, 0, 2)
		for range 60 {
			v.days(1)
			if often {
				v.kept()
			}
		}
		st := v.kept()
		var all []any
		for _, p := range st.Proposals {
			all = append(all, p.Result, p.Opens, p.Closes)
		}
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		results[string(text)] = true
		v.days(-90)
		v.kept()
	}
	if len(results) != 1 {
		t.Errorf("%v", results)
	}
}
