// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"cmp"
	"slices"
	"strings"

	"communs/licenses"
)

// readers read the properties that have a place in Software; the others are only known.
func (c *codemeta) readers() map[string]func(entry) {
	s := c.to
	return map[string]func(entry){
		"name":                   c.first(&s.Name),
		"description":            c.description,
		"codeRepository":         c.link(&s.Repository, codeSchemes),
		"url":                    c.link(&s.Landing, webSchemes),
		"issueTracker":           c.link(&s.IssueTracker, webSchemes),
		"downloadUrl":            c.link(&s.Download, codeSchemes),
		"softwareHelp":           c.help,
		"version":                c.first(&c.versions[0]),
		"softwareVersion":        c.first(&c.versions[1]),
		"dateCreated":            c.day(&s.Created),
		"datePublished":          c.day(&c.released[0]),
		"dateModified":           c.day(&c.released[1]),
		"license":                c.license,
		"developmentStatus":      c.status,
		"programmingLanguage":    c.words(&s.ProgrammingLanguages),
		"keywords":               c.words(&s.Keywords),
		"applicationCategory":    c.category,
		"applicationSubCategory": c.category,
		"operatingSystem":        c.system,
		"identifier":             c.words(&s.Identifiers),
		"isPartOf":               c.first(&s.Suite),
		"author":                 c.parties(&s.Authors),
		"maintainer":             c.parties(&s.Maintenance.Contacts),
		"funder":                 c.parties(&s.FundedBy),
		"copyrightHolder": func(e entry) {
			var owners []Party
			c.parties(&owners)(e)
			for _, o := range owners {
				s.CopyrightOwner = strings.TrimPrefix(s.CopyrightOwner+", "+o.Name, ", ")
			}
		},
		"publisher": func(e entry) {
			var all []Party
			if c.parties(&all)(e); len(all) > 0 {
				s.Publisher = all[0]
			}
		},
		"softwareRequirements": c.requirements(false),
		"softwareSuggestions":  c.requirements(true),
	}
}

// values gives the values of a property: itself, or those of its list.
func (c *codemeta) values(e entry) []entry {
	if e.kind == kindTable {
		for _, name := range []string{"@list", "@set"} {
			if v := e.get(name); v != nil {
				return c.values(entry{v, e.key})
			}
		}
	}
	if e.kind != kindList {
		return []entry{e}
	}
	return slices.DeleteFunc(e.list(), func(e entry) bool { return e.nothing() })
}

// name gives the text of a value: itself, or the name of a table.
func (c *codemeta) name(e entry) string {
	if e.scalar() {
		return clean(e.text)
	}
	for _, key := range []string{"@value", "name", "value", "headline", "identifier", "url", "@id", "id"} {
		if v := e.get(key); v != nil && v.scalar() {
			return clean(v.text)
		}
	}
	return ""
}

// first reads the first text of a property.
func (c *codemeta) first(to *string) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			if s := c.name(v); s != "" && *to == "" {
				*to = s
			}
		}
		if *to == "" {
			severity := Warning
			if to == &c.to.Name {
				severity = Error
			}
			c.fault(e, severity, "empty", "")
		}
	}
}

// words reads texts, whether they stand in a list or between commas.
func (c *codemeta) words(to *[]string) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			list := []string{c.name(v)}
			if e.kind == kindText && !strings.Contains(e.text, "://") {
				list = strings.FieldsFunc(e.text, func(r rune) bool { return r == ',' || r == ';' })
			}
			for _, s := range list {
				if s = clean(s); s != "" && !slices.Contains(*to, s) {
					*to = append(*to, s)
				}
			}
		}
	}
}

// link reads an address, given as a text or as the table of what stands there.
func (c *codemeta) link(to *string, schemes []string) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			if v.kind == kindTable {
				for _, key := range []string{"@id", "id", "url"} {
					if u := v.get(key); u != nil && *to == "" {
						v = entry{u, below(e.key, key)}
						break
					}
				}
			}
			if v.kind == kindText && v.text != "" && *to == "" {
				c.url(to, schemes)(v)
			}
		}
	}
}

// day reads a date. CodeMeta takes times too; their day is kept.
func (c *codemeta) day(to *string) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			switch ok, fix := checkDate(v.text); {
			case !v.scalar() || *to != "":
			case ok:
				*to = v.text
			case fix != "" && len(v.text) > len(day) && v.text[:len(day)] == fix && strings.IndexByte("T ", v.text[len(day)]) >= 0:
				*to = fix
			default:
				c.date(to)(v)
			}
		}
	}
}

// description reads what the software is. A text that is longer than a short description gives its first sentence for one.
func (c *codemeta) description(e entry) {
	for _, v := range c.values(e) {
		text := c.name(v)
		if text == "" {
			continue
		}
		lang := ""
		if tag := v.get("@language"); tag != nil && languageOK(tag.text) {
			lang = tag.text
		}
		if lang = cmp.Or(lang, guessLanguage(text)); c.to.Descriptions[lang].Short != "" {
			continue
		}
		if c.to.Descriptions == nil {
			c.to.Descriptions = map[string]Description{}
		}
		d := c.to.Descriptions[lang]
		d.Short = firstSentence(text, maxShort)
		if d.Short != text {
			d.Long = text
		}
		c.to.Descriptions[lang] = d
	}
}

func (c *codemeta) help(e entry) {
	var u string
	if c.link(&u, webSchemes)(e); u == "" {
		return
	}
	for lang, d := range c.to.Descriptions {
		if d.Documentation == "" {
			d.Documentation = u
			c.to.Descriptions[lang] = d
		}
	}
}

// license reads addresses of licences, names and SPDX expressions. Several are a choice, as everywhere that manifests list them.
func (c *codemeta) license(e entry) {
	var all []licenses.Expression
	var texts []string
	for _, v := range c.values(e) {
		text := c.name(v)
		if v.kind == kindTable { // of a CreativeWork the address says more than the title
			for _, key := range []string{"url", "@id", "id", "identifier"} {
				if u := v.get(key); u != nil && u.kind == kindText {
					text = u.text
					break
				}
			}
		}
		if text == "" {
			continue
		}
		texts = append(texts, text)
		id, named := spdxName(text)
		expression, err := licenses.Parse(id)
		if err != nil && c.licence.Declared != nil {
			expression = c.licence.Declared([]string{text})
		}
		at := entry{&value{kind: kindText, text: text, line: v.line, column: v.column}, v.key}
		switch {
		case expression.IsZero() && err != nil:
			c.fault(at, Warning, "license", "", err)
		case err != nil || !named && !strings.ContainsAny(id, " +") && !strings.Contains(id, "LicenseRef"):
			if ids := expression.IDs(); len(ids) == 1 {
				c.fault(at, Warning, "license-near", spdxURL+expression.String())
			}
		}
		all = append(all, expression)
	}
	c.to.LicenseText, c.to.License = strings.Join(texts, ", "), licenses.Or(all...)
}

const spdxURL = "https://spdx.org/licenses/"

// spdxName gives the id in an address of SPDX's list; ok is false when the text is none such.
func spdxName(text string) (id string, ok bool) {
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://"), "www.")
	if id, ok = strings.CutPrefix(rest, "spdx.org/licenses/"); ok {
		for _, suffix := range []string{".html", ".json", ".txt", "/"} {
			id = strings.TrimSuffix(id, suffix)
		}
		id, _, _ = strings.Cut(id, "#")
		return id, true
	}
	if rest, ok := strings.CutPrefix(strings.ToLower(text), "spdx:"); ok {
		return text[len(text)-len(rest):], false
	}
	return text, false
}

// status reads a developmentStatus: a word or an address of repostatus.org.
func (c *codemeta) status(e entry) {
	for _, v := range c.values(e) {
		s := strings.ToLower(c.name(v))
		if at := strings.LastIndexAny(s, "#/"); at >= 0 {
			s = s[at+1:]
		}
		word := cmp.Or(meant[s], c.nearest(s, statuses))
		if !slices.Contains(statuses, word) {
			c.fault(v, Warning, "word", "", "concept, wip, suspended, abandoned, active, inactive, unsupported, moved")
			continue
		}
		c.to.Status = word
	}
}

func (c *codemeta) category(e entry) {
	var list []string
	c.words(&list)(e)
	for _, s := range list {
		if slices.Contains(categories, s) {
			c.to.Categories = append(c.to.Categories, s)
		} else if !slices.Contains(c.to.Keywords, s) {
			c.to.Keywords = append(c.to.Keywords, s)
		}
	}
}

// system reads operating systems, by publiccode.yml's words where it has them.
func (c *codemeta) system(e entry) {
	var list []string
	c.words(&list)(e)
	for _, s := range list {
		lower := strings.ToLower(s)
		for word, names := range map[string][]string{"linux": {"linux", "unix", "posix", "debian", "ubuntu"}, "mac": {"mac", "osx", "os x", "darwin"},
			"windows": {"windows"}, "ios": {"ios"}, "android": {"android"}} {
			if slices.ContainsFunc(names, func(n string) bool {
				return lower == n || strings.HasPrefix(lower, n) || strings.HasSuffix(lower, "/"+n)
			}) {
				s = word
			}
		}
		if !slices.Contains(c.to.Platforms, s) {
			c.to.Platforms = append(c.to.Platforms, s)
		}
	}
}

// parties reads persons and organisations.
func (c *codemeta) parties(to *[]Party) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			p := Party{Name: c.name(v)}
			if v.kind == kindTable {
				if p = c.party(v); p.Name == "" && p.URI == "" && p.Email == "" {
					continue
				}
			}
			if p != (Party{}) {
				*to = append(*to, p)
			}
		}
	}
}

func (c *codemeta) party(e entry) (p Party) {
	text := func(key string) string {
		v := e.get(key)
		if v == nil {
			return ""
		}
		for _, v := range c.values(entry{v, below(e.key, key)}) {
			if s := c.name(v); s != "" {
				return s
			}
		}
		return ""
	}
	p.Name = cmp.Or(text("name"), strings.TrimSpace(text("givenName")+" "+text("familyName")), text("legalName"))
	p.Email = strings.TrimPrefix(text("email"), "mailto:")
	if !email.MatchString(p.Email) {
		p.Email = ""
	}
	p.Affiliation = text("affiliation")
	for _, key := range []string{"@id", "id", "url", "identifier"} {
		if u := text(key); p.URI == "" && isURI(u) {
			p.URI = u
		}
	}
	p.Organisation = slices.ContainsFunc(typesOf(e.value), func(t string) bool { return strings.HasSuffix(t, "Organization") })
	return p
}

// requirements reads what the software needs, or can use.
func (c *codemeta) requirements(optional bool) func(entry) {
	return func(e entry) {
		for _, v := range c.values(e) {
			d := Dependency{Name: c.name(v), Optional: optional}
			if version := v.get("version"); version != nil && version.scalar() {
				d.Version = clean(version.text)
			}
			if d.Name != "" {
				c.to.DependsOn.Open = append(c.to.DependsOn.Open, d)
			}
		}
	}
}
