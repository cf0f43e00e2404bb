// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
	"communs/crawler/polite"
)

// clock is a clock that only moves when somebody sleeps.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) sleep(_ context.Context, d time.Duration) error {
	c.at = c.at.Add(d)
	return nil
}

// connect makes an archive and a client of it with manners.
func connect(t *testing.T) (*heritagetest.Server, *heritage.Client, *clock) {
	t.Helper()
	s, c := heritagetest.New(t), &clock{time.Unix(1_800_000_000, 0)}
	s.Now = c.now
	client, err := heritage.New(heritage.Config{URL: s.URL + "/", Token: s.Token, Sleep: c.sleep, Transport: polite.New(polite.Config{
		Trusted: func(string) bool { return true }, Now: c.now, Sleep: c.sleep, Patience: 2 * time.Hour,
	})})
	if err != nil {
		t.Fatal(err)
	}
	return s, client, c
}

func contentID(n int) heritage.ID { return heritage.Sum(heritage.Content, fmt.Append(nil, n)) }

// TestKnownAsksAThousandAtATime, keeps what came before a failure, and waits when the archive wants it.
func TestKnownAsksAThousandAtATime(t *testing.T) {
	s, client, c := connect(t)
	var ids []heritage.ID
	for i := range 2500 {
		ids = append(ids, contentID(i))
		s.Objects[contentID(i)] = i%3 == 0
	}
	s.Limit, s.Reset = 2, c.at.Add(time.Hour)
	began := c.at
	got := map[heritage.ID]bool{}
	err := client.Known(context.Background(), ids, func(part map[heritage.ID]bool) error {
		for id, known := range part {
			got[id] = known
		}
		return nil
	})
	if err != nil || len(got) != 2500 {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	for i, id := range ids {
		if got[id] != (i%3 == 0) {
			t.Fatalf("%s is known: %v", id, got[id])
		}
	}
	if waited := c.at.Sub(began); waited < time.Hour || waited > 90*time.Minute {
		t.Errorf("waited %v", waited)
	}
	if asked := s.Asked(); len(asked) < 3 || len(asked) > 4 {
		t.Errorf("asked %v", asked)
	}
	stop := errors.New("stop")
	parts := 0
	if err := client.Known(context.Background(), ids, func(map[heritage.ID]bool) error { parts++; return stop }); !errors.Is(err, stop) || parts != 1 {
		t.Errorf("%d parts, %v", parts, err)
	}
}

// TestLatestVisitIsRead as recorded, under either spelling of the origin.
func TestLatestVisitIsRead(t *testing.T) {
	s, client, _ := connect(t)
	recorded, err := os.ReadFile("testdata/visit-latest.json")
	if err != nil {
		t.Fatal(err)
	}
	s.Visits["https://github.com/NixOS/nixpkgs"] = string(recorded)
	s.Visits["https://example.org/empty"] = `{"origin":"https://example.org/empty","date":"2021-09-02T20:20:31+00:00","status":"full","snapshot":null}`
	s.Visits["https://example.org/odd"] = `<html>`
	for _, origin := range []string{"https://github.com/NixOS/nixpkgs", "https://github.com/NixOS/nixpkgs.git", "https://github.com/NixOS/nixpkgs/"} {
		v, err := client.LatestVisit(context.Background(), origin)
		if err != nil || v.Status != "full" || v.Number != 128 || v.Snapshot.String() != "swh:1:snp:6e1fe7858066ff1a6905080ac6503a3a12b84f59" ||
			!v.Time.Equal(time.Date(2021, 9, 2, 20, 20, 31, 231786000, time.UTC)) || v.Type != "git" {
			t.Errorf("%s: %+v, %v", origin, v, err)
		}
	}
	var none *heritage.NoVisitError
	if _, err := client.LatestVisit(context.Background(), "https://example.org/none"); !errors.As(err, &none) {
		t.Error(err)
	}
	var api *heritage.APIError
	for _, origin := range []string{"https://example.org/empty", "https://example.org/odd"} {
		if _, err := client.LatestVisit(context.Background(), origin); !errors.As(err, &api) || api.Err == nil {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// TestVisitsAreRead as recorded, those that brought nothing back too.
func TestVisitsAreRead(t *testing.T) {
	for _, name := range []string{"visits-40.json", "visits-50.json"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		var list []heritage.Visit
		if err == nil {
			err = json.Unmarshal(data, &list)
		}
		if err != nil || len(list) != 10 {
			t.Fatalf("%s: %d visits, %v", name, len(list), err)
		}
		for _, v := range list {
			if (v.Status == "full") == v.Snapshot.IsZero() || v.Time.IsZero() {
				t.Errorf("%s: %+v", name, v)
			}
		}
	}
}

// TestSaveIsFollowed from the request to its end; what was recorded is read, and a refusal is told in the archive's words.
func TestSaveIsFollowed(t *testing.T) {
	s, client, _ := connect(t)
	ctx := context.Background()
	var recorded map[string]string
	data, err := os.ReadFile("testdata/recorded-post.json")
	if err == nil {
		err = json.Unmarshal(data, &recorded)
	}
	if err != nil {
		t.Fatal(err)
	}
	for path, answer := range recorded {
		if !strings.HasPrefix(path, "origin/save") {
			continue
		}
		var r heritage.SaveRequest
		if err := json.Unmarshal([]byte(answer), &r); err != nil || r.Request != "accepted" || r.Task != "not yet scheduled" || r.Done() || r.Time.IsZero() {
			t.Errorf("%s: %+v, %v", path, r, err)
		}
	}
	for _, origin := range []string{"https://example.org/a/b.git", "https://example.org/a%20b?x=1#y"} {
		s.Saves[origin] = []string{"pending/not created", "accepted/scheduled", "accepted/succeeded"}
		if list, err := client.Requests(ctx, origin); err != nil || len(list) != 0 {
			t.Errorf("before: %v, %v", list, err)
		}
		r, err := client.Save(ctx, origin)
		if err != nil || r.Origin != origin || r.Request != "pending" || r.Done() || r.Saved() {
			t.Errorf("%+v, %v", r, err)
		}
		for _, want := range []bool{false, true} {
			list, err := client.Requests(ctx, origin)
			if err != nil || len(list) != 1 || list[0].Done() != want || list[0].Saved() != want {
				t.Errorf("%+v, %v", list, err)
			}
		}
	}
	var api *heritage.APIError
	if _, err := client.Save(ctx, "https://blocked.example.org/x"); !errors.As(err, &api) || api.Status != http.StatusForbidden || !strings.Contains(api.Reason, "blocked") {
		t.Error(err)
	}
}

// TestOriginsArePaged and can be listed from where an earlier list stopped.
func TestOriginsArePaged(t *testing.T) {
	s, client, _ := connect(t)
	for _, name := range []string{"search-foo.json", "search-python.json"} {
		var list []heritage.Origin
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err == nil {
			err = json.Unmarshal(data, &list)
		}
		if err != nil || len(list) == 0 || list[0].URL == "" {
			t.Fatal(name, err)
		}
		for _, o := range list {
			s.Origins = append(s.Origins, o.URL)
		}
	}
	s.Page = 4
	gather := func(text, at string) (all []string, pages int) {
		for {
			page, next, err := client.Search(context.Background(), text, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page {
				all = append(all, o.URL)
			}
			if pages++; next == "" {
				return all, pages
			}
			at = next
		}
	}
	if all, pages := gather("http", ""); !slices.Equal(all, s.Origins) || pages != (len(s.Origins)+3)/4 {
		t.Errorf("%d of %d origins, %d pages", len(all), len(s.Origins), pages)
	}
	if rest, _ := gather("http", "after-8"); !slices.Equal(rest, s.Origins[8:]) {
		t.Errorf("from the third page: %d origins", len(rest))
	}
	if found, _ := gather("ython", ""); len(found) != 5 || !strings.Contains(found[0], "ython") {
		t.Errorf("found %v", found)
	}
}

// TestSnapshotIsReadToItsEnd, page by page, and must be what its name says.
func TestSnapshotIsReadToItsEnd(t *testing.T) {
	s, client, _ := connect(t)
	branches := map[string]heritage.Branch{"HEAD": {Alias: "refs/heads/b0"}, "refs/heads/lost": {}}
	for i := range 25 {
		branches[fmt.Sprintf("refs/heads/b%d", i)] = heritage.Branch{Object: heritage.ID{Type: heritage.Revision, Hash: sha1.Sum([]byte{byte(i)})}}
	}
	id := heritage.SnapshotOf(branches)
	s.Snapshots[id], s.Page = branches, 10
	got, err := client.Branches(context.Background(), id)
	if err != nil || len(got) != 27 || got["HEAD"] != branches["HEAD"] || got["refs/heads/b7"] != branches["refs/heads/b7"] || got["refs/heads/lost"] != (heritage.Branch{}) {
		t.Errorf("%d branches, %v", len(got), err)
	}
	other := heritage.SnapshotOf(nil)
	s.Snapshots[other] = branches
	var mismatch *heritage.MismatchError
	if _, err := client.Branches(context.Background(), other); !errors.As(err, &mismatch) {
		t.Error(err)
	}
}

// TestCookAndDownload waits until a repository is put together, and goes on where a connection broke.
func TestCookAndDownload(t *testing.T) {
	s, client, c := connect(t)
	ctx, id := context.Background(), heritage.SnapshotOf(nil)
	s.Bundles[id], s.Cooking, s.Break = bytes.Repeat([]byte("0123456789"), 100_000), 3, 123_456
	var states []string
	began := c.at
	if err := client.Cook(ctx, id, func(at heritage.Cooking) { states = append(states, at.Status) }); err != nil || !slices.Equal(states, []string{"pending", "pending", "pending", "done"}) {
		t.Errorf("%v, %v", states, err)
	}
	if waited := c.at.Sub(began); waited < 20*time.Second {
		t.Errorf("waited %v", waited)
	}
	s.Asked()
	r := client.Download(ctx, id)
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, s.Bundles[id]) || r.Close() != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if asked := s.Asked(); len(asked) != 4 {
		t.Errorf("asked %v", asked)
	}
	failing := heritage.ID{Type: heritage.Revision, Hash: [20]byte{1}}
	s.Fails[failing] = "too large"
	var cook *heritage.CookError
	if err := client.Cook(ctx, failing, func(heritage.Cooking) {}); !errors.As(err, &cook) || cook.Why != "too large" {
		t.Error(err)
	}
	var api *heritage.APIError
	if err := client.Cook(ctx, heritage.ID{Type: heritage.Revision, Hash: [20]byte{2}}, func(heritage.Cooking) {}); !errors.As(err, &api) || api.Status != http.StatusNotFound {
		t.Error(err)
	}
	var kind *heritage.CookTypeError
	if err := client.Cook(ctx, contentID(1), func(heritage.Cooking) {}); !errors.As(err, &kind) {
		t.Error(err)
	}
}

// TestATokenIsShownToTheArchiveAlone and a wrong one is told.
func TestATokenIsShownToTheArchiveAlone(t *testing.T) {
	s, _, c := connect(t)
	s.Token = "right"
	for token, ok := range map[string]bool{"right": true, "wrong": false} {
		client, err := heritage.New(heritage.Config{URL: s.URL, Token: token, Sleep: c.sleep})
		if err != nil {
			t.Fatal(err)
		}
		err = client.Known(context.Background(), []heritage.ID{contentID(1)}, func(map[heritage.ID]bool) error { return nil })
		var api *heritage.APIError
		if ok != (err == nil) || !ok && (!errors.As(err, &api) || api.Status != http.StatusUnauthorized || strings.Contains(err.Error(), token)) {
			t.Errorf("%s: %v", token, err)
		}
	}
	for _, address := range []string{"archive.example.org", "ftp://example.org", "https://"} {
		if _, err := heritage.New(heritage.Config{URL: address}); err == nil {
			t.Errorf("%s is an archive", address)
		}
	}
}

// entry is one file of a tar archive.
type entry struct {
	name, text string
	kind       byte
	link       string
}

func tarOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Size: int64(len(e.text)), Typeflag: e.kind, Linkname: e.link, Mode: 0o644}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBundleTakesNothingButARepository: what may stand in the archive of a bare repository, what is passed over, and what is refused.
func TestBundleTakesNothingButARepository(t *testing.T) {
	const top = "swh:1:snp:0.git/"
	pack := "objects/pack/pack-" + strings.Repeat("a", 40)
	good := []entry{{name: top, kind: tar.TypeDir}, {name: top + "HEAD", text: "ref: refs/heads/main"}, {name: top + "config", text: "[core]\n\tfsmonitor = evil"},
		{name: top + "hooks/post-checkout", text: "#!/bin/sh"}, {name: top + "refs/heads/", kind: tar.TypeDir}, {name: top + "refs/heads/main", text: "1"},
		{name: top + pack + ".pack", text: "PACK"}, {name: top + pack + ".idx", text: "x"}, {name: top + "objects/ab/" + strings.Repeat("c", 38), text: "z"}}
	read := func(data []byte, most int64) (names []string, err error) {
		for f, err := range heritage.Bundle(bytes.NewReader(data), most) {
			if err != nil {
				return names, err
			}
			text, err := io.ReadAll(f)
			if err != nil || int64(len(text)) != f.Size {
				return names, fmt.Errorf("%s: %d bytes, %w", f.Name, len(text), err)
			}
			names = append(names, f.Name)
		}
		return names, nil
	}
	want := []string{"HEAD", "refs/heads/main", pack + ".pack", "objects/ab/" + strings.Repeat("c", 38)}
	if names, err := read(tarOf(t, good...), 1000); err != nil || !slices.Equal(names, want) {
		t.Errorf("%v, %v", names, err)
	}
	for name, tc := range map[string]struct {
		entry
		problem string
	}{
		"symbolic link":    {entry{name: top + "refs/heads/x", kind: tar.TypeSymlink, link: "/etc/passwd"}, "link"},
		"hard link":        {entry{name: top + "refs/heads/x", kind: tar.TypeLink, link: top + "HEAD"}, "link"},
		"device":           {entry{name: top + "refs/heads/x", kind: tar.TypeChar}, "link"},
		"above":            {entry{name: top + "../x", text: "x"}, "outside"},
		"absolute":         {entry{name: "/etc/x", text: "x"}, "outside"},
		"two folders":      {entry{name: "other.git/HEAD", text: "x"}, "outside"},
		"backslash":        {entry{name: top + `refs\heads\x`, text: "x"}, "outside"},
		"elsewhere":        {entry{name: top + "objects/info/alternates", text: "/srv/git"}, "file"},
		"not a folder":     {entry{name: "file", text: "x"}, "outside"},
		"work tree":        {entry{name: top + "main.go", text: "x"}, "file"},
		"much":             {entry{name: top + "refs/heads/y", text: strings.Repeat("x", 2000)}, "size"},
		"pack with a path": {entry{name: top + "objects/pack/x/" + pack + ".pack", text: "x"}, "file"},
	} {
		_, err := read(tarOf(t, append(slices.Clone(good), tc.entry)...), 1000)
		var bundle *heritage.BundleError
		if !errors.As(err, &bundle) || bundle.Problem != tc.problem {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole := tarOf(t, good...)
	for _, data := range [][]byte{nil, []byte("<html>not a tar</html>" + strings.Repeat(" ", 1000)), whole[:700]} {
		var bundle *heritage.BundleError
		if _, err := read(data, 1000); !errors.As(err, &bundle) || bundle.Problem != "damaged" {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
}

// FuzzBundle: whatever comes, only names of a bare repository are given out, and no more bytes than allowed.
func FuzzBundle(f *testing.F) {
	f.Add(tarOf(f, entry{name: "a.git/HEAD", text: "ref: x"}, entry{name: "a.git/refs/heads/x", text: "1"}))
	f.Add(tarOf(f, entry{name: "a/../b", kind: tar.TypeSymlink, link: "/"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var sum int64
		for file, err := range heritage.Bundle(bytes.NewReader(data), 1<<20) {
			if err != nil {
				return
			}
			if sum += file.Size; strings.Contains(file.Name, "../") || filepath.IsAbs(file.Name) || sum > 1<<20 {
				t.Fatalf("%q, %d bytes", file.Name, sum)
			}
		}
	})
}
