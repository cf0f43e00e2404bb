// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"math"
	"strings"

	"communs/indexer"
	"communs/licenses"
)

// Near is a block that is almost the same as a hit, and is shown with it.
type Near struct {
	ID         string         `json:"id"`
	Similarity float64        `json:"similarity"` // from 0 to 1, how much of the longer one stands in the other, names counted
	Repo       string         `json:"repo"`
	Path       string         `json:"path"`
	PathRaw    string         `json:"path_raw,omitempty"` // see RawPath
	Start      int            `json:"start"`
	End        int            `json:"end"`
	License    string         `json:"license"`
	Libre      licenses.Libre `json:"libre"`
	Score      float64        `json:"score"`
	Copies     int            `json:"copies"`
}

// What makes a near copy: two blocks of one kind and language in different files that share so much of the longer one, comments and
// layout aside; more when their names differ. What is shorter than minNearTokens is one only when nothing else differs: a getter is
// like any other.
const (
	nearNamed     = 0.7
	nearOther     = 0.9
	minNearTokens = 24
	minNearOther  = 60
	nearBlind     = 0.6 // what a token counts that is the same but for a name or a literal
)

// How much of a window is read.
const (
	maxNearTexts = 16
	maxNearBytes = 24 << 10
	maxNearText  = 8 << 10
)

// foldText is a match of a window as near copies are looked for.
type foldText struct {
	at     blockAt
	row    indexer.BlockRow
	size   int
	hash   indexer.BlobHash
	name   string // folded; empty when it has none
	lang   string
	read   bool
	tokens *foldTokens // nil when they were not read
	tiles  *tileIndex
}

// folder looks for near copies in one window.
type folder struct {
	run          *run
	texts        []foldText
	lexer        indexer.PrintLexer
	tiler        tiler
	count, bytes int // texts and bytes that were read
}

// foldNear folds near copies under the best of them.
func (r *run) foldNear(window []match) []pick {
	f := &folder{run: r, texts: make([]foldText, len(window))}
	for i, m := range window {
		s := r.g.x.Shards()[m.part]
		row := s.Block(m.block)
		blob := s.Blob(row.Blob)
		f.texts[i] = foldText{
			at: blockAt{m.part, m.block}, row: row, size: int(row.EndByte - row.StartByte), hash: blob.Hash, name: lastPart(s.BlockName(row)), lang: s.LangName(blob.Lang),
		}
	}
	picks := make([]pick, 0, len(window))
	at := make([]int, 0, len(window)) // position in window of each pick
next:
	for i, m := range window {
		for j := range picks {
			if similarity := f.near(at[j], i); similarity > 0 {
				picks[j].near = append(picks[j].near, nearMatch{m, similarity})
				continue next
			}
		}
		picks, at = append(picks, pick{match: m}), append(at, i)
	}
	return picks
}

// lastPart is the name without what it is a member of, in small letters.
func lastPart(name string) string {
	return strings.ToLower(name[strings.LastIndexAny(name, ".:#")+1:])
}

// mayBeNear tells whether two texts are worth comparing: neighbours in a file are no versions of each other.
func (a *foldText) mayBeNear(b *foldText) bool {
	if a.row.Kind != b.row.Kind || a.lang != b.lang || a.hash == b.hash {
		return false
	}
	if a.name == b.name && a.name != "" {
		return alike(a.size, b.size, 0.4) && alike(int(a.row.Tokens), int(b.row.Tokens), 0.4) // comments count here
	}
	return alike(int(a.row.Tokens), int(b.row.Tokens), 0.95) && alike(a.row.End-a.row.Start+1, b.row.End-b.row.Start+1, 0.9) && alike(a.size, b.size, 0.8)
}

// alike tells whether the smaller of two figures is at least a share of the other.
func alike(a, b int, share float64) bool { return float64(min(a, b)) >= share*float64(max(a, b)) }

// near gives the similarity of two texts of the window when one is a near copy of the other, else 0.
func (f *folder) near(i, j int) float64 {
	a, b := &f.texts[i], &f.texts[j]
	if !a.mayBeNear(b) || !f.lex(a) || !f.lex(b) {
		return 0
	}
	same := a.name == b.name && a.name != ""
	least, tokens := nearNamed, minNearTokens
	if !same {
		least, tokens = nearOther, minNearOther
	}
	x, y := a.tokens, b.tokens
	longer := max(len(x.list), len(y.list))
	if !alike(len(x.list), len(y.list), least) || len(x.list) < tileRun || len(y.list) < tileRun {
		return 0
	}
	if share(&x.counts[0], &y.counts[0])*nearBlind+share(&x.counts[1], &y.counts[1])*(1-nearBlind) < least*float64(longer) {
		return 0
	}
	if a.tiles == nil {
		a.tiles = newTileIndex(x.list)
	}
	f.tiler.index = a.tiles
	c := f.tiler.compare(y.list)
	similarity := (nearBlind*float64(min(c.query, c.block)) + (1-nearBlind)*float64(c.same)) / float64(longer)
	if similarity < least || longer < tokens && similarity < 1 {
		return 0
	}
	return math.Round(similarity*1e3) / 1e3
}

// share is at least how many tokens two texts have in common, wherever they stand.
func share(a, b *[64]uint8) float64 {
	n, full := 0, false
	for i := range a {
		n += int(min(a[i], b[i]))
		full = full || a[i] == math.MaxUint8 && b[i] == math.MaxUint8
	}
	if full {
		return math.Inf(1)
	}
	return float64(n)
}

// lex reads a text's tokens, once. It is false when there are none, or when enough was read for this window.
func (f *folder) lex(t *foldText) bool {
	if t.read {
		return t.tokens != nil
	}
	t.read = true
	if f.count == maxNearTexts || t.size > maxNearText || f.bytes+t.size > maxNearBytes {
		return false
	}
	f.count, f.bytes = f.count+1, f.bytes+t.size
	g := f.run.g
	if t.tokens = g.folded.get(t.at); t.tokens != nil {
		return true
	}
	content, err := g.x.Shards()[t.at.part].Content(t.row.Blob)
	if err != nil {
		f.run.fault(err)
		return false
	}
	if int(t.row.EndByte) > len(content) || t.row.StartByte > t.row.EndByte {
		return false
	}
	t.tokens = newFoldTokens(f.lexer.Lex(content[t.row.StartByte:t.row.EndByte]))
	g.folded.put(t.at, t.tokens)
	return true
}
