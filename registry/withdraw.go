// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"fmt"
	"slices"
)

// Referrer is a record that speaks of another.
type Referrer struct {
	Kind  Kind   `json:"kind"`
	ID    string `json:"id"`
	Field string `json:"field"`
}

// ReferredError says that a record cannot be taken out by itself: others speak of it.
type ReferredError struct {
	Kind Kind
	ID   string
	By   []Referrer
}

func (e *ReferredError) Error() string {
	return fmt.Sprintf("%d records refer to %s %s", len(e.By), e.Kind, e.ID)
}

// Message says it to people.
func (e *ReferredError) Message() (key string, args []any) {
	return "registry.referred", []any{len(e.By), string(e.Kind), e.ID}
}

// UnknownError says that there is no such record.
type UnknownError struct {
	Kind Kind
	ID   string
}

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no %s %q", e.Kind, e.ID) }

// Message says it to people.
func (e *UnknownError) Message() (key string, args []any) {
	return "registry.unknown", []any{string(e.Kind), e.ID}
}

// Referrers lists the records that speak of one, each with the first field that does. Those that were taken out are not among them.
func (c *Catalogue) Referrers(kind Kind, id string) (list []Referrer) {
	for _, k := range Kinds() {
		for _, it := range c.Full().chosen[k] {
			at := slices.IndexFunc(it.refs, func(r reference) bool { return r.kind == kind && r.id == id })
			if at >= 0 && it.Head().Status != Withdrawn && !(k == kind && it.id == id) {
				list = append(list, Referrer{k, it.id, it.refs[at].field})
			}
		}
	}
	return list
}

// Withdraw makes the changes by which a record is taken out. It stays in the store with the reason, and its id stays taken. Where others speak of
// it and along is false, a [*ReferredError] names them; else they no longer do, and those that say nothing without it are taken out too.
func (c *Catalogue) Withdraw(kind Kind, id string, why Withdrawal, along bool) ([]Edit, error) {
	full := c.Full()
	if it, ok := full.items[kind][id]; !ok || it.Head().Status == Withdrawn {
		return nil, &UnknownError{kind, id}
	}
	if by := full.Referrers(kind, id); len(by) > 0 && !along {
		return nil, &ReferredError{kind, id, by}
	}
	w := &withdrawing{full: full, why: why, edits: map[reference]*Edit{}}
	if err := w.take(kind, id, ""); err != nil {
		return nil, err
	}
	edits := make([]Edit, len(w.order))
	for i, key := range w.order {
		edits[i] = *w.edits[key]
	}
	return edits, nil
}

// withdrawing is what is taken out together.
type withdrawing struct {
	full  *Catalogue
	why   Withdrawal
	edits map[reference]*Edit
	order []reference
}

// edit gives the edit of a record, begun where there is none yet.
func (w *withdrawing) edit(kind Kind, id string) (*Edit, error) {
	key := reference{kind: kind, id: id}
	if e := w.edits[key]; e != nil {
		return e, nil
	}
	it := w.full.items[kind][id]
	entry, err := Copy(it.Entry)
	if err != nil {
		return nil, err
	}
	w.edits[key], w.order = &Edit{Entry: entry, Base: it.Seq, Sure: true}, append(w.order, key)
	return w.edits[key], nil
}

// take takes a record out, and out of what speaks of it.
func (w *withdrawing) take(kind Kind, id, with string) error {
	e, err := w.edit(kind, id)
	if err != nil || e.Entry.Head().Status == Withdrawn {
		return err
	}
	if e.Entry, err = Copy(w.full.items[kind][id].Entry); err != nil { // as it was, whatever else was taken out of it
		return err
	}
	why := w.why
	why.With = with
	e.Entry.Head().Status, e.Entry.Head().Withdrawal = Withdrawn, &why
	if with == "" {
		with = string(kind) + "/" + id
	}
	for _, by := range w.full.Referrers(kind, id) {
		e, err := w.edit(by.Kind, by.ID)
		if err != nil {
			return err
		}
		if e.Entry.Head().Status == Withdrawn {
			continue
		}
		if forget(e.Entry, kind, id) {
			continue
		}
		if err := w.take(by.Kind, by.ID, with); err != nil {
			return err
		}
	}
	return nil
}

// forget takes out of an entry what it says of a record, and reports whether it still says something.
func forget(e Entry, kind Kind, id string) bool {
	if s, ok := e.(*Software); ok && kind == KindOrganisation && s.By == id && s.Control != nil { // the proof was theirs
		s.Control = nil
		if s.Status == Proven {
			s.Status = Declared
		}
	}
	redirect(e, func(k Kind, known string) string {
		if k == kind && known == id {
			return ""
		}
		return known
	})
	empty := func(s string) bool { return s == "" }
	switch e := e.(type) {
	case *Organisation:
		e.Member = slices.DeleteFunc(e.Member, empty)
	case *Software:
		e.Needs, e.Like = slices.DeleteFunc(e.Needs, empty), slices.DeleteFunc(e.Like, empty)
	case *Offer:
		e.Needs = slices.DeleteFunc(e.Needs, empty)
		return e.Organisation != "" && (e.Software != "" || len(e.Needs) > 0 && kind != KindSoftware)
	case *Use:
		return e.Organisation != "" && e.Software != ""
	case *Selection:
		e.Items = slices.DeleteFunc(e.Items, func(p Pick) bool { return p.Need == "" || p.Software == "" })
		for i := range e.Items {
			e.Items[i].Else = slices.DeleteFunc(e.Items[i].Else, empty)
		}
		return len(e.Items) > 0
	case *Request:
		e.Needs = slices.DeleteFunc(e.Needs, empty)
		e.Supports = slices.DeleteFunc(e.Supports, func(s Support) bool { return s.Organisation == "" })
		if a := e.Answer; a != nil && a.Software == "" && a.URL == "" && a.Note == (Text{}) {
			e.Answer = nil
			if e.State == RequestAnswered {
				e.State = RequestOpen
			}
		}
		return e.By != ""
	}
	return true
}
