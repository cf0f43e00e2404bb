// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"communs/licenses"
	"communs/registry"
)

// FormSource is the name of the source of what was registered by hand.
const FormSource = "form"

// Standing says what publishing a draft would do.
type Standing struct {
	Known  *registry.Software // the card that there is already; nil: it will be a new one
	Own    bool               // the draft's owner answers for it already
	Proof  *registry.Control  // that is at hand; nil: none
	Needs  bool               // a proof is wanted first: others may be told about what is theirs
	Forked *registry.Software // it is a fork of the repository of this one
	Faults Faults             // to correct, or to confirm
}

// mark tells the records that a draft has made.
func mark(d *Draft) string { return "draft " + d.ID }

// stands works out what a draft would do to a catalogue.
func (s *Service) stands(full *registry.Catalogue, d *Draft, proof *registry.Control) (*Standing, error) {
	st := &Standing{Proof: proof}
	for _, one := range full.SoftwareAt(d.Address) {
		if st.Known == nil || one.ID == d.Claims {
			st.Known = one
		}
	}
	if st.Known != nil && st.Known.Status == registry.Withdrawn {
		return st, refuse("withdrawn", st.Known.Name)
	}
	if st.Known != nil {
		st.Own = d.Organisation != "" && st.Known.By == d.Organisation || slices.ContainsFunc(st.Known.Sources, func(s registry.Source) bool { return s.Version == mark(d) })
		st.Needs = !st.Own && proof == nil && !d.operator()
		if other := st.Known; !st.Own && !d.operator() && other.Status == registry.Proven && other.Control != nil && other.Control.Until >= s.today() {
			return st, refuse("taken", other.Name, other.ID, cmp.Or(nameOf(full, other.By), other.By))
		}
		if st.Needs {
			return st, refuse("known", st.Known.Name, st.Known.ID)
		}
	}
	if d.Found != nil && d.Found.ForkOf != "" {
		if of := full.SoftwareAt(d.Found.ForkOf); len(of) > 0 && (st.Known == nil || of[0].ID != st.Known.ID) {
			st.Forked = of[0]
		}
	}
	return st, nil
}

// operator reports whether the draft is of whoever runs the instance, in nobody's name.
func (d *Draft) operator() bool { return d.Account == "" && d.Organisation == "" }

func nameOf(c *registry.Catalogue, organisation string) string {
	if o, ok := c.Organisation(organisation); ok {
		return o.Name
	}
	return ""
}

// Look says what publishing a draft would do now, and what has to be corrected first.
func (s *Service) Look(ctx context.Context, d *Draft) (*Standing, error) {
	if d.Software == nil {
		return nil, refuse("unread")
	}
	proof, err := s.proof(ctx, d)
	if err != nil {
		return nil, err
	}
	c, err := s.Known(ctx)
	if err != nil {
		return nil, err
	}
	st, told := s.stands(c.Full(), d, proof)
	edits, err := s.edits(c.Full(), d, st)
	if err != nil {
		return nil, err
	}
	var entries []registry.Entry
	for _, e := range edits {
		entries = append(entries, e.Entry)
	}
	for _, p := range registry.Check(edits[0].Entry, c.Full().With(entries...)) {
		if !p.Doubt || !d.Sure {
			st.Faults = append(st.Faults, p)
		}
	}
	return st, told
}

// edits are what publishing writes: the card first, then its repository where the registry does not know it.
func (s *Service) edits(full *registry.Catalogue, d *Draft, st *Standing) ([]registry.Edit, error) {
	card, err := registry.Copy(d.Software)
	if err != nil {
		return nil, err
	}
	source := registry.Source{Name: FormSource, URL: d.Address, Licence: s.Licence, Read: s.today(), Version: mark(d)}
	edit := registry.Edit{Entry: card}
	card.Meta = registry.Meta{ID: s.freeID(full, card), Status: registry.Declared, Sources: []registry.Source{source}}
	if st.Known != nil {
		stamped, _ := full.Entry(registry.KindSoftware, st.Known.ID)
		edit.Base, card.ID = stamped.Seq, st.Known.ID
		for _, old := range st.Known.Sources {
			if old.Name != FormSource && len(card.Sources) < 20 {
				card.Sources = append(card.Sources, old)
			}
		}
		card.Control = st.Known.Control
		if st.Own && st.Known.Status == registry.Proven {
			card.Status = registry.Proven
		}
	}
	if card.By = d.Organisation; !st.Own {
		card.Control = nil
	}
	if !slices.Contains(card.Repositories, d.Address) {
		card.Repositories = append([]string{d.Address}, card.Repositories...)
	}
	if st.Proof != nil {
		card.Control, card.Status = st.Proof, registry.Proven
	}
	card.Reasons = nil // whoever answers for the card needs none
	edits := []registry.Edit{edit}
	if _, known := full.FindRepository(d.Address); !known && d.Found != nil {
		edits = append(edits, registry.Edit{Entry: s.repository(d), Sure: true})
	}
	return edits, nil
}

// repository is the record of what was found of a draft's repository.
func (s *Service) repository(d *Draft) *registry.Repository {
	found, day := d.Found, s.today()
	r := &registry.Repository{
		Meta: registry.Meta{ID: d.Address, Status: registry.Declared, Sources: []registry.Source{{Name: "found", URL: d.Address, Licence: "CC0-1.0", Read: day}}},
		Name: found.Name, Archived: found.Archived,
	}
	for _, other := range []struct {
		to *string
		at string
	}{{&r.ForkOf, found.ForkOf}, {&r.MirrorOf, found.MirrorOf}} {
		if canonical, err := address(other.at); err == nil && place(canonical) != place(d.Address) {
			*other.to = canonical
		}
	}
	if expression, err := licenses.Parse(found.Licence); err == nil && found.Licence != "" {
		libre, ground := licenses.LibreOf(expression)
		r.SetLicence(found.Licence, libre, ground, day)
	}
	return r
}

// freeID is an id for a new card: that of its name, with a number when another has it.
func (s *Service) freeID(full *registry.Catalogue, card *registry.Software) string {
	id := registry.DeriveID(card)
	for n := 2; ; n++ {
		if _, taken := full.Entry(registry.KindSoftware, id); !taken || id == "" {
			return id
		}
		id = fmt.Sprintf("%s-%d", registry.DeriveID(card), n)
	}
}

// Publish puts a draft's card into the registry, once, however often it is asked for: who asks again is told what was published. Sure confirms
// what is only doubtful.
func (s *Service) Publish(ctx context.Context, by registry.Actor, of Owner, id string, sure bool) (*registry.Software, error) {
	d, err := s.Draft(ctx, of, id)
	if err != nil {
		return nil, err
	}
	if d.Published != "" {
		return s.card(ctx, d.Published)
	}
	switch {
	case d.Software == nil || d.Reading:
		return nil, refuse("unread")
	case d.Organisation == "" && !by.Has(registry.RoleAdministrator):
		return nil, refuse("seat")
	case by.Organisation != d.Organisation:
		return nil, refuse("unknown")
	}
	proof, err := s.proof(ctx, d)
	if err != nil {
		return nil, err
	}
	var made *registry.Software
	plan, err := registry.Revise(ctx, s.Records, registry.ImportOptions{Sure: sure || d.Sure, By: by}, func(full *registry.Catalogue) ([]registry.Edit, error) {
		if made = publishedBy(full, d); made != nil { // and the program ended before it was noted in the draft
			return nil, nil
		}
		st, err := s.stands(full, d, proof)
		if err != nil {
			return nil, err
		}
		edits, err := s.edits(full, d, st)
		if err == nil {
			made = edits[0].Entry.(*registry.Software)
		}
		return edits, err
	})
	if err != nil {
		return nil, err
	}
	var faults Faults
	for _, it := range plan.Items {
		if it.Fate == registry.FateRefused {
			faults = append(faults, it.Problems...)
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	d.Published, d.Sure = made.ID, d.Sure || sure
	var stale *Error
	if err := s.keep(ctx, d); err != nil && !(errors.As(err, &stale) && stale.Code == "stale") {
		return nil, err // it is published all the same, and who asks again is told
	}
	return made, nil
}

// publishedBy is the card that a draft has made already.
func publishedBy(full *registry.Catalogue, d *Draft) *registry.Software {
	for _, one := range full.SoftwareAt(d.Address) {
		if slices.ContainsFunc(one.Sources, func(s registry.Source) bool { return s.Name == FormSource && s.Version == mark(d) }) {
			return one
		}
	}
	return nil
}

// card is a software as the registry has it now.
func (s *Service) card(ctx context.Context, id string) (*registry.Software, error) {
	r, err := s.Records.Get(ctx, registry.KindSoftware, id)
	if err != nil {
		return nil, err
	}
	e, err := r.Entry()
	if err != nil {
		return nil, err
	}
	return e.(*registry.Software), nil
}
