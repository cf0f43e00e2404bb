// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"communs/internal/durable"
)

// TestOtherRulesAreReplaced holds that shards made by other rules than today's are cut anew by the next Publish, with nothing
// added, and lose no file.
func TestOtherRulesAreReplaced(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Detector: detector(t)}
	add(t, opts, snapshot("https://example.org/a", "1", files("")))
	otherRules(t, opts.Dir)
	add(t, opts)
	x := open(t, opts.Dir)
	for _, s := range x.Shards() {
		if s.manifest.Analysis != AnalysisVersion {
			t.Errorf("shard %s still is of the rules %q", s.name, s.manifest.Analysis)
		}
	}
	equal(t, contents(t, x), want("https://example.org/a", indexed(files(""))))
}

// otherRules makes the shards of a data folder those of other rules.
func otherRules(t *testing.T, dir string) {
	t.Helper()
	manifests, err := filepath.Glob(filepath.Join(dir, "shards", "*", "manifest.json"))
	if err != nil || len(manifests) == 0 {
		t.Fatalf("no manifest: %v", err)
	}
	for _, name := range manifests {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		old := bytes.Replace(text, []byte(`"analysis":"`+AnalysisVersion), []byte(`"analysis":"0`), 1)
		if bytes.Equal(old, text) {
			old = bytes.Replace(text, []byte(`"analysis": "`+AnalysisVersion), []byte(`"analysis": "0`), 1)
		}
		if bytes.Equal(old, text) {
			t.Fatalf("%s does not name the rules that made the shard", name)
		}
		if err := os.WriteFile(name, old, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOtherRulesCutOffAtEachStep: wherever the replacement of old shards ends, what is in service is whole, for who reads it already
// too, and the next run completes it.
func TestOtherRulesCutOffAtEachStep(t *testing.T) {
	const url = "https://forge.example/a/b"
	all := files("")
	d := detector(t)
	whole := t.TempDir()
	add(t, Options{Dir: whole, Detector: d}, snapshot(url, "c1", all))
	otherRules(t, whole)
	stride := 1
	if testing.Short() {
		stride = 5
	}
	for step := 1; ; step += stride {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		reader := open(t, dir)
		n := 0
		disk := &durable.Disk{Before: func(durable.Op, string) error {
			if n++; n >= step {
				return errStop
			}
			return nil
		}}
		err := tryAdd(Options{Dir: dir, Detector: d, Disk: disk, Jobs: 1})
		equal(t, contents(t, reader), want(url, indexed(all)))
		equal(t, contents(t, open(t, dir)), want(url, indexed(all)))
		if err == nil {
			if step < 10 {
				t.Fatalf("only %d steps were counted", step)
			}
			return
		}
		if !errors.Is(err, errStop) {
			t.Fatalf("step %d: %v", step, err)
		}
		add(t, Options{Dir: dir, Detector: d})
		x := open(t, dir)
		equal(t, contents(t, x), want(url, indexed(all)))
		for _, s := range x.Shards() {
			if s.manifest.Analysis != AnalysisVersion || s.withoutPrints() {
				t.Errorf("step %d: shard %s is left as it was", step, s.name)
			}
		}
	}
}
