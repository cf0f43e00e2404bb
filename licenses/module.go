// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"slices"
)

// A module of the Linux kernel declares its licence to the loader: MODULE_LICENSE("Dual BSD/GPL"). The values are those of the kernel's
// module.h and of Documentation/process/license-rules.rst. "GPL" was "GNU Public License v2 or later" in module.h until 2019; since then both
// say that it is version 2 and does not tell whether later versions may be chosen, which only the notice in the source does: "GPL v2" says the
// same. So it is taken for the narrower reading, version 2 only, and adds nothing where the file states a version of the GPL itself.

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

// moduleGPL is what the values mean that name the GPL alone.
const moduleGPL = "GPL-2.0-only"

// declaredToKernel leaves out of what a module declares what its source says itself.
func (s *scanner) declaredToKernel(statements []statement) []Finding {
	stated := slices.ContainsFunc(statements, func(t statement) bool {
		return slices.ContainsFunc(t.expr.IDs(), func(id string) bool { return line(id) == "GPL" && id != "GPL-1.0-or-later" })
	})
	if !stated {
		return s.kernel
	}
	return slices.DeleteFunc(s.kernel, func(f Finding) bool { return f.Expression.text == moduleGPL })
}

// moduleLicense is what a value of MODULE_LICENSE means.
func moduleLicense(value string) string {
	switch value {
	case "GPL", "GPL v2", "GPL and additional rights":
		return moduleGPL
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
