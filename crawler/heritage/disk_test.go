// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	git "github.com/go-git/go-git/v5"
)

// runGit runs git in a folder.
func runGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "HOME="+dir,
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
		"GIT_AUTHOR_DATE=1700000000 +0100", "GIT_COMMITTER_DATE=1700000000 -0330")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestVectors computes what is known of contents, a commit, a tree and a tag.
func TestVectors(t *testing.T) {
	var vectors []struct {
		Kind, Name, SWHID string
		Content           string `json:"content_hex"`
		Object            string `json:"object_hex"`
		Branches          json.RawMessage
	}
	readJSON(t, "vectors.json", &vectors)
	for _, v := range vectors {
		var got ID
		switch data, err := hex.DecodeString(v.Content + v.Object); {
		case err != nil:
			t.Fatal(err)
		case v.Kind == string(Snapshot):
			var branches recordedBranches
			if err := json.Unmarshal(v.Branches, &branches); err != nil {
				t.Fatal(err)
			}
			got = SnapshotOf(branches.branches(t, map[string]Branch{}))
		default:
			got = Sum(Type(v.Kind), data)
			if streamed, err := Spool(bytes.NewReader(data)); v.Kind == string(Content) && (err != nil || streamed != got) {
				t.Errorf("%s: streamed %s, %v", v.Name, streamed, err)
			}
		}
		if got.String() != v.SWHID {
			t.Errorf("%s: got %s, want %s", v.Name, got, v.SWHID)
		}
	}
	if len(vectors) < 9 {
		t.Errorf("%d vectors", len(vectors))
	}
}

// TestDirectoryOfTheArchive computes again the identifier of a folder that the archive's API lists.
func TestDirectoryOfTheArchive(t *testing.T) {
	var list []struct {
		Name, Target string
		Perms        uint32
	}
	readJSON(t, "directory-977fc4b.json", &list)
	var entries []Entry
	for _, e := range list {
		entries = append(entries, Entry{e.Name, e.Perms, hashOf(t, e.Target)})
	}
	if got := DirectoryOf(entries).String(); got != "swh:1:dir:977fc4b98c0e85816348cebd3b12026407c368b6" {
		t.Errorf("%d entries: %s", len(entries), got)
	}
}

// TestFolderIsWhatGitSays compares a folder with git's tree of it: names that sort unlike they look, of any bytes, executables, links.
func TestFolderIsWhatGitSays(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "a.b", "a-b", "a0", "ab/c", "ab.c", "name/file", "name-dash", "name with space", "name@at", "%25;%", "sub/deep/er/x", "nom-é"} {
		write(t, filepath.Join(dir, name), "content of "+name)
	}
	if runtime.GOOS == "linux" {
		write(t, filepath.Join(dir, "not\xffUTF-8\n"), "bytes")
	}
	for _, mode := range []os.FileMode{0o100, 0o744, 0o755, 0o600, 0o444} {
		name := filepath.Join(dir, fmt.Sprintf("mode%o", mode))
		write(t, name, "x")
		if err := os.Chmod(name, mode|0o400); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link": "a", "dangling": "not/there", "sub/up": "../..", "to-folder": "ab"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	// git counts a file as executable only for its owner: the suite of the standard has the rest.
	runGit(t, dir, "init", "-q")
	runGit(t, dir, "add", "-A")
	want := "swh:1:dir:" + runGit(t, dir, "write-tree")
	got, err := FolderOf(context.Background(), dir, []string{".git"})
	if err != nil || got.String() != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	all, err := FolderOf(context.Background(), dir, nil)
	if err != nil || all == got {
		t.Errorf("nothing is ignored unless asked for: %s, %v", all, err)
	}
}

// TestFolderHoldsWhatGitLeavesOut: empty folders, folders that only hold what is ignored, and what is no file.
func TestFolderHoldsWhatGitLeavesOut(t *testing.T) {
	dir := t.TempDir()
	empty := DirectoryOf(nil)
	if empty.String() != "swh:1:dir:4b825dc642cb6eb9a060e54bf8d69288fbee4904" {
		t.Errorf("an empty folder is %s", empty)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cache/x.pyc"), "x")
	write(t, filepath.Join(dir, "keep/x.pyc"), "y")
	for name, tc := range map[string]struct {
		exclude []string
		want    []Entry
	}{
		"all": {nil, []Entry{{"empty", ModeDirectory, empty.Hash},
			{"cache", ModeDirectory, DirectoryOf([]Entry{{"x.pyc", ModeFile, Sum(Content, []byte("x")).Hash}}).Hash},
			{"keep", ModeDirectory, DirectoryOf([]Entry{{"x.pyc", ModeFile, Sum(Content, []byte("y")).Hash}}).Hash}}},
		"by name":   {[]string{"*.pyc"}, []Entry{{"empty", ModeDirectory, empty.Hash}, {"cache", ModeDirectory, empty.Hash}, {"keep", ModeDirectory, empty.Hash}}},
		"by path":   {[]string{"cache/*.pyc", "keep/"}, []Entry{{"empty", ModeDirectory, empty.Hash}, {"cache", ModeDirectory, empty.Hash}}},
		"top stays": {[]string{filepath.Base(dir), "?ache", "keep", "empty"}, nil},
	} {
		got, err := FolderOf(context.Background(), dir, tc.exclude)
		if want := DirectoryOf(tc.want); err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, want)
		}
	}
	if _, err := FolderOf(context.Background(), dir, []string{"[x"}); err == nil {
		t.Error("a pattern that cannot be read is taken")
	}
}

// TestRepositoryObjects compares what names lead to with git: commits, tags, trees, and the whole.
func TestRepositoryObjects(t *testing.T) {
	dir := t.TempDir()
	runGit(t, dir, "init", "-q", "-b", "main")
	write(t, filepath.Join(dir, "f"), "1")
	runGit(t, dir, "add", "-A")
	runGit(t, dir, "commit", "-q", "-m", "é\n\nbody\n")
	runGit(t, dir, "tag", "-a", "v1", "-m", "first")
	runGit(t, dir, "tag", "light")
	runGit(t, dir, "tag", "-a", "nested", "-m", "of a tag", "v1")
	repo, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		want Type
		rev  string
	}{
		{"HEAD", Revision, "HEAD"}, {"main", Directory, "HEAD^{tree}"}, {"v1", Release, "v1"}, {"v1", Revision, "v1^{commit}"},
		{"refs/tags/v1", Directory, "v1^{tree}"}, {"light", Revision, "light"}, {"nested", Release, "nested"}, {"nested", Directory, "HEAD^{tree}"},
		{runGit(t, dir, "rev-parse", "HEAD:f"), Content, "HEAD:f"},
	} {
		id, err := NamedObject(repo.Storer, repo.Storer, tc.name, tc.want)
		if want := "swh:1:" + string(tc.want) + ":" + runGit(t, dir, "rev-parse", tc.rev); err != nil || id.String() != want {
			t.Errorf("%s as %s: got %s, %v, want %s", tc.name, tc.want, id, err, want)
		}
	}
	var none *NoReferenceError
	if _, err := NamedObject(repo.Storer, repo.Storer, "other", Revision); !errors.As(err, &none) {
		t.Error(err)
	}
	var other *NoSuchTypeError
	if _, err := NamedObject(repo.Storer, repo.Storer, "light", Release); !errors.As(err, &other) {
		t.Error(err)
	}
	write(t, filepath.Join(dir, ".git/refs/heads/lost"), strings.Repeat("1", 40)+"\n")
	write(t, filepath.Join(dir, ".git/refs/heads/alias"), "ref: refs/heads/nowhere\n")
	got, err := RepositorySnapshot(repo.Storer, repo.Storer)
	commit, tag, nested := hashOf(t, runGit(t, dir, "rev-parse", "HEAD")), hashOf(t, runGit(t, dir, "rev-parse", "v1")), hashOf(t, runGit(t, dir, "rev-parse", "nested"))
	want := SnapshotOf(map[string]Branch{
		"HEAD": {Alias: "refs/heads/main"}, "refs/heads/main": {Object: ID{Revision, commit}}, "refs/tags/light": {Object: ID{Revision, commit}},
		"refs/tags/v1": {Object: ID{Release, tag}}, "refs/tags/nested": {Object: ID{Release, nested}}, "refs/heads/lost": {},
		"refs/heads/alias": {Alias: "refs/heads/nowhere"}, "refs/heads/nowhere": {},
	})
	if err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestStreams compares long contents with git, and tells one that grew or shrank meanwhile.
func TestStreams(t *testing.T) {
	name := filepath.Join(t.TempDir(), "long")
	write(t, name, strings.Repeat("0123456789abcde\n", 400_000))
	want := "swh:1:cnt:" + runGit(t, filepath.Dir(name), "hash-object", name)
	if id, err := FileOf(name); err != nil || id.String() != want {
		t.Errorf("got %s, %v, want %s", id, err, want)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if id, err := Spool(f); err != nil || id.String() != want {
		t.Errorf("spooled: got %s, %v, want %s", id, err, want)
	}
	var changed *ChangedError
	for _, size := range []int64{3, 5} {
		if _, err := ContentOf(strings.NewReader("four"), size); !errors.As(err, &changed) {
			t.Errorf("4 bytes for %d: %v", size, err)
		}
	}
}

// TestSuiteOfTheStandard computes what the test suite of the standard expects, where there is a copy of it.
func TestSuiteOfTheStandard(t *testing.T) {
	suite := os.Getenv("SWHID_TESTSUITE")
	if suite == "" {
		t.Skip("SWHID_TESTSUITE names no copy of github.com/swhid/test-suite")
	}
	expected, err := os.ReadFile("testdata/testsuite.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(expected)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		want, err := ParseID(f[2])
		if err != nil {
			t.Fatal(err)
		}
		place, name := filepath.Join(suite, f[0]), f[1]
		if _, err := os.Stat(place); err != nil {
			t.Log(err)
			continue
		}
		if packed, ok := strings.CutSuffix(place, ".tar.gz"); ok {
			place = filepath.Join(t.TempDir(), filepath.Base(packed))
			if err := os.Mkdir(place, 0o755); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("tar", "-xzf", packed+".tar.gz", "-C", place, "--strip-components=1").CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
		}
		if name == "" {
			name = "HEAD"
		}
		var got ID
		switch want.Type {
		case Content:
			got, err = FileOf(place)
		case Directory:
			got, err = FolderOf(context.Background(), place, nil)
		default:
			var repo *git.Repository
			if repo, err = git.PlainOpen(place); err != nil {
				break
			}
			if want.Type == Snapshot {
				got, err = RepositorySnapshot(repo.Storer, repo.Storer)
				break
			}
			if _, err := hex.DecodeString("0" + name); err == nil && len(name) == 7 {
				name = runGit(t, place, "-c", "safe.directory=*", "rev-parse", name)
			}
			got, err = NamedObject(repo.Storer, repo.Storer, name, want.Type)
		}
		if err != nil || got != want {
			t.Errorf("%s %s: got %s, %v, want %s", f[0], f[1], got, err, want)
		}
	}
}

// BenchmarkFolder is a folder of 100,000 small files.
func BenchmarkFolder(b *testing.B) {
	dir := b.TempDir()
	for i := range 100_000 {
		write(b, filepath.Join(dir, fmt.Sprintf("%02d/%02d/%d", i/10_000, i/100%100, i)), fmt.Sprint("content ", i))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FolderOf(context.Background(), dir, nil); err != nil {
			b.Fatal(err)
		}
	}
}
