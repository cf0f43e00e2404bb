// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readJSON reads a file of testdata.
func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// recordedBranches are branches as the archive's API writes them.
type recordedBranches map[string]*struct {
	Target string `json:"target"`
	Type   string `json:"target_type"`
}

func (r recordedBranches) branches(t *testing.T, into map[string]Branch) map[string]Branch {
	t.Helper()
	for name, b := range r {
		switch {
		case b == nil:
			into[name] = Branch{}
		case b.Type == "alias":
			into[name] = Branch{Alias: b.Target}
		default:
			into[name] = Branch{Object: ID{branchTypes[b.Type], hashOf(t, b.Target)}}
		}
	}
	return into
}

func hashOf(t *testing.T, digits string) (h [20]byte) {
	t.Helper()
	if n, err := hex.Decode(h[:], []byte(digits)); err != nil || n != len(h) {
		t.Fatalf("%q is no hash", digits)
	}
	return h
}

// TestSnapshotsOfTheArchive computes again what the archive has computed: of Linux's 1,600 references, of a repository with an alias.
func TestSnapshotsOfTheArchive(t *testing.T) {
	for want, files := range map[string][]string{
		"swh:1:snp:6a3a2cf0b2b90ce7ae1cf0a221ed68035b686f5a": {"snapshot-6a3a2cf.json"},
		"swh:1:snp:6436d2c9b06cf9bd9efb0b4e463c3fe6b868eadc": {"snapshot-6436d2c.json"},
		"swh:1:snp:cabcc7d7bf639bbe1cc3b41989e1806618dd5764": {"snapshot-cabcc7d.json", "snapshot-cabcc7d-2.json"},
		"swh:1:snp:1a8893e6a86f444e8be8e7bda6cb34fb1735a00e": nil, // without branches: the only one of an empty repository
	} {
		branches := map[string]Branch{}
		for _, name := range files {
			var page struct{ Branches recordedBranches }
			readJSON(t, name, &page)
			page.Branches.branches(t, branches)
		}
		if got := SnapshotOf(branches).String(); got != want {
			t.Errorf("%d branches: got %s, want %s", len(branches), got, want)
		}
	}
}

// TestSnapshotManifest holds the manifest that the standard describes, with each kind of target.
func TestSnapshotManifest(t *testing.T) {
	h := func(b byte) (h [20]byte) { return [20]byte{0: b, 19: b} }
	got := SnapshotOf(map[string]Branch{
		"HEAD": {Alias: "refs/heads/é"}, "refs/heads/é": {}, "c": {Object: ID{Content, h(1)}}, "d": {Object: ID{Directory, h(2)}},
		"r": {Object: ID{Revision, h(3)}}, "t": {Object: ID{Release, h(4)}}, "s": {Object: ID{Snapshot, h(5)}},
	})
	raw := func(b byte) string { h := h(b); return string(h[:]) }
	manifest := "alias HEAD\x0013:refs/heads/é" + "content c\x0020:" + raw(1) + "directory d\x0020:" + raw(2) +
		"revision r\x0020:" + raw(3) + "dangling refs/heads/é\x000:" + "snapshot s\x0020:" + raw(5) + "release t\x0020:" + raw(4)
	if want := Sum(Snapshot, []byte(manifest)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWhichReferencesCount tells the branches that a list of references makes.
func TestWhichReferencesCount(t *testing.T) {
	one, two := [20]byte{1}, [20]byte{2}
	got := Branches([]Reference{
		{Name: "HEAD", Hash: one}, {Name: "HEAD", Symbolic: "refs/heads/main"}, {Name: "refs/heads/main", Hash: one},
		{Name: "refs/tags/v1", Hash: two, Type: Release}, {Name: "refs/tags/v1^{}", Hash: one},
		{Name: "refs/pull/7/head", Hash: one}, {Name: "refs/pull/7/merge", Hash: two},
		{Name: "refs/merge-requests/7/head", Hash: one}, {Name: "refs/merge-requests/7/merge", Hash: two},
		{Name: "refs/pipelines/9", Hash: two}, {Name: "refs/changes/01/1/1", Hash: two}, {Name: "refs/heads/merge", Hash: two},
		{Name: "refs/remotes/origin/HEAD", Symbolic: "refs/remotes/origin/gone"}, {Name: "refs/heads/lost", Missing: true},
	})
	want := map[string]Branch{
		"HEAD": {Alias: "refs/heads/main"}, "refs/heads/main": {Object: ID{Revision, one}}, "refs/tags/v1": {Object: ID{Release, two}},
		"refs/pull/7/head": {Object: ID{Revision, one}}, "refs/merge-requests/7/head": {Object: ID{Revision, one}},
		"refs/heads/merge": {Object: ID{Revision, two}}, "refs/heads/lost": {},
		"refs/remotes/origin/HEAD": {Alias: "refs/remotes/origin/gone"}, "refs/remotes/origin/gone": {},
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: got %v, want %v", name, got[name], want[name])
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s counts", name)
		}
	}
	if detached := Branches([]Reference{{Name: "HEAD", Hash: two}}); detached["HEAD"] != (Branch{Object: ID{Revision, two}}) {
		t.Errorf("a HEAD that is no branch: %v", detached)
	}
}

// TestIdentifiersAreWritten holds the text of an identifier, also as JSON, and that none is nothing.
func TestIdentifiersAreWritten(t *testing.T) {
	id := Sum(Content, []byte("Hello, World!\n"))
	text, err := json.Marshal(map[string]ID{"id": id, "none": {}})
	if err != nil || string(text) != `{"id":"swh:1:cnt:8ab686eafeb1f44702738c8b0f24f2567c36da6d","none":""}` {
		t.Errorf("%s, %v", text, err)
	}
	if !strings.HasPrefix(id.String(), "swh:1:cnt:") || (ID{}).String() != "" {
		t.Error(id.String())
	}
}
