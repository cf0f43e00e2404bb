// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"communs/crawler/polite"
	"communs/crawler/worker"
)

// TestMain lets this test program be started as a process that fetches, and as one that goes wrong.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // as main does
	if len(os.Args) == 4 && os.Args[1] == "crawl-to-be-killed" {
		crawlToBeKilled(os.Args[2], os.Args[3])
		os.Exit(0)
	}
	if len(os.Args) != 2 || !strings.HasPrefix(os.Args[1], "work") {
		os.Exit(m.Run())
	}
	if how, wrong := strings.CutPrefix(os.Args[1], "work-"); wrong {
		goWrong(how)
	}
	if err := Work(os.Stdin, os.Stdout); err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(2)
	}
	os.Exit(0)
}

// goWrong goes wrong in that way at the first order, when its address has "wrong" in it, and otherwise works.
func goWrong(how string) {
	var first json.RawMessage
	if err := worker.Read(os.Stdin, &first); err != nil {
		os.Exit(0)
	}
	var o order
	if err := json.Unmarshal(first, &o); err != nil {
		os.Exit(3)
	}
	if !strings.Contains(o.URL, "wrong") {
		var again bytes.Buffer
		worker.Write(&again, first)
		if err := Work(io.MultiReader(&again, os.Stdin), os.Stdout); err != nil {
			os.Exit(2)
		}
		os.Exit(0)
	}
	if err := worker.Contain(o.Process); err != nil {
		os.Exit(4)
	}
	dir := string(o.Dir)
	os.MkdirAll(dir, 0o755)
	switch how {
	case "panic":
		panic("on purpose")
	case "stop":
		stopSelf()
		time.Sleep(time.Hour)
	case "memory":
		bytes.Repeat([]byte{1}, 1<<30)
	case "quiet":
		os.Exit(2)
	case "killed":
		held := bytes.Repeat([]byte{1}, 50<<20)
		time.Sleep(time.Second)
		self, _ := os.FindProcess(os.Getpid() + int(held[0]) - 1)
		self.Kill()
	case "recursion":
		var down func(int) int
		down = func(n int) int { return down(n+1) + 1 }
		os.Exit(down(0))
	case "cpu":
		for {
		}
	case "space":
		for i := range 1000 {
			os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), make([]byte, 1<<20), 0o644)
			time.Sleep(10 * time.Millisecond)
		}
	case "exit":
		os.Exit(7)
	case "garbage":
		os.Stdout.WriteString("Hello, I am not a message of any kind.")
	case "length":
		os.Stdout.Write([]byte{0xff, 0xff, 0xff, 0xff})
	case "lie":
		worker.Write(os.Stdout, answer{Done: true, Staged: &stagedText{Commit: someHash, Base: "../../../pack-" + someHash}})
	case "unchanged":
		worker.Write(os.Stdout, answer{Done: true, Staged: &stagedText{Unchanged: true}})
	case "pack":
		os.WriteFile(filepath.Join(dir, "pack-"+someHash+".pack"), []byte("PACK and nothing else, which is far from being a pack"), 0o644)
		os.WriteFile(filepath.Join(dir, "pack-"+someHash+".idx"), []byte("nor is this"), 0o644)
		worker.Write(os.Stdout, answer{Done: true, Staged: &stagedText{Commit: someHash, Base: "pack-" + someHash}})
	case "reason":
		worker.Write(os.Stdout, answer{Done: true, Fault: &faultText{Reason: "my own", Detail: strings.Repeat("x", 100_000)}})
	}
	time.Sleep(time.Hour)
}

// apart has a crawler fetch in processes of their own.
func apart(t *testing.T, args ...string) func(*Config) {
	t.Helper()
	if len(args) == 0 {
		args = []string{"work"}
	}
	command, err := worker.Self(args...)
	must(t, err)
	return func(c *Config) { c.Worker = command }
}

func TestFetchedApart(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", "1", "b/c", "2")
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir(), apart(t))
	if e := crawlOne(t, c, gitSource(address)); e.Kind != New || e.Bytes == 0 {
		t.Fatalf("%+v", e)
	}
	if got := contents(t, c, address); got["b/c"] != "2" {
		t.Errorf("%v", got)
	}
	fsck(t, c, address)
	before := fingerprint(t, c.mirrors())
	if e := crawlOne(t, c, gitSource(address)); e.Kind != Unchanged {
		t.Errorf("%+v", e)
	}
	if after := fingerprint(t, c.mirrors()); len(after) != len(before) {
		t.Errorf("an unchanged repository writes: %v", after)
	}
	commitFiles(t, work, "a", "3")
	runGit(t, work, "push", "-q", "origin", "main")
	if e := crawlOne(t, c, gitSource(address)); e.Kind != Changed || !e.Descends {
		t.Errorf("%+v", e)
	}
	if got := contents(t, c, address); got["a"] != "3" {
		t.Errorf("%v", got)
	}
	fsck(t, c, address)
}

// childPIDs are the processes that fetch for this one, where the system tells.
func childPIDs() (pids []string) {
	tasks, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		return nil
	}
	for _, file := range tasks {
		list, _ := os.ReadFile(file) // a thread may have ended
		for _, pid := range strings.Fields(string(list)) {
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			if args := strings.Split(string(line), "\x00"); len(args) > 1 && strings.HasPrefix(args[1], "work") {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// watchChildren measures the processes that fetch until the function that it gives is called, which tells the most memory that one had.
func watchChildren(t *testing.T) (most func() int64) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				done <- peak
				return
			case <-tick.C:
			}
			for _, pid := range childPIDs() {
				status, _ := os.ReadFile("/proc/" + pid + "/status")
				_, rest, _ := strings.Cut(string(status), "VmHWM:")
				if fields := strings.Fields(rest); len(fields) > 0 {
					kilobytes, _ := strconv.ParseInt(fields[0], 10, 64)
					peak = max(peak, kilobytes<<10)
				}
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-done
	}
}

// TestChildrenThatGoWrong has a process that fetches end in every way that it can, or say what is not so.
func TestChildrenThatGoWrong(t *testing.T) {
	if raceDetector {
		t.Skip("the detector needs more memory than these children may have")
	}
	s := newGitServer(t)
	wrong, work := s.create(t, "aa-wrong.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	right, work := s.create(t, "right.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	for how, want := range map[string]struct {
		reason Reason
		detail string
	}{
		"panic": {ReasonCrash, "panic: on purpose"}, "stop": {ReasonDeadline, "3s"}, "memory": {ReasonMemory, "300"},
		"recursion": {ReasonCrash, "runtime: goroutine stack exceeds 67108864-byte limit"}, "quiet": {ReasonCrash, "exit status 2"},
		"killed": {ReasonCrash, "signal: killed"},
		"cpu":    {ReasonCPU, "1s"}, "space": {ReasonSpace, "40"}, "exit": {ReasonCrash, "exit status 7"}, "garbage": {ReasonCrash, ""},
		"length": {ReasonCrash, ""}, "lie": {ReasonBroken, ""}, "unchanged": {ReasonBroken, ""}, "pack": {ReasonBroken, ""}, "reason": {ReasonBroken, ""},
	} {
		t.Run(how, func(t *testing.T) {
			if how == "stop" && !canStop {
				t.Skip("there is no such signal here")
			}
			c := openCrawler(t, t.TempDir(), apart(t, "work-"+how), func(cfg *Config) {
				cfg.Jobs = 1
				cfg.Limits = Limits{Memory: 300 << 20, Disk: 40 << 20}
				switch how {
				case "stop":
					cfg.Timeout = 3 * time.Second
				case "cpu":
					cfg.Limits.CPU = time.Second
				}
			})
			peak := watchChildren(t)
			began := time.Now()
			events, err := crawlAll(c, gitSource(wrong), gitSource(right))
			took, most := time.Since(began), peak()
			if err != nil || len(events) != 2 {
				t.Fatalf("%v, %v", events, err)
			}
			var fault *FetchError
			if !errors.As(events[0].Err, &fault) || fault.Reason != want.reason || want.detail != "" && fault.Detail != want.detail || len(fault.Error()) > 3000 {
				t.Errorf("told as %v, want %s (%s)", events[0].Err, want.reason, want.detail)
			}
			if how == "killed" && runtime.GOOS == "linux" {
				key, args := fault.Message()
				if seen, _ := strconv.Atoi(fmt.Sprint(args[len(args)-1])); key != "crawl.crash-silent" || seen < 50 || seen > 300 {
					t.Errorf("people are told %s %q", key, args)
				}
			}
			if events[1].Kind != New {
				t.Errorf("the next repository: %+v", events[1])
			}
			if took > 20*time.Second || most > 350<<20 {
				t.Errorf("it took %v and %d MB", took, most>>20)
			}
			leavesNothing(t, c)
			fsck(t, c, right)
		})
	}
}

// TestChildrenServeOneHostForAWhile counts processes: one for some repositories of a host, another after them, one for each host.
func TestChildrenServeOneHostForAWhile(t *testing.T) {
	s, other := newGitServer(t), newGitServer(t)
	bare, work := s.create(t, "tool-00.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	sources := []SourceConfig{gitSource(bare)}
	for i := range childPacks {
		name := fmt.Sprintf("tool-%02d.git", i+1)
		runGit(t, s.root, "clone", "-q", "--bare", "tool-00.git", name)
		sources = append(sources, gitSource(s.URL+"/"+name))
	}
	runGit(t, other.root, "clone", "-q", "--bare", filepath.Join(s.root, "tool-00.git"), "tool.git")
	sources = append(sources, gitSource(other.URL+"/tool.git"))
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.Jobs = 1 })
	for _, want := range []struct{ starts, new int }{{3, childPacks + 2}, {2, 0}} { // what has not moved costs less
		before := c.children.starts.Load()
		events, err := crawlAll(c, sources...)
		must(t, err)
		got := 0
		for _, e := range events {
			if e.Kind == New {
				got++
			}
		}
		if starts := int(c.children.starts.Load() - before); starts != want.starts || got != want.new {
			t.Errorf("%d processes were started for %d new repositories, want %+v", starts, got, want)
		}
	}
	leavesNothing(t, c)
}

// TestAChildLendsNobodyItsTrust has a remote name a repository on a private host that the operator wrote for another source, whose
// child is still there.
func TestAChildLendsNobodyItsTrust(t *testing.T) {
	s := newGitServer(t)
	bare, work := s.create(t, "aa.git")
	commitFiles(t, work, "a", "1")
	runGit(t, work, "push", "-q", "origin", "main")
	runGit(t, s.root, "clone", "-q", "--bare", "aa.git", "zz.git")
	c := openCrawler(t, t.TempDir(), apart(t), func(cfg *Config) { cfg.Jobs = 1 })
	events, err := crawlAll(c, SourceConfig{Name: "mine", Kind: KindGit, URL: bare},
		SourceConfig{Name: "told", Kind: KindGit, URL: s.URL + "/zz.git", Told: true})
	if err != nil || len(events) != 2 || events[0].Kind != New {
		t.Fatalf("%v, %v", events, err)
	}
	var fault *FetchError
	if !errors.As(events[1].Err, &fault) || fault.Reason != ReasonAddress {
		t.Errorf("the other source: %v", events[1].Err)
	}
	if asked := strings.Join(s.asked(), " "); strings.Contains(asked, "zz.git") || !strings.Contains(asked, "aa.git") {
		t.Errorf("the server was asked for %s", asked)
	}
	leavesNothing(t, c)
}

// TestWhatChildrenSpendIsCounted compares what is known of a host with what it has sent.
func TestWhatChildrenSpendIsCounted(t *testing.T) {
	s := newGitServer(t)
	address, work := s.create(t, "tool.git")
	commitFiles(t, work, "a", strings.Repeat("much of the same ", 1000))
	runGit(t, work, "push", "-q", "origin", "main")
	c := openCrawler(t, t.TempDir(), apart(t))
	for range 2 { // the second finds that nothing has moved
		crawlOne(t, c, gitSource(address))
	}
	var got polite.HostState
	for _, h := range c.Network().Hosts() {
		if strings.HasPrefix(s.URL, "http://"+h.Host) {
			got = h
		}
	}
	if asked := len(s.asked()); got.Requests != asked || asked < 3 || got.Bytes < 300 {
		t.Errorf("%d requests and %d bytes are known, %d were sent", got.Requests, got.Bytes, asked)
	}
	lie := spent{strings.Repeat("x", 1000), 1 << 40, 1 << 60}.accept(1 << 20)
	if len(lie.Host) > 300 || lie.Requests > maxRequests || lie.Bytes != 1<<20 {
		t.Errorf("a lie is taken as %+v", lie)
	}
	if lie = (spent{"h", -1, -1}).accept(1); lie.Requests != 0 || lie.Bytes != 0 {
		t.Errorf("a lie is taken as %+v", lie)
	}
}

// TestCancelledCrawlEndsItsChildren stops a crawl in the middle of a fetch.
func TestCancelledCrawlEndsItsChildren(t *testing.T) {
	s := newGitServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.answer(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c := openCrawler(t, t.TempDir(), apart(t))
	began := time.Now()
	sum, err := c.Crawl(ctx, []SourceConfig{gitSource(s.URL + "/tool.git")}, nil)
	if !errors.Is(err, context.Canceled) || sum.Failed > 0 {
		t.Errorf("%v, %+v", err, sum)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	leavesNothing(t, c)
}
