// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"communs/crawler/worker"
)

var (
	crawlKillSeed = flag.Uint64("crawl-kill-seed", 0, "seed of the moments at which a crawl is killed; 0 takes one from the clock")
	crawlKills    = flag.Int("crawl-kills", 20, "how often a crawl is killed")
)

// crawlToBeKilled is the process that the test below kills: it crawls what its input lists, and says what was published.
func crawlToBeKilled(dir, child string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	command, err := worker.Self(child)
	if err != nil {
		fail(err)
	}
	var sources []SourceConfig
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		sources = append(sources, gitSource(scanner.Text()))
	}
	c, err := Open(context.Background(), Config{Dir: dir, Jobs: 2, Worker: command})
	if err != nil {
		fail(err)
	}
	_, err = c.Crawl(context.Background(), sources, func(e Event) {
		switch e.Kind {
		case New, Changed, ForcePushed:
			fmt.Println(e.Repository.URL)
		case Failed:
			fail(e.Err)
		}
	})
	if err := errors.Join(err, c.Close()); err != nil {
		fail(err)
	}
}

// TestCrawlKilledAtRandomMoments kills a crawl, its children with it, again and again. What it said was published is there after each
// time, whole, and is never asked for again; its children are gone, and the next one to open the folder finds it swept.
func TestCrawlKilledAtRandomMoments(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a child outlives its parent for a moment elsewhere")
	}
	seed := *crawlKillSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("to repeat: -crawl-kill-seed %d -crawl-kills %d", seed, *crawlKills)
	random := rand.New(rand.NewPCG(seed, 0))
	s := newGitServer(t)
	var list []string
	want := map[string]string{} // by address, what file a says
	for i := range 12 {
		address, work := s.create(t, fmt.Sprintf("tool-%d.git", i))
		want[address] = strings.Repeat(fmt.Sprintf("%d\n", i), 1000)
		commitFiles(t, work, "a", want[address], "b/c", "x")
		runGit(t, work, "push", "-q", "origin", "main")
		list = append(list, address)
	}
	child := fmt.Sprintf("work-%d", seed)
	dir, took := "", time.Duration(0)
	said := map[string]bool{}
	var rounds, tooLate, published int
	for kills := 0; kills < *crawlKills; {
		if dir == "" {
			dir, said = filepath.Join(t.TempDir(), "data"), map[string]bool{}
			rounds++
		}
		s.asked()
		delay := time.Hour // the first run is left alone, to see how long it takes
		if took > 0 {
			delay = time.Duration(random.Int64N(int64(took)))
		}
		began := time.Now()
		now, killed := killedCrawl(t, dir, child, list, delay)
		if took == 0 {
			took = time.Since(began)
		}
		for _, request := range s.asked() {
			for address := range said {
				if request == "POST "+strings.TrimPrefix(address, s.URL)+"/git-upload-pack" {
					t.Errorf("kill %d: %s was published, and is fetched again", kills, address)
				}
			}
		}
		for _, address := range now {
			said[address] = true
		}
		noneAlive(t, child)
		c := openCrawler(t, dir)
		if _, err := os.Lstat(c.staging()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("kill %d: leftovers stay after the next start: %v", kills, err)
		}
		there := 0
		for address := range want {
			files := state(t, c, address)
			if files == nil && said[address] || files != nil && files["a"] != want[address] {
				t.Errorf("kill %d: %s is lost or not whole: %d files", kills, address, len(files))
			}
			if files != nil {
				there++
			}
		}
		published += there
		damages, err := c.Check(t.Context(), func(string) {})
		if err != nil || len(damages) > 0 {
			t.Errorf("kill %d: %v %v", kills, damages, err)
		}
		c.Close()
		if killed {
			kills++
		} else if took > 0 {
			tooLate++
		}
		if there == len(list) {
			dir = "" // nothing is left to do: begin anew
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills in %d rounds, %d runs came to their end; a run takes %v; %d times a repository was found whole", *crawlKills, rounds, tooLate,
		took.Round(time.Millisecond), published)
}

// killedCrawl runs a crawl in a process of its own, kills it after the delay, and gives what it said.
func killedCrawl(t *testing.T, dir, child string, list []string, delay time.Duration) (said []string, killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "crawl-to-be-killed", dir, child)
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(list, "\n")), os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	timer := time.AfterFunc(delay, func() { cmd.Process.Kill() })
	defer timer.Stop()
	text, _ := io.ReadAll(out) // it may end anywhere
	err = cmd.Wait()
	if killed = cmd.ProcessState.ExitCode() == -1; err != nil && !killed {
		t.Fatalf("the crawl failed: %v", err)
	}
	whole := string(text[:strings.LastIndexByte(string(text), '\n')+1])
	return strings.Fields(whole), killed
}

// noneAlive waits until no process with that argument is left.
func noneAlive(t *testing.T, argument string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		left := ""
		files, err := filepath.Glob("/proc/[0-9]*/cmdline")
		must(t, err)
		for _, file := range files {
			line, _ := os.ReadFile(file) // it may be gone; of one that has ended nothing stands there
			if args := strings.Split(string(line), "\x00"); len(args) > 1 && args[1] == argument {
				left = file
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s lives on after its parent", left)
		}
	}
}
