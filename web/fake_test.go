// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"crypto/sha1"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"communs/licenses"
	"communs/search"
)

// fake is a small index in memory: every repository, file and block that it names can be asked for.
type fake struct {
	repos []*fakeRepo
	err   error         // what every call answers, when set
	block chan struct{} // what Search waits for, when set

	added    []search.Added   // what Search says that it added
	near     []search.Near    // what Search folds under its first hit
	later    []search.Later   // what Search says that comes later
	withheld *search.Withheld // what Search says that it did not search

	components []search.ComponentInfo

	once  sync.Once
	where map[string][]search.Occurrence
}

type fakeRepo struct {
	info  search.RepositoryInfo
	files []*fakeFile
}

type fakeFile struct {
	path, lang, text, license, skipped string
	libre                              licenses.Libre
	ground                             string
	evidence                           []search.Evidence
	flags                              []string
	blocks                             []search.BlockInfo
	size                               int64
	sum                                string // hash, once computed
}

func (f *fakeFile) hash() string {
	if f.sum == "" {
		f.sum = fmt.Sprintf("%x", sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(f.text), f.text)))
	}
	return f.sum
}

func (f *fakeFile) id(start, end int) string {
	return fmt.Sprintf("swh:1:cnt:%s;lines=%d-%d", f.hash(), start, end)
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// places lists where each content stands.
func (f *fake) places() map[string][]search.Occurrence {
	f.once.Do(func() {
		f.where = map[string][]search.Occurrence{}
		for _, r := range f.repos {
			for _, file := range r.files {
				f.where[file.hash()] = append(f.where[file.hash()], search.Occurrence{Repo: r.info.URL, Path: file.path,
					Commit: r.info.Commit, License: file.license, FirstSeen: r.info.FirstSeen})
			}
		}
	})
	return f.where
}

// hit makes the hit for lines of a file.
func (f *fake) hit(r *fakeRepo, file *fakeFile, start, end int, name, kind string) search.Hit {
	h := search.Hit{
		ID: file.id(start, end), Repo: r.info.URL, Path: file.path, Start: start, End: end, Commit: r.info.Commit, ForkOf: r.info.ForkOf,
		Lang: file.lang, Kind: kind, Name: name, License: file.license, Libre: file.libre, LibreGround: file.ground,
		Evidence: file.evidence, Flags: file.flags, Score: 12.36,
		Why: []search.Term{{Term: "words", Value: 6.3, Weight: 1}, {Term: "name", Value: 1, Weight: 4}, {Term: "definition", Value: 1, Weight: 2.06}},
	}
	h.Occurrences = f.places()[file.hash()]
	h.Copies = len(h.Occurrences)
	return h
}

func (f *fake) Search(ctx context.Context, q search.Query) (*search.Page, error) {
	if f.block != nil {
		select {
		case <-f.block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if f.err != nil {
		return nil, f.err
	}
	if i := strings.Index(q.Text, "lnag:"); i >= 0 {
		return nil, &search.QueryError{Query: q.Text, Start: i, End: i + 4, Key: "web.error.parameter", Args: []any{"lnag", "go"}}
	}
	if q.After == "bad" {
		return nil, &search.CursorError{Cursor: q.After}
	}
	if strings.Contains(q.Text, "type:brique") {
		return &search.Page{Total: len(f.components), Components: f.components}, nil
	}
	if strings.Contains(q.Text, "type:repo") {
		page := &search.Page{}
		for _, r := range f.repos {
			info := r.info
			info.Score, info.Why = 2.5, []search.Term{{Term: "name", Value: 0.5, Weight: 4}, {Term: "liveness", Value: 1, Weight: 0.5}}
			page.Repositories = append(page.Repositories, info)
		}
		page.Total = len(page.Repositories)
		return page, nil
	}
	var words []string
	for _, w := range strings.Fields(regexp.MustCompile(`[()"]|\S+:\S+`).ReplaceAllString(q.Text, "")) {
		words = append(words, strings.ToLower(w))
	}
	var all []search.Hit
	for _, r := range f.repos {
		for _, file := range r.files {
			lines := strings.Split(file.text, "\n")
			for _, b := range file.blocks {
				h := f.hit(r, file, b.Start, b.End, b.Name, b.Kind)
				found := len(words) == 0
				for n := b.Start; n <= b.End && n <= len(lines); n++ {
					line := search.Line{N: n, Text: lines[n-1]}
					for _, w := range words {
						if at := strings.Index(strings.ToLower(line.Text), w); at >= 0 && at+len(w) <= len(line.Text) {
							line.Spans = append(line.Spans, [2]int{at, at + len(w)})
						}
					}
					sort.Slice(line.Spans, func(i, j int) bool { return line.Spans[i][0] < line.Spans[j][0] })
					if len(line.Spans) > 0 {
						h.Lines = append(h.Lines, line)
						found = true
					}
				}
				if found {
					all = append(all, h)
				}
			}
		}
	}
	page := &search.Page{Total: len(all), Added: f.added}
	from, _ := strconv.Atoi(q.After)
	to := len(all)
	if q.N > 0 {
		to = min(from+q.N, len(all))
	}
	page.Hits = all[min(from, to):to]
	if to < len(all) {
		page.Next = strconv.Itoa(to)
	}
	page.Withheld, page.Later = f.withheld, f.later
	if len(page.Hits) > 0 {
		page.Hits[0].Near = f.near
	}
	if strings.Contains(q.Text, "slow") {
		page.Partial, page.Reason = true, "deadline"
	}
	if q.Explain {
		page.Explain = &search.Explain{Query: q.Text, Shards: 1, Plan: []string{}}
	}
	return page, nil
}

var idPattern = regexp.MustCompile(`^swh:1:cnt:([0-9a-f]{40})(?:;lines=(\d+)(?:-(\d+))?|#L(\d+)(?:-(\d+))?)?$`)

func (f *fake) Similar(ctx context.Context, e search.Example) (*search.Page, error) {
	if len(strings.Fields(e.Code)) < 3 {
		return nil, &search.ExampleError{Key: "search.similar.short", Args: []any{len(strings.Fields(e.Code)), 12}}
	}
	page, err := f.Search(ctx, search.Query{Text: "parse", N: e.N})
	if err != nil {
		return nil, err
	}
	for i := range page.Hits {
		h := &page.Hits[i]
		h.Similarity = 1 / float64(i+1)
		h.Ranges = []search.RangePair{{Query: [2]int{1, 3}, Block: [2]int{h.Start, min(h.End, h.Start+2)}}}
	}
	return page, nil
}

func (f *fake) Block(_ context.Context, id string) (*search.Hit, error) {
	if f.err != nil {
		return nil, f.err
	}
	m := idPattern.FindStringSubmatch(id)
	if m == nil {
		return nil, &search.NotFoundError{What: "id", Name: id}
	}
	start, _ := strconv.Atoi(m[2] + m[4])
	end, _ := strconv.Atoi(m[3] + m[5])
	for _, r := range f.repos {
		for _, file := range r.files {
			if file.hash() != m[1] {
				continue
			}
			lines := splitLines(file.text)
			if start == 0 {
				start, end = 1, len(lines)
			}
			end = max(start, end)
			if end > len(lines) {
				return nil, &search.NotFoundError{What: "lines", Name: id, Max: len(lines)}
			}
			name, kind := "", "text"
			for _, b := range file.blocks {
				if b.Start == start && b.End == end {
					name, kind = b.Name, b.Kind
				}
			}
			h := f.hit(r, file, start, end, name, kind)
			h.Code = strings.Join(lines[start-1:end], "\n") + "\n"
			h.FileLines = len(lines)
			h.Copyright = []string{"Copyright 2024 Région Exemple"}
			h.Components = f.componentsIn(r.info.URL)
			return &h, nil
		}
	}
	return nil, &search.NotFoundError{What: "block", Name: id}
}

func (f *fake) repo(url string) *fakeRepo {
	for _, r := range f.repos {
		if r.info.URL == url || slices.Contains(r.info.Aliases, url) {
			return r
		}
	}
	return nil
}

func (f *fake) File(_ context.Context, repo, path string) (*search.File, error) {
	if f.err != nil {
		return nil, f.err
	}
	r := f.repo(repo)
	if r == nil {
		return nil, &search.NotFoundError{What: "repository", Name: repo}
	}
	for _, file := range r.files {
		if file.path != path {
			continue
		}
		answer := &search.File{Repository: r.info, Path: path, Lang: file.lang, Hash: file.hash(), Size: file.size, Text: file.text,
			Skipped: file.skipped, License: file.license, Libre: file.libre, LibreGround: file.ground, Evidence: file.evidence,
			Flags: file.flags, Blocks: file.blocks}
		if answer.Size == 0 {
			answer.Size = int64(len(file.text))
		}
		if file.skipped != "" {
			answer.Text = ""
		} else {
			answer.Copies = f.hit(r, file, 1, 1, "", "").Occurrences
		}
		return answer, nil
	}
	return nil, &search.NotFoundError{What: "file", Name: path}
}

func (f *fake) Tree(_ context.Context, repo, path string) (*search.Tree, error) {
	r := f.repo(repo)
	if r == nil {
		return nil, &search.NotFoundError{What: "repository", Name: repo}
	}
	t := &search.Tree{Repository: r.info, Path: path}
	seen := map[string]bool{}
	for _, file := range r.files {
		rest := file.path
		if path != "" {
			var in bool
			if rest, in = strings.CutPrefix(file.path, path+"/"); !in {
				continue
			}
		}
		name, _, dir := strings.Cut(rest, "/")
		if seen[name] {
			continue
		}
		seen[name] = true
		e := search.TreeEntry{Name: name, Dir: dir}
		if !dir {
			e.Lang, e.License, e.Skipped, e.Size = file.lang, file.license, file.skipped, max(file.size, int64(len(file.text)))
		}
		t.Entries = append(t.Entries, e)
	}
	if len(t.Entries) == 0 {
		return nil, &search.NotFoundError{What: "folder", Name: path}
	}
	sort.SliceStable(t.Entries, func(i, j int) bool { return t.Entries[i].Dir && !t.Entries[j].Dir })
	return t, nil
}

func (f *fake) Holds(_ context.Context, repo string) bool { return f.err == nil && f.repo(repo) != nil }

func (f *fake) Repository(_ context.Context, repo string) (*search.Repository, error) {
	if f.err != nil {
		return nil, f.err
	}
	r := f.repo(repo)
	if r == nil {
		return nil, &search.NotFoundError{What: "repository", Name: repo}
	}
	answer := &search.Repository{RepositoryInfo: r.info}
	langs, lics := map[string]int{}, map[string]int{}
	for _, file := range r.files {
		langs[file.lang] += len(file.text)
		lics[file.license]++
		answer.Evidence = file.evidence
	}
	answer.Languages, answer.Licenses = counts(langs), counts(lics)
	answer.Kinds = []search.Count{{Value: "function", N: 1234}, {Value: "class", N: 12}}
	answer.Skipped = []search.Count{{Value: "binary", N: 3}}
	answer.Components = f.componentsIn(repo)
	return answer, nil
}

func counts(m map[string]int) (all []search.Count) {
	for v, n := range m {
		if v != "" {
			all = append(all, search.Count{Value: v, N: n})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].N > all[j].N || all[i].N == all[j].N && all[i].Value < all[j].Value })
	return all
}

func (f *fake) Repositories(_ context.Context, q search.RepositoryQuery) (*search.RepositoryPage, error) {
	if f.err != nil {
		return nil, f.err
	}
	page := &search.RepositoryPage{}
	sorted := append([]*fakeRepo(nil), f.repos...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].info.URL < sorted[j].info.URL })
	for _, r := range sorted {
		if q.Owner != "" && r.info.Owner != q.Owner || q.ForkOf != "" && r.info.ForkOf != q.ForkOf {
			continue
		}
		if q.Owner+q.ForkOf == "" && !q.Forks && r.info.ForkOf != "" {
			page.Folded++
			continue
		}
		page.Total++
		if r.info.URL <= q.After {
			continue
		}
		if len(page.Repositories) == q.N {
			page.Next = page.Repositories[q.N-1].URL
			continue
		}
		page.Repositories = append(page.Repositories, r.info)
	}
	return page, nil
}

func (f *fake) Status(context.Context) (*search.Status, error) {
	if f.err != nil {
		return nil, f.err
	}
	return &search.Status{Generation: 7, Repositories: len(f.repos), Files: 12_345, Blocks: 1_234_567, Bytes: 1 << 30}, nil
}
