// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "bytes"

// A module of the Linux kernel declares its licence to the loader: MODULE_LICENSE("Dual BSD/GPL"). The values are those of the kernel's
// module.h; "GPL" was version 2 or later there for twenty years.

// moduleMark begins the declaration.
var moduleMark = []byte("MODULE_LICENSE(")

// modules finds the declarations of kernel modules, each once.
func (s *scanner) modules(text []byte) (found []Finding) {
	counted, line := 0, 1
	for at := 0; ; {
		i := bytes.Index(text[at:], moduleMark)
		if i < 0 {
			return found
		}
		at += i + len(moduleMark)
		value, _, ok := bytes.Cut(text[at:min(len(text), at+80)], []byte(`")`))
		if !ok || len(value) == 0 || value[0] != '"' {
			continue
		}
		expr := moduleLicense(string(value[1:]))
		line += bytes.Count(text[counted:at], []byte{'\n'})
		counted = at
		if expr != "" && (len(found) == 0 || found[len(found)-1].Expression.text != expr) {
			found = append(found, Finding{Expression: Expression{expr}, Path: s.path, Start: line, End: line, How: "notice", Score: 0.9})
		}
	}
}

// moduleLicense is what a value of MODULE_LICENSE means.
func moduleLicense(value string) string {
	switch value {
	case "GPL", "GPL and additional rights":
		return "GPL-2.0-or-later"
	case "GPL v2":
		return "GPL-2.0-only"
	case "Dual BSD/GPL":
		return "BSD-3-Clause OR GPL-2.0-only"
	case "Dual MIT/GPL":
		return "MIT OR GPL-2.0-only"
	case "Dual MPL/GPL":
		return "MPL-1.1 OR GPL-2.0-only"
	case "Proprietary":
		return proprietary
	}
	return ""
}
