// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"os"
	"strings"
	"testing"
	"time"

	"communs/crawler/worker"
)

// TestMain lets this test program be started as a process that fetches, and as one that goes wrong.
func TestMain(m *testing.M) {
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

// goWrong does with the first order what its name says.
func goWrong(how string) {
	var o order
	if err := worker.Read(os.Stdin, &o); err != nil {
		os.Exit(0)
	}
	switch how {
	case "panic":
		panic("on purpose")
	case "hang":
		for {
			time.Sleep(time.Hour)
		}
	}
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
