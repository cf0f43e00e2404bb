// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"communs/registry"
)

// The hosts of the CHATONS collective describe themselves by properties (ChatonsInfos): one file for the organisation, which names the
// addresses of one file for each of its services. A file holds lines "key = value" (or "key: value"), with # before a comment:
//
//	file.class = organization              file.class = service
//	organization.name = Le Chat d'Exemple  service.name = Pads
//	organization.type = ASSOCIATION        service.website = https://…
//	organization.memberof.chatons.startdate = 25/01/2020
//	subs.pads = https://…/pads.properties  software.name = Etherpad

// properties is one file.
type properties struct {
	file  File
	lines map[string]int
	value map[string]string
}

// readProperties reads the lines of a file; those that are none are left alone.
func readProperties(f File) (*properties, error) {
	data, err := text(f.Data)
	if err != nil {
		return nil, err
	}
	p := &properties{f, map[string]int{}, map[string]string{}}
	for i, row := range strings.Split(string(data), "\n") {
		row = strings.TrimSpace(row)
		at := strings.IndexAny(row, "=:")
		if at <= 0 || row[0] == '#' || row[0] == '!' || row[0] == '[' {
			continue
		}
		key, value := strings.ToLower(strings.TrimSpace(row[:at])), strings.TrimSpace(row[at+1:])
		if value != "" && p.value[key] == "" {
			p.value[key], p.lines[key] = value, i+1
		}
	}
	return p, nil
}

func (p *properties) get(key string) string { return line(p.value[key]) }

// is reports whether a file is of a class: it says so itself, or its keys do.
func (p *properties) is(class string) bool {
	if said := strings.ToLower(p.get("file.class")); said != "" {
		return said == class
	}
	return p.value[class+".name"] != ""
}

// chatons reads the properties of organisations and of their services. A service belongs to the organisation that names its file, or to
// the only one of the same folder.
func (x *reading) chatons(files []File) error {
	var hosts, services []*properties
	for _, f := range files {
		p, err := readProperties(f)
		switch {
		case err != nil:
			x.skip(f.Name, 0, "", err)
		case p.is("organization"):
			hosts = append(hosts, p)
		case p.is("service"):
			services = append(services, p)
		default:
			x.skip(f.Name, 1, "", fault("no-class"))
		}
	}
	members := map[*properties]*registry.Organisation{}
	for _, p := range hosts {
		o, err := x.host(p)
		if err != nil {
			return err
		}
		if o != nil {
			members[p] = o
		}
	}
	for _, p := range services {
		if err := x.service(p, members[hostOf(p, hosts)]); err != nil {
			return err
		}
	}
	return nil
}

// hostOf finds the organisation of a service; nil when it is not clear.
func hostOf(service *properties, hosts []*properties) *properties {
	var near []*properties
	for _, h := range hosts {
		for key, value := range h.value {
			if u, err := url.Parse(value); strings.HasPrefix(key, "subs.") && err == nil && path.Base(u.Path) == path.Base(service.file.Name) &&
				(len(hosts) == 1 || path.Dir(h.file.Name) == path.Dir(service.file.Name)) {
				return h
			}
		}
		if path.Dir(h.file.Name) == path.Dir(service.file.Name) {
			near = append(near, h)
		}
	}
	if len(near) == 1 {
		return near[0]
	}
	return nil
}

// postalAddress is the end of a French address: the postal code and the commune. Where somebody helps is all that is kept of an address.
var postalAddress = regexp.MustCompile(`\b(\d{5}) +([\p{L}][\p{L}'’ -]{0,60})`)

// host makes an organisation of its properties; nil when it has no name.
func (x *reading) host(p *properties) (*registry.Organisation, error) {
	o := &registry.Organisation{Name: p.get("organization.name"), Website: web(p.get("organization.website"))}
	if o.Name == "" {
		x.skip(p.file.Name, 1, "", fault("no-name"))
		return nil, nil
	}
	switch strings.ToUpper(p.get("organization.type")) {
	case "ASSOCIATION":
		o.Type = registry.TypeAssociation
	case "COOPERATIVE", "MICROCOMPANY", "COMPANY":
		o.Type = registry.TypeCompany
	default: // INFORMAL, INDIVIDUAL, OTHER
		o.Type = registry.TypeCommunity
	}
	o.About.FR = cut(p.get("organization.description"), maxAbout)
	if code := strings.ToUpper(p.get("organization.country.code")); code != "FR" {
		o.Place.Country = code
	} else if m := postalAddress.FindStringSubmatch(p.get("organization.geolocation.address")); m != nil {
		o.Place.Departement, o.Place.Commune = ofPostcode(m[1]), strings.TrimSpace(m[2])
	}
	const of = "organization.memberof.chatons."
	if from, until := p.date(of+"startdate"), p.date(of+"enddate"); from != "" || until != "" || strings.EqualFold(p.get(of+"status.level"), "ACTIVE") {
		o.Labels = []registry.Label{{Name: "CHATONS", URL: "https://www.chatons.org", From: from, Until: until}}
	}
	o.Meta = x.meta(x.organisationID(o))
	return o, x.add(o, p.file.Name, p.lines["organization.name"])
}

// service makes an offer of the properties of a service, where its software is known.
func (x *reading) service(p *properties, o *registry.Organisation) error {
	name, at := p.get("service.name"), p.lines["service.name"]
	software := p.get("software.name")
	today := string(x.Source.Read)
	if today == "" {
		today = time.Now().UTC().Format(time.DateOnly)
	}
	ended := p.date("service.enddate")
	switch {
	case o == nil:
		x.skip(p.file.Name, at, name, fault("no-host"))
		return nil
	case ended != "" && string(ended) <= today || strings.EqualFold(p.get("service.status.level"), "OVER"):
		x.skip(p.file.Name, at, name, fault("ended"))
		return nil
	}
	known := x.softwareCalled(software, p.get("software.source.url"))
	if known == nil {
		x.skip(p.file.Name, max(at, p.lines["software.name"]), name, fault("no-software", software))
		return nil
	}
	offer := &registry.Offer{
		Organisation: o.ID, Software: known.ID, Services: []registry.Service{registry.ServiceHosting}, URL: web(p.get("service.website")),
		HostedIn: strings.ToUpper(p.get("host.country.code")), Since: p.date("service.startdate"),
		Chatons: len(o.Labels) > 0 && (o.Labels[0].Until == "" || string(o.Labels[0].Until) > today),
	}
	offer.Note.FR = cut(p.get("service.description"), 1000)
	for _, way := range list(strings.ToUpper(p.get("service.registration")), " ,;") {
		if price, ok := map[string]registry.Price{"NONE": registry.PriceFree, "FREE": registry.PriceFree, "MEMBER": registry.PriceDonation, "CLIENT": registry.PriceSubscription}[way]; ok && !slices.Contains(offer.Prices, price) {
			offer.Prices = append(offer.Prices, price)
		}
	}
	offer.Meta = x.meta(offerID(o.ID, known.ID, path.Base(p.file.Name)))
	return x.add(offer, p.file.Name, at)
}

// offerID names an offer after who gives it and for what.
func offerID(organisation, software, mark string) string {
	id := registry.Slug(organisation + " " + software)
	if mark != "" {
		id += "-" + digest(organisation+" "+software+" "+mark)
	}
	return id
}

// softwareCalled finds the software with this repository, or this name; nil when there is none, or more than one.
func (x *reading) softwareCalled(name, source string) *registry.Software {
	if source != "" {
		if same := x.Known.SoftwareAt(repository(source)); len(same) == 1 {
			return same[0]
		}
	}
	var found *registry.Software
	for _, s := range x.Known.AllSoftware() {
		if name != "" && registry.Fold(s.Name) == registry.Fold(name) {
			if found != nil {
				return nil
			}
			found = s
		}
	}
	if found == nil && name != "" {
		found, _ = x.Known.Software(registry.Slug(name))
	}
	return found
}

// date reads a day, month or year, as ChatonsInfos writes them (25/01/2020, 01/2020, 2020) or as ISO 8601 does.
func (p *properties) date(key string) registry.Date {
	s, _, _ := strings.Cut(p.get(key), "T")
	for _, layout := range [][2]string{{"02/01/2006", time.DateOnly}, {"2/1/2006", time.DateOnly}, {time.DateOnly, time.DateOnly}, {"01/2006", "2006-01"}, {"2006-01", "2006-01"}, {"2006", "2006"}} {
		if day, err := time.Parse(layout[0], s); err == nil && day.Year() >= 1900 {
			return registry.Date(day.Format(layout[1]))
		}
	}
	return ""
}
