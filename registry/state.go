// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// state is every record that is not deleted, read and in order: what the next state is made from. It never changes.
type state struct {
	seq     int64
	changed time.Time
	items   map[Kind]map[string]*item
	sorted  map[Kind][]*item
}

// item is one record, read.
type item struct {
	Stamped
	id    string
	order string // what lists are sorted by; the id decides between equals
	fault error  // why the record cannot be read

	refs []reference
	keys []string // of the addresses that it names, in the order of addresses
}

func (a *item) compare(b *item) int {
	return cmp.Or(strings.Compare(a.order, b.order), strings.Compare(a.id, b.id))
}

// next is the state after the records: only they are read, and the lists of their kinds are merged anew.
func (s *state) next(records iter.Seq2[Record, error]) (*state, error) {
	n := &state{s.seq, s.changed, maps.Clone(s.items), maps.Clone(s.sorted)}
	if n.items == nil {
		n.items, n.sorted = map[Kind]map[string]*item{}, map[Kind][]*item{}
	}
	var changed []Record
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		changed = append(changed, r)
	}
	fresh := map[Kind]map[string]*item{} // nil: deleted
	for i, it := range newItems(changed) {
		r := changed[i]
		if fresh[r.Kind] == nil {
			fresh[r.Kind] = map[string]*item{}
		}
		fresh[r.Kind][r.ID] = it
		n.seq, n.changed = r.Seq, r.Changed
	}
	for kind, items := range fresh {
		n.merge(kind, items)
	}
	return n, nil
}

// newItems reads records, many of them on all processors.
func newItems(records []Record) []*item {
	items := make([]*item, len(records))
	workers := min(runtime.GOMAXPROCS(0), 1+len(records)/100)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(records); i += workers {
				items[i] = newItem(records[i])
			}
		})
	}
	wait.Wait()
	return items
}

func newItem(r Record) *item {
	if r.Deleted {
		return nil
	}
	it := &item{Stamped: Stamped{Seq: r.Seq, Changed: r.Changed}, id: r.ID}
	if it.Entry, it.fault = r.Entry(); it.fault == nil {
		it.describe()
	}
	return it
}

// describe works out what lists and indexes need of the entry.
func (it *item) describe() {
	it.order, it.refs = orderOf(it.Entry), references(it.Entry)
	for _, url := range addresses(it.Entry) {
		it.keys = append(it.keys, keyOf(url))
	}
}

// merge puts changed items in the place of the old ones.
func (s *state) merge(kind Kind, changed map[string]*item) {
	all := make(map[string]*item, len(s.items[kind])+len(changed))
	maps.Copy(all, s.items[kind])
	var added []*item
	for id, it := range changed {
		if it == nil {
			delete(all, id)
			continue
		}
		all[id] = it
		added = append(added, it)
	}
	slices.SortFunc(added, (*item).compare)
	list := make([]*item, 0, len(all))
	for _, it := range s.sorted[kind] {
		if _, replaced := changed[it.id]; replaced {
			continue
		}
		for len(added) > 0 && added[0].compare(it) < 0 {
			list, added = append(list, added[0]), added[1:]
		}
		list = append(list, it)
	}
	s.items[kind], s.sorted[kind] = all, append(list, added...)
}

// orderOf is what an entry is listed by: its name, and the date of a request, the latest first.
func orderOf(e Entry) string {
	switch e := e.(type) {
	case *Need:
		name, _ := e.Name.In("fr")
		return Fold(name)
	case *Organisation:
		return Fold(e.Name)
	case *Software:
		return Fold(e.Name)
	case *Selection:
		title, _ := e.Title.In("fr")
		return Fold(title)
	case *Request:
		order := []byte(e.Date)
		for i := range order {
			order[i] = ^order[i]
		}
		return string(order) + "\xff"
	}
	return "" // by id
}

// The places of a repository's own addresses in what addresses gives; its aliases follow.
const (
	ownAddress = iota
	forkedFrom
	mirroredFrom
	firstAlias
)

// addresses lists where the code of an entry is. Working out the key of an address takes longer than all else that is done with it, so it is
// done once for each record.
func addresses(e Entry) []string {
	switch e := e.(type) {
	case *Organisation:
		return e.Forges
	case *Software:
		return e.Repositories
	case *Repository:
		return append([]string{e.ID, e.ForkOf, e.MirrorOf}, e.Aliases...)
	}
	return nil
}
