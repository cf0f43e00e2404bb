// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/governance"
	"communs/registry/people"
)

// foundForm is a form as a page has it.
type foundForm struct {
	page, action string
	post         bool
	fields       url.Values
	typed        []string // the names of the fields that people write in
}

// formsOf are the forms of a page; local are the paths that it leads to.
func formsOf(t testing.TB, page, body string) (forms []foundForm, local []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	attribute := func(n *html.Node, name string) (value string) {
		for _, a := range n.Attr {
			if a.Key == name {
				value = a.Val
			}
		}
		return value
	}
	walk(doc, func(n *html.Node) {
		if href := attribute(n, "href"); n.Data == "a" && strings.HasPrefix(href, "/") {
			href, _, _ = strings.Cut(href, "#")
			local = append(local, href)
		}
		if n.Data != "form" {
			return
		}
		f := foundForm{page: page, action: attribute(n, "action"), post: attribute(n, "method") == "post", fields: url.Values{}}
		if f.action == "" {
			f.action = page
		}
		walk(n, func(n *html.Node) {
			name := attribute(n, "name")
			switch kind := attribute(n, "type"); {
			case name == "":
			case n.Data == "textarea", n.Data == "input" && (kind == "" || slices.Contains([]string{"text", "search", "url", "email"}, kind)):
				f.typed = append(f.typed, name)
				f.fields.Add(name, attribute(n, "value"))
			case n.Data == "select":
				walk(n, func(o *html.Node) {
					if o.Data == "option" && !f.fields.Has(name) {
						f.fields.Set(name, attribute(o, "value"))
					}
				})
			case n.Data == "input" || n.Data == "button":
				if kind == "hidden" || n.Data == "button" && !f.fields.Has(name) {
					f.fields.Add(name, attribute(n, "value"))
				}
			}
		})
		forms = append(forms, f)
	})
	return forms, local
}

// walkForms visits what can be reached from the given pages, and gives the forms, each kind once.
func (w *walker) walkForms(look func(page, body string), from ...string) (forms []foundForm) {
	w.t.Helper()
	seen, kinds := map[string]bool{}, map[string]bool{}
	for ; len(from) > 0 && len(seen) < 250; from = from[1:] {
		page := from[0]
		if seen[page] || strings.HasPrefix(page, "/code/") {
			continue
		}
		seen[page] = true
		got := w.ask("GET", page, nil)
		if got.Code >= 500 {
			w.t.Errorf("%s: %d", page, got.Code)
		}
		if got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
			continue
		}
		body := got.Body.String()
		look(page, body)
		found, local := formsOf(w.t, page, body)
		for _, f := range found {
			if kind := f.action + " " + f.fields.Get("do") + " " + strings.Join(f.typed, " "); !kinds[kind] {
				kinds[kind] = true
				forms = append(forms, f)
			}
		}
		from = append(from, local...)
	}
	return forms
}

// assembled is somebody signed in who acts for an organisation, on an instance with a commons, a proposal and a draft.
func assembled(t *testing.T) (w, other *walker) {
	t.Helper()
	e := newEnrolling(t)
	configured := e.config
	c := commons.New(e.records, time.Now)
	e.config = func(config *Config) {
		configured(config)
		config.Commons = c
	}
	by := registry.Actor{Roles: []registry.Role{registry.RoleAdministrator}}
	rules := strings.ReplaceAll(string(governance.Default()), "discussion_days = 7", "discussion_days = 0")
	if _, err := c.Found(t.Context(), by, commons.Founding{Rules: []byte(rules), Members: []governance.Member{{Organisation: "atelier", Type: "company"}}}); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []governance.Kind{governance.Resolution, governance.NewRules} { // one is voted on, one discussed
		if _, err := c.Propose(t.Context(), by, commons.Motion{Kind: kind, Title: "Un titre", Text: "Un texte.", Rules: []byte(rules)}); err != nil {
			t.Fatal(err)
		}
	}
	link, err := e.people.Invite(t.Context(), people.Invitation{Email: "anne@exemple.fr", Lang: "fr", Role: people.Speaker, Organisation: "atelier"})
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := e.people.Follow(t.Context(), link.Secret)
	if err != nil {
		t.Fatal(err)
	}
	w = e.walker(t, session)
	if got := w.send("/inscrire", "address", e.Push("atelier/agenda", "publiccode.yml", publiccode, "README.md", "# Agenda\n")); got.Code != 303 {
		t.Fatalf("a draft: %d\n%s", got.Code, got.Body)
	}
	return w, e.walker(t, e.seat(t, "mallory@exemple.fr", "atelier"))
}

var startPages = []string{"/", "/compte", "/inscrire", "/decisions", "/ma-structure", "/moderation", "/connexion", "/similaire"}

// TestEveryFormIsItsOwn: of every form that changes something, on any page, nothing is taken that another site has the browser send, nor without its token,
// nor with somebody else's; and a cookie opens no door of the API that changes something.
func TestEveryFormIsItsOwn(t *testing.T) {
	w, other := assembled(t)
	theirs := formToken.FindStringSubmatch(other.ask("GET", "/compte", nil).Body.String())[1]
	forms := w.walkForms(func(string, string) {}, startPages...)
	tried, reached := 0, map[string]bool{}
	for _, f := range forms {
		path, _, _ := strings.Cut(f.action, "?")
		if !f.post || path == "/similaire" || path == "/similar" { // which changes nothing
			continue
		}
		tried, reached[path] = tried+1, true
		if !f.fields.Has("form") && path != "/connexion" && path != "/sign-in" {
			t.Errorf("%s: the form of %s carries no token", f.page, f.action)
		}
		without, with := url.Values{}, url.Values{}
		for name, value := range f.fields {
			without[name], with[name] = value, value
		}
		without.Del("form")
		with.Set("form", theirs)
		for name, try := range map[string]struct {
			form   url.Values
			header []string
		}{
			"from another site":        {f.fields, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://mal.exemple.fr"}},
			"from a neighbour":         {f.fields, []string{"Sec-Fetch-Site", "same-site", "Origin", "https://mal.communs.exemple.fr"}},
			"from an old browser":      {f.fields, []string{"Sec-Fetch-Site", "", "Origin", "https://mal.exemple.fr"}},
			"without its token":        {without, nil},
			"with somebody else’s":     {with, nil},
			"without it, as one’s own": {without, []string{"Sec-Fetch-Site", "", "Origin", ""}},
		} {
			if !f.fields.Has("form") && len(try.header) < 4 || try.header != nil && try.header[3] == "" && !f.fields.Has("form") {
				continue
			}
			if got := w.ask("POST", f.action, try.form, try.header...); got.Code != 403 {
				t.Errorf("%s, form of %s, %s: %d", f.action, f.page, name, got.Code)
			}
		}
	}
	for _, path := range []string{"/compte", "/inscrire"} {
		if !reached[path] {
			t.Errorf("no form of %s was found", path)
		}
	}
	for _, path := range []string{"/api/v1/drafts", "/api/v1/drafts/x"} {
		if got := w.ask("POST", path, url.Values{"address": {"https://forge.example.com/a/b"}}); got.Code != 401 {
			t.Errorf("%s by cookie: %d", path, got.Code)
		}
	}
	t.Logf("%d forms on %d paths", tried, len(reached))
}

// TestScriptInEveryField writes what a page must not obey into each field of each form, and looks at every page afterwards: it stays text.
func TestScriptInEveryField(t *testing.T) {
	const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>{{7}}` + "\u202e"
	w, _ := assembled(t)
	script := regexp.MustCompile(`alert\(\d\)`)
	look := func(page, body string) {
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		walk(doc, func(n *html.Node) {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "action" || a.Key == "src") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
					t.Errorf("%s: %s=%q of <%s> would be obeyed", page, a.Key, a.Val, n.Data)
				}
				if n.Data == "script" && n.FirstChild != nil && a.Val != "application/ld+json" && script.MatchString(n.FirstChild.Data) {
					t.Errorf("%s: a script of a stranger", page)
				}
			}
			if n.Data == "script" && len(n.Attr) == 0 || n.Data == "img" && strings.Contains(body, "src=x") {
				t.Errorf("%s: <%s> came from a form", page, n.Data)
			}
		})
		if strings.Contains(body, "\u202e") {
			t.Errorf("%s: a character that turns the text around reaches the page", page)
		}
	}
	forms := w.walkForms(look, startPages...)
	session, sent := w.cookie, 0
	for _, f := range forms {
		if slices.Contains([]string{"leave", "leave-everywhere", "erase", "discard"}, f.fields.Get("do")) || f.action == "/connexion" {
			continue
		}
		for _, name := range f.typed {
			form := url.Values{}
			for k, v := range f.fields {
				form[k] = v
			}
			form.Set(name, hostile)
			method, path := "GET", f.action+"?"+form.Encode()
			if f.post {
				method, path = "POST", f.action
			}
			got := w.ask(method, path, form)
			sent++
			if got.Code >= 500 || w.cookie != session {
				t.Errorf("%s of %s: %d", name, f.action, got.Code)
			}
			if strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
				look(f.action+" with "+name, got.Body.String())
			}
		}
	}
	w.walkForms(look, startPages...)
	if sent < 20 {
		t.Errorf("only %d fields were written in", sent)
	}
	t.Logf("%d fields of %d forms", sent, len(forms))
}
