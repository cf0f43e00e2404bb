// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"errors"
	"slices"

	"communs/registry/publiclog"
)

// Imports bring entries from elsewhere. Who may change what:
//
//   - The first source of a record made it, and may change it: what it now says takes the place of what it said. Who takes a record over by
//     hand puts a source of their own first.
//   - Another source only adds: to fields that are empty, and to lists of words. Where it says otherwise, that is a suggestion; so are more needs
//     for what has some, as the categories of catalogues are coarser than a judgement of what a software is for.
//   - What somebody answers for (declared, proven) no other source changes: everything that it says is a suggestion.
//   - What was withdrawn or deleted does not come back.
//
// A record names all its sources, each with the licence under which it may be handed on; an entry whose source states none stops the whole
// import. An entry may be known here under another id: a software by its repository, through aliases and mirrors, or by its name where
// one of the two has no repository; an organisation by its SIREN, RNA, or name. What refers to it then follows.

// Fate is what an import does with an entry.
type Fate string

// The fates.
const (
	FateNew     Fate = "new"
	FateChanged Fate = "changed"
	FateSame    Fate = "same"
	FateRefused Fate = "refused"
)

// Planned is what an import does with one entry.
type Planned struct {
	Kind      Kind          `json:"kind"`
	ID        string        `json:"id"`
	From      string        `json:"from,omitempty"` // the id that the import gave it, where we know it under another
	Fate      Fate          `json:"fate"`
	Fields    []FieldChange `json:"fields,omitempty"`      // that change
	Suggested []FieldChange `json:"suggestions,omitempty"` // what the source says otherwise, and is not taken over
	Problems  []Problem     `json:"-"`                     // why it is refused

	entry Entry
	base  int64
}

// Plan is what an import does, in the order of the kinds and of the entries.
type Plan struct {
	Items    []*Planned
	Repeated int // entries that were about the same thing as one before them, and were merged into it
}

// Count tells how many entries have a fate.
func (p *Plan) Count(f Fate) (n int) {
	for _, it := range p.Items {
		if it.Fate == f {
			n++
		}
	}
	return n
}

// ImportOptions say how to import.
type ImportOptions struct {
	DryRun bool // plan only
	Sure   bool // take what is only doubtful: names like others
	By     Actor
}

// UnlicensedError is an import whose source does not say under which licence its entries may be handed on.
type UnlicensedError struct {
	Kind Kind
	ID   string
}

func (e *UnlicensedError) Error() string {
	return "the source of " + string(e.Kind) + " " + e.ID + " states no licence"
}

// Message says it to people.
func (e *UnlicensedError) Message() (key string, args []any) {
	return "registry.unlicensed", []any{string(e.Kind), e.ID}
}

// Import brings entries into the store, all that can be taken in one step, and tells of each what became of it. It may be repeated at any
// time: what has come already is the same.
func Import(ctx context.Context, s Store, entries []Entry, o ImportOptions) (*Plan, error) {
	for _, e := range entries {
		if m := e.Head(); len(m.Sources) == 0 || m.Sources[0].Licence == "" {
			return nil, &UnlicensedError{e.Kind(), m.ID}
		}
	}
	for tries := 0; ; tries++ {
		c, err := Load(ctx, s)
		if err != nil {
			return nil, err
		}
		plan, err := planImport(ctx, s, c.Full(), entries, o)
		if err != nil || o.DryRun {
			return plan, err
		}
		var changes []Change
		for _, it := range plan.written() {
			change, err := Put(it.entry, it.base)
			if err != nil {
				return nil, err
			}
			changes = append(changes, change)
		}
		if len(changes) == 0 {
			return plan, nil
		}
		_, err = s.Act(ctx, Act{Changes: changes, Tell: []publiclog.Draft{plan.imported(o.By)}})
		var conflict *ConflictError
		if errors.As(err, &conflict) && tries < 3 { // somebody was faster: plan anew
			continue
		}
		return plan, err
	}
}

// planImport decides on every entry.
func planImport(ctx context.Context, s Store, c *Catalogue, entries []Entry, o ImportOptions) (*Plan, error) {
	m := &matcher{c: c, planned: map[Kind]map[string]*Planned{}, renamed: map[reference]string{}, byKey: map[string]string{}}
	plan := &Plan{}
	for _, kind := range Kinds() { // a kind refers to those before it, which have their ids by then
		for _, e := range entries {
			if e.Kind() != kind {
				continue
			}
			it, err := m.match(e)
			if err != nil {
				return nil, err
			}
			if it == nil {
				plan.Repeated++
				continue
			}
			plan.Items = append(plan.Items, it)
		}
	}
	for _, it := range plan.Items {
		if err := it.decide(ctx, s, c); err != nil {
			return nil, err
		}
	}
	refuseInvalid(plan, c, o.Sure)
	return plan, nil
}

// refuseInvalid checks what would be written, together; what refers to something refused is refused in its turn.
func refuseInvalid(plan *Plan, c *Catalogue, sure bool) {
	for again := true; again; {
		again = false
		var fresh []Entry
		for _, it := range plan.written() {
			fresh = append(fresh, it.entry)
		}
		with := c.With(fresh...)
		for _, it := range plan.written() {
			problems := Check(it.entry, with)
			if sure {
				problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Doubt })
			}
			if len(problems) > 0 {
				it.Fate, it.Problems, again = FateRefused, problems, true
			}
		}
	}
}

// match finds what an entry is about. Nil: the import has named it before, and it was merged into that.
func (m *matcher) match(e Entry) (*Planned, error) {
	e, err := m.follow(e)
	if err != nil {
		return nil, err
	}
	kind, id := e.Kind(), e.Head().ID
	it := &Planned{Kind: kind, ID: m.find(e), entry: e}
	if it.ID != id {
		it.From = id
		m.renamed[reference{kind: kind, id: id}] = it.ID
		e.Head().ID = it.ID
	}
	before := m.planned[kind][it.ID]
	if before == nil {
		m.note(it)
		return it, nil
	}
	both, err := mergeEntries(before.entry, e, true)
	if err != nil {
		return nil, err
	}
	before.entry, before.Suggested = both.entry, append(before.Suggested, both.suggested...)
	return nil, nil
}

// decide compares an entry with what we have, before it is checked.
func (it *Planned) decide(ctx context.Context, s Store, c *Catalogue) error {
	old, there := c.items[it.Kind][it.ID]
	if !there {
		it.Fate = FateNew
		if it.entry.Head().Status == "" {
			it.entry.Head().Status = Proposed
		}
		r, err := s.Get(ctx, it.Kind, it.ID)
		if err == nil && r.Deleted {
			it.withdrawn()
		} else if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return nil
	}
	if old.Head().Status == Withdrawn {
		it.withdrawn()
		return nil
	}
	m, err := mergeEntries(old.Entry, it.entry, false)
	if err != nil {
		return err
	}
	it.base, it.entry, it.Fields, it.Suggested = old.Seq, m.entry, m.fields, append(it.Suggested, m.suggested...)
	it.Fate = FateSame
	if len(it.Fields) > 0 {
		it.Fate = FateChanged
	}
	return nil
}

func (it *Planned) withdrawn() {
	it.Fate, it.Problems = FateRefused, []Problem{{Key: "registry.problem.withdrawn", Args: []any{it.ID}}}
}
