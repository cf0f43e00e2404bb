// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"communs/crawler/heritage"
	"communs/internal/sqlite"
)

// What a state points at outside of itself is noted when it is published, from the trees that are read then anyway: the commits of other
// repositories that stand in it as submodules, and the files of which it holds only a pointer, since Git LFS keeps them elsewhere. None
// of it is followed: no submodule is brought because of it, and no large file is asked for.

// Links are what one state points at.
type Links struct {
	Commit     string      `json:"commit"`                // of the state
	Submodules int         `json:"submodules"`            // how many there are
	Large      int         `json:"lfs_files"`             // files that Git LFS keeps elsewhere
	LargeBytes int64       `json:"lfs_bytes"`             // of these, as their pointers say
	First      []Submodule `json:"modules,omitempty"`     // the first of them, by path
	FirstLarge []LargeFile `json:"large_files,omitempty"` // the first of them, by path
}

// Submodule is a commit of another repository that stands in a tree.
type Submodule struct {
	Path     string `json:"path"`
	Revision string `json:"revision"`           // SWHID of the commit
	URL      string `json:"url,omitempty"`      // of its repository on the web; empty when the declared address is none
	Declared string `json:"declared,omitempty"` // address as .gitmodules has it, without credentials; empty when it has none
}

// LargeFile is a file that Git LFS keeps elsewhere.
type LargeFile struct {
	Path string `json:"path"`
	OID  string `json:"oid"` // SHA-256 of its content
	Size int64  `json:"size"`
}

// How many of each are kept by name.
const (
	firstModules = 200
	firstLarge   = 50
)

// any reports whether there is anything to tell.
func (l *Links) any() bool { return l != nil && l.Submodules+l.Large > 0 }

// gatherer notes what trees point at while they are read.
type gatherer struct {
	o          *objects
	links      Links
	attributes map[Hash]bool // of git, in any folder
	small      map[Hash]bool // contents that may be pointers by their size: whether they are
}

func newGatherer(o *objects) *gatherer {
	return &gatherer{o: o, attributes: map[Hash]bool{}, small: map[Hash]bool{}}
}

// see looks at an entry of a tree; path is asked for where it is the commit of another repository.
func (g *gatherer) see(e treeEntry, path func() string) error {
	switch {
	case e.mode == modeSubmodule:
		g.links.Submodules++
		g.links.First = keepFirst(g.links.First, Submodule{Path: path(), Revision: e.hash.String()}, firstModules, Submodule.path)
	case e.name == attributesFile && len(g.attributes) < mostAttributes:
		g.attributes[e.hash] = true
	}
	return nil
}

const (
	attributesFile = ".gitattributes"
	mostAttributes = 1000
	maxAttributes  = 1 << 20 // bytes
)

// finish adds what needs contents to be read: the addresses of submodules, and the pointers of LFS. For these all small contents are read, so it
// is done only where one has just come, or where git's attributes speak of LFS.
func (g *gatherer) finish(ctx context.Context, commit, root Hash, pointers bool) (*Links, error) {
	if err := g.declare(root); err != nil {
		return nil, err
	}
	for h := range g.attributes {
		text, err := g.text(h, maxAttributes)
		if err != nil {
			return nil, err
		}
		pointers = pointers || bytes.Contains(text, []byte("filter=lfs"))
	}
	if !pointers {
		return &g.links, nil
	}
	_, _, err := g.o.reach(ctx, commit, func(Hash) bool { return true }, g.large)
	return &g.links, err
}

// large looks at an entry of a tree that may be a pointer.
func (g *gatherer) large(e treeEntry, path func() string) error {
	if e.mode&0o170000 != modeFile&0o170000 {
		return nil
	}
	p, ok, err := g.pointer(e.hash)
	if err != nil || !ok {
		return err
	}
	g.links.Large++
	if g.links.LargeBytes += p.Size; g.links.LargeBytes < 0 {
		g.links.LargeBytes = math.MaxInt64
	}
	g.links.FirstLarge = keepFirst(g.links.FirstLarge, LargeFile{path(), p.OID, p.Size}, firstLarge, LargeFile.path)
	return nil
}

// text reads a content; nothing when it is not there, or larger than it may be.
func (g *gatherer) text(h Hash, most int64) ([]byte, error) {
	if !g.o.has(h) {
		return nil, nil // withdrawn
	}
	typ, size, err := g.o.stat(h)
	if err != nil || typ != typeBlob || size > most {
		return nil, err
	}
	_, data, err := g.o.read(h)
	return data, err
}

func (s Submodule) path() string { return s.Path }
func (f LargeFile) path() string { return f.Path }

// keepFirst adds to a list that keeps the first by their paths.
func keepFirst[T any](list []T, one T, most int, path func(T) string) []T {
	at, _ := slices.BinarySearchFunc(list, path(one), func(t T, p string) int { return strings.Compare(path(t), p) })
	if at == most {
		return list
	}
	list = slices.Insert(list, at, one)
	return list[:min(len(list), most)]
}

// pointer reads a content that may be a pointer by its size.
func (g *gatherer) pointer(h Hash) (p Pointer, ok bool, err error) {
	if is, known := g.small[h]; known && !is {
		return p, false, nil
	}
	data, err := g.text(h, pointerMost)
	if err != nil {
		return p, false, err
	}
	p, ok = ParsePointer(data)
	g.small[h] = ok
	return p, ok, nil
}

// declare adds the addresses that .gitmodules of the top folder gives.
func (g *gatherer) declare(root Hash) error {
	if g.links.Submodules == 0 {
		return nil // nothing needs one
	}
	entries, err := g.o.tree(root)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(entries, func(e treeEntry) bool { return e.name == modulesFile && e.mode&0o170000 == modeFile&0o170000 })
	if at < 0 {
		return nil
	}
	data, err := g.text(entries[at].hash, maxModules)
	if err != nil {
		return err
	}
	declared := parseModules(data)
	for i := range g.links.First {
		g.links.First[i].Declared = declared[g.links.First[i].Path]
	}
	return nil
}

// settle makes what a tree says fit to be kept: addresses without credentials, commits as SWHIDs, texts that are UTF-8.
func (l *Links) settle(r Repository, commit Hash) error {
	l.Commit = commit.String()
	for i := range l.First {
		s := &l.First[i]
		id, err := heritage.ParseID("swh:1:rev:" + s.Revision)
		if err != nil {
			return err
		}
		s.Revision, s.URL = id.String(), submoduleURL(s.Declared, r.URL)
		s.Path, s.Declared = strings.ToValidUTF8(s.Path, "\uFFFD"), strings.ToValidUTF8(withoutUser(s.Declared), "\uFFFD")
	}
	for i := range l.FirstLarge {
		l.FirstLarge[i].Path = strings.ToValidUTF8(l.FirstLarge[i].Path, "\uFFFD")
	}
	return nil
}

// linksText is what a child says of them. Names are bytes.
type linksText struct {
	Submodules, Large int
	LargeBytes        int64
	First             []moduleText
	FirstLarge        []largeText
}

type moduleText struct {
	Path, Declared []byte
	Revision       string
}

type largeText struct {
	Path []byte
	OID  string
	Size int64
}

func newLinksText(l *Links) *linksText {
	if !l.any() {
		return nil
	}
	t := &linksText{Submodules: l.Submodules, Large: l.Large, LargeBytes: l.LargeBytes}
	for _, s := range l.First {
		t.First = append(t.First, moduleText{[]byte(s.Path), []byte(s.Declared), s.Revision})
	}
	for _, f := range l.FirstLarge {
		t.FirstLarge = append(t.FirstLarge, largeText{[]byte(f.Path), f.OID, f.Size})
	}
	return t
}

// accept takes what a child says, when it can be.
func (t *linksText) accept() (*Links, error) {
	if t == nil {
		return &Links{}, nil
	}
	l := &Links{Submodules: t.Submodules, Large: t.Large, LargeBytes: t.LargeBytes}
	wrong := fmt.Errorf("%w: what it points at", errAnswer)
	if len(t.First) > min(t.Submodules, firstModules) || len(t.FirstLarge) > min(t.Large, firstLarge) || t.Submodules > maxFiles || t.Large > maxFiles || t.LargeBytes < 0 {
		return nil, wrong
	}
	for _, m := range t.First {
		if h, err := ParseHash(m.Revision); err != nil || h.IsZero() || len(m.Path) > maxPath || len(m.Declared) > maxAddress {
			return nil, wrong
		}
		l.First = append(l.First, Submodule{Path: string(m.Path), Declared: string(m.Declared), Revision: m.Revision})
	}
	for _, f := range t.FirstLarge {
		if sum, err := hex.DecodeString(f.OID); err != nil || len(sum) != 32 || f.Size < 0 || len(f.Path) > maxPath {
			return nil, wrong
		}
		l.FirstLarge = append(l.FirstLarge, LargeFile{string(f.Path), strings.ToLower(f.OID), f.Size})
	}
	return l, nil
}

// noteLinks writes what a state points at in the place of what the state before did.
func noteLinks(ctx context.Context, tx *sql.Tx, key string, l *Links) error {
	if !l.any() {
		_, err := tx.ExecContext(ctx, `DELETE FROM crawl_links WHERE key = ?`, key)
		return err
	}
	first, err := json.Marshal(l)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO crawl_links VALUES (?,?,?,?,?,?)`, key, l.Commit, l.Submodules, l.Large, l.LargeBytes, string(first))
	return err
}

// links are what the published state of a repository points at; nil when that is nothing.
func (s *store) links(ctx context.Context, key string) (*Links, error) {
	var text string
	err := s.db.QueryRowContext(ctx, `SELECT first FROM crawl_links WHERE key = ?`, key).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, sqlite.Damaged(s.path, err)
	}
	l := &Links{}
	if err := json.Unmarshal([]byte(text), l); err != nil {
		return nil, fmt.Errorf("read what %s points at: %w", key, err)
	}
	return l, nil
}
