// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"communs/indexer"
	"communs/search"
)

// similarOptions say how to measure Similar on a data folder.
type similarOptions struct {
	sources      string // list of what to fetch, index and measure on
	data, others string // data folder; folders with code that is not in it
	seed         uint64
	n            int  // blocks sampled
	half         int  // of all blocks, by their text: 0 for tuning, 1 for reporting
	peer         bool // measure the fingerprints beside
	verbose      bool
}

func (o *similarOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.data, "similar", "", "measure Similar on this data folder, and nothing else")
	f.StringVar(&o.sources, "similar-sources", "", "fetch and index the sources of this list, measure Similar on them, and nothing else")
	f.StringVar(&o.others, "others", "", "folders of code that is not in that index, for unrelated examples")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the sample and of the clones")
	f.IntVar(&o.n, "sample", 500, "blocks to make clones of")
	f.IntVar(&o.half, "half", 1, "half of the blocks to take: 0 is for tuning, 1 for reporting")
	f.BoolVar(&o.peer, "fingerprints", false, "measure winnowed fingerprints of bytes beside")
	f.BoolVar(&o.verbose, "verbose", false, "show what was missed")
}

// similarRow is what was measured of one clone type.
type similarRow struct {
	name           string
	n              int
	first, exactly int // top hit is the block or one that differs in names only; is the block's own text
	any            int
	short          int
	peer           int
	millis         []float64
}

// measureSimilar asks for clones of every type and for unrelated code, and gives the tables.
func measureSimilar(ctx context.Context, o similarOptions) (string, error) {
	x, err := indexer.Open(o.data, indexer.OpenOptions{})
	if err != nil {
		return "", err
	}
	defer x.Close()
	s, err := search.Open(o.data, search.Options{})
	if err != nil {
		return "", err
	}
	defer s.Close()
	status, err := s.Status(ctx)
	if err != nil {
		return "", err
	}
	list, err := sampleIndex(x, o)
	if err != nil {
		return "", err
	}
	parts, err := indexParts(o.data)
	if err != nil {
		return "", err
	}
	m := similarMeasure{o: o, s: s, x: x}
	if o.peer {
		if m.peer, err = newWFPIndex(x); err != nil {
			return "", err
		}
	}
	var rows []similarRow
	for _, kind := range cloneTypes() {
		r := rand.New(rand.NewPCG(o.seed, 3))
		row := similarRow{name: kind.name}
		for i, b := range list {
			clone, of := kind.make(r, b.code, neighbour(list, i))
			if err := m.ask(ctx, &row, b, clone, of); err != nil {
				return "", err
			}
		}
		rows = append(rows, row)
	}
	out := fmt.Sprintf("%d blocks in the index; clones of %d of them (half %d, seed %d).", status.Blocks, len(list), o.half, o.seed)
	for _, p := range parts {
		if p.name == printsPart {
			out += fmt.Sprintf(" Prints: %s, %.3f × the text, each content once.", megabytes(p.bytes), float64(p.bytes)/float64(max(1, status.Bytes)))
		}
	}
	out += "\n\n" + similarTable(rows, o.peer)
	if o.others == "" {
		return out, nil
	}
	unrelated, err := m.unrelated(ctx)
	return out + "\n" + unrelated, err
}

// similarMeasure is what clones are asked of.
type similarMeasure struct {
	o    similarOptions
	s    *search.Local
	x    *indexer.Index
	peer *wfpIndex
}

// ask asks for one clone and counts what comes first. It is right when it is the block; or a block that differs from it in names and values
// only; or one around it or within it that is nearly as long; or, where the clone was made of a part, one that holds all of this part.
func (m *similarMeasure) ask(ctx context.Context, row *similarRow, b sampled, clone, of string) error {
	row.n++
	begin := time.Now()
	page, err := m.s.Similar(ctx, search.Example{Code: clone, N: 10})
	row.millis = append(row.millis, float64(time.Since(begin).Microseconds())/1000)
	if m.peer != nil {
		if at, ok := m.peer.best([]byte(clone)); ok && m.x.Shards()[at.shard].Block(at.block).Text == b.text {
			row.peer++
		}
	}
	var short *search.ExampleError
	if errors.As(err, &short) {
		row.short++
		return nil
	}
	if err != nil {
		return err
	}
	if len(page.Hits) > 0 {
		row.any++
		hit := m.hitText(page.Hits[0].ID)
		shard := m.x.Shards()[b.at.shard]
		wanted := shard.Block(b.at.block)
		if hit.text == b.text {
			row.exactly++
		}
		if hit.text == b.text || slices.Equal(hit.blind(), blinds(b.tokens())) ||
			samePlace(page.Hits[0], shard.Blob(wanted.Blob).Hash.String(), wanted.Start, wanted.End) ||
			of != b.code && holds(hit.tokens, newTokens(of)) {
			row.first++
			return nil
		}
	}
	if m.o.verbose {
		return m.explain(ctx, row.name, b, clone)
	}
	return nil
}

// explain says where the block is that did not come first.
func (m *similarMeasure) explain(ctx context.Context, name string, b sampled, clone string) error {
	fmt.Fprintf(os.Stderr, "=== %s, %s, %d: missed\n%s\n--- wanted\n%s\n", name, b.lang, b.at, clone, b.code)
	all, err := m.s.Similar(ctx, search.Example{Code: clone})
	if err != nil {
		return err
	}
	for i, h := range all.Hits {
		if hit := m.hitText(h.ID); i == 0 || hit.text == b.text {
			fmt.Fprintf(os.Stderr, "--- number %d of %d: %.3f %v %s %d-%d\n%s\n", i+1, len(all.Hits), h.Similarity, h.Why, h.Path, h.Start, h.End, hit.code)
		}
	}
	return nil
}

// samePlace tells whether a hit and a range of lines are the same but for a line or so: the module around a class, say.
func samePlace(h search.Hit, hash string, start, end int) bool {
	both, all := min(h.End, end)-max(h.Start, start)+1, max(h.End, end)-min(h.Start, start)+1
	return strings.Contains(h.ID, hash) && 10*both >= 8*all
}

func newTokens(code string) []indexer.PrintToken {
	var lexer indexer.PrintLexer
	return lexer.Lex([]byte(code))
}

// holds tells whether a text has all tokens of another one in a row, names included.
func holds(whole, part []indexer.PrintToken) bool {
	return len(part) > 0 && longestRun(whole, part) == len(part)
}

// longestRun is how many tokens in a row two texts share, names included.
func longestRun(a, b []indexer.PrintToken) (longest int) {
	row := make([]int, len(b)+1)
	for i := range a {
		for j := len(b) - 1; j >= 0; j-- {
			row[j+1] = 0
			if a[i].Raw == b[j].Raw {
				row[j+1] = row[j] + 1
				longest = max(longest, row[j+1])
			}
		}
	}
	return longest
}

// found is the text of a hit.
type found struct {
	text   uint64
	code   string
	tokens []indexer.PrintToken
}

func (f found) blind() []uint32 { return blinds(f.tokens) }

func (m *similarMeasure) hitText(id string) found {
	var hash string
	var start, end int
	if n, _ := fmt.Sscanf(strings.Replace(id, ";lines=", " ", 1), "swh:1:cnt:%40s %d-%d", &hash, &start, &end); n != 3 {
		return found{}
	}
	h, err := indexer.ParseBlobHash(hash)
	if err != nil {
		return found{}
	}
	part, blob, ok := m.x.Lookup(h)
	if !ok {
		return found{}
	}
	shard := m.x.Shards()[part]
	b := shard.Blob(blob)
	for i := b.FirstBlock; i < b.FirstBlock+b.NumBlocks; i++ {
		if row := shard.Block(i); row.Start == start && row.End == end {
			content, err := shard.Content(blob)
			if err != nil {
				return found{}
			}
			code := string(content[row.StartByte:row.EndByte])
			return found{row.Text, code, newTokens(code)}
		}
	}
	return found{}
}

// copiedRun is how many tokens in a row, names included, two texts share that no two people write alike.
const copiedRun = 20

// unrelated asks for code of other projects, which should not be found. Other projects do hold copies of common code, though: hits that
// share a long run with the example, names included, are counted apart.
func (m *similarMeasure) unrelated(ctx context.Context) (string, error) {
	list, err := sampleFolder(m.o)
	if err != nil {
		return "", err
	}
	hits, copies, peers, asked := 0, 0, 0, 0
	langs := map[string][2]int{}
	for _, b := range list {
		page, err := m.s.Similar(ctx, search.Example{Code: b.code, N: 3})
		var short *search.ExampleError
		if errors.As(err, &short) {
			continue
		}
		if err != nil {
			return "", err
		}
		asked++
		c := langs[b.lang]
		c[1]++
		if len(page.Hits) > 0 {
			hits++
			c[0]++
			h := page.Hits[0]
			hit := m.hitText(h.ID)
			run := longestRun(hit.tokens, b.tokens())
			if run >= copiedRun {
				copies++
			}
			if m.o.verbose {
				fmt.Fprintf(os.Stderr, "=== unrelated, %s: %.3f %v run of %d, %s %s\n%s\n--- found\n%s\n", b.lang, h.Similarity, h.Why, run, h.Repo, h.Path, b.code, hit.code)
			}
		}
		langs[b.lang] = c
		if m.peer != nil {
			if _, ok := m.peer.best([]byte(b.code)); ok {
				peers++
			}
		}
	}
	if m.o.verbose {
		fmt.Fprintln(os.Stderr, "unrelated, with a hit and asked:", langs)
	}
	share := func(n int) string { return fmt.Sprintf("%d (%.1f %%)", n, 100*float64(n)/float64(max(1, asked))) }
	head := []string{"code of other projects", "pieces"}
	rows := [][]string{{"asked", fmt.Sprint(asked)}, {"with a hit", share(hits)},
		{fmt.Sprintf("– of those, with %d tokens in a row that are the same there: copied", copiedRun), share(copies)}}
	if m.peer != nil {
		rows = append(rows, []string{"with a hit of the fingerprints", share(peers)})
	}
	return table(1, head, rows), nil
}

func similarTable(rows []similarRow, peer bool) string {
	head := []string{"clone type", "asked", "recall@1", "same text", "any hit", "too short", "p50 ms", "p95 ms"}
	if peer {
		head = append(head, "fingerprints")
	}
	var lines [][]string
	for _, r := range rows {
		of := func(n int) string { return fmt.Sprintf("%.3f", float64(n)/float64(max(1, r.n))) }
		line := []string{r.name, fmt.Sprint(r.n), of(r.first), of(r.exactly), of(r.any), fmt.Sprint(r.short), number(median(r.millis)), number(percentile(r.millis, 0.95))}
		if peer {
			line = append(line, of(r.peer))
		}
		lines = append(lines, line)
	}
	return table(1, head, lines)
}
