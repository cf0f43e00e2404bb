// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"communs/registry"
)

// The Comptoir du Libre is exported as JSON: {"softwares": [{"name", "licence", "external_resources": {"website", "repository"},
// "providers": [{"name", "type", "external_resources": {"website"}}], "users": […]}]}. Tables with the same columns are read too. It does
// not say what a software is for: it completes those that are known otherwise. Providers become organisations that offer support;
// users, statements of use.

func comptoirColumns() []column {
	return []column{
		{"name", []string{"name", "nom", "logiciel", "software", "softwarename", "nom du logiciel"}},
		{"licence", []string{"licence", "license", "licencename"}},
		{"website", []string{"website", "site", "site web", "url website", "url site", "site officiel"}},
		{"repository", []string{"repository", "depot", "depot de code", "url repository", "code source", "source code"}},
	}
}

func (x *reading) comptoir(files []File) error {
	for _, f := range files {
		if start := bytes.TrimLeft(f.Data, "\ufeff \t\r\n"); !bytes.HasPrefix(start, []byte("{")) && !bytes.HasPrefix(start, []byte("[")) {
			if err := x.comptoirTable(f); err != nil {
				return err
			}
			continue
		}
		if err := x.records(f, []string{"softwares", "software"}, func(at int, o object) error {
			id, err := x.comptoirSoftware(f, at, o.text("name"), o.text("licence"), o.text("external_resources", "website"), o.text("external_resources", "repository"), o.texts("keywords"))
			if err != nil || id == "" {
				return err
			}
			for _, provider := range o.objects("providers") {
				if err := x.provider(f, at, id, provider); err != nil {
					return err
				}
			}
			for _, user := range o.objects("users") {
				if err := x.user(f, at, id, user); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

func (x *reading) comptoirTable(f File) error {
	t, err := openTable(f, comptoirColumns())
	if err != nil {
		return err
	}
	if err := t.need("name", comptoirColumns()); err != nil {
		return err
	}
	x.result.Ignored = append(x.result.Ignored, t.ignored...)
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			x.skip(f.Name, r.line, "", err)
			continue
		}
		if _, err := x.comptoirSoftware(f, r.line, r.get("name"), r.get("licence"), r.get("website"), r.get("repository"), nil); err != nil {
			return err
		}
	}
}

// comptoirSoftware completes a software that is known, and gives its id; empty when it is not.
func (x *reading) comptoirSoftware(f File, at int, name, licence, website, source string, keywords []string) (string, error) {
	name = line(name)
	if name == "" {
		x.skip(f.Name, at, "", fault("no-name"))
		return "", nil
	}
	known := x.softwareCalled(name, source)
	if known == nil {
		x.skip(f.Name, at, name, fault("no-software", name))
		return "", nil
	}
	s := &registry.Software{Name: known.Name, Summary: known.Summary, Website: web(website), Words: words(keywords)}
	if licence != "" {
		s.Licence = x.choice([]string{licence})
	}
	if source != "" {
		s.Repositories = []string{repository(source)}
	}
	s.Meta = x.meta(known.ID)
	return known.ID, x.add(s, f.Name, at)
}

// comptoirOrganisation makes an organisation of a provider or a user; nil when it has no name, or is a person.
func (x *reading) comptoirOrganisation(f File, at int, o object) (*registry.Organisation, error) {
	org := &registry.Organisation{Name: line(o.text("name")), Website: web(o.text("external_resources", "website"))}
	switch kind := strings.ToLower(o.text("type")); {
	case org.Name == "":
		x.skip(f.Name, at, "", fault("no-name"))
		return nil, nil
	case strings.Contains(kind, "person"):
		return nil, nil // people are not listed
	case strings.Contains(kind, "admin"):
		org.Type = registry.TypePublicBody
	case strings.Contains(kind, "asso"), strings.Contains(kind, "nonprofit"):
		org.Type = registry.TypeAssociation
	default:
		org.Type = registry.TypeCompany
	}
	org.Meta = x.meta(x.organisationID(org))
	return org, x.add(org, f.Name, at)
}

func (x *reading) provider(f File, at int, software string, o object) error {
	org, err := x.comptoirOrganisation(f, at, o)
	if err != nil || org == nil {
		return err
	}
	return x.support(f, at, org, software, "comptoir")
}

// support makes an offer of an organisation that a catalogue names as working with a software.
func (x *reading) support(f File, at int, org *registry.Organisation, software, origin string) error {
	return x.add(&registry.Offer{
		Meta: x.meta(offerID(org.ID, software, origin)), Organisation: org.ID, Software: software,
		Services: []registry.Service{registry.ServiceSupport}, URL: org.Website,
	}, f.Name, at)
}

func (x *reading) user(f File, at int, software string, o object) error {
	org, err := x.comptoirOrganisation(f, at, o)
	if err != nil || org == nil {
		return err
	}
	return x.add(&registry.Use{
		Meta: x.meta(offerID(org.ID, software, "use")), Organisation: org.ID, Software: software,
	}, f.Name, at)
}
