// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package opendata

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"communs/licenses"
	"communs/registry"
)

// Authorities of the European Union, whose codes DCAT-AP asks for.
const (
	authority    = "http://publications.europa.eu/resource/authority/"
	themeTech    = authority + "data-theme/TECH"
	accessPublic = authority + "access-right/PUBLIC"
	typeOpen     = authority + "file-type/"
)

var dcatContext = object{
	"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "xsd": "http://www.w3.org/2001/XMLSchema#",
	"skos":         "http://www.w3.org/2004/02/skos/core#",
	"dcat:dataset": object{"@container": "@set"}, "dcat:distribution": object{"@container": "@set"},
}

func ref(address string) object { return object{"@id": address} }

// a names something and says of what class it is: whoever checks the catalogue need not fetch the vocabularies that say so.
func a(class, address string) object { return object{"@id": address, "@type": class} }

// WriteDCAT writes the catalogue of the dumps as DCAT-AP 3 (what is in it is in version 2 as well): a dataset for each kind and licence,
// with a distribution for each format, and the HTTP API as a data service.
func (x Site) WriteDCAT(w io.Writer, c *registry.Catalogue) error {
	taxonomy := a("skos:ConceptScheme", authority+"data-theme")
	taxonomy["dct:title"] = object{"@language": "en", "@value": "Data theme"} // as the Publications Office calls it
	publisher := object{"@id": x.Base + "/#publisher", "@type": "foaf:Agent", "foaf:name": x.Name}
	o := object{
		"@context": dcatContext, "@id": x.Base + "/api/v1/dcat.jsonld", "@type": "dcat:Catalog",
		"dct:title": x.both("opendata.catalogue.title", x.Name), "dct:description": x.both("opendata.catalogue.description"),
		"dct:publisher": publisher, "foaf:homepage": a("foaf:Document", x.Base+"/"), "dct:language": languages(),
		"dct:spatial": a("dct:Location", authority+"country/FRA"), "dcat:themeTaxonomy": taxonomy,
		"dct:license": licenceDocument(FreeLicence), // of the list itself
	}
	if at := c.Changed(); !at.IsZero() {
		o["dct:modified"] = moment(at)
	}
	var datasets, served []any
	var last object
	for _, d := range Dumps(c) {
		id := x.Base + "/api/v1/dcat.jsonld#" + setName(d.Kind, d.Licence)
		if last == nil || last["@id"] != id {
			last = x.dataset(id, d, publisher)
			datasets, served = append(datasets, last), append(served, ref(id))
		}
		distributions, _ := last["dcat:distribution"].([]any)
		last["dcat:distribution"] = append(distributions, x.distribution(d))
	}
	o.set("dcat:dataset", datasets)
	o.set("dcat:service", object{
		"@id": x.Base + "/api/v1/", "@type": "dcat:DataService", "dct:title": x.both("opendata.service.title"), "dcat:endpointURL": ref(x.Base + "/api/v1/"),
		"dcat:endpointDescription": ref(x.Base + "/api/v1/openapi.json"), "dcat:servesDataset": served,
	})
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(o); err != nil {
		return fmt.Errorf("write the DCAT catalogue: %w", err)
	}
	return nil
}

func (x Site) dataset(id string, d Dump, publisher object) object {
	theme := a("skos:Concept", themeTech)
	theme["skos:prefLabel"] = object{"@language": "en", "@value": "Science and technology"}
	o := object{
		"@id": id, "@type": "dcat:Dataset", "dct:identifier": setName(d.Kind, d.Licence), "dct:publisher": ref(publisher["@id"].(string)),
		"dct:description": x.both("opendata.dataset.description", d.Records, d.Licence), "dcat:theme": theme,
		"dct:accessRights": a("dct:RightsStatement", accessPublic), "dct:language": languages(), "dct:spatial": a("dct:Location", authority+"country/FRA"),
		"dct:accrualPeriodicity": a("dct:Frequency", authority+"frequency/CONT"), "dcat:landingPage": a("foaf:Document", x.Base+"/"),
		"dct:title":    x.both("opendata.dataset.title", kindName{d.Kind}, d.Licence),
		"dcat:keyword": x.both("opendata.kind." + string(d.Kind)),
	}
	if !d.Changed.IsZero() {
		o["dct:modified"] = moment(d.Changed)
	}
	return o
}

func (x Site) distribution(d Dump) object {
	address := x.Base + "/api/v1/dumps/" + d.Name
	o := object{
		"@id": address, "@type": "dcat:Distribution", "dct:title": d.Name, "dct:description": x.both("opendata.dataset.description", d.Records, d.Licence), "dcat:accessURL": ref(address), "dcat:downloadURL": ref(address),
		"dct:license": licenceDocument(d.Licence),
	}
	if d.Format == CSV {
		o["dct:format"], o["dcat:mediaType"] = a("dct:MediaTypeOrExtent", typeOpen+"CSV"), a("dct:MediaType", "https://www.iana.org/assignments/media-types/text/csv")
	} else {
		o["dct:format"] = a("dct:MediaTypeOrExtent", typeOpen+"JSON")
	}
	if !d.Changed.IsZero() {
		o["dct:modified"] = moment(d.Changed)
	}
	return o
}

// kindName is an argument of a sentence that is itself told in the sentence's language.
type kindName struct{ kind registry.Kind }

// both is a sentence in both languages.
func (x Site) both(key string, args ...any) []any {
	var all []any
	for _, lang := range []string{"fr", "en"} {
		said := make([]any, len(args))
		for i, a := range args {
			if k, ok := a.(kindName); ok {
				a = x.Say(lang, "opendata.kind."+string(k.kind))
			}
			said[i] = a
		}
		all = append(all, object{"@language": lang, "@value": x.Say(lang, key, said...)})
	}
	return all
}

func languages() []any {
	return []any{a("dct:LinguisticSystem", authority+"language/FRA"), a("dct:LinguisticSystem", authority+"language/ENG")}
}

// licenceDocument is a licence as DCAT wants it: a document with an address, or a text where it has none.
func licenceDocument(expression string) object {
	if info, ok := licenses.Info(expression); ok {
		return object{"@id": "https://spdx.org/licenses/" + info.ID, "@type": "dct:LicenseDocument"}
	}
	return object{"@type": "dct:LicenseDocument", "dct:title": expression}
}

func moment(at time.Time) object {
	return object{"@type": "xsd:dateTime", "@value": at.UTC().Format(time.RFC3339)}
}
