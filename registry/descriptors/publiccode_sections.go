// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"regexp"
	"slices"
	"strings"
)

// How long texts may be, in characters. Version 0.2 asked for more.
const (
	maxGeneric     = 35
	maxShort       = 150
	minLong        = 150
	minLong02      = 500
	maxLong        = 10_000
	maxFeature02   = 100
	relaxedLengths = version(3) // the version that asked for less
)

// descriptions reads what is said in each language.
func (p *publiccode) descriptions(e entry) {
	if e.kind != kindTable || len(e.fields) == 0 {
		p.fault(e, Error, "type-table", "")
		return
	}
	p.to.Descriptions = map[string]Description{}
	long, features := false, false
	for _, f := range e.fields {
		key := below(e.key, shown(f.name))
		lang := f.name
		if ok, fix := checkLanguage(lang); !ok {
			p.languageFault(entry{&value{kind: kindText, text: f.name, line: f.line, column: f.column}, key}, fix)
			if lang = fix; lang == "" {
				continue
			}
		}
		if f.value.kind == kindNull {
			p.fault(entry{f.value, key}, Error, "empty", "")
			continue
		}
		d := p.description(entry{f.value, key})
		long, features = long || d.Long != "", features || len(d.Features) > 0
		p.to.Descriptions[lang] = d
	}
	at := e.fields[0] // the language that should have it
	place := func(name string) entry {
		return entry{&value{line: at.line, column: at.column}, below(below(e.key, shown(at.name)), name)}
	}
	if !long {
		p.fault(place("longDescription"), Error, "missing", "longDescription: …")
	}
	if !features {
		p.fault(place("features"), Error, "missing", "features: […]")
	}
}

func (p *publiccode) languageFault(e entry, fix string) {
	if fix != "" {
		p.fault(e, Error, "language-near", fix)
		return
	}
	p.fault(e, Error, "language", "")
}

// description reads one language.
func (p *publiccode) description(e entry) (d Description) {
	var generic string
	p.section(e, []rule{
		{name: "localisedName", read: p.text(&d.Name)},
		{name: "genericName", required: true, until: 3, deprecated: 3, read: func(e entry) {
			p.text(&generic)(e)
			p.atMost(e, generic, maxGeneric)
		}},
		{name: "shortDescription", required: true, example: "shortDescription: …", read: func(e entry) {
			p.needed(&d.Short)(e)
			p.atMost(e, d.Short, maxShort)
		}},
		{name: "longDescription", read: func(e entry) { p.long(e, &d.Long) }},
		{name: "documentation", read: p.url(&d.Documentation, webSchemes)},
		{name: "apiDocumentation", read: p.url(&d.APIDocumentation, webSchemes)},
		{name: "features", read: p.each(func(e entry) {
			if s, ok := p.textOf(e); ok {
				d.Features = append(d.Features, s)
				if p.version < relaxedLengths && characters(s) > maxFeature02 {
					p.fault(e, Warning, "too-long-then", relaxedLengths.String(), characters(s), maxFeature02, p.version.String())
				}
			}
		})},
		{name: "screenshots", read: p.each(func(e entry) {
			var s string
			if p.path(&s, screenshotKinds)(e); s != "" {
				d.Screenshots = append(d.Screenshots, s)
			}
		})},
		{name: "videos", read: p.urls(&d.Videos, webSchemes)},
		{name: "awards", read: p.texts(&d.Awards)},
	}, nil)
	return d
}

func (p *publiccode) atMost(e entry, s string, most int) {
	if n := characters(s); n > most {
		p.fault(e, Error, "too-long", "", n, most)
	}
}

func (p *publiccode) long(e entry, to *string) {
	if p.text(to)(e); *to == "" {
		return
	}
	p.atMost(e, *to, maxLong)
	switch n := max(characters(*to), characters(e.text)); {
	case n < minLong:
		p.fault(e, Error, "too-short", "", n, minLong)
	case n < minLong02 && p.version < relaxedLengths:
		p.fault(e, Warning, "too-short-then", relaxedLengths.String(), n, minLong02, p.version.String())
	}
}

// audience reads whom the software is made for.
func (p *publiccode) audience(e entry) {
	s := p.to
	p.section(e, []rule{
		{name: "scope", read: p.each(func(e entry) {
			if text, ok := p.textOf(e); ok {
				if word := p.word(e, text, scopes); word != "" {
					s.Scope = append(s.Scope, word)
				}
			}
		})},
		{name: "countries", read: p.each(p.countryCode(&s.Countries))},
		{name: "unsupportedCountries", read: p.each(p.countryCode(&s.Unsupported))},
	}, nil)
}

// lowerCountries is the version that asks for capital letters in the codes of countries.
const lowerCountries = version(5)

func (p *publiccode) countryCode(to *[]string) func(entry) {
	return func(e entry) {
		code, ok := p.textOf(e)
		if !ok {
			return
		}
		upper := strings.ToUpper(code)
		if upper == "UK" || upper == "EL" { // as the European Union writes them
			upper = map[string]string{"UK": "GB", "EL": "GR"}[upper]
			p.fault(e, Error, "country-near", upper)
		} else if !slices.Contains(countries, upper) {
			p.fault(e, Error, "country", "")
			return
		} else if code != upper && code != strings.ToLower(code) {
			p.fault(e, Error, "country-near", upper)
		} else if code != upper && p.version >= lowerCountries {
			p.fault(e, Warning, "country-case", upper)
		}
		*to = append(*to, upper)
	}
}

// organisation reads who publishes the software.
func (p *publiccode) organisation(e entry) {
	o := Party{Organisation: true}
	p.section(e, []rule{
		{name: "uri", required: true, example: "uri: https://example.org", read: p.uri(&o.URI)},
		{name: "name", read: p.text(&o.Name)},
	}, nil)
	p.to.Publisher = o
}

// funder reads one who pays. The standard asks for the name, catalogues for the URI.
func (p *publiccode) funder(e entry) {
	o := Party{Organisation: true}
	p.section(e, []rule{
		{name: "uri", read: p.uri(&o.URI)},
		{name: "name", read: p.text(&o.Name)},
	}, nil)
	if e.kind != kindTable {
		return
	}
	for _, name := range []string{"name", "uri"} {
		at := entry{&value{line: e.line, column: e.column}, below(e.key, name)}
		if e.get(name) != nil {
			continue
		}
		if o.Name == "" && o.URI == "" {
			p.fault(at, Error, "missing", name+": …")
			return
		}
		p.fault(at, Warning, "missing", name+": …")
	}
	p.to.FundedBy = append(p.to.FundedBy, o)
}

func (c *checker) uri(to *string) func(entry) {
	return func(e entry) {
		s, ok := c.textOf(e)
		switch {
		case !ok:
		case isURI(s):
			*to = s
		default:
			c.fault(e, Error, "uri", "")
		}
	}
}

// maintenance reads who keeps the software up. Contacts and contractors go with the type.
func (p *publiccode) maintenance(e entry) {
	m := &p.to.Maintenance
	p.section(e, []rule{
		{name: "type", required: true, example: "type: community", read: p.choice(&m.Type, maintenances)},
		{name: "contacts", read: p.each(p.contact)},
		{name: "contractors", read: p.each(p.contractor)},
	}, nil)
	if e.kind != kindTable {
		return
	}
	if (m.Type == "internal" || m.Type == "community") && !p.some(e, "contacts") {
		p.fault(p.placeOf(e, "contacts"), Error, "missing-for", "contacts: [{name: …}]", "maintenance.type: "+m.Type)
	}
	if m.Type == "contract" && !p.some(e, "contractors") {
		p.fault(p.placeOf(e, "contractors"), Error, "missing-for", "contractors: [{name: …, until: "+`"2027-12-31"`+"}]", "maintenance.type: "+m.Type)
	}
	if m.Type != "" && m.Type != "contract" && e.get("contractors") != nil {
		p.fault(p.placeOf(e, "contractors"), Error, "contractors", "type: contract", "maintenance.type: "+m.Type)
	}
}

// some reports whether a section has something in a list.
func (p *publiccode) some(e entry, name string) bool {
	v := e.get(name)
	return v != nil && (v.kind != kindList || len(v.items) > 0)
}

// placeOf is where a key of a section stands, or the section where it does not.
func (p *publiccode) placeOf(e entry, name string) entry {
	at := entry{&value{line: e.line, column: e.column}, below(e.key, name)}
	for _, f := range e.fields {
		if f.name == name {
			at.line, at.column = f.line, f.column
		}
	}
	return at
}

func (p *publiccode) contact(e entry) {
	var x Party
	p.section(e, []rule{
		{name: "name", required: true, example: "name: …", read: p.needed(&x.Name)},
		{name: "email", read: p.email(&x.Email)},
		{name: "phone", read: p.text(&x.Phone)},
		{name: "affiliation", read: p.text(&x.Affiliation)},
	}, nil)
	if x != (Party{}) {
		p.to.Maintenance.Contacts = append(p.to.Maintenance.Contacts, x)
	}
}

func (p *publiccode) contractor(e entry) {
	var x Contractor
	p.section(e, []rule{
		{name: "name", required: true, example: "name: …", read: p.needed(&x.Name)},
		{name: "until", required: true, example: `until: "2027-12-31"`, read: p.date(&x.Until)},
		{name: "email", read: p.email(&x.Email)},
		{name: "website", read: p.url(&x.Website, webSchemes)},
	}, nil)
	if x != (Contractor{}) {
		p.to.Maintenance.Contractors = append(p.to.Maintenance.Contractors, x)
	}
}

func (c *checker) email(to *string) func(entry) {
	return func(e entry) {
		s, ok := c.textOf(e)
		switch {
		case !ok:
		case email.MatchString(s):
			*to = s
		default:
			c.fault(e, Error, "email", "")
		}
	}
}

// localisation reads the languages of the software.
func (p *publiccode) localisation(e entry) {
	s := p.to
	p.section(e, []rule{
		{name: "localisationReady", required: true, example: "localisationReady: true", read: p.flag(&s.LocalisationReady)},
		{name: "availableLanguages", required: true, example: "availableLanguages: [fr]", read: func(e entry) {
			defer func() {
				if e.kind == kindList && len(s.Languages) == 0 {
					p.fault(e, Error, "empty", "")
				}
			}()
			p.each(func(e entry) {
				text, ok := p.textOf(e)
				if !ok {
					return
				}
				ok, fix := checkLanguage(text)
				if !ok {
					p.languageFault(e, fix)
					text = fix
				}
				if text != "" {
					s.Languages = append(s.Languages, text)
				}
			})(e)
		}},
	}, nil)
}

// dependencies reads what the software needs to run.
func (p *publiccode) dependencies(e entry) {
	d := &p.to.DependsOn
	p.section(e, []rule{
		{name: "open", read: p.each(p.dependency(&d.Open))},
		{name: "proprietary", read: p.each(p.dependency(&d.Proprietary))},
		{name: "hardware", read: p.each(p.dependency(&d.Hardware))},
	}, nil)
}

func (p *publiccode) dependency(to *[]Dependency) func(entry) {
	return func(e entry) {
		var d Dependency
		p.section(e, []rule{
			{name: "name", required: true, example: "name: …", read: p.needed(&d.Name)},
			{name: "version", read: p.text(&d.Version)},
			{name: "versionMin", read: p.text(&d.VersionMin)},
			{name: "versionMax", read: p.text(&d.VersionMax)},
			{name: "optional", read: p.flag(&d.Optional)},
		}, nil)
		if d.Name != "" {
			*to = append(*to, d)
		}
	}
}

// indexCode is the form of the codes of Italy's index of public administrations.
var indexCode = regexp.MustCompile(`^[A-Za-z0-9_-]{1,20}$`)

// italy reads the section of Italy: what the software keeps to and is joined to, and who reuses it.
func (p *publiccode) italy(e entry) {
	var kept bool
	var text string
	joined := func(alias string) func(entry) {
		return func(e entry) {
			var yes bool
			if p.flag(&yes)(e); yes && !slices.Contains(p.to.Supports, "alias:"+alias) {
				p.to.Supports = append(p.to.Supports, "alias:"+alias)
			}
		}
	}
	rules := []rule{
		{name: "countryExtensionVersion", read: func(e entry) {
			if p.text(&text)(e); text != "" && text != "0.2" && text != "1.0" {
				p.fault(e, Error, "word", "", "1.0")
			}
		}},
		{name: "conforme", deprecated: 5, read: func(e entry) {
			p.section(e, []rule{
				{name: "lineeGuidaDesign", read: p.flag(&kept)},
				{name: "modelloInteroperabilita", read: p.flag(&kept)},
				{name: "misureMinimeSicurezza", read: p.flag(&kept)},
				{name: "gdpr", read: joined("gdpr")},
			}, nil)
		}},
		{name: "piattaforme", read: func(e entry) {
			var rules []rule
			for _, name := range []string{"spid", "cie", "anpr", "pagopa", "io"} {
				rules = append(rules, rule{name: name, read: joined(name)})
			}
			p.section(e, rules, nil)
		}},
		{name: "riuso", read: func(e entry) {
			p.section(e, []rule{{name: "codiceIPA", deprecated: 5, instead: "organisation.uri", read: func(e entry) {
				if p.text(&text)(e); indexCode.MatchString(text) && p.to.Publisher.URI == "" {
					p.to.Publisher.URI, p.to.Publisher.Organisation = "urn:x-italian-pa:"+text, true
				}
			}}}, nil)
		}},
	}
	p.section(e, rules, nil)
}
