// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"

	"communs/licenses"
)

// manifest.json lists the files of a shard, each with its size and SHA-256, and the shard's figures. CURRENT holds the
// manifest's own SHA-256, so that everything in service can be checked from there.
type manifest struct {
	Format   int                     `json:"format"`
	Analysis string                  `json:"analysis"` // version of the rules that made the shard
	Blobs    int                     `json:"blobs"`
	Blocks   int                     `json:"blocks"`
	Bytes    int64                   `json:"bytes"`  // of source
	Tokens   uint64                  `json:"tokens"` // in the words field
	Files    map[string]manifestFile `json:"files"`  // by path in the shard's folder
}

type manifestFile struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const shardFormat = 1

// Shard is one open shard. It is safe for concurrent use.
type Shard struct {
	name     string
	manifest manifest
	content  *content
	blocks   *blocks
	words    *Words
	gramsC   *container
	cache    *frameCache

	gramsOnce sync.Once
	grams     *Grams
	gramsErr  error

	printsOnce sync.Once
	printsC    *container
	prints     *Prints
	printsErr  error
}

// openShard opens a shard's files. What they hold is checked on first reading.
func openShard(dir, name string, cache *frameCache) (s *Shard, err error) {
	s = &Shard{name: name, cache: cache}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	in := filepath.Join(dir, "shards", name)
	data, err := os.ReadFile(filepath.Join(in, "manifest.json"))
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(data, &s.manifest); err != nil || s.manifest.Format != shardFormat {
		return s, &CorruptError{File: "shards/" + name + "/manifest.json", Why: "not a manifest of this format"}
	}
	for file, want := range s.manifest.Files {
		if file == printsFile { // what is wrong with it is Similar's affair alone
			continue
		}
		fi, err := os.Stat(filepath.Join(in, filepath.FromSlash(file)))
		if err != nil {
			return s, err
		}
		if fi.Size() != want.Size {
			return s, &CorruptError{File: "shards/" + name + "/" + file, Why: "its size is not the manifest's"}
		}
	}
	label := func(file string) string { return "shards/" + name + "/" + file }
	if s.content, err = openContent(filepath.Join(in, "content"), label("content")); err != nil {
		return s, err
	}
	if s.blocks, err = openBlocks(filepath.Join(in, "blocks"), label("blocks")); err != nil {
		return s, err
	}
	if s.content.nblobs != s.manifest.Blobs || s.blocks.n != s.manifest.Blocks {
		return s, &CorruptError{File: label("manifest.json"), Why: "its figures are not the tables'"}
	}
	if s.gramsC, err = openContainer(filepath.Join(in, "grams"), label("grams")); err != nil {
		return s, err
	}
	s.printsC, s.printsErr = openPrints(filepath.Join(in, printsFile), label(printsFile), s.manifest.Files)
	s.words, err = openWords(filepath.Join(in, "words"), label("words"), s.blocks.docs)
	return s, err
}

func (s *Shard) close() {
	if s == nil {
		return
	}
	s.content.close()
	s.blocks.close()
	s.gramsC.close()
	s.words.close()
	s.printsC.close()
}

// Name is the shard's folder below shards/.
func (s *Shard) Name() string { return s.name }

// NumBlobs is the number of blobs.
func (s *Shard) NumBlobs() int { return s.content.nblobs }

// NumBlocks is the number of blocks.
func (s *Shard) NumBlocks() int { return s.blocks.n }

// TotalTokens is the number of words in all blocks.
func (s *Shard) TotalTokens() uint64 { return s.manifest.Tokens }

// Bytes is the size of all blobs.
func (s *Shard) Bytes() int64 { return s.manifest.Bytes }

// Blob is row i of the blob table.
func (s *Shard) Blob(i uint32) Blob { return s.content.blob(i) }

// Lookup finds a blob by its hash.
func (s *Shard) Lookup(h BlobHash) (uint32, bool) { return s.content.lookup(h) }

// Langs lists the names of the shard's languages; Blob.Lang counts in it.
func (s *Shard) Langs() []string { return s.content.langs }

// LangName is the name of a blob's language.
func (s *Shard) LangName(id uint16) string {
	if int(id) >= len(s.content.langs) {
		return ""
	}
	return s.content.langs[id]
}

// Block is row i of the block table.
func (s *Shard) Block(i uint32) BlockRow { return s.blocks.row(i) }

// BlockName is the name of a block; empty when it has none.
func (s *Shard) BlockName(r BlockRow) string { return s.blocks.nameOf(r) }

// Content is a blob's bytes. They are shared: do not modify them.
func (s *Shard) Content(i uint32) ([]byte, error) {
	b := s.content.blob(i)
	frame, err := s.cache.get(s.content, b.Frame)
	if err != nil {
		return nil, err
	}
	from, to := uint64(b.Offset), uint64(b.Offset)+uint64(b.Size)
	if to > uint64(len(frame)) {
		return nil, &CorruptError{s.content.c.name, "blobs", "a blob lies outside its frame"}
	}
	return frame[from:to:to], nil
}

// Findings are the licence statements found in the blob, as of a file at path.
func (s *Shard) Findings(i uint32, path string) []licenses.Finding {
	at := s.content.blob(i).findings
	if at == 0 || int(at) >= len(s.content.findings) {
		return nil
	}
	f, _ := decodeFindings(s.content.findings[at:], path)
	return f
}

// Differs tells, without reading the findings whole, whether the blob may say something else of some of its lines than of itself, and
// whether it says that some are a snippet: for [licenses.NewNearest]. Most blobs do neither.
func (s *Shard) Differs(i uint32) (differs, snippet bool) {
	at := s.content.blob(i).findings
	if at == 0 || int(at) >= len(s.content.findings) {
		return false, false
	}
	return findingsDiffer(s.content.findings[at:])
}

// Grams opens the posting lists of trigrams.
func (s *Shard) Grams() (*Grams, error) {
	s.gramsOnce.Do(func() { s.grams, s.gramsErr = readGrams(s.gramsC, s.blocks.n) })
	return s.grams, s.gramsErr
}

// Prints opens the lists of prints; ErrNoPrints says that the shard has none, or those of other rules.
func (s *Shard) Prints() (*Prints, error) {
	s.printsOnce.Do(func() {
		if s.printsErr == nil {
			s.prints, s.printsErr = readPrints(s.printsC, s.blocks.n)
		}
	})
	return s.prints, s.printsErr
}

// Words opens the posting lists of words.
func (s *Shard) Words() (*Words, error) { return s.words, s.words.verify() }

// Segment is a stretch of a blob's lines.
type Segment struct {
	StartByte, EndByte uint32 // end excluded
	StartLine          int
}

// Segments appends the block's own lines to buf: those that belong to none of its children.
func (s *Shard) Segments(i uint32, buf []Segment) []Segment {
	b := s.blocks.row(i)
	return ownSegments(b, buf, func(yield func(BlockRow) bool) {
		for j := i + 1; int(j) < s.blocks.n; j++ {
			r := s.blocks.row(j)
			if r.Blob != b.Blob || r.Start > b.End {
				return
			}
			if r.Parent == int32(i) && !yield(r) {
				return
			}
		}
	})
}

// ownSegments takes the children's lines out of the block's, the children coming in order.
func ownSegments(b BlockRow, buf []Segment, children func(yield func(BlockRow) bool)) []Segment {
	at, line := b.StartByte, b.Start
	for child := range children {
		if child.StartByte > at {
			buf = append(buf, Segment{at, child.StartByte, line})
		}
		if child.EndByte > at {
			at, line = child.EndByte, child.End+1
		}
	}
	if b.EndByte > at {
		buf = append(buf, Segment{at, b.EndByte, line})
	}
	return buf
}
