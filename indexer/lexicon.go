// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// The lexicon file, lexicon/NNNNNN, holds what the message catalogues of the repositories in service teach. It is written once, named by
// CURRENT with its SHA-256, and replaced by another when a repository with catalogues changes. It is one zstd frame of a JSON object:
//
//	format        1
//	rules         what made it, see lexiconRules: other rules make it anew
//	repositories  for each repository that has catalogues:
//	  url, occurrences   the repository, and the name of its occurrence file when it was read; a reader passes over a section
//	                     whose occurrence file is no longer in service
//	  catalogues         for each: path, and the rows in the occurrence file of the French and the English messages
//	  pairs              fr, en, n: how often; of: messages with the French word; in: positions in catalogues
//	  english            French words that stand at least as often in the English messages
type lexiconFile struct {
	Format       int              `json:"format"`
	Rules        int              `json:"rules"`
	Repositories []lexiconSection `json:"repositories"`
}

type lexiconSection struct {
	URL         string             `json:"url"`
	Occurrences string             `json:"occurrences"`
	Catalogues  []lexiconCatalogue `json:"catalogues"`
	Pairs       []learnt           `json:"pairs"`
	English     []string           `json:"english,omitempty"`
}

type lexiconCatalogue struct {
	Path    string `json:"path"`
	French  uint32 `json:"french"`
	English uint32 `json:"english"`
}

const (
	lexiconFormat = 1
	lexiconRules  = 1 // raise it with every change to what is learnt
	maxLexicon    = 256 << 20
)

// What a pair needs in order to be used: repositories that have it, or else more of one.
const (
	fewRepos      = 2
	minPairCount  = 2.0
	minAloneCount = 3.0
	minPairShare  = 0.2
	minAloneShare = 0.4
)

// currentLexicon names the lexicon file in CURRENT.
type currentLexicon struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

func (f *lexiconFile) encode() ([]byte, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer w.Close()
	return w.EncodeAll(data, nil), nil
}

// decodeLexicon reads a lexicon file.
func decodeLexicon(data []byte) (*lexiconFile, error) {
	r, err := zstd.NewReader(bytes.NewReader(data), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxLexicon))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var f lexiconFile
	d := json.NewDecoder(io.LimitReader(r, maxLexicon))
	if err := d.Decode(&f); err != nil {
		return nil, err
	}
	if f.Format != lexiconFormat {
		return nil, fmt.Errorf("format %d is not known here", f.Format)
	}
	for _, s := range f.Repositories {
		for _, p := range s.Pairs {
			if !(p.Count >= 0 && p.Of >= 0) || slices.ContainsFunc(p.In, func(i int) bool { return i < 0 || i >= len(s.Catalogues) }) {
				return nil, fmt.Errorf("a pair of %s is out of range", s.URL)
			}
		}
	}
	return &f, nil
}

// openLexicon reads the lexicon file in service; nil when there is none.
func openLexicon(dir string, at *currentLexicon) (*lexiconFile, error) {
	if at == nil {
		return nil, nil
	}
	name := "lexicon/" + at.Name
	data, err := os.ReadFile(filepath.Join(dir, "lexicon", at.Name))
	if err != nil {
		return nil, asCorrupt(name, err)
	}
	if sum(data) != at.SHA256 {
		return nil, &CorruptError{File: name, Why: "its checksum does not match"}
	}
	f, err := decodeLexicon(data)
	if err != nil {
		return nil, &CorruptError{File: name, Why: err.Error()}
	}
	return f, nil
}

// sections gives the sections of repositories that are as they were when they were read.
func (x *Index) sections() (all []*lexiconSection, repos []*Occurrences) {
	if x.lexicon == nil {
		return nil, nil
	}
	names := map[string]string{}
	for _, o := range x.current.Occurrences {
		names[o.URL] = o.Name
	}
	open := map[string]*Occurrences{} // without hidden ones
	for _, o := range x.repos {
		open[o.meta.URL] = o
	}
	for i := range x.lexicon.Repositories {
		s := &x.lexicon.Repositories[i]
		if o := open[s.URL]; o != nil && names[s.URL] == s.Occurrences {
			all, repos = append(all, s), append(repos, o)
		}
	}
	return all, repos
}

// Pairs lists what the catalogues in service teach, by French word. usable decides which files may be used; nil means all.
func (x *Index) Pairs(usable func(o *Occurrences, row uint32) bool) []Pair {
	type sums struct {
		pair  Pair
		repos int
	}
	sections, repos := x.sections()
	of := map[string]float64{}
	english := map[string]bool{}
	found := map[[2]string]*sums{}
	for i, s := range sections {
		ok := make([]bool, len(s.Catalogues))
		for j, c := range s.Catalogues {
			o := repos[i]
			ok[j] = int(c.French) < o.Len() && int(c.English) < o.Len() && !x.hiddenBlob(o.Hash(c.French)) && !x.hiddenBlob(o.Hash(c.English)) &&
				(usable == nil || usable(o, c.French) && usable(o, c.English))
		}
		if slices.Contains(ok, false) && usable == nil { // a withdrawal is under way: what it taught cannot be told apart
			continue
		}
		for _, word := range s.English {
			english[word] = true
		}
		counted := map[string]bool{}
		for _, p := range s.Pairs {
			if slices.ContainsFunc(p.In, func(c int) bool { return !ok[c] }) {
				continue
			}
			if !counted[p.French] {
				counted[p.French] = true
				of[p.French] += p.Of
			}
			key := [2]string{p.French, p.English}
			f := found[key]
			if f == nil {
				f = &sums{pair: Pair{French: p.French, English: p.English}}
				found[key] = f
			}
			f.pair.Count += p.Count
			f.repos++
			for _, c := range p.In[:min(len(p.In), 2)] {
				if len(f.pair.Places) < 2*maxPairPlaces {
					f.pair.Places = append(f.pair.Places, PairPlace{s.URL, s.Catalogues[c].Path})
				}
			}
		}
	}
	var all []Pair
	for _, f := range found {
		f.pair.Probability = min(1, f.pair.Count/max(1, of[f.pair.French]))
		f.pair.SeenEnglish = english[f.pair.French]
		count, share := minPairCount, minPairShare
		if f.repos < fewRepos {
			count, share = minAloneCount, minAloneShare
		}
		if f.pair.Count >= count && f.pair.Probability >= share {
			f.pair.Probability = math.Round(f.pair.Probability*1000) / 1000
			all = append(all, f.pair)
		}
	}
	slices.SortFunc(all, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.French, b.French), cmp.Compare(b.Probability, a.Probability), cmp.Compare(a.English, b.English))
	})
	return all
}

func (x *Index) hiddenBlob(h BlobHash) bool {
	return len(x.current.Hidden.Blobs) > 0 && slices.Contains(x.current.Hidden.Blobs, h.String())
}

// learn brings the lexicon up to date with the repositories in service and publishes it, when it changed.
func (w *Writer) learn(ctx context.Context) error {
	old := map[string]*lexiconSection{}
	if w.index.lexicon != nil && w.index.lexicon.Rules == lexiconRules {
		sections, _ := w.index.sections()
		for _, s := range sections {
			old[s.URL] = s
		}
	}
	next := &lexiconFile{Format: lexiconFormat, Rules: lexiconRules}
	changed := 0
	for _, o := range w.index.repos {
		s := old[o.meta.URL]
		if s == nil {
			var err error
			if s, err = w.section(ctx, o); err != nil {
				return fmt.Errorf("read the message catalogues of %s: %w", o.meta.URL, err)
			}
			if s == nil {
				continue
			}
			changed++
		}
		next.Repositories = append(next.Repositories, *s)
	}
	had := 0
	if w.index.lexicon != nil {
		had = len(w.index.lexicon.Repositories)
	}
	if changed == 0 && had == len(next.Repositories) && (had > 0) == (w.current.Lexicon != nil) {
		return nil
	}
	if err := w.writeLexicon(next); err != nil {
		return err
	}
	return w.publish()
}

// writeLexicon writes a lexicon file and names it in the next state.
func (w *Writer) writeLexicon(f *lexiconFile) error {
	w.current.Lexicon, w.dirty = nil, true
	if len(f.Repositories) == 0 {
		return nil
	}
	data, err := f.encode()
	if err != nil {
		return fmt.Errorf("write the lexicon: %w", err)
	}
	name := fmt.Sprintf("%06d", w.current.take())
	if err := w.opts.Disk.MkdirAll(filepath.Join(w.opts.Dir, "lexicon")); err != nil {
		return fmt.Errorf("write the lexicon: %w", err)
	}
	if err := w.opts.Disk.WriteFile(filepath.Join(w.opts.Dir, "lexicon", name), data); err != nil {
		return fmt.Errorf("write the lexicon: %w", err)
	}
	w.current.Lexicon = &currentLexicon{name, sum(data)}
	return nil
}

// section learns from the catalogues of one repository; nil when it has none.
func (w *Writer) section(ctx context.Context, o *Occurrences) (*lexiconSection, error) {
	entry, ok := w.current.occurrence(o.meta.URL)
	found := o.catalogues()
	if !ok || len(found) == 0 {
		return nil, nil
	}
	s := &lexiconSection{URL: o.meta.URL, Occurrences: entry.Name}
	a := newAligner()
	content := func(row uint32) ([]byte, error) {
		shard, blob, ok := w.index.Lookup(o.Hash(row))
		if !ok {
			return nil, nil
		}
		text, err := w.index.shards[shard].Content(blob)
		if err != nil { // named when it is searched; here it only teaches nothing
			return nil, nil
		}
		return text, nil
	}
	for _, c := range found {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		messages, err := c.messages(content)
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			a.add(m, len(s.Catalogues))
		}
		s.Catalogues = append(s.Catalogues, lexiconCatalogue{o.Path(c.row), c.row, c.english})
	}
	s.Pairs = a.learn()
	for _, p := range s.Pairs {
		if n := a.seen[p.French]; n[1] > 0 && n[1] >= n[0] && !slices.Contains(s.English, p.French) {
			s.English = append(s.English, p.French)
		}
	}
	return s, nil
}

// unlearn takes out of the lexicon what hidden repositories and blobs taught.
func (w *Writer) unlearn(gone map[BlobHash]bool) error {
	if w.index.lexicon == nil { // a damaged file cannot be told what to forget
		if w.current.Lexicon != nil {
			w.current.Lexicon, w.dirty = nil, true
		}
		return nil
	}
	next := &lexiconFile{Format: lexiconFormat, Rules: w.index.lexicon.Rules}
	sections, repos := w.index.sections()
	for i, s := range sections {
		if !slices.ContainsFunc(s.Catalogues, func(c lexiconCatalogue) bool {
			return gone[repos[i].Hash(c.French)] || gone[repos[i].Hash(c.English)]
		}) {
			next.Repositories = append(next.Repositories, *s)
		}
	}
	if len(next.Repositories) == len(w.index.lexicon.Repositories) {
		return nil
	}
	return w.writeLexicon(next)
}
