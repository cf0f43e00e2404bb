// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html/charset"
)

// readCycloneDXML reads the XML form, element by element. It holds the same as the JSON form; the version is in the namespace.
// Entities that the document declares itself are not expanded.
func (b *billReader) readCycloneDXML(r io.Reader) {
	b.place = "cyclonedx"
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	var open []string
	for {
		token, err := d.Token()
		if err != nil {
			if !errors.Is(err, io.EOF) || len(open) > 0 {
				b.xmlEnded(d, err)
			}
			return
		}
		switch t := token.(type) {
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.StartElement:
			inside, err := b.xmlElement(d, t, strings.Join(open, "/")+"/"+t.Name.Local)
			if err != nil {
				b.xmlEnded(d, err)
				return
			}
			if inside {
				open = append(open, t.Name.Local)
			}
		}
	}
}

// xmlElement reads one element whole, passes over it, or says that what is inside it counts.
func (b *billReader) xmlElement(d *xml.Decoder, t xml.StartElement, path string) (inside bool, err error) {
	switch path {
	case "/bom":
		b.format = "CycloneDX " + t.Name.Space[strings.LastIndexByte(t.Name.Space, '/')+1:]
		return true, nil
	case "bom/metadata", "bom/components", "bom/dependencies":
		return true, nil
	case "bom/metadata/component":
		return false, xmlOne(d, t, b.cycloneRoot)
	case "bom/components/component":
		return false, xmlOne(d, t, b.cycloneComponent)
	case "bom/dependencies/dependency":
		return false, xmlOne(d, t, func(dep *cycloneDependency, _ int) { b.cycloneDependency(dep) })
	}
	return false, d.Skip()
}

func xmlOne[T any](d *xml.Decoder, t xml.StartElement, do func(element *T, line int)) error {
	var element T
	line, _ := d.InputPos()
	err := d.DecodeElement(&element, &t)
	if err == nil {
		do(&element, line)
	}
	return err
}

// xmlEnded records why reading stopped. A document that ends too early is a syntax error for encoding/xml.
func (b *billReader) xmlEnded(d *xml.Decoder, err error) {
	line, _ := d.InputPos()
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF") {
		err = io.ErrUnexpectedEOF
	}
	b.ended(line, err)
}
