// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"communs/licenses"
)

// Debian's copyright files that follow DEP-5 name the licence of their paragraphs in a field. debianSets makes two sets of them: with the
// files as they are, whose fields are to be read; and with the names taken out, so that the texts and notices below them must tell.
func debianSets(dir, work string) []licenseSet {
	fields := licenseSet{name: "Debian, fields", note: "copyright files, against their License fields"}
	texts := licenseSet{name: "Debian, texts", note: "the same, the names in the fields taken out"}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "copyright"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil || !strings.HasPrefix(string(data), "Format: http") {
			continue
		}
		ids, ok := debianLicenses(string(data))
		if !ok {
			continue
		}
		name := filepath.Base(filepath.Dir(f))
		fields.files = append(fields.files, licenseFile{f, name + "/debian/copyright", strings.Join(ids, " AND ")})
		plain := debianLicenseField.ReplaceAllString(debianFormat.ReplaceAllString(string(data), ""), "\n")
		disk := filepath.Join(work, "debian", name, "COPYING")
		if writeFile(disk, []byte(plain)) == nil {
			texts.files = append(texts.files, licenseFile{disk, "debian/" + name + "/COPYING", strings.Join(ids, " AND ")})
		}
	}
	return []licenseSet{fields, texts}
}

var (
	debianFormat       = regexp.MustCompile(`(?m)^Format:.*\n`)
	debianLicenseField = regexp.MustCompile(`(?m)^License:[^\n]*\n`)
	debianVersion      = regexp.MustCompile(`(?i)^(a?gpl|lgpl|gfdl)-v?([0-9])(?:\.0)?(\.[1-9])?(\+)?$`)
)

// debianNames are the short names of DEP-5 that differ from SPDX's ids otherwise than by their case.
var debianNames = map[string]string{"expat": "MIT", "gpl": "GPL-1.0-or-later", "lgpl": "LGPL-2.0-or-later", "cc0": "CC0-1.0", "bsd-3-clause": "BSD-3-Clause",
	"apache-2": "Apache-2.0", "mpl-2": "MPL-2.0"}

// debianLicenses lists the licences that the fields name; false when one of them is not certain to be one of SPDX's, or when its text is
// not in the file.
func debianLicenses(text string) ([]string, bool) {
	var ids []string
	for _, m := range debianLicenseField.FindAllString(text, -1) {
		field := strings.TrimSpace(strings.TrimPrefix(m, "License:"))
		for _, name := range regexp.MustCompile(`(?i)\s+(?:and|or|and/or)\s+|[,()\s]+`).Split(field, -1) {
			id, ok := debianID(name)
			if !ok {
				return nil, false
			}
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), len(ids) > 0
}

func debianID(name string) (string, bool) {
	if m := debianVersion.FindStringSubmatch(name); m != nil {
		minor, end := m[3], "-only"
		if minor == "" {
			minor = ".0"
		}
		if m[4] != "" {
			end = "-or-later"
		}
		family := strings.ToUpper(m[1])
		if family == "GFDL" {
			return "", false // SPDX tells those with invariant sections apart
		}
		return family + "-" + m[2] + minor + end, true
	}
	if id, ok := debianNames[strings.ToLower(name)]; ok {
		return id, true
	}
	info, ok := licenses.Info(name)
	return info.ID, ok && !info.Exception
}
