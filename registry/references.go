// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import "fmt"

// reference is one record's mention of another.
type reference struct {
	field    string // path of the field: needs[2]
	kind     Kind
	id       string
	required bool // without it the record says nothing
}

// references lists which records an entry speaks of, in the order of its fields. The addresses of repositories are none: a software
// may name one that nobody has looked at yet.
func references(e Entry) (list []reference) {
	add := func(field string, kind Kind, id string, required bool) {
		if id != "" || required {
			list = append(list, reference{field, kind, id, required})
		}
	}
	each := func(field string, kind Kind, ids []string) {
		for i, id := range ids {
			add(fmt.Sprintf("%s[%d]", field, i), kind, id, false)
		}
	}
	switch e := e.(type) {
	case *Organisation:
		each("member_of", KindOrganisation, e.Member)
	case *Repository:
		add("software", KindSoftware, e.Software, false)
		add("organisation", KindOrganisation, e.Organisation, false)
	case *Software:
		each("needs", KindNeed, e.Needs)
		each("alternatives", KindSoftware, e.Like)
		add("by", KindOrganisation, e.By, false)
	case *Offer:
		add("organisation", KindOrganisation, e.Organisation, true)
		add("software", KindSoftware, e.Software, e.Software != "")
		each("needs", KindNeed, e.Needs)
	case *Use:
		add("organisation", KindOrganisation, e.Organisation, true)
		add("software", KindSoftware, e.Software, true)
	case *Selection:
		add("by", KindOrganisation, e.By, false)
		for i, p := range e.Items {
			at := fmt.Sprintf("items[%d].", i)
			add(at+"need", KindNeed, p.Need, false)
			add(at+"software", KindSoftware, p.Software, false)
			each(at+"else", KindSoftware, p.Else)
		}
	case *Request:
		each("needs", KindNeed, e.Needs)
		add("software", KindSoftware, e.Software, false)
		add("by", KindOrganisation, e.By, true)
		for i, s := range e.Supports {
			add(fmt.Sprintf("supports[%d].organisation", i), KindOrganisation, s.Organisation, false)
		}
		if e.Answer != nil {
			add("answer.software", KindSoftware, e.Answer.Software, false)
		}
	}
	return list
}
