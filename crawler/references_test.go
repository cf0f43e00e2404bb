// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"communs/crawler/heritage"
)

// gitReferences are a repository's references as git itself tells them.
func gitReferences(t *testing.T, dir string) (refs []heritage.Reference) {
	t.Helper()
	types := map[string]heritage.Type{"commit": heritage.Revision, "tag": heritage.Release, "tree": heritage.Directory, "blob": heritage.Content}
	for line := range strings.Lines(runGit(t, dir, "for-each-ref", "--format=%(refname) %(objectname) %(objecttype)")) {
		f := strings.Fields(line)
		h, err := ParseHash(f[1])
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, heritage.Reference{Name: f[0], Hash: h, Type: types[f[2]]})
	}
	return append(refs, heritage.Reference{Name: "HEAD", Symbolic: runGit(t, dir, "symbolic-ref", "HEAD")})
}

// TestSnapshotIsTheSameFromAfar compares what a server advertises, and what the repository is on disk, with what git says of it: branches,
// a light and an annotated tag, a merge that the forge tried out, a branch that is no commit.
func TestSnapshotIsTheSameFromAfar(t *testing.T) {
	s := newGitServer(t)
	address, work := twoAuthors(t, s, "tool.git")
	bare := filepath.Join(s.root, "tool.git")
	runGit(t, work, "push", "-q", "origin", "main:refs/pull/1/head", "main:refs/pull/1/merge", "main:refs/heads/a-b", "main:refs/heads/a/b")
	refs := gitReferences(t, bare)
	want := heritage.SnapshotOf(heritage.Branches(refs))
	empty, _ := s.create(t, "empty.git")
	c := openCrawler(t, t.TempDir())
	for name, tc := range map[string]struct {
		repo Repository
		want heritage.ID
	}{
		"server":       {Repository{URL: address, Source: address}, want},
		"disk":         {Repository{URL: "https://example.org/tool", Path: bare}, want},
		"empty server": {Repository{URL: empty, Source: empty}, heritage.SnapshotOf(nil)},
	} {
		h, err := c.History(context.Background(), tc.repo)
		if err != nil {
			t.Fatal(name, err)
		}
		if h.Snapshot != tc.want {
			t.Errorf("%s: got %s, want %s", name, h.Snapshot, tc.want)
		}
	}
	tree := runGit(t, bare, "rev-parse", "HEAD^{tree}")
	runGit(t, bare, "tag", "of-a-tree", tree)
	h, err := c.History(context.Background(), Repository{URL: "https://example.org/tool", Path: bare})
	if want := heritage.SnapshotOf(heritage.Branches(gitReferences(t, bare))); err != nil || h.Snapshot != want {
		t.Errorf("a name of a tree: got %v, %v, want %s", h, err, want)
	}
}
