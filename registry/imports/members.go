// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"errors"
	"io"
	"slices"
	"strings"

	"communs/registry"
)

// memberColumns are the columns of a list of members. Only the name must be there.
func memberColumns() []column {
	return []column{
		{"name", []string{"nom", "name", "raison sociale", "denomination", "denomination sociale", "nom de la structure", "structure", "organisation", "organization", "organisme", "adherent", "membre", "member", "entreprise", "societe", "company", "association"}},
		{"siren", []string{"siren", "siret", "numero siren", "numero siret", "n siren", "n siret", "no siren", "no siret", "siren number"}},
		{"rna", []string{"rna", "numero rna", "n rna", "waldec"}},
		{"type", []string{"type", "forme", "forme juridique", "statut", "statut juridique", "nature", "legal form", "kind", "categorie"}},
		{"website", []string{"site", "site web", "site internet", "website", "web", "url", "url du site", "site url", "homepage", "page d accueil"}},
		{"insee", []string{"insee", "code insee", "code commune", "insee code", "code commune insee", "commune insee"}},
		{"postcode", []string{"code postal", "cp", "postal code", "postcode", "zip"}},
		{"commune", []string{"commune", "ville", "city", "town", "localite", "nom de la commune"}},
		{"departement", []string{"departement", "code departement", "department", "dept", "dep"}},
		{"country", []string{"pays", "country", "code pays", "country code"}},
		{"about", []string{"description", "presentation", "activite", "activites", "objet", "description fr"}},
		{"about_en", []string{"description en", "english description", "about"}},
		{"gitlab", []string{"gitlab *"}},
		{"github", []string{"github *"}},
		{"forge", []string{"forge *", "forges *", "depot *", "depots *", "repository *", "repositories *", "repo *", "code source *", "source code *", "url forge *", "url de la forge *", "codeberg *", "git *"}},
	}
}

// members reads a cluster's list of members. Each becomes an organisation; its forges are to be crawled.
func (x *reading) members(files []File) error {
	for _, f := range files {
		t, err := openTable(f, memberColumns())
		if err != nil {
			return err
		}
		if err := t.need("name", memberColumns()); err != nil {
			return err
		}
		x.result.Ignored = append(x.result.Ignored, t.ignored...)
		for {
			r, err := t.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				x.skip(f.Name, r.line, "", err)
				continue
			}
			if err := x.member(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *reading) member(r *row) error {
	name := r.get("name")
	if name == "" {
		x.skip(r.table.file.Name, r.line, "", fault("no-name"))
		return nil
	}
	o := &registry.Organisation{Name: name, Type: organisationType(r.get("type"), name), Website: web(r.get("website")), SIREN: siren(r.get("siren")), RNA: strings.ToUpper(strings.ReplaceAll(r.get("rna"), " ", ""))}
	o.Place = registry.Place{Commune: r.get("commune"), INSEE: strings.ToUpper(digits(r.get("insee"), 5)), Departement: departement(r.get("departement")), Country: country(r.get("country"))}
	if o.Place.INSEE == "" && o.Place.Departement == "" && (o.Place.Country == "" || o.Place.Country == "FR") {
		o.Place.Departement = ofPostcode(r.get("postcode"))
	}
	for _, part := range []struct {
		key  string
		into *string
	}{{"about", &o.About.FR}, {"about_en", &o.About.EN}} {
		if all := r.all(part.key); len(all) > 0 {
			*part.into = cut(strings.TrimSpace(plain(all[0])), maxAbout)
		}
	}
	if x.Cluster != "" {
		o.Member = []string{x.Cluster}
	}
	kinds := map[string]string{} // address → the kind of forge that its column names
	for _, key := range []string{"gitlab", "github", "forge"} {
		for _, cell := range r.all(key) {
			for _, address := range list(cell, " ,;|\n") {
				address = strings.TrimSuffix(web(address), "/")
				if !slices.Contains(o.Forges, address) {
					o.Forges = append(o.Forges, address)
					kinds[address] = key
				}
			}
		}
	}
	o.Meta = x.meta(x.organisationID(o))
	if err := x.add(o, r.table.file.Name, r.line); err != nil {
		return err
	}
	for _, forge := range o.Forges {
		x.crawl(o, forge, kinds[forge], r)
	}
	return nil
}

// siren takes the SIREN out of itself or of a SIRET, however its digits are grouped.
func siren(s string) string {
	s = strings.NewReplacer(" ", "", ".", "", "\u00a0", "", "-", "").Replace(s)
	if len(s) == 14 {
		return s[:9]
	}
	return s
}

// digits puts back the zeros that a spreadsheet took from the front of a code.
func digits(s string, n int) string {
	if s != "" && len(s) < n && strings.Trim(s, "0123456789") == "" {
		return strings.Repeat("0", n-len(s)) + s
	}
	return s
}

// departement is the code of a département that is given by its code or its name.
func departement(s string) string {
	s = strings.ToUpper(digits(s, 2))
	if _, ok := registry.Departement(s); ok || s == "" {
		return s
	}
	for _, d := range registry.Departements() {
		if registry.Fold(d.Name) == registry.Fold(s) {
			return d.Code
		}
	}
	return s
}

// ofPostcode is the département of a French postal code; empty when it does not tell.
func ofPostcode(s string) string {
	s = digits(strings.ReplaceAll(s, " ", ""), 5)
	if len(s) != 5 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	code := s[:2]
	switch {
	case code == "97" || code == "98":
		code = s[:3]
	case code == "20" && s < "20200":
		code = "2A"
	case code == "20":
		code = "2B"
	}
	if _, ok := registry.Departement(code); !ok {
		return ""
	}
	return code
}

// country is the code of a country that is given by its code, or France by its name.
func country(s string) string {
	if registry.Fold(s) == "france" {
		return "FR"
	}
	return strings.ToUpper(s)
}

// organisationType reads what sort of organisation it is, in either language; a company when nothing says otherwise.
func organisationType(s, name string) registry.OrganisationType {
	words := strings.Fields(registry.Fold(s))
	is := func(any ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(any, w) })
	}
	switch {
	case is("association", "associations", "asso", "loi", "1901", "nonprofit", "fondation", "foundation", "fonds"):
		return registry.TypeAssociation
	case is("cluster", "pole", "grappe", "reseau"):
		return registry.TypeCluster
	case is("public", "publique", "commune", "collectivite", "administration", "region", "departement", "universite", "university", "epci", "epa", "epic", "gip", "etat", "ministere", "mairie", "metropole"):
		return registry.TypePublicBody
	case is("communaute", "community", "collectif", "collective", "informel", "informal"):
		return registry.TypeCommunity
	case s == "" && slices.Contains(strings.Fields(registry.Fold(name)), "association"):
		return registry.TypeAssociation
	}
	return registry.TypeCompany
}
