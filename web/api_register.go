// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"communs/registry"
	"communs/registry/people"
	"communs/registry/register"
)

// The API registers software in the steps of the pages, for the holder of a key with the scope "edit":
//
//	GET  /api/v1/drafts                  those of the holder, and of the organisations in which they have a seat
//	POST /api/v1/drafts                  {"address": …, "organisation": …}: begins one, or gives the one that is open for the address
//	GET  /api/v1/drafts/ID               one, with what is wrong with it and how control can be proven
//	POST /api/v1/drafts/ID               {"version": …, "fields": {"summary.fr": …}}: corrects it
//	POST /api/v1/drafts/ID/read          reads its repository again
//	POST /api/v1/drafts/ID/publish       {"sure": true}: publishes it; asked again, it gives what was published
//	POST /api/v1/drafts/ID/prove         {"method": "file"}: looks for the proof
//	POST /api/v1/drafts/ID/discard       drops it

// draftBody is a draft as the API gives it.
type draftBody struct {
	*register.Draft
	Faults    []faultBody         `json:"faults"`
	Known     string              `json:"known,omitempty"` // id of the card that is in the catalogue already
	Proof     *registry.Control   `json:"proof,omitempty"`
	Why       *faultBody          `json:"why,omitempty"` // why it cannot be published yet, or could not be read
	Challenge *register.Challenge `json:"challenge,omitempty"`
}

// registrar is the holder of the key, where software can be registered at all.
func (s *Server) registrar(r *request, scope people.Scope) (*member, error) {
	if s.register == nil {
		return nil, errReadOnly
	}
	return s.keyHolder(r, scope)
}

// readJSON reads what a request carries into a value; a body of nothing is an empty object.
func readJSON(r *request, into any) error {
	if len(bytes.TrimSpace(r.body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return &problem{http.StatusBadRequest, "body", "web.error.body", nil}
	}
	return nil
}

func (s *Server) apiDrafts(r *request) (*response, error) {
	if r.Method != http.MethodPost {
		m, err := s.registrar(r, people.ScopeRead)
		if err != nil {
			return nil, err
		}
		drafts, err := s.register.Drafts(r.Context(), m.owner())
		if err != nil {
			return nil, err
		}
		return own(http.StatusOK, itemPage[*register.Draft]{Total: len(drafts), Items: append([]*register.Draft{}, drafts...)})
	}
	m, err := s.registrar(r, people.ScopeEdit)
	if err != nil {
		return nil, err
	}
	var asked struct {
		Address      string `json:"address"`
		Organisation string `json:"organisation"`
	}
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	by, err := m.actor(asked.Organisation)
	if err != nil {
		return nil, err
	}
	d, err := s.register.Begin(r.Context(), by, asked.Address, s.visitor(r))
	if err != nil {
		return nil, err
	}
	if d, err = s.waitFor(r, m.owner(), d.ID); err != nil {
		return nil, err
	}
	return s.tellDraft(r, m, d)
}

// tellDraft gives a draft with all that its owner has to know.
func (s *Server) tellDraft(r *request, m *member, d *register.Draft) (*response, error) {
	body := draftBody{Draft: d, Faults: []faultBody{}}
	if d.Failed != nil {
		text, hint := sentence(r, d.Failed)
		body.Why = &faultBody{Message: text, Hint: hint}
	}
	if d.Software != nil {
		st, told := s.register.Look(r.Context(), d)
		var refused *register.Error
		if told != nil && !errors.As(told, &refused) {
			return nil, told
		}
		if told != nil {
			text, hint := r.said.Error(told)
			body.Why = &faultBody{Message: plain(text), Hint: plain(hint)}
		}
		if body.Faults, body.Proof = tellFaults(r, st.Faults), st.Proof; st.Known != nil {
			body.Known = st.Known.ID
		}
	}
	if d.Found != nil && body.Proof == nil {
		var err error
		if body.Challenge, err = s.register.Challenge(r.Context(), m.owner(), d.ID); err != nil {
			return nil, err
		}
	}
	return own(http.StatusOK, body)
}

func (s *Server) apiDraft(r *request, rest string) (*response, error) {
	id, what, _ := strings.Cut(rest, "/")
	scope := people.ScopeEdit
	if r.Method != http.MethodPost {
		scope = people.ScopeRead
	}
	m, err := s.registrar(r, scope)
	if err != nil {
		return nil, err
	}
	d, err := s.register.Draft(r.Context(), m.owner(), id)
	if err != nil {
		return nil, err
	}
	by, err := m.actor(d.Organisation)
	if err != nil {
		return nil, err
	}
	if r.Method != http.MethodPost {
		if what != "" {
			return nil, errNoPage
		}
		return s.tellDraft(r, m, d)
	}
	var asked struct {
		Version int64             `json:"version"`
		Fields  map[string]string `json:"fields"`
		Sure    bool              `json:"sure"`
		Method  string            `json:"method"`
	}
	if err := readJSON(r, &asked); err != nil {
		return nil, err
	}
	switch what {
	case "":
		d, err = s.register.Correct(r.Context(), m.owner(), id, asked.Version, asked.Fields)
	case "read":
		if d, err = s.register.Again(r.Context(), m.owner(), id, s.visitor(r)); err == nil {
			d, err = s.waitFor(r, m.owner(), id)
		}
	case "publish":
		card, err := s.register.Publish(r.Context(), by, m.owner(), id, asked.Sure)
		if err != nil {
			return nil, err
		}
		return own(http.StatusOK, card)
	case "prove":
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), provePatience)
		defer cancel()
		control, err := s.register.Prove(ctx, by, m.owner(), id, registry.ControlMethod(asked.Method), s.visitor(r))
		if err != nil {
			return nil, err
		}
		return own(http.StatusOK, control)
	case "discard":
		if err := s.register.Discard(r.Context(), m.owner(), id); err != nil {
			return nil, err
		}
		return own(http.StatusOK, struct {
			Discarded string `json:"discarded"`
		}{id})
	default:
		return nil, errNoPage
	}
	if err != nil {
		return nil, err
	}
	return s.tellDraft(r, m, d)
}
