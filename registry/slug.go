// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slug makes an id of a name. Names that have no Latin letter or digit get one that is made of their digest.
func Slug(name string) string {
	id := strings.Join(strings.FieldsFunc(Fold(name), func(r rune) bool {
		return r >= utf8.RuneSelf || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
	if len(id) > 60 {
		id = strings.TrimRight(id[:60], "-")
	}
	if id == "" {
		return fmt.Sprintf("x-%x", sha256.Sum256([]byte(name)))[:10]
	}
	return id
}

// DeriveID makes an id of what an entry says: of its name, or of the names of those it brings together. It is empty where that says nothing.
func DeriveID(e Entry) string {
	var parts []string
	switch e := e.(type) {
	case *Need:
		name, _ := e.Name.In("fr")
		parts = []string{name}
	case *Organisation:
		parts = []string{e.Name}
	case *Repository:
		return ""
	case *Software:
		parts = []string{e.Name}
	case *Offer:
		parts = append([]string{e.Organisation, e.Software}, e.Needs...)
		if e.Software != "" {
			parts = parts[:2]
		}
	case *Use:
		parts = []string{e.Organisation, e.Software}
	case *Selection:
		title, _ := e.Title.In("fr")
		parts = []string{title}
	case *Request:
		title, _ := e.Title.In("fr")
		parts = []string{title}
	}
	name := strings.TrimSpace(strings.Join(parts, " "))
	if name == "" {
		return ""
	}
	return Slug(name)
}
