// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
)

// TestWhatALivingServerRefusesIsNotBroughtBack: its owner may have made it private. What is gone is, and so is what its server says is gone.
func TestWhatALivingServerRefusesIsNotBroughtBack(t *testing.T) {
	for status, want := range map[int]string{401: "refused", 403: "refused", 404: "cooking", 410: "cooking"} {
		for _, restore := range []bool{true, false} {
			t.Run(fmt.Sprint(status, restore), func(t *testing.T) {
				want := want
				archive := heritagetest.New(t)
				bare, _, id := lostRepository(t, newGitServer(t))
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }))
				defer server.Close()
				address := server.URL + "/team/tool.git"
				archive.Origins, archive.Cooking = []string{address}, 1
				archive.Visits[address] = fmt.Sprintf(`{"origin":%q,"date":"2026-01-02T03:04:05+00:00","status":"full","type":"git","visit":1,"snapshot":"%x"}`, address, id.Hash)
				archive.Snapshots[id] = heritage.Branches(gitReferences(t, bare))
				hold(archive, id, cooked(t, bare, id))
				c := openCrawler(t, t.TempDir())
				sc := SourceConfig{Name: "archive", Kind: KindSWH, URL: archive.URL, Search: "tool", Restore: restore, Hosts: []string{server.Listener.Addr().String()}}
				if !restore && want == "cooking" {
					want = "lost"
				}
				for range 2 { // the second time, what was asked for has been put together
					sum, err := c.Crawl(t.Context(), []SourceConfig{sc}, nil)
					var away *LostError
					if restored := want == "restored"; err != nil || restored != (sum.New == 1) || !restored && (len(sum.Left) != 1 || !errors.As(sum.Left[0].Err, &away) || away.State != want) {
						t.Errorf("%+v, %v, want %s", sum, err, want)
					}
					if want == "cooking" {
						want = "restored"
					}
				}
				for _, asked := range archive.Asked() {
					if want == "refused" && !strings.Contains(asked, "search") {
						t.Error("the archive was asked", asked)
					}
				}
			})
		}
	}
}

// TestWhatIsRefusedAfterItWasBroughtBackIsHidden: its server has it, and its owner keeps it to themselves. What an operator wanted by name stays shown,
// and so does what was reviewed.
func TestWhatIsRefusedAfterItWasBroughtBackIsHidden(t *testing.T) {
	ctx := t.Context()
	archive := heritagetest.New(t)
	bare, _, id := lostRepository(t, newGitServer(t))
	status := http.StatusNotFound
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }))
	defer server.Close()
	address := server.URL + "/team/tool.git"
	archive.Origins = []string{address}
	archive.Visits[address] = fmt.Sprintf(`{"origin":%q,"date":"2026-01-02T03:04:05+00:00","status":"full","type":"git","visit":1,"snapshot":"%x"}`, address, id.Hash)
	archive.Snapshots[id] = heritage.Branches(gitReferences(t, bare))
	hold(archive, id, cooked(t, bare, id))
	sc := SourceConfig{Name: "archive", Kind: KindSWH, URL: archive.URL, Search: "tool", Restore: true, Hosts: []string{server.Listener.Addr().String()}}
	for _, byName := range []bool{false, true} {
		c := openCrawler(t, t.TempDir())
		crawl := func(answer, shown int) {
			t.Helper()
			status = answer
			if _, err := c.Crawl(ctx, []SourceConfig{sc}, nil); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, err := range c.Snapshots(ctx) {
				must(t, err)
				n++
			}
			if n != shown {
				t.Errorf("by name %v, HTTP %d: %d are shown, want %d", byName, answer, n, shown)
			}
		}
		crawl(404, 1)
		crawl(404, 1)
		crawl(404, 1)
		crawl(503, 1)
		if byName {
			must(t, c.store.setArchive(ctx, AddressKey(address), []string{"restored_over"}, 1)) // as BringBack notes it
			crawl(403, 1)
			continue
		}
		crawl(403, 0)
		stones, err := c.Tombstones(ctx)
		if err != nil || len(stones) != 1 || !stones[0].Either || stones[0].Hidden.IsZero() {
			t.Errorf("%+v, %v", stones, err)
		}
		crawl(404, 0) // until somebody has reviewed it
		if _, err := c.Keep(ctx, address, "its licence allows it"); err != nil {
			t.Fatal(err)
		}
		crawl(401, 1)
	}
}
