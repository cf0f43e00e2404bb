// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"os"
	"path/filepath"
	"testing"
)

// A first run that was killed after it had finished a shard, and before anything was in service, stands in nobody's way.
func TestKilledFirstRunIsSweptAway(t *testing.T) {
	dir := t.TempDir()
	opts := Options{Dir: dir, Detector: detector(t)}
	s := snapshot("https://forge.example/a/b", "c1", files(""))
	add(t, opts, s)
	if err := os.Remove(filepath.Join(dir, "CURRENT")); err != nil {
		t.Fatal(err)
	}
	add(t, opts, s)
	equal(t, contents(t, open(t, dir)), want("https://forge.example/a/b", indexed(files(""))))
}
