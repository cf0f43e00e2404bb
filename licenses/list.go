// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"strings"
	"sync"
)

// LicenseInfo is what is known of one SPDX id.
type LicenseInfo struct {
	ID, Name   string
	URLs       []string
	OSI, FSF   bool   // approved by the Open Source Initiative, free for the Free Software Foundation
	Etat       bool   // on the French State's list
	Deprecated bool   //
	Current    string // the expression that takes the place of a deprecated id
	Exception  bool   // stands after WITH
}

// Info describes an SPDX id, in whatever case it is written.
func Info(id string) (LicenseInfo, bool) {
	info, ok := list()[strings.ToLower(id)]
	return info, ok
}

// IDs lists the SPDX ids of licences and exceptions, deprecated ones included, in order.
func IDs() []string { return ids() }

var ids = sync.OnceValue(func() []string {
	all := make([]string, 0, len(list()))
	for _, info := range list() {
		all = append(all, info.ID)
	}
	slices.Sort(all)
	return all
})

// list is the SPDX licence list by lower-case id. Each line is id, name, flags (o OSI, f FSF, d deprecated, x exception),
// the current expression of a deprecated id, URLs separated by spaces; tabs between.
var list = sync.OnceValue(func() map[string]LicenseInfo {
	data, err := unpack(listData)
	if err != nil {
		panic("licenses: embedded list: " + err.Error()) // the build is broken; a test reads it
	}
	m := make(map[string]LicenseInfo, 1024)
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 {
			panic("licenses: embedded list: bad line " + line)
		}
		flag := func(c string) bool { return strings.Contains(f[2], c) }
		m[strings.ToLower(f[0])] = LicenseInfo{ID: f[0], Name: f[1], URLs: strings.Fields(f[4]), OSI: flag("o"), FSF: flag("f"),
			Etat: onStateList(f[0]), Deprecated: flag("d"), Current: f[3], Exception: flag("x")}
	}
	return m
})

// OtherInfo is what is known of a licence that SPDX does not list.
type OtherInfo struct {
	ID, Name  string // ID begins with LicenseRef-
	Category  string // of LicenseDB: Permissive, Copyleft, Copyleft Limited, Free Restricted, Proprietary Free, Commercial, Source-available …
	Exception bool   // stands after WITH
}

// Other describes a licence whose text is known although SPDX does not list it, in whatever case its id is written. Its category
// says what sort of licence it is, not that anybody approved it.
func Other(id string) (OtherInfo, bool) {
	info, ok := others()[strings.ToLower(id)]
	return info, ok
}

// Sayer says sentences by their keys, in one language.
type Sayer interface {
	Has(key string) bool
	T(key string, args ...any) string
}

// Title is what a licence or exception is called in full: in words where it is none by a name, else by SPDX or LicenseDB; empty when
// neither says more than the id.
func Title(id string, say Sayer) string {
	if key := "license.title." + id; say.Has(key) {
		return say.T(key)
	}
	if info, ok := Info(id); ok && info.Name != id {
		return info.Name
	}
	info, _ := Other(id)
	return info.Name
}

// others are the licences that SPDX does not list by lower-case id. Each line is id, name, category, x for an exception; tabs between.
var others = sync.OnceValue(func() map[string]OtherInfo {
	data, err := unpack(othersData)
	if err != nil {
		panic("licenses: embedded list of others: " + err.Error()) // the build is broken; a test reads it
	}
	m := make(map[string]OtherInfo, 2048)
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			panic("licenses: embedded list of others: bad line " + line)
		}
		m[strings.ToLower(f[0])] = OtherInfo{ID: f[0], Name: f[1], Category: f[2], Exception: f[3] == "x"}
	}
	return m
})
