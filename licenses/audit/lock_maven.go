// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"communs/licenses"
)

// pom is what is read of a Maven project, https://maven.apache.org/pom.html.
type pom struct {
	GroupID      string          `xml:"groupId"`
	ArtifactID   string          `xml:"artifactId"`
	Version      string          `xml:"version"`
	Parent       pomCoordinates  `xml:"parent"`
	Properties   pomProperties   `xml:"properties"`
	Licenses     []pomLicense    `xml:"licenses>license"`
	Dependencies []pomDependency `xml:"dependencies>dependency"`
	Managed      []pomDependency `xml:"dependencyManagement>dependencies>dependency"`
}

type pomCoordinates struct {
	GroupID    string `xml:"groupId"`
	ArtifactID string `xml:"artifactId"`
	Version    string `xml:"version"`
}

type pomDependency struct {
	pomCoordinates
	Scope    string `xml:"scope"`
	Optional string `xml:"optional"`
	line     int
}

type pomLicense struct {
	Name string `xml:"name"`
	URL  string `xml:"url"`
}

// pomProperties are elements of any name that hold text.
type pomProperties map[string]string

// UnmarshalXML reads them.
func (p *pomProperties) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	*p = pomProperties{}
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			var value string
			if err := d.DecodeElement(&value, &t); err != nil {
				return err
			}
			(*p)[t.Name.Local] = strings.TrimSpace(value)
		case xml.EndElement:
			return nil
		}
	}
}

// UnmarshalXML notes the line of a dependency.
func (p *pomDependency) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	line, _ := d.InputPos()
	type plain pomDependency
	if err := d.DecodeElement((*plain)(p), &start); err != nil {
		return err
	}
	p.line = line
	return nil
}

// readPOM parses a POM. Entities that it declares itself are refused by the parser, so that nothing can be multiplied.
func readPOM(text []byte) (*pom, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var p pom
	if err := d.Decode(&p); err != nil {
		line, _ := d.InputPos()
		cut := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected EOF")
		return &p, &lockError{line: line, truncated: cut, what: err.Error()}
	}
	return &p, nil
}

// value replaces ${…} by the properties that the POM holds itself; what remains is not known.
func (p *pom) value(s string) string {
	s = strings.TrimSpace(s)
	for range 5 {
		before, rest, ok := strings.Cut(s, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !ok || !closed {
			break
		}
		value, known := p.Properties[name]
		switch name {
		case "project.version", "version":
			value, known = firstOf(p.Version, p.Parent.Version), true
		case "project.groupId", "groupId":
			value, known = firstOf(p.GroupID, p.Parent.GroupID), true
		}
		if !known || len(value) > 200 {
			return ""
		}
		s = before + value + after
	}
	if strings.ContainsAny(s, "${[(,") { // a range: Maven chooses
		return ""
	}
	return s
}

// readPOMLock takes the direct dependencies of a POM. What they ask for themselves stands in their own POMs, which Maven resolves; so it is a part of
// what is used, and told as such.
func readPOMLock(l *lock, text []byte) error {
	p, err := readPOM(text)
	managed := map[string]string{}
	for _, d := range p.Managed {
		managed[d.GroupID+":"+d.ArtifactID] = p.value(d.Version)
	}
	l.module = strings.TrimPrefix(p.value(firstOf(p.GroupID, p.Parent.GroupID))+":"+p.value(p.ArtifactID), ":")
	for _, d := range p.Dependencies {
		name := p.value(d.GroupID) + ":" + p.value(d.ArtifactID)
		if name == ":" {
			continue
		}
		l.loose = true
		l.ask(name)
		addErr := l.add(locked{
			key: name, name: name, version: firstOf(p.value(d.Version), managed[name]), line: d.line,
			dev: strings.TrimSpace(d.Scope) == "test", optional: strings.TrimSpace(d.Optional) == "true",
		})
		if addErr != nil {
			return addErr
		}
	}
	return err
}

// maxParents is how many POMs are followed upwards; they may name each other in circles.
const maxParents = 10

// readMaven reads what the POM of a package in the local repository declares, or the nearest of its parents that says something.
func readMaven(repository string, p *locked, detector *licenses.Detector) (*pack, bool) {
	group, artifact, ok := strings.Cut(p.name, ":")
	at := pomCoordinates{group, artifact, p.version}
	if !ok || repository == "" {
		return nil, false
	}
	for i := range maxParents {
		step := path.Join(strings.ReplaceAll(at.GroupID, ".", "/"), at.ArtifactID, at.Version, at.ArtifactID+"-"+at.Version+".pom")
		if at.Version == "" || strings.Contains(step, "..") {
			return nil, i > 0
		}
		text, err := readPart(os.DirFS(repository), step, maxPackFile)
		if err != nil {
			return nil, i > 0
		}
		found, err := readPOM(text)
		if err != nil {
			return nil, i > 0
		}
		k := &pack{}
		for _, license := range found.Licenses {
			k.declaredText = append(k.declaredText, firstOf(strings.TrimSpace(license.Name), strings.TrimSpace(license.URL)))
			e := detector.Declared([]string{strings.TrimSpace(license.Name)})
			if e.IsZero() {
				e = detector.Declared([]string{strings.TrimSpace(license.URL)})
			}
			k.declared = licenses.Or(k.declared, e)
		}
		if len(k.declaredText) > 0 {
			if !k.declared.IsZero() {
				k.evidence = []Evidence{{Path: path.Base(step), How: "manifest", License: k.declared, Score: 0.95}}
			}
			return k, true
		}
		if at = found.Parent; at.ArtifactID == "" {
			return k, true
		}
	}
	return nil, true
}
