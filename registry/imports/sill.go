// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"slices"
	"strings"

	"communs/registry"
)

// The SILL (socle interministériel de logiciels libres) is published as JSON: a list of software, or an object whose "catalog" is that
// list. Its names have changed with its versions (name and softwareName; wikidataData, wikidataSoftware, softwareExternalData): all are
// understood, and descriptions in one language or in several. What was taken out of the SILL ("dereferencing") is left out. Companies of the
// CNLL's directory that work with a software ("serviceProviders", before "annuaireCnllServiceProviders": name, siren, website) become
// organisations that offer support.

// external are the places in which the SILL keeps what it read of a software elsewhere.
func external(name string) []string {
	var places []string
	for _, in := range []string{"softwareExternalData", "wikidataSoftware", "wikidataData"} {
		places = append(places, in+"."+name)
	}
	return places
}

func (x *reading) sill(files []File) error {
	for _, f := range files {
		if err := x.records(f, []string{"catalog", "softwares", "software"}, func(at int, o object) error { return x.sillSoftware(f, at, o) }); err != nil {
			return err
		}
	}
	return nil
}

func (x *reading) sillSoftware(f File, at int, o object) error {
	s := &registry.Software{Name: line(o.first("softwareName", "name"))}
	switch {
	case s.Name == "":
		x.skip(f.Name, at, "", fault("no-name"))
		return nil
	case o.at("dereferencing") != nil:
		x.skip(f.Name, at, s.Name, fault("dereferenced"))
		return nil
	}
	own := []string{"softwareDescription", "description", "function"}
	s.Summary.FR, s.About.FR = summarise(o.first(slices.Concat(own, in("fr", own), external("description.fr"), external("description"))...))
	s.Summary.EN, s.About.EN = summarise(o.first(slices.Concat(in("en", own), external("description.en"))...))
	s.Website = web(o.first(append([]string{"officialWebsiteUrl", "url", "comptoirDuLibreSoftware.external_resources.website"}, external("websiteUrl")...)...))
	s.Docs = web(o.first(append([]string{"documentationUrl"}, external("documentationUrl")...)...))
	if logo := o.first("logoUrl", "image"); strings.HasPrefix(logo, "https://") {
		s.Logo = logo
	}
	source := o.first(append(append([]string{"codeRepositoryUrl"}, external("sourceUrl")...), "comptoirDuLibreSoftware.external_resources.repository")...)
	if source != "" {
		s.Repositories = []string{repository(source)}
	}
	if licence := o.first("license"); licence != "" {
		s.Licence = x.choice([]string{licence})
	}
	s.Words = words(o.texts("keywords"))
	s.Platforms = sillPlatforms(o)
	if o.at("doRespectRgaa") == true || o.at("prerogatives", "doRespectRgaa") == true || o.at("customAttributes", "doRespectRgaa") == true {
		s.Accessibility = registry.Statement{Answer: registry.Yes, Levels: []string{"RGAA"}}
	}
	s.Meta = x.meta(x.softwareID(s.Name, s.Repositories))
	if err := x.add(s, f.Name, at); err != nil {
		return err
	}
	for _, provider := range slices.Concat(o.objects("serviceProviders"), o.objects("annuaireCnllServiceProviders")) {
		if err := x.sillProvider(f, at, s.ID, provider); err != nil {
			return err
		}
	}
	return nil
}

// in gives the places where texts stand in a language.
func in(lang string, places []string) (list []string) {
	for _, p := range places {
		list = append(list, p+"."+lang)
	}
	return list
}

// sillProvider makes an offer of support of a company that is named for a software.
func (x *reading) sillProvider(f File, at int, software string, o object) error {
	org := &registry.Organisation{Name: line(o.text("name")), Type: registry.TypeCompany, SIREN: digits(o.text("siren"), 9), Website: web(o.text("website"))}
	if org.Name == "" {
		return nil
	}
	org.Meta = x.meta(x.organisationID(org))
	if err := x.add(org, f.Name, at); err != nil {
		return err
	}
	return x.support(f, at, org, software, "sill")
}

// sillPlatforms reads on what a software runs.
func sillPlatforms(o object) (list []string) {
	add := func(p string) {
		if p = platform(p); p != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	if kind := o.first("softwareType.type"); kind == "cloud" {
		add("web")
	}
	for _, of := range [][]string{{"softwareType", "os"}, {"operatingSystems"}} {
		systems, _ := o.at(of...).(map[string]any)
		for _, name := range []string{"linux", "windows", "mac", "android", "ios"} {
			if systems[name] == true {
				add(name)
			}
		}
	}
	for _, p := range o.texts("runtimePlatforms") {
		if p == "cloud" {
			p = "web"
		}
		add(p)
	}
	return list
}

// words are free words as they may be kept.
func words(list []string) (kept []string) {
	for _, w := range list {
		if w = line(w); w != "" && len([]rune(w)) <= 80 && !slices.Contains(kept, w) && len(kept) < 100 {
			kept = append(kept, w)
		}
	}
	return kept
}
