// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// measureFrench asks the same things in English and in French, and compares how high what is looked for stands (NDCG@10, with one
// right answer for each question). The corpus is a part of the Go distribution. Questions of odd lines may be tuned on, the others are
// held out.

//go:embed testdata/french.tsv
var frenchQuestions string

// frenchPackages is the corpus: folders of the Go distribution's src, what lies below them included.
const frenchPackages = `archive bufio compress container crypto/aes crypto/ed25519 database encoding errors flag fmt hash html io log math mime net
	os path regexp runtime/debug slices sort strconv strings sync text time unicode`

// frenchQuestion is one line of the data.
type frenchQuestion struct{ english, french, path, name string }

func readFrench(text string) (all []frenchQuestion, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 4 {
			return nil, fmt.Errorf("%q has %d columns, not 4", line, len(c))
		}
		all = append(all, frenchQuestion{c[0], c[1], c[2], c[3]})
	}
	return all, nil
}

// gain is NDCG@10 with one right answer at a rank from 1; 0 when it is not there.
func gain(rank int) float64 {
	if rank < 1 || rank > 10 {
		return 0
	}
	return 1 / math.Log2(float64(rank)+1)
}

func measureFrench(ctx context.Context, binary, dir string, out io.Writer) error {
	questions, err := readFrench(frenchQuestions)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	run := func(stdin io.Reader, args ...string) ([]byte, error) {
		cmd := exec.CommandContext(ctx, binary, append([]string{"--data", data, "--quiet"}, args...)...)
		cmd.Stdin, cmd.Stderr = stdin, os.Stderr
		return cmd.Output()
	}
	if _, err := os.Stat(data); err != nil {
		corpus := filepath.Join(dir, "go")
		if err := copyGo(ctx, corpus); err != nil {
			return err
		}
		if _, err := run(nil, "crawl", corpus); err != nil {
			return fmt.Errorf("index the corpus: %w", err)
		}
	}
	var ask bytes.Buffer
	for i, q := range questions {
		for lang, text := range map[string]string{"en": q.english, "fr": q.french, "no": q.french + " expand:no"} {
			line, err := json.Marshal(map[string]string{"qid": fmt.Sprintf("%d %s", i, lang), "query": text})
			if err != nil {
				return err
			}
			ask.Write(append(line, '\n'))
		}
	}
	answer, err := run(&ask, "search", "--batch", "-", "--n", "10", "--format", "jsonl")
	if err != nil && len(answer) == 0 {
		return fmt.Errorf("search: %w", err)
	}
	ranks := map[string]int{}
	lines := bufio.NewScanner(bytes.NewReader(answer))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var page struct {
			QID  string `json:"qid"`
			Hits []struct{ Path, Name string }
		}
		if err := json.Unmarshal(lines.Bytes(), &page); err != nil {
			return fmt.Errorf("read an answer: %w", err)
		}
		var i int
		if _, err := fmt.Sscan(page.QID, &i); err != nil {
			return fmt.Errorf("read an answer's number: %w", err)
		}
		for rank, h := range page.Hits {
			name := h.Name[strings.LastIndexByte(h.Name, '.')+1:]
			if strings.HasSuffix(h.Path, questions[i].path) && name == questions[i].name {
				ranks[page.QID] = rank + 1
				break
			}
		}
	}
	var sums [2]map[string]float64
	sums[0], sums[1] = map[string]float64{}, map[string]float64{}
	for i, q := range questions {
		var ranked []int
		for _, lang := range []string{"en", "fr", "no"} {
			rank := ranks[fmt.Sprintf("%d %s", i, lang)]
			sums[i%2][lang] += gain(rank)
			ranked = append(ranked, rank)
		}
		fmt.Fprintf(out, "%d\t%d\t%d\t%s\t%s\n", ranked[0], ranked[1], ranked[2], q.english, q.french)
	}
	for half, name := range []string{"tuned on", "held out"} {
		s, n := sums[half], float64((len(questions)+1-half)/2)
		fmt.Fprintf(out, "%s: NDCG@10 English %.3f, French %.3f (%.0f %%), without the lexicon %.3f (%.0f %%)\n",
			name, s["en"]/n, s["fr"]/n, 100*s["fr"]/s["en"], s["no"]/n, 100*s["no"]/s["en"])
	}
	return lines.Err()
}

// copyGo copies the corpus, so that it is a folder of its own.
func copyGo(ctx context.Context, dir string) error {
	root, err := goEnv(ctx, "GOROOT")
	if err != nil {
		return err
	}
	for name := range strings.FieldsSeq(frenchPackages) {
		from := filepath.Join(root, "src", filepath.FromSlash(name))
		if err := os.CopyFS(filepath.Join(dir, filepath.FromSlash(name)), os.DirFS(from)); err != nil {
			return fmt.Errorf("copy the corpus: %w", err)
		}
	}
	return nil
}
