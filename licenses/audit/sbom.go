// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"communs/licenses"
)

// Bill is what an SBOM (a bill of materials: a list of the components of some software) says.
//
// These are read: SPDX 2.x as JSON and as tag-value text, CycloneDX 1.x as JSON and as XML, and the SPDX document that forges
// wrap in {"sbom": …}. SPDX 3 (JSON-LD), SPDX as RDF or YAML are told apart and refused with a [SBOMError].
//
// Reading is a stream and lenient: an element that is not as its format asks is kept as far as it can be understood and
// counts in Partial; of a file that ends in the middle, everything before the end is kept.
type Bill struct {
	Format     string      // "SPDX-2.3", "CycloneDX 1.6"
	Project    Component   // what the SBOM describes; its Name is empty when the SBOM does not say
	Components []Component // what it lists beside that, by ID
	Files      []File      // of SPDX, when it lists files and no packages but the described one; by path
	Partial    []Partial   // what of it could not be read
}

// The limits of reading an SBOM. The largest that are published have tens of thousands of components and below 100 MB.
const (
	maxSBOM           = 256 << 20
	maxSBOMComponents = 500_000
	sniffed           = 64 << 10 // bytes at the start that tell the format
)

// PartialComponents is the reason of a Partial: an SBOM lists more components than are read. Args: how many are.
const PartialComponents = "components"

// SBOMError says why a file is not read as an SBOM.
type SBOMError struct {
	Path   string
	Reason string // unknown-format, spdx-3, spdx-rdf, spdx-yaml, empty
	Cause  error
}

// Error is for logs; Message gives the sentence for people.
func (e *SBOMError) Error() string {
	s := fmt.Sprintf("read SBOM %s: %s", e.Path, e.Reason)
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *SBOMError) Unwrap() error { return e.Cause }

// Message names the sentence: the path.
func (e *SBOMError) Message() (key string, args []any) {
	return "audit.sbom." + e.Reason, []any{e.Path}
}

// sbomKind is how an SBOM is written.
type sbomKind int

const (
	notSBOM sbomKind = iota
	spdxJSON
	spdxTagValue
	cycloneJSON
	cycloneXML
	spdx3
	spdxRDF
	spdxYAML
)

// LooksLikeSBOM reports whether a file with this beginning is an SBOM, one that is not read included. 64 KiB tell.
func LooksLikeSBOM(head []byte) bool {
	if decoded, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), head); err == nil {
		head = decoded
	}
	return sniffSBOM(head) != notSBOM
}

// sniffSBOM tells from the beginning of a file how it is written.
func sniffSBOM(head []byte) sbomKind {
	head = bytes.TrimLeft(head, " \t\r\n")
	has := func(words ...string) bool {
		for _, w := range words {
			if !bytes.Contains(head, []byte(w)) {
				return false
			}
		}
		return true
	}
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		switch {
		case has(`"bomFormat"`, `"CycloneDX"`), has("cyclonedx.org/schema/bom-1"), has(`"specVersion"`, `"components"`):
			return cycloneJSON
		case has(`"spdxVersion"`), has(`"SPDXID"`, `"SPDXRef-DOCUMENT"`), has(`"SPDXID"`, `"packages"`):
			return spdxJSON
		case has(`"@context"`, "spdx.org/rdf/3"), has(`"@graph"`, "SpdxDocument"):
			return spdx3
		}
	case bytes.HasPrefix(head, []byte("<")):
		switch {
		case has("cyclonedx.org/schema/bom"):
			return cycloneXML
		case has("rdf:RDF", "spdx.org/rdf"):
			return spdxRDF
		}
	default:
		return sniffLines(head)
	}
	return notSBOM
}

// sniffLines looks for the first line of SPDX as text: comments may stand before it.
func sniffLines(head []byte) sbomKind {
	for line := range bytes.Lines(head) {
		text := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(text, "SPDXVersion:"):
			return spdxTagValue
		case strings.HasPrefix(text, "spdxVersion:"), strings.HasPrefix(text, "SPDXID:"):
			return spdxYAML
		case text == "", strings.HasPrefix(text, "#"), strings.HasPrefix(text, "---"):
		default:
			return notSBOM
		}
	}
	return notSBOM
}

// ReadSBOM reads an SBOM, of whatever kind. The path is only named in what is said of it. The detector reads the texts of
// licences that the SBOM brings along.
func ReadSBOM(path string, r io.Reader, detector *licenses.Detector) (*Bill, error) {
	limit := &io.LimitedReader{R: r, N: maxSBOM + 1}
	buffered := bufio.NewReaderSize(transform.NewReader(limit, unicode.BOMOverride(transform.Nop)), sniffed)
	head, err := buffered.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read SBOM %s: %w", path, err)
	}
	b := newBillReader(path)
	switch sniffSBOM(head) {
	case spdxJSON:
		b.readSPDX(buffered)
	case spdxTagValue:
		b.readTagValue(buffered)
	case cycloneJSON:
		b.readCycloneDX(buffered)
	case cycloneXML:
		b.readCycloneDXML(buffered)
	case spdx3:
		return nil, &SBOMError{Path: path, Reason: "spdx-3"}
	case spdxRDF:
		return nil, &SBOMError{Path: path, Reason: "spdx-rdf"}
	case spdxYAML:
		return nil, &SBOMError{Path: path, Reason: "spdx-yaml"}
	default:
		reason := "unknown-format"
		if len(bytes.TrimSpace(head)) == 0 {
			reason = "empty"
		}
		return nil, &SBOMError{Path: path, Reason: reason}
	}
	if limit.N == 0 { // what the format's reader made of the cut is not worth telling
		b.partial = []Partial{{Path: path, Reason: PartialTooBig, Args: []string{fmt.Sprintf("> %d", maxSBOM>>20), strconv.Itoa(maxSBOM >> 20)}}}
	}
	return b.bill(detector), nil
}
