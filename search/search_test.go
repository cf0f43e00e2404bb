// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"communs/crawler"
	"communs/indexer"
)

const serverGo = `// SPDX-License-Identifier: MIT

package server

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w ResponseWriter, r *Request) {
	if err := s.parseDateHeader(r); err != nil {
		w.fail(err)
	}
}

// parseDateHeader reads the Date header.
func (s *Server) parseDateHeader(r *Request) error {
	return nil
}

func helper() string { return "date" }
`

func small() []repo {
	return []repo{
		{Repository: crawler.Repository{URL: "https://forge.example/team/server", Owner: "team", Description: "An HTTP server", Topics: []string{"web"}},
			files: map[string]string{
				"server.go": serverGo, "vendor/x/server.go": serverGo, "README.md": "# Server\n\nIt serves dates.\n",
				"lib/date.py": "# SPDX-License-Identifier: GPL-3.0-or-later\n\ndef parse_date(header):\n    return header.date\n",
			}},
		{Repository: crawler.Repository{URL: "https://forge.example/other/copy", Owner: "other", Fork: true},
			files: map[string]string{"server.go": serverGo, "secret.go": "package secret\n\nfunc Secret() int {\n\treturn 42\n}\n"}},
	}
}

func TestSearch(t *testing.T) {
	l := newIndex(t, small()...)
	for _, c := range []struct {
		question string
		want     []string // of all hits, in any order; a name stands for its block in server.go
	}{
		{"parseDateHeader", []string{"server server.go:12-15", "server server.go:5-10", "server lib/date.py:3-4"}},
		{"parse date header", []string{"server server.go:12-15", "server server.go:5-10", "server lib/date.py:3-4"}},
		{`"SERVEHTTP(W"`, nil},
		{`"servehttp(w"`, []string{"server server.go:5-10"}},
		{`"ServeHTTP(w" path:vendor`, []string{"server vendor/x/server.go:5-10"}},
		{`"ServeHTTP(w" -path:vendor repo:other`, []string{"copy server.go:5-10"}},
		{`/return (nil|header)/`, []string{"server server.go:12-15", "server lib/date.py:3-4"}},
		{`/^\}$/`, []string{"server server.go:12-15", "server server.go:5-10", "copy secret.go:3-5"}},
		{"name:ServeHTTP", []string{"server server.go:5-10"}},
		{"date kind:function", []string{"server server.go:17-17", "server lib/date.py:3-4"}},
		{"date lang:python", []string{"server lib/date.py:3-4"}},
		{"date license:GPL-3.0", []string{"server lib/date.py:3-4"}},
		{"date license:gpl-3.0-or-later", []string{"server lib/date.py:3-4"}},
		{"date license:GPL-3.0+", []string{"server lib/date.py:3-4"}},
		{"secret license:unknown name:secret", []string{"copy secret.go:3-5"}},
		{"owner:other name:secret", []string{"copy secret.go:3-5"}},
		{"42 OR name:helper", []string{"copy secret.go:3-5", "server server.go:17-17"}},
		{"date -header kind:function", []string{"server server.go:17-17"}},
		{`ServeHTTP helper`, nil},
		{`ServeHTTP helper in:file`, []string{"server server.go:5-10"}},
		{`"fail(err)" helper in:file -path:vendor repo:copy`, []string{"copy server.go:17-17"}},
		{`ServeHTTP nothinglikeit in:file`, nil},
		{`ServeHTTP -helper in:file`, nil},
		{"dédé", nil},
		{`"ab"`, nil},
		{`"r."`, []string{"server lib/date.py:3-4", "server server.go:12-15"}},
	} {
		page := ask(t, l, c.question)
		got := places(page)
		slices.Sort(got)
		want := slices.Clone(c.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q (%v)", c.question, got, want, page.Explain.Plan)
		}
		for _, h := range page.Hits {
			checkHit(t, h)
		}
	}
}

// checkHit verifies what holds for every hit.
func checkHit(t *testing.T, h Hit) {
	t.Helper()
	sum := 0.0
	for _, term := range h.Why {
		sum += term.Value * term.Weight
	}
	if math.Abs(sum-h.Score) > 1e-5 {
		t.Errorf("%s: score %v is not the sum of %v", h.ID, h.Score, h.Why)
	}
	if len(h.Lines) == 0 {
		t.Errorf("%s shows no line", h.ID)
	}
	for _, line := range h.Lines {
		if line.N < h.Start || line.N > h.End {
			t.Errorf("%s shows line %d", h.ID, line.N)
		}
		for _, s := range line.Spans {
			if s[0] < 0 || s[0] >= s[1] || s[1] > len(line.Text) {
				t.Errorf("%s: span %v of %q", h.ID, s, line.Text)
			}
		}
	}
	if h.Copies < 1 || len(h.Occurrences) == 0 || h.Occurrences[0].Repo != h.Repo || h.Occurrences[0].Path != h.Path {
		t.Errorf("%s: %d copies, %v", h.ID, h.Copies, h.Occurrences)
	}
}

func TestHit(t *testing.T) {
	page := ask(t, newIndex(t, small()...), "parseDateHeader kind:method")
	if len(page.Hits) != 2 || page.Total != 2 {
		t.Fatalf("got %v", places(page))
	}
	h := page.Hits[0]
	if h.Name != "parseDateHeader" && !strings.HasSuffix(h.Name, ".parseDateHeader") {
		t.Errorf("the definition is not first: %v", places(page))
	}
	if h.ID != "swh:1:cnt:"+blobHash(serverGo).String()+";lines=12-15" || h.License != "MIT" || h.Libre != "yes" || h.Lang != "Go" ||
		h.Kind != "method" || h.Copies != 3 || len(h.Evidence) == 0 || h.Evidence[0].How != "tag" {
		t.Errorf("got %+v", h)
	}
	var marked []string
	for _, line := range h.Lines {
		for _, s := range line.Spans {
			marked = append(marked, fmt.Sprintf("%d:%s", line.N, line.Text[s[0]:s[1]]))
		}
	}
	if !slices.Contains(marked, "13:parseDateHeader") {
		t.Errorf("marked %q", marked)
	}
	for _, term := range []string{"bm25", "identifier", "name", "definition", "copies"} {
		if !slices.ContainsFunc(h.Why, func(w Term) bool { return w.Term == term && w.Value > 0 }) {
			t.Errorf("%s is not in %v", term, h.Why)
		}
	}
}

// TestAgainstBruteForce compares with reading every block of real code.
func TestAgainstBruteForce(t *testing.T) {
	l := newIndex(t, library(t, "regexp", "net/textproto", "text/template")...)
	g := l.current.Load()
	for _, c := range []struct {
		question, pattern string
	}{
		{`"return nil, err"`, `(?i)return nil, err`}, {`"Regexp"`, `Regexp`}, {`"é"`, `(?i)é`}, {`"x:"`, `(?i)x:`}, {`"ks"`, `(?i)ks`},
		{`/func \(.*\) [A-Z]\w+\(/`, `func \(.*\) [A-Z]\w+\(`}, {`/^\s+case '.':$/`, `(?i)^\s+case '.':$`}, {`/err(or)?s?\b/`, `(?i)err(or)?s?\b`},
		{`/\bgo\b|template/`, `(?i)\bgo\b|template`}, {`/[0-9]{4}/`, `[0-9]{4}`}, {`/a.*b.*c.*d/`, `(?i)a.*b.*c.*d`}, {`"nosuchtextatall"`, `nosuchtextatall`},
		{`/(?i)PREFIX/`, `(?i)PREFIX`}, {`"\t\t\treturn" case:yes`, `\\t\\t\\treturn`}, {`/\t\t\treturn/`, `(?i)\t\t\treturn`}, {`/é|ÿ|世/`, `(?i)é|ÿ|世`},
	} {
		re := regexp.MustCompile(c.pattern)
		want := map[string]bool{}
		for part, s := range g.x.Shards() {
			for b := range uint32(s.NumBlocks()) {
				row := s.Block(b)
				content, err := s.Content(row.Blob)
				if err != nil {
					t.Fatal(err)
				}
				for _, segment := range s.Segments(b, nil) {
					text := strings.TrimSuffix(string(content[segment.StartByte:segment.EndByte]), "\n")
					if slices.ContainsFunc(strings.Split(text, "\n"), re.MatchString) {
						want[fmt.Sprintf("%d/%d", part, b)] = true
					}
				}
			}
		}
		page := ask(t, l, c.question)
		if page.Total != len(want) || page.Partial {
			t.Errorf("%s: got %d of %d blocks (%+v)", c.question, page.Total, len(want), page.Explain)
		}
		if copies := page.Total - len(page.Hits); copies < 0 || copies > page.Total/2 {
			t.Errorf("%s: %d hits for %d blocks", c.question, len(page.Hits), page.Total)
		}
	}
}

// TestWordsAgainstBruteForce computes BM25 by hand from the words of every block.
func TestWordsAgainstBruteForce(t *testing.T) {
	l := newIndex(t, library(t, "regexp", "net/textproto", "text/template")...)
	g := l.current.Load()
	words := indexer.NewTokenizer()
	type doc struct {
		terms  map[string]int
		length int
	}
	var docs []doc
	total, df := 0, map[string]int{}
	for _, s := range g.x.Shards() {
		for b := range uint32(s.NumBlocks()) {
			content, err := s.Content(s.Block(b).Blob)
			if err != nil {
				t.Fatal(err)
			}
			for _, segment := range s.Segments(b, nil) {
				words.Add(content[segment.StartByte:segment.EndByte], false)
			}
			terms, length := words.Terms()
			d := doc{map[string]int{}, length}
			for _, term := range terms {
				d.terms[term.Term] = term.Freq
				df[term.Term]++
			}
			docs = append(docs, d)
			total += length
		}
	}
	for _, question := range []string{"regexp", "parse", "template error", "MustCompile", "read mime header", "the"} {
		var want []float64
	next:
		for _, d := range docs {
			score := 0.0
			for _, word := range strings.Fields(question) {
				for _, part := range indexer.QueryTerms(word).Parts {
					f := float64(d.terms[part])
					if f == 0 {
						continue next
					}
					n := float64(len(docs))
					idf := math.Log(1 + (n-float64(df[part])+0.5)/(float64(df[part])+0.5))
					score += idf * f * 2.2 / (f + 1.2*(0.25+0.75*float64(d.length)*n/float64(total)))
				}
			}
			want = append(want, round(score))
		}
		page := ask(t, l, question)
		if page.Total != len(want) {
			t.Errorf("%s: %d blocks, want %d", question, page.Total, len(want))
		}
		for _, h := range page.Hits {
			i := slices.IndexFunc(h.Why, func(w Term) bool { return w.Term == "bm25" })
			if i < 0 || !slices.ContainsFunc(want, func(v float64) bool { return math.Abs(v-h.Why[i].Value) < 2e-4 }) {
				t.Errorf("%s: %s has %v", question, h.ID, h.Why)
			}
		}
	}
}

// TestShardsDoNotMatter: the same repositories in one shard and in many give the same hits, scores and pages.
func TestShardsDoNotMatter(t *testing.T) {
	repos := append(library(t, "regexp", "net/textproto", "text/template", "encoding/csv"), small()...)
	one, many := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, repos...)
	writeIndex(t, many, 64<<10, repos...)
	a, b := openIndex(t, one, Options{}), openIndex(t, many, Options{})
	if n := len(b.current.Load().x.Shards()); n < 5 {
		t.Fatalf("only %d shards", n)
	}
	for _, question := range []string{
		"parse", "parse date header", `"return nil, err"`, `/func \w+\(/ lang:go`, "kind:function", "error in:file template", "the OR \"r.\"",
		"error -path:test license:BSD-3-Clause", "name:parse",
	} {
		pa, pb := ask(t, a, question), ask(t, b, question)
		if pa.Total != pb.Total || len(pa.Hits) != len(pb.Hits) {
			t.Errorf("%s: %d and %d blocks, %d and %d hits", question, pa.Total, pb.Total, len(pa.Hits), len(pb.Hits))
			continue
		}
		for i := range pa.Hits {
			x, y := pa.Hits[i], pb.Hits[i]
			if x.ID != y.ID || x.Score != y.Score || x.Repo != y.Repo || x.Path != y.Path || x.Copies != y.Copies || fmt.Sprint(x.Why, x.Lines) != fmt.Sprint(y.Why, y.Lines) {
				t.Errorf("%s: hit %d is %s %v %v and %s %v %v", question, i, x.ID, x.Score, x.Why, y.ID, y.Score, y.Why)
				break
			}
		}
	}
}

func TestPages(t *testing.T) {
	l := newIndex(t, library(t, "regexp", "text/template")...)
	ctx := context.Background()
	for _, question := range []string{"return fold:no", `"err" fold:no`, "kind:function fold:no"} {
		all := ask(t, l, question)
		var got []string
		after := ""
		for {
			page, err := l.Search(ctx, Query{Text: question, N: 7, After: after})
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != all.Total || len(page.Hits) > 7 {
				t.Fatalf("%s: total %d, %d hits", question, page.Total, len(page.Hits))
			}
			got = append(got, places(page)...)
			if after = page.Next; after == "" {
				break
			}
		}
		if !slices.Equal(got, places(all)) {
			t.Errorf("%s: pages give %d hits, one page %d, or in another order", question, len(got), len(all.Hits))
		}
	}
	page, err := l.Search(ctx, Query{Text: "return", N: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"x", page.Next + "A", strings.ToLower(page.Next), strings.Repeat("A", 40)} {
		if _, err := l.Search(ctx, Query{Text: "return", After: bad}); err == nil {
			t.Errorf("cursor %q is taken", bad)
		}
	}
	if _, err := l.Search(ctx, Query{Text: "error", After: page.Next}); err == nil {
		t.Error("another question's cursor is taken")
	}
}

// TestLinesAreTheBlocksOwn: of a block that others stand in, lines of its own are shown, and none that only seems to be there
// where a part of it ends.
func TestLinesAreTheBlocksOwn(t *testing.T) {
	l := newIndex(t, repo{Repository: crawler.Repository{URL: "https://forge.example/a/own"}, files: map[string]string{
		"a.py": "class A:\n    x = 1\n    def f(self):\n        y = 2\n        return 3\n\n    z = 4\n\n    w = 5\n",
	}})
	for _, h := range ask(t, l, `/^$/`).Hits {
		for _, line := range h.Lines {
			if line.Text != "" || line.N != 6 && line.N != 8 {
				t.Errorf("%s %d-%d shows %d %q", h.Name, h.Start, h.End, line.N, line.Text)
			}
		}
	}
}
