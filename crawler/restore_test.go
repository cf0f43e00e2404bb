// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
)

// cooked is a bare repository as the archive's vault gives it: all in one folder named after the identifier, objects in a pack.
func cooked(t *testing.T, dir string, id heritage.ID) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		h, err := tar.FileInfoHeader(info, "")
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		h.Name = strings.TrimSuffix(id.String()+".git/"+filepath.ToSlash(rel), "/.")
		if e.IsDir() {
			h.Name += "/"
		}
		if err := w.WriteHeader(h); err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lostRepository is one that no server gives any more: a bare repository on disk with its identifier, and the address where it was.
func lostRepository(t *testing.T, s *gitServer) (bare, address string, id heritage.ID) {
	t.Helper()
	address, work := twoAuthors(t, s, "lost.git")
	bare = filepath.Join(t.TempDir(), "lost.git")
	if err := os.Rename(filepath.Join(s.root, "lost.git"), bare); err != nil {
		t.Fatal(err)
	}
	runGit(t, bare, "repack", "-a", "-d", "-q")
	if out := runGit(t, work, "rev-parse", "main"); out == "" {
		t.Fatal("nothing was pushed")
	}
	return bare, address, heritage.SnapshotOf(heritage.Branches(gitReferences(t, bare)))
}

func hold(a *heritagetest.Server, id heritage.ID, data []byte) { a.Bundles[id] = data }

// TestALostRepositoryIsBroughtBack with its history, of a snapshot, a commit and a release; it stays shown though its origin is gone, until
// that answers again.
func TestALostRepositoryIsBroughtBack(t *testing.T) {
	ctx := context.Background()
	s := newGitServer(t)
	bare, address, snapshot := lostRepository(t, s)
	archive, client := archiveOf(t)
	head := runGit(t, bare, "rev-parse", "HEAD")
	revision, err := heritage.ParseID("swh:1:rev:" + head)
	if err != nil {
		t.Fatal(err)
	}
	release, err := heritage.ParseID("swh:1:rel:" + runGit(t, bare, "rev-parse", "v2.0.0"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []heritage.ID{snapshot, revision, release} {
		hold(archive, id, cooked(t, bare, id))
	}
	for id, want := range map[heritage.ID]string{snapshot: head, revision: head, release: runGit(t, bare, "rev-parse", "v2.0.0^{commit}")} {
		now := historyNow
		c := openCrawler(t, t.TempDir(), func(cfg *Config) { cfg.Now = func() time.Time { return now } })
		if alive, err := c.Alive(ctx, address); alive || err != nil {
			t.Fatal(alive, err)
		}
		done, err := bringBack(t, c, client, address, id)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if done.Commit != want || done.References < 5 || done.Bytes == 0 || done.From != id {
			t.Errorf("%s: %+v", id, done)
		}
		a, err := c.ArchiveOf(ctx, address)
		if err != nil || a.Restored != id || !a.Since.Equal(now) || a.Holds == "" || a.Revision.String() != "swh:1:rev:"+want {
			t.Errorf("%s: %+v, %v", id, a, err)
		}
		mirror := filepath.Join(c.mirrors(), filepath.FromSlash(mirrorOf(t, c, address)))
		if log := runGit(t, mirror, "cat-file", "-t", runGit(t, bare, "rev-list", "--max-parents=0", "HEAD")); log != "commit" {
			t.Errorf("%s: history is %q", id, log)
		}
		files := 0
		snapshot, err := c.Snapshot(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range snapshot.Files() {
			if files++; err != nil {
				t.Error(err)
			}
		}
		if files != 1 || snapshot.Name != "lost" {
			t.Errorf("%s: %d files of %q", id, files, snapshot.Name)
		}
		for range 2 { // its origin is gone for longer than the grace period
			c.Fetch(ctx, Repository{URL: address, Source: address})
			now = now.AddDate(0, 1, 0)
		}
		if _, err := c.Snapshot(ctx, address); err != nil {
			t.Errorf("%s: hidden: %v", id, err)
		}
		if id != snapshotID(a) {
			continue
		}
		if err := os.CopyFS(filepath.Join(s.root, "lost.git"), os.DirFS(bare)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Fetch(ctx, Repository{URL: address, Source: address}); err != nil {
			t.Error(err)
		}
		if a, err := c.ArchiveOf(ctx, address); err != nil || !a.Restored.IsZero() || a.Holds != HoldsSnapshot {
			t.Errorf("its origin is back: %+v, %v", a, err)
		}
		if alive, err := c.Alive(ctx, address); !alive || err != nil {
			t.Error(alive, err)
		}
		if err := os.RemoveAll(filepath.Join(s.root, "lost.git")); err != nil {
			t.Fatal(err)
		}
	}
}

// bringBack has the archive put a repository together, and takes it.
func bringBack(t *testing.T, c *Crawler, client *heritage.Client, address string, id heritage.ID) (Restored, error) {
	t.Helper()
	if err := client.Cook(context.Background(), id, func(heritage.Cooking) {}); err != nil {
		t.Fatal(err)
	}
	return c.BringBack(context.Background(), client, address, id)
}

func snapshotID(a Archived) heritage.ID {
	if a.Restored.Type == heritage.Snapshot {
		return a.Restored
	}
	return heritage.ID{}
}

func mirrorOf(t *testing.T, c *Crawler, address string) string {
	t.Helper()
	r, err := c.find(context.Background(), address)
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	return r.mirror
}

// TestASnapshotThatADiskCannotHold: what leads nowhere is in the archive's list and not in the repository that it gives.
func TestASnapshotThatADiskCannotHold(t *testing.T) {
	s := newGitServer(t)
	bare, address, _ := lostRepository(t, s)
	archive, client := archiveOf(t)
	branches := heritage.Branches(append(gitReferences(t, bare), heritage.Reference{Name: "refs/heads/nowhere", Missing: true}))
	id := heritage.SnapshotOf(branches)
	hold(archive, id, cooked(t, bare, id))
	c := openCrawler(t, t.TempDir(), apart(t))
	var api *heritage.APIError
	if _, err := bringBack(t, c, client, address, id); !errors.As(err, &api) { // nothing tells what there must be
		t.Error(err)
	}
	archive.Snapshots[id] = branches
	if done, err := bringBack(t, c, client, address, id); err != nil || done.Branch != "refs/heads/main" {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestWhatIsNotWhatItSaysIsNotKept: another repository, one with another branch, a damaged pack, a file that leads elsewhere, a lie about a
// loose object. Each is named, and leaves nothing behind.
func TestWhatIsNotWhatItSaysIsNotKept(t *testing.T) {
	ctx := context.Background()
	s := newGitServer(t)
	bare, address, id := lostRepository(t, s)
	archive, client := archiveOf(t)
	archive.Snapshots[id] = heritage.Branches(gitReferences(t, bare))
	good := cooked(t, bare, id)
	var mismatch *heritage.MismatchError
	var bundle *heritage.BundleError
	for name, tc := range map[string]struct {
		change func(dir string)
		want   any
	}{
		"another branch": {func(dir string) { runGit(t, dir, "branch", "extra") }, &mismatch},
		"a branch less":  {func(dir string) { runGit(t, dir, "update-ref", "-d", "refs/tags/v1.0.0") }, &mismatch},
		"a branch moved": {func(dir string) { runGit(t, dir, "update-ref", "refs/heads/main", "main~1") }, &mismatch},
		"elsewhere": {func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, "objects/info/alternates"), []byte("/srv"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, &bundle},
		"a loose object that is another": {func(dir string) {
			name := filepath.Join(dir, "objects/ab", strings.Repeat("c", 38))
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, deflate([]byte("blob 1\x00x")), 0o644); err != nil {
				t.Fatal(err)
			}
		}, &bundle},
	} {
		dir := filepath.Join(t.TempDir(), "copy.git")
		if err := os.CopyFS(dir, os.DirFS(bare)); err != nil {
			t.Fatal(err)
		}
		tc.change(dir)
		hold(archive, id, cooked(t, dir, id))
		c := openCrawler(t, t.TempDir(), apart(t))
		if _, err := bringBack(t, c, client, address, id); !errors.As(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
		nothingLeft(t, c, name)
	}
	damaged := bytes.Clone(good)
	at := bytes.Index(damaged, []byte("PACK\x00\x00\x00\x02"))
	damaged[at+200] ^= 0xff
	for name, data := range map[string][]byte{"damaged": damaged, "cut off": good[:len(good)/2], "a page": []byte("<html>")} {
		hold(archive, id, data)
		c := openCrawler(t, t.TempDir(), apart(t))
		if _, err := bringBack(t, c, client, address, id); err == nil {
			t.Errorf("%s: taken", name)
		}
		nothingLeft(t, c, name)
	}
	hold(archive, id, good)
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.MaxBytes = 2000 })
	if _, err := bringBack(t, c, client, address, id); !errors.As(err, &bundle) || bundle.Problem != "size" {
		t.Error(err)
	}
	nothingLeft(t, c, "too large")
	c = openCrawler(t, t.TempDir(), apart(t))
	if _, err := bringBack(t, c, client, address, id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Withdraw(ctx, address, "asked"); err != nil {
		t.Fatal(err)
	}
	var out *OptOutError
	if _, err := bringBack(t, c, client, address, id); !errors.As(err, &out) || out.By != ByRequest {
		t.Error(err)
	}
	if _, err := c.MaySave(ctx, address); !errors.As(err, &out) || out.By != ByRequest {
		t.Error(err)
	}
}

// TestABundleThatMeansHarm is read in a process of its own, which is ended when it takes too much: of packs that nobody's git has written there is
// a named error, and what comes after it goes on.
func TestABundleThatMeansHarm(t *testing.T) {
	if raceDetector {
		t.Skip("the detector needs more memory than these children may have")
	}
	s := newGitServer(t)
	bare, address, id := lostRepository(t, s)
	archive, client := archiveOf(t)
	good := cooked(t, bare, id)
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.Limits = Limits{Memory: 384 << 20, File: 512 << 20} })
	large := make([]byte, 15<<20)
	below, above := hashObject(typeBlob, large), hashObject(typeBlob, make([]byte, 16*len(large)))
	for name, tc := range map[string]struct {
		pack []byte
		want Reason
	}{
		"2^32-1 objects": {hostilePack(1<<32-1, wholeEntry(typeBlob, nil)), ReasonObjects},
		"a bomb in zlib": {hostilePack(1, packEntry{entryHeader(typeBlob, 100), zeros(1 << 30)}), ReasonBroken},
		"a bomb of deltas": {hostilePack(4, wholeEntry(typeBlob, large), onto(below, copies(len(large), len(large), 16)), onto(above, []byte{0x80, 0x80, 0x80, 0x78, 1, 1, 'x'}),
			onto(above, copies(16*len(large), len(large), 16))), ReasonMemory},
	} {
		dir := t.TempDir()
		write(t, dir, "HEAD", "ref: refs/heads/main\n", "objects/pack/pack-"+strings.Repeat("a", 40)+".pack", string(tc.pack))
		hold(archive, id, cooked(t, dir, id))
		peak, began := watchChildren(t), time.Now()
		_, err := bringBack(t, c, client, address, id)
		var fault *FetchError
		if !errors.As(err, &fault) || fault.Reason != tc.want || fault.URL != address {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
		if took, most := time.Since(began), peak(); took > 20*time.Second || most == 0 || most > 450<<20 {
			t.Errorf("%s: it took %v, and a child %d MB", name, took, most>>20)
		}
		nothingLeft(t, c, name)
	}
	hold(archive, id, good)
	if _, err := bringBack(t, c, client, address, id); err != nil {
		t.Error(err)
	}
}

// nothingLeft makes sure that nothing is shown, marked or lying about.
func nothingLeft(t *testing.T, c *Crawler, name string) {
	t.Helper()
	if v, err := c.Archive(context.Background()); err != nil || v.Repositories+v.Restored > 0 {
		t.Errorf("%s: %+v, %v", name, v, err)
	}
	if left, err := os.ReadDir(c.staging()); err == nil && len(left) > 0 {
		t.Errorf("%s: left behind: %v", name, left)
	}
}
