// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Of an SPDX 2 document (https://spdx.github.io/spdx-spec/v2.3/) these members count; all others are passed over:
//
//	spdxVersion                  "SPDX-2.3"
//	documentDescribes            the ids of what the document is about; a DESCRIBES relationship says the same
//	packages, files              see spdxPackage, spdxFile
//	relationships                which package needs which
//	hasExtractedLicensingInfos   the texts behind LicenseRef-…

type spdxPackage struct {
	ID               string          `json:"SPDXID"`
	Name             string          `json:"name"`
	Version          string          `json:"versionInfo"`
	DownloadLocation string          `json:"downloadLocation"`
	Homepage         string          `json:"homepage"`
	Concluded        string          `json:"licenseConcluded"`
	Declared         string          `json:"licenseDeclared"`
	InFiles          []string        `json:"licenseInfoFromFiles"`
	Copyright        string          `json:"copyrightText"`
	Checksums        []spdxChecksum  `json:"checksums"`
	References       []spdxReference `json:"externalRefs"`
}

type spdxReference struct {
	Type    string `json:"referenceType"`
	Locator string `json:"referenceLocator"`
}

type spdxFile struct {
	Name      string         `json:"fileName"`
	Concluded string         `json:"licenseConcluded"`
	InFile    []string       `json:"licenseInfoInFiles"`
	Copyright string         `json:"copyrightText"`
	Checksums []spdxChecksum `json:"checksums"`
}

type spdxChecksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type spdxRelationship struct {
	From string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

type spdxExtracted struct {
	ID   string `json:"licenseId"`
	Name string `json:"name"`
	Text string `json:"extractedText"`
}

func (b *billReader) readSPDX(r io.Reader) {
	b.place = "spdx"
	s := newJSONStream(r)
	if err := b.spdxDocument(s); err != nil {
		b.endedJSON(s, err)
	}
}

// spdxDocument reads one document, and the one that it wraps.
func (b *billReader) spdxDocument(s *jsonStream) error {
	return s.object(func(name string) (err error) {
		switch name {
		case "sbom":
			if err = b.spdxDocument(s); errors.Is(err, errOtherKind) {
				err = nil
			}
		case "spdxVersion":
			b.format, err = s.text()
		case "documentDescribes":
			err = eachElement(b, s, func(id *string, _ int) { b.roots = append(b.roots, *id) })
		case "packages":
			err = eachElement(b, s, b.spdxPackage)
		case "files":
			err = eachElement(b, s, func(f *spdxFile, _ int) { b.spdxFile(f) })
		case "relationships":
			err = eachElement(b, s, func(r *spdxRelationship, _ int) { b.spdxRelation(*r) })
		case "hasExtractedLicensingInfos":
			err = eachElement(b, s, func(x *spdxExtracted, _ int) { b.texts[x.ID] = billText{x.Name, x.Text} })
		}
		return err
	})
}

// eachElement reads the elements of a list. One that is of another shape is damaged, and what of it could be read is kept.
func eachElement[T any](b *billReader, s *jsonStream, do func(element *T, line int)) error {
	return s.array(func(raw json.RawMessage, line int) { takeElement(b, raw, line, do) })
}

// oneElement reads one value, as eachElement does.
func oneElement[T any](b *billReader, s *jsonStream, do func(element *T, line int)) error {
	line := s.line()
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		return unexpected(err)
	}
	takeElement(b, raw, line, do)
	return nil
}

func takeElement[T any](b *billReader, raw json.RawMessage, line int, do func(element *T, line int)) {
	var element T
	if err := json.Unmarshal(raw, &element); err != nil {
		b.damage(line, err.Error())
	}
	do(&element, line)
}

func (b *billReader) spdxPackage(p *spdxPackage, line int) {
	item := billItem{ref: p.ID, name: p.Name, version: p.Version, line: line}
	if p.ID == "" && p.Name == "" {
		b.damage(line, "package without SPDXID and name")
		return
	}
	for _, r := range p.References {
		if r.Type == "purl" || strings.HasSuffix(r.Type, "/purl") {
			item.purls = append(item.purls, r.Locator)
		}
	}
	item.origin = firstSaid(p.Homepage, p.DownloadLocation)
	item.declared, item.concluded = said(p.Declared), said(p.Concluded)
	item.observed = said(p.InFiles...)
	item.copyright = said(p.Copyright)
	for _, c := range p.Checksums {
		item.checksums = append(item.checksums, Checksum{Algorithm: c.Algorithm, Value: strings.ToLower(c.Value)})
	}
	b.add(item)
}

// spdxFile keeps a file; its expressions are resolved when the document has been read.
func (b *billReader) spdxFile(f *spdxFile) {
	if f.Name == "" || len(b.files) >= maxSBOMComponents {
		return
	}
	file := File{Path: strings.TrimPrefix(f.Name, "./"), Copyrights: said(f.Copyright)}
	for _, c := range f.Checksums {
		switch c.Algorithm {
		case "SHA1":
			file.SHA1 = strings.ToLower(c.Value)
		case "SHA256":
			file.SHA256 = strings.ToLower(c.Value)
		}
	}
	statements := said(f.Concluded)
	if len(statements) == 0 {
		statements = said(f.InFile...)
	}
	b.files = append(b.files, billFile{file, statements})
}

// spdxRelation keeps what a relationship says about need. A DEPENDENCY_OF B is B DEPENDS_ON A; what is contained is needed.
func (b *billReader) spdxRelation(r spdxRelationship) {
	link := billLink{from: r.From, to: r.To}
	reversed := billLink{from: r.To, to: r.From}
	switch r.Type {
	case "DESCRIBES":
		b.roots = append(b.roots, r.To)
	case "DESCRIBED_BY":
		b.roots = append(b.roots, r.From)
	case "DEPENDS_ON", "CONTAINS", "STATIC_LINK", "DYNAMIC_LINK", "HAS_PREREQUISITE":
		b.links = append(b.links, link)
	case "DEPENDENCY_OF", "CONTAINED_BY", "RUNTIME_DEPENDENCY_OF", "PREREQUISITE_FOR", "PACKAGE_OF":
		b.links = append(b.links, reversed)
	case "DEV_DEPENDENCY_OF", "BUILD_DEPENDENCY_OF", "TEST_DEPENDENCY_OF", "DEV_TOOL_OF", "BUILD_TOOL_OF", "TEST_TOOL_OF":
		reversed.dev = true
		b.links = append(b.links, reversed)
	case "OPTIONAL_DEPENDENCY_OF", "OPTIONAL_COMPONENT_OF", "PROVIDED_DEPENDENCY_OF":
		reversed.optional = true
		b.links = append(b.links, reversed)
	}
}

// said leaves out what says nothing.
func said(values ...string) []string {
	var out []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" && v != "NOASSERTION" && v != "NONE" {
			out = append(out, v)
		}
	}
	return out
}

func firstSaid(values ...string) string {
	if s := said(values...); len(s) > 0 {
		return s[0]
	}
	return ""
}
