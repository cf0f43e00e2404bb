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
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"communs/internal/gitea"
)

// crawlOptions are how crawling is measured.
type crawlOptions struct {
	gitea string // folder of a built Gitea; empty: nothing of this is measured
	seed  uint64
	size  crawlSize
}

func (o *crawlOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.gitea, "gitea", "", "folder of a built Gitea: measure the crawl of what stands on one, and nothing else")
	flags.Uint64Var(&o.seed, "kill-seed", uint64(time.Now().UnixNano()), "of the random moments at which a crawl is killed")
	o.size = crawlSize{repositories: 200, rounds: 3, big: 100 << 20, kills: 100}
}

// crawlSize is how much is measured.
type crawlSize struct {
	repositories int // small ones
	rounds       int // of crawling and cloning them
	big          int // bytes of each of two big ones
	kills        int
}

// crawlOrg holds the small repositories, bigOrg the big ones.
const crawlOrg, bigOrg = "naos", "gros"

// crawlForge is a Gitea and how it is crawled.
type crawlForge struct {
	*gitea.Server
	p    program
	dir  string
	size crawlSize
}

// measureCrawl starts a Gitea, fills it and crawls it.
func measureCrawl(ctx context.Context, p program, dir string, o crawlOptions, stdout io.Writer) (text string, err error) {
	place := filepath.Join(dir, "gitea")
	if err := os.MkdirAll(place, 0o755); err != nil {
		return "", err
	}
	home, err := filepath.Abs(o.gitea)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(stdout, "a Gitea with", o.size.repositories, "small repositories")
	server, err := gitea.Start(ctx, home, place)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	f := &crawlForge{server, p, dir, o.size}
	if err := f.fill(ctx); err != nil {
		return "", err
	}
	rows, err := f.processor(ctx, stdout)
	if err != nil {
		return "", err
	}
	memory, err := f.memory(ctx, stdout)
	if err != nil {
		return "", err
	}
	killed, err := f.killed(ctx, o.seed, stdout)
	if err != nil {
		return "", err
	}
	rows = append(append(rows, memory...), killed...)
	return fmt.Sprintf("## The crawl\n\n%d small repositories on a Gitea of this machine, whose own work is not counted.\n\n", o.size.repositories) +
		table(1, []string{"what", "measured", "at most"}, rows) + "\n### Machine\n\n" + machine("make bench-crawl", nil), nil
}

// fill makes the repositories: invented text in the sizes that small projects have, and two big ones that no compression makes smaller.
func (f *crawlForge) fill(ctx context.Context) error {
	random := rand.New(rand.NewPCG(1, 2))
	add := func(org string, n int, files func() map[string]string) error {
		if err := f.Organisation(ctx, org); err != nil {
			return err
		}
		var names []string
		folders := filepath.Join(f.dir, "filled", org)
		for i := range n {
			names = append(names, fmt.Sprintf("%s/outil-%03d", org, i))
			if err := f.bare(ctx, filepath.Join(folders, fmt.Sprint(i)), files()); err != nil {
				return err
			}
		}
		return errors.Join(f.AdoptAll(ctx, names, func(i int) string { return filepath.Join(folders, fmt.Sprint(i)) }), os.RemoveAll(folders))
	}
	small := func() map[string]string {
		files := map[string]string{}
		for i := range 5 + random.IntN(40) {
			files[fmt.Sprintf("src/partie%d/fichier%d.py", i%4, i)] = invented(random, 200+random.IntN(8000))
		}
		return files
	}
	big := func() map[string]string {
		files := map[string]string{}
		for i := range 20 {
			files[fmt.Sprintf("poids%d.bin", i)] = noise(random, f.size.big/20)
		}
		return files
	}
	if err := add(crawlOrg, f.size.repositories, small); err != nil {
		return err
	}
	if err := add(bigOrg, 2, big); err != nil {
		return err
	}
	return f.Age(ctx, 48*time.Hour)
}

// invented is text that compresses as code does.
func invented(random *rand.Rand, size int) string {
	words := strings.Fields("def return self for in if not None import from class value index total print open write read name path key list")
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "    %s %s_%d = %s(%s)\n", words[random.IntN(len(words))], words[random.IntN(len(words))], random.IntN(100), words[random.IntN(len(words))],
			words[random.IntN(len(words))])
	}
	return b.String()
}

// noise is what no compression makes smaller.
func noise(random *rand.Rand, size int) string {
	text := make([]byte, size)
	for i := range text {
		text[i] = byte(random.Uint32())
	}
	return string(text)
}

// bare makes a repository without a work tree, of one commit with the files.
func (f *crawlForge) bare(ctx context.Context, dir string, files map[string]string) error {
	if _, err := f.git(ctx, "init", "--quiet", "--bare", "--template=", "--initial-branch=main", dir); err != nil {
		return err
	}
	// A server would look for a minute for what noise has in common with noise, and say nothing meanwhile.
	attributes := filepath.Join(dir, "info", "attributes")
	if err := errors.Join(os.MkdirAll(filepath.Dir(attributes), 0o755), os.WriteFile(attributes, []byte("*.bin -delta\n"), 0o644)); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("commit refs/heads/main\ncommitter Ada <ada@example.org> 1700000000 +0000\ndata 5\nfirst\n")
	for name, text := range files {
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", name, len(text), text)
	}
	cmd := f.gitCommand(ctx, "-C", dir, "fast-import", "--quiet")
	cmd.Stdin = strings.NewReader(b.String())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git fast-import: %w\n%s", err, out)
	}
	return nil
}

func (f *crawlForge) gitCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	return cmd
}

// git runs git, and gives the processor time that it took with what it started.
func (f *crawlForge) git(ctx context.Context, args ...string) (time.Duration, error) {
	cmd := f.gitCommand(ctx, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// crawled is what a crawl tells of itself.
type crawled struct {
	New       int `json:"new"`
	Unchanged int `json:"unchanged"`
	Found     int `json:"found"`
	Failed    int `json:"failed"`
	Waiting   int `json:"waiting"`
}

// crawl crawls the small repositories into a data folder.
func (f *crawlForge) crawl(ctx context.Context, data string) *exec.Cmd {
	return program{f.p.binary, data}.command(ctx, "crawl", "--no-index", "--format", "json", f.URL+"/"+crawlOrg)
}

// toItsEnd runs a crawl to its end, and gives the processor time that it took with its children. look is called again and again meanwhile.
func toItsEnd(cmd *exec.Cmd, look func(pid int)) (sum crawled, processor time.Duration, err error) {
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Start(); err != nil {
		return sum, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for running := true; running; {
		look(cmd.Process.Pid)
		select {
		case err = <-ended:
			running = false
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &sum)
	}
	if err == nil && sum.Failed+sum.Waiting > 0 {
		err = errors.New("not all came")
	}
	if err != nil {
		return sum, 0, fmt.Errorf("crawl: %w\n%s%s", err, &out, &told)
	}
	return sum, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// unwatched looks at nothing.
func unwatched(int) {}

// processor measures a first crawl and an unchanged one beside git, in turn.
func (f *crawlForge) processor(ctx context.Context, stdout io.Writer) ([][]string, error) {
	var ours, again, theirs []float64
	for i := range f.size.rounds {
		data := filepath.Join(f.dir, "data")
		if err := os.MkdirAll(data, 0o755); err != nil {
			return nil, err
		}
		sum, first, err := toItsEnd(f.crawl(ctx, data), unwatched)
		if err != nil {
			return nil, err
		}
		if sum.New != f.size.repositories {
			return nil, fmt.Errorf("%d of %d repositories came", sum.New, f.size.repositories)
		}
		sum, second, err := toItsEnd(f.crawl(ctx, data), unwatched)
		if err != nil {
			return nil, err
		}
		if sum.New > 0 {
			return nil, fmt.Errorf("%d repositories came twice", sum.New)
		}
		cloned, err := f.cloneAll(ctx, filepath.Join(f.dir, "clones"))
		if err != nil {
			return nil, err
		}
		if err := os.RemoveAll(data); err != nil {
			return nil, err
		}
		fmt.Fprintf(stdout, "round %d: first crawl %s, again %s, git clone %s\n", i+1, first, second, cloned)
		ours, again, theirs = append(ours, first.Seconds()), append(again, second.Seconds()), append(theirs, cloned.Seconds())
	}
	a, b, c := percentile(ours, .5), percentile(again, .5), percentile(theirs, .5)
	return [][]string{
		{"processor time of the first crawl, children included", number(a) + " s", ""},
		{"processor time of `git clone --mirror --depth 1` of each", number(c) + " s", ""},
		{"ratio", number(a / c), "1.5"},
		{"crawled again when nothing has moved, of the first crawl", number(100*b/a) + " %", "5 %"},
	}, nil
}

// cloneAll clones the same repositories with git, one after the other.
func (f *crawlForge) cloneAll(ctx context.Context, dir string) (total time.Duration, err error) {
	for i := range f.size.repositories {
		name := fmt.Sprintf("outil-%03d", i)
		took, err := f.git(ctx, "clone", "--quiet", "--mirror", "--depth", "1", f.URL+"/"+crawlOrg+"/"+name+".git", filepath.Join(dir, name+".git"))
		if err != nil {
			return 0, err
		}
		total += took
	}
	return total, os.RemoveAll(dir)
}

// memory watches a crawl of the two big repositories, side by side.
func (f *crawlForge) memory(ctx context.Context, stdout io.Writer) ([][]string, error) {
	data := filepath.Join(f.dir, "big")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(data)
	cmd := program{f.p.binary, data}.command(ctx, "crawl", "--no-index", "--format", "json", "--jobs", "2", f.URL+"/"+bigOrg)
	var resident, anonymous int64
	sum, processor, err := toItsEnd(cmd, func(pid int) {
		all, own := statusBytes(pid, "VmRSS:"), statusBytes(pid, "RssAnon:")
		for _, child := range childrenOf(pid) {
			all += statusBytes(child, "VmRSS:")
			own += statusBytes(child, "RssAnon:")
		}
		resident, anonymous = max(resident, all), max(anonymous, own)
	})
	if err == nil && sum.New != 2 {
		err = fmt.Errorf("%d of the 2 big repositories came", sum.New)
	}
	fmt.Fprintf(stdout, "two of %s: %s resident, %s of them its own, %s\n", megabytes(int64(f.size.big)), megabytes(resident), megabytes(anonymous), processor)
	return [][]string{
		{fmt.Sprintf("memory of the crawl and its children with two repositories of %s side by side, at most", megabytes(int64(f.size.big))), megabytes(anonymous), "300 MB"},
		{"the same with pages of files, which the system takes back when it needs them", megabytes(resident), ""},
	}, err
}
