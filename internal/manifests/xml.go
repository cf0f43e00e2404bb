// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// maxXMLDepth is how deep elements are looked into.
const maxXMLDepth = 32

// readXML calls element for every element that holds text, with the names of the elements down to it.
func readXML(text []byte, element func(at, value string, attributes []xml.Attr)) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	type open struct {
		at         string
		text       strings.Builder
		attributes []xml.Attr
	}
	var stack []*open
	some := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && some && len(stack) == 0 {
			return nil
		}
		if err != nil {
			line, _ := d.InputPos()
			return &DamagedError{line}
		}
		switch t := token.(type) {
		case xml.StartElement:
			some = true
			if len(stack) == maxXMLDepth {
				if err := d.Skip(); err != nil {
					line, _ := d.InputPos()
					return &DamagedError{line}
				}
				continue
			}
			at := t.Name.Local
			if n := len(stack); n > 0 {
				at = stack[n-1].at + "/" + at
			}
			stack = append(stack, &open{at: at, attributes: t.Attr})
		case xml.CharData:
			if n := len(stack); n > 0 && stack[n-1].text.Len() < 1<<12 {
				stack[n-1].text.Write(t)
			}
		case xml.EndElement:
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			element(last.at, strings.TrimSpace(last.text.String()), last.attributes)
		}
	}
}

// mavenProject is what a POM says, with its ${properties} as they stand; see resolve.go.
type mavenProject struct {
	group, artifact, version, description          string
	parentGroup, parentArtifact, parentVersion, to string // to: where the parent's POM lies, from this one's folder
	hasParent                                      bool
	properties                                     map[string]string
}

// readPOM reads pom.xml.
func readPOM(m *Manifest, _ string, text []byte) error {
	p := &mavenProject{properties: map[string]string{}, to: "../pom.xml"}
	title := ""
	var license mavenLicense
	err := readXML(text, func(at, value string, _ []xml.Attr) {
		switch at {
		case "project/groupId":
			p.group = value
		case "project/artifactId":
			p.artifact = value
		case "project/version":
			p.version = value
		case "project/description":
			p.description = value
		case "project/name":
			title = value
		case "project/parent":
			p.hasParent = true
		case "project/parent/groupId":
			p.parentGroup = value
		case "project/parent/artifactId":
			p.parentArtifact = value
		case "project/parent/version":
			p.parentVersion = value
		case "project/parent/relativePath":
			p.to = value
		case "project/licenses/license/name":
			license.name = value
		case "project/licenses/license/url":
			license.url = value
		case "project/licenses/license/comments":
			license.comments = value
		case "project/licenses/license":
			license.declare(m, text)
			license = mavenLicense{}
		default:
			if name, ok := strings.CutPrefix(at, "project/properties/"); ok && !strings.Contains(name, "/") && len(p.properties) < 1000 {
				p.properties[name] = value
			}
		}
	})
	if err != nil {
		return err
	}
	p.description = firstOf(p.description, title)
	if p.artifact != "" {
		m.maven = p
	}
	return nil
}

// mavenLicense is one licence of a POM: the name is what counts, then the address, then what the comments say.
type mavenLicense struct{ name, url, comments string }

func (l mavenLicense) declare(m *Manifest, text []byte) {
	for _, value := range []string{l.name, l.url, l.comments} {
		if value != "" {
			m.declare(text, xmlKey, DeclaredName, value)
			if value != l.url && l.url != "" {
				m.addresses(text, l.url)
			}
			return
		}
	}
}

// addresses notes the address of the licence declared last, for when nobody knows its name.
func (m *Manifest) addresses(text []byte, url string) {
	if n := len(m.Declared); n > 0 && m.Declared[n-1].Kind == DeclaredName {
		m.Declared[n-1].URL = url
	}
}

// readNuspec reads a .nuspec; one that a build fills in ($id$) takes its values from the project beside it.
func readNuspec(m *Manifest, _ string, text []byte) error {
	err := readXML(text, func(at, value string, attributes []xml.Attr) {
		if len(value) > 2 && value[0] == '$' && value[len(value)-1] == '$' {
			return
		}
		switch at {
		case "package/metadata/id":
			m.Name = value
		case "package/metadata/version":
			m.Version = value
		case "package/metadata/description":
			m.Description = value
		case "package/metadata/tags":
			m.Keywords = words(value)
		case "package/metadata/license":
			kind := DeclaredName
			for _, a := range attributes {
				if a.Name.Local == "type" && a.Value == "file" {
					kind = DeclaredFile
				}
			}
			switch {
			case kind == DeclaredFile && !m.namesLicense():
				m.Declared = nil
				m.declare(text, xmlKey, kind, strings.ReplaceAll(value, "\\", "/"))
			case kind == DeclaredName:
				m.Declared = nil // an address or a file beside it only leads there
				m.declare(text, xmlKey, kind, value)
			}
		case "package/metadata/licenseUrl":
			if len(m.Declared) == 0 {
				m.declare(text, xmlKey, DeclaredURL, value)
			}
		}
	})
	return err
}

// readMSBuild reads a .NET project; one without a PackageId is called as its assembly or its file. Directory.Build.props
// gives values to the projects below.
func readMSBuild(m *Manifest, name string, text []byte) error {
	values := map[string]string{}
	err := readXML(text, func(at, value string, _ []xml.Attr) {
		if key, ok := strings.CutPrefix(at, "Project/PropertyGroup/"); ok && values[key] == "" && len(values) < 1000 {
			values[key] = value
		}
	})
	if err != nil {
		return err
	}
	get := func(keys ...string) string {
		for _, key := range keys {
			if v := replaceVariables(values[key], "$(", ")", func(n string) (string, bool) { v, ok := values[n]; return v, ok }); v != "" && !hasPlaceholder(v) {
				return v
			}
		}
		return ""
	}
	m.Version = get("PackageVersion", "Version", "VersionPrefix")
	m.Description = get("PackageDescription", "Description")
	m.Keywords = words(get("PackageTags"))
	m.declare(text, xmlKey, DeclaredName, get("PackageLicenseExpression"))
	if len(m.Declared) == 0 {
		m.declare(text, xmlKey, DeclaredFile, strings.ReplaceAll(get("PackageLicenseFile"), "\\", "/"))
	}
	if len(m.Declared) == 0 {
		m.declare(text, xmlKey, DeclaredURL, get("PackageLicenseUrl"))
	}
	if strings.EqualFold(path.Base(name), "Directory.Build.props") {
		offers := *m
		*m = Manifest{Ecosystem: m.Ecosystem, rank: m.rank, offers: &offers}
		return nil
	}
	m.Name = get("PackageId", "AssemblyName")
	m.fallback = strings.TrimSuffix(path.Base(name), path.Ext(name))
	m.Private = strings.EqualFold(values["IsPackable"], "false") || strings.EqualFold(values["IsTestProject"], "true")
	m.takes = []part{partVersion, partDescription, partKeywords, partLicense}
	return nil
}

// words cuts a list of tags.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
}

// replaceVariables puts values in the place of variables, those within values too. What has none stays.
func replaceVariables(s, open, shut string, value func(name string) (string, bool)) string {
	for range 8 {
		var b strings.Builder
		changed := false
		for {
			before, rest, found := strings.Cut(s, open)
			b.WriteString(before)
			if !found {
				break
			}
			name, after, closed := strings.Cut(rest, shut)
			v, known := value(name)
			if !closed || !known {
				b.WriteString(open)
				s = rest
				continue
			}
			b.WriteString(v)
			s, changed = after, true
		}
		if s = b.String(); !changed || len(s) > 1<<12 {
			break
		}
	}
	return s
}
