// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"errors"
	"slices"
	"strings"

	"communs/registry"
)

// read has the repository of a draft read, unless that is under way or done. It goes on when the request that began it has ended.
func (s *Service) read(d *Draft) {
	if !d.Reading {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading[d.ID] != nil || s.ctx.Err() != nil {
		return
	}
	done := make(chan struct{})
	s.reading[d.ID] = done
	one := *d
	s.readers.Go(func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.reading, one.ID)
			close(done)
		}()
		select {
		case s.turns <- struct{}{}:
			defer func() { <-s.turns }()
		case <-s.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(s.ctx, readLimit)
		defer cancel()
		found, err := s.found(ctx, one.Address)
		if s.ctx.Err() != nil { // the program ends: it is read again when somebody asks
			return
		}
		// What cannot be kept is read again likewise: the draft still says that it is to be read.
		_ = s.fill(s.ctx, &one, found, err)
	})
}

func (s *Service) found(ctx context.Context, address string) (*Found, error) {
	known, err := s.Known(ctx)
	if err != nil {
		return nil, err
	}
	return s.Reader.Read(ctx, address, known)
}

// Wait waits until the repository of a draft has been read, or the context ends, and gives the draft as it is then.
func (s *Service) Wait(ctx context.Context, of Owner, id string) (*Draft, error) {
	s.mu.Lock()
	done := s.reading[id]
	s.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	return s.Draft(context.WithoutCancel(ctx), of, id)
}

// Again reads a repository once more: one that could not be read, or that has changed since.
func (s *Service) Again(ctx context.Context, of Owner, id, network string) (*Draft, error) {
	d, err := s.Draft(ctx, of, id)
	if err != nil || d.Reading || d.Published != "" {
		return d, err
	}
	if network != "" {
		if err := s.drafts.Take("account " + of.Account); err != nil {
			return nil, err
		}
	}
	d.Reading, d.Failed = true, nil
	if err := s.keep(ctx, d); err != nil {
		return nil, err
	}
	s.read(d)
	return d, nil
}

// fill makes the draft's card of what was found. What somebody has written in it meanwhile stays.
func (s *Service) fill(ctx context.Context, d *Draft, found *Found, failed error) error {
	d.Reading, d.Failed = false, nil
	if failed != nil {
		d.Failed = noteOf(failed)
		return s.keep(ctx, d)
	}
	c, err := s.Known(ctx)
	if err != nil {
		return err
	}
	full := c.Full()
	if place(found.URL) != place(d.Address) { // it has moved
		if other, err := s.open(ctx, registry.Actor{Account: d.Account, Organisation: d.Organisation}, found.URL); err != nil || other != nil {
			found.URL = d.Address // what is said of it there, another draft says
		}
	}
	d.Found, d.Address = found, found.URL
	if d.Software == nil {
		d.Software = &registry.Software{}
		if known := full.SoftwareAt(found.URL); len(known) > 0 {
			if d.Software, err = registry.Copy(known[0]); err != nil {
				return err
			}
		}
	}
	if known := full.SoftwareAt(found.URL); len(known) > 0 {
		d.Claims = known[0].ID
	}
	fillIn(d.Software, found.Software)
	return s.keep(ctx, d)
}

// fillIn takes over what a card does not say yet, with the reasons for it.
func fillIn(card, found *registry.Software) {
	var taken []string
	text := func(field string, to *string, from string) {
		if *to == "" && from != "" {
			*to, taken = from, append(taken, field)
		}
	}
	list := func(field string, to *[]string, from []string) {
		if len(*to) == 0 && len(from) > 0 {
			*to, taken = slices.Clone(from), append(taken, field)
		}
	}
	text("name", &card.Name, found.Name)
	text("summary.fr", &card.Summary.FR, found.Summary.FR)
	text("summary.en", &card.Summary.EN, found.Summary.EN)
	text("about.fr", &card.About.FR, found.About.FR)
	text("about.en", &card.About.EN, found.About.EN)
	text("website", &card.Website, found.Website)
	text("docs", &card.Docs, found.Docs)
	text("licence", &card.Licence, found.Licence)
	list("repositories", &card.Repositories, found.Repositories)
	list("needs", &card.Needs, found.Needs)
	list("categories", &card.Categories, found.Categories)
	list("languages", &card.Languages, found.Languages)
	list("platforms", &card.Platforms, found.Platforms)
	if card.Stage == "" {
		card.Stage = found.Stage
	}
	if card.Logo == "" {
		card.Logo = found.Logo
	}
	for _, r := range found.Reasons {
		field, _, _ := strings.Cut(r.Field, ".")
		if slices.ContainsFunc(taken, func(t string) bool { return t == r.Field || t == field || strings.HasPrefix(t, r.Field+".") }) {
			card.Reasons = append(card.Reasons, r)
		}
	}
}

// noteOf is an error as a sentence that a draft keeps.
func noteOf(err error) *Note {
	var m interface{ Message() (string, []any) }
	if errors.As(err, &m) {
		key, args := m.Message()
		n := &Note{Key: key}
		for _, a := range args {
			switch a := a.(type) {
			case string, int, int64:
				n.Args = append(n.Args, a)
			case error:
				n.Args = append(n.Args, a.Error())
			default:
				n.Args = append(n.Args, "")
			}
		}
		return n
	}
	return &Note{Key: "register.unreadable"}
}

// Fields are those of a card that a form asks for, in its order. Everything else of a record is for programs.
func Fields() []string {
	return []string{"name", "summary.fr", "summary.en", "about.fr", "about.en", "licence", "website", "docs", "needs", "stage", "languages", "platforms", "categories", "words", "replaces"}
}

// Correct writes what somebody typed into a draft's card, bad or not: what is wrong with it [Service.Faults] says. A version of 0 is any.
func (s *Service) Correct(ctx context.Context, of Owner, id string, version int64, fields map[string]string) (*Draft, error) {
	d, err := s.Draft(ctx, of, id)
	switch {
	case err != nil:
		return nil, err
	case d.Published != "":
		return nil, refuse("published", d.Published)
	case d.Software == nil:
		return nil, refuse("unread")
	case version != 0 && version != d.Version:
		return nil, refuse("stale")
	}
	before, err := registry.Copy(d.Software)
	if err != nil {
		return nil, err
	}
	var faults Faults
	for _, name := range Fields() {
		if value, ok := fields[name]; ok {
			faults = append(faults, registry.SetField(d.Software, name, strings.ReplaceAll(strings.TrimSpace(value), "\r\n", "\n"))...)
		}
	}
	for name := range fields {
		if !slices.Contains(Fields(), name) {
			faults = append(faults, registry.Problem{Field: name, Key: "registry.problem.no-field", Args: []any{name, strings.Join(Fields(), ", ")}})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	changed, err := registry.Differences(before, d.Software)
	if err != nil || len(changed) == 0 {
		return d, err
	}
	d.Sure = false
	d.Software.Reasons = slices.DeleteFunc(d.Software.Reasons, func(r registry.Reason) bool { // they were for what is no longer said
		return slices.ContainsFunc(changed, func(c registry.FieldChange) bool {
			return c.Field == r.Field || strings.HasPrefix(c.Field, r.Field+".")
		})
	})
	return d, s.keep(ctx, d)
}
