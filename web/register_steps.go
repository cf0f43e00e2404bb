// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"communs/registry"
	"communs/registry/people"
	"communs/registry/register"
)

// stepPage is what the pages of one draft share.
type stepPage struct {
	frame
	Step    string // second, third, fourth: « étape 2 sur 4 »
	Heading string
	Action  string
	Form    string
	Version string
	Address string
	Start   string // where drafts are listed
	Fix     string // the page of correcting
	Look    string // the page that shows the card
	Proof   string // the page of the proof
	Fault   string
	Hint    string
	Faults  []faultView
	Known   *link    // the card that there is already
	Notes   []string // what was left out of what was found
	Reading bool
	Failed  string
	Why     string // a hint on that
	Fields  []fieldView
	Card    *cardView
	Doubts  bool // nothing is left but what may be confirmed
	Public  *link
	Line    string // the word to place
	File    string
	Site    string // address of the file on the site; empty: there is none
	Forge   bool
	Until   string // how long the word is good
	Proven  string
	Done    string
	By      string // in whose name
}

// faultView is what is wrong with a field.
type faultView struct{ ID, Label, Text, Hint string }

// step begins a page of a draft.
func (s *Server) step(r *request, m *member, d *register.Draft, name string, address func(linker) string) stepPage {
	heading := r.said.T("web.register." + name)
	p := stepPage{
		frame: s.frame(r, heading), Heading: heading, Step: r.said.T("web.register.step-" + name), Form: people.FormToken(m.session), Version: strconv.FormatInt(d.Version, 10),
		Address: d.Address, Start: r.link.enrol("", ""), Fix: r.link.enrol(d.ID, ""), Look: r.link.previewOf(d.ID), Proof: r.link.proofOf(d.ID), Action: address(r.link),
	}
	s.place(r, &p.frame, address)
	p.NoIndex = true
	if d.Organisation != "" {
		p.By = organisationLink(r, s.read(r), d.Organisation).Text
	}
	return p
}

// sentence is a note of a draft in words; empty where a later version of the program wrote it.
func sentence(r *request, n *register.Note) (text, hint string) {
	if n == nil || !r.said.Has(n.Key) {
		return "", ""
	}
	if r.said.Has(n.Key + ".hint") {
		hint = plain(r.said.T(n.Key+".hint", n.Args...))
	}
	return plain(r.said.T(n.Key, n.Args...)), hint
}

// correct is the second step: what was found, to correct.
func (s *Server) correct(r *request, id string) (*response, error) {
	m, d, _, err := s.draftOf(r, id)
	if err != nil {
		return nil, err
	}
	if d.Published != "" {
		return see(r.link.proofOf(id)), nil
	}
	status, fault := http.StatusOK, error(nil)
	var form url.Values
	if r.Method == http.MethodPost {
		if form, err = s.form(r, m.session); err != nil {
			return nil, err
		}
		if form.Get("do") == "again" {
			if _, fault = s.register.Again(r.Context(), m.owner(), id, s.visitor(r)); fault == nil {
				if _, err = s.waitFor(r, m.owner(), id); err == nil {
					return see(r.link.enrol(id, "")), nil
				}
				return nil, err
			}
		} else {
			version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
			d, fault = s.register.Correct(r.Context(), m.owner(), id, version, typed(form))
		}
	}
	if d == nil { // it could not be written
		if d, err = s.register.Draft(r.Context(), m.owner(), id); err != nil {
			return nil, err
		}
	}
	page := s.step(r, m, d, "correct", func(l linker) string { return l.enrol(id, "") })
	if fault != nil {
		if status, page.Fault, page.Hint, err = s.refusal(r, fault); err != nil {
			return nil, err
		}
	}
	page.Reading = d.Reading
	if page.Failed, page.Why = sentence(r, d.Failed); d.Failed != nil && page.Failed == "" {
		page.Failed = r.said.T("register.unreadable")
	}
	if d.Software != nil {
		st, told := s.register.Look(r.Context(), d)
		if st == nil {
			return nil, told
		}
		if form != nil && fault == nil && st.Faults.Doubtful() {
			return see(r.link.previewOf(id)), nil
		}
		if form != nil && fault == nil {
			status = http.StatusUnprocessableEntity
			page.Faults = viewFaults(r, st.Faults, false)
		}
		s.standing(r, &page, st, told)
		page.Fields = viewFields(r, s.read(r), d, st.Faults, form != nil || fault != nil)
		if d.Found != nil {
			for i := range d.Found.Notes {
				if text, _ := sentence(r, &d.Found.Notes[i]); text != "" {
					page.Notes = append(page.Notes, text)
				}
			}
		}
	}
	resp, err := private(s.render(r, "register-correct", page))
	if err == nil {
		resp.status = status
		resp.comeBack(fault)
	}
	return resp, err
}

// typed are the fields of the form. A list of boxes, of which none is ticked, is empty when the form had it.
func typed(form url.Values) map[string]string {
	fields := map[string]string{}
	for _, name := range register.Fields() {
		if values, ok := form[name]; ok {
			fields[name] = strings.Join(values, ",")
		} else if form.Get("has") == "all" {
			fields[name] = ""
		}
	}
	return fields
}

// standing tells what the catalogue knows of the software already.
func (s *Server) standing(r *request, page *stepPage, st *register.Standing, told error) {
	if st.Known != nil && !st.Own {
		page.Known = &link{r.link.software(st.Known.ID), plain(st.Known.Name)}
	}
	if told != nil && page.Fault == "" {
		sentence, hint := r.said.Error(told)
		page.Notes = append(page.Notes, plain(sentence)+" "+plain(hint))
	}
	if st.Forked != nil {
		page.Notes = append(page.Notes, r.said.T("web.register.fork", plain(st.Forked.Name)))
	}
}

// preview is the third step: the card as it will stand, to publish.
func (s *Server) preview(r *request, id string) (*response, error) {
	m, d, by, err := s.draftOf(r, id)
	if err != nil {
		return nil, err
	}
	if d.Software == nil {
		return see(r.link.enrol(id, "")), nil
	}
	if d.Published != "" {
		return see(r.link.proofOf(id)), nil
	}
	page := s.step(r, m, d, "preview", func(l linker) string { return l.previewOf(id) })
	status, fault := http.StatusOK, error(nil)
	if r.Method == http.MethodPost {
		form, err := s.form(r, m.session)
		if err != nil {
			return nil, err
		}
		if _, fault = s.register.Publish(r.Context(), by, m.owner(), id, form.Get("sure") != ""); fault == nil {
			return see(r.link.proofOf(id)), nil
		}
		if status, page.Fault, page.Hint, err = s.refusal(r, fault); err != nil {
			return nil, err
		}
	}
	st, told := s.register.Look(r.Context(), d)
	if st == nil {
		return nil, told
	}
	s.standing(r, &page, st, told)
	page.Faults, page.Doubts = viewFaults(r, st.Faults, true), st.Faults.Doubtful() && len(st.Faults) > 0
	page.Card = s.viewCard(r, d, st)
	resp, err := private(s.render(r, "register-preview", page))
	if err == nil {
		resp.status = status
	}
	return resp, err
}

// prove is the fourth step, after publishing or, for a card that others made known, before.
func (s *Server) prove(r *request, id string) (*response, error) {
	m, d, by, err := s.draftOf(r, id)
	if err != nil {
		return nil, err
	}
	if d.Found == nil {
		return see(r.link.enrol(id, "")), nil
	}
	page := s.step(r, m, d, "proof", func(l linker) string { return l.proofOf(id) })
	status, fault := http.StatusOK, error(nil)
	if r.Method == http.MethodPost {
		form, err := s.form(r, m.session)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), provePatience)
		defer cancel()
		_, fault = s.register.Prove(ctx, by, m.owner(), id, registry.ControlMethod(form.Get("method")), s.visitor(r))
		if fault != nil {
			if status, page.Fault, page.Hint, err = s.refusal(r, fault); err != nil {
				return nil, err
			}
		} else {
			page.Done = r.said.T("web.register.proven")
		}
	}
	st, told := s.register.Look(r.Context(), d)
	var refused *register.Error
	if told != nil && !errors.As(told, &refused) {
		return nil, told
	}
	if st != nil && st.Proof != nil {
		page.Proven = s.controlWords(r, st.Proof)
	}
	if d.Published != "" {
		page.Public = &link{r.link.software(d.Published), plain(d.Software.Name)}
	}
	if page.Proven == "" {
		ch, err := s.register.Challenge(r.Context(), m.owner(), id)
		if err != nil {
			return nil, err
		}
		page.Line, page.File, page.Site, page.Forge, page.Until = ch.Line, ch.File, ch.Address, ch.Forge, date(r.said, ch.Expires)
	}
	resp, err := private(s.render(r, "register-proof", page))
	if err == nil {
		resp.status = status
		resp.comeBack(fault)
	}
	return resp, err
}

// controlWords tells of a proof: when, how, how long it counts.
func (s *Server) controlWords(r *request, c *registry.Control) string {
	key := "web.register.control"
	if c.Until < registry.Date(s.now().UTC().Format("2006-01-02")) {
		key = "web.register.control-ended"
	}
	return r.said.T(key, isoDate(r, c.Date), word(r.said, "web.register.method", string(c.Method)), isoDate(r, c.Until))
}
