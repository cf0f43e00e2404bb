// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"errors"
	"strings"
	"testing"

	"communs/crawler"
	"communs/indexer"
)

// TestABlockOfAnEarlierState: once no repository holds it, whoever follows its link is told that it was here, until a merge drops it; of what is
// withdrawn nobody is. What another repository still holds stays.
func TestABlockOfAnEarlierState(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	state := func(texts ...string) repo {
		files := map[string]string{"shared.go": "package p\n\nfunc Shared() {}\n"}
		for i, text := range texts {
			files[strings.Repeat("a", i+1)+".go"] = "package p\n\nfunc " + text + "() {}\n"
		}
		return repo{Repository: crawler.Repository{URL: "https://forge.example/team/rewritten"}, files: files}
	}
	writeIndex(t, dir, 0, state("Before", "Secret"), repo{Repository: crawler.Repository{URL: "https://forge.example/team/other"}, files: map[string]string{"x.go": "package p\n\nfunc Before() {}\n"}})
	l := openIndex(t, dir, Options{})
	found := map[string]string{}
	for _, name := range []string{"Before", "Secret", "Shared"} {
		page := ask(t, l, name)
		if len(page.Hits) != 1 {
			t.Fatalf("%s: %+v", name, page)
		}
		found[name] = page.Hits[0].ID
	}
	told := func(id string) string {
		t.Helper()
		h, err := l.Block(ctx, id)
		var missing *NotFoundError
		switch {
		case err == nil:
			return h.Repo
		case !errors.As(err, &missing):
			t.Fatal(err)
		case missing.What != "lines" && !strings.HasPrefix(id, missing.Name):
			t.Errorf("it is called %s, not %s", missing.Name, id)
		}
		return missing.What
	}
	writeIndex(t, dir, 0, state("After")) // its history was written anew
	const never = "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;lines=1-2"
	for id, want := range map[string]string{found["Before"]: "https://forge.example/team/other", found["Secret"]: "replaced", found["Secret"] + ";path=/aa.go": "replaced",
		found["Shared"]: "https://forge.example/team/rewritten", never: "block"} {
		if got := told(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	writeIndex(t, dir, 0, state("Secret"))
	detector, err := testDetector()
	if err != nil {
		t.Fatal(err)
	}
	w, err := indexer.NewWriter(ctx, indexer.Options{Dir: dir, Detector: detector})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	b, _ := parseID(found["Secret"])
	if err := w.Withdraw(ctx, nil, []indexer.BlobHash{b.hash}); err != nil {
		t.Fatal(err)
	}
	if got := told(found["Secret"]); got != "block" {
		t.Errorf("a block that was withdrawn: %s", got)
	}
}
