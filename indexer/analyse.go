// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"hash/fnv"
	"slices"

	"communs/licenses"
)

// AnalysisVersion names the rules that classify, split, tokenize and find licences. Raise it with every change that gives another result:
// the next Publish cuts what other rules made anew, from the contents that the shards hold.
const AnalysisVersion = "7"

// analysed is a blob ready to be written to a shard.
type analysed struct {
	hash     BlobHash
	lang     string
	flags    Flag
	src      []byte
	lines    int
	folded   []foldedSegment
	blocks   []analysedBlock
	findings []byte
}

type analysedBlock struct {
	row       BlockRow // Parent counts in the blob's blocks; Blob is not set
	name      string
	words     []TermFreq
	nameWords []TermFreq
	prints    []uint32
}

// foldedSegment is a stretch of a block's own lines as the grams take it.
type foldedSegment struct {
	block int
	text  []byte
}

// analyser cuts blobs into blocks and their words. One goroutine has one.
type analyser struct {
	words  *Tokenizer
	lexer  PrintLexer
	prints []uint32 // scratch
}

func newAnalyser() *analyser { return &analyser{words: NewTokenizer()} }

// blob analyses one blob; path only helps the splitter.
func (a *analyser) blob(hash BlobHash, path, lang string, flags Flag, src []byte, findings []licenses.Finding) *analysed {
	out := &analysed{hash: hash, lang: lang, flags: flags, src: src, findings: encodeFindings(findings)}
	starts := lineStarts(src)
	out.lines = len(starts) - 1
	cut := SplitterFor(lang).Split(path, src)
	out.blocks = make([]analysedBlock, 0, len(cut))
	for _, b := range cut {
		if b.Start < 1 || b.End < b.Start || b.End > out.lines {
			continue // a splitter must not do this; a search that misses a block is better than one that fails
		}
		row := BlockRow{
			Start: b.Start, End: b.End, StartByte: starts[b.Start-1], EndByte: starts[b.End],
			Parent: int32(b.Parent), Doc: b.Doc, Kind: b.Kind,
		}
		row.Text = textHash(src[row.StartByte:row.EndByte])
		out.blocks = append(out.blocks, analysedBlock{row: row, name: b.Name})
	}
	if len(out.blocks) != len(cut) {
		for i := range out.blocks {
			out.blocks[i].row.Parent = -1
		}
	}
	a.index(out)
	return out
}

// index fills in each block's words and folded text from its own lines.
func (a *analyser) index(out *analysed) {
	folded := make([]byte, 0, len(out.src)+len(out.src)/8)
	latin1 := out.flags&FlagLatin1 != 0
	var segments []Segment
	for i := range out.blocks {
		b := &out.blocks[i]
		segments = ownSegments(b.row, segments[:0], func(yield func(BlockRow) bool) {
			for _, c := range out.blocks[i+1:] {
				if c.row.Start > b.row.End || c.row.Parent == int32(i) && !yield(c.row) {
					return
				}
			}
		})
		for _, s := range segments {
			text := out.src[s.StartByte:s.EndByte]
			a.words.Add(text, latin1)
			from := len(folded)
			folded = Fold(folded, text)
			out.folded = append(out.folded, foldedSegment{i, folded[from:]})
		}
		a.prints = AppendPrints(a.prints[:0], a.lexer.Segments(out.src, segments))
		b.prints = slices.Clone(a.prints)
		terms, length := a.words.Terms()
		b.words, b.row.Tokens = slices.Clone(terms), uint32(length)
		if b.name != "" {
			terms, _ := a.words.Tokenize([]byte(b.name), latin1)
			b.nameWords = slices.Clone(terms)
		}
	}
}

// lineStarts gives the offset of each line's first byte, and the length of the text at the end.
func lineStarts(src []byte) []uint32 {
	starts := make([]uint32, 0, len(src)/32+2)
	for at := 0; at < len(src); {
		starts = append(starts, uint32(at))
		n := bytes.IndexByte(src[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return append(starts, uint32(len(src)))
}

// textHash is equal for blocks that differ only in the newline that ends their file.
func textHash(text []byte) uint64 {
	h := fnv.New64a()
	h.Write(bytes.TrimRight(text, "\r\n"))
	return h.Sum64()
}
