// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
)

const lockOfOne = `-- package.json --
{"name":"a","version":"1.0.0","dependencies":{"x":"1.0.0"}}
-- package-lock.json --
{"name":"a","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"a","version":"1.0.0","dependencies":{"x":"1.0.0"}},
"node_modules/x":{"version":"1.0.0","license":"MIT"}}}
`

// Two texts that nobody knows are not the same for that: neither the project nor what it uses is in order.
func TestTwoUnknownTexts(t *testing.T) {
	const text = " may be used and copied by those who agree with its author on the terms beforehand, in a letter that both sign, and by nobody else whoever it is or wherever they are.\n"
	dir := project(t, strings.Replace(lockOfOne, `,"license":"MIT"`, "", 1)+"-- LICENSE --\nThis"+text+"-- node_modules/x/LICENSE --\nThat"+text+"-- node_modules/x/package.json --\n{\"name\":\"x\"}\n")
	o := options(t)
	o.Dir = dir
	r := run(t, FolderSource{dir}, o)
	if r.Verdict != Unknown || len(r.Components) == 0 || r.Project.Status != Doubtful {
		t.Error(brief(r), r.Project.Status)
	}
	for _, c := range r.Components {
		if c.Status != Doubtful {
			t.Error(brief(r))
		}
	}
}

// What an installed package says of itself counts beside what a lock repeats of it.
func TestLockSaysOtherwise(t *testing.T) {
	dir := project(t, lockOfOne)
	hidden := project(t, "-- node_modules/x/package.json --\n{\"name\":\"x\",\"version\":\"1.0.0\",\"license\":\"AGPL-3.0-only\"}\n")
	o := options(t)
	o.Dir = hidden
	r := run(t, FolderSource{dir}, o)
	if len(r.Components) != 1 || r.Components[0].Concluded.String() != "MIT AND AGPL-3.0-only" {
		t.Error(brief(r))
	}
}

// A link in the project does not lead to gems elsewhere.
func TestGemsOutside(t *testing.T) {
	outside := project(t, "-- ruby/3.3.0/gems/rack-3.0.0/LICENSE --\nSPDX-License-Identifier: MIT\n")
	dir := project(t, "-- Gemfile.lock --\nGEM\n  remote: https://rubygems.org/\n  specs:\n    rack (3.0.0)\n\nDEPENDENCIES\n  rack\n")
	o := options(t)
	o.Dir = dir
	if err := os.Mkdir(filepath.Join(dir, "vendor"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "vendor", "bundle")); err != nil {
		t.Skip(err)
	}
	if r := run(t, FolderSource{dir}, o); len(r.Components) != 1 || r.Components[0].Missing != MissingGem {
		t.Error(brief(r))
	}
	if err := os.Remove(filepath.Join(dir, "vendor", "bundle")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "vendor", "bundle"), os.DirFS(outside)); err != nil {
		t.Fatal(err)
	}
	if got := brief(run(t, FolderSource{dir}, o)); !strings.Contains(got, `component pkg:gem/rack@3.0.0 "MIT"`) {
		t.Error(got)
	}
}

// A long policy is read in a time that grows with its length, and a pattern of any length is no fault of the program.
func TestLongPolicy(t *testing.T) {
	began := time.Now()
	if _, err := ReadPolicy("p", []byte("allow = [\n"+strings.Repeat("\"MIT\",\n", 100_000)+"]\n")); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Error(d)
	}
	_, err := ReadPolicy("p", []byte("[[exception]]\npath = \""+strings.Repeat("*a", 1_900_000)+"\"\nreason = \"r\"\nexpires = 2027-01-01\n"))
	wrong, ok := err.(*PolicyError)
	if !ok || wrong.Kind != "pattern" || wrong.Line != 2 {
		t.Error(err)
	}
}

// A lock by itself tells the project's licence where it repeats that of the manifest; in a folder the manifest and the files tell.
func TestLicenceOfLock(t *testing.T) {
	const lock = `{"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {
"": {"name": "x", "version": "1.0.0", "license": "EUPL-1.2"},
"node_modules/a": {"version": "1.0.0", "license": "MIT"}, "node_modules/b": {"version": "1.0.0", "license": "SSPL-1.0"}}}`
	o := options(t)
	o.Subject = Subject{Kind: LockFile, Name: "package-lock.json"}
	r := run(t, FileSource{Name: "package-lock.json", Data: strings.NewReader(lock)}, o)
	if r.Into.String() != "EUPL-1.2" || r.IntoHow != IntoProject || r.Project.PURL != "pkg:npm/x@1.0.0" || r.Project.Evidence[0].Start != 2 || r.Verdict == Compliant {
		t.Error(r.Project, brief(r))
	}
	if without := run(t, FileSource{Name: "package-lock.json", Data: strings.NewReader(strings.Replace(lock, `"license": "EUPL-1.2"`, `"license": "SEE LICENSE IN X"`, 1))}, o); !without.Into.IsZero() || without.Verdict != Unknown {
		t.Error(brief(without))
	}
	o = options(t)
	if r := run(t, FolderSource{Dir: project(t, "-- LICENSE --\n"+mit+"-- package-lock.json --\n"+lock+"\n")}, o); r.Into.String() != "MIT" {
		t.Error(brief(r))
	}
}

// A lock that does not list what the project asks for tells it by what nothing else asks for, or the manifest beside it does.
func TestDirectWithoutRoot(t *testing.T) {
	const packages = `"node_modules/a": {"version": "1.0.0", "license": "MIT", "dependencies": {"b": "1"}}, "node_modules/b": {"version": "1.0.0", "license": "MIT"}}}`
	for name, c := range map[string]struct{ files, want string }{
		"no root":           {"-- package-lock.json --\n{\"lockfileVersion\": 3, \"packages\": {" + packages + "\n", "a"},
		"empty root":        {"-- package-lock.json --\n{\"lockfileVersion\": 3, \"packages\": {\"\": {\"license\": \"MIT\"}, " + packages + "\n", "a"},
		"with the manifest": {"-- package.json --\n{\"license\": \"MIT\", \"dependencies\": {\"b\": \"1\"}}\n-- package-lock.json --\n{\"lockfileVersion\": 3, \"packages\": {\"\": {}, " + packages + "\n", "b"},
		"version 1":         {"-- package-lock.json --\n{\"lockfileVersion\": 1, \"dependencies\": {\"a\": {\"version\": \"1.0.0\", \"requires\": {\"b\": \"1\"}}, \"b\": {\"version\": \"1.0.0\"}}}\n", "a"},
	} {
		var direct []string
		for _, c := range run(t, FolderSource{Dir: project(t, "-- LICENSE --\n"+mit+c.files)}, options(t)).Components {
			if c.Direct {
				direct = append(direct, c.Name)
			}
		}
		if got := strings.Join(direct, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// No report holds an author's e-mail address, wherever the audited files give it; the texts that a notice hands on stay as they are.
func TestAddressesOfAuthors(t *testing.T) {
	const who = "Camille Martin <camille.martin@atelier.example>"
	dir := project(t, strings.ReplaceAll(`-- LICENSE --
MIT License

Copyright (c) 2020 WHO

`+mit[strings.Index(mit, "Permission"):]+`-- AUTHORS --
WHO
-- a.c --
/* Copyright 2021 WHO */
/* SPDX-FileCopyrightText: 2022 WHO
 * SPDX-License-Identifier: MIT */
/* SPDX-SnippetBegin
 * SPDX-SnippetCopyrightText: 2019 WHO
 * SPDX-License-Identifier: MIT */
int x;
/* SPDX-SnippetEnd */
-- package.json --
{"name":"a","version":"1.0.0","license":"MIT","author":"WHO","dependencies":{"x":"1.0.0"}}
-- package-lock.json --
{"name":"a","lockfileVersion":3,"packages":{"":{"name":"a","dependencies":{"x":"1.0.0"}},"node_modules/x":{"version":"1.0.0","license":"MIT"}}}
-- bom.json --
{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"y","version":"1","purl":"pkg:generic/y@1","author":"WHO","copyright":"Copyright 2018 WHO","licenses":[{"license":{"id":"MIT"}}]}]}
-- vendor/z/LICENSE --
MIT License

Copyright (c) 2017 WHO

`+mit[strings.Index(mit, "Permission"):], "WHO", who))
	installed := project(t, strings.ReplaceAll("-- node_modules/x/package.json --\n{\"name\":\"x\",\"license\":\"MIT\",\"author\":\"WHO\"}\n-- node_modules/x/LICENSE --\nCopyright (c) 2016 WHO\n\n"+mit[strings.Index(mit, "Permission"):], "WHO", who))
	o := options(t)
	o.Dir = installed
	r := run(t, FolderSource{dir}, o)
	if len(r.Components) != 4 || len(r.Components[0].Copyrights) == 0 {
		t.Fatal(brief(r))
	}
	for _, format := range append(Formats(), FormatText) {
		text := string(written(t, r, format, voice(t, words.French)))
		if found := strings.Contains(text, "camille.martin"); found != (format == FormatNotice) {
			t.Errorf("an address in %s: %v\n%s", format, found, text)
		}
	}
}

// A snippet's copyright is told once, whether or not the tag's line repeats the word.
func TestSnippetCopyright(t *testing.T) {
	for _, value := range []string{"2014 The X Authors", "Copyright 2014 The X Authors", "(c) 2014 The X Authors"} {
		found := readSnippets([]byte("// SPDX-SnippetBegin\n// SPDX-License-Identifier: MIT\n// SPDX-SnippetCopyrightText: " + value + "\nint x;\n// SPDX-SnippetEnd\n"))
		if len(found) != 1 || len(found[0].copyrights) != 1 || strings.Contains(found[0].copyrights[0], "Copyright Copyright") || !strings.Contains(found[0].copyrights[0], "2014 The X Authors") {
			t.Errorf("%s: %+v", value, found)
		}
	}
}
