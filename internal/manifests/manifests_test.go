// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files")

// read makes the components of a repository, and lists its damaged manifests.
func read(t *testing.T, files []txtar.File) (components []Component, damaged map[string]int) {
	t.Helper()
	damaged = map[string]int{}
	var all []File
	for _, f := range files {
		m, err := Read(f.Name, f.Data)
		var bad *DamagedError
		switch {
		case errors.As(err, &bad):
			damaged[f.Name] = bad.Line
		case err != nil:
			t.Errorf("%s: %v is not a *DamagedError", f.Name, err)
		case m != nil:
			all = append(all, File{f.Name, m})
		}
	}
	return Resolve(all, "repository"), damaged
}

// TestComponents reads the repositories of testdata, each an archive of manifests.
func TestComponents(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			components, damaged := read(t, archive.Files)
			var got bytes.Buffer
			for _, c := range components {
				line, err := json.MarshalIndent(c, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				got.Write(append(line, '\n'))
			}
			if len(damaged) > 0 {
				line, _ := json.Marshal(damaged)
				got.WriteString("damaged: " + string(line) + "\n")
			}
			golden := strings.TrimSuffix(name, ".txtar") + ".golden"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOnlyManifestsAreRead(t *testing.T) {
	for name, want := range map[string]string{
		"package.json": "npm", "a/b/Cargo.toml": "cargo", "PKG-INFO": "pypi", "x/y.gemspec": "gem", "debian/control": "deb",
		"DESCRIPTION": "cran", "src/Lib.csproj": "nuget", "pom.xml": "maven", "settings.gradle.kts": "maven", "go.mod": "golang",
		"package-lock.json": "", "publiccode.yml": "", "METADATA": "", "control": "", "description": "", "main.go": "", ".gemspec": "", "debian/control.in": "", "mypom.xml": "",
	} {
		if got := Ecosystem(name); got != want {
			t.Errorf("Ecosystem(%q) = %q, want %q", name, got, want)
		}
	}
	for name := range byName {
		if e := Ecosystem(name); !strings.Contains(strings.Join(Ecosystems(), " "), e) {
			t.Errorf("%s is of %s, which Ecosystems does not list", name, e)
		}
	}
}

func TestLongManifestIsNotRead(t *testing.T) {
	text := `{"name":"long","description":"` + strings.Repeat("x", MaxSize) + `"}`
	if m, err := Read("package.json", []byte(text)); m != nil || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestPURL(t *testing.T) {
	for _, c := range [][4]string{
		{"npm", "@angular/core", "12.0.0", "pkg:npm/%40angular/core@12.0.0"},
		{"golang", "github.com/BurntSushi/toml", "", "pkg:golang/github.com/burntsushi/toml"},
		{"maven", "org.apache:commons", "1.0", "pkg:maven/org.apache/commons@1.0"},
		{"pypi", "Flask_Login", "", "pkg:pypi/flask-login"},
		{"deb", "curl", "", "pkg:deb/debian/curl"},
		{"gem", "a b", "1+2", "pkg:gem/a%20b@1%2B2"},
	} {
		if got := PURL(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("PURL(%s, %s, %s) = %s, want %s", c[0], c[1], c[2], got, c[3])
		}
	}
}

// FuzzRead gives any bytes to each format's reader, and what comes of them to Resolve.
func FuzzRead(f *testing.F) {
	names := []string{
		"package.json", "composer.json", "Cargo.toml", "pyproject.toml", "setup.cfg", "setup.py", "PKG-INFO", "pom.xml", "build.gradle",
		"settings.gradle", "gradle.properties", "go.mod", "Directory.Build.props", "pubspec.yaml", "mix.exs", "a.gemspec", "a.nuspec",
		"a.csproj", "a.cabal", "DESCRIPTION", "debian/control", "publiccode.yml", "codemeta.json", "CITATION.cff", "x.dist-info/METADATA",
	}
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			for i, n := range names {
				if filepath.Base(n) == filepath.Base(file.Name) || filepath.Ext(n) == filepath.Ext(file.Name) {
					f.Add(uint8(i), file.Data)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		name := names[int(which)%len(names)]
		m, err := Read(name, text)
		var bad *DamagedError
		if err != nil && (!errors.As(err, &bad) || bad.Line < 1 || bad.Line > bytes.Count(text, []byte("\n"))+2) {
			t.Fatalf("%s: %v", name, err)
		}
		if m == nil {
			return
		}
		for _, d := range m.Declarations() {
			if d.Text == "" || d.Line < 1 || d.Line > bytes.Count(text, []byte("\n"))+1 || len(m.Declarations()) > maxDeclarations {
				t.Fatalf("%s: %+v", name, d)
			}
		}
		for _, c := range Resolve([]File{{name, m}, {"below/" + name, m}, {"below/deeper/" + name, m}}, "root") {
			if c.Name == "" || c.Name != tidyName(c.Name) || len(c.Version) > 4*maxVersion || len(c.Description) > 4*maxDescription ||
				len(c.Licenses) > 0 && c.LicensePath == "" || len(c.Sources) == 0 || PURL(c.Ecosystem, c.Name, c.Version) == "" {
				t.Fatalf("%s: %+v", name, c)
			}
		}
	})
}

func TestAnnotationsIn(t *testing.T) {
	for name, want := range map[string]AnnotationFormat{
		"REUSE.toml": ReuseTOML, "a/reuse.toml": ReuseTOML, ".reuse/dep5": ReuseDEP5, "a/.reuse/dep5": ReuseDEP5, "dep5": NoAnnotations,
		"debian/copyright": DebianCopyright, "copyright": DebianCopyright, "debian/x.copyright": DebianCopyright, "x.copyright": NoAnnotations, "copyright.go": NoAnnotations,
	} {
		if got := AnnotationsIn(name); got != want {
			t.Errorf("AnnotationsIn(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestDamagedAnnotations(t *testing.T) {
	_, err := Annotations("REUSE.toml", []byte("version = 1\n[[annotations]\n"))
	var bad *DamagedError
	if !errors.As(err, &bad) || bad.Line != 2 {
		t.Errorf("got %v, want a *DamagedError at line 2", err)
	}
	long := "version = 1\n" + strings.Repeat("#", MaxSize)
	if list, err := Annotations("REUSE.toml", []byte(long)); list != nil || err != nil {
		t.Errorf("a long file gives %v, %v", list, err)
	}
}

// FuzzAnnotations gives any bytes to the readers of files that speak of other files.
func FuzzAnnotations(f *testing.F) {
	names := []string{"REUSE.toml", ".reuse/dep5", "debian/copyright"}
	f.Add(uint8(0), []byte("version = 1\n[[annotations]]\npath = [\"a/**\", \"b\"]\nprecedence = \"override\"\nSPDX-License-Identifier = \"MIT\"\n"))
	f.Add(uint8(1), []byte("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: a b/*\nLicense: MIT\n"))
	f.Add(uint8(2), []byte("Format: x/copyright-format/1.0/\nLicense: GPL-2+\n\nFiles: *\nLicense: X\n text\n .\n more\n\nLicense: X\n other\n"))
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		name := names[int(which)%len(names)]
		list, err := Annotations(name, text)
		var bad *DamagedError
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("%s: %v", name, err)
		}
		for _, a := range list {
			if a.Start < 1 || a.End < a.Start || a.End > bytes.Count(text, []byte("\n"))+1 || len(a.Globs) == 0 && name == "REUSE.toml" {
				t.Fatalf("%s: %+v", name, a)
			}
		}
	})
}
