// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWithdrawnContentIsNowhere withdraws a content that two mirrors hold, one of them as the base of deltas, and
// crawls again.
func TestWithdrawnContentIsNowhere(t *testing.T) {
	ctx := context.Background()
	const mark = "the very text that must go away"
	lines := strings.Repeat("many lines that all versions share\n", 200)
	secret := lines + mark + "\n"
	server := newGitServer(t)
	address, work := server.create(t, "tool.git")
	var pairs []string
	for i := range 20 {
		pairs = append(pairs, fmt.Sprintf("version%02d", i), lines+fmt.Sprintf("version %d\n", i))
	}
	commitFiles(t, work, append(pairs, "secret", secret+lines)...)
	commitFiles(t, work, "secret", secret)
	runGit(t, work, "push", "-q", "origin", "main")
	runGit(t, filepath.Join(server.root, "tool.git"), "gc", "-q")
	folder := t.TempDir()
	write(t, folder, "copy/of/it", secret, "other", "stays")
	dir := t.TempDir()
	c := openCrawler(t, dir)
	sources := []SourceConfig{gitSource(address), {Kind: KindFolder, Path: folder}}
	crawl := func() Summary {
		t.Helper()
		sum, err := c.Crawl(ctx, sources, nil)
		if err != nil || sum.Failed > 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		return sum
	}
	crawl()
	if len(traces(t, dir, mark)) == 0 {
		t.Fatal("the search for traces finds nothing before")
	}
	blob := hashObject(typeBlob, []byte(secret))
	w, err := c.Withdraw(ctx, "swh:1:cnt:"+blob.String()+";lines=3-4", "a person's data")
	if err != nil || w.Mirrors == 0 || w.Blob != blob || w.URL != "" || w.Target != "swh:1:cnt:"+blob.String() {
		t.Fatalf("%+v, %v", w, err)
	}
	gone := func(when string) {
		t.Helper()
		if found := traces(t, dir, mark); len(found) > 0 {
			t.Errorf("%s: the bytes are in %v", when, found)
		}
		for _, at := range []struct {
			address, path string
			others        int
		}{{address, "secret", 20}, {folder, "copy/of/it", 1}} {
			s, err := c.Snapshot(ctx, at.address)
			must(t, err)
			others, told := 0, false
			for f, err := range s.Files() {
				switch {
				case errors.Is(err, ErrWithdrawn):
					told = told || f.Path == at.path && f.Hash == blob
					if _, err := f.Open(); !errors.Is(err, ErrWithdrawn) {
						t.Errorf("%s: opened a withdrawn file: %v", when, err)
					}
				case err != nil:
					t.Errorf("%s: %s: %v", when, f.Path, err)
				default:
					others++
				}
			}
			if !told || others < at.others {
				t.Errorf("%s: %s: withdrawn file told %v, %d others", when, at.address, told, others)
			}
		}
	}
	gone("after the withdrawal")
	if sum := crawl(); sum.Unchanged != 2 {
		t.Errorf("%+v", sum)
	}
	gone("after an unchanged crawl")
	commitFiles(t, work, "more", "x", "again/secret", secret, "version03", lines+"changed")
	runGit(t, work, "push", "-q", "origin", "main")
	write(t, folder, "third", "x", "again", secret)
	if sum := crawl(); sum.Changed != 2 {
		t.Errorf("%+v", sum)
	}
	gone("after a change")
	must(t, os.RemoveAll(c.mirrors()))
	must(t, c.Close())
	c = openCrawler(t, dir)
	crawl()
	gone("after the mirrors were lost and made anew")
	if list, err := c.Withdrawn(ctx); err != nil || len(list) != 1 || list[0].Reason != "a person's data" || list[0].Time.IsZero() {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWithdrawnRepositoryStaysAway(t *testing.T) {
	ctx := context.Background()
	const mark = "the whole repository must go away"
	server := newGitServer(t)
	address, work := server.create(t, "group/tool.git")
	commitFiles(t, work, "f", mark)
	runGit(t, work, "push", "-q", "origin", "main")
	other, work := server.create(t, "group/tool2.git")
	commitFiles(t, work, "f", "stays")
	runGit(t, work, "push", "-q", "origin", "main")
	dir := t.TempDir()
	c := openCrawler(t, dir)
	sources := []SourceConfig{gitSource(address), gitSource(other)}
	if _, err := c.Crawl(ctx, sources, nil); err != nil {
		t.Fatal(err)
	}
	var unknown *UnknownError
	for _, target := range []string{"https://example.org/none", "", server.URL + "/group"} {
		if _, err := c.Withdraw(ctx, target, ""); !errors.As(err, &unknown) {
			t.Errorf("%q: %v", target, err)
		}
	}
	var target *WithdrawalTargetError
	for _, id := range []string{"swh:1:dir:" + strings.Repeat("1", 40), "swh:1:cnt:abc", "SWH:1:CNT:" + strings.Repeat("1", 40)} {
		if _, err := c.Withdraw(ctx, id, ""); !errors.As(err, &target) {
			t.Errorf("%q: %v", id, err)
		}
	}
	spelling := strings.TrimSuffix(strings.ToUpper(address[:4])+address[4:], ".git") + "/"
	w, err := c.Withdraw(ctx, spelling, "asked by its owner")
	if err != nil || w.URL != address || !w.Blob.IsZero() || w.Mirrors != 1 {
		t.Fatalf("%+v, %v", w, err)
	}
	if found := append(traces(t, dir, mark), traces(t, dir, "group/tool.git/")...); len(found) > 0 {
		t.Errorf("the bytes are in %v", found)
	}
	if _, err := c.Snapshot(ctx, address); !errors.As(err, &unknown) {
		t.Errorf("still shown: %v", err)
	}
	server.asked()
	kinds := map[EventKind]int{}
	events, err := crawlAll(c, sources...)
	must(t, err)
	for _, e := range events {
		kinds[e.Kind]++
	}
	if kinds[Withdrawn] != 1 || kinds[Unchanged] != 1 || len(server.asked()) != 1 {
		t.Errorf("%v", events)
	}
	gone, err := c.Gone(ctx)
	if err != nil || len(gone) != 1 || gone[0].URL != address || gone[0].Reason != "withdrawn" || gone[0].Detail != "asked by its owner" {
		t.Errorf("%+v, %v", gone, err)
	}
}

// TestWithdrawalsThatNameNothing refuses the zero hash before anything is written, and goes on with a database in
// which such withdrawals stand.
func TestWithdrawalsThatNameNothing(t *testing.T) {
	ctx := context.Background()
	dir, folder := t.TempDir(), t.TempDir()
	write(t, folder, "f", "text")
	c := openCrawler(t, dir)
	var none *NoContentError
	zero := "swh:1:cnt:" + strings.Repeat("0", 40)
	if _, err := c.Withdraw(ctx, zero+";lines=1", "z"); !errors.As(err, &none) || none.Target != zero {
		t.Errorf("%v", err)
	}
	if list, err := c.Withdrawn(ctx); err != nil || len(list) > 0 {
		t.Errorf("written down: %+v, %v", list, err)
	}
	blob := hashObject(typeBlob, []byte("other"))
	if _, err := c.Withdraw(ctx, "swh:1:cnt:"+blob.String(), "a good one"); err != nil {
		t.Fatal(err)
	}
	for i, bad := range []string{"", strings.Repeat("0", 40), "abc", strings.Repeat("g", 40)} {
		must(t, c.store.exec(ctx, `INSERT INTO crawl_withdrawals VALUES (?, '', '', ?, 'z', 1, 0)`, fmt.Sprint("bad", i), bad))
	}
	if list, err := c.Withdrawn(ctx); err != nil || len(list) != 1 { // as a reader sees it that may not write
		t.Errorf("%+v, %v", list, err)
	}
	must(t, c.Close())
	c = openCrawler(t, dir)
	sum, err := c.Crawl(ctx, []SourceConfig{{Kind: KindFolder, Path: folder}}, nil)
	var nameless *WithdrawalError
	if err != nil || sum.New != 1 || sum.Skipped != 4 || !errors.As(sum.Left[0].Err, &nameless) || nameless.Target != "bad0" {
		t.Errorf("%+v, %v", sum, err)
	}
	if sum, err = c.Crawl(ctx, []SourceConfig{{Kind: KindFolder, Path: folder}}, nil); err != nil || sum.Skipped != 0 {
		t.Errorf("told again: %+v, %v", sum, err)
	}
	if list, err := c.Withdrawn(ctx); err != nil || len(list) != 1 || list[0].Blob != blob {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestOneCrawlAtATime(t *testing.T) {
	dir := t.TempDir()
	c, other := openCrawler(t, dir), openCrawler(t, dir)
	unlock, err := c.lock()
	must(t, err)
	must(t, os.MkdirAll(c.staging(), 0o755)) // of the one that is at work
	var busy *BusyError
	if _, err := other.Crawl(context.Background(), nil, nil); !errors.As(err, &busy) || busy.Dir != dir {
		t.Errorf("%v", err)
	}
	if _, err := other.Withdraw(context.Background(), "x", ""); !errors.As(err, &busy) {
		t.Errorf("%v", err)
	}
	openCrawler(t, dir)
	if _, err := os.Stat(c.staging()); err != nil {
		t.Errorf("another process clears the staging folder: %v", err)
	}
	unlock()
	if _, err := other.Crawl(context.Background(), nil, nil); err != nil {
		t.Errorf("%v", err)
	}
}

func TestDataFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	if _, err := Open(context.Background(), Config{Dir: file}); err == nil {
		t.Error("a file is no data folder")
	}
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o500))
	var fault *FetchError
	if _, err := Open(context.Background(), Config{Dir: filepath.Join(dir, "data")}); !errors.As(err, &fault) || fault.Reason != ReasonDisk {
		t.Errorf("%v", err)
	}
}
