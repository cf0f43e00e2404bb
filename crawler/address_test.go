// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestSpellingsOfOneAddressShareAKey(t *testing.T) {
	for _, group := range [][]string{
		{"https://Example.org/a/B", "http://example.org/a/B/", "https://example.org:443/a/B.git", "https://me:pw@example.org/a/B",
			"git@example.org:a/B.git", "ssh://git@example.org:22/a/B.git", "example.org/a/B", "https://example.org//a/./x/../B", "https://example.org/a/%42"},
		{"https://example.org/a/b", "example.org/a/b.git"},
		{"https://example.org:8443/a/b"},
		{"https://example.org/a%20b", "https://example.org/a b"},
		{"file:///srv/git/x", "file://localhost/srv/git/x", "/srv/git/x", "/srv/git/../git/x/"},
		{"file:///srv/git/x.git"},
	} {
		for _, s := range group {
			if AddressKey(s) != AddressKey(group[0]) || AddressKey(s) == "" {
				t.Errorf("%s has the key %q, %s has %q", s, AddressKey(s), group[0], AddressKey(group[0]))
			}
		}
	}
	if AddressKey("https://example.org/a") == AddressKey("https://example.org/A") {
		t.Error("paths differ by case")
	}
}

func TestMirrorPaths(t *testing.T) {
	long := strings.Repeat("abc", 50)
	for address, want := range map[string]string{
		"https://example.org/group/Sub/tool.git": "example.org/group/!sub/tool.git",
		"https://example.org:8443/a":             "example.org%3a8443/a.git",
		"https://example.org":                    "example.org/%root.git",
		"https://example.org/a.git/b":            "example.org/a%2egit/b.git",
		"https://example.org/.hidden/x.":         "example.org/%2ehidden/x%2e.git",
		"https://example.org/con/NUL.txt/com1":   "example.org/%63on/%4e!u!l.txt/%63om1.git",
		"https://example.org/é b\\c":             "example.org/%c3%a9%20b%5cc.git",
		"https://pkg.go.dev/github.com/A/b/v2":   "pkg.go.dev/github.com/!a/b/v2.git",
		"file:///srv/Git":                        "%local/srv/!git.git",
		"https://example.org/" + long:            "example.org/" + long[:60] + "~3b3e4ddd3b7ec91ad9e9e0b33b6b0a8f.git",
	} {
		got, err := mirrorPath(AddressKey(address))
		if strings.Contains(want, "~") {
			got, want = got[:strings.Index(got, "~")], want[:strings.Index(want, "~")]
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %s (%v), want %s", address, got, err, want)
		}
	}
}

var safePath = regexp.MustCompile(`^[-a-z0-9_!%][-a-z0-9_.!%~]*(/[-a-z0-9_!%~][-a-z0-9_.!%~]*)*\.git$`)

// FuzzMirrorPath: whatever the address, its mirror lies below mirrors/, under names that are safe everywhere, is not
// inside another mirror, and is shared with no other key, not even on a file system that folds case.
func FuzzMirrorPath(f *testing.F) {
	for _, s := range []string{"https://example.org/a/b.git", "https://h/../..", "https://h/%2e%2e/x", "https://h/a\\..\\b", "file:///../..",
		"https://h/a%00b", "https://h/con", "https://h/" + strings.Repeat("é", 200), "https://h/x/a.git/b", "git@h:..", "//", "https://[::1]:80/a"} {
		f.Add(s, s+"/")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		key := AddressKey(a)
		p, err := mirrorPath(key)
		if (key == "") != (err != nil) {
			t.Fatalf("%q: key %q, error %v", a, key, err)
		}
		if err != nil {
			return
		}
		if !safePath.MatchString(p) || path.Clean(p) != p || !filepath.IsLocal(filepath.FromSlash(p)) || len(p) > 260 {
			t.Fatalf("%q leads to %q", a, p)
		}
		for _, e := range strings.Split(p, "/") {
			if len(e) > 180 || reserved(e) || strings.HasSuffix(e, ".") {
				t.Fatalf("%q leads to %q, with %q", a, p, e)
			}
		}
		if dir := path.Dir(p); strings.HasSuffix(dir, ".git") || strings.Contains(dir, ".git/") {
			t.Fatalf("%q leads into another mirror: %q", a, p)
		}
		if other := AddressKey(b); other != "" && other != key {
			if q, _ := mirrorPath(other); strings.EqualFold(p, q) {
				t.Fatalf("%q and %q share %q", key, other, p)
			}
		}
		if canonical, err := CanonicalURL(a); err == nil {
			if again, err := CanonicalURL(canonical); err != nil || again != canonical || AddressKey(canonical) != key {
				t.Fatalf("%q becomes %q, then %q (%v)", a, canonical, again, err)
			}
		}
	})
}

func TestParseArg(t *testing.T) {
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "work")
	runGit(t, dir, "init", "-q", "--bare", "bare.git")
	write(t, dir, "plain/file", "x", "module/go.mod", "module m\n")
	at := func(name string) string { return filepath.Join(dir, name) }
	for arg, want := range map[string]SourceConfig{
		"https://Example.org/a/":          {Name: "https://example.org/a", URL: "https://example.org/a"},
		"https://example.org/a.git":       {Name: "https://example.org/a.git", Kind: KindGit, URL: "https://example.org/a.git"},
		at("work"):                        {Name: at("work"), Kind: KindGit, Path: at("work")},
		at("bare.git"):                    {Name: at("bare.git"), Kind: KindGit, Path: at("bare.git")},
		at("plain"):                       {Name: at("plain"), Kind: KindFolder, Path: at("plain")},
		at("module"):                      {Name: at("module"), Kind: KindFolder, Path: at("module")},
		at("module/go.mod"):               {Name: at("module/go.mod"), Kind: KindBuild, Path: at("module/go.mod")},
		at("none"):                        {Name: at("none"), Kind: KindGit, Path: at("none")},
		"file://" + filepath.ToSlash(dir): {Name: dir, Kind: KindFolder, Path: dir},
	} {
		if got, err := ParseArg(arg); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v (%v), want %+v", arg, got, err, want)
		}
	}
	for arg, problem := range map[string]string{
		"": "empty", "ssh://git@h/a": "scheme", "git@h:a/b": "scheme", "https://me:secret@h/a": "credentials",
		"https://h/a?x=1": "query", "https://": "malformed", "https://h/%zz": "malformed",
	} {
		var bad *AddressError
		if _, err := ParseArg(arg); !errors.As(err, &bad) || bad.Problem != problem || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", arg, err, problem)
		}
	}
	for _, arg := range []string{at("plain/file")} {
		var fault *FetchError
		if _, err := ParseArg(arg); !errors.As(err, &fault) || fault.URL != arg {
			t.Errorf("%s: %v", arg, err)
		}
	}
}

func FuzzParseArg(f *testing.F) {
	for _, s := range []string{"https://h/a", "file:///tmp", "git@h:a", ".", "", "://", "https://u@h/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		sc, err := ParseArg(arg)
		if err != nil {
			return
		}
		if sc.Name == "" || (sc.URL == "") == (sc.Path == "") {
			t.Fatalf("%q gives %+v", arg, sc)
		}
		if _, err := os.Stat(sc.Path); sc.Path != "" && err != nil {
			t.Fatalf("%q gives a path that is not there: %+v", arg, sc)
		}
		if sc.Kind == "" { // to be found out
			sc.Kind = KindGit
		}
		if _, err := NewSource(sc, Config{}); err != nil {
			t.Fatalf("%q gives %+v: %v", arg, sc, err)
		}
	})
}
