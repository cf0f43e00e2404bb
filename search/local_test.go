// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"communs/crawler"
	"communs/indexer"
)

func TestNothingIndexedYet(t *testing.T) {
	dir := t.TempDir()
	l := openIndex(t, dir, Options{})
	if _, err := l.Search(context.Background(), Query{Text: "x"}); !errors.Is(err, indexer.ErrNoIndex) {
		t.Errorf("got %v", err)
	}
	if s, err := l.Status(context.Background()); err != nil || s.Generation != 0 {
		t.Errorf("got %v, %v", s, err)
	}
	writeIndex(t, dir, 0, small()...)
	if page := ask(t, l, "helper"); page.Total != 1 {
		t.Errorf("what was published since is not seen: %v", places(page))
	}
}

// TestNewGeneration: readers run on while the index is replaced under them.
func TestNewGeneration(t *testing.T) {
	dir := t.TempDir()
	writeIndex(t, dir, 0, small()...)
	l := openIndex(t, dir, Options{})
	old := l.current.Load()
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				page, err := l.Search(context.Background(), Query{Text: `"return" path:server.go`, N: 3})
				if err != nil || len(page.Hits) == 0 || page.Partial {
					t.Errorf("while the index changes: %v, %+v", err, page)
					return
				}
			}
		})
	}
	for i := range 4 {
		extra := repo{Repository: crawler.Repository{URL: fmt.Sprintf("https://forge.example/new/%d", i)},
			files: map[string]string{"new.go": fmt.Sprintf("package new\n\nfunc Fresh%d() {}\n", i)}}
		writeIndex(t, dir, 0, append(small(), extra)...)
		if page := ask(t, l, fmt.Sprintf("name:Fresh%d", i)); len(page.Hits) != 1 {
			t.Errorf("generation %d is not seen: %v", i, places(page))
		}
	}
	close(stop)
	readers.Wait()
	if n := old.refs.Load(); n != 0 {
		t.Errorf("the first generation still has %d readers", n)
	}
}

func TestPublic(t *testing.T) {
	dir := t.TempDir()
	writeIndex(t, dir, 0, small()...)
	l := openIndex(t, dir, Options{Public: true})
	ctx := context.Background()
	for question, want := range map[string]int{"secret": 0, `"return 42"`: 0, `/return \d/`: 0, "name:secret": 0, "helper": 1, "libre:no OR libre:unknown": 0} {
		if page := ask(t, l, question); page.Total != want {
			t.Errorf("%s: %v", question, places(page))
		}
	}
	code := small()[1].files["secret.go"]
	h, err := l.Block(ctx, "swh:1:cnt:"+blobHash(code).String())
	if err != nil || !h.Withheld || h.Code != "" || h.Path != "secret.go" {
		t.Errorf("got %+v, %v", h, err)
	}
	f, err := l.File(ctx, "https://forge.example/other/copy", "secret.go")
	if err != nil || !f.Withheld || f.Text != "" || f.Lang != "Go" {
		t.Errorf("got %+v, %v", f, err)
	}
	if h, err = l.Block(ctx, "swh:1:cnt:"+blobHash(serverGo).String()+";lines=17-17"); err != nil || h.Withheld || h.Code == "" {
		t.Errorf("got %+v, %v", h, err)
	}
}

// TestDeadline: a question that cannot be answered in time is answered in part, says so, and is not late.
func TestDeadline(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/a/long"}, files: map[string]string{}}
	for i := range 12 {
		long := make([]byte, 100<<10)
		for j := range long {
			if long[j] = "abcd "[random.IntN(5)]; j%1000 == 999 {
				long[j] = '\n'
			}
		}
		r.files[fmt.Sprintf("%d.txt", i)] = string(long)
	}
	l := newIndex(t, r)
	if s, err := l.Status(context.Background()); err != nil || s.Files != 12 {
		t.Fatalf("got %+v, %v", s, err)
	}
	const allowed = 40 * time.Millisecond
	began := time.Now()
	page, err := l.Search(context.Background(), Query{Text: `/a[abcd ]{300}(x|y)$/`, Deadline: allowed}) // no automaton of a bearable size
	if err != nil {
		t.Fatal(err)
	}
	if !page.Partial || page.Reason != "deadline" {
		t.Errorf("got partial %v, %q, %d hits after %v", page.Partial, page.Reason, page.Total, time.Since(began))
	}
	if late := time.Since(began) - allowed; late > 250*time.Millisecond { // 50 on a machine that does nothing else
		t.Errorf("%v late", late)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Search(ctx, Query{Text: `"ab"`}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestDamage: what is damaged is named, what is not answers, and the answer says that it is a part.
func TestDamage(t *testing.T) {
	for _, file := range []string{"grams", "content", "words"} {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			writeIndex(t, dir, 8<<10, append(small(), library(t, "encoding/csv")...)...)
			name := filepath.Join(dir, "shards", firstShard(t, dir), file)
			if file == "words" {
				found, err := filepath.Glob(filepath.Join(name, "store", "*.zap"))
				if err != nil || len(found) != 1 {
					t.Fatal(err, found)
				}
				name = found[0]
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for i := len(data) / 4; i < len(data)*3/4; i++ {
				data[i] ^= 0x55
			}
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
			l, err := Open(dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for _, question := range []string{`"return"`, "return", "kind:function"} {
				page, err := l.Search(context.Background(), Query{Text: question, N: 5})
				if err != nil || page.Total == 0 {
					t.Errorf("%s: the rest does not answer: %v %v", question, page, err)
				}
			}
			status, err := l.Status(context.Background())
			if err != nil || len(status.Faults) == 0 || !strings.Contains(strings.Join(status.Faults, "\n"), file) {
				t.Errorf("faults: %q, %v", status.Faults, err)
			}
		})
	}
}

func firstShard(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "shards"))
	if err != nil || len(entries) < 2 {
		t.Fatal(err, entries)
	}
	return entries[0].Name()
}

func TestBlock(t *testing.T) {
	l := newIndex(t, small()...)
	ctx := context.Background()
	hash := "swh:1:cnt:" + blobHash(serverGo).String()
	for id, want := range map[string]string{
		";lines=17-17": "func helper() string { return \"date\" }\n", "#L17": "func helper() string { return \"date\" }\n", "#L12-L13": "// parseDateHeader reads the Date header.\nfunc (s *Server) parseDateHeader(r *Request) error {\n",
		"": serverGo, ";lines=3": "package server\n", ";origin=https://forge.example/other/copy;lines=3-3": "package server\n",
	} {
		h, err := l.Block(ctx, hash+id)
		if err != nil || h.Code != want {
			t.Errorf("%q: got %v, %v", id, h, err)
			continue
		}
		if origin := strings.Contains(id, "origin"); h.Repo == "https://forge.example/other/copy" != origin || h.Path != "server.go" || h.License != "MIT" {
			t.Errorf("%q: shows %s %s under %q", id, h.Repo, h.Path, h.License)
		}
	}
	h, err := l.Block(ctx, hash+";lines=12-15")
	if err != nil || h.Kind != "method" || h.Copies != 3 || len(h.Occurrences) != 3 || h.FileLines != 17 {
		t.Errorf("got %+v, %v", h, err)
	}
	for id, what := range map[string]string{
		"x": "id", hash + ";lines=0-3": "id", hash + ";lines=5-3": "id", hash + ";lines=5-99": "lines", hash + "x": "id", hash + "#Lx": "id", hash[:20]: "id",
		"swh:1:cnt:" + strings.Repeat("0", 40): "block", "swh:1:dir:" + strings.Repeat("0", 40): "id", strings.ToUpper(hash): "id",
	} {
		_, err := l.Block(ctx, id)
		var missing *NotFoundError
		if !errors.As(err, &missing) || missing.What != what {
			t.Errorf("%q: got %v, want %s", id, err, what)
		}
	}
}

func TestBrowse(t *testing.T) {
	l := newIndex(t, small()...)
	ctx := context.Background()
	names := func(tree *Tree, err error) (out []string) {
		if err != nil {
			return []string{err.Error()}
		}
		for _, e := range tree.Entries {
			name := e.Name
			if e.Dir {
				name += "/"
			}
			out = append(out, name)
		}
		return out
	}
	const server = "https://forge.example/team/server"
	if got := names(l.Tree(ctx, server, "")); !slices.Equal(got, []string{"lib/", "vendor/", "README.md", "server.go"}) {
		t.Errorf("got %q", got)
	}
	if got := names(l.Tree(ctx, server, "/vendor/x/")); !slices.Equal(got, []string{"server.go"}) {
		t.Errorf("got %q", got)
	}
	var missing *NotFoundError
	if _, err := l.Tree(ctx, server, "nowhere"); !errors.As(err, &missing) || missing.What != "folder" {
		t.Errorf("got %v", err)
	}
	f, err := l.File(ctx, server, "server.go")
	if err != nil || f.Text != serverGo || f.License != "MIT" || len(f.Copies) != 3 || len(f.Blocks) < 4 || f.Blocks[1].Start != 5 {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, err := l.File(ctx, server, "nofile"); !errors.As(err, &missing) || missing.What != "file" {
		t.Errorf("got %v", err)
	}
	r, err := l.Repository(ctx, server)
	if err != nil || r.Files != 4 || r.Owner != "team" || len(r.Languages) != 3 || r.Languages[0].Value != "Go" || len(r.Kinds) == 0 {
		t.Errorf("got %+v, %v", r, err)
	}
	if !l.Holds(ctx, server) || l.Holds(ctx, "https://nowhere") {
		t.Error("Holds does not tell what is in the index from what is not")
	}
	if _, err := l.Repository(ctx, "https://nowhere"); !errors.As(err, &missing) || missing.What != "repository" {
		t.Errorf("got %v", err)
	}
	page, err := l.Repositories(ctx, RepositoryQuery{Forks: true, N: 1})
	if err != nil || page.Total != 2 || page.Folded != 0 || len(page.Repositories) != 1 || page.Repositories[0].Owner != "other" {
		t.Fatalf("got %+v, %v", page, err)
	}
	page, err = l.Repositories(ctx, RepositoryQuery{Forks: true, After: page.Next, N: 1})
	if err != nil || page.Total != 2 || page.Next != "" || page.Repositories[0].Owner != "team" {
		t.Errorf("got %+v, %v", page, err)
	}
	if page, err = l.Repositories(ctx, RepositoryQuery{Owner: "team"}); err != nil || page.Total != 1 {
		t.Errorf("got %+v, %v", page, err)
	}
}

func TestRepositorySearch(t *testing.T) {
	l := newIndex(t, small()...)
	for question, want := range map[string][]string{
		"type:repo": {"server"}, "type:repo server": {"server"}, "type:repo web": {"server"}, "type:repo http": {"server"},
		"type:repo owner:other": {"copy"}, "type:repo -server": {"copy"}, "(serv OR copy) type:repo": {"copy", "server"}, `type:repo "an http"`: {"server"},
		"type:repo /^cop/": {"copy"}, "type:repo nothinglikeit": nil, "type:repo name:cop*": {"copy"},
		"type:repo libre:unknown": {"server"}, "type:repo license:unknown": {"server"}, "type:repo into:MIT": nil,
	} {
		page := ask(t, l, question)
		var got []string
		for _, r := range page.Repositories {
			got = append(got, r.Name)
		}
		if !slices.Equal(got, want) || page.Total != len(want) {
			t.Errorf("%s: got %q", question, got)
		}
	}
}

func TestLongAndStrangeLines(t *testing.T) {
	latin := "été: caf\xe9 na\xefve \"marker\"\n"
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/a/b"}, files: map[string]string{
		"long.txt":      "start\n" + strings.Repeat("é ", 3000) + "needle" + strings.Repeat(" ü", 3000) + "\n",
		"latin.c":       "/* caf\xe9 */\nint na\xefve = 1; /* marker */\n" + strings.Repeat("int a = 1; /* \xe9 */\n", 3),
		"crlf.txt":      "one marker\r\ntwo\r\n",
		"bidi\u202e.md": "marker \u202e\x1b[31m\n", "mixed.txt": latin,
	}}
	l := newIndex(t, r)
	for _, h := range append(ask(t, l, "needle").Hits, ask(t, l, `"marker"`).Hits...) {
		checkHit(t, h)
		for _, line := range h.Lines {
			if !utf8.ValidString(line.Text) || len(line.Text) > 2*maxLineBytes {
				t.Errorf("%s: %q", h.Path, line.Text)
			}
			for _, s := range line.Spans {
				if marked := line.Text[s[0]:s[1]]; marked != "needle" && marked != "marker" {
					t.Errorf("%s: %q marked in %q", h.Path, marked, line.Text)
				}
			}
		}
	}
	if page := ask(t, l, `/two$/`); page.Total != 0 { // as ripgrep: the carriage return is part of the line
		t.Errorf("got %v", places(page))
	}
	if page := ask(t, l, `/naïve/`); page.Total != 0 {
		t.Errorf("got %v", places(page))
	}
}

// FuzzID: any id is read or refused.
func FuzzID(f *testing.F) {
	f.Add("swh:1:cnt:0123456789012345678901234567890123456789;lines=1-2;origin=https://a;path=/b%20c")
	f.Add("swh:1:cnt:0123456789012345678901234567890123456789#L1-L2")
	f.Fuzz(func(t *testing.T, id string) {
		b, ok := parseID(id)
		if ok && (b.start < 0 || b.end < b.start) {
			t.Fatalf("%q: %+v", id, b)
		}
	})
}

// FuzzCursor: a cursor that was not made for a question is refused.
// TestFarAndLongPages: a cursor that somebody made, and a page as long as a number can be, cost what the answer does.
func TestFarAndLongPages(t *testing.T) {
	l := newIndex(t, small()...)
	p, err := Parse("date")
	if err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int{1000, 1 << 26, 1 << 31, math.MaxInt} {
		after := cursor{offset, 1}.encode(p.String())
		if offset > maxReach {
			if _, err := decodeCursor(after, p.String()); err == nil {
				t.Errorf("a page from %d on", offset)
			}
			continue
		}
		var before, since runtime.MemStats
		runtime.ReadMemStats(&before)
		page, err := l.Search(context.Background(), Query{Text: "date", N: 10, After: after})
		if runtime.ReadMemStats(&since); err != nil || len(page.Hits) > 0 || page.Next != "" || since.TotalAlloc-before.TotalAlloc > 8<<20 {
			t.Errorf("from %d on: %+v %v, %d bytes", offset, page, err, since.TotalAlloc-before.TotalAlloc)
		}
	}
	all := len(ask(t, l, "date").Hits)
	for _, n := range []int{1 << 40, math.MaxInt / 2, math.MaxInt, -1000} {
		if page, err := l.Search(context.Background(), Query{Text: "date fold:no", N: n}); err != nil || len(page.Hits) != all {
			t.Errorf("%d hits: %+v %v", n, page, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("AAAA", "q", 5)
	f.Fuzz(func(t *testing.T, s, question string, offset int) {
		if c, err := decodeCursor(s, question); err == nil && s != "" && c.encode(question) == "" {
			t.Fatal("no cursor")
		}
		if offset < 0 || offset > 1<<30 {
			return
		}
		c := cursor{offset, 7}
		if got, err := decodeCursor(c.encode(question), question); err != nil || got != c {
			t.Fatalf("got %v, %v", got, err)
		}
		if _, err := decodeCursor(c.encode(question), question+"x"); err == nil {
			t.Fatal("another question's cursor")
		}
	})
}
