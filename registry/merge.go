// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// FieldChange is one field before and after, as JSON; empty where there is nothing.
type FieldChange struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Source string          `json:"source,omitempty"` // who says so
}

// merged is what becomes of two entries about the same thing.
type merged struct {
	entry             Entry
	fields, suggested []FieldChange
}

// how a source's word is taken.
type how int

const (
	replace    how = iota // the source made the record
	supplement            // another one, and nobody answers for the record
	suggest               // another one, and somebody does
)

// mergeEntries puts what a source says into the record that we have, by the rules of imports. Again is for what one import says twice
// of the same thing: nothing of either is lost.
func mergeEntries(old, in Entry, again bool) (merged, error) {
	before, err := treeOf(old)
	if err != nil {
		return merged{}, err
	}
	after, err := treeOf(in)
	if err != nil {
		return merged{}, err
	}
	source, sources := in.Head().Sources[0], old.Head().Sources
	take := supplement
	switch status := old.Head().Status; {
	case again:
	case len(sources) > 0 && sameSource(sources[0], source):
		take = replace
	case status == Declared || status == Proven || status == Draft:
		take = suggest
	}
	m := &merging{how: take, again: again, alone: len(sources) <= 1, source: source.Name}
	for _, own := range []string{"id", "status", "sources"} { // ours to say
		delete(after, own)
	}
	kept := maps.Clone(before)
	for _, own := range []string{"id", "status", "sources"} {
		delete(before, own)
	}
	result := m.tree("", before, after)
	for _, own := range []string{"id", "status", "sources"} {
		if v, ok := kept[own]; ok {
			result[own] = v
		}
	}
	body, err := json.Marshal(result)
	if err != nil {
		return merged{}, err
	}
	e := NewEntry(old.Kind())
	if err := read(body, e, false); err != nil {
		return merged{}, err
	}
	if len(m.fields) > 0 {
		e.Head().Sources = withSource(e.Head().Sources, source)
	}
	return merged{e, m.fields, m.suggested}, nil
}

// sameSource reports whether two sources are one: the same name, and the same address where both have one.
func sameSource(a, b Source) bool {
	return a.Name == b.Name && (a.URL == "" || b.URL == "" || keyOf(a.URL) == keyOf(b.URL))
}

// withSource adds a source, or brings it up to date.
func withSource(list []Source, s Source) []Source {
	list = slices.Clone(list)
	for i := range list {
		if sameSource(list[i], s) {
			list[i] = s
			return list
		}
	}
	return append(list, s)
}

// treeOf is an entry as JSON sees it.
func treeOf(e Entry) (tree map[string]any, err error) {
	body, err := encode(e)
	if err != nil {
		return nil, err
	}
	return tree, json.Unmarshal(body, &tree)
}

type merging struct {
	how               how
	again             bool // one import says it twice
	alone             bool // nobody else has added to the record
	source            string
	fields, suggested []FieldChange
}

// tree merges two objects. Neither is changed.
func (m *merging) tree(at string, old, in map[string]any) map[string]any {
	result := maps.Clone(old)
	if result == nil {
		result = map[string]any{}
	}
	keys := slices.Collect(maps.Keys(in))
	if m.how == replace && m.alone {
		keys = slices.AppendSeq(keys, maps.Keys(old))
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		path := key
		if at != "" {
			path = at + "." + key
		}
		value, ok := m.value(path, old[key], in[key])
		if delete(result, key); ok {
			result[key] = value
		}
	}
	return result
}

// value decides on one field, and reports whether anything remains.
func (m *merging) value(path string, old, in any) (value any, remains bool) {
	oldTree, isTree := old.(map[string]any)
	inTree, inIsTree := in.(map[string]any)
	if isTree && (inIsTree || in == nil) || inIsTree && old == nil {
		t := m.tree(path, oldTree, inTree)
		return t, len(t) > 0
	}
	if reflect.DeepEqual(old, in) || in == nil && !(m.how == replace && m.alone) {
		return old, old != nil
	}
	if sameAddress(old, in) {
		return old, true
	}
	if m.how == supplement && old != nil && (m.again || path != "needs") {
		longer, ok := union(path, old, in)
		if ok && reflect.DeepEqual(old, longer) {
			return old, true
		}
		if ok {
			m.fields = append(m.fields, m.change(path, old, longer))
			return longer, true
		}
	}
	if m.how == suggest || m.how == supplement && old != nil {
		m.suggested = append(m.suggested, m.change(path, old, in))
		return old, old != nil
	}
	m.fields = append(m.fields, m.change(path, old, in))
	return in, in != nil
}

func (m *merging) change(path string, before, after any) FieldChange {
	return FieldChange{path, rawJSON(before), rawJSON(after), m.source}
}

// rawJSON writes what came from JSON; nothing where there is nothing.
func rawJSON(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

// sameAddress reports whether two values are the same address, written with and without a slash at its end.
func sameAddress(old, in any) bool {
	a, isText := old.(string)
	b, inIsText := in.(string)
	return isText && inIsText && strings.HasPrefix(a, "https://") && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

// union is a list of words with those of another that it does not hold yet; it is for lists of words only. A repository's address is held in
// whatever way it is written.
func union(path string, old, in any) (all []any, ok bool) {
	a, isList := old.([]any)
	b, inIsList := in.([]any)
	if !isList || !inIsList {
		return nil, false
	}
	all = slices.Clone(a)
	for _, v := range b {
		word, isWord := v.(string)
		if !isWord {
			return nil, false
		}
		held := slices.Contains(all, v) || path == "repositories" && slices.ContainsFunc(all, func(o any) bool {
			other, _ := o.(string)
			return keyOf(other) == keyOf(word)
		})
		if !held {
			all = append(all, v)
		}
	}
	return all, true
}
