// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"strings"
	"testing"
	"time"
)

// Nothing that nests, repeats or refers to itself takes long or brings the program down.
func TestDeepManifests(t *testing.T) {
	deep := func(open string) string { return strings.Repeat(open, MaxSize/len(open)-100) }
	for name, text := range map[string]string{
		"package.json":         deep(`{"license":[`),
		"composer.json":        `{"license":` + deep("["),
		"codemeta.json":        deep(`{"a":`),
		"Cargo.toml":           "a = " + deep("["),
		"pyproject.toml":       "a = " + deep("{a="),
		"REUSE.toml":           "annotations = " + deep("["),
		"poetry/Cargo.toml":    deep("[[a]]\n"),
		"dotted/Cargo.toml":    "[" + deep("a.") + "a]\n",
		"pom.xml":              deep("<license>"),
		"a.csproj":             "<Project><PropertyGroup>" + deep("<A>$(A)</A>"),
		"setup.py":             "setup(license=" + deep("("),
		"a.gemspec":            deep("{'"),
		"build.gradle":         deep("license {"),
		"CITATION.cff":         "a: &a [b]\n" + deep("license: [*a, *a]\n"),
		"DESCRIPTION":          "Package: a\nLicense: " + deep("GPL | "),
		"debian/copyright":     "Format: copyright-format/1.0/\n\n" + deep("Files: *\nLicense: a\n\n"),
		"publiccode.yml":       "legal:\n" + deep("  license: a\n"),
		"x.dist-info/METADATA": "Metadata-Version: 2\nLicense: " + deep("a\n  "),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if AnnotationsIn(name) != NoAnnotations {
				Annotations(name, []byte(text))
			} else {
				Read(name, []byte(text))
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
