// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"fmt"
	"unicode"
)

// kind is the kind of a value.
type kind uint8

const (
	kindNull kind = iota
	kindText
	kindNumber
	kindFlag
	kindList
	kindTable
	kindLost // it could not be read, which is noted
)

// value is a value of a YAML or JSON file and where it stands.
type value struct {
	kind         kind
	text         string // of a scalar
	line, column int
	items        []*value
	fields       []field
}

// field is a key of a table and its value.
type field struct {
	name         string
	line, column int
	value        *value
}

// get finds a field; nil when there is none, or when it holds nothing.
func (v *value) get(name string) *value {
	if v == nil {
		return nil
	}
	for _, f := range v.fields {
		if f.name == name && !f.value.nothing() {
			return f.value
		}
	}
	return nil
}

// nothing reports whether a value is as if it were not there.
func (v *value) nothing() bool { return v.kind == kindNull || v.kind == kindLost }

func (v *value) scalar() bool {
	return v.kind == kindText || v.kind == kindNumber || v.kind == kindFlag
}

// entry is a value with its key.
type entry struct {
	*value
	key string
}

// list gives the items of a list, each with its key.
func (e entry) list() []entry {
	list := make([]entry, len(e.items))
	for i, v := range e.items {
		list[i] = entry{v, fmt.Sprintf("%s[%d]", e.key, i)}
	}
	return list
}

func below(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// How deep files may be nested, and how many values the aliases of a file may stand for.
const (
	maxDepth   = 40
	maxAliased = 10_000
)

// mark reports whether a character belongs to the one before.
func mark(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1f3fb && r <= 0x1f3ff
}
