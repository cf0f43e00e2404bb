// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"

	"communs/registry/publiclog"
)

// Changes by hand. An operator answers for what they write: their source stands first, so that no import writes over it, and what was only
// proposed is declared.

// OperatorSource is the name of the source of what an operator of the instance wrote.
const OperatorSource = "operator"

// maxTries is how often a change is made anew because others change something meanwhile.
const maxTries = 50

// Revision makes the entries as they shall be from the catalogue as it is. It changes none of that catalogue's entries: see [Copy].
type Revision func(full *Catalogue) ([]Edit, error)

// Revise makes changes and tells of each what became of it. All are written, or none: none when one is refused. What was checked is what the
// store then holds: when anything was changed meanwhile, the revision is made anew.
func Revise(ctx context.Context, s Store, o ImportOptions, revision Revision) (*Plan, error) {
	for tries := 0; ; tries++ {
		c, err := Load(ctx, s)
		if err != nil {
			return nil, err
		}
		full := c.Full()
		edits, err := revision(full)
		if err != nil {
			return nil, err
		}
		plan, err := planRevision(full, edits, o.Sure)
		if err != nil || o.DryRun || plan.Count(FateRefused) > 0 {
			return plan, err
		}
		changes, err := plan.changes(full.Seq())
		if err != nil || len(changes) == 0 {
			return plan, err
		}
		_, err = s.Act(ctx, Act{Changes: changes, Tell: []publiclog.Draft{plan.edited(o.By)}})
		var conflict *ConflictError
		if tries < maxTries && (errors.Is(err, ErrMoved) || errors.As(err, &conflict)) {
			continue
		}
		return plan, err
	}
}

// changes are those that carry a plan out, all of which rest on the state with the number.
func (p *Plan) changes(seen int64) (list []Change, err error) {
	for _, it := range p.written() {
		c, err := Put(it.entry, it.base)
		if err != nil {
			return nil, err
		}
		c.Seen = seen
		list = append(list, c)
	}
	return list, nil
}

func planRevision(c *Catalogue, edits []Edit, sure bool) (*Plan, error) {
	entries := make([]Entry, len(edits))
	for i, e := range edits {
		entries[i] = e.Entry
	}
	with, plan := c.With(entries...), &Plan{}
	for _, e := range edits {
		kind, id := e.Entry.Kind(), e.Entry.Head().ID
		it := &Planned{Kind: kind, ID: id, Fate: FateNew, entry: e.Entry, base: e.Base}
		plan.Items = append(plan.Items, it)
		old, there := c.items[kind][id]
		var before Entry
		if there {
			it.Fate, before = FateChanged, old.Entry
		}
		var err error
		if it.Fields, err = Differences(before, e.Entry); err != nil {
			return nil, err
		}
		if len(it.Fields) == 0 {
			it.Fate = FateSame
			continue
		}
		if e.Entry.Head().Status == Withdrawn { // what is wrong with it is no reason to keep it
			continue
		}
		it.Problems = Check(e.Entry, with)
		known := doubts(before, c)
		it.Problems = slices.DeleteFunc(it.Problems, func(p Problem) bool {
			return p.Doubt && (sure || e.Sure || slices.Contains(known, p.Field+p.Key))
		})
		if len(it.Problems) > 0 {
			it.Fate = FateRefused
		}
	}
	return plan, nil
}

// doubts are those that were there before a change: they were confirmed then.
func doubts(before Entry, c *Catalogue) (list []string) {
	if before == nil {
		return nil
	}
	for _, p := range Check(before, c) {
		if p.Doubt {
			list = append(list, p.Field+p.Key)
		}
	}
	return list
}

// Refused is the plan of a change that is refused before it is checked.
func Refused(e Entry, problems []Problem) *Plan {
	return &Plan{Items: []*Planned{{Kind: e.Kind(), ID: e.Head().ID, Fate: FateRefused, Problems: problems}}}
}

// Copy is an entry of its own that says the same.
func Copy[T Entry](e T) (T, error) {
	var none T
	body, err := encode(e)
	if err != nil {
		return none, err
	}
	n := NewEntry(e.Kind())
	if err := read(body, n, false); err != nil {
		return none, err
	}
	return n.(T), nil
}

// Differences lists the fields in which two states of an entry differ, by name; before may be nil.
func Differences(before, after Entry) ([]FieldChange, error) {
	var old map[string]any
	if before != nil {
		var err error
		if old, err = treeOf(before); err != nil {
			return nil, err
		}
	}
	now, err := treeOf(after)
	if err != nil {
		return nil, err
	}
	delete(old, "id")
	delete(now, "id")
	return differences("", old, now), nil
}

func differences(at string, old, now map[string]any) (list []FieldChange) {
	names := slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Keys(now))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, b := old[name], now[name]
		tree, isTree := a.(map[string]any)
		fresh, isFresh := b.(map[string]any)
		switch {
		case reflect.DeepEqual(a, b):
		case (isTree || a == nil) && (isFresh || b == nil):
			list = append(list, differences(join(at, name), tree, fresh)...)
		default:
			list = append(list, FieldChange{Field: join(at, name), Before: rawJSON(a), After: rawJSON(b)})
		}
	}
	return list
}

// ByHand makes an entry what somebody answers for: their source stands first, and what was proposed is declared. Nothing is done to one that
// says the same as before.
func ByHand(before, after Entry, source Source) error {
	changed, err := Differences(before, after)
	if err != nil || len(changed) == 0 {
		return err
	}
	m := after.Head()
	if before == nil || m.Status == Proposed && before.Head().Status == Proposed {
		if m.Status == "" || before != nil {
			m.Status = Declared
		}
	}
	if m.Status != Withdrawn {
		m.Withdrawal = nil
	}
	if before != nil && !reflect.DeepEqual(before.Head().Sources, m.Sources) || before == nil && len(m.Sources) > 0 {
		return nil // they said themselves where it comes from
	}
	rest := slices.DeleteFunc(slices.Clone(m.Sources), func(s Source) bool { return sameSource(s, source) })
	m.Sources = append([]Source{source}, rest...)
	return nil
}
