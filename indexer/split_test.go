// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outline prints blocks the way the golden files do: one a line, indented by depth.
func outline(blocks []Block) string {
	var b strings.Builder
	depth := make([]int, len(blocks))
	for i, blk := range blocks {
		if blk.Parent >= 0 {
			depth[i] = depth[blk.Parent] + 1
		}
		fmt.Fprintf(&b, "%s%d-%d %s", strings.Repeat("  ", depth[i]), blk.Start, blk.End, blk.Kind)
		if blk.Name != "" {
			b.WriteString(" " + blk.Name)
		}
		if blk.Doc > 0 {
			fmt.Fprintf(&b, " (doc %d)", blk.Doc)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestSplitGolden runs every archive below testdata/split: its first file is the source, named as it would be in a
// repository, the second is the expected outline.
func TestSplitGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/split/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(file[len("testdata/split/"):]), ".txt"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(ar.Files) == 0 || len(ar.Files) > 2 {
				t.Fatalf("%s: %d files, want a source and its outline", file, len(ar.Files))
			}
			src := ar.Files[0]
			blocks := SplitterFor(Language(src.Name, src.Data)).Split(src.Name, src.Data)
			if err := CheckBlocks(src.Data, blocks); err != nil {
				t.Error(err)
			}
			got := outline(blocks)
			if *update {
				ar.Files = append(ar.Files[:1], txtar.File{Name: "outline", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(ar.Files) < 2 {
				t.Fatalf("%s has no outline; got\n%s", file, got)
			}
			if diff := cmp.Diff(string(ar.Files[1].Data), got); diff != "" {
				t.Errorf("outline differs (-want +got):\n%s", diff)
			}
		})
	}
}
