// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"net/url"
	"strings"

	"communs/licenses"
	"communs/registry"
)

// Site is the instance that hands the data on.
type Site struct {
	Base string // public address without the last "/": https://communs.example.org; empty when it is not known
	Name string // of the instance

	// Link gives the address of a record's page on this instance. A record without a page of its own has that of the one it speaks of.
	Link func(registry.Stamped) string
	// Say gives a sentence in a language.
	Say func(lang, key string, args ...any) string
}

// object is a JSON object; what is empty is left out of it.
type object map[string]any

func (o object) set(key string, value any) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
	case []string:
		if len(v) == 0 {
			return
		}
	case []any:
		if len(v) == 0 {
			return
		}
	case object:
		if len(v) == 0 {
			return
		}
	}
	o[key] = value
}

// webURL is an address that a browser may follow, or nothing.
func webURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return address
}

// tagged is a text in each of its languages, as JSON-LD writes them.
func tagged(t registry.Text) (all []any) {
	for _, one := range [][2]string{{"fr", t.FR}, {"en", t.EN}} {
		if one[1] != "" {
			all = append(all, object{"@language": one[0], "@value": one[1]})
		}
	}
	return all
}

// licenceNode is the address of a licence in SPDX's list, or its expression where it is more than one id.
func licenceNode(expression string) any {
	e, err := licenses.Parse(expression)
	if err != nil || expression == "" {
		return nil
	}
	if ids := e.IDs(); len(ids) == 1 && ids[0] == e.String() {
		if info, ok := licenses.Info(ids[0]); ok {
			return "https://spdx.org/licenses/" + info.ID
		}
	}
	return object{"@type": "CreativeWork", "name": e.String()}
}

// SoftwareLD describes a software with the words of schema.org.
func (x Site) SoftwareLD(card *registry.Card) any {
	s := card.Software
	page := x.Link(registry.Stamped{Entry: s})
	o := object{"@context": "https://schema.org", "@type": []string{"SoftwareApplication", "SoftwareSourceCode"}, "@id": page}
	o.set("name", s.Name)
	o.set("description", tagged(s.Summary))
	o.set("abstract", tagged(s.About))
	o.set("url", webURL(s.Website))
	o.set("mainEntityOfPage", page)
	o.set("image", webURL(s.Logo))
	if card.Licence.Readable {
		o.set("license", licenceNode(s.Licence))
	}
	o.set("codeRepository", webURL(first(s.Repositories)))
	o.set("softwareHelp", webURL(s.Docs))
	var needs []any
	for _, n := range card.Needs {
		needs = append(needs, tagged(n.Name)...)
	}
	o.set("applicationCategory", needs)
	o.set("inLanguage", s.Languages)
	o.set("operatingSystem", operatingSystems(s.Platforms))
	o.set("keywords", s.Words)
	var shots []any
	for _, shot := range s.Shots {
		if address := webURL(shot.URL); address != "" {
			shots = append(shots, address)
		}
	}
	o.set("screenshot", shots)
	var offers []any
	for _, price := range s.Prices {
		if price == registry.PriceFree {
			offers = append(offers, object{"@type": "Offer", "price": "0", "priceCurrency": "EUR"})
			o["isAccessibleForFree"] = true
		}
	}
	for i, offer := range card.Offers {
		if i == maxOffers {
			break
		}
		offers = append(offers, x.offerLD(offer))
	}
	o.set("offers", offers)
	x.record(o, &s.Meta, card.Changed.UTC().Format("2006-01-02"))
	return o
}

// maxOffers is how many offers are named in a page's data: it stays light, and all of them are in the dumps.
const maxOffers = 10

func (x Site) offerLD(offer *registry.Offer) object {
	o := object{"@type": "Offer", "offeredBy": object{"@type": "Organization", "@id": x.Link(registry.Stamped{Entry: offer})}}
	o.set("category", joined(offer.Services))
	o.set("url", webURL(offer.URL))
	o.set("description", tagged(offer.Note))
	return o
}

// record says of the description itself who gives it, under which licence, and since when it stands so.
func (x Site) record(o object, m *registry.Meta, changed string) {
	o.set("sdLicense", licenceNode(Licence(m)))
	o.set("sdPublisher", object{"@type": "Organization", "name": x.Name})
	o.set("sdDatePublished", changed)
}

func operatingSystems(platforms []string) (names []string) {
	for _, p := range platforms {
		switch p {
		case "linux":
			names = append(names, "Linux")
		case "windows":
			names = append(names, "Windows")
		case "mac":
			names = append(names, "macOS")
		case "android":
			names = append(names, "Android")
		case "ios":
			names = append(names, "iOS")
		}
	}
	return names
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// OrganisationLD describes an organisation with the words of schema.org.
func (x Site) OrganisationLD(c *registry.Catalogue, s registry.Stamped) any {
	organisation, ok := s.Entry.(*registry.Organisation)
	if !ok {
		return nil
	}
	kind := "Organization"
	if organisation.Type == registry.TypePublicBody {
		kind = "GovernmentOrganization"
	} else if organisation.Type == registry.TypeAssociation {
		kind = "NGO"
	}
	page := x.Link(s)
	o := object{"@context": "https://schema.org", "@type": kind, "@id": page, "mainEntityOfPage": page}
	o.set("name", organisation.Name)
	o.set("description", tagged(organisation.About))
	o.set("url", webURL(organisation.Website))
	o.set("address", addressLD(organisation.Place))
	var ids []any
	for _, id := range [][2]string{{"SIREN", organisation.SIREN}, {"RNA", organisation.RNA}} {
		if id[1] != "" {
			ids = append(ids, object{"@type": "PropertyValue", "propertyID": id[0], "value": id[1]})
		}
	}
	o.set("identifier", ids)
	var clusters []any
	for _, id := range organisation.Member {
		if of, ok := c.Organisation(id); ok {
			clusters = append(clusters, object{"@type": "Organization", "@id": x.Link(registry.Stamped{Entry: of}), "name": of.Name})
		}
	}
	o.set("memberOf", clusters)
	o.set("award", each(organisation.Labels, func(l registry.Label) string { return l.Name }))
	var forges []any
	for _, forge := range organisation.Forges {
		if address := webURL(forge); address != "" {
			forges = append(forges, address)
		}
	}
	o.set("sameAs", forges)
	x.record(o, &organisation.Meta, s.Changed.UTC().Format("2006-01-02"))
	return o
}

func addressLD(p registry.Place) object {
	if p == (registry.Place{}) {
		return nil
	}
	o := object{"@type": "PostalAddress", "addressCountry": "FR"}
	o.set("addressCountry", p.Country)
	o.set("addressLocality", p.Commune)
	if region, ok := registry.Region(p.InRegion()); ok {
		o.set("addressRegion", region.Name)
	}
	return o
}

// hostOf is the host of the instance, which ids of feeds are made with.
func (x Site) hostOf() string {
	u, err := url.Parse(x.Base)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return strings.ToLower(u.Hostname())
}
