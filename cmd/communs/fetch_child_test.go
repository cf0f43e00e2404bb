// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"communs/internal/words"
)

// TestFetchCommandIsNotShown holds that people are not told of a command that is not for them.
func TestFetchCommandIsNotShown(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"help"}, {"completion", "bash"}, {"completion", "fish"}, {"man"}, {"crawl", "--help"}} {
		var out, told bytes.Buffer
		if code := run(t.Context(), append([]string{"communs"}, args...), nil, strings.NewReader(""), &out, &told); code != exitYes {
			t.Errorf("%v: exit code %d\n%s", args, code, &told)
		}
		if strings.Contains(out.String()+told.String(), fetchCommand) {
			t.Errorf("%v names %s", args, fetchCommand)
		}
	}
}

// TestFetchCommandRefusesWhatIsNoOrder holds that it neither hangs nor obeys when somebody types it.
func TestFetchCommandRefusesWhatIsNoOrder(t *testing.T) {
	for in, want := range map[string]int{"": exitYes, "\x00\x00\x00\x02{}": exitFailure, "hello, I would like a repository": exitFailure} {
		var out, told bytes.Buffer
		r, w := io.Pipe()
		go func() {
			if io.WriteString(w, in); in == "" {
				w.Close() // the others are left open: what came is enough to end
			}
		}()
		if code := fetchFor(r, &out, &told); code != want || out.Len() > 0 || (code != exitYes) != (told.Len() > 0) {
			t.Errorf("%q: exit code %d, want %d; said %q %q", in, code, want, &out, &told)
		}
	}
}

func TestLimitsOfTheCrawl(t *testing.T) {
	text := "[crawl.limits]\nmemory = \"1.5 GiB\"\ncpu = \"90s\"\npack = \"300mb\"\nfile = \"512\"\nobjects = 7\nreferences = 6\nentries = 5\ndepth = 4\npath = 3\ndisk = \"1 To\"\nsilence = \"90s\"\nfirst_byte = \"8m\"\nrate = \"2KB\"\n"
	c, err := parseConfig("communs.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	l := c.Crawl.Limits.of()
	if l.Memory != 3<<29 || l.CPU != 90*time.Second || c.Crawl.Limits.Pack != 300e6 || l.File != 512 || l.Objects != 7 || l.References != 6 ||
		l.Entries != 5 || l.Depth != 4 || l.Path != 3 || l.Disk != 1e12 {
		t.Errorf("read as %+v", l)
	}
	if l := c.Crawl.Limits; l.Silence != duration(90*time.Second) || l.FirstByte != duration(8*time.Minute) || l.Rate != 2000 {
		t.Errorf("read as %+v", l)
	}
	p, _, told := testProgram(t, words.English)
	for wrong, want := range map[string]string{
		"memory = \"much\"": "line 2", "memory = \"-1MB\"": "line 2", "memory = \"9e99GB\"": "line 2", "memory = \"NaN\"": "line 2",
		"depth = -1": "crawl.limits.depth", "dept = 1": "depth",
	} {
		told.Reset()
		_, err := parseConfig("communs.toml", []byte("[crawl.limits]\n"+wrong+"\n"))
		if err == nil {
			t.Errorf("%s is accepted", wrong)
			continue
		}
		p.tell(err)
		if !strings.Contains(told.String(), want) {
			t.Errorf("%s: told as %q, without %q", wrong, told, want)
		}
	}
}
