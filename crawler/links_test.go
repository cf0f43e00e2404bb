// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParsePointer(t *testing.T) {
	const oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
	const version = "version https://git-lfs.github.com/spec/v1\n"
	for _, test := range []struct {
		name, text string
		want       Pointer
		ok         bool
	}{
		{"as the specification shows it", lfsPointer, Pointer{oid, 12345}, true},
		{"of an empty file", version + "oid sha256:" + oid + "\nsize 0\n", Pointer{oid, 0}, true},
		{"without the last line break", version + "oid sha256:" + oid + "\nsize 7", Pointer{oid, 7}, true},
		{"with an extension", version + "ext-0-foo sha256:" + oid + "\noid sha256:" + oid + "\nsize 7\n", Pointer{oid, 7}, true},
		{"from before the specification", "version http://git-media.io/v/2\noid sha256:" + oid + "\nsize 7\n", Pointer{oid, 7}, true},
		{"of another version", "version https://git-lfs.github.com/spec/v9\noid sha256:" + oid + "\nsize 7\n", Pointer{}, false},
		{"with another hash", version + "oid md5:" + oid + "\nsize 7\n", Pointer{}, false},
		{"with a hash that is too short", version + "oid sha256:" + oid[1:] + "\nsize 12345678\n", Pointer{}, false},
		{"with a hash in capitals", version + "oid sha256:" + strings.ToUpper(oid) + "\nsize 7\n", Pointer{}, false},
		{"with a negative size", version + "oid sha256:" + oid + "\nsize -7\n", Pointer{}, false},
		{"with a size beyond all", version + "oid sha256:" + oid + "\nsize 99999999999999999999\n", Pointer{}, false},
		{"without a size", version + "oid sha256:" + oid + "\nsizes 99\n", Pointer{}, false},
		{"in another order", version + "size 7\noid sha256:" + oid + "\n", Pointer{}, false},
		{"with Windows line ends", strings.ReplaceAll(version, "\n", "\r\n") + "oid sha256:" + oid + "\r\nsize 7\r\n", Pointer{}, false},
		{"followed by more", lfsPointer + strings.Repeat("x", 1000), Pointer{}, false},
		{"followed by a text", lfsPointer + "\nThis file explains what a pointer is.\n", Pointer{}, false},
		{"empty", "", Pointer{}, false},
	} {
		if got, ok := ParsePointer([]byte(test.text)); got != test.want || ok != test.ok {
			t.Errorf("%s: %+v, %v", test.name, got, ok)
		}
	}
}

func TestParseModules(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want map[string]string
	}{
		"as git writes it": {"[submodule \"lib/a\"]\n\tpath = lib/a\n\turl = https://forge.example/o/a.git\n\tbranch = main\n[submodule \"b\"]\n\turl = ../b\n\tpath = b\n",
			map[string]string{"lib/a": "https://forge.example/o/a.git", "b": "../b"}},
		"with comments, quotes and continued lines": {"# of strangers\n; and us\n[SubModule \"a \\\"b\\\" \\\\\"]\r\n  PATH = \"with space \" # where\r\n  url = https://forge.example/o/\\\na.git ; what\n",
			map[string]string{"with space ": "https://forge.example/o/a.git"}},
		"in one line":                   {"[submodule \"a\"] path = a\n url = b\n", map[string]string{"a": "b"}},
		"without an address":            {"[submodule \"a\"]\npath = a\n", map[string]string{"a": ""}},
		"other sections":                {"[core]\npath = a\nurl = b\n[submodule]\npath = c\nurl = d\n[submodules \"x\"]\npath = e\nurl = f\n", map[string]string{}},
		"paths that lead out":           {"[submodule \"a\"]\npath = ../a\nurl = b\n[submodule \"b\"]\npath = /etc\nurl = b\n[submodule \"c\"]\npath = ..\nurl = b\n", map[string]string{}},
		"options":                       {"[submodule \"a\"]\npath = -a\nurl = b\n[submodule \"b\"]\npath = b\nurl = --upload-pack=touch x\n", map[string]string{"b": ""}},
		"twice the same path":           {"[submodule \"a\"]\npath = a\nurl = first\n[submodule \"b\"]\npath = a\nurl = second\n", map[string]string{"a": "first"}},
		"twice the same key":            {"[submodule \"a\"]\npath = a\nurl = first\nurl = second\n", map[string]string{"a": "second"}},
		"a section that does not close": {"[submodule \"a\npath = a\n[submodule \"b\"]\npath = b\nurl = c\n", map[string]string{"b": "c"}},
		"a quote that does not close":   {"[submodule \"a\"]\npath = \"a\nurl = b\n[submodule \"b\"]\npath = b\nurl = c\n", map[string]string{"b": "c"}},
		"an escape that is none":        {"[submodule \"a\"]\npath = a\nurl = \\x\n", map[string]string{"a": ""}},
		"keys without a value":          {"[submodule \"a\"]\npath\nurl\nshallow\npath = a\n", map[string]string{"a": ""}},
		"too large":                     {"[submodule \"a\"]\npath = a\n" + strings.Repeat("#", maxModules), nil},
		"not text":                      {"\x00\xff[\x00\n]]\n\"", map[string]string{}},
	} {
		if got := parseModules([]byte(test.text)); !maps.Equal(got, test.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "[submodule \"%d\"]\npath=%d\nurl=u\n", i, i)
	}
	if got := parseModules([]byte(many.String())); len(got) != maxDeclared {
		t.Errorf("of 20,000 entries %d are kept", len(got))
	}
}

func TestWhereASubmoduleIsDeveloped(t *testing.T) {
	const of = "https://forge.example/group/sub/app"
	for declared, want := range map[string]string{
		"https://forge.example/o/a.git":         "https://forge.example/o/a.git",
		"HTTP://Forge.Example:80/o/a/":          "http://forge.example/o/a",
		"https://user:secret@forge.example/o/a": "https://forge.example/o/a",
		"../lib.git":                            "https://forge.example/group/sub/lib.git",
		"../../../other/lib":                    "https://forge.example/other/lib",
		"./plugins/x":                           "https://forge.example/group/sub/app/plugins/x",
		"../../../../elsewhere":                 "",
		"../../..":                              "",
		"git@forge.example:o/a.git":             "https://forge.example/o/a.git",
		"ssh://git@forge.example:2222/o/a":      "https://forge.example/o/a",
		"git://forge.example/o/a":               "https://forge.example/o/a",
		"ext::sh -c touch% x":                   "",
		"ext::https://forge.example/o/a":        "",
		"file:///etc/passwd":                    "",
		"/etc/passwd":                           "",
		"javascript:alert(1)":                   "",
		"https://forge.example/o/a?token=x":     "",
		"https://forge.example/o/a\nb":          "",
		"https:///o":                            "",
		"":                                      "",
	} {
		if got := submoduleURL(declared, of); got != want {
			t.Errorf("%s: %q, want %q", declared, got, want)
		}
	}
	if got := submoduleURL("../b", "file:///home/somebody/a"); got != "" {
		t.Errorf("beside a folder of this machine: %q", got)
	}
}

// linking is a repository with two submodules, one of them without an address, and two files that LFS keeps elsewhere.
func linking(t *testing.T, work string) {
	t.Helper()
	commitFiles(t, work, "a.go", "package a\n", ".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n", "poids.bin", lfsPointer, "data/b.bin", lfsPointer,
		".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = https://user:secret@forge.example/o/lib.git\n")
	for at, commit := range map[string]string{"vendor/lib": strings.Repeat("1", 40), "orphan": strings.Repeat("2", 40)} {
		runGit(t, work, "update-index", "--add", "--cacheinfo", "160000,"+commit+","+at)
	}
	runGit(t, work, "commit", "-q", "-m", "points elsewhere")
}

// TestWhatAStatePointsAtIsNotedAndNotFollowed: of a repository on a server, fetched here and in a process apart, and of one on this machine.
func TestWhatAStatePointsAtIsNotedAndNotFollowed(t *testing.T) {
	check := func(t *testing.T, c *Crawler, sc SourceConfig, url string) {
		t.Helper()
		sum, _, err := outcome(c, Options{}, sc)
		if err != nil || sum.New != 1 || sum.Submodules != 2 || sum.Large != 2 || sum.LargeBytes != 2*12345 {
			t.Fatalf("%+v, %v", sum, err)
		}
		j, err := c.Journal(context.Background(), url, 0)
		must(t, err)
		l := j.Links
		if l == nil || l.Submodules != 2 || l.Large != 2 || len(l.First) != 2 || len(l.FirstLarge) != 2 {
			t.Fatalf("%+v", l)
		}
		if want := (Submodule{Path: "orphan", Revision: "swh:1:rev:" + strings.Repeat("2", 40)}); l.First[0] != want {
			t.Errorf("%+v", l.First[0])
		}
		if want := (Submodule{"vendor/lib", "swh:1:rev:" + strings.Repeat("1", 40), "https://forge.example/o/lib.git", "https://forge.example/o/lib.git"}); l.First[1] != want {
			t.Errorf("%+v", l.First[1])
		}
		if want := (LargeFile{"data/b.bin", "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393", 12345}); l.FirstLarge[0] != want {
			t.Errorf("%+v", l.FirstLarge[0])
		}
		for s, err := range c.Snapshots(context.Background()) {
			must(t, err)
			if s.Commit != l.Commit {
				t.Errorf("of %s, and %s is published", l.Commit, s.Commit)
			}
		}
	}
	t.Run("server", func(t *testing.T) {
		s := newGitServer(t)
		url, work := s.create(t, "app.git")
		linking(t, work)
		runGit(t, work, "push", "-q", "origin", "main")
		s.asked()
		c := openCrawler(t, t.TempDir())
		check(t, c, gitSource(url), url)
		for _, request := range s.asked() {
			if !strings.Contains(request, "/app.git/") || strings.Contains(request, "lfs") {
				t.Errorf("it was followed: %s", request)
			}
		}
		// The next state has none of it.
		runGit(t, work, "rm", "-q", "-r", "--cached", "vendor/lib", "orphan", "poids.bin", "data/b.bin")
		runGit(t, work, "commit", "-q", "-m", "nothing elsewhere")
		runGit(t, work, "push", "-q", "origin", "main")
		if sum, _, err := outcome(c, Options{}, gitSource(url)); err != nil || sum.Changed != 1 || sum.Submodules+sum.Large != 0 {
			t.Errorf("%+v, %v", sum, err)
		}
		if j, err := c.Journal(context.Background(), url, 0); err != nil || j.Links != nil {
			t.Errorf("%+v, %v", j.Links, err)
		}
	})
	t.Run("process apart", func(t *testing.T) {
		s := newGitServer(t)
		url, work := s.create(t, "app.git")
		linking(t, work)
		runGit(t, work, "push", "-q", "origin", "main")
		check(t, openCrawler(t, t.TempDir(), apart(t)), gitSource(url), url)
	})
	t.Run("local", func(t *testing.T) {
		work := filepath.Join(t.TempDir(), "app")
		must(t, os.MkdirAll(work, 0o777))
		runGit(t, work, "init", "-q", "-b", "main")
		linking(t, work)
		check(t, openCrawler(t, t.TempDir()), SourceConfig{Name: "app", Kind: KindGit, Path: work}, work)
	})
}

// TestPointersWithoutAttributes: in a folder, and in a repository whose attributes say nothing.
func TestPointersWithoutAttributes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder")
	must(t, os.MkdirAll(dir, 0o777))
	must(t, os.WriteFile(filepath.Join(dir, "a.bin"), []byte(lfsPointer), 0o666))
	if sum, _, err := outcome(openCrawler(t, t.TempDir()), Options{}, SourceConfig{Name: "a", Kind: KindFolder, Path: dir}); err != nil || sum.Large != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	runGit(t, dir, "init", "-q", "-b", "main")
	runGit(t, dir, "add", "-A")
	runGit(t, dir, "commit", "-q", "-m", "x")
	if sum, _, err := outcome(openCrawler(t, t.TempDir()), Options{}, SourceConfig{Name: "a", Kind: KindGit, Path: dir}); err != nil || sum.Large != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	s := newGitServer(t)
	url, work := s.create(t, "app.git")
	commitFiles(t, work, "a.bin", lfsPointer)
	runGit(t, work, "push", "-q", "origin", "main")
	if sum, _, err := outcome(openCrawler(t, t.TempDir()), Options{}, gitSource(url)); err != nil || sum.Large != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// TestHostileLinks: what is found in a tree, however much it is, is kept in bounds.
func TestHostileLinks(t *testing.T) {
	g := newGatherer(&objects{})
	for i := range 3 * firstModules {
		name := fmt.Sprintf("%04d\xff", 3*firstModules-i)
		must(t, g.see(treeEntry{name, modeSubmodule, Hash{1}}, func() string { return name }))
	}
	if l := g.links; l.Submodules != 3*firstModules || len(l.First) != firstModules || l.First[0].Path != "0001\xff" {
		t.Errorf("%d, %d, %q", l.Submodules, len(l.First), l.First[0].Path)
	}
	must(t, g.links.settle(Repository{URL: "https://forge.example/o/a"}, Hash{1}))
	if !utf8.ValidString(g.links.First[0].Path) {
		t.Errorf("%q", g.links.First[0].Path)
	}
	for name, text := range map[string]*linksText{
		"more named than counted":    {Submodules: 1, First: []moduleText{{Revision: strings.Repeat("1", 40)}, {Revision: strings.Repeat("1", 40)}}},
		"a commit that is none":      {Submodules: 1, First: []moduleText{{Revision: "1"}}},
		"a path beyond all":          {Submodules: 1, First: []moduleText{{Revision: strings.Repeat("1", 40), Path: make([]byte, maxPath+1)}}},
		"an address beyond all":      {Submodules: 1, First: []moduleText{{Revision: strings.Repeat("1", 40), Declared: make([]byte, maxAddress+1)}}},
		"a file that is less than 0": {Large: 1, FirstLarge: []largeText{{OID: strings.Repeat("1", 64), Size: -1}}},
		"a hash that is none":        {Large: 1, FirstLarge: []largeText{{OID: "x"}}},
		"less than 0 in all":         {Large: 1, LargeBytes: -1},
		"less than none":             {Large: -1},
		"more than a tree can hold":  {Submodules: maxFiles + 1},
	} {
		if l, err := text.accept(); err == nil {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func FuzzParsePointer(f *testing.F) {
	f.Add([]byte(lfsPointer))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, ok := ParsePointer(data); ok && (p.Size < 0 || len(p.OID) != 64) {
			t.Errorf("%+v", p)
		}
	})
}

func FuzzParseModules(f *testing.F) {
	f.Add([]byte("[submodule \"a \\\"b\"]\n\tpath = \"a b\" # c\n\turl = ../b\\\n.git\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for at, address := range parseModules(data) {
			if at == "" || strings.HasPrefix(at, "/") || strings.HasPrefix(at, "../") || strings.HasPrefix(address, "-") {
				t.Errorf("%q: %q", at, address)
			}
			if u := submoduleURL(address, "https://forge.example/o/a"); u != "" && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
				t.Errorf("%q leads to %q", address, u)
			}
		}
	})
}

// FuzzLinksOfAChild: whatever a child says, what is kept of it can be read again.
func FuzzLinksOfAChild(f *testing.F) {
	f.Add([]byte(`{"Submodules":1,"Large":1,"LargeBytes":3,"First":[{"Path":"YQ==","Declared":"Li4vYg==","Revision":"1111111111111111111111111111111111111111"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var text linksText
		if json.Unmarshal(data, &text) != nil {
			return
		}
		l, err := text.accept()
		if err != nil {
			return
		}
		if err := l.settle(Repository{URL: "https://forge.example/o/a"}, Hash{1}); err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(l); err != nil {
			t.Error(err)
		}
	})
}
