// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/find"
	"communs/registry/governance"
	"communs/registry/people"
	"communs/registry/registrytest"
	"communs/registry/seats"
	"communs/web"
)

// year is a cluster over a year: the stores and the pages as the program has them, by a clock that the test turns, and beside them what the test
// counts by itself.
type year struct {
	t        *testing.T
	dir      string
	clock    time.Time
	store    registry.Store
	accounts *people.Store
	commons  *commons.Commons
	pages    http.Handler
	say      *words.Printer
	cards    []*registry.Software
	names    map[string]string // of organisations

	members  []string
	speakers map[string]string // organisation → account
	cookies  map[string]string // account → session
	software int               // registered
	terms    map[governance.Kind]yearTerms
	versions int
	decided  []yearVote // by number
	open     []*yearVote
}

// yearTerms are the conditions of one kind of decision, written by hand from the rules.
type yearTerms struct {
	talk, vote        int // days
	quorum, of        int
	majority, majorOf int
	orMore, concerned bool
	admits, expels    bool
}

// yearVote is one vote as the test counts it.
type yearVote struct {
	kind                      governance.Kind
	target                    string
	rules                     string   // that are proposed
	yes, no, abstain          int      // as planned; who is concerned is passed over
	leaves                    bool     // one who has said yes leaves before the closing
	may                       []string // at the opening
	electorate                int
	accepted                  bool
	castYes, castNo, castNone []string
}

func newYear(t *testing.T) *year {
	y := &year{t: t, dir: t.TempDir(), clock: time.Date(2025, 1, 6, 9, 0, 0, 0, time.UTC), names: map[string]string{}, speakers: map[string]string{}, cookies: map[string]string{}, versions: 1,
		terms: map[governance.Kind]yearTerms{
			governance.Removal:    {talk: 14, vote: 14, quorum: 1, of: 3, majority: 2, majorOf: 3, orMore: true, concerned: true, expels: true},
			governance.NewRules:   {talk: 21, vote: 14, quorum: 1, of: 3, majority: 2, majorOf: 3, orMore: true},
			governance.Appeal:     {talk: 7, vote: 14, quorum: 1, of: 10, majority: 1, majorOf: 2, concerned: true},
			governance.Resolution: {talk: 7, vote: 14, quorum: 1, of: 10, majority: 1, majorOf: 2},
		}}
	now := func() time.Time { return y.clock }
	var err error
	if y.store, err = registry.OpenSQLite(t.Context(), registry.Config{Dir: y.dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.store.Close() })
	if y.accounts, err = people.Open(t.Context(), people.Config{Dir: y.dir, Now: now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { y.accounts.Close() })
	var there []registry.Entry
	for _, e := range registrytest.Generate(registrytest.Size{Software: 300, Organisations: 120}) {
		switch e := e.(type) {
		case *registry.Software:
			card := *e
			card.Meta.Status, card.Like = registry.Declared, nil
			y.cards = append(y.cards, &card)
			continue
		case *registry.Organisation:
			y.names[e.ID] = e.Name
		case *registry.Need:
		default:
			continue
		}
		there = append(there, e)
	}
	registrytest.Fill(t, y.store, there)
	y.commons = commons.New(y.store, now)
	live, err := registry.NewLive(t.Context(), y.store)
	if err != nil {
		t.Fatal(err)
	}
	c, err := live.Catalogue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	finder, err := find.New(t.Context(), c, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	p, _, _ := testProgram(t, words.French)
	p.settings.data, y.say = y.dir, p.say
	index, err := p.openSearch(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	y.pages, err = web.New(web.Config{Searcher: index, Catalogue: live, Finder: finder, People: y.accounts, Records: y.store, Commons: y.commons, Words: p.catalog,
		Clock: now, Origin: "http://127.0.0.1:8080"})
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func (y *year) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatal(err)
	}
}

// days lets time pass, with what the server does of itself.
func (y *year) days(n int) {
	y.t.Helper()
	y.clock = y.clock.AddDate(0, 0, n)
	_, err := y.commons.Keep(y.t.Context())
	y.must(err)
	y.must(seats.Settle(y.t.Context(), y.store, y.accounts))
}

func yearOrganisation(i int) string { return fmt.Sprintf("structure-%d", i) }

func yearMember(i int) governance.Member {
	return governance.Member{Organisation: yearOrganisation(i), Type: "association"}
}

// ask asks for a page, as somebody who is signed in or, without an account, as a visitor.
func (y *year) ask(method, path, account string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if account != "" {
		r.AddCookie(&http.Cookie{Name: "communs", Value: y.cookies[account]})
	}
	w := httptest.NewRecorder()
	y.pages.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		y.cookies[""] = c.Value
	}
	return w
}

// speak has somebody follow the invitation to speak for an organisation.
func (y *year) speak(organisation, email string) {
	y.t.Helper()
	link, err := y.accounts.Invite(y.t.Context(), people.Invitation{Email: email, Lang: "fr", Role: people.Speaker, Organisation: organisation})
	y.must(err)
	y.speakers[organisation] = y.follow(link)
}

// follow follows a link on the page that it leads to, and gives the account that is signed in then.
func (y *year) follow(link people.Link) string {
	y.t.Helper()
	if w := y.ask("POST", "/connexion/"+link.Secret, ""); w.Code != http.StatusSeeOther {
		y.t.Fatalf("%s follows a link: %d\n%s", link.Email, w.Code, w.Body)
	}
	a, err := y.accounts.Account(y.t.Context(), link.Email)
	y.must(err)
	y.cookies[a.ID] = y.cookies[""]
	return a.ID
}

// signIn signs somebody in once more: no session outlives a season.
func (y *year) signIn(account string) {
	y.t.Helper()
	a, err := y.accounts.Account(y.t.Context(), account)
	y.must(err)
	link, err := y.accounts.SignInLink(y.t.Context(), a.Email, "fr")
	y.must(err)
	y.follow(link)
}

// speaker acts for an organisation, as far as the account may.
func (y *year) speaker(organisation string) registry.Actor {
	y.t.Helper()
	a, err := y.accounts.Account(y.t.Context(), y.speakers[organisation])
	y.must(err)
	by := registry.Actor{Account: a.ID, Organisation: organisation, Roles: []registry.Role{registry.RoleMember}}
	if a.SpeaksFor(organisation) {
		by.Roles = append(by.Roles, registry.RoleSpeaker)
	}
	return by
}

// join admits by an administrator.
func (y *year) join(from, to int) {
	y.t.Helper()
	for i := from; i < to; i++ {
		_, err := y.commons.Admit(y.t.Context(), operatorActor(), yearMember(i))
		y.must(err)
		y.admitted(yearOrganisation(i))
	}
}

func (y *year) admitted(organisation string) {
	y.members = append(y.members, organisation)
	y.speak(organisation, organisation+"@exemple.fr")
}

func (y *year) register(n int) {
	y.t.Helper()
	c, err := registry.Load(y.t.Context(), y.store)
	y.must(err)
	var edits []registry.Edit
	for i := range n {
		card := *y.cards[y.software+i]
		card.By = y.members[(y.software+i)%len(y.members)]
		edits = append(edits, registry.Edit{Entry: &card, Sure: true})
	}
	_, err = registry.Save(y.t.Context(), y.store, c.Full(), edits...)
	y.must(err)
	y.software += n
}

// vote plays votes side by side: proposed together, each discussed and voted on as long as the rules say.
func (y *year) vote(votes ...yearVote) {
	y.t.Helper()
	first := len(y.decided)
	longest := 0
	for i := range votes {
		v := &votes[i]
		m := commons.Motion{Kind: v.kind, Title: fmt.Sprintf("Proposition %d", first+i+1), Text: "Pour la raison que voici.", Target: v.target, Rules: []byte(v.rules)}
		if v.kind == governance.Admission {
			m.Member = &governance.Member{Organisation: v.target, Type: "association"}
		}
		_, err := y.commons.Propose(y.t.Context(), y.speaker(y.members[i%10]), m)
		y.must(err)
		longest = max(longest, y.terms[v.kind].talk+y.terms[v.kind].vote)
		y.open = append(y.open, v)
	}
	terms := y.terms // of all votes of the round: only its last one may change them
	for day := range longest + 1 {
		for i := range votes { // those that close at a moment do so before others open
			if v, t := &votes[i], terms[votes[i].kind]; day == t.talk+t.vote {
				y.open = slices.DeleteFunc(y.open, func(o *yearVote) bool { return o == v })
				y.count(v, t)
			}
		}
		for i := range votes {
			if v := &votes[i]; day == terms[v.kind].talk {
				y.cast(int64(first+i+1), v, terms[v.kind])
			}
		}
		y.days(1)
	}
	y.decided = append(y.decided, votes...)
	y.compare()
}

// cast casts the votes that were planned, and tries some that must be refused.
func (y *year) cast(n int64, v *yearVote, terms yearTerms) {
	y.t.Helper()
	may := slices.DeleteFunc(slices.Clone(y.members), func(m string) bool { return terms.concerned && m == v.target })
	v.may, v.electorate = may, len(may)
	for i, choice := range slices.Concat(slices.Repeat([]governance.Choice{governance.Yes}, v.yes), slices.Repeat([]governance.Choice{governance.No}, v.no), slices.Repeat([]governance.Choice{governance.Abstain}, v.abstain)) {
		by := y.speaker(may[i])
		if _, err := y.commons.Vote(y.t.Context(), by, n, choice); err != nil {
			y.t.Fatalf("%s on %d: %v", may[i], n, err)
		}
		if i == 0 {
			if _, err := y.commons.Vote(y.t.Context(), by, n, governance.No); err == nil {
				y.t.Errorf("%s votes twice on %d", may[i], n)
			}
		}
		switch choice {
		case governance.Yes:
			v.castYes = append(v.castYes, may[i])
		case governance.No:
			v.castNo = append(v.castNo, may[i])
		default:
			v.castNone = append(v.castNone, may[i])
		}
	}
	if terms.concerned && slices.Contains(y.members, v.target) {
		if _, err := y.commons.Vote(y.t.Context(), y.speaker(v.target), n, governance.No); err == nil {
			y.t.Errorf("%s votes on what concerns them", v.target)
		}
	}
	if v.leaves {
		gone := v.castYes[len(v.castYes)-1]
		_, err := y.commons.Leave(y.t.Context(), y.speaker(gone))
		y.must(err)
		y.leave(gone)
	}
}

// leave takes an organisation out of the members, and out of the votes that are open.
func (y *year) leave(organisation string) {
	is := func(m string) bool { return m == organisation }
	y.members = slices.DeleteFunc(y.members, is)
	for _, v := range y.open {
		if slices.Contains(v.may, organisation) {
			v.electorate--
		}
		v.castYes, v.castNo, v.castNone = slices.DeleteFunc(v.castYes, is), slices.DeleteFunc(v.castNo, is), slices.DeleteFunc(v.castNone, is)
	}
	y.must(seats.Settle(y.t.Context(), y.store, y.accounts))
	if y.speaker(organisation).Has(registry.RoleSpeaker) {
		y.t.Errorf("the speaker of %s, which has left, still speaks", organisation)
	}
}

// count says what the votes have to have given, and draws the consequences.
func (y *year) count(v *yearVote, terms yearTerms) {
	yes, no, took := len(v.castYes), len(v.castNo), len(v.castYes)+len(v.castNo)+len(v.castNone)
	v.accepted = took*terms.of >= terms.quorum*v.electorate && yes+no > 0 &&
		(yes*terms.majorOf > terms.majority*(yes+no) || terms.orMore && yes*terms.majorOf == terms.majority*(yes+no))
	if !v.accepted {
		return
	}
	switch {
	case terms.admits:
		y.admitted(v.target)
	case terms.expels:
		y.leave(v.target)
	case v.kind == governance.NewRules:
		y.versions++
		terms := map[governance.Kind]yearTerms{governance.Admission: {talk: 7, vote: 7, of: 1, majority: 1, majorOf: 2, concerned: true, admits: true}}
		for kind, t := range y.terms {
			if kind == governance.Resolution {
				t.quorum, t.of = 1, 2
			}
			terms[kind] = t
		}
		y.terms = terms
	}
}
