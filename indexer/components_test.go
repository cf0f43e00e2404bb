// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// workspace is a repository with manifests of several kinds.
func workspace() tree {
	return tree{
		"README.md":                 "# Workshop\n\nTools for people who mend clocks.\n",
		"go.mod":                    "module example.org/workshop\n",
		"clock.go":                  "package workshop\n\nfunc Mend() {}\n",
		"LICENSE":                   "SPDX-License-Identifier: EUPL-1.2\n",
		"web/package.json":          `{"name": "@workshop/web", "version": "1.0.0", "license": "MIT", "description": "The pages"}`,
		"web/index.js":              "export function page() { return 1 }\n",
		"web/README.md":             "# web\n\nNot what the manifest says of it.\n",
		"web/broken/package.json":   "{\n \"name\": \n}",
		"rust/Cargo.toml":           "[workspace.package]\nlicense = \"Apache-2.0\"\nversion = \"0.3.0\"\n",
		"rust/hand/Cargo.toml":      "[package]\nname = \"hand\"\nversion.workspace = true\nlicense.workspace = true\n",
		"rust/hand/README.md":       "# hand\n\nTurns the hands of a clock.\n",
		"web/node_modules/x/x.js":   "x()\n",
		"node_modules/package.json": `{"name": "someone-elses"}`,
	}
}

// declaredIn writes what the manifests of each repository declare, a line each.
func declaredIn(t testing.TB, x *Index) (lines []string) {
	t.Helper()
	for i, o := range x.Repos() {
		l, err := x.Components(i)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range l.Components {
			from := ""
			if c.License != "" {
				from = fmt.Sprintf("%s:%d", o.Path(c.LicenseRow), c.LicenseLine)
			}
			var sources []string
			for _, s := range c.Sources {
				sources = append(sources, o.Path(s))
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %q [%s %s] in %q by %s", c.Ecosystem, c.Name, c.Version, c.Description, c.License, from,
				c.Folder, strings.Join(sources, "+")))
		}
		for _, d := range l.Damaged {
			lines = append(lines, fmt.Sprintf("damaged %s:%d", o.Path(d.Row), d.Line))
		}
	}
	return lines
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var workshop = []string{
	`golang example.org/workshop  "Tools for people who mend clocks." [ ] in "" by go.mod`,
	`npm someone-elses  "" [ ] in "node_modules" by node_modules/package.json`,
	`cargo hand 0.3.0 "Turns the hands of a clock." [Apache-2.0 rust/Cargo.toml:2] in "rust/hand" by rust/Cargo.toml+rust/hand/Cargo.toml`,
	`npm @workshop/web 1.0.0 "The pages" [MIT web/package.json:1] in "web" by web/package.json`,
	`damaged web/broken/package.json:3`,
}

func TestComponents(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	add(t, opts, snapshot("https://forge.example/a/workshop", "c1", workspace()))
	x := open(t, dir)
	same(t, declaredIn(t, x), workshop...)
	if flags := x.Repos()[0].Flags(mustFind(t, x.Repos()[0], "node_modules/package.json")); flags&FlagVendored == 0 {
		t.Errorf("a package of node_modules has flags %b", flags)
	}

	// A changed manifest changes its component, and a manifest that is gone takes its component along.
	files := workspace()
	files["rust/Cargo.toml"] = "[workspace.package]\nversion = \"0.4.0\"\n"
	delete(files, "web/package.json")
	delete(files, "web/broken/package.json")
	add(t, opts, snapshot("https://forge.example/a/workshop", "c2", files))
	same(t, declaredIn(t, open(t, dir)), workshop[0], workshop[1],
		`cargo hand 0.4.0 "Turns the hands of a clock." [ ] in "rust/hand" by rust/Cargo.toml+rust/hand/Cargo.toml`)
}

func mustFind(t testing.TB, o *Occurrences, name string) uint32 {
	t.Helper()
	row, ok := o.Find(name)
	if !ok {
		t.Fatalf("%s is not there", name)
	}
	return row
}

// What is withdrawn takes along what it said of components, also while the withdrawal is under way.
func TestWithdrawnManifests(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	add(t, opts, snapshot("https://forge.example/a/workshop", "c1", workspace()))
	gone := []BlobHash{gitHash(workspace()["rust/Cargo.toml"]), gitHash(workspace()["README.md"]), gitHash(workspace()["web/broken/package.json"])}
	want := []string{`golang example.org/workshop  "" [ ] in "" by go.mod`, workshop[1], workshop[3]}

	x := open(t, dir)
	for _, h := range gone {
		x.current.Hidden.Blobs = append(x.current.Hidden.Blobs, h.String())
	}
	same(t, declaredIn(t, x), want...)

	w, err := NewWriter(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Withdraw(context.Background(), nil, gone); err != nil {
		t.Fatal(err)
	}
	same(t, declaredIn(t, open(t, dir)), want...)
	err = filepath.WalkDir(filepath.Join(dir, "occurrences"), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if strings.Contains(string(data), "mend clocks") || strings.Contains(string(data), "0.3.0") {
			t.Errorf("%s still holds what was withdrawn", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An index that was written before manifests were read says so, and the next Add reads them, without reading other files.
func TestOldIndexGetsComponents(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/format/1-before-components")); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	if o := x.Repos()[0]; o.HasComponents() || len(declaredIn(t, x)) > 0 {
		t.Errorf("an old file has %q", declaredIn(t, x))
	}
	content := files("")
	if _, ok := content["go.mod"]; ok {
		t.Fatal("the old repository has a manifest already")
	}
	with := maps.Clone(content)
	with["go.mod"] = "module example.org/old\n"
	opts := Options{Dir: dir, Detector: detector(t)}
	add(t, opts, snapshot("https://forge.example/a/b", "c1", with))
	x = open(t, dir)
	if !x.Repos()[0].HasComponents() {
		t.Error("the file was not made anew")
	}
	same(t, declaredIn(t, x), `golang example.org/old  "Some words about dates." [ ] in "" by go.mod`)
	equal(t, contents(t, x), want("https://forge.example/a/b", indexed(with)))
}

// A damaged section is named, and the rest of the repository answers.
func TestDamagedComponents(t *testing.T) {
	dir := t.TempDir()
	add(t, Options{Dir: dir, Detector: detector(t)}, snapshot("https://forge.example/a/workshop", "c1", workspace()))
	name := filepath.Join(dir, "occurrences", "000002")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), `"@workshop/web"`)
	data[at+1] = '#'
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	if len(x.Faults()) > 0 || len(x.Repos()) != 1 {
		t.Fatalf("the repository was set aside: %v", x.Faults())
	}
	if l, err := x.Components(0); err == nil || !strings.Contains(err.Error(), "components") || len(l.Components) > 0 {
		t.Errorf("got %v, %v", l, err)
	}
}

// FuzzComponents: a section of any bytes is read or refused, and what is read points into the repository.
func FuzzComponents(f *testing.F) {
	dir := f.TempDir()
	add(f, Options{Dir: dir, Detector: detector(f)}, snapshot("https://forge.example/a/workshop", "c1", workspace()))
	x := open(f, dir)
	list, err := x.Components(0)
	if err != nil {
		f.Fatal(err)
	}
	seed, err := json.Marshal(list)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	o := x.Repos()[0]
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &section{bytes: data}
		s.once.Do(func() {})
		in := &Occurrences{c: &container{name: "x", sections: map[string]*section{"components": s}}, n: o.n, rows: o.rows, paths: o.paths}
		l, err := readComponents(in)
		if err != nil {
			return
		}
		for _, c := range l.without(func(row uint32) bool { return row%2 == 1 }).Components {
			in.Path(c.Row)
			c.In([]byte(in.Path(c.Row)))
		}
	})
}
