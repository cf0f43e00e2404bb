// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Ranking is measured by asking for functions in words: the first sentence of a doc comment must find its function among all
// others, once with the comments taken out of the code and once with them. Repositories fall into two halves by their
// names: weights are tuned on one, figures come from the other.

// rankingOptions say how to measure the ranking of words.
type rankingOptions struct {
	sources string // folder of repositories, one folder each
	each    int    // queries from one repository
	half    int    // 0 is for tuning, 1 for reporting
}

func (o *rankingOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.sources, "ranking", "", "measure words → code on this folder of repositories, and nothing else")
	f.IntVar(&o.each, "each", 60, "queries from one repository")
	f.IntVar(&o.half, "ranking-half", 1, "half of the repositories to ask about: 0 is for tuning, 1 for reporting")
}

// wanted is a query and the one function that answers it.
type wanted struct {
	QID   string `json:"qid"`
	Query string `json:"query"`
	Repo  string `json:"repo"` // folder
	Path  string `json:"path"`
	Name  string `json:"name"`
	Line  int    `json:"line"`
}

// rankingSet is a corpus in two variants, with the queries about it.
type rankingSet struct {
	repos         []string
	kept, removed string // folders
	queries       []wanted
	functions     int
}

// halfOf tells in which half a repository is.
func halfOf(repo string) int {
	h := fnv.New32a()
	io.WriteString(h, repo)
	return int(h.Sum32()>>8) & 1
}

// makeRankingSet copies the repositories' files into dir in both variants and collects the queries.
func makeRankingSet(sources, dir string, each int) (*rankingSet, error) {
	s := &rankingSet{kept: filepath.Join(dir, "kept"), removed: filepath.Join(dir, "removed")}
	entries, err := os.ReadDir(sources)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		root, err := filepath.EvalSymlinks(filepath.Join(sources, e.Name()))
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			continue
		}
		found, err := s.addRepository(root, e.Name())
		if err != nil {
			return nil, err
		}
		s.repos = append(s.repos, e.Name())
		s.queries = append(s.queries, evenly(found, each)...)
	}
	if len(s.queries) == 0 {
		return nil, errors.New("no documented function below " + sources)
	}
	for i := range s.queries {
		s.queries[i].QID = strconv.Itoa(i)
	}
	return s, nil
}

// evenly takes n of a list's elements, evenly.
func evenly(list []wanted, n int) []wanted {
	if len(list) <= n {
		return list
	}
	out := make([]wanted, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// addRepository copies one repository. A sentence that stands before several functions asks for none of them.
func (s *rankingSet) addRepository(root, repo string) ([]wanted, error) {
	var found []wanted
	times := map[string]int{}
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if base := e.Name(); name != root && (strings.HasPrefix(base, ".") || base == "__pycache__" || base == "node_modules" || base == "vendor" || base == "_vendor") {
				return filepath.SkipDir
			}
			return nil
		}
		rel, _ := filepath.Rel(root, name)
		license := strings.HasPrefix(strings.ToUpper(e.Name()), "LICEN") || strings.HasPrefix(e.Name(), "COPYING")
		switch filepath.Ext(name) {
		case ".go", ".py", ".js", ".ts", ".java", ".php", ".c", ".cpp", ".h", ".cs", ".kt", ".scala", ".rb":
		default:
			if !license {
				return nil
			}
		}
		src, err := os.ReadFile(name)
		if err != nil || len(src) > 1<<20 || !e.Type().IsRegular() {
			return err
		}
		functions := findDocumented(name, src)
		s.functions += len(functions)
		for _, v := range []struct {
			folder string
			text   []byte
		}{{s.kept, src}, {s.removed, without(src, functions)}} {
			to := filepath.Join(v.folder, repo, rel)
			if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, v.text, 0o644)); err != nil {
				return err
			}
		}
		if lower := strings.ToLower(rel); strings.Contains(lower, "test") || strings.Contains(lower, "mock") {
			return nil
		}
		for _, f := range functions {
			if q := firstSentence(f.sentence); q != "" && f.end > 0 {
				times[q]++
				found = append(found, wanted{Query: q, Repo: repo, Path: filepath.ToSlash(rel), Name: f.name, Line: f.line})
			}
		}
		return nil
	})
	return slices.DeleteFunc(found, func(w wanted) bool { return times[w.Query] > 1 }), err
}

// rankingScore is what a list of queries came to.
type rankingScore struct {
	n, found        int // queries; those answered among the first ten
	ndcg, mrr, once float64
	millis          []float64
}

// add counts a query whose answer stands at a rank from 1, 0 for nowhere among the first ten.
func (r *rankingScore) add(rank int, millis float64) {
	r.n++
	r.millis = append(r.millis, millis)
	if rank == 0 {
		return
	}
	r.found++
	r.ndcg += 1 / math.Log2(float64(rank)+1)
	r.mrr += 1 / float64(rank)
	if rank == 1 {
		r.once++
	}
}

func (r *rankingScore) row(name string) []string {
	n := float64(max(1, r.n))
	return []string{
		name, strconv.Itoa(r.n), number(r.ndcg / n), number(r.mrr / n), number(r.once / n), number(float64(r.found) / n), number(median(r.millis)),
	}
}

// rankedHit is what is read of a hit to see whether it is the one.
type rankedHit struct {
	hit
	Name       string
	Start, End int
}

// is tells whether a hit is the function, or has its text.
func (w *wanted) is(h rankedHit) bool {
	if h.Name != w.Name && !strings.HasSuffix(h.Name, "."+w.Name) && !strings.HasSuffix(h.Name, ":"+w.Name) && !strings.HasSuffix(h.Name, "#"+w.Name) {
		return false
	}
	if h.Path == w.Path && strings.HasSuffix(h.Repo, "/"+w.Repo) && h.Start <= w.Line && w.Line <= h.End {
		return true
	}
	for _, o := range h.Occurrences {
		if o.Path == w.Path && strings.HasSuffix(o.Repo, "/"+w.Repo) {
			return true
		}
	}
	return false
}

// askAll asks the queries in one batch and scores the answers.
func (p program) askAll(ctx context.Context, dir string, queries []wanted) (*rankingScore, error) {
	var lines bytes.Buffer
	out := json.NewEncoder(&lines)
	for _, q := range queries {
		if err := out.Encode(map[string]string{"qid": q.QID, "query": q.Query}); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(dir, "batch.jsonl")
	if err := os.WriteFile(file, lines.Bytes(), 0o644); err != nil {
		return nil, err
	}
	text, err := p.output(ctx, "search", "--n", "10", "--batch", file)
	if err != nil {
		return nil, err
	}
	score := &rankingScore{}
	in := json.NewDecoder(bytes.NewReader(text))
	for i := range queries {
		var a struct {
			MS   float64
			Hits []rankedHit
		}
		if err := in.Decode(&a); err != nil {
			return nil, fmt.Errorf("read the answers of a batch: %w", err)
		}
		score.add(1+slices.IndexFunc(a.Hits, func(h rankedHit) bool { return queries[i].is(h) }), a.MS)
	}
	return score, nil
}

// measureRanking makes the corpus and its two indexes below dir and gives the table.
func measureRanking(ctx context.Context, binary, dir string, o rankingOptions, stdout io.Writer) (string, error) {
	set, err := makeRankingSet(o.sources, filepath.Join(dir, "corpus"), o.each)
	if err != nil {
		return "", err
	}
	var queries []wanted
	for _, q := range set.queries {
		if halfOf(q.Repo) == o.half {
			queries = append(queries, q)
		}
	}
	fmt.Fprintf(stdout, "%d repositories, %d documented functions, %d queries\n", len(set.repos), set.functions, len(queries))
	all, err := json.Marshal(set.queries)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "queries.json"), all, 0o644); err != nil {
		return "", err
	}
	var rows [][]string
	var text strings.Builder
	for _, v := range []struct{ name, folder string }{{"removed", set.removed}, {"kept", set.kept}} {
		p := program{binary, filepath.Join(dir, "data-"+v.name)}
		args := []string{"crawl"}
		for _, repo := range set.repos {
			if _, err := os.Stat(filepath.Join(v.folder, repo)); err == nil {
				args = append(args, filepath.Join(v.folder, repo))
			}
		}
		fmt.Fprintln(stdout, "indexing, comments", v.name)
		if _, err := p.output(ctx, args...); err != nil {
			return "", err
		}
		score, err := p.askAll(ctx, dir, queries)
		if err != nil {
			return "", err
		}
		rows = append(rows, score.row("comments "+v.name))
		alone, err := openPlainBM25(p.data)
		if err != nil {
			return "", err
		}
		score, err = alone.askAll(queries)
		alone.x.Close()
		if err != nil {
			return "", err
		}
		rows = append(rows, score.row("comments "+v.name+", BM25 alone"))
	}
	fmt.Fprintf(&text, "First sentences of doc comments that must find their function: %d repositories, %d documented functions, %d queries about half "+
		"of the repositories (the weights were tuned on others). BM25 alone ranks the same blocks by nothing else.\n\n", len(set.repos), set.functions, len(queries))
	text.WriteString(table(1, []string{"the code asked about", "number", "NDCG@10", "MRR@10", "first", "among ten", "median ms"}, rows))
	return text.String(), nil
}
