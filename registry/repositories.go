// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"strings"

	"communs/licenses"
)

// FindRepository finds the repository that has the address, in any spelling, or had it once.
func (c *Catalogue) FindRepository(url string) (*Repository, bool) {
	it := c.addresses().repositories[keyOf(url)]
	if it == nil {
		return nil, false
	}
	return it.Entry.(*Repository), true
}

// SoftwareAt lists the software that is developed at the address, or at one of which that is an alias or a mirror. A fork is not
// what it was forked from.
func (c *Catalogue) SoftwareAt(url string) []*Software {
	return c.addresses().software[c.addresses().root(keyOf(url))]
}

// Forks lists the forks of the repository with the address, Mirrors its mirrors.
func (c *Catalogue) Forks(url string) []*Repository {
	return c.addresses().forks[c.addresses().root(keyOf(url))]
}

// Mirrors lists the repositories that mirror the one with the address.
func (c *Catalogue) Mirrors(url string) []*Repository {
	return c.addresses().mirrors[c.addresses().root(keyOf(url))]
}

// OwnerOf is the organisation on whose forge an address stands, or that its repository names.
func (c *Catalogue) OwnerOf(url string) (*Organisation, bool) {
	return c.Organisation(c.makers().owner(keyOf(url)))
}

// RepositoriesFor lists the repositories of a software that we have looked at, the main one first.
func (c *Catalogue) RepositoriesFor(s *Software) (list []*Repository) {
	for _, url := range s.Repositories {
		if r, ok := c.FindRepository(url); ok {
			list = append(list, r)
		}
	}
	return list
}

// Licence is what is known of the licence of a software: what it declares against what was found in its files.
type Licence struct {
	Declared string // SPDX expression in its canonical form; as it stands where it cannot be read
	Readable bool   // whether Declared is an SPDX expression
	Found    string // in the files of its main repository
	FoundOn  Date

	Libre  licenses.Libre // of what is declared; where nothing is, of what was found
	Ground string         // on which it is libre, or not: [licenses.GroundOSI]…

	Conflict bool // what was found does not fit what is declared
}

// Licence tells what is known of a software's licence. Only a licence that was found and does not fit is a conflict: nothing found says
// nothing.
func (c *Catalogue) Licence(s *Software) Licence {
	if known, ok := c.licences.Load(s); ok {
		return known.(Licence)
	}
	l := c.licence(s)
	if own, ok := c.Software(s.ID); ok && own == s { // what is only proposed is not kept
		c.licences.Store(s, l)
	}
	return l
}

func (c *Catalogue) licence(s *Software) Licence {
	l := Licence{Declared: s.Licence, Libre: licenses.LibreUnknown}
	declared, err := licenses.Parse(s.Licence)
	if l.Readable = err == nil && s.Licence != ""; l.Readable {
		l.Declared = declared.String()
		l.Libre, l.Ground = licenses.LibreOf(declared)
	}
	repositories := c.RepositoriesFor(s)
	if len(repositories) == 0 || repositories[0].Licence.Value == "" {
		return l
	}
	l.Found, l.FoundOn = repositories[0].Licence.Value, repositories[0].Licence.Date
	found, err := licenses.Parse(l.Found)
	if err != nil {
		return l
	}
	if l.Readable && declared == found {
		return l
	}
	libre, ground := licenses.LibreOf(found)
	if s.Licence == "" {
		l.Libre, l.Ground = libre, ground
		return l
	}
	l.Conflict = l.Readable && (!fits(declared, found) || l.Libre == licenses.LibreYes && libre == licenses.LibreNo)
	return l
}

// fits reports whether what was found holds what is declared: of a choice one branch, of what holds together all. More may have been
// found, of parts that others have made. Whether “or later” is meant stands in no licence's text, so it does not count.
func fits(declared, found licenses.Expression) bool {
	have := map[string]bool{}
	for _, id := range found.IDs() {
		have[family(id)] = true
	}
	for _, id := range declared.IDs() {
		if _, ok := licenses.Info(id); !ok {
			return true // a licence of the author's own may be called anything
		}
	}
	return declared.Weigh(func(license string) int {
		e, err := licenses.Parse(license)
		if err != nil {
			return 0
		}
		for _, id := range e.IDs() {
			info, _ := licenses.Info(id)
			if !info.Exception && !have[family(id)] {
				return 0
			}
		}
		return 1
	}) == 1
}

// family is an id without what says whether a later version may be taken.
func family(id string) string {
	id = strings.TrimSuffix(id, "+")
	return strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
}
