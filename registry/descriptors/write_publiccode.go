// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// PubliccodeVersion is the version that is written unless another is asked for: the newest one that catalogues take everywhere.
const PubliccodeVersion = "0.5"

// VersionError says that a version of publiccode.yml cannot be written.
type VersionError struct{ Version string }

func (e *VersionError) Error() string {
	return fmt.Sprintf("cannot write publiccode.yml %q", e.Version)
}

// Message names the sentence.
func (e *VersionError) Message() (key string, args []any) {
	return "descriptor.cannot-write", []any{e.Version}
}

// WritePubliccode writes a publiccode.yml of version 0.5 or 0.7; "" is [PubliccodeVersion]. It writes what it is given and leaves out
// what is empty or what the standard forbids beside the rest: [Missing] tells beforehand what has to be added for the file to be valid.
func WritePubliccode(w io.Writer, s Software, version string) error {
	version = cmp.Or(version, PubliccodeVersion)
	if version != "0.5" && version != "0.7" {
		return &VersionError{version}
	}
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(publiccodeNode(s, version).Node); err != nil {
		return fmt.Errorf("write publiccode.yml: %w", err)
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("write publiccode.yml: %w", err)
	}
	return nil
}

// Missing lists what keeps a software from being written as a valid publiccode.yml.
func Missing(s Software) []*Fault {
	var b bytes.Buffer
	if err := WritePubliccode(&b, s, ""); err != nil {
		return []*Fault{{Line: 1, Column: 1, Severity: Error, Code: "syntax"}}
	}
	doc, err := Reader{}.Read(Publiccode, &b)
	if err != nil {
		return []*Fault{{Line: 1, Column: 1, Severity: Error, Code: "syntax"}}
	}
	return slices.DeleteFunc(doc.Faults, func(f *Fault) bool { return f.Severity != Error })
}

// publiccodeNode is the file as a tree, in the order in which the standard presents its keys.
func publiccodeNode(s Software, version string) table {
	t := newTable()
	t.put("publiccodeYmlVersion", quoted(version))
	t.text("name", s.Name)
	t.text("applicationSuite", s.Suite)
	t.text("url", s.Repository)
	t.text("landingURL", s.Landing)
	t.texts("isBasedOn", s.BasedOn)
	t.text("softwareVersion", s.Version)
	t.text("releaseDate", s.Released)
	t.text("logo", s.Logo)
	t.texts("platforms", s.Platforms)
	t.texts("categories", s.Categories)
	t.texts("usedBy", s.UsedBy)
	t.tables("fundedBy", len(s.FundedBy), func(i int) table { return organisationNode(s.FundedBy[i]) })
	t.text("roadmap", s.Roadmap)
	t.text("developmentStatus", s.Status)
	t.text("softwareType", s.Type)
	if version != "0.5" {
		t.tables("supports", len(s.Supports), func(i int) table {
			id := newTable()
			id.text("id", s.Supports[i])
			return id
		})
	}
	if s.Publisher.URI != "" { // the standard knows no organisation without
		t.table("organisation", organisationNode(s.Publisher))
	}
	audience := newTable()
	audience.texts("countries", upper(s.Countries))
	audience.texts("unsupportedCountries", upper(s.Unsupported))
	audience.texts("scope", s.Scope)
	t.table("intendedAudience", audience)
	descriptions := newTable()
	for _, lang := range slices.Sorted(maps.Keys(s.Descriptions)) {
		descriptions.table(lang, descriptionNode(s.Descriptions[lang]))
	}
	t.table("description", descriptions)
	legal := newTable()
	legal.text("license", cmp.Or(s.License.String(), s.LicenseText))
	legal.text("mainCopyrightOwner", s.CopyrightOwner)
	t.table("legal", legal)
	t.table("maintenance", maintenanceNode(s.Maintenance))
	if len(s.Languages) > 0 || s.LocalisationReady {
		localisation := newTable()
		localisation.flag("localisationReady", s.LocalisationReady)
		localisation.texts("availableLanguages", s.Languages)
		t.table("localisation", localisation)
	}
	depends := newTable()
	for _, d := range []struct {
		name string
		list []Dependency
	}{{"open", s.DependsOn.Open}, {"proprietary", s.DependsOn.Proprietary}, {"hardware", s.DependsOn.Hardware}} {
		depends.tables(d.name, len(d.list), func(i int) table { return dependencyNode(d.list[i]) })
	}
	t.table("dependsOn", depends)
	return t
}

func upper(codes []string) (out []string) {
	for _, c := range codes {
		out = append(out, strings.ToUpper(c))
	}
	return out
}

func organisationNode(p Party) table {
	t := newTable()
	t.text("uri", p.URI)
	t.text("name", p.Name)
	return t
}

func descriptionNode(d Description) table {
	t := newTable()
	t.text("localisedName", d.Name)
	t.text("shortDescription", firstSentenceOver(d.Short, maxShort))
	t.text("longDescription", d.Long)
	t.text("documentation", d.Documentation)
	t.text("apiDocumentation", d.APIDocumentation)
	t.texts("features", d.Features)
	t.texts("screenshots", d.Screenshots)
	t.texts("videos", d.Videos)
	t.texts("awards", d.Awards)
	return t
}

// firstSentenceOver leaves a text as it is unless it is longer than it may be.
func firstSentenceOver(text string, most int) string {
	if characters(text) <= most {
		return text
	}
	return firstSentence(text, most)
}

func maintenanceNode(m Maintenance) table {
	t := newTable()
	t.text("type", m.Type)
	if m.Type == "contract" { // forbidden otherwise
		t.tables("contractors", len(m.Contractors), func(i int) table {
			c := newTable()
			c.text("name", m.Contractors[i].Name)
			c.text("until", m.Contractors[i].Until)
			c.text("email", m.Contractors[i].Email)
			c.text("website", m.Contractors[i].Website)
			return c
		})
	}
	t.tables("contacts", len(m.Contacts), func(i int) table {
		c := newTable()
		c.text("name", m.Contacts[i].Name)
		c.text("email", m.Contacts[i].Email)
		c.text("phone", m.Contacts[i].Phone)
		c.text("affiliation", m.Contacts[i].Affiliation)
		return c
	})
	return t
}

func dependencyNode(d Dependency) table {
	t := newTable()
	t.text("name", d.Name)
	t.text("version", d.Version)
	t.text("versionMin", d.VersionMin)
	t.text("versionMax", d.VersionMax)
	if d.Optional {
		t.flag("optional", true)
	}
	return t
}

// table is a YAML table that is being written.
type table struct{ *yaml.Node }

func newTable() table { return table{&yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}} }

func (t table) put(key string, v *yaml.Node) { t.Content = append(t.Content, scalarNode(key), v) }

func (t table) text(key, s string) {
	if s = clean(s); s != "" {
		t.put(key, scalarNode(s))
	}
}

func (t table) flag(key string, yes bool) {
	t.put(key, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(yes)})
}

func (t table) texts(key string, list []string) {
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, s := range list {
		if s = clean(s); s != "" {
			seq.Content = append(seq.Content, scalarNode(s))
		}
	}
	if len(seq.Content) > 0 {
		t.put(key, seq)
	}
}

func (t table) table(key string, sub table) {
	if len(sub.Content) > 0 {
		t.put(key, sub.Node)
	}
}

func (t table) tables(key string, n int, at func(i int) table) {
	seq := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i := range n {
		if sub := at(i); len(sub.Content) > 0 {
			seq.Content = append(seq.Content, sub.Node)
		}
	}
	if len(seq.Content) > 0 {
		t.put(key, seq)
	}
}

// What is written without quotation marks: words and addresses that no YAML, old or new, takes for anything but text.
var (
	plainText = regexp.MustCompile(`^\pL[\pL\pN/]*((, | |[.,'’+_-])[\pL\pN/(][\pL\pN/()]*)*\.?$|^https?://[A-Za-z0-9./_~%?=&+-]+$`)
	notPlain  = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|nan|inf|0x.*)$`)
	blockText = regexp.MustCompile(`^[^\s#\-?:|>&*!%@\x60"'{}\[\],]`)
)

// scalarNode writes a text so that every reader takes it for a text: plain, as a block of lines, or in quotation marks.
func scalarNode(s string) *yaml.Node {
	s = strings.ToValidUTF8(s, "�")
	switch {
	case plainText.MatchString(s) && !notPlain.MatchString(s) && len(s) <= 100:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	case strings.Contains(s, "\n") && blockText.MatchString(s) && !strings.Contains(s, " \n") && !strings.ContainsFunc(s, odd):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.LiteralStyle}
	}
	return quoted(s)
}

// odd tells the characters that a block of lines cannot hold as they are.
func odd(r rune) bool {
	return r == '\t' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' || forbidden(r)
}

func quoted(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
}
