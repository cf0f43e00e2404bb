// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package governance

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func defaults(t testing.TB) *Rules {
	t.Helper()
	r, err := Read(Default())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// colleges are the default rules with three colleges.
func colleges(t testing.TB) *Rules {
	t.Helper()
	text := strings.Replace(string(Default()), `by = "organisations"`, `by = "colleges"`, 1) + `
[[college]]
id = "entreprises"
name = { fr = "Entreprises", en = "Companies" }
weight = "1"
types = ["company", "cluster"]
[[college]]
id = "public"
name = { fr = "Collectivités", en = "Public bodies" }
weight = "1/2"
types = ["public"]
[[college]]
id = "usagers"
name = { fr = "Usagers", en = "Users" }
weight = "1/3"
types = []
`
	r, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDefaultRules(t *testing.T) {
	r := defaults(t)
	if len(r.Decisions) != 5 || r.Change || len(r.Colleges) != 0 || r.Moderation.Moderators != 1 || !r.Conflict.Concerned {
		t.Errorf("%+v", r)
	}
	terms := r.Decisions[Removal]
	if terms.Vote != 14*24*time.Hour || terms.Quorum != (Fraction{1, 3}) || terms.Majority.String() != ">= 2/3" {
		t.Errorf("%+v", terms)
	}
}

// Each mistake is told with its line and the field.
func TestRulesFaults(t *testing.T) {
	lines := strings.Split(string(Default()), "\n")
	lineOf := func(part string) int {
		return 1 + slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, part) })
	}
	for _, test := range []struct{ old, new, want string }{
		{`format = 1`, `format = 2`, fmt.Sprintf("%d format choice", lineOf("format = 1"))},
		{`change = false`, `change = "no"`, fmt.Sprintf("%d vote.change type", lineOf("change = false"))},
		{`change = false`, `chnage = false`, fmt.Sprintf("%d vote.chnage unknown", lineOf("change = false"))},
		{`change = false`, ``, fmt.Sprintf("%d vote.change missing", lineOf("[vote]"))},
		{`by = "organisations"`, `by = "people"`, fmt.Sprintf("%d vote.by choice", lineOf(`by = "org`))},
		{`by = "organisations"`, `by = "colleges"`, fmt.Sprintf("%d vote.by colleges", lineOf(`by = "org`))},
		{`[decision.rules] `, `[decision.rulez] `, fmt.Sprintf("%d decision.rulez unknown", lineOf("[decision.rules]"))},
		{`vote_days = 7`, `vote_days = 0`, fmt.Sprintf("%d decision.admission.vote_days number", lineOf("vote_days = 7"))},
		{`vote_days = 7`, `vote_days = 7.5`, fmt.Sprintf("%d decision.admission.vote_days type", lineOf("vote_days = 7"))},
		{`vote_days = 7`, `vote_days = 99999`, fmt.Sprintf("%d decision.admission.vote_days number", lineOf("vote_days = 7"))},
		{`quorum = "0"`, `quorum = "3/2"`, fmt.Sprintf("%d decision.admission.quorum fraction", lineOf(`quorum = "0"`))},
		{`quorum = "0"`, `quorum = "0.5"`, fmt.Sprintf("%d decision.admission.quorum fraction", lineOf(`quorum = "0"`))},
		{`quorum = "0"`, `quorum = 0`, fmt.Sprintf("%d decision.admission.quorum type", lineOf(`quorum = "0"`))},
		{`majority = "> 1/2"`, `majority = ">= 1/2"`, fmt.Sprintf("%d decision.admission.majority majority", lineOf(`majority = "> 1/2"`))},
		{`majority = "> 1/2"`, `majority = "> 1/3"`, fmt.Sprintf("%d decision.admission.majority majority", lineOf(`majority = "> 1/2"`))},
		{`majority = "> 1/2"`, `majority = "> 1"`, fmt.Sprintf("%d decision.admission.majority majority", lineOf(`majority = "> 1/2"`))},
		{`majority = "> 1/2"`, `majority = "2/3"`, fmt.Sprintf("%d decision.admission.majority majority", lineOf(`majority = "> 1/2"`))},
		{`moderators = 1 `, `moderators = 0 `, fmt.Sprintf("%d moderation.moderators number", lineOf("moderators = 1"))},
		{`[moderation]`, `[moderation`, fmt.Sprintf("%d  syntax", lineOf("[moderation]"))},
		{`[consultation] `, `[[consultation]] `, fmt.Sprintf("%d consultation type", lineOf("[consultation]"))},
	} {
		text := strings.Replace(string(Default()), test.old, test.new, 1)
		if text == string(Default()) {
			t.Fatalf("%q is not in the rules", test.old)
		}
		_, err := Read([]byte(text))
		var wrong *RulesError
		if !errors.As(err, &wrong) {
			t.Errorf("%q: read", test.new)
			continue
		}
		var have []string
		for _, f := range wrong.Faults {
			have = append(have, fmt.Sprintf("%d %s %s", f.Line, f.Field, f.Code))
		}
		if !slices.Contains(have, test.want) {
			t.Errorf("%q: got %v, want %s", test.new, have, test.want)
		}
	}
	for college, code := range map[string]string{
		"[[college]]\nid = \"a\"\nname = { fr = \"A\", en = \"A\" }\nweight = \"0\"\ntypes = []":                       "weight",
		"[[college]]\nid = \"A B\"\nname = { fr = \"A\", en = \"A\" }\nweight = \"1\"\ntypes = []":                     "id",
		"[[college]]\nid = \"a\"\nname = { fr = \"A\" }\nweight = \"1\"\ntypes = []":                                   "missing",
		"[[college]]\nid = \"a\"\nname = { fr = \"A\", en = \"A\" }\nweight = \"-1\"\ntypes = []":                      "fraction",
		"[[college]]\nid = \"a\"\nname = { fr = \"A\", en = \"A\" }\nweight = \"1\"\ntypes = [\"people\"]":             "choice",
		"[[college]]\nid = \"a\"\nname = { fr = \"A\", en = \"A\" }\nweight = \"1\"\ntypes = [\"public\", \"public\"]": "twice",
	} {
		text := strings.Replace(string(Default()), `by = "organisations"`, `by = "colleges"`, 1) + college
		var wrong *RulesError
		if _, err := Read([]byte(text)); !errors.As(err, &wrong) || wrong.Faults[0].Code != code || wrong.Faults[0].Line < 80 {
			t.Errorf("%s: %v, want %s", college, err, code)
		}
	}
}

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// opened is a proposal whose vote is open.
func opened(t testing.TB, kind Kind, rules *Rules, members []Member, concerned ...string) *Proposal {
	t.Helper()
	p, err := Submit(kind, members[0].Organisation, concerned, rules, start)
	if err == nil {
		err = p.Open(rules, 1, members)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func members(n int) (list []Member) {
	types := []string{"company", "public", "association", "community"}
	for i := range n {
		m := Member{Organisation: fmt.Sprintf("s%02d", i), Type: types[i%len(types)]}
		if i%len(types) > 1 {
			m.College = "usagers"
		}
		list = append(list, m)
	}
	return list
}

// voted counts a vote in which the first say yes, the next no, the next abstain.
func voted(t testing.TB, p *Proposal, yes, no, abstain int) *Result {
	t.Helper()
	for i := range yes + no + abstain {
		c := Yes
		if i >= yes+no {
			c = Abstain
		} else if i >= yes {
			c = No
		}
		if err := p.Vote(fmt.Sprintf("s%02d", i), c, p.Opens); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(p.Closes); err != nil {
		t.Fatal(err)
	}
	return p.Result
}

func TestResults(t *testing.T) {
	for _, test := range []struct {
		kind              Kind
		yes, no, abstain  int
		why, quorum, for_ string
	}{
		{Admission, 1, 0, 0, "majority", "1/30", "1"}, {Admission, 0, 0, 0, "nobody", "0", "0"}, {Admission, 0, 0, 30, "nobody", "1", "0"},
		{Admission, 5, 5, 3, "tie", "13/30", "1/2"}, {Admission, 6, 5, 0, "majority", "11/30", "6/11"}, {Admission, 5, 6, 0, "minority", "11/30", "5/11"},
		{Removal, 6, 3, 1, "majority", "1/3", "2/3"}, {Removal, 6, 3, 0, "quorum", "3/10", "2/3"}, {Removal, 13, 7, 0, "minority", "2/3", "13/20"},
		{Removal, 10, 10, 0, "tie", "2/3", "1/2"}, {Resolution, 3, 0, 0, "majority", "1/10", "1"}, {Resolution, 2, 0, 0, "quorum", "1/15", "1"},
	} {
		r := voted(t, opened(t, test.kind, defaults(t), members(30)), test.yes, test.no, test.abstain)
		if r.Why != test.why || r.Accepted != (test.why == "majority") || r.Quorum.Reached != test.quorum || r.Majority.Reached != test.for_ ||
			r.Yes+r.No+r.Abstain+len(r.Silent) != r.Electorate || r.Electorate != 30 || len(r.Ballots) != r.Yes+r.No+r.Abstain {
			t.Errorf("%v: %+v", test, r)
		}
	}
}

// Colleges weigh as they are said to, however many are in them, and one that says nothing does not weigh.
func TestColleges(t *testing.T) {
	list := members(30) // 8 companies, 8 public bodies, 14 users
	p := opened(t, Resolution, colleges(t), list)
	for _, m := range list {
		c := No
		if m.Type == "company" {
			c = Yes
		}
		if m.College != "usagers" {
			if err := p.Vote(m.Organisation, c, p.Opens); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.Close(p.Closes); err != nil {
		t.Fatal(err)
	}
	r := p.Result
	if !r.Accepted || r.Majority.Reached != "2/3" || r.Colleges[0].For != "1" || r.Colleges[1].For != "0" || r.Colleges[2].Electorate != 14 {
		t.Errorf("%+v", r)
	}
	if list := colleges(t).Electorate([]Member{{"x", "association", ""}, {"y", "association", "usagers"}, {"z", "public", "gone"}}); fmt.Sprint(list) != "[{y usagers} {z public}]" {
		t.Errorf("%v", list)
	}
}

func refusal(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return fmt.Sprint(err)
}

func TestRefusals(t *testing.T) {
	rules := defaults(t)
	p, err := Submit(Removal, "s00", []string{"s03"}, rules, start)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, err error, want string) {
		t.Helper()
		if refusal(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	check("before the opening", p.Vote("s01", Yes, start), "not-open")
	check("closed before its time", p.Close(start.AddDate(1, 0, 0)), "not-yet")
	if p.Status(p.Opens.Add(-1)) != Discussion || p.Status(p.Opens) != Due {
		t.Error("the discussion does not end at the opening")
	}
	p.Leave("s09") // before the opening, which they will not be told of
	check("declared in the discussion", p.Declare("s04", start), "<nil>")
	check("opened", p.Open(rules, 1, members(10)), "<nil>")
	check("opened twice", p.Open(rules, 1, members(10)), "not-open")
	check("vote", p.Vote("s01", Yes, p.Opens), "<nil>")
	check("twice", p.Vote("s01", No, p.Opens), "voted")
	check("the same twice", p.Vote("s01", Yes, p.Opens), "voted")
	check("not a member", p.Vote("s77", Yes, p.Opens), "not-member")
	check("concerned", p.Vote("s03", No, p.Opens), "conflict")
	check("declared a conflict", p.Vote("s04", No, p.Opens), "conflict")
	check("no choice", p.Vote("s05", "maybe", p.Opens), "choice")
	check("vote", p.Vote("s06", No, p.Closes.Add(-1)), "<nil>")
	check("at the closing", p.Vote("s05", Yes, p.Closes), "closed")
	p.Leave("s06")
	check("removed", p.Vote("s06", No, p.Opens), "left")
	check("declares after having voted", p.Declare("s01", p.Opens), "<nil>")
	check("declares twice", p.Declare("s01", p.Opens), "conflict")
	check("vote", p.Vote("s07", Abstain, p.Opens), "<nil>")
	check("too early", p.Close(p.Closes.Add(-1)), "not-yet")
	check("closed", p.Close(p.Closes), "<nil>")
	check("closed twice", p.Close(p.Closes), "closed")
	check("after the closing", p.Vote("s05", Yes, p.Opens), "closed")
	check("declares after it", p.Declare("s05", p.Opens), "closed")
	r := p.Result
	if r.Why != "nobody" || r.Electorate != 6 || fmt.Sprint(r.Excluded) != "[{s01 conflict} {s03 conflict} {s04 conflict} {s06 left}]" {
		t.Errorf("%+v", r)
	}
	if _, err := Submit("coronation", "s00", nil, rules, start); refusal(err) != "no-vote" {
		t.Errorf("%v", err)
	}
}

func TestChangedVoteCountsOnce(t *testing.T) {
	rules := defaults(t)
	rules.Change = true
	p := opened(t, Admission, rules, members(5))
	for _, c := range []Choice{Yes, Abstain, No} {
		if err := p.Vote("s01", c, p.Opens); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(p.Closes); err != nil || p.Result.No != 1 || len(p.Result.Ballots) != 1 {
		t.Errorf("%+v, %v", p.Result, err)
	}
}

// The rules of the opening hold: the length of the vote too, though not the day of the opening.
func TestRulesOfTheOpening(t *testing.T) {
	before, after := defaults(t), defaults(t)
	after.Decisions[Resolution] = Terms{time.Hour, 48 * time.Hour, Fraction{1, 1}, Majority{false, Fraction{1, 1}}}
	p, err := Submit(Resolution, "s00", nil, before, start)
	opens := p.Opens
	if err == nil {
		err = p.Open(after, 2, members(3))
	}
	if err != nil || p.Opens != opens || p.Closes != opens.Add(48*time.Hour) || p.Rules != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	if r := voted(t, p, 2, 0, 0); r.Why != "quorum" || r.Quorum.Needed != ">= 1" {
		t.Errorf("%+v", r)
	}
	gone := defaults(t)
	delete(gone.Decisions, Resolution)
	p = opened(t, Resolution, before, members(3))
	p.rules = gone
	if r := voted(t, p, 0, 0, 0); r.Accepted {
		t.Errorf("a decision that is no longer put to the vote was accepted: %+v", r)
	}
}

// Whatever order votes come in, the result is the same; nobody counts twice; whoever has left or is in conflict does not count.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		rules := defaults(t)
		if seed%2 == 1 {
			rules = colleges(t)
		}
		list := members(2 + random.IntN(40))
		concerned := list[random.IntN(len(list))].Organisation
		ballots, out := map[string]Choice{}, map[string]bool{concerned: true}
		var left, conflict []string
		for _, m := range list[1:] {
			if random.IntN(3) > 0 {
				ballots[m.Organisation] = Choices()[random.IntN(3)]
			}
			switch random.IntN(8) {
			case 0:
				left = append(left, m.Organisation)
			case 1:
				conflict = append(conflict, m.Organisation)
			}
		}
		var first string
		for round := range 4 {
			random.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
			p := opened(t, Removal, rules, list, concerned)
			for _, m := range list {
				if c := ballots[m.Organisation]; c != "" {
					p.Vote(m.Organisation, c, p.Opens)
					if err := p.Vote(m.Organisation, No, p.Opens); err == nil {
						t.Fatalf("%s votes twice", m.Organisation)
					}
				}
			}
			for _, o := range left {
				p.Leave(o)
				out[o] = true
			}
			for _, o := range conflict {
				if err := p.Declare(o, p.Opens); err != nil {
					t.Fatal(err)
				}
				out[o] = true
			}
			if err := p.Close(p.Closes); err != nil {
				t.Fatal(err)
			}
			for _, b := range p.Result.Ballots {
				if out[b.Organisation] || ballots[b.Organisation] != b.Choice {
					t.Fatalf("seed %d: the vote of %s counts", seed, b.Organisation)
				}
			}
			if r := p.Result; r.Electorate != len(p.Electorate())-len(r.Excluded) || r.Electorate != r.Yes+r.No+r.Abstain+len(r.Silent) {
				t.Fatalf("seed %d: %+v", seed, r)
			}
			said, err := json.Marshal(p.Result)
			if err != nil {
				t.Fatal(err)
			}
			if round == 0 {
				first = string(said)
			} else if string(said) != first {
				t.Fatalf("seed %d: %s, then %s", seed, first, said)
			}
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add(Default())
	f.Add([]byte("format = 1\n[[college]]\n[vote]\nby.x = 1"))
	f.Add([]byte("college = [{}, 1]\n[decision]\nrules = []"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(data)
		var wrong *RulesError
		if (err == nil) == (r == nil) || err != nil && (!errors.As(err, &wrong) || len(wrong.Faults) == 0) {
			t.Fatalf("%v, %v", r, err)
		}
		if wrong != nil {
			for _, fault := range wrong.Faults {
				if fault.Line < 1 || fault.Line > 1+strings.Count(string(data), "\n") {
					t.Fatalf("line %d: %v", fault.Line, fault)
				}
			}
			return
		}
		p := opened(t, NewRules, r, members(6))
		for _, m := range members(6) {
			p.Vote(m.Organisation, Yes, p.Opens)
		}
		if err := p.Close(p.Closes); err != nil {
			t.Fatal(err)
		}
	})
}
