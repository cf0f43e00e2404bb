// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"communs/licenses"
)

// project writes files into a folder of its own; a text file of testdata/projects names them.
func project(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options(t *testing.T) Options {
	return Options{
		Detector: detector(t), Tool: Tool{Name: "communs", Version: "test"}, Subject: Subject{Kind: Folder, Name: "exemple"}, Jobs: 4,
		Today: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

func run(t *testing.T, source Source, o Options) *Report {
	t.Helper()
	r, err := Run(context.Background(), source, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// brief says what a report comes to, a line a fact.
func brief(r *Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s into %q (%s)\n", r.Verdict, r.Into, r.IntoHow)
	for _, branch := range r.Branches {
		fmt.Fprintf(&b, "branch %s %s: %d errors, %d unknowns", branch.License, branch.Verdict, branch.Errors, branch.Unknowns)
		if branch.License == r.Branch {
			b.WriteString(", chosen")
		}
		b.WriteString("\n")
	}
	for _, c := range r.Components {
		fmt.Fprintf(&b, "component %s %q %s %s", c.ID, c.Concluded, c.Status, c.Answer)
		if c.Missing != "" {
			fmt.Fprintf(&b, " missing:%s", c.Missing)
		}
		if c.Development {
			b.WriteString(" dev")
		}
		if len(c.Via) > 0 {
			fmt.Fprintf(&b, " via %s", strings.Join(c.Via, " > "))
		}
		b.WriteString("\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s %s %s:%d %s", p.Severity, p.Rule, p.Path, p.Line, strings.Join(p.Args, " | "))
		if p.Excuse != nil {
			fmt.Fprintf(&b, " excused: %s", p.Excuse.Reason)
		}
		b.WriteString("\n")
	}
	for _, p := range r.Partial {
		fmt.Fprintf(&b, "partial %s:%d %s\n", p.Path, p.Line, p.Reason)
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(&b, "skipped %s %d %s\n", s.Reason, s.Count, strings.Join(s.Examples, " "))
	}
	return b.String()
}

// TestProjects audits the projects of testdata/projects: in each file the comment says what is shown, "policy.toml" is the policy when there is
// one, cache/ the caches, and "want" what the report comes to.
func TestProjects(t *testing.T) {
	files, err := filepath.Glob("testdata/projects/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no projects", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(text)
			dir := project(t, string(text))
			o := options(t)
			o.Dir = filepath.Join(dir, "project")
			o.Caches = Caches{
				GoModules: filepath.Join(dir, "cache", "gomod"), Cargo: filepath.Join(dir, "cache", "cargo"), Maven: filepath.Join(dir, "cache", "m2"),
				Gems: []string{filepath.Join(dir, "cache", "gems")},
			}
			if policy, err := os.ReadFile(filepath.Join(dir, "policy.toml")); err == nil {
				if o.Policy, err = ReadPolicy("policy.toml", policy); err != nil {
					t.Fatal(err)
				}
			}
			report := run(t, FolderSource{Dir: o.Dir}, o)
			got := brief(report)
			if again := run(t, FolderSource{Dir: o.Dir}, o); !bytes.Equal(asJSON(t, again), asJSON(t, report)) {
				t.Error("two runs differ")
			}
			for i := range a.Files {
				if f := &a.Files[i]; f.Name == "want" {
					if *update {
						f.Data = []byte(got)
						if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
							t.Fatal(err)
						}
					} else if string(f.Data) != got {
						t.Errorf("got\n%s\nwant\n%s", got, f.Data)
					}
				}
			}
		})
	}
}

func asJSON(t *testing.T, r *Report) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const mit = `MIT License

Copyright (c) 2020 Jeanne Exemple

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

// entries are the files of an archive, by name as it is written there.
type entries [][2]string

func tarOf(t *testing.T, files entries) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1])), Typeflag: tar.TypeReg}
		if target, ok := strings.CutPrefix(f[1], "-> "); ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
		}
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, files entries) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f[0])
		if err == nil {
			_, err = io.WriteString(e, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func archiveSource(data []byte) ArchiveSource {
	return ArchiveSource{Name: "a.archive", Data: bytes.NewReader(data), Size: int64(len(data))}
}

// An archive is audited like its folder; what would land outside of it is told and not read, and a bomb ends.
func TestArchives(t *testing.T) {
	files := entries{{"x-1.0/LICENSE", mit}, {"x-1.0/a.go", "package a\n"}, {"x-1.0/node_modules/y/package.json", `{"name":"y","version":"1.0.0","license":"ISC"}`}}
	for kind, data := range map[string][]byte{"tar": tarOf(t, files), "zip": zipOf(t, files)} {
		r := run(t, archiveSource(data), options(t))
		if r.Verdict != Compliant || r.Into.String() != "MIT" || r.Files[0].Path != "LICENSE" || len(r.Components) != 1 || r.Components[0].ID != "pkg:npm/y@1.0.0" {
			t.Errorf("%s: %s", kind, brief(r))
		}
	}
	escape := append(slices.Clone(files), entries{{"../../etc/passwd", "root"}, {"/abs", "x"}, {"x-1.0/l", "-> ../../../etc/passwd"}, {"x-1.0/m", "-> a.go"}}...)
	got := brief(run(t, archiveSource(tarOf(t, escape)), options(t)))
	for _, want := range []string{"partial ../../etc/passwd:0 escape", "partial /abs:0 escape", "skipped link 1 x-1.0/m", "skipped outside 1 x-1.0/l"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := brief(run(t, archiveSource(zipOf(t, entries{{`..\..\evil.go`, "x"}})), options(t))); !strings.Contains(got, "escape") {
		t.Errorf("a zip with backslashes: %s", got)
	}
}

func TestArchivesDamaged(t *testing.T) {
	bomb := entries{{"LICENSE", mit}, {"zeros", strings.Repeat("\x00", 8<<20)}, {"more", strings.Repeat("a b c\n", 1<<20)}}
	for kind, data := range map[string][]byte{"tar": tarOf(t, bomb), "zip": zipOf(t, bomb)} {
		source := archiveSource(data)
		source.mostBytes = 4 << 20
		if got := brief(run(t, source, options(t))); !strings.Contains(got, "partial a.archive:0 limit") {
			t.Errorf("%s bomb: %s", kind, got)
		}
		for _, cut := range []int{len(data) / 3, len(data) - 30, 5} {
			r, err := Run(context.Background(), archiveSource(data[:cut]), options(t))
			if err == nil && len(r.Partial) == 0 {
				t.Errorf("%s cut at %d of %d is not told: %s", kind, cut, len(data), brief(r))
			}
		}
	}
}

// What a package manager installed is no part of the project: it is read as dependencies. Without a lock file, it is the project's.
func TestInstalledFolders(t *testing.T) {
	for name, c := range map[string]struct{ files, want, not string }{
		"npm": {"-- package.json --\n{\"name\":\"x\",\"license\":\"MIT\"}\n-- package-lock.json --\n" +
			`{"lockfileVersion": 3, "packages": {"": {"license": "MIT"}, "node_modules/a": {"version": "1.0.0", "dev": true}}}` +
			"\n-- node_modules/a/package.json --\n{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":\"GPL-3.0-only\"}\n", "skipped installed 1 node_modules", "vendored"},
		"copied": {"-- package.json --\n{\"name\":\"x\",\"license\":\"MIT\"}\n-- node_modules/a/package.json --\n" +
			"{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":\"GPL-3.0-only\"}\n", "incompatible", "skipped installed"},
		"python": {"-- LICENSE --\n" + mit + "-- requirements.txt --\na==1.0\n-- my-env/pyvenv.cfg --\nhome = /usr/bin\n" +
			"-- my-env/lib/python3.11/site-packages/a-1.0.dist-info/METADATA --\nMetadata-Version: 2.4\nName: a\nVersion: 1.0\nLicense-Expression: 0BSD\n", "component pkg:pypi/a@1.0 \"0BSD\" ok yes", "missing"},
	} {
		o := options(t)
		o.Dir = project(t, c.files)
		got := brief(run(t, FolderSource{Dir: o.Dir}, o))
		if !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%s: want %q, not %q in\n%s", name, c.want, c.not, got)
		}
	}
}

// What is hostile on disk is told, and the rest is audited.
func TestHostileFolder(t *testing.T) {
	dir := project(t, "-- LICENSE --\n"+mit+"-- a.go --\npackage a\n-- .git/config --\n[core]\n")
	outside := filepath.Join(t.TempDir(), "GPL.c")
	for name, text := range map[string]string{
		outside:                                 "// SPDX-License-Identifier: GPL-3.0-only\n",
		filepath.Join(dir, "bin"):               strings.Repeat("\x00\x01\x02\xff", 1000),
		filepath.Join(dir, "package-lock.json"): strings.Repeat(`{"a":`, 200_000),
		filepath.Join(dir, "closed.c"):          "// SPDX-License-Identifier: GPL-3.0-only\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(os.Symlink(outside, filepath.Join(dir, "out.c")), os.Symlink("a.go", filepath.Join(dir, "in.go")),
		os.Symlink(".", filepath.Join(dir, "loop")), os.Chmod(filepath.Join(dir, "closed.c"), 0))
	if err != nil {
		t.Skip(err)
	}
	got := brief(run(t, FolderSource{Dir: dir}, options(t)))
	want := []string{"partial package-lock.json", "skipped binary 1 bin", "skipped git 1 .git", "skipped link 2 in.go loop", "skipped outside 1 out.c"}
	if os.Getuid() != 0 {
		want = append(want, "partial closed.c:0 unreadable")
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
	if os.Getuid() != 0 && strings.Contains(got, "GPL") {
		t.Errorf("read what lies outside:\n%s", got)
	}
}

// growing is a file to which somebody writes once it is being read.
type growing struct {
	*os.File
	t    *testing.T
	once *sync.Once
}

func (g growing) Read(p []byte) (int, error) {
	n, err := g.File.Read(p)
	g.once.Do(func() {
		f, err := os.OpenFile(g.Name(), os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("// one more line\n")
		}
		if err := errors.Join(err, f.Close()); err != nil {
			g.t.Error(err)
		}
	})
	return n, err
}

type growingSource struct {
	dir string
	t   *testing.T
}

func (s growingSource) Files(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for e, err := range (FolderSource{Dir: s.dir}).Files(ctx) {
			if e.Path == "log.c" {
				e.Open = func() (io.ReadCloser, error) {
					f, err := os.Open(filepath.Join(s.dir, e.Path))
					return growing{f, s.t, new(sync.Once)}, err
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// A file that changes while it is read is told, whether it is short or long.
func TestChangingFile(t *testing.T) {
	for _, size := range []int{100, 1<<20 - 200, 3 << 20} {
		dir := project(t, "-- LICENSE --\n"+mit+"-- still.c --\nint x;\n")
		if err := os.WriteFile(filepath.Join(dir, "log.c"), bytes.Repeat([]byte("int x;\n"), size/7), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := brief(run(t, growingSource{dir, t}, options(t))); !strings.Contains(got, "partial log.c:0 changed") || strings.Contains(got, "still.c") {
			t.Errorf("%d bytes: %s", size, got)
		}
	}
}

// A file of half a gigabyte takes bounded memory: it is never held.
func TestHugeFile(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 500 MB")
	}
	dir := project(t, "-- LICENSE --\n"+mit)
	f, err := os.Create(filepath.Join(dir, "huge.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("// SPDX-License-Identifier: ISC\n" + strings.Repeat("words of a text\n", 1<<16))
	if err := errors.Join(err, f.Truncate(500<<20), f.Close()); err != nil { // the rest is a hole
		t.Fatal(err)
	}
	r := run(t, FolderSource{Dir: dir}, options(t))
	if got := brief(r); !strings.Contains(got, "partial huge.txt:0 too-big") && !strings.Contains(got, "skipped binary 1 huge.txt") || r.Counts.Bytes < 500<<20 {
		t.Error(got)
	}
}

// A manifest that is too long to be read is told, as it may declare a licence.
func TestLongManifest(t *testing.T) {
	dir := project(t, "-- LICENSE --\n"+mit)
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"license":`+strings.Repeat("[", 2<<20)), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := brief(run(t, FolderSource{Dir: dir}, options(t))); !strings.Contains(got, "partial package.json:0 too-big") {
		t.Error(got)
	}
}

func TestInterrupted(t *testing.T) {
	dir := project(t, "-- LICENSE --\n"+mit)
	stop := errors.New("stopped")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(stop)
	if _, err := Run(ctx, FolderSource{Dir: dir}, options(t)); !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestConclude(t *testing.T) {
	parse := func(s string) (e licenses.Expression) {
		if err := e.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, c := range []struct {
		declared string
		found    []string
		want     string
		conflict bool
	}{
		{"", []string{"MIT"}, "MIT", false},
		{"MIT", nil, "MIT", false},
		{"", nil, "", false},
		{"MIT OR Apache-2.0", []string{"MIT", "Apache-2.0"}, "MIT OR Apache-2.0", false},
		{"MIT OR Apache-2.0", []string{"MIT"}, "MIT OR Apache-2.0", false},
		{"GPL-2.0-or-later", []string{"GPL-2.0-only"}, "GPL-2.0-or-later", false},
		{"GPL-2.0+", []string{"GPL-2.0-only"}, "GPL-2.0-or-later", false},
		{"MIT", []string{"MIT", "BSD-3-Clause"}, "MIT AND BSD-3-Clause", false},
		{"MIT", []string{"Apache-2.0"}, "MIT AND Apache-2.0", true},
		{"MIT", []string{"LicenseRef-unknown"}, "MIT AND LicenseRef-unknown", true},
	} {
		var found []licenses.Finding
		for _, s := range c.found {
			found = append(found, licenses.Finding{Expression: parse(s)})
		}
		if got, conflict := conclude(parse(c.declared), found); got.String() != c.want || conflict != c.conflict {
			t.Errorf("%q, %q: %q %v, want %q %v", c.declared, c.found, got, conflict, c.want, c.conflict)
		}
	}
}
