// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"communs/licenses"
)

// The formats of a report.
const (
	FormatText        = "text"         // for a person at a terminal: what decides first
	FormatJSON        = "json"         // the report as it is
	FormatSPDX        = "spdx"         // SPDX 2.3, JSON
	FormatCycloneDX   = "cyclonedx"    // CycloneDX 1.6, JSON
	FormatSARIF       = "sarif"        // SARIF 2.1.0: the problems, for a forge's review page
	FormatCodeQuality = "code-quality" // the same for GitLab's merge requests
	FormatHTML        = "html"         // one page for a browser, with nothing beside it
	FormatCSV         = "csv"          // the components, for a spreadsheet
	FormatNotice      = "notice"       // the file of attributions and licence texts to pass on
)

// Formats lists the formats of a report, text apart, which every command has.
func Formats() []string {
	return []string{FormatJSON, FormatSPDX, FormatCycloneDX, FormatSARIF, FormatCodeQuality, FormatHTML, FormatCSV, FormatNotice}
}

// Voice is how a report is told to people.
type Voice struct {
	Printer Printer
	Paint   func(style, text string) string // colours for a terminal; nil for none. The style is an SGR sequence's numbers.
	Visible func(text string) string        // makes harmless what a terminal would obey; nil when nothing reads it that obeys
}

func (v Voice) paint(style, text string) string {
	if v.Paint == nil {
		return text
	}
	return v.Paint(style, text)
}

// visible makes harmless what text from the audited files may hold.
func (v Voice) visible(text string) string {
	if v.Visible == nil {
		return text
	}
	return v.Visible(text)
}

// word says a code in words, and the code itself when there is no word for it.
func (v Voice) word(prefix, code string) string {
	if key := prefix + "." + code; v.Printer.Has(key) {
		return v.Printer.T(key)
	}
	return code
}

// Write writes a report. Equal reports are written alike, byte for byte.
func Write(w io.Writer, format string, r *Report, v Voice) error {
	switch format {
	case FormatText:
		return r.writeText(w, v)
	case FormatJSON:
		return writeJSON(w, r)
	case FormatSPDX:
		return r.writeSPDX(w, v)
	case FormatCycloneDX:
		return r.writeCycloneDX(w)
	case FormatSARIF:
		return r.writeSARIF(w, v)
	case FormatCodeQuality:
		return r.writeCodeQuality(w, v)
	case FormatHTML:
		return r.writeHTML(w, v)
	case FormatCSV:
		return r.writeCSV(w)
	case FormatNotice:
		return r.writeNotice(w, v)
	}
	return fmt.Errorf("write report: no format %q", format)
}

// writeJSON writes a value as people can read it.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// digest is a hash of the whole report: what names a document made from it. Equal reports have equal digests.
func (r *Report) digest() ([sha256.Size]byte, error) {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(r); err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("hash report: %w", err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

// uuidOf makes a UUID of a digest (RFC 9562, version 8: made as the program sees fit).
func uuidOf(digest [sha256.Size]byte) string {
	u := digest[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// title is how the audited project is called.
func (r *Report) title() string {
	return cmp.Or(strings.TrimSpace(r.Project.Name+" "+r.Project.Version), r.Subject.Name)
}

// asked lists the components that are judged: those for development are not, unless that was asked for.
func (r *Report) asked() []*Component {
	var all []*Component
	for i := range r.Components {
		if c := &r.Components[i]; c.Status != NotAsked {
			all = append(all, c)
		}
	}
	return all
}

// byID finds the project and the components by their IDs.
func (r *Report) byID() map[string]*Component {
	all := map[string]*Component{}
	for i := range r.Components {
		all[r.Components[i].ID] = &r.Components[i]
	}
	all[r.Project.ID] = &r.Project
	return all
}

// statusOrder is how bad a status is: what decides first.
func statusOrder(s Status) int {
	return slices.Index([]Status{Failed, Doubtful, Warned, Excused, OK, NotAsked}, s)
}

// customRefs lists the ids of an expression that stand for texts outside the SPDX list.
func customRefs(e licenses.Expression) []string {
	return slices.DeleteFunc(e.IDs(), func(id string) bool {
		return !strings.Contains(id, "LicenseRef-") && !strings.Contains(id, "AdditionRef-")
	})
}
