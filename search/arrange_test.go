// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"communs/crawler"
)

// version gives a function as a release of a library has it: its lines, some of which changed, under a licence.
func version(license, comment string, body ...string) string {
	return "// SPDX-License-Identifier: " + license + "\n\npackage retry\n\n// " + comment + "\nfunc Backoff(attempts int, wait time.Duration) error {\n\t" +
		strings.Join(body, "\n\t") + "\n}\n"
}

var backoff = []string{
	"var last error", "for i := 0; i < attempts; i++ {", "\tif last = connect(i); last == nil {", "\t\treturn nil", "\t}",
	"\tlog.Printf(\"attempt %d failed: %v\", i, last)", "\ttime.Sleep(wait)", "\twait *= 2", "}", "return fmt.Errorf(\"gave up after %d: %w\", attempts, last)",
}

func retry(name, content string, more ...string) repo {
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/retry/" + name}, files: map[string]string{"retry.go": content}}
	for i := 0; i < len(more); i += 2 {
		r.files[more[i]] = more[i+1]
	}
	return r
}

func TestNearCopiesFold(t *testing.T) {
	renamed := slices.Clone(backoff)
	for i := range renamed {
		renamed[i] = strings.NewReplacer("last", "err", "attempts", "times").Replace(renamed[i])
	}
	edited := slices.Clone(backoff)
	edited[5] = "\tslog.Warn(\"backing off\", \"attempt\", i, \"error\", last)"
	other := []string{"// backoff by somebody else", "return policy.Run(func() error {", "\tmetrics.Count(\"retry\", attempts)", "\treturn dial(wait, attempts)", "})"}
	l := newIndex(t,
		retry("v1", version("MIT", "Backoff tries again.", backoff...)),
		retry("v2", version("GPL-3.0-only", "Backoff tries again and again, waiting longer each time.", backoff...)),
		retry("v3", version("Apache-2.0", "Backoff tries again.", edited...)),
		retry("v4", version("MIT", "Backoff tries.", renamed...)),
		retry("else", version("MIT", "Backoff is of another library.", other...)),
	)
	page, err := l.Search(context.Background(), Query{Text: "name:Backoff", N: 10})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 5 || len(page.Hits) != 2 {
		t.Fatalf("%d blocks, hits %v, want the library and another", page.Total, places(page))
	}
	folded := page.Hits[slices.IndexFunc(page.Hits, func(h Hit) bool { return h.Repo != "https://forge.example/retry/else" })]
	licenses := map[string]bool{folded.License: true}
	for _, n := range folded.Near {
		licenses[n.License] = true
		if n.Similarity < nearNamed || n.Similarity > 1 || n.Copies != 1 || !strings.HasPrefix(n.ID, "swh:1:cnt:") || n.Path != "retry.go" {
			t.Errorf("near copy %+v", n)
		}
	}
	if len(folded.Near) != 3 || !licenses["MIT"] || !licenses["GPL-3.0-only"] || !licenses["Apache-2.0"] {
		t.Errorf("near copies %+v: a licence is not told", folded.Near)
	}
	for _, question := range []string{"name:Backoff fold:no", "name:Backoff replier:non"} {
		if page, err = l.Search(context.Background(), Query{Text: question, N: 10}); err != nil || len(page.Hits) != 5 {
			t.Errorf("%s: %v %v, want each by itself", question, places(page), err)
		}
	}
	if page = ask(t, l, "name:Backoff"); len(page.Hits) != 5 || page.Hits[0].Near != nil {
		t.Errorf("all: %v, want each by itself", places(page))
	}
}

// TestWhatIsNoNearCopy: small blocks alike in form, functions of one name that do something else, and neighbours in a file stand by
// themselves.
func TestWhatIsNoNearCopy(t *testing.T) {
	getter := func(of, field string) string {
		return "package p\n\n// Value gives it.\nfunc (x *" + of + ") Value() string {\n\treturn x." + field + "\n}\n"
	}
	generated := "package p\n\n"
	for _, bits := range []string{"8", "16", "32"} {
		generated += "func parseInt" + bits + "(s string) (int" + bits + ", error) {\n\tv, err := strconv.ParseInt(s, 10, " + bits +
			")\n\tif err != nil {\n\t\treturn 0, fmt.Errorf(\"parse value %q: %w\", s, err)\n\t}\n\tlog.Print(v)\n\treturn int" + bits + "(v), nil\n}\n\n"
	}
	l := newIndex(t, retry("a", getter("Thing", "name")), retry("b", getter("Place", "address")), retry("c", generated))
	for question, want := range map[string]int{"value kind:method": 2, `"parse value"`: 3} {
		page, err := l.Search(context.Background(), Query{Text: question, N: 10})
		if err != nil || len(page.Hits) != want {
			t.Errorf("%s: %v %v, want %d hits", question, places(page), err, want)
		}
	}
}

// crowd is one repository with many good hits, and others with some that score less.
func crowd() []repo {
	body := func(i int, word string) string {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		var b strings.Builder
		fmt.Fprintf(&b, "package p\n\nfunc %s%d() int {\n", word, i)
		for range 6 {
			fmt.Fprintf(&b, "\tcall%d(%d, x%d)\n", rng.IntN(1000), rng.IntN(1000), rng.IntN(1000))
		}
		return b.String() + "\treturn budget\n}\n"
	}
	big := repo{Repository: crawler.Repository{URL: "https://forge.example/crowd/big"}, files: map[string]string{}}
	for i := range 60 {
		big.files[fmt.Sprintf("budget/f%03d.go", i)] = body(i, "budgetOf")
	}
	repos := []repo{big}
	for r := range 6 {
		small := repo{Repository: crawler.Repository{URL: fmt.Sprintf("https://forge.example/crowd/small%d", r)}, files: map[string]string{}}
		for i := range 5 {
			small.files[fmt.Sprintf("f%d.go", i)] = body(1000+10*r+i, []string{"budgetOf", "other"}[i%2])
		}
		repos = append(repos, small)
	}
	return repos
}

func TestNoRepositoryFillsThePage(t *testing.T) {
	repos := append(crowd(), library(t, "regexp", "text/template")...)
	one, many := t.TempDir(), t.TempDir()
	writeIndex(t, one, 0, repos...)
	writeIndex(t, many, 8<<10, repos...)
	a, b := openIndex(t, one, Options{}), openIndex(t, many, Options{})
	if n := len(b.current.Load().x.Shards()); n < 7 {
		t.Fatalf("only %d shards", n)
	}
	for _, question := range []string{"budget", "return", `"err"`, "kind:function"} {
		for _, n := range []int{10, 7, 250} {
			pages := [2][]Hit{readPages(t, a, question, n), readPages(t, b, question, n)}
			all := map[string]bool{}
			for _, h := range ask(t, a, question).Hits {
				all[h.ID] = true
			}
			given := map[string]bool{}
			for i, h := range pages[0] {
				ids := []string{h.ID}
				for _, near := range h.Near {
					ids = append(ids, near.ID)
				}
				for _, id := range ids {
					if given[id] || !all[id] {
						t.Fatalf("%s by %d: %s comes twice, or is no hit", question, n, id)
					}
					given[id] = true
				}
				if i > 0 && h.Score > pages[0][i-1].Score {
					t.Errorf("%s: hit %d scores more than the one before", question, i)
				}
				checkHit(t, h)
				x, y := h, pages[1][i]
				if x.ID != y.ID || x.Score != y.Score || fmt.Sprint(x.Near, x.Why) != fmt.Sprint(y.Near, y.Why) {
					t.Fatalf("%s: hit %d is %s %v %v in one shard, %s %v %v in many", question, i, x.ID, x.Score, x.Near, y.ID, y.Score, y.Near)
				}
			}
			if len(given) != len(all) {
				t.Errorf("%s by %d: pages give %d of %d hits", question, n, len(given), len(all))
			}
		}
	}
	page, err := a.Search(context.Background(), Query{Text: "budget", N: 10})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, h := range page.Hits {
		if h.Repo == "https://forge.example/crowd/big" {
			count++
		}
	}
	if count != maxOfRepo || len(page.Later) != 1 || page.Later[0].Repo != "https://forge.example/crowd/big" || page.Later[0].Hits < 6 {
		t.Errorf("%d hits of one repository, later %+v", count, page.Later)
	}
	for _, question := range []string{"budget repo:forge.example", "budget repo:*", "budget OR repo:nowhere", "budget -repo:nowhere"} {
		other, err := a.Search(context.Background(), Query{Text: question, N: 10})
		if err != nil || len(other.Later) != 1 || other.Later[0].Repo != page.Later[0].Repo {
			t.Errorf("%s: %v %+v %v: one repository fills the page", question, places(other), other.Later, err)
		}
	}
	rest, err := a.Search(context.Background(), Query{Text: page.Later[0].Query, N: 10})
	if err != nil || rest.Total != 60 || rest.Later != nil || len(rest.Hits) != 10 {
		t.Errorf("%s: %+v, %v", page.Later[0].Query, rest, err)
	}
}

// readPages reads an answer page by page.
func readPages(t *testing.T, l *Local, question string, n int) (hits []Hit) {
	t.Helper()
	for after := ""; ; {
		page, err := l.Search(context.Background(), Query{Text: question, N: n, After: after})
		if err != nil || len(page.Hits) > n || len(page.Hits) < n && page.Next != "" {
			t.Fatalf("%s: %d hits of %d, next %q, %v", question, len(page.Hits), n, page.Next, err)
		}
		hits = append(hits, page.Hits...)
		if after = page.Next; after == "" {
			return hits
		}
	}
}

func TestWithin(t *testing.T) {
	for question, want := range map[string]string{
		"parse date":          "parse date repo:https://a.example/b",
		"parse OR date":       "(parse OR date) repo:https://a.example/b",
		`"x" in:file fold:no`: `"x" repo:https://a.example/b in:file fold:no`,
		"lire -~read lang:go": "lire lang:Go repo:https://a.example/b -~read",
	} {
		p, err := Parse(question)
		if err != nil {
			t.Fatal(err)
		}
		got := p.within("https://a.example/b")
		if got != want {
			t.Errorf("%s: %s, want %s", question, got, want)
		}
		if again, err := Parse(got); err != nil || again.String() != got {
			t.Errorf("%s is read as %v, %v", got, again, err)
		}
	}
}

// TestScoresThatAreNotReckoned: scores too low for the page are left out, and must not be missed, however many copies of one text stand
// before them.
func TestScoresThatAreNotReckoned(t *testing.T) {
	r := repo{Repository: crawler.Repository{URL: "https://forge.example/copies/many"}, files: map[string]string{}}
	for i := range 2400 {
		r.files[fmt.Sprintf("thing/c%03d.go", i)] = fmt.Sprintf("package p\n\nvar unlike%d = %d\n\nfunc thing() int {\n\tthing := thing + thing\n\treturn thing\n}\n", i, i)
		if i%4 > 0 {
			continue
		}
		r.files[fmt.Sprintf("z/l%03d_test.go", i)] = fmt.Sprintf("// Code generated by a tool. DO NOT EDIT.\n\npackage p\n\nfunc f%d() int {\n\ta := %d\n\tb := call%d(a)\n\t%sreturn thing + b\n}\n", i, i*7, i%50, strings.Repeat("_ = thing\n\t", i/4%7))
	}
	for i := range 400 {
		r.files[fmt.Sprintf("thing/d%03d.go", i)] = fmt.Sprintf("package p\n\nfunc g%d() int {\n\ta := %d\n\tb := call%d(a)\n\treturn thing + thing + b\n}\n", i, i*7, i%50)
	}
	l := newIndex(t, r)
	all := ask(t, l, "thing")
	if len(all.Hits) != 1001 {
		t.Fatalf("%d hits", len(all.Hits))
	}
	page, err := l.Search(context.Background(), Query{Text: "thing fold:no", N: 120})
	if err != nil || page.Total != all.Total || !slices.Equal(places(page), places(all)[:120]) {
		t.Errorf("%d blocks, %d hits, %v: not the first of all", page.Total, len(page.Hits), err)
	}
	for i, h := range page.Hits {
		if h.Score != all.Hits[i].Score || fmt.Sprint(h.Why) != fmt.Sprint(all.Hits[i].Why) {
			t.Errorf("hit %d scores %v, of all %v", i, h.Score, all.Hits[i].Score)
		}
	}

	g, err := l.acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer g.release()
	parsed, err := Parse("thing fold:no")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(parsed, nil)
	if err != nil {
		t.Fatal(err)
	}
	rough := func(m match) bool { return m.rough }
	answered := newRun(g, p, false)
	answered.keep = enough(0, 20)
	answered.do(context.Background())
	if first, _ := distinct(answered.matches, firstTexts(0, 20)); !slices.ContainsFunc(answered.matches, rough) || slices.ContainsFunc(first, rough) {
		t.Error("nothing was left out, or copies of one text kept scores from being reckoned that are shown")
	}
	late, cancel := context.WithDeadline(context.Background(), time.Now())
	defer cancel()
	part := answered.arrange(late, 0, 1000)
	if answered.reason(late) != "deadline" || len(part.picks) < 100 || slices.ContainsFunc(part.picks, func(p pick) bool { return p.rough }) {
		t.Errorf("at the deadline: %d hits, %q", len(part.picks), answered.reason(late))
	}
	if whole := answered.arrange(context.Background(), 0, 2000); len(whole.picks) != 1001 {
		t.Errorf("%d hits", len(whole.picks))
	}
}
