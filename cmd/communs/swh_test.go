// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"communs/crawler/heritage"
	"communs/crawler/heritage/heritagetest"
	"communs/internal/words"
)

// TestSwhAsksTheArchive by command line, and answers with the exit code: yes, no, in part, failure.
func TestSwhAsksTheArchive(t *testing.T) {
	s := heritagetest.New(t)
	catalog, err := words.Load()
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "communs.toml")
	if err := os.WriteFile(config, []byte("[heritage]\nurl = \""+s.URL+"\"\ntoken_env = \"SWH_TOKEN\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Token = "a-secret"
	here, there := heritage.Sum(heritage.Content, []byte("here")).String(), heritage.Sum(heritage.Content, []byte("there")).String()
	s.Objects[heritage.Sum(heritage.Content, []byte("there"))] = true
	const tool, lost = "https://forge.example.org/a/tool.git", "https://forge.example.org/a/lost"
	s.Visits[tool] = `{"origin":"` + tool + `","date":"2026-01-02T03:04:05+00:00","status":"full","type":"git","visit":1,"snapshot":"` + strings.Repeat("7", 40) + `"}`
	s.Saves[tool], s.Saves[lost] = []string{"accepted/scheduled"}, []string{"rejected/not created"}
	data := t.TempDir()
	for name, c := range map[string]struct {
		args  []string
		stdin string
		code  int
		out   string
	}{
		"all known":       {[]string{"known", there}, "", 0, there + "\tarchived\n"},
		"none known":      {[]string{"known", here}, "", 1, here + "\tnot there\n"},
		"some, by stdin":  {[]string{"known", "-"}, here + "\ta file\n" + there + ";lines=1\n", 3, here + "\tnot there\n" + there + "\tarchived\n"},
		"known as JSONL":  {[]string{"known", "--format", "jsonl", there}, "", 0, `{"swhid":"` + there + `","known":true}` + "\n"},
		"not identifiers": {[]string{"known", "swh:1:cnt:0"}, "", 2, ""},
		"saved":           {[]string{"save", tool}, "", 0, tool + "\trequest: accepted, visit: planned\n"},
		"refused":         {[]string{"save", lost}, "", 1, "request: refused, visit: not planned"},
		"blocked":         {[]string{"save", "https://blocked.example.org/x"}, "", 2, ""},
		"there":           {[]string{"status", tool}, "", 0, "archived (not mirrored here)"},
		"not there":       {[]string{"status", lost}, "", 1, "not archived"},
		"nothing here":    {[]string{"status", "--offline", "--format", "json"}, "", 0, `"repositories": 0`},
		"alive or not":    {[]string{"fetch", "swh:1:snp:" + strings.Repeat("1", 40)}, "", 2, ""},
	} {
		var out, errs bytes.Buffer
		env := map[string]string{"LANG": "en_US.UTF-8", "SWH_TOKEN": "a-secret"}
		p := newProgram(catalog, env, strings.NewReader(c.stdin), &out, &errs)
		args := append([]string{"communs", "--config", config, "--data", data, "swh"}, c.args...)
		if code := p.conclude(context.Background(), p.run(context.Background(), args[1:])); code != c.code || !strings.Contains(out.String(), c.out) {
			t.Errorf("%s: exit code %d, want %d\n%s%s", name, code, c.code, out.String(), errs.String())
		}
		if strings.Contains(out.String()+errs.String(), "a-secret") {
			t.Errorf("%s: the token is shown", name)
		}
	}
}
