// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package find

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"communs/registry"
)

// The words of the software are kept in an index of Bleve, in memory: one document for each, whose id is that of the software.
// Each field is one of those below; texts have a field for each language, whose terms are stems of that language.
const (
	fieldName     = "name"     // words of the name, accents folded
	fieldReplaces = "replaces" // words of the names of what it replaces, accents folded
	fieldWords    = "words"    // everyday words, categories; in both languages, since nobody says in which they are
	fieldSummary  = "summary"
	fieldAbout    = "about"
)

// inLang is the field that holds the terms of one language.
func inLang(field string, l lang) string { return field + [langs]string{".fr", ".en"}[l] }

// zapVersion is Bleve's format of segments: with 17, its default, hits were lost (see docs/architecture.md).
const zapVersion = 16

// textIndex is the index of Bleve.
type textIndex struct {
	scorch  index.Index
	queue   *index.AnalysisQueue
	indexed map[string]*registry.Software // by id: a catalogue keeps the entry of a record that did not change
	batches int                           // since it was made: each is a segment, since nothing merges them in memory
	stems   [langs]map[string]string      // of words that were read: most come again and again
	written map[string][]string           // the words of each document with their accents, each once
	count   map[string]int                // in how many documents a word stands; Bleve still lists those of deleted ones
}

// manyBatches is how many segments are searched before the index is made anew: each makes every look-up slower.
const manyBatches = 24

func newTextIndex() (*textIndex, error) {
	queue := index.NewAnalysisQueue(1)
	x, err := scorch.NewScorch(scorch.Name, map[string]any{"path": "", "forceSegmentType": "zap", "forceSegmentVersion": zapVersion}, queue)
	if err != nil {
		queue.Close()
		return nil, fmt.Errorf("make the index of software: %w", err)
	}
	if err := x.Open(); err != nil {
		queue.Close()
		return nil, fmt.Errorf("open the index of software: %w", err)
	}
	return &textIndex{x, queue, map[string]*registry.Software{}, 0, [langs]map[string]string{{}, {}}, map[string][]string{}, map[string]int{}}, nil
}

func (x *textIndex) close() error {
	defer x.queue.Close()
	return x.scorch.Close()
}

// update brings the index to what the software says now.
func (x *textIndex) update(ctx context.Context, software []*registry.Software) error {
	batch, there, changed := index.NewBatch(), make(map[string]bool, len(software)), map[string]*registry.Software{}
	for _, s := range software {
		there[s.ID] = true
		if x.indexed[s.ID] != s {
			changed[s.ID] = s
			batch.Update(x.document(s))
		}
	}
	for id := range x.indexed {
		if !there[id] {
			changed[id] = nil
			x.write(id, nil)
			batch.Delete(id)
		}
	}
	if err := ctx.Err(); err != nil || len(changed) == 0 {
		return err
	}
	if err := x.scorch.Batch(batch); err != nil {
		return fmt.Errorf("index software: %w", err)
	}
	x.batches++
	for id, s := range changed {
		if x.indexed[id] = s; s == nil {
			delete(x.indexed, id)
		}
	}
	return nil
}

// The options of fields: how often a term stands in a long text counts, in others only that it does.
const (
	often   = index.IndexField
	whether = index.IndexField | index.SkipFreqNorm
)

func (x *textIndex) document(s *registry.Software) *document.Document {
	d := document.NewDocument(s.ID)
	var all []token
	add := func(field string, words []token, options index.FieldIndexingOptions, as func(token) string) {
		if len(words) > 0 {
			d.AddField(document.NewTextFieldCustom(field, nil, nil, options, spell(words, as)))
		}
	}
	read := func(texts ...string) []token {
		words := tokens(strings.Join(texts, "\n"))
		all = append(all, words...)
		return words
	}
	add(fieldName, read(s.Name), whether, asWritten)
	add(fieldReplaces, read(s.Replaces...), whether, asWritten)
	words := read(append(slices.Clone(s.Words), s.Categories...)...)
	for l := range langs {
		add(inLang(fieldWords, l), words, whether, x.inLanguage(l))
	}
	for l, text := range [langs]string{s.Summary.FR, s.Summary.EN} {
		add(inLang(fieldSummary, lang(l)), read(text), whether, x.inLanguage(lang(l)))
	}
	for l, text := range [langs]string{s.About.FR, s.About.EN} {
		add(inLang(fieldAbout, lang(l)), read(text), often, x.inLanguage(lang(l)))
	}
	x.write(s.ID, all)
	return d
}

// write notes which words a document holds now.
func (x *textIndex) write(id string, words []token) {
	for _, w := range x.written[id] {
		if x.count[w]--; x.count[w] == 0 {
			delete(x.count, w)
		}
	}
	distinct := make(map[string]bool, len(words))
	for _, t := range joinedToo(words) {
		distinct[t.text] = true
	}
	delete(x.written, id)
	if len(distinct) == 0 {
		return
	}
	list := make([]string, 0, len(distinct))
	for w := range distinct {
		list = append(list, w)
		x.count[w]++
	}
	x.written[id] = list
}

// inLanguage gives the stems of a language.
func (x *textIndex) inLanguage(l lang) func(token) string {
	return func(t token) string { return x.stem(l, t.plain) }
}

// stem is lang.stem, which takes longer.
func (x *textIndex) stem(l lang, plain string) string {
	stem, known := x.stems[l][plain]
	if !known {
		stem = l.stem(plain)
		x.stems[l][plain] = stem
	}
	return stem
}

// posting says that a term stands in a software, and how often.
type posting struct {
	at   int32 // its place in the view
	freq float32
}

// postings reads where a term stands. places gives a software's place in the view by Bleve's number.
func postings(ctx context.Context, r index.IndexReader, places []int32, field, term string) ([]posting, error) {
	reader, err := r.TermFieldReader(ctx, []byte(term), field, field == inLang(fieldAbout, langFR) || field == inLang(fieldAbout, langEN), false, false)
	if err != nil {
		return nil, fmt.Errorf("look up %q: %w", term, err)
	}
	defer reader.Close()
	found := make([]posting, 0, reader.Count())
	var doc index.TermFieldDoc
	for {
		d, err := reader.Next(doc.Reset())
		if err != nil {
			return nil, fmt.Errorf("look up %q: %w", term, err)
		}
		if d == nil {
			return found, nil
		}
		if n := d.ID.Value(); n < uint64(len(places)) && places[n] >= 0 {
			found = append(found, posting{places[n], float32(max(1, d.Freq))})
		}
	}
}

// documentPlaces gives, for each of Bleve's numbers, the place of its software; -1 for what is no longer there.
func documentPlaces(r index.IndexReader, byID map[string]int32) ([]int32, error) {
	all, err := r.DocIDReaderAll()
	if err != nil {
		return nil, fmt.Errorf("list the index of software: %w", err)
	}
	defer all.Close()
	var places []int32
	for {
		internal, err := all.Next()
		if err != nil {
			return nil, fmt.Errorf("list the index of software: %w", err)
		}
		if internal == nil {
			return places, nil
		}
		id, err := r.ExternalID(internal)
		if err != nil {
			return nil, fmt.Errorf("list the index of software: %w", err)
		}
		for uint64(len(places)) <= internal.Value() {
			places = append(places, -1)
		}
		if at, ok := byID[id]; ok {
			places[internal.Value()] = at
		}
	}
}
