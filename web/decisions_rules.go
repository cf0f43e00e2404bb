// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"slices"
	"strings"
	"time"

	"communs/internal/words"
	"communs/registry/commons"
	"communs/registry/governance"
)

// ruleLine is one thing that the rules say, in a sentence.
type ruleLine struct{ About, Text string }

// ruleChange is what two versions of the rules say of one thing.
type ruleChange struct{ About, Before, After string }

// sentences are rules as people read them.
func sentences(p *words.Printer, rules *governance.Rules) (all []ruleLine) {
	add := func(key, text string) { all = append(all, ruleLine{p.T("web.rules." + key), text}) }
	pick := func(on bool, key string) string {
		if on {
			return p.T("web.rules." + key + "-yes")
		}
		return p.T("web.rules." + key + "-no")
	}
	if len(rules.Colleges) == 0 {
		add("who", p.T("web.rules.organisations"))
	}
	var colleges []string
	for _, c := range rules.Colleges {
		name := c.FR
		if p.Lang == words.English {
			name = c.EN
		}
		colleges = append(colleges, p.T("web.rules.college", plain(name), c.Weight.String()))
	}
	if len(colleges) > 0 {
		add("who", p.T("web.rules.colleges", strings.Join(colleges, ", ")))
	}
	add("change", pick(rules.Change, "change"))
	add("conflict", pick(rules.Conflict.Concerned, "concerned")+" "+pick(rules.Conflict.Declared, "declared"))
	for _, kind := range governance.Kinds() {
		text := p.T("web.rules.no-vote")
		if t, ok := rules.Decisions[kind]; ok {
			text = p.T("web.rules.terms", days(t.Discussion), days(t.Vote), needed(p, ">= "+t.Quorum.String()), needed(p, t.Majority.String()))
		}
		add("kind."+string(kind), text)
	}
	add("moderation", p.T("web.rules.moderators", rules.Moderation.Moderators)+" "+p.T("web.rules.appeal", days(rules.Moderation.Appeal)))
	add("consultation", p.T("web.rules.consulted", days(rules.Consultation.Length))+" "+pick(rules.Consultation.Members, "members"))
	return all
}

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// changes is what the second rules say otherwise than the first.
func changes(p *words.Printer, from, to *governance.Rules) (all []ruleChange) {
	before, after := sentences(p, from), sentences(p, to)
	for i := range before {
		if before[i].Text != after[i].Text {
			all = append(all, ruleChange{before[i].About, before[i].Text, after[i].Text})
		}
	}
	return all
}

// rulesPage shows the rules in force, and every version before them.
type rulesPage struct {
	frame
	InForce  string
	Rules    []ruleLine
	TOML     string
	Versions []versionView
	Propose  string
}

type versionView struct {
	ID      string
	Title   string
	From    link // the proposal that brought it
	Changes []ruleChange
	TOML    string
}

func (s *Server) rulesPage(r *request) (*response, error) {
	st, err := s.decided(r.Context())
	if err != nil {
		return nil, err
	}
	if len(st.Rules) == 0 {
		return nil, &commons.Error{Code: "not-founded"}
	}
	page := rulesPage{frame: s.frame(r, r.said.T("web.rules.title")), Propose: r.link.propose(string(governance.NewRules))}
	s.place(r, &page.frame, linker.rules)
	in := st.Rules[len(st.Rules)-1]
	page.InForce, page.Rules, page.TOML = r.said.T("web.rules.in-force", in.Version, date(r.said, in.From)), sentences(r.said, in.Rules), in.Text
	for i, in := range slices.Backward(st.Rules) {
		v := versionView{ID: "v" + itoa(int64(in.Version)), Title: r.said.T("web.rules.version", in.Version, date(r.said, in.From)), TOML: in.Text}
		if in.Proposal > 0 {
			v.From = link{r.link.decision(in.Proposal), r.said.T("web.rules.by-vote", itoa(in.Proposal))}
		} else {
			v.From.Text = r.said.T("web.rules.founding")
		}
		if i > 0 {
			v.Changes = changes(r.said, st.Rules[i-1].Rules, in.Rules)
		}
		page.Versions = append(page.Versions, v)
	}
	return s.render(r, "rules", page)
}
