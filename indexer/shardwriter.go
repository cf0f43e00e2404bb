// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"communs/internal/durable"
)

// shardWriter writes one shard beside the live ones, in shards/NNNNNN.tmp, and moves it to its name when it is whole.
type shardWriter struct {
	disk    *durable.Disk
	name    string
	tmp     string
	final   string
	content *contentWriter
	blocks  blocksWriter
	grams   *gramsWriter
	words   *wordsWriter
	prints  *printsWriter
	tokens  uint64
}

func newShardWriter(disk *durable.Disk, dir string, number uint64) (*shardWriter, error) {
	name := fmt.Sprintf("%06d", number)
	final := filepath.Join(dir, "shards", name)
	w := &shardWriter{disk: disk, name: name, tmp: final + ".tmp", final: final, grams: newGramsWriter(), prints: newPrintsWriter()}
	if err := disk.Remove(w.tmp); err != nil {
		return nil, err
	}
	if err := disk.MkdirAll(w.tmp); err != nil {
		return nil, err
	}
	var err error
	if w.content, err = newContentWriter(disk, filepath.Join(w.tmp, "content")); err != nil {
		return nil, err
	}
	if w.words, err = newWordsWriter(disk, filepath.Join(w.tmp, "words")); err != nil {
		w.content.c.file.Close()
		return nil, err
	}
	return w, nil
}

func (w *shardWriter) add(a *analysed) error {
	first := w.blocks.n
	blob, err := w.content.add(Blob{
		Hash: a.hash, Lines: uint32(a.lines), Flags: a.flags, FirstBlock: first, NumBlocks: uint32(len(a.blocks)),
	}, a.lang, a.src, a.findings)
	if err != nil {
		return fmt.Errorf("write content: %w", err)
	}
	for i := range a.blocks {
		b := &a.blocks[i]
		row := b.row
		row.Blob = blob
		if row.Parent >= 0 {
			row.Parent += int32(first)
		}
		ordinal := w.blocks.n
		w.blocks.add(row, b.name)
		w.prints.add(ordinal, b.prints)
		w.tokens += uint64(row.Tokens)
	}
	w.words.add(first, a.blocks)
	for _, s := range a.folded {
		w.grams.add(first+uint32(s.block), s.text)
	}
	return nil
}

// bytes is the size of the source that went in.
func (w *shardWriter) bytes() int64 { return w.content.raw }

// finish makes the shard durable under its name. It is not in service until CURRENT names it.
func (w *shardWriter) finish() (currentShard, error) {
	fail := func(err error) (currentShard, error) {
		return currentShard{}, fmt.Errorf("write shard %s: %w", w.name, err)
	}
	docs, err := w.words.close()
	if err != nil {
		w.content.c.file.Close()
		return fail(err)
	}
	w.blocks.docs = docs
	if err := w.content.close(); err != nil {
		return fail(err)
	}
	if err := w.blocks.write(w.disk, filepath.Join(w.tmp, "blocks")); err != nil {
		return fail(err)
	}
	if err := w.grams.write(w.disk, filepath.Join(w.tmp, "grams")); err != nil {
		return fail(err)
	}
	if err := w.prints.write(w.disk, filepath.Join(w.tmp, printsFile), w.blocks.n); err != nil {
		return fail(err)
	}
	m := manifest{
		Format: shardFormat, Analysis: AnalysisVersion, Blobs: len(w.content.hashes), Blocks: int(w.blocks.n),
		Bytes: w.content.raw, Tokens: w.tokens, Files: map[string]manifestFile{},
	}
	if err := m.sum(w.tmp); err != nil {
		return fail(err)
	}
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return fail(err)
	}
	if err := w.disk.WriteFile(filepath.Join(w.tmp, "manifest.json"), data); err != nil {
		return fail(err)
	}
	if err := w.disk.SyncDir(w.tmp); err != nil {
		return fail(err)
	}
	if err := w.disk.Rename(w.tmp, w.final); err != nil {
		return fail(err)
	}
	return currentShard{w.name, sum(data)}, nil
}

// abort gives up the shard; its files are swept later.
func (w *shardWriter) abort() {
	w.words.abort()
	w.content.c.file.Close()
}

// sum fills in the size and the SHA-256 of every file below dir.
func (m *manifest) sum(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		digest, size, err := sumFile(path)
		m.Files[filepath.ToSlash(rel)] = manifestFile{size, digest}
		return err
	})
}

// sweep removes what lies in shards/ and occurrences/ and is not in service: what a killed writer left, and what was replaced.
func sweep(disk *durable.Disk, dir string, c *current) error {
	live := map[string]bool{}
	for _, s := range c.Shards {
		live[filepath.Join("shards", s.Name)] = true
	}
	for _, o := range c.Occurrences {
		live[filepath.Join("occurrences", o.Name)] = true
	}
	if c.Lexicon != nil {
		live[filepath.Join("lexicon", c.Lexicon.Name)] = true
	}
	for _, folder := range []string{"shards", "occurrences", "lexicon"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if folder == "lexicon" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
		for _, e := range entries {
			if live[filepath.Join(folder, e.Name())] {
				continue
			}
			if err := disk.Remove(filepath.Join(dir, folder, e.Name())); err != nil {
				return fmt.Errorf("sweep: %w", err)
			}
		}
	}
	return nil
}
