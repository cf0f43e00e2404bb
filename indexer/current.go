// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"communs/internal/durable"
)

// CURRENT names what is in service. It is two lines: a JSON object, then "sha256:" and the SHA-256 of that line. It is only
// ever replaced by a rename, so a reader sees one state or the next, whole.
//
//	generation   counts publications
//	next         number that the next shard folder or occurrence file gets
//	shards       folders below shards/, each with the SHA-256 of its manifest.json
//	occurrences  files below occurrences/, each with its repository's URL and its SHA-256
//	hidden       what a withdrawal under way hides from readers until its bytes are gone: URLs and blob hashes
//	lexicon      file below lexicon/, with its SHA-256; missing when no catalogue was found
type current struct {
	Format      int            `json:"format"`
	Generation  uint64         `json:"generation"`
	Next        uint64         `json:"next"`
	Shards      []currentShard `json:"shards"`
	Occurrences []currentRepo  `json:"occurrences"`
	Hidden      hidden         `json:"hidden"`

	Lexicon *currentLexicon `json:"lexicon,omitempty"`
}

type currentShard struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of manifest.json
}

type currentRepo struct {
	Name   string `json:"name"`
	URL    string `json:"url"`
	SHA256 string `json:"sha256"`
}

type hidden struct {
	Repos []string `json:"repos,omitempty"`
	Blobs []string `json:"blobs,omitempty"`
}

const currentFormat = 1

// ErrNoIndex says that nothing was indexed in this data folder yet.
var ErrNoIndex error = noIndex{}

type noIndex struct{}

func (noIndex) Error() string            { return "no index here yet" }
func (noIndex) Message() (string, []any) { return "index.none", nil }

func readCurrent(dir string) (*current, error) {
	data, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoIndex
	}
	if err != nil {
		return nil, fmt.Errorf("read what is in service: %w", err)
	}
	return parseCurrent(data)
}

func parseCurrent(data []byte) (*current, error) {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	if string(bytes.TrimSpace(rest)) != "sha256:"+sum(line) {
		return nil, &CorruptError{File: "CURRENT", Why: "its checksum does not match"}
	}
	var c current
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, &CorruptError{File: "CURRENT", Why: err.Error()}
	}
	if c.Format != currentFormat {
		return nil, &CorruptError{File: "CURRENT", Why: fmt.Sprintf("format %d is not known here", c.Format)}
	}
	return &c, nil
}

// publish replaces CURRENT by one rename; when it returns nil, the new state is durable.
func (c *current) publish(disk *durable.Disk, dir string) error {
	line, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	if err := disk.WriteFile(filepath.Join(dir, "CURRENT"), fmt.Appendf(nil, "%s\nsha256:%s\n", line, sum(line))); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

func (c *current) clone() *current {
	d := *c
	d.Shards = append([]currentShard(nil), c.Shards...)
	d.Occurrences = append([]currentRepo(nil), c.Occurrences...)
	return &d
}

// take gives the next number for a name.
func (c *current) take() uint64 {
	c.Next++
	return c.Next
}

// occurrence finds a repository's entry.
func (c *current) occurrence(url string) (currentRepo, bool) {
	for _, o := range c.Occurrences {
		if o.URL == url {
			return o, true
		}
	}
	return currentRepo{}, false
}

// drop removes a repository's entry.
func (c *current) drop(url string) {
	kept := c.Occurrences[:0:0]
	for _, o := range c.Occurrences {
		if o.URL != url {
			kept = append(kept, o)
		}
	}
	c.Occurrences = kept
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// sumFile is the SHA-256 and the size of a file.
func sumFile(name string) (string, int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// Stamp identifies the published state of a data folder without reading it: equal stamps mean the same state. It is
// one stat, cheap enough for every request.
func Stamp(dir string) (string, error) {
	fi, err := os.Stat(filepath.Join(dir, "CURRENT"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNoIndex
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d %d %s", fi.ModTime().UnixNano(), fi.Size(), fileID(fi)), nil
}
