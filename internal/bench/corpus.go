// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// place is a file as Communs names it.
type place struct{ repo, path string }

// corpus is a folder with exactly the files that the report calls indexed. Their bytes come from the module cache and
// not from Communs, so that what it indexed is compared with what was published.
type corpus struct {
	folder   string
	exported map[place]string // path below the folder
	bytes    int64            // of those files
	unique   int64            // the same, each content once
	left     []leftOut        // what the report does not call indexed, by reason
}

// leftOut counts the files that are not indexed for one reason.
type leftOut struct {
	reason string
	files  int
	bytes  int64
}

// fileReport is a line of `communs index --report --format jsonl`.
type fileReport struct {
	Status string `json:"status"`
	Repo   string `json:"repo"`
	Path   string `json:"path"`
	Size   int64  `json:"size"`
}

// exportCorpus asks for the report and copies what it calls indexed into the folder.
func exportCorpus(ctx context.Context, p program, folder string) (*corpus, error) {
	modules, err := moduleFolders(ctx)
	if err != nil {
		return nil, err
	}
	report, err := p.output(ctx, "index", "--report", "--format", "jsonl")
	if err != nil {
		return nil, err
	}
	c := &corpus{folder: folder, exported: map[place]string{}}
	seen := map[[sha256.Size]byte]bool{}
	for lines := json.NewDecoder(bytes.NewReader(report)); ; {
		var f fileReport
		if err := lines.Decode(&f); errors.Is(err, io.EOF) {
			return c, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the report: %w", err)
		}
		if f.Status != "indexed" {
			c.leave(f)
			continue
		}
		module, _, _ := strings.Cut(strings.TrimPrefix(f.Repo, "https://pkg.go.dev/"), "@")
		from, ok := modules[module]
		if !ok {
			return nil, fmt.Errorf("the report names %s, which is not a module of this build", f.Repo)
		}
		content, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(f.Path)))
		if err != nil {
			return nil, err
		}
		name := module + "/" + f.Path
		to := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(to, content, 0o644); err != nil {
			return nil, err
		}
		c.exported[place{f.Repo, f.Path}] = name
		c.bytes += int64(len(content))
		if sum := sha256.Sum256(content); !seen[sum] {
			seen[sum] = true
			c.unique += int64(len(content))
		}
	}
}

func (c *corpus) leave(f fileReport) {
	for i := range c.left {
		if c.left[i].reason == f.Status {
			c.left[i].files++
			c.left[i].bytes += f.Size
			return
		}
	}
	c.left = append(c.left, leftOut{f.Status, 1, f.Size})
}

// moduleFolders asks Go where the modules of this build are, by path.
func moduleFolders(ctx context.Context) (map[string]string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}}\t{{.Dir}}", "all").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w", err)
	}
	folders := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && dir != "" {
			folders[path] = dir
		}
	}
	return folders, nil
}
