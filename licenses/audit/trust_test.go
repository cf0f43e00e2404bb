// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
