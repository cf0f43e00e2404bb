// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

// matcher finds under which id an import's entry is known here, in the catalogue and in what the import brought before.
type matcher struct {
	c       *Catalogue
	planned map[Kind]map[string]*Planned
	renamed map[reference]string // kind and id that the import gave → our id
	byKey   map[string]string    // what else an entry of the import can be told by → its id
}

// find gives the id of the record that an entry is about: its own when there is none.
func (m *matcher) find(e Entry) string {
	kind, id := e.Kind(), e.Head().ID
	if kind == KindRepository {
		if it := m.c.addresses().repositories[keyOf(id)]; it != nil {
			return it.id
		}
	}
	if m.c.items[kind][id] != nil || m.planned[kind][id] != nil {
		return id
	}
	for _, sign := range signs(e) {
		if known := m.byKey[sign]; known != "" {
			return known
		}
	}
	switch e := e.(type) {
	case *Software:
		return m.findSoftware(e)
	case *Organisation:
		return m.findOrganisation(e)
	}
	return id
}

// findSoftware looks for a software with the same repository, or the same name where one of the two has no repository.
func (m *matcher) findSoftware(s *Software) string {
	for _, url := range s.Repositories {
		if same := m.c.SoftwareAt(url); len(same) == 1 {
			return same[0].ID
		}
	}
	if same := m.c.names()[KindSoftware][Fold(s.Name)]; len(same) == 1 {
		other := same[0].Entry.(*Software)
		if Fold(other.Name) == Fold(s.Name) && (len(s.Repositories) == 0 || len(other.Repositories) == 0) {
			return other.ID
		}
	}
	return s.ID
}

// findOrganisation looks for an organisation with the same number, or the same name unless a number tells them apart.
func (m *matcher) findOrganisation(o *Organisation) string {
	for _, other := range m.c.Organisations() {
		if o.SIREN != "" && other.SIREN == o.SIREN || o.RNA != "" && other.RNA == o.RNA {
			return other.ID
		}
	}
	for _, it := range m.c.names()[KindOrganisation][Fold(o.Name)] {
		other := it.Entry.(*Organisation)
		if Fold(other.Name) == Fold(o.Name) && (o.SIREN == "" || other.SIREN == "") && (o.RNA == "" || other.RNA == "") {
			return other.ID
		}
	}
	return o.ID
}

// signs are what an entry can be told by within one import, besides its id.
func signs(e Entry) (list []string) {
	switch e := e.(type) {
	case *Software:
		for _, url := range e.Repositories {
			list = append(list, "software at "+keyOf(url))
		}
	case *Organisation:
		if e.SIREN != "" {
			list = append(list, "siren "+e.SIREN)
		}
		if e.RNA != "" {
			list = append(list, "rna "+e.RNA)
		}
	case *Repository:
		for _, url := range append([]string{e.ID}, e.Aliases...) {
			list = append(list, "repository "+keyOf(url))
		}
	}
	return list
}

// note remembers an entry for those that follow.
func (m *matcher) note(it *Planned) {
	if m.planned[it.Kind] == nil {
		m.planned[it.Kind] = map[string]*Planned{}
	}
	m.planned[it.Kind][it.ID] = it
	for _, sign := range signs(it.entry) {
		if m.byKey[sign] == "" {
			m.byKey[sign] = it.ID
		}
	}
}

// follow is a copy of an entry that refers to what the import named by the ids that we know it under.
func (m *matcher) follow(e Entry) (Entry, error) {
	body, err := encode(e)
	if err != nil {
		return nil, err
	}
	e = NewEntry(e.Kind())
	if err := read(body, e, false); err != nil {
		return nil, err
	}
	redirect(e, func(kind Kind, id string) string {
		if known := m.renamed[reference{kind: kind, id: id}]; known != "" {
			return known
		}
		return id
	})
	return e, nil
}

// redirect replaces the ids that an entry refers to.
func redirect(e Entry, to func(kind Kind, id string) string) {
	all := func(kind Kind, ids []string) {
		for i := range ids {
			ids[i] = to(kind, ids[i])
		}
	}
	switch e := e.(type) {
	case *Organisation:
		all(KindOrganisation, e.Member)
	case *Repository:
		e.Software, e.Organisation = to(KindSoftware, e.Software), to(KindOrganisation, e.Organisation)
	case *Software:
		all(KindNeed, e.Needs)
		all(KindSoftware, e.Like)
		e.By = to(KindOrganisation, e.By)
	case *Offer:
		e.Organisation, e.Software = to(KindOrganisation, e.Organisation), to(KindSoftware, e.Software)
		all(KindNeed, e.Needs)
	case *Use:
		e.Organisation, e.Software = to(KindOrganisation, e.Organisation), to(KindSoftware, e.Software)
	case *Selection:
		e.By = to(KindOrganisation, e.By)
		for i := range e.Items {
			p := &e.Items[i]
			p.Need, p.Software = to(KindNeed, p.Need), to(KindSoftware, p.Software)
			all(KindSoftware, p.Else)
		}
	case *Request:
		e.By, e.Software = to(KindOrganisation, e.By), to(KindSoftware, e.Software)
		all(KindNeed, e.Needs)
		for i := range e.Supports {
			e.Supports[i].Organisation = to(KindOrganisation, e.Supports[i].Organisation)
		}
		if e.Answer != nil {
			e.Answer.Software = to(KindSoftware, e.Answer.Software)
		}
	}
}
