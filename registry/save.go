// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"context"
	"fmt"
	"slices"
)

// Edit is an entry as it shall be, in the place of the record that was read under the sequence number: 0 for a new one.
type Edit struct {
	Entry Entry
	Base  int64
	Sure  bool // what is only doubtful was confirmed
}

// InvalidError says that an entry cannot be kept as it is.
type InvalidError struct {
	Kind     Kind
	ID       string
	Problems []Problem
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s %s: %d problems, the first: %v", e.Kind, e.ID, len(e.Problems), e.Problems[0])
}

// Message says it to people.
func (e *InvalidError) Message() (key string, args []any) {
	return "registry.invalid", []any{len(e.Problems), string(e.Kind), e.ID, e.Problems[0].Field, e.Problems[0]}
}

// Save checks entries against the catalogue and against each other, and puts them into the store: all or, with an [*InvalidError] or a
// [*ConflictError], none.
func Save(ctx context.Context, s Store, among *Catalogue, edits ...Edit) (int64, error) {
	entries := make([]Entry, len(edits))
	changes := make([]Change, len(edits))
	for i, e := range edits {
		entries[i] = e.Entry
		var err error
		if changes[i], err = Put(e.Entry, e.Base); err != nil {
			return 0, err
		}
	}
	with := among.With(entries...)
	for _, e := range edits {
		problems := Check(e.Entry, with)
		if e.Sure {
			problems = slices.DeleteFunc(problems, func(p Problem) bool { return p.Doubt })
		}
		if len(problems) > 0 {
			return 0, &InvalidError{e.Entry.Kind(), e.Entry.Head().ID, problems}
		}
	}
	return s.Apply(ctx, changes...)
}

// With is the catalogue as it would be with the entries, which it takes over: what is about to be saved is checked against it. A nil
// catalogue is an empty one.
func (c *Catalogue) With(entries ...Entry) *Catalogue {
	st := new(state)
	if c != nil {
		st = c.state
	}
	n := &state{st.seq, st.changed, make(map[Kind]map[string]*item), make(map[Kind][]*item)}
	for _, kind := range Kinds() {
		n.items[kind], n.sorted[kind] = st.items[kind], st.sorted[kind]
	}
	changed := map[Kind]map[string]*item{}
	for _, e := range entries {
		if changed[e.Kind()] == nil {
			changed[e.Kind()] = map[string]*item{}
		}
		it := &item{Stamped: Stamped{Entry: e, Seq: st.seq}, id: e.Head().ID}
		it.describe()
		changed[e.Kind()][it.id] = it
	}
	for kind, items := range changed {
		n.merge(kind, items)
	}
	return n.catalogue()
}
