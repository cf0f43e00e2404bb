// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

// makeList writes one line per id, tab-separated: id, name, flags (o OSI, f FSF, d deprecated, x exception), the current
// expression of a deprecated id, then its URLs.
func makeList(docs []*document, fsfFile string) ([]byte, error) {
	data, err := os.ReadFile(fsfFile)
	if err != nil {
		return nil, err
	}
	fsf := map[string]bool{}
	for _, id := range strings.Fields(string(data)) {
		fsf[id] = true
	}
	var b bytes.Buffer
	for _, d := range docs {
		flags := ""
		for _, f := range []struct {
			on   bool
			mark string
		}{{d.osi, "o"}, {fsf[d.id], "f"}, {d.deprecated, "d"}, {d.exception, "x"}} {
			if f.on {
				flags += f.mark
			}
		}
		current := d.current
		if current == "" && d.deprecated {
			current = successors[d.id]
		}
		if current == "" && d.deprecated && !d.exception {
			fmt.Fprintf(os.Stderr, "note: deprecated %s has no successor\n", d.id)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", d.id, d.name, flags, current, strings.Join(d.urls, " "))
	}
	return b.Bytes(), nil
}

// successors names what took the place of a deprecated id where the XML does not say it.
var successors = map[string]string{
	"GPL-1.0": "GPL-1.0-only", "GPL-2.0": "GPL-2.0-only", "GPL-3.0": "GPL-3.0-only",
	"LGPL-2.0": "LGPL-2.0-only", "LGPL-2.1": "LGPL-2.1-only", "LGPL-3.0": "LGPL-3.0-only",
	"AGPL-1.0": "AGPL-1.0-only", "AGPL-3.0": "AGPL-3.0-only",
	"GFDL-1.1": "GFDL-1.1-only", "GFDL-1.2": "GFDL-1.2-only", "GFDL-1.3": "GFDL-1.3-only",
	"GPL-1.0+": "GPL-1.0-or-later", "GPL-2.0+": "GPL-2.0-or-later", "GPL-3.0+": "GPL-3.0-or-later",
	"LGPL-2.0+": "LGPL-2.0-or-later", "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-3.0+": "LGPL-3.0-or-later",
	"BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views", "BSD-2-Clause-NetBSD": "BSD-2-Clause",
	"StandardML-NJ": "SMLNJ", "bzip2-1.0.5": "bzip2-1.0.6", "Net-SNMP": "Net-SNMP",
}

// compactMatrix turns the OSADL matrix into lines: the ids first, then for each id of the project a line with one letter for each
// id of the code that comes in (y yes, n no, u unknown, c check dependency, s same).
func compactMatrix(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows map[string]json.RawMessage
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	letters := map[string]byte{"Yes": 'y', "No": 'n', "Unknown": 'u', "Check dependency": 'c', "Same": 's'}
	m := map[string]map[string]string{}
	var ids []string
	for id, raw := range rows {
		if id == "timestamp" || id == "timeformat" {
			continue
		}
		var row map[string]string
		if err := json.Unmarshal(raw, &row); err != nil {
			return nil, fmt.Errorf("read %s: %s: %w", path, id, err)
		}
		m[id], ids = row, append(ids, id)
	}
	sort.Strings(ids)
	var b bytes.Buffer
	fmt.Fprintln(&b, strings.Join(ids, "\t"))
	for _, into := range ids {
		for _, from := range ids {
			l, ok := letters[m[into][from]]
			if !ok {
				return nil, fmt.Errorf("%s: cell %s, %s says %q", path, into, from, m[into][from])
			}
			b.WriteByte(l)
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), nil
}
