// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/base64"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Of a CycloneDX 1 document (https://cyclonedx.org/specification/overview/) these members count; all others are passed over:
//
//	specVersion          "1.6"
//	metadata.component   what the document is about
//	components           see cycloneComponent; they may hold others
//	dependencies         which component needs which, by bom-ref

type cycloneComponent struct {
	Ref        string             `json:"bom-ref" xml:"bom-ref,attr"`
	Group      string             `json:"group" xml:"group"`
	Name       string             `json:"name" xml:"name"`
	Version    string             `json:"version" xml:"version"`
	Scope      string             `json:"scope" xml:"scope"` // required, optional, excluded: for development only
	PURL       string             `json:"purl" xml:"purl"`
	Copyright  string             `json:"copyright" xml:"copyright"`
	Hashes     []cycloneHash      `json:"hashes" xml:"hashes>hash"`
	Licenses   []cycloneChoice    `json:"licenses" xml:"-"`
	InXML      cycloneXMLChoices  `json:"-" xml:"licenses"`
	References []cycloneReference `json:"externalReferences" xml:"externalReferences>reference"`
	Components []cycloneComponent `json:"components" xml:"components>component"`
	Evidence   struct {
		Licenses  []cycloneChoice   `json:"licenses" xml:"-"`
		InXML     cycloneXMLChoices `json:"-" xml:"licenses"`
		Copyright []struct {
			Text string `json:"text" xml:",chardata"`
		} `json:"copyright" xml:"copyright>text"`
	} `json:"evidence" xml:"evidence"`
}

type cycloneHash struct {
	Algorithm string `json:"alg" xml:"alg,attr"`
	Value     string `json:"content" xml:",chardata"`
}

type cycloneReference struct {
	Type string `json:"type" xml:"type,attr"`
	URL  string `json:"url" xml:"url"`
}

// cycloneChoice is a licence or an expression.
type cycloneChoice struct {
	License         *cycloneLicense `json:"license"`
	Expression      string          `json:"expression"`
	Acknowledgement string          `json:"acknowledgement"` // of an expression
}

type cycloneLicense struct {
	ID              string `json:"id" xml:"id"`
	Name            string `json:"name" xml:"name"`
	Acknowledgement string `json:"acknowledgement" xml:"acknowledgement,attr"`
	Text            struct {
		Encoding string `json:"encoding" xml:"encoding,attr"`
		Content  string `json:"content" xml:",chardata"`
	} `json:"text" xml:"text"`
}

// cycloneXMLChoices is how XML writes a list of choices.
type cycloneXMLChoices struct {
	Licenses    []cycloneLicense `xml:"license"`
	Expressions []struct {
		Text            string `xml:",chardata"`
		Acknowledgement string `xml:"acknowledgement,attr"`
	} `xml:"expression"`
}

func (c *cycloneXMLChoices) choices() []cycloneChoice {
	var all []cycloneChoice
	for i := range c.Licenses {
		all = append(all, cycloneChoice{License: &c.Licenses[i]})
	}
	for _, e := range c.Expressions {
		all = append(all, cycloneChoice{Expression: e.Text, Acknowledgement: e.Acknowledgement})
	}
	return all
}

type cycloneDependency struct {
	Ref       string   `json:"ref" xml:"ref,attr"`
	DependsOn []string `json:"dependsOn" xml:"-"`
	InXML     []struct {
		Ref string `xml:"ref,attr"`
	} `json:"-" xml:"dependency"`
}

func (b *billReader) readCycloneDX(r io.Reader) {
	b.place = "cyclonedx"
	s := newJSONStream(r)
	if err := b.cycloneDocument(s); err != nil {
		b.endedJSON(s, err)
	}
}

func (b *billReader) cycloneDocument(s *jsonStream) error {
	return s.object(func(name string) (err error) {
		switch name {
		case "specVersion":
			var version string
			version, err = s.text()
			b.format = "CycloneDX " + version
		case "metadata":
			err = s.object(func(name string) error {
				if name != "component" {
					return nil
				}
				return oneElement(b, s, b.cycloneRoot)
			})
			if errors.Is(err, errOtherKind) {
				err = nil
			}
		case "components":
			err = eachElement(b, s, b.cycloneComponent)
		case "dependencies":
			err = eachElement(b, s, func(d *cycloneDependency, _ int) { b.cycloneDependency(d) })
		}
		return err
	})
}

// cycloneRoot is what the document is about. What it holds is part of it.
func (b *billReader) cycloneRoot(c *cycloneComponent, line int) {
	b.nameless(c)
	b.roots = append(b.roots, c.Ref)
	b.cycloneComponent(c, line)
}

func (b *billReader) cycloneComponent(c *cycloneComponent, line int) {
	if c.Name == "" && c.PURL == "" {
		b.damage(line, "component without name")
		return
	}
	b.nameless(c)
	item := billItem{ref: c.Ref, name: c.Name, version: c.Version, optional: c.Scope == "optional", line: line}
	if c.Group != "" {
		item.name = c.Group + "/" + c.Name
	}
	if c.PURL != "" {
		item.purls = []string{c.PURL}
	}
	if c.Scope == "excluded" {
		b.unneeded = append(b.unneeded, c.Ref)
	}
	for _, h := range c.Hashes {
		item.checksums = append(item.checksums, Checksum{
			Algorithm: strings.Replace(h.Algorithm, "SHA-", "SHA", 1), Value: strings.ToLower(strings.TrimSpace(h.Value)),
		})
	}
	for _, r := range c.References {
		if item.origin == "" && (r.Type == "vcs" || r.Type == "website" || r.Type == "distribution") {
			item.origin = r.URL
		}
	}
	item.copyright = said(c.Copyright)
	for _, t := range c.Evidence.Copyright {
		item.copyright = append(item.copyright, said(t.Text)...)
	}
	for _, l := range append(c.Licenses, c.InXML.choices()...) {
		item.choose(l, l.acknowledged() == "concluded")
	}
	for _, l := range append(c.Evidence.Licenses, c.Evidence.InXML.choices()...) {
		item.choose(l, true)
	}
	b.add(item)
	for i := range c.Components {
		b.cycloneComponent(&c.Components[i], line)
		b.links = append(b.links, billLink{from: c.Ref, to: c.Components[i].Ref})
	}
}

// nameless gives a component without bom-ref one that no document can hold.
func (b *billReader) nameless(c *cycloneComponent) {
	if c.Ref == "" {
		c.Ref = namelessRef + strconv.Itoa(len(b.items))
	}
}

const namelessRef = "\x00"

func (l *cycloneChoice) acknowledged() string {
	if l.License != nil {
		return l.License.Acknowledgement
	}
	return l.Acknowledgement
}

// choose files one licence. Several hold together: CycloneDX writes a choice as an expression.
func (item *billItem) choose(l cycloneChoice, found bool) {
	statements, names := &item.declared, &item.declaredNames
	if found {
		statements, names = &item.concluded, &item.foundNames
	}
	switch {
	case l.License == nil:
		*statements = append(*statements, said(l.Expression)...)
	case l.License.ID != "":
		*statements = append(*statements, said(l.License.ID)...)
	default:
		if t := (billText{l.License.Name, l.License.content()}); len(said(t.name, t.text)) > 0 {
			*names = append(*names, t)
		}
	}
}

// content is the licence's text.
func (l *cycloneLicense) content() string {
	if l.Text.Encoding != "base64" {
		return l.Text.Content
	}
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(l.Text.Content), ""))
	if err != nil {
		return ""
	}
	return string(text)
}

func (b *billReader) cycloneDependency(d *cycloneDependency) {
	for _, to := range d.DependsOn {
		b.links = append(b.links, billLink{from: d.Ref, to: to})
	}
	for _, to := range d.InXML {
		b.links = append(b.links, billLink{from: d.Ref, to: to.Ref})
	}
}
