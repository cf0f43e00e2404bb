// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestNeighbours reads files that hold two short licences, one close behind the other: neither takes the other's words for its own
// copyright line or title.
func TestNeighbours(t *testing.T) {
	d := detector(t)
	ids := []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "BSL-1.0", "NCSA", "X11", "PostgreSQL", "Unlicense", "0BSD"}
	texts := make([]string, len(ids)) // without title and copyright line
	for i, id := range ids {
		for k := range d.templates {
			if tm := &d.templates[k]; tm.expr == id && tm.kind == kindText && texts[i] == "" {
				texts[i] = d.words(&template{words: tm.words[slices.Index(tm.needed, 1)-1 : slices.Index(tm.needed, uint16(tm.required))]})
			}
		}
	}
	for i, a := range ids {
		for j, b := range ids {
			if i == j {
				continue
			}
			for _, between := range []string{"\n\n------\n", "\n\n------\nFiles: snappy/*\nFiles: internal/snapref/*\n\nCopyright (c) 2011 The Authors. All rights reserved.\n\n"} {
				var got []string
				for _, f := range d.Text("LICENSE", []byte(texts[i]+between+texts[j])) {
					got = append(got, f.Expression.String())
				}
				if want := fmt.Sprintf("%s %s", a, b); strings.Join(got, " ") != want {
					t.Errorf("%s, %q: %s", want, between, got)
				}
			}
		}
	}
}
