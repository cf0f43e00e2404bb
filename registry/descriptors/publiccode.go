// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"communs/licenses"
)

// publiccode.yml, versions 0.2 to 0.7 of https://yml.publiccode.tools: one YAML document in UTF-8, whose top is a table. These rules
// are the standard's words, with three readings where it leaves a choice:
//
//   - A key that the standard does not name is an error, as catalogues refuse files for it. Country sections (FR, DE) are open.
//   - Of a description, shortDescription is required in each language, longDescription and features in one.
//   - What a later version of the standard clarifies (contractors without a contract) or allows holds for earlier ones too.
//
// The codes of Italy's index of public administrations are not checked: the list is not part of the standard and changes daily.

// readPubliccode reads the tree of a publiccode.yml.
func (x Reader) readPubliccode(doc *Document, root *value, n *notes) {
	c := &checker{notes: n, licence: x, version: newest}
	if root == nil || root.nothing() {
		if len(n.faults) == 0 {
			n.add(Fault{Severity: Error, Code: "nothing"})
		}
		return
	}
	if root.kind != kindTable {
		c.fault(entry{root, ""}, Error, "top", "")
		return
	}
	p := &publiccode{checker: c, to: &doc.Software}
	c.version, doc.Version = p.versionOf(root)
	p.section(entry{root, ""}, p.top(), p.country)
	if root.get("IT") != nil && root.get("it") != nil {
		c.fault(entry{root.get("it"), "it"}, Error, "country-twice", "IT")
	}
}

// publiccode reads one file.
type publiccode struct {
	*checker
	to *Software
}

var versionNumber = regexp.MustCompile(`^0(?:\.([0-9]{1,3})(?:\.[0-9]{1,3})?)?$`)

// versionOf finds the version by which the file is to be read. What is wrong with it is noted when its key is read.
func (p *publiccode) versionOf(root *value) (version, string) {
	v := root.get("publiccodeYmlVersion")
	if v == nil || !v.scalar() {
		return newest, ""
	}
	m := versionNumber.FindStringSubmatch(v.text)
	if m == nil || m[1] == "" {
		return newest, clean(v.text)
	}
	minor, err := strconv.Atoi(m[1])
	if err != nil {
		return newest, clean(v.text)
	}
	return min(max(version(minor), oldest), newest), v.text
}

func (p *publiccode) checkVersion(e entry) {
	m := versionNumber.FindStringSubmatch(e.text)
	switch {
	case !e.scalar():
		p.fault(e, Error, "type-text", "")
	case m == nil || m[1] != "" && (m[1] == "0" || m[1] == "1" || p.beyond(m[1])):
		p.fault(e, Error, "version", `"0.5"`)
	case e.kind != kindText:
		p.fault(e, Error, "text-unquoted", `"`+e.text+`"`)
	}
}

// beyond reports whether a minor version is newer than those that are known.
func (p *publiccode) beyond(minor string) bool {
	n, err := strconv.Atoi(minor)
	return err != nil || version(n) > newest
}

// top are the keys of the file.
func (p *publiccode) top() []rule {
	s := p.to
	return []rule{
		{name: "publiccodeYmlVersion", required: true, example: `publiccodeYmlVersion: "0.5"`, read: p.checkVersion},
		{name: "name", required: true, example: "name: Medusa", read: p.needed(&s.Name)},
		{name: "applicationSuite", read: p.text(&s.Suite)},
		{name: "url", required: true, example: "url: https://example.org/medusa.git", read: p.url(&s.Repository, codeSchemes)},
		{name: "landingURL", read: p.url(&s.Landing, webSchemes)},
		{name: "isBasedOn", read: p.oneOrMore(p.urls(&s.BasedOn, codeSchemes))},
		{name: "softwareVersion", read: p.text(&s.Version)},
		{name: "releaseDate", required: true, until: 4, read: p.date(&s.Released)},
		{name: "logo", read: p.path(&s.Logo, logoKinds)},
		{name: "monochromeLogo", deprecated: 3, instead: "logo", read: p.monochrome},
		{name: "inputTypes", deprecated: 3, read: p.each(p.mediaType)},
		{name: "outputTypes", deprecated: 3, read: p.each(p.mediaType)},
		{name: "platforms", required: true, example: "platforms: [web]", read: p.platforms},
		{name: "categories", required: true, until: 5, read: p.each(p.category)},
		{name: "usedBy", read: p.texts(&s.UsedBy)},
		{name: "fundedBy", since: 5, read: p.each(p.funder)},
		{name: "roadmap", read: p.url(&s.Roadmap, webSchemes)},
		{name: "developmentStatus", required: true, example: "developmentStatus: stable", read: p.choice(&s.Status, statuses)},
		{name: "softwareType", required: true, example: "softwareType: standalone/web", read: p.choice(&s.Type, types)},
		{name: "supports", since: 7, read: p.each(p.support)},
		{name: "organisation", since: 5, read: p.organisation},
		{name: "intendedAudience", read: p.audience},
		{name: "description", required: true, example: "description: {fr: {shortDescription: …, longDescription: …, features: […]}}", read: p.descriptions},
		{name: "legal", required: true, example: "legal: {license: EUPL-1.2}", read: p.legal},
		{name: "maintenance", required: true, example: "maintenance: {type: community, contacts: [{name: …}]}", read: p.maintenance},
		{name: "localisation", required: true, example: "localisation: {localisationReady: true, availableLanguages: [fr]}", read: p.localisation},
		{name: "dependsOn", read: p.dependencies},
		{name: "IT", deprecated: 7, instead: "supports, organisation", read: p.italy},
		{name: "it", deprecated: 5, instead: "IT", read: p.italy},
	}
}

// country tells the sections of countries, which each may fill as it likes: two letters, both small or both capital.
func (p *publiccode) country(f field) bool {
	if len(f.name) != 2 || f.name != strings.ToLower(f.name) && f.name != strings.ToUpper(f.name) || !slices.Contains(countries, strings.ToUpper(f.name)) {
		return false
	}
	at := entry{&value{line: f.line, column: f.column, text: f.name}, f.name}
	p.fault(at, Warning, "country-section", "")
	return true
}

// oneOrMore reads a list, or its only item in its place.
func (p *publiccode) oneOrMore(read func(entry)) func(entry) {
	return func(e entry) {
		if e.kind == kindText {
			e = entry{&value{kind: kindList, line: e.line, column: e.column, items: []*value{e.value}}, e.key}
		}
		read(e)
	}
}

// platforms may be one word in the place of a list; few readers know.
func (p *publiccode) platforms(e entry) {
	if e.kind == kindText {
		p.fault(e, Warning, "type-list", "- "+shown(e.text))
	}
	p.oneOrMore(p.texts(&p.to.Platforms))(e)
	if len(p.to.Platforms) == 0 {
		p.fault(e, Error, "empty", "")
	}
}

func (c *checker) urls(to *[]string, schemes []string) func(entry) {
	return c.each(func(e entry) {
		var u string
		if c.url(&u, schemes)(e); u != "" {
			*to = append(*to, u)
		}
	})
}

func (p *publiccode) monochrome(e entry) {
	var logo string
	if p.path(&logo, logoKinds)(e); p.to.Logo == "" {
		p.to.Logo = logo
	}
}

func (p *publiccode) mediaType(e entry) {
	if s, ok := p.textOf(e); ok && !mediaType.MatchString(s) {
		p.fault(e, Error, "media-type", "")
	}
}

func (p *publiccode) category(e entry) {
	s, ok := p.textOf(e)
	if !ok {
		return
	}
	word := p.word(e, s, categories)
	if word != "" {
		p.to.Categories = append(p.to.Categories, word)
	}
	if since := categorySince[word]; since > p.version && word == s {
		p.fault(e, Warning, "word-newer", since.String(), p.version.String())
	}
}

func (p *publiccode) support(e entry) {
	p.section(e, []rule{{name: "id", required: true, example: "id: alias:gdpr", read: func(e entry) {
		s, ok := p.textOf(e)
		if !ok {
			return
		}
		alias, is := strings.CutPrefix(s, "alias:")
		switch {
		case is && !slices.Contains(aliases, alias):
			p.fault(e, Error, "alias", "", strings.Join(aliases, ", "))
		case !is && !isURI(s):
			p.fault(e, Error, "uri", "")
		default:
			p.to.Supports = append(p.to.Supports, s)
		}
	}}}, nil)
}

// legal reads who owns the software and under which licence it is.
func (p *publiccode) legal(e entry) {
	s := p.to
	var file string
	p.section(e, []rule{
		{name: "license", required: true, example: "license: EUPL-1.2", read: p.license},
		{name: "mainCopyrightOwner", read: p.text(&s.CopyrightOwner)},
		{name: "repoOwner", deprecated: 5, instead: "organisation.name", read: func(e entry) {
			if p.text(&file)(e); s.Publisher.Name == "" {
				s.Publisher.Name, s.Publisher.Organisation = file, file != ""
			}
		}},
		{name: "authorsFile", deprecated: 4, read: p.path(&file, nil)},
	}, nil)
}

// license reads an SPDX expression. One that is none is understood by its name, if that is known.
func (p *publiccode) license(e entry) {
	s, ok := p.textOf(e)
	if !ok {
		if e.scalar() {
			p.fault(e, Error, "empty", "")
		}
		return
	}
	p.to.LicenseText = s
	expression, err := licenses.Parse(s)
	if err == nil {
		p.to.License = expression
		if libre, _ := licenses.LibreOf(expression); libre == licenses.LibreNo {
			p.fault(e, Warning, "license-not-libre", "")
		}
		return
	}
	if p.licence.Declared != nil {
		p.to.License = p.licence.Declared([]string{s})
	}
	var wrong *licenses.SyntaxError
	switch {
	case !p.to.License.IsZero():
		p.fault(e, Error, "license-near", p.to.License.String())
	case errors.As(err, &wrong):
		p.fault(e, Error, "license", only(wrong.Near()), err)
	}
}

// only gives the word of a list that has but one.
func only(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return ""
}
