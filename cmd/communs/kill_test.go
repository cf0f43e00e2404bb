// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var (
	killSeed  = flag.Uint64("kill-seed", 0, "seed of the random kills; 0 takes one from the clock")
	killTimes = flag.Int("kill-times", 50, "how often a crawl is killed")
)

// kill ends crawls with SIGKILL at random moments. After each one, what is in service is whole: every checksum holds, and each
// repository is answered for as a run that nobody disturbed would, or not at all. In the end one more run completes and
// answers exactly like the undisturbed one.
func (b *binary) kill() {
	t := b.t
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("to repeat: -kill-seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	config := b.corpus()
	start := time.Now()
	b.ok("crawl", "--config", config, "--data", filepath.Join(b.home, "clean"))
	took := time.Since(start)
	want := b.answers(filepath.Join(b.home, "clean"))
	if len(want.files) < 200 {
		t.Fatalf("only %d files in the corpus", len(want.files))
	}

	data := filepath.Join(b.home, "killed")
	var empty, part, whole, ended int
	for i := range *killTimes {
		if i > 0 && random.IntN(2) == 0 {
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
		}
		args := []string{"crawl", "--config", config, "--data", data}
		if random.IntN(4) == 0 {
			args = []string{"index", "--rebuild", "--data", data}
		}
		cmd := b.command(t.Context(), args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took) * 11 / 10)))
		if err := cmd.Process.Kill(); err != nil {
			ended++
		}
		cmd.Wait()

		if _, err := os.Stat(filepath.Join(data, "CURRENT")); err != nil {
			empty++
			continue
		}
		if code, out, told := b.run("doctor", "--check", "--data", data); code != 0 {
			t.Fatalf("kill %d of %q: exit code %d of doctor --check\n%s%s", i, args, code, out, told)
		}
		got := b.answers(data)
		if got.equal(want) {
			whole++
		} else {
			part++
		}
		if problem := got.within(want); problem != "" {
			t.Fatalf("kill %d of %q: %s", i, args, problem)
		}
	}
	t.Logf("after %d kills (%d came too late): %d times nothing was published, %d times a part, %d times all",
		*killTimes, ended, empty, part, whole)
	b.ok("crawl", "--config", config, "--data", data)
	if got := b.answers(data); !got.equal(want) {
		t.Errorf("the run after the kills answers otherwise than an undisturbed one: %s", got.within(want))
	}
}

// corpus makes git repositories of this project's own sources, and the configuration that crawls them.
func (b *binary) corpus() (config string) {
	t := b.t
	var text strings.Builder
	root := filepath.Join("..", "..")
	for _, part := range []string{"crawler", "indexer", "licenses", "search", "web", "cmd"} {
		files := map[string]string{}
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || !slices.Contains([]string{".go", ".toml", ".css", ".html", ".md"}, filepath.Ext(path)) {
				return err
			}
			data, err := os.ReadFile(path)
			files[filepath.ToSlash(strings.TrimPrefix(path, root))] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		files["LICENSE"] = mitText
		fmt.Fprintf(&text, "[[source]]\nkind = \"git\"\npath = %q\n", b.repository(part, files))
	}
	config = filepath.Join(b.home, "corpus.toml")
	if err := os.WriteFile(config, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return config
}

// answers is what a data folder says: its report by repository, and the hits of some questions.
type answers struct {
	files map[string]bool            // lines of the report
	repos map[string]map[string]bool // the same by repository
	hits  map[string][]string        // by question: each hit but for when it was first seen and, as ranking needs all, its score
}

func (b *binary) answers(data string) answers {
	t := b.t
	t.Helper()
	a := answers{map[string]bool{}, map[string]map[string]bool{}, map[string][]string{}}
	for line := range strings.Lines(b.ok("index", "--report", "--data", data)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 5 {
			t.Fatalf("a line of the report: %q", line)
		}
		a.files[line] = true
		if a.repos[columns[2]] == nil {
			a.repos[columns[2]] = map[string]bool{}
		}
		a.repos[columns[2]][line] = true
	}
	var batch bytes.Buffer
	questions := []string{"writer publish", `"return nil, err"`, `/func \(\w+ \*?Writer\)/`, "lang:go kind:function error", "zzzznothing"}
	for _, q := range questions {
		line, err := json.Marshal(map[string]string{"qid": q, "query": q})
		if err != nil {
			t.Fatal(err)
		}
		batch.Write(append(line, '\n'))
	}
	file := filepath.Join(b.home, "questions.jsonl")
	if err := os.WriteFile(file, batch.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.ok("search", "--data", data, "--batch", file, "--n", "0")) {
		var got answer
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		for _, h := range got.Hits {
			text, err := json.Marshal([]any{h.ID, h.Repo, h.Path, h.Commit, h.Kind, h.Name, h.License, h.Libre, h.Lines})
			if err != nil {
				t.Fatal(err)
			}
			a.hits[string(got.QID)] = append(a.hits[string(got.QID)], string(text))
		}
	}
	return a
}

// equal reports whether two folders answer the same, in the same order.
func (a answers) equal(b answers) bool {
	if len(a.files) != len(b.files) || a.within(b) != "" {
		return false
	}
	for q, hits := range b.hits {
		if !slices.Equal(a.hits[q], hits) {
			return false
		}
	}
	return true
}

// within says what a holds that b does not, or which repository a holds in part only; empty when there is no such thing.
func (a answers) within(b answers) string {
	for repo, lines := range a.repos {
		for line := range lines {
			if !b.files[line] {
				return fmt.Sprintf("a line of the report that does not belong: %q", line)
			}
		}
		if len(lines) != len(b.repos[repo]) {
			return fmt.Sprintf("%s is half there: %d of %d files", repo, len(lines), len(b.repos[repo]))
		}
	}
	for q, hits := range a.hits {
		known := map[string]bool{}
		for _, h := range b.hits[q] {
			known[h] = true
		}
		for _, h := range hits {
			if !known[h] {
				return fmt.Sprintf("%s: a hit that does not belong: %s", q, h)
			}
		}
	}
	return ""
}
