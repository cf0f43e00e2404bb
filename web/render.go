// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"communs/internal/pages"
	"communs/internal/words"
)

// templates are those of one language by the name of their screen: each its own, with the layout and the parts that screens share.
type templates map[string]*pages.Set

func loadTemplates(p *words.Printer) (templates, error) {
	funcs := pages.Funcs{
		Give: map[string]func([]any) any{
			"t":     func(args []any) any { return p.T(args[0].(string), args[1:]...) },
			"plain": func(args []any) any { return plain(args[0].(string)) },
			"items": func(args []any) any { return facetItems(p, args[0].([]facetValue)) },
			"n":     func(args []any) any { return number(p, args[0].(int)) },
		},
		Mark: map[string]func([]byte, string) []byte{"v": appendVisible},
	}
	shared, err := template.New("").Funcs(funcs.Map()).ParseFS(files, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, err
	}
	all := templates{}
	for _, name := range names {
		one, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if one, err = one.ParseFS(files, name); err != nil {
			return nil, fmt.Errorf("read the template %s: %w", name, err)
		}
		if path.Base(name) == "layout.html" {
			continue
		}
		if all[strings.TrimSuffix(path.Base(name), ".html")], err = pages.New(one, "layout", funcs); err != nil {
			return nil, fmt.Errorf("read the template %s: %w", name, err)
		}
	}
	return all, nil
}

// frame is what every page has around its content.
type frame struct {
	Lang     string
	Title    string
	NoIndex  bool   // search engines are asked to leave the page out
	BadQuery bool   // the question in the box is at fault
	At       string // the route, for the menu

	Instance    string
	Region      string
	Logo        string
	Contact     string // address to write to; empty when the instance gives none
	ContactText string

	Style string
	Icon  template.URL

	Home, Search, Repositories string // links
	Similar                    string
	MyAccount                  string     // one's own account, or signing in; empty when nobody asks for a letter
	Accounts                   bool       // somebody may sign in
	Observatory                string     // empty when the instance has no catalogue
	Operations                 string     // empty when it is not for everybody
	SoftwareSearch             string     // where the box of the catalogue's pages leads
	Decisions                  string     // empty when nothing is decided here
	Menu                       []menuItem // of the catalogue; empty when the instance has none
	Canonical                  string
	Other                      otherLang
	Alternates                 []otherLang
	Statements                 []link      // of privacy, the legal notice, the algorithms
	Programs                   []alternate // the same for programs
	Described                  any         // what the page shows, as JSON-LD

	Query    string   // in the search box
	Into     []option // the licences to choose from; the chosen one is marked
	KeepLang string   // goes with the form; empty when no language was asked for
}

// otherLang is the same page in a language.
type otherLang struct{ Lang, Href, Name string }

// option is a choice in a list.
type option struct {
	Value, Text string
	Chosen      bool
}

// frame begins a page.
func (s *Server) frame(r *request, title string) frame {
	f := frame{
		At:   r.route,
		Lang: string(r.said.Lang), Title: title, Instance: s.inst.Name, Region: s.inst.Region, Logo: s.assets.logo,
		Style: s.assets.style, Icon: s.assets.icon,
		Home: r.link.home(), Search: "/code", Repositories: r.link.repositories(""),
		Similar: r.link.similar(""),
		Query:   plain(clip(r.query.Get("q"), maxQuery)), Into: intoOptions(r),
	}
	f.Menu, f.SoftwareSearch = s.catalogueMenu(r), routes[r.link.lang].software
	if s.catalogue != nil {
		f.Programs = []alternate{{atomType, r.link.feed("", "")}}
		f.Observatory = r.link.observatory("", nil)
	}
	f.Statements = statementLinks(r)
	if s.commons != nil {
		f.Decisions = r.link.decisions("", nil)
	}
	f.Accounts = s.people != nil
	if f.Accounts && (s.people.post != nil || len(s.people.providers) > 0) {
		f.MyAccount = r.link.account()
	}
	if s.operations.Report != nil && !s.operations.Local {
		f.Operations = r.link.operations()
	}
	f.Contact, f.ContactText = contact(s.inst.Contact)
	if r.asked {
		f.KeepLang = f.Lang
	}
	s.place(r, &f, func(l linker) string {
		v := r.URL.Query()
		v.Del("lang")
		path := r.URL.EscapedPath()
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
			path = "/"
		}
		return l.with(path, v)
	})
	return f
}

// place says where the page stands: its canonical address, and the same page in each language.
func (s *Server) place(r *request, f *frame, address func(linker) string) {
	f.Canonical = s.base + address(r.link.canonical())
	f.Alternates = nil
	for _, lang := range words.Langs() {
		one := otherLang{string(lang), address(linker{lang: lang, keep: true, base: s.base}), s.words[lang].T("web.language")}
		if lang != r.said.Lang {
			f.Other = one
		}
		one.Href = s.base + one.Href
		f.Alternates = append(f.Alternates, one)
	}
}

// contact makes a link of what the instance gives as its contact.
func contact(c string) (href, text string) {
	switch {
	case outside(c) != "":
		return outside(c), strings.TrimPrefix(c, "https://")
	case strings.Contains(c, "@") && !strings.ContainsAny(c, " \t\n<>"):
		return "mailto:" + url.PathEscape(c), c
	}
	return "", c
}

// render writes a page.
func (s *Server) render(r *request, name string, page any) (*response, error) {
	room := s.room()
	body, err := s.templates[r.said.Lang][name].Append((*room)[:0], "layout", page)
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	*room = body
	return &response{status: http.StatusOK, kind: "text/html; charset=utf-8", lang: string(r.said.Lang), body: body, room: room}, nil
}

// room is where a body can be written: that of an answer which was sent.
func (s *Server) room() *[]byte {
	if room, ok := s.rooms.Get().(*[]byte); ok {
		return room
	}
	return new([]byte)
}

// clip cuts a text to at most n bytes, at the start of a character.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xc0 == 0x80 {
		n--
	}
	return text[:n]
}
