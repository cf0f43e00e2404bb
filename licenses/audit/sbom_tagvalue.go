// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// SPDX 2 as text is a list of lines "Tag: value". A value may go over several lines between <text> and </text>. PackageName,
// FileName, SnippetSPDXID and LicenseID begin an element, to which the tags that follow belong; lines that begin with # are
// comments. The tags mean what the members of the JSON form mean.

// tagReader reads the tags of one document.
type tagReader struct {
	b       *billReader
	in      *bufio.Reader
	line    int // that was read last
	section string
	started int // line where the section begins
	pkg     spdxPackage
	file    spdxFile
	text    spdxExtracted
}

func (b *billReader) readTagValue(r io.Reader) {
	b.place = "spdx"
	t := &tagReader{b: b, in: bufio.NewReader(r)}
	for {
		tag, value, err := t.next()
		if tag != "" {
			t.take(tag, value)
		}
		if err != nil {
			t.flush("")
			if !errors.Is(err, io.EOF) {
				b.ended(t.line, err)
			}
			return
		}
	}
}

// next reads one tag with its value; no tag for a line that is none. The error is io.EOF after the last.
func (t *tagReader) next() (tag, value string, err error) {
	line, err := t.read()
	text := strings.TrimSpace(line)
	if text == "" || text[0] == '#' {
		return "", "", err
	}
	tag, value, found := strings.Cut(text, ":")
	if !found {
		t.b.damage(t.line, "line without a tag")
		return "", "", err
	}
	value = strings.TrimSpace(value)
	rest, long := strings.CutPrefix(value, "<text>")
	if !long {
		return tag, value, err
	}
	var b strings.Builder
	for {
		if body, _, closed := strings.Cut(rest, "</text>"); closed {
			b.WriteString(body)
			return tag, b.String(), err
		}
		b.WriteString(rest)
		if err != nil {
			return tag, b.String(), unexpected(err)
		}
		if len(rest) > 0 && !strings.HasSuffix(rest, "\n") {
			b.WriteByte('\n') // the first line lost its end
		}
		rest, err = t.read()
	}
}

// read gives the next line with its end. With the last one comes io.EOF.
func (t *tagReader) read() (string, error) {
	line, err := t.in.ReadString('\n')
	if line != "" {
		t.line++
	}
	return line, err
}

// flush hands on the element that has ended, and begins another.
func (t *tagReader) flush(section string) {
	switch t.section {
	case "package":
		t.b.spdxPackage(&t.pkg, t.started)
	case "file":
		t.b.spdxFile(&t.file)
	case "license":
		t.b.texts[t.text.ID] = billText{t.text.Name, t.text.Text}
	}
	t.section, t.started = section, t.line
	t.pkg, t.file, t.text = spdxPackage{}, spdxFile{}, spdxExtracted{}
}

// take files one tag where it belongs.
func (t *tagReader) take(tag, value string) {
	switch tag {
	case "SPDXVersion":
		t.b.format = value
	case "PackageName":
		t.flush("package")
		t.pkg.Name = value
	case "FileName":
		t.flush("file")
		t.file.Name = value
	case "LicenseID":
		t.flush("license")
		t.text.ID = value
	case "SnippetSPDXID", "SnippetSPDXIdentifier":
		t.flush("")
	case "Relationship":
		if f := strings.Fields(value); len(f) == 3 {
			t.b.spdxRelation(spdxRelationship{From: f[0], Type: f[1], To: f[2]})
		} else {
			t.b.damage(t.line, "Relationship: "+value)
		}
	default:
		switch t.section {
		case "package":
			t.takePackage(tag, value)
		case "file":
			t.takeFile(tag, value)
		case "license":
			t.takeLicense(tag, value)
		}
	}
}

func (t *tagReader) takePackage(tag, value string) {
	p := &t.pkg
	switch tag {
	case "SPDXID":
		p.ID = value
	case "PackageVersion":
		p.Version = value
	case "PackageDownloadLocation":
		p.DownloadLocation = value
	case "PackageHomePage":
		p.Homepage = value
	case "PackageLicenseConcluded":
		p.Concluded = value
	case "PackageLicenseDeclared":
		p.Declared = value
	case "PackageLicenseInfoFromFiles":
		p.InFiles = append(p.InFiles, value)
	case "PackageCopyrightText":
		p.Copyright = value
	case "PackageChecksum":
		p.Checksums = appendChecksum(p.Checksums, value)
	case "ExternalRef": // category, type, locator
		if f := strings.Fields(value); len(f) == 3 && f[1] == "purl" {
			p.References = append(p.References, spdxReference{Type: f[1], Locator: f[2]})
		}
	}
}

func (t *tagReader) takeFile(tag, value string) {
	f := &t.file
	switch tag {
	case "LicenseConcluded":
		f.Concluded = value
	case "LicenseInfoInFile":
		f.InFile = append(f.InFile, value)
	case "FileCopyrightText":
		f.Copyright = value
	case "FileChecksum":
		f.Checksums = appendChecksum(f.Checksums, value)
	}
}

func (t *tagReader) takeLicense(tag, value string) {
	switch tag {
	case "LicenseName":
		t.text.Name = value
	case "ExtractedText":
		t.text.Text = value
	}
}

// appendChecksum reads "SHA1: d6a7…".
func appendChecksum(sums []spdxChecksum, value string) []spdxChecksum {
	algorithm, digest, found := strings.Cut(value, ":")
	if !found {
		return sums
	}
	return append(sums, spdxChecksum{Algorithm: strings.TrimSpace(algorithm), Value: strings.TrimSpace(digest)})
}
