// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"communs/indexer"
	"communs/search"
)

// similarOptions say how to measure Similar on a data folder.
type similarOptions struct {
	data, others string // data folder; folder with repositories that are not in it
	seed         uint64
	n            int  // blocks sampled
	half         int  // of all blocks, by their text: 0 for tuning, 1 for reporting
	peer         bool // measure the fingerprints beside
	verbose      bool
}

func (o *similarOptions) flags(f *flag.FlagSet) {
	f.StringVar(&o.data, "similar", "", "measure Similar on this data folder, and nothing else")
	f.StringVar(&o.others, "others", "", "folder of code that is not in that index, for unrelated examples")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the sample and of the clones")
	f.IntVar(&o.n, "sample", 400, "blocks to make clones of")
	f.IntVar(&o.half, "half", 1, "half of the blocks to take: 0 is for tuning, 1 for reporting")
	f.BoolVar(&o.peer, "fingerprints", false, "measure winnowed fingerprints of bytes beside")
	f.BoolVar(&o.verbose, "verbose", false, "show what was missed")
}

// sampled is a block that clones are made of.
type sampled struct {
	lang, code string
	text       uint64 // as the index has it
	blind      []uint32
	at         blockAt
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
	bySize         map[string][2]int // right, asked
}

const (
	leastLines  = 6
	mostLines   = 200
	leastTokens = 40
)

// fit tells whether a block is one that people would compare: code of some lines.
func fit(kind indexer.Kind, code []byte, tokens []indexer.PrintToken) bool {
	lines := 0
	last := int32(-1)
	for _, t := range tokens {
		if t.Line != last {
			lines++
			last = t.Line
		}
	}
	return kind != indexer.KindText && kind != indexer.KindSection && lines >= leastLines && lines <= mostLines && len(tokens) >= leastTokens
}

// sampleIndex takes blocks of the index, as many of each language as can be.
func sampleIndex(x *indexer.Index, o similarOptions) (list []sampled, err error) {
	r := rand.New(rand.NewPCG(o.seed, 1))
	byLang := map[string][]sampled{}
	seen := map[uint64]bool{}
	var lexer indexer.PrintLexer
	total := 0
	for _, s := range x.Shards() {
		total += s.NumBlocks()
	}
	for range 60 * o.n {
		n := r.IntN(total)
		part := 0
		for n >= x.Shards()[part].NumBlocks() {
			n -= x.Shards()[part].NumBlocks()
			part++
		}
		shard := x.Shards()[part]
		row := shard.Block(uint32(n))
		blob := shard.Blob(row.Blob)
		lang := shard.LangName(blob.Lang)
		if len(byLang[lang]) >= max(8, o.n/8) || seen[row.Text] || int(row.Text>>7&1) != o.half || blob.Flags&indexer.FlagGenerated != 0 || row.End-row.Start > 2*mostLines {
			continue
		}
		content, err := shard.Content(row.Blob)
		if err != nil {
			return nil, err
		}
		code := content[row.StartByte:row.EndByte]
		tokens := lexer.Lex(code)
		if !fit(row.Kind, code, tokens) {
			continue
		}
		seen[row.Text] = true
		byLang[lang] = append(byLang[lang], sampled{lang, string(code), row.Text, blinds(tokens), blockAt{uint32(part), uint32(n)}})
	}
	return spread(byLang, o.n), nil
}

func blinds(tokens []indexer.PrintToken) (out []uint32) {
	for _, t := range tokens {
		out = append(out, t.Blind)
	}
	return out
}

// spread takes from each language in turn.
func spread(byLang map[string][]sampled, n int) (list []sampled) {
	langs := make([]string, 0, len(byLang))
	for lang := range byLang {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for i := 0; len(list) < n; i++ {
		before := len(list)
		for _, lang := range langs {
			if i < len(byLang[lang]) {
				list = append(list, byLang[lang][i])
			}
		}
		if len(list) == before {
			break
		}
	}
	return list[:min(n, len(list))]
}

// sampleFolder takes blocks of the files of a folder.
func sampleFolder(o similarOptions) ([]sampled, error) {
	r := rand.New(rand.NewPCG(o.seed, 2))
	var files []string
	err := filepath.WalkDir(o.others, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	byLang := map[string][]sampled{}
	var lexer indexer.PrintLexer
	for k, i := range r.Perm(len(files)) {
		if k > 40*o.n {
			break
		}
		src, err := os.ReadFile(files[i])
		if err != nil || len(src) > indexer.MaxFileSize {
			continue
		}
		path, _ := filepath.Rel(o.others, files[i])
		class := indexer.Classify(filepath.ToSlash(path), 0o100644, int64(len(src)), src)
		if class.Skip != indexer.Indexed || class.Flags&indexer.FlagGenerated != 0 || len(byLang[class.Lang]) >= max(8, o.n/8) {
			continue
		}
		lines := bytes.SplitAfter(src, []byte("\n"))
		blocks := indexer.SplitterFor(class.Lang).Split(path, src)
		for _, j := range r.Perm(len(blocks)) {
			b := blocks[j]
			code := bytes.Join(lines[b.Start-1:min(b.End, len(lines))], nil)
			if tokens := lexer.Lex(code); fit(b.Kind, code, tokens) {
				byLang[class.Lang] = append(byLang[class.Lang], sampled{lang: class.Lang, code: string(code)})
				break
			}
		}
	}
	return spread(byLang, o.n), nil
}

// measureSimilar asks for clones of every type and for unrelated code, and writes the table.
func measureSimilar(ctx context.Context, o similarOptions, out io.Writer) error {
	x, err := indexer.Open(o.data, indexer.OpenOptions{})
	if err != nil {
		return err
	}
	defer x.Close()
	s, err := search.Open(o.data, search.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := sampleIndex(x, o)
	if err != nil {
		return err
	}
	var peer *wfpIndex
	if o.peer {
		if peer, err = newWFPIndex(x); err != nil {
			return err
		}
	}
	status, err := s.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d blocks in the index, %d sampled of half %d, seed %d\n\n", status.Blocks, len(list), o.half, o.seed)
	var rows []similarRow
	for _, kind := range cloneTypes() {
		r := rand.New(rand.NewPCG(o.seed, 3))
		row := similarRow{name: kind.name, bySize: map[string][2]int{}}
		for i, b := range list {
			code := kind.make(r, b.code, neighbour(list, i))
			if err := row.ask(ctx, s, x, b, code, o.verbose, os.Stderr); err != nil {
				return err
			}
			if peer != nil {
				if at, ok := peer.best([]byte(code)); ok && x.Shards()[at.shard].Block(at.block).Text == b.text {
					row.peer++
				}
			}
		}
		rows = append(rows, row)
	}
	fmt.Fprint(out, similarTable(rows, peer != nil))
	for _, row := range rows {
		fmt.Fprintln(out, row.name, row.bySize)
	}
	if o.others == "" {
		return nil
	}
	return measureUnrelated(ctx, s, peer, o, out)
}

// sizeClass says how long a block is.
func sizeClass(code string) string {
	switch n := strings.Count(code, "\n"); {
	case n < 10:
		return "under 10 lines"
	case n < 20:
		return "10 to 19"
	}
	return "20 and more"
}

// neighbour is the next block of the same language.
func neighbour(list []sampled, i int) string {
	for k := 1; k < len(list); k++ {
		if b := list[(i+k)%len(list)]; b.lang == list[i].lang {
			return b.code
		}
	}
	return ""
}

func (row *similarRow) ask(ctx context.Context, s *search.Local, x *indexer.Index, b sampled, code string, verbose bool, out io.Writer) error {
	row.n++
	begin := time.Now()
	page, err := s.Similar(ctx, search.Example{Code: code, N: 10})
	row.millis = append(row.millis, float64(time.Since(begin).Microseconds())/1000)
	var short *search.ExampleError
	if errors.As(err, &short) {
		row.short++
		return nil
	}
	if err != nil {
		return err
	}
	size := sizeClass(b.code)
	count := row.bySize[size]
	count[1]++
	defer func() { row.bySize[size] = count }()
	if len(page.Hits) > 0 {
		row.any++
		text, blind, whole := hitText(x, page.Hits[0].ID)
		w := x.Shards()[b.at.shard].Block(b.at.block)
		switch {
		case text == b.text:
			row.exactly++
			fallthrough
		case slices.Equal(blind, b.blind), samePlace(page.Hits[0], x.Shards()[b.at.shard].Blob(w.Blob).Hash.String(), w.Start, w.End), row.name == "half a fragment" && strings.Contains(whole, strings.TrimSpace(code)):
			row.first++
			count[0]++
			return nil
		}
	}
	if verbose {
		fmt.Fprintf(out, "=== %s, %s, %s, %d: missed\n%s\n", row.name, b.lang, size, b.at, code)
		all, err := s.Similar(ctx, search.Example{Code: code})
		if err != nil {
			return err
		}
		for i, h := range all.Hits {
			if text, _, _ := hitText(x, h.ID); text == b.text {
				fmt.Fprintf(out, "*** number %d of %d: %.3f %v\n", i+1, len(all.Hits), h.Similarity, h.Why)
			}
		}
		for _, h := range page.Hits[:min(1, len(page.Hits))] {
			_, _, whole := hitText(x, h.ID)
			w := x.Shards()[b.at.shard].Block(b.at.block)
			fmt.Fprintf(out, "--- found %.3f %v %s %d-%d, wanted %d-%d %d tokens\n%s\n--- wanted\n%s\n", h.Similarity, h.Why, h.Path, h.Start, h.End, w.Start, w.End, len(b.blind), whole, b.code)
		}
	}
	return nil
}

// samePlace tells whether a hit and a range of lines are the same but for a line or so: the module around a class, say.
func samePlace(h search.Hit, hash string, start, end int) bool {
	both, all := min(h.End, end)-max(h.Start, start)+1, max(h.End, end)-min(h.Start, start)+1
	return strings.Contains(h.ID, hash) && 10*both >= 8*all
}

// hitText gives the text of a hit.
func hitText(x *indexer.Index, id string) (text uint64, blind []uint32, whole string) {
	var hash string
	var start, end int
	if n, _ := fmt.Sscanf(strings.Replace(id, ";lines=", " ", 1), "swh:1:cnt:%40s %d-%d", &hash, &start, &end); n != 3 {
		return 0, nil, ""
	}
	h, err := indexer.ParseBlobHash(hash)
	if err != nil {
		return 0, nil, ""
	}
	part, blob, ok := x.Lookup(h)
	if !ok {
		return 0, nil, ""
	}
	shard := x.Shards()[part]
	b := shard.Blob(blob)
	for i := b.FirstBlock; i < b.FirstBlock+b.NumBlocks; i++ {
		if row := shard.Block(i); row.Start == start && row.End == end {
			content, err := shard.Content(blob)
			if err != nil {
				return 0, nil, ""
			}
			var lexer indexer.PrintLexer
			code := content[row.StartByte:row.EndByte]
			return row.Text, blinds(lexer.Lex(code)), string(code)
		}
	}
	return 0, nil, ""
}

func measureUnrelated(ctx context.Context, s *search.Local, peer *wfpIndex, o similarOptions, out io.Writer) error {
	list, err := sampleFolder(o)
	if err != nil {
		return err
	}
	hits, peers, asked := 0, 0, 0
	langs := map[string][2]int{}
	for _, b := range list {
		page, err := s.Similar(ctx, search.Example{Code: b.code, N: 3})
		var short *search.ExampleError
		if errors.As(err, &short) {
			continue
		}
		if err != nil {
			return err
		}
		asked++
		c := langs[b.lang]
		c[1]++
		if len(page.Hits) > 0 {
			hits++
			c[0]++
			if o.verbose {
				h := page.Hits[0]
				fmt.Fprintf(os.Stderr, "=== unrelated, %s: %.3f %v %s %s\n%s\n", b.lang, h.Similarity, h.Why, h.Repo, h.Path, b.code)
			}
		}
		langs[b.lang] = c
		if peer != nil {
			if _, ok := peer.best([]byte(b.code)); ok {
				peers++
			}
		}
	}
	fmt.Fprintf(out, "\nunrelated: %d of %d have a hit (%.2f %%); fingerprints: %d\n%v\n", hits, asked, 100*float64(hits)/float64(max(1, asked)), peers, langs)
	return nil
}

func similarTable(rows []similarRow, peer bool) string {
	head := []string{"clone type", "asked", "recall@1", "same text", "any hit", "too short", "p50 ms", "p95 ms"}
	if peer {
		head = append(head, "fingerprints")
	}
	var lines [][]string
	for _, r := range rows {
		slices.Sort(r.millis)
		of := func(n int) string { return fmt.Sprintf("%.3f", float64(n)/float64(max(1, r.n))) }
		line := []string{r.name, fmt.Sprint(r.n), of(r.first), of(r.exactly), of(r.any), fmt.Sprint(r.short), number(quantile(r.millis, 0.5)), number(quantile(r.millis, 0.95))}
		if peer {
			line = append(line, of(r.peer))
		}
		lines = append(lines, line)
	}
	return table(1, head, lines)
}

// quantile of sorted values.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
