// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package find looks for software by what people want to do, in their words.
//
// A question in everyday French or English ("remplacer zoom", "compta association", "hébergeur nextcloud bordeaux") is taken apart into words that
// are looked for, what it says of the needs of the taxonomy, the places it names and the filters it asks for. Words are looked for in an index
// of Bleve; the score is a sum of named terms, each of which the answer shows (docs/ranking-software.md). Beside the answer stand the counts
// of every facet. The package also tells what stands in the place of a software, and compares some side by side.
package find

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	index "github.com/blevesearch/bleve_index_api"

	"communs/registry"
)

// Finder answers questions about one catalogue, and follows it as it changes. It is safe for use by several goroutines.
type Finder struct {
	now func() time.Time

	turn chan struct{} // holds one token: who has it brings the index up to date
	text *textIndex

	mu   sync.RWMutex // held while the view is read, so that it is not closed meanwhile
	view *view
}

// New makes the index of a catalogue. now tells the time, for what is said of activity.
func New(ctx context.Context, c *registry.Catalogue, now func() time.Time) (*Finder, error) {
	text, err := newTextIndex()
	if err != nil {
		return nil, err
	}
	f := &Finder{now: now, turn: make(chan struct{}, 1), text: text}
	f.turn <- struct{}{}
	if err := f.Follow(ctx, c); err != nil {
		return nil, fmt.Errorf("make the index of software: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}

// Follow brings the index to what a catalogue says. Only software whose record changed is indexed again. Questions are answered
// meanwhile, from the catalogue before. Without a change it costs nothing, so it may be called before every question.
func (f *Finder) Follow(ctx context.Context, c *registry.Catalogue) error {
	if f.follows(c) {
		return nil
	}
	select {
	case <-f.turn:
		defer func() { f.turn <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if f.follows(c) {
		return nil
	}
	if f.text.batches < manyBatches {
		return f.advance(ctx, c)
	}
	fresh, err := newTextIndex()
	if err != nil {
		return err
	}
	old := f.text
	f.text = fresh
	if err := f.advance(ctx, c); err != nil {
		f.text = old
		return errors.Join(err, fresh.close())
	}
	return old.close()
}

// sameDay reports whether what is said of activity at one time holds at the other.
func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

func (f *Finder) follows(c *registry.Catalogue) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.view != nil && (f.view.catalogue == c || f.view.catalogue.Seq() > c.Seq()) && sameDay(f.now(), f.view.made)
}

// advance puts the view of a catalogue in the place of the one before.
func (f *Finder) advance(ctx context.Context, c *registry.Catalogue) error {
	if err := f.text.update(ctx, c.AllSoftware()); err != nil {
		return err
	}
	reader, err := f.text.scorch.Reader()
	if err != nil {
		return fmt.Errorf("read the index of software: %w", err)
	}
	v, err := newView(c, f.text, reader, f.now(), f.view)
	if err != nil {
		return errors.Join(err, reader.Close())
	}
	f.mu.Lock()
	old := f.view
	f.view = v
	f.mu.Unlock()
	if old != nil {
		return old.reader.Close()
	}
	return nil
}

// Close lets go of the index. Nothing may be asked afterwards.
func (f *Finder) Close() error {
	<-f.turn
	defer func() { f.turn <- struct{}{} }()
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	if f.view != nil {
		err, f.view = f.view.reader.Close(), nil
	}
	return errors.Join(err, f.text.close())
}

// reading gives the view, and what is to be called when it is no longer needed.
func (f *Finder) reading() (*view, func()) {
	f.mu.RLock()
	return f.view, f.mu.RUnlock
}

// view is one state of the catalogue, ready to be searched. It does not change.
type view struct {
	catalogue  *registry.Catalogue
	made       time.Time
	lexicon    *lexicon
	gazetteer  *gazetteer
	needs      *needWords
	vocabulary *vocabulary
	entries    []entry          // in the catalogue's order
	values     [facets][]string // every value of each facet, sorted
	having     [facets]map[string]set
	answering  [][]answering // by place of the need
	byID       map[string]int32
	byName     map[string][]int32 // by name in one word, accents folded

	reader index.IndexReader
	places []int32
	cache  sync.Map // postings by field and term
	rooms  sync.Pool
}

// entry is one software.
type entry struct {
	*registry.Software
	facts
	rank     int32 // by id
	name     []token
	joined   string  // the name in one word, accents folded
	needs    []int   // places in needWords
	replaces []brand // what it replaces
	changed  int64   // number of the last change of its record
}

// answering is a software that answers a need, its main one or a later one.
type answering struct {
	at    int32
	later bool
}

// brand is the name of a product.
type brand struct {
	words  []string
	joined string // in one word
}

// newView makes the view of a catalogue whose words are in the index; old is the one before, or nil.
func newView(c *registry.Catalogue, x *textIndex, r index.IndexReader, now time.Time, old *view) (*view, error) {
	l, err := theLexicon()
	if err != nil {
		return nil, err
	}
	g, err := theGazetteer()
	if err != nil {
		return nil, err
	}
	v := &view{catalogue: c, made: now, lexicon: l, gazetteer: g, reader: r, byID: map[string]int32{}, byName: map[string][]int32{}}
	same := old != nil && v.sameAround(old)
	if same {
		v.needs = old.needs
	} else {
		v.needs = newNeedWords(c.Needs(), l)
	}
	v.entries = make([]entry, 0, len(c.AllSoftware()))
	for i, s := range c.AllSoftware() {
		var e entry
		if at, ok := old.place(s.ID); same && ok && old.entries[at].Software == s {
			e = old.entries[at]
		} else {
			e = v.newEntry(s)
		}
		v.entries = append(v.entries, e)
		v.byID[s.ID] = int32(i)
		v.byName[e.joined] = append(v.byName[e.joined], int32(i))
	}
	v.listValues()
	v.rank()
	v.answering = make([][]answering, len(v.needs.ids))
	for at, e := range v.entries {
		for n, need := range e.needs {
			v.answering[need] = append(v.answering[need], answering{int32(at), n > 0})
		}
	}
	if v.places, err = documentPlaces(r, v.byID); err != nil {
		return nil, err
	}
	v.vocabulary = newVocabulary(x, v.entries, v.needs, l)
	return v, nil
}

// place gives a software's place in the view.
func (v *view) place(id string) (int32, bool) {
	if v == nil {
		return 0, false
	}
	at, ok := v.byID[id]
	return at, ok
}

// sameAround reports whether all but the software is as in the view before, so that what is known of software whose record did not
// change still holds.
func (v *view) sameAround(old *view) bool {
	sizes := func(c *registry.Catalogue) [5]int {
		return [5]int{len(c.Needs()), len(c.Repositories()), len(c.Organisations()), len(c.Offers()), len(c.Uses())}
	}
	if !sameDay(v.made, old.made) || sizes(v.catalogue) != sizes(old.catalogue) {
		return false
	}
	for _, kind := range []registry.Kind{registry.KindNeed, registry.KindRepository, registry.KindOrganisation, registry.KindOffer, registry.KindUse} {
		for range v.catalogue.Since(kind, old.catalogue.Seq()) {
			return false
		}
	}
	return true
}

func (v *view) newEntry(s *registry.Software) entry {
	e := entry{Software: s, facts: newFacts(v.catalogue, s, v.gazetteer, v.made), name: tokens(s.Name)}
	e.joined = glue(e.name)
	for _, id := range s.Needs {
		if at, ok := v.needs.index[id]; ok && !slices.Contains(e.needs, at) {
			e.needs = append(e.needs, at)
		}
	}
	for _, name := range s.Replaces {
		words := tokens(name)
		b := brand{joined: glue(words)}
		for _, t := range words {
			b.words = append(b.words, t.plain)
		}
		e.replaces = append(e.replaces, b)
	}
	if st, ok := v.catalogue.Entry(registry.KindSoftware, s.ID); ok {
		e.changed = st.Seq
	}
	return e
}

// rank numbers the software by id, which decides where all else is equal.
func (v *view) rank() {
	for rank, id := range slices.Sorted(maps.Keys(v.byID)) {
		v.entries[v.byID[id]].rank = int32(rank)
	}
}

// glue gives words as one.
func glue(words []token) string {
	joined := ""
	for _, t := range words {
		joined += t.plain
	}
	return joined
}

// look gives where a term stands.
func (v *view) look(ctx context.Context, field, term string) ([]posting, error) {
	key := field + "\x00" + term
	if found, ok := v.cache.Load(key); ok {
		return found.([]posting), nil
	}
	found, err := postings(ctx, v.reader, v.places, field, term)
	if err != nil || len(found) == 0 { // what nobody wrote is not kept: questions may hold anything
		return nil, err
	}
	v.cache.Store(key, found)
	return found, nil
}
