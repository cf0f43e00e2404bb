// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sort"
	"sync"
	"time"

	"communs/internal/durable"
)

// An occurrence file says what one repository holds in one state: which blob stands at which path, under which licence. It
// is a container of
//
//	meta    JSON of RepoMeta
//	tables  JSON: {"licenses":[expression…],"evidence":[[{path,start,end,how,license}…]…],"langs":[…],"reasons":[…]}; an
//	        evidence path "" is the file's own, one that is not UTF-8 has its bytes in "raw". Entry 0 of each table is the empty one
//	rows    for each file, sorted by path, 44 bytes: git hash (20), u32 offset of the path, u32 length of the path, u32 size
//	        (what is larger saturates), u32 license, u32 evidence, u16 language, u8 reason, u8 flags
//	paths   the paths' bytes
//	components  what the package manifests declare, see components.go; missing in files written before they were read
const occurrenceRowSize = 44

// RepoMeta is what an occurrence file says of its repository.
type RepoMeta struct {
	URL         string     `json:"url"`
	Name        string     `json:"name"`
	Owner       string     `json:"owner"`
	Description string     `json:"description,omitempty"`
	Homepage    string     `json:"homepage,omitempty"`
	Source      string     `json:"source,omitempty"`
	Commit      string     `json:"commit"` // of the mirror
	Version     string     `json:"version,omitempty"`
	Time        time.Time  `json:"time"`
	FirstSeen   time.Time  `json:"first_seen"`
	Fork        bool       `json:"fork,omitempty"`
	Parent      string     `json:"parent,omitempty"`    // what it is a fork of
	MirrorOf    string     `json:"mirror_of,omitempty"` // what it follows
	Aliases     []string   `json:"aliases,omitempty"`   // addresses that it had before
	Note        string     `json:"note,omitempty"`      // why it is shown although it is not there any more
	Archived    bool       `json:"archived,omitempty"`
	Topics      []string   `json:"topics,omitempty"`
	License     string     `json:"license"`
	Evidence    []Evidence `json:"evidence,omitempty"`
	Analysis    string     `json:"analysis"`             // version of the rules that made this file
	Components  int        `json:"components,omitempty"` // ComponentRules that its manifests were read by; 0 when they were not
	Unreadable  int        `json:"unreadable,omitempty"` // files that the mirror did not give
}

// Evidence is a licence statement that an effective licence rests on.
type Evidence struct {
	Path    string `json:"path"`
	Start   int    `json:"start"`
	End     int    `json:"end"`
	How     string `json:"how"`
	License string `json:"license"`
}

// Occurrence is one file of a repository.
type Occurrence struct {
	Hash     BlobHash
	Path     string
	Size     int64
	Lang     string
	Skipped  Reason // Indexed, or why it is not
	Flags    Flag   // of the path and of the blob
	License  string // effective; empty when unknown
	Evidence []Evidence
}

// occurrenceWriter collects the rows of one repository.
type occurrenceWriter struct {
	meta   RepoMeta
	rows   []Occurrence
	tables occurrenceTables
	ids    map[string]uint32 // table and value → position
	// declared makes the list of components, once the rows are sorted.
	declared func(rows []Occurrence) *ComponentList
}

type occurrenceTables struct {
	Licenses []string     `json:"licenses"`
	Evidence [][]Evidence `json:"evidence"`
	Langs    []string     `json:"langs"`
	Reasons  []Reason     `json:"reasons"`
}

func newOccurrenceWriter(meta RepoMeta) *occurrenceWriter {
	return &occurrenceWriter{
		meta:   meta,
		tables: occurrenceTables{[]string{""}, [][]Evidence{nil}, []string{""}, []Reason{Indexed}},
		ids:    map[string]uint32{"l": 0, "g": 0, "r": 0, "e[]": 0},
	}
}

func (w *occurrenceWriter) add(o Occurrence) { w.rows = append(w.rows, o) }

func intern[T any](ids map[string]uint32, key string, table *[]T, v T) uint32 {
	id, known := ids[key]
	if !known {
		id = uint32(len(*table))
		ids[key] = id
		*table = append(*table, v)
	}
	return id
}

func (w *occurrenceWriter) evidence(o Occurrence) (uint32, error) {
	own := make([]Evidence, len(o.Evidence))
	for i, e := range o.Evidence {
		if e.Path == o.Path {
			e.Path = ""
		}
		own[i] = e
	}
	key, err := json.Marshal(own)
	if err != nil {
		return 0, err
	}
	return intern(w.ids, "e"+string(key), &w.tables.Evidence, own), nil
}

// write makes the file, whole or not at all.
func (w *occurrenceWriter) write(disk *durable.Disk, name string) error {
	sort.Slice(w.rows, func(i, j int) bool { return w.rows[i].Path < w.rows[j].Path })
	var rows, paths []byte
	for _, o := range w.rows {
		evidence, err := w.evidence(o)
		if err != nil {
			return fmt.Errorf("write occurrences: %w", err)
		}
		rows = append(rows, o.Hash[:]...)
		for _, v := range []uint32{uint32(len(paths)), uint32(len(o.Path)), uint32(min(o.Size, 1<<32-1)),
			intern(w.ids, "l"+o.License, &w.tables.Licenses, o.License), evidence} {
			rows = binary.LittleEndian.AppendUint32(rows, v)
		}
		rows = binary.LittleEndian.AppendUint16(rows, uint16(intern(w.ids, "g"+o.Lang, &w.tables.Langs, o.Lang)))
		rows = append(rows, byte(intern(w.ids, "r"+string(o.Skipped), &w.tables.Reasons, o.Skipped)), byte(o.Flags))
		paths = append(paths, o.Path...)
	}
	meta, err := json.Marshal(w.meta)
	if err != nil {
		return fmt.Errorf("write occurrences: %w", err)
	}
	tables, err := json.Marshal(w.tables)
	if err != nil {
		return fmt.Errorf("write occurrences: %w", err)
	}
	components, err := w.declared(w.rows).encode()
	if err != nil {
		return fmt.Errorf("write occurrences: %w", err)
	}
	c, err := createContainer(disk, name+".tmp")
	if err != nil {
		return fmt.Errorf("write occurrences: %w", err)
	}
	c.section("meta", meta)
	c.section("tables", tables)
	c.section("rows", rows)
	c.section("paths", paths)
	c.section("components", components)
	if err := c.close(); err != nil {
		return fmt.Errorf("write occurrences: %w", err)
	}
	return disk.Rename(name+".tmp", name)
}

// readTables are occurrenceTables with the evidence not yet read.
type readTables struct {
	occurrenceTables
	Evidence []json.RawMessage `json:"evidence"`
}

// Occurrences is an open occurrence file.
type Occurrences struct {
	c        *container
	meta     RepoMeta
	tables   readTables
	evidence func() [][]Evidence // read when it is first asked for: on opening an index that took most of the time
	rows     []byte
	n        int
	paths    []byte

	once       sync.Once
	components *ComponentList
	broken     error // why components could not be read
}

func openOccurrences(path, name string) (*Occurrences, error) {
	c, err := openContainer(path, name)
	if err != nil {
		return nil, err
	}
	o, err := readOccurrences(c)
	if err != nil {
		c.close()
		return nil, err
	}
	return o, nil
}

func readOccurrences(c *container) (*Occurrences, error) {
	o := &Occurrences{c: c}
	o.evidence = sync.OnceValue(o.readEvidence)
	for name, into := range map[string]any{"meta": &o.meta, "tables": &o.tables} {
		b, err := c.section(name)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(b, into); err != nil {
			return nil, &CorruptError{c.name, name, "not the JSON it should be"}
		}
	}
	var err error
	if o.rows, o.n, err = c.rows("rows", occurrenceRowSize); err != nil {
		return nil, err
	}
	if o.paths, err = c.section("paths"); err != nil {
		return nil, err
	}
	for i := range o.n {
		if err := o.checkRow(uint32(i)); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// readEvidence reads the table of evidence. Of an entry that is not what it should be nothing is known; the section's checksum was right.
func (o *Occurrences) readEvidence() [][]Evidence {
	all := make([][]Evidence, len(o.tables.Evidence))
	for i, entry := range o.tables.Evidence {
		if err := json.Unmarshal(entry, &all[i]); err != nil {
			all[i] = nil
		}
	}
	return all
}

func (o *Occurrences) checkRow(i uint32) error {
	r := o.row(i)
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(r[at:])) }
	if u32(20)+u32(24) > uint64(len(o.paths)) || u32(32) >= uint64(len(o.tables.Licenses)) ||
		u32(36) >= uint64(len(o.tables.Evidence)) || int(binary.LittleEndian.Uint16(r[40:])) >= len(o.tables.Langs) ||
		int(r[42]) >= len(o.tables.Reasons) {
		return &CorruptError{o.c.name, "rows", "a row points outside its tables"}
	}
	return nil
}

func (o *Occurrences) row(i uint32) []byte {
	return o.rows[int(i)*occurrenceRowSize : int(i+1)*occurrenceRowSize]
}

// Meta is what is known of the repository. It must not be modified.
func (o *Occurrences) Meta() *RepoMeta { return &o.meta }

// Len is the number of files.
func (o *Occurrences) Len() int { return o.n }

// Hash is the git hash of file i.
func (o *Occurrences) Hash(i uint32) BlobHash { return BlobHash(o.row(i)[:20]) }

// Path is the path of file i.
func (o *Occurrences) Path(i uint32) string { return string(o.PathBytes(i)) }

// PathBytes is the path of file i, not to be modified.
func (o *Occurrences) PathBytes(i uint32) []byte {
	r := o.row(i)
	from, n := binary.LittleEndian.Uint32(r[20:]), binary.LittleEndian.Uint32(r[24:])
	return o.paths[from : from+n]
}

// Licenses lists the effective licences of the repository's files; LicenseID counts in it. Entry 0 is the unknown one.
func (o *Occurrences) Licenses() []string { return o.tables.Licenses }

// LicenseID is the effective licence of file i, as a position in Licenses.
func (o *Occurrences) LicenseID(i uint32) uint32 { return binary.LittleEndian.Uint32(o.row(i)[32:]) }

// Flags are what is known of file i.
func (o *Occurrences) Flags(i uint32) Flag { return Flag(o.row(i)[43]) }

// Skipped is why file i is not indexed.
func (o *Occurrences) Skipped(i uint32) Reason { return o.tables.Reasons[o.row(i)[42]] }

// Row is file i with everything.
func (o *Occurrences) Row(i uint32) Occurrence {
	r := o.row(i)
	path := o.Path(i)
	evidence := append([]Evidence(nil), o.evidence()[binary.LittleEndian.Uint32(r[36:])]...)
	for j := range evidence {
		if evidence[j].Path == "" {
			evidence[j].Path = path
		}
	}
	return Occurrence{
		Hash: o.Hash(i), Path: path, Size: int64(binary.LittleEndian.Uint32(r[28:])),
		Lang:    o.tables.Langs[binary.LittleEndian.Uint16(r[40:])],
		Skipped: o.Skipped(i), Flags: o.Flags(i),
		License: o.tables.Licenses[o.LicenseID(i)], Evidence: evidence,
	}
}

// Find gives the row of the file at path.
func (o *Occurrences) Find(path string) (uint32, bool) {
	i := o.From(path)
	return i, int(i) < o.n && string(o.PathBytes(i)) == path
}

// From is the first row whose path is not before the given one.
func (o *Occurrences) From(path string) uint32 {
	return uint32(sort.Search(o.n, func(i int) bool { return bytes.Compare(o.PathBytes(uint32(i)), []byte(path)) >= 0 }))
}

func (o *Occurrences) close() error { return o.c.close() }
