// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"fmt"
	"strings"

	"communs/internal/manifests"
)

// debianHow is how the licence of a file was found that debian/copyright tells.
const debianHow = "debian"

// annotations reads a file that says which licence other files are under: REUSE.toml, .reuse/dep5, debian/copyright. It reports whether the
// file is one.
func (d *Detector) annotations(name string, text []byte) (found []Finding, is bool) {
	format := manifests.AnnotationsIn(name)
	list, err := manifests.Annotations(name, text)
	if err != nil || len(list) == 0 {
		return nil, format == manifests.ReuseTOML || format == manifests.ReuseDEP5
	}
	read := map[string]Finding{} // of Debian's, by name and text: many paragraphs share one
	for _, a := range list {
		f := Finding{Path: name, Start: a.Start, End: a.End, How: "reuse", Score: 1, Scope: strings.Join(a.Globs, "\n"),
			Override: a.Precedence == manifests.Override, Aggregate: a.Precedence == manifests.Aggregate}
		if format == manifests.DebianCopyright {
			key := fmt.Sprint(a.TextLine, a.Licenses)
			said, known := read[key]
			if !known {
				said = d.debianLicense(a)
				read[key] = said
			}
			if f.How, f.Expression, f.Score = debianHow, said.Expression, said.Score; !f.Expression.IsZero() {
				found = append(found, f)
			}
			continue
		}
		for _, s := range a.Licenses {
			if e, ok := lenient(s); ok {
				f.Expression = e
				found = append(found, f)
			}
		}
	}
	return found, true
}

// debianLicense gives the licence of a paragraph and how sure that is: by the short name where that is known, else by the text below it.
func (d *Detector) debianLicense(a manifests.Annotation) Finding {
	f := Finding{Score: 1}
	name := strings.Join(a.Licenses, " and ")
	e, exact := d.debianName(name)
	if f.Expression = e; exact {
		return f
	}
	var es []Expression
	for _, t := range d.Text("LICENSE", []byte(a.Text)) {
		if t.How != "tag" && t.Expression != unknownText {
			es = append(es, t.Expression)
			f.Score = min(f.Score, t.Score)
		}
	}
	if said := And(es...); !said.IsZero() {
		f.Expression = said
	} else if ref, ok := lenient(strings.Join(strings.Fields(name), "-")); e.IsZero() && ok && name != "" {
		f.Expression, f.Score = ref, vagueScore
	}
	return f
}

// debianName reads the short name of a licence as debian/copyright has them: names of Debian's own, + for later versions, "or", "and", a
// comma that binds weaker than both, "with … exception". It is exact when every part is known.
func (d *Detector) debianName(s string) (e Expression, exact bool) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len(s) > maxDeclared {
		return Expression{}, false
	}
	for _, by := range []struct {
		sep string
		op  op
	}{{", and ", opAnd}, {", or ", opOr}, {" and/or ", opOr}, {" or ", opOr}, {" | ", opOr}, {" and ", opAnd}, {" & ", opAnd}, {", ", opAnd}} {
		at := foldedIndex(s, by.sep)
		if at < 0 {
			continue
		}
		left, okLeft := d.debianName(s[:at])
		right, okRight := d.debianName(s[at+len(by.sep):])
		if left.IsZero() || right.IsZero() {
			return Expression{}, false
		}
		return joinAll(by.op, []Expression{left, right}), okLeft && okRight
	}
	if at := foldedIndex(s, " with "); at > 0 {
		base, ok := d.debianName(s[:at])
		if with, known := debianException(base, s[at+len(" with "):]); known {
			return with, ok
		}
		return base, false // what the exception adds is not known: the licence alone is the narrower reading
	}
	return d.debianLeaf(s)
}

// foldedIndex is where an ASCII text stands in s, whatever the case.
func foldedIndex(s, sep string) int {
	for i := 0; i+len(sep) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(sep)], sep) {
			return i
		}
	}
	return -1
}

// debianLeaf reads one licence.
func (d *Detector) debianLeaf(s string) (Expression, bool) {
	if known, ok := debianNames[strings.ToLower(s)]; ok {
		e, err := Parse(known)
		return e, err == nil
	}
	lower := strings.ToLower(s)
	for _, family := range []string{"gpl", "lgpl", "agpl", "gfdl", "fdl", "gfdl-niv"} {
		rest, ok := strings.CutPrefix(lower, family+"-")
		version := strings.TrimSuffix(strings.TrimPrefix(rest, "v"), "+")
		if !ok || version == "" || strings.Trim(version, "0123456789.") != "" {
			continue
		}
		if !strings.Contains(version, ".") {
			version += ".0"
		}
		id := strings.ToUpper(strings.TrimSuffix(family, "-niv"))
		if id == "FDL" {
			id = "GFDL"
		}
		if id += "-" + version; strings.HasSuffix(family, "-niv") {
			id += "-no-invariants"
		}
		if strings.HasSuffix(rest, "+") {
			id += "-or-later"
		} else {
			id += "-only"
		}
		e, err := Parse(id)
		return e, err == nil
	}
	e, score := d.declaredValue(s)
	if strings.HasPrefix(e.text, "LicenseRef-") && e.text != publicDomain && e.text != proprietary {
		return Expression{}, false // a name that only the text below explains
	}
	return e, score > vagueScore
}

// debianNames are the short names that are not those of SPDX, in small letters.
var debianNames = map[string]string{
	"expat": "MIT", "x11": "X11", "bsd-3-clause": "BSD-3-Clause", "bsd-2-clause": "BSD-2-Clause", "bsd-4-clause": "BSD-4-Clause", "bsd-3": "BSD-3-Clause",
	"bsd-2": "BSD-2-Clause", "perl": "Artistic-1.0-Perl OR GPL-1.0-or-later", "artistic-1": "Artistic-1.0", "artistic": "Artistic-1.0-Perl", "zope-2.1": "ZPL-2.1",
	"apache-2": "Apache-2.0", "cc0": "CC0-1.0", "psf-2": "PSF-2.0", "python": "Python-2.0", "boost-1.0": "BSL-1.0", "boost": "BSL-1.0", "bsl-1": "BSL-1.0",
	"ofl-1.1": "OFL-1.1", "sil-1.1": "OFL-1.1", "cecill": "CECILL-2.0", "mpl-2": "MPL-2.0", "unlicense": "Unlicense", "gpl": "GPL-1.0-or-later", "lgpl": "LGPL-2.0-or-later",
	"public-domain": publicDomain, "public domain": publicDomain, "pd": publicDomain,
}

// debianException is the exception that a licence stands with, by the first words of its name.
func debianException(base Expression, name string) (Expression, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	name = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(name, "exception"), "-"))
	id, ok := map[string]string{
		"autoconf": "Autoconf-exception-generic", "bison": "Bison-exception-2.2", "classpath": "Classpath-exception-2.0", "font": "Font-exception-2.0",
		"libtool": "Libtool-exception", "gcc": "GCC-exception-3.1", "gcc runtime library": "GCC-exception-3.1", "linux-syscall-note": "Linux-syscall-note",
		"linking": "Linking-exception", "llvm": "LLVM-exception", "openssl": "cryptsetup-OpenSSL-exception", "qt": "Qt-GPL-exception-1.0",
		"universal foss": "Universal-FOSS-exception-1.0", "u-boot": "u-boot-exception-2.0",
	}[name]
	if !ok {
		return base, false
	}
	e, err := Parse(base.text + " WITH " + id)
	return e, err == nil
}
