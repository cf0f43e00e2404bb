// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"sync"

	"github.com/blevesearch/mmap-go"

	"communs/internal/durable"
)

// A container is the file that every part of a shard and every occurrence file is kept in: named sections, then the
// table that says where they are, then a footer. All numbers are little-endian.
//
//	file    = magic section… table footer
//	magic   = "COMMUNS1"
//	section = its bytes, padded with zeros to a multiple of 8
//	table   = for each section: u8 length of name, name, u64 offset, u64 length, u32 CRC-32C
//	footer  = u64 offset of table, u32 length of table, u32 CRC-32C of table, u64 length of file, "1SNUMMOC"
//
// Opening checks the magic, the length, the table and that no section lies outside the file. A section's CRC is
// checked when it is first read; "data" sections, which are large and read in pieces, carry a CRC for each piece and
// none in the table.
const (
	containerMagic = "COMMUNS1"
	containerEnd   = "1SNUMMOC"
	footerSize     = 32
	dataSection    = "data"
)

// CorruptError says which file of the data folder does not hold what was written, and where.
type CorruptError struct {
	File    string // path below the data folder's shards or occurrences
	Section string // empty for the file as a whole
	Why     string
}

func (e *CorruptError) Error() string {
	if e.Section == "" {
		return fmt.Sprintf("%s is damaged: %s", e.File, e.Why)
	}
	return fmt.Sprintf("%s is damaged in section %s: %s", e.File, e.Section, e.Why)
}

// Message tells it to people.
func (e *CorruptError) Message() (string, []any) {
	if e.Section == "" {
		return "index.corrupt", []any{e.File, e.Why}
	}
	return "index.corrupt-section", []any{e.File, e.Section, e.Why}
}

// containerWriter writes a container to a file, section after section.
type containerWriter struct {
	file    *durable.File
	at      uint64
	table   []byte
	open    string // name of the section being written
	start   uint64
	crc     uint32
	err     error
	scratch [8]byte
}

func createContainer(disk *durable.Disk, name string) (*containerWriter, error) {
	f, err := disk.Create(name)
	if err != nil {
		return nil, err
	}
	w := &containerWriter{file: f}
	w.raw([]byte(containerMagic))
	return w, nil
}

func (w *containerWriter) raw(p []byte) {
	if w.err != nil || len(p) == 0 {
		return
	}
	n, err := w.file.Write(p)
	w.at += uint64(n)
	w.err = err
}

// begin starts a section; end closes it. What Write gets in between is its content.
func (w *containerWriter) begin(name string) {
	w.open, w.start, w.crc = name, w.at, 0
}

func (w *containerWriter) Write(p []byte) (int, error) {
	w.crc = crc32.Update(w.crc, castagnoli(), p)
	w.raw(p)
	return len(p), w.err
}

func (w *containerWriter) end() {
	crc := w.crc
	if w.open == dataSection {
		crc = 0
	}
	w.table = append(w.table, byte(len(w.open)))
	w.table = append(w.table, w.open...)
	w.table = binary.LittleEndian.AppendUint64(w.table, w.start)
	w.table = binary.LittleEndian.AppendUint64(w.table, w.at-w.start)
	w.table = binary.LittleEndian.AppendUint32(w.table, crc)
	w.raw(w.scratch[:(8-w.at%8)%8])
}

// section writes a whole section at once.
func (w *containerWriter) section(name string, content []byte) {
	w.begin(name)
	w.Write(content)
	w.end()
}

// close writes table and footer, flushes and closes the file. After an error of any write it only closes.
func (w *containerWriter) close() error {
	offset := w.at
	w.raw(w.table)
	footer := binary.LittleEndian.AppendUint64(nil, offset)
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(w.table)))
	footer = binary.LittleEndian.AppendUint32(footer, crc32.Checksum(w.table, castagnoli()))
	footer = binary.LittleEndian.AppendUint64(footer, w.at+footerSize)
	footer = append(footer, containerEnd...)
	w.raw(footer)
	if w.err != nil {
		w.file.Close()
		return w.err
	}
	return w.file.Commit()
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// container is an open container, mapped into memory.
type container struct {
	name     string // as errors give it
	data     mmap.MMap
	sections map[string]*section
}

type section struct {
	bytes []byte
	crc   uint32
	once  sync.Once
	err   error
}

// openContainer maps the file and checks everything but the sections' content.
func openContainer(path, name string) (*container, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	if fi.Size() < int64(len(containerMagic)+footerSize) {
		return nil, &CorruptError{File: name, Why: "too short"}
	}
	data, err := mmap.Map(f, mmap.RDONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", name, err)
	}
	c, err := parseContainer(data, name)
	if err != nil {
		data.Unmap()
		return nil, err
	}
	c.data = data
	return c, nil
}

// parseContainer reads the table of a container held in memory.
func parseContainer(data []byte, name string) (*container, error) {
	bad := func(why string) (*container, error) { return nil, &CorruptError{File: name, Why: why} }
	if len(data) < len(containerMagic)+footerSize || string(data[:8]) != containerMagic {
		return bad("not a container of this format")
	}
	footer := data[len(data)-footerSize:]
	if string(footer[24:]) != containerEnd || binary.LittleEndian.Uint64(footer[16:]) != uint64(len(data)) {
		return bad("truncated or overwritten")
	}
	offset, length := binary.LittleEndian.Uint64(footer), uint64(binary.LittleEndian.Uint32(footer[8:]))
	end := uint64(len(data) - footerSize)
	if offset > end || length != end-offset {
		return bad("its table lies outside")
	}
	table := data[offset:end]
	if crc32.Checksum(table, castagnoli()) != binary.LittleEndian.Uint32(footer[12:]) {
		return bad("its table does not match its checksum")
	}
	c := &container{name: name, sections: map[string]*section{}}
	for len(table) > 0 {
		n := 1 + int(table[0])
		if len(table) < n+20 {
			return bad("its table is cut short")
		}
		at, size := binary.LittleEndian.Uint64(table[n:]), binary.LittleEndian.Uint64(table[n+8:])
		if at > offset || size > offset-at {
			return bad("a section lies outside")
		}
		c.sections[string(table[1:n])] = &section{bytes: data[at : at+size], crc: binary.LittleEndian.Uint32(table[n+16:])}
		table = table[n+20:]
	}
	return c, nil
}

// has tells whether the container has a section.
func (c *container) has(name string) bool {
	_, ok := c.sections[name]
	return ok
}

// section gives a section's bytes, after its checksum was found right once.
func (c *container) section(name string) ([]byte, error) {
	s := c.sections[name]
	if s == nil {
		return nil, &CorruptError{c.name, name, "missing"}
	}
	s.once.Do(func() {
		if name != dataSection && crc32.Checksum(s.bytes, castagnoli()) != s.crc {
			s.err = &CorruptError{c.name, name, "checksum does not match"}
		}
	})
	return s.bytes, s.err
}

// rows gives a section of fixed-size rows.
func (c *container) rows(name string, size int) ([]byte, int, error) {
	b, err := c.section(name)
	if err != nil {
		return nil, 0, err
	}
	if len(b)%size != 0 {
		return nil, 0, &CorruptError{c.name, name, "not a whole number of rows"}
	}
	return b, len(b) / size, nil
}

func (c *container) close() error {
	if c == nil || c.data == nil {
		return nil
	}
	return c.data.Unmap()
}
