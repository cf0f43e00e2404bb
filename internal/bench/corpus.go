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
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// place is a file as Communs names it.
type place struct{ repo, path string }

// origin is where a repository's files were taken from, and the folder that they are exported to.
type origin struct{ name, folder string }

// corpus is a folder with exactly the files that the report calls indexed. Their bytes come from where Communs had them
// and not from Communs, so that what it indexed is compared with what was published.
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
	// PathRaw is the path's bytes, percent-encoded, where they are no UTF-8.
	PathRaw string `json:"path_raw"`
	Size    int64  `json:"size"`
}

// exportCorpus asks for the report and copies what it calls indexed into the folder. A repository's origin goes by its
// URL, without the version of a module.
func exportCorpus(ctx context.Context, p program, folder string, origins map[string]origin) (*corpus, error) {
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
		from, ok := origins[f.Repo]
		if module, _, versioned := strings.Cut(f.Repo, "@"); !ok && versioned {
			from, ok = origins[module]
		}
		if !ok {
			return nil, fmt.Errorf("the report names %s, which was not given", f.Repo)
		}
		file := f.Path
		if f.PathRaw != "" {
			if file, err = url.PathUnescape(f.PathRaw); err != nil {
				return nil, fmt.Errorf("the report's path %s: %w", f.PathRaw, err)
			}
		}
		content, err := os.ReadFile(filepath.Join(from.folder, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		name := from.name + "/" + file
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

// moduleOrigins asks Go where the modules of this build are.
func moduleOrigins(ctx context.Context) (map[string]origin, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}}\t{{.Dir}}", "all").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m all: %w", err)
	}
	origins := map[string]origin{}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && dir != "" {
			origins["https://pkg.go.dev/"+path] = origin{path, dir}
		}
	}
	return origins, nil
}
