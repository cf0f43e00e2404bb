// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"time"

	"communs/internal/words"
	"communs/registry/observatory"
	"communs/registry/people"
)

// The statements are pages that tell what the service does with people's data, who answers for it, and by which rules it ranks and
// recognises things. What they say in figures is taken from the code that does it.

// statementPage is one of them: sections of sentences, lists, facts and tables, in this order.
type statementPage struct {
	frame
	Heading, Lead string
	Parts         []statementPart
}

type statementPart struct {
	ID, Title string
	Texts     []string
	Facts     []statementFact
	Tables    []opsTable
}

// statementFact is a name and what it is; with an address, it leads there.
type statementFact struct{ Head, Text, Href string }

// statementRoutes are the first segments of the statements in each language.
var statementRoutes = map[words.Lang]map[string]string{
	words.French:  {"privacy": "/vie-privee", "legal": "/mentions-legales", "algorithms": "/algorithmes"},
	words.English: {"privacy": "/privacy", "legal": "/legal", "algorithms": "/algorithms"},
}

func (l linker) statement(name string) string { return l.with(statementRoutes[l.lang][name], nil) }

// statementLinks are those of the foot of every page.
func statementLinks(r *request) (list []link) {
	for _, name := range []string{"privacy", "legal", "algorithms"} {
		list = append(list, link{Href: r.link.statement(name), Text: r.said.T("web.statement." + name + ".title")})
	}
	return list
}

// routeStatement finds the screen of a statement; nil when the path is none of theirs.
func (s *Server) routeStatement(first string, more bool) (string, screen) {
	parts := map[string]func(statementView) []statementPart{"privacy": s.privacy, "legal": s.legalNotice, "algorithms": s.algorithms}
	for _, lang := range words.Langs() {
		for name, path := range statementRoutes[lang] {
			if path == "/"+first && !more {
				return name, func(r *request) (*response, error) { return s.showStatement(r, name, parts[name]) }
			}
		}
	}
	return "none", nil
}

func (s *Server) showStatement(r *request, name string, parts func(statementView) []statementPart) (*response, error) {
	v := statementView{r, "web.statement." + name + "."}
	page := statementPage{frame: s.frame(r, v.t("title")), Heading: v.t("title"), Lead: v.t("lead", s.inst.Name), Parts: parts(v)}
	s.place(r, &page.frame, func(l linker) string { return l.statement(name) })
	return s.render(r, "statement", page)
}

// statementView says the sentences of one statement.
type statementView struct {
	r      *request
	prefix string
}

func (v statementView) t(key string, args ...any) string { return v.r.said.T(v.prefix+key, args...) }

// part begins a section; its sentences are those of the keys.
func (v statementView) part(id string, keys ...string) statementPart {
	p := statementPart{ID: id, Title: v.t(id)}
	for _, key := range keys {
		p.Texts = append(p.Texts, v.t(id+"."+key))
	}
	return p
}

// days and minutes are times as people say them.
func (v statementView) days(d time.Duration) string {
	return v.r.said.T("web.statement.days", int(d/(24*time.Hour)))
}

func (v statementView) minutes(d time.Duration) string {
	return v.r.said.T("web.statement.minutes", int(d/time.Minute))
}

// privacy tells what is kept of people, where, how long and on what ground.
func (s *Server) privacy(v statementView) []statementPart {
	who := v.part("who", "text")
	who.Facts = []statementFact{s.told(v, "publisher", s.inst.Publisher), s.contactFact(v)}
	visitors := v.part("visitors", "nothing", "log", "address", "proxy")
	visitors.Texts = append(visitors.Texts, v.t("visitors.questions", observatory.Least))
	parts := []statementPart{who, visitors}
	cookies := v.part("cookies", "none")
	if s.people == nil {
		cookies.Texts = append(cookies.Texts, v.t("cookies.never"))
		parts = append(parts, cookies)
	} else {
		cookies.Texts = append(cookies.Texts, v.t("cookies.one", s.people.cookie, v.days(people.HowLong().Session)))
		if len(s.people.providers) > 0 {
			cookies.Texts = append(cookies.Texts, v.t("cookies.entry", s.people.cookie+"-entry", v.minutes(entryLife)))
		}
		parts = append(parts, cookies, v.accounts(), v.part("public", "log", "erased"))
	}
	code := v.part("code", "published", "addresses", "kept")
	where := v.part("where", "folder", "backups")
	where.Facts = []statementFact{s.told(v, "host", s.inst.Host)}
	rights := v.part("rights", "which", "how", "complaint")
	rights.Facts = []statementFact{s.contactFact(v)}
	return append(parts, code, where, v.part("grounds", "public-interest", "account", "security"), rights)
}

// accounts is the table of what is kept of who has an account.
func (v statementView) accounts() statementPart {
	p := v.part("accounts", "text")
	t := opsTable{ID: "accounts-kept", Title: v.t("accounts.table"), Heads: []string{v.t("accounts.what"), v.t("accounts.why"), v.t("accounts.long")}}
	l := people.HowLong()
	for _, row := range []struct{ key, long string }{
		{"account", v.t("accounts.account.long")},
		{"seats", v.t("accounts.seats.long")},
		{"elsewhere", v.t("accounts.elsewhere.long")},
		{"links", v.t("accounts.links.long", v.minutes(l.SignIn), v.days(l.Invitation), v.days(l.Link))},
		{"sessions", v.t("accounts.sessions.long", v.days(l.Idle), v.days(l.Session))},
		{"keys", v.t("accounts.keys.long", v.days(l.Key))},
		{"letters", v.t("accounts.letters.long", v.days(l.Letter), v.days(l.Told))},
		{"limits", v.t("accounts.limits.long")},
	} {
		t.add(v.t("accounts."+row.key), v.t("accounts."+row.key+".why"), row.long)
	}
	p.Tables = []opsTable{t}
	return p
}

// legalNotice tells who answers for the site.
func (s *Server) legalNotice(v statementView) []statementPart {
	who := v.part("who")
	who.Facts = []statementFact{s.told(v, "publisher", s.inst.Publisher), s.told(v, "director", s.inst.Director), s.contactFact(v), s.told(v, "host", s.inst.Host)}
	program := v.part("program", "text")
	program.Facts = []statementFact{s.sourceFact(v)}
	withdraw := v.part("withdraw", "text", "kept")
	withdraw.Facts = []statementFact{s.contactFact(v)}
	return []statementPart{who, program, v.part("contents", "code", "catalogue", "advice"), withdraw}
}

// told is what the operator has said, or that they have not.
func (s *Server) told(v statementView, key, text string) statementFact {
	f := statementFact{Head: v.r.said.T("web.statement.fact." + key), Text: plain(text)}
	if text == "" {
		f.Text = v.r.said.T("web.statement.missing." + key)
	}
	return f
}

func (s *Server) contactFact(v statementView) statementFact {
	f := s.told(v, "contact", s.inst.Contact)
	if href, text := contact(s.inst.Contact); href != "" {
		f.Href, f.Text = href, plain(text)
	}
	return f
}

func (s *Server) sourceFact(v statementView) statementFact {
	f := s.told(v, "source", s.inst.Source)
	f.Href = outside(s.inst.Source)
	return f
}
