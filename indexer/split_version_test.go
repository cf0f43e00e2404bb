// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestOtherRulesAreReplaced holds that shards made by other rules than today's are cut anew by the next Publish, with nothing
// added, and lose no file.
func TestOtherRulesAreReplaced(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Detector: detector(t)}
	add(t, opts, snapshot("https://example.org/a", "1", files("")))
	manifests, err := filepath.Glob(filepath.Join(opts.Dir, "shards", "*", "manifest.json"))
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
	add(t, opts)
	x := open(t, opts.Dir)
	for _, s := range x.Shards() {
		if s.manifest.Analysis != AnalysisVersion {
			t.Errorf("shard %s still is of the rules %q", s.name, s.manifest.Analysis)
		}
	}
	equal(t, contents(t, x), want("https://example.org/a", indexed(files(""))))
}
