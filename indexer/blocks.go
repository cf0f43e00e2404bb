// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"encoding/binary"

	"communs/internal/durable"
)

// The blocks file is the table of a shard's blocks. It is a container of
//
//	rows    for each block, in ordinal order (by blob, then start line, parents before children), 40 bytes: u32 blob, u32 start
//	        line, u32 end line, u32 start byte, u32 end byte (in the blob), u32 offset of the name, u64 hash of the text
//	        (FNV-1a), u16 number of tokens, u24 how far back its parent stands or 0, u8 length of the name, u8 lines of doc
//	        comment, u8 kind. Tokens, the name's length and the lines of doc comment saturate
//	names   the names' bytes
//	docs    u32 block ordinal for each document number of the words index, whose builder shuffles documents
const blockRowSize = 40

// BlockRow is one row of a shard's block table.
type BlockRow struct {
	Blob               uint32
	Start, End         int    // lines, from 1, both included
	StartByte, EndByte uint32 // in the blob, end excluded
	Parent             int32  // ordinal of the enclosing block; -1 for none
	Tokens             uint32 // words in its own lines: BM25's length
	Text               uint64 // FNV-1a of its bytes: equal blocks have equal hashes
	Doc                int    // lines of doc comment and attributes at its start
	Kind               Kind
	name               uint32
	nameLen            uint8
}

// NameLen is the length of the block's name in bytes; 0 when it has none.
func (r BlockRow) NameLen() int { return int(r.nameLen) }

// blocksWriter collects the table in memory.
type blocksWriter struct {
	rows  []byte
	names []byte
	docs  []byte
	n     uint32
}

func (w *blocksWriter) add(r BlockRow, name string) {
	name = name[:min(len(name), 1<<8-1)]
	for _, v := range []uint32{r.Blob, uint32(r.Start), uint32(r.End), r.StartByte, r.EndByte, uint32(len(w.names))} {
		w.rows = binary.LittleEndian.AppendUint32(w.rows, v)
	}
	w.rows = binary.LittleEndian.AppendUint64(w.rows, r.Text)
	w.rows = binary.LittleEndian.AppendUint16(w.rows, uint16(min(r.Tokens, 1<<16-1)))
	back := uint32(0)
	if r.Parent >= 0 {
		back = w.n - uint32(r.Parent)
	}
	w.rows = append(w.rows, byte(back), byte(back>>8), byte(back>>16), byte(len(name)), byte(min(r.Doc, 1<<8-1)), byte(r.Kind))
	w.names = append(w.names, name...)
	w.n++
}

func (w *blocksWriter) write(disk *durable.Disk, name string) error {
	c, err := createContainer(disk, name)
	if err != nil {
		return err
	}
	c.section("rows", w.rows)
	c.section("names", w.names)
	c.section("docs", w.docs)
	return c.close()
}

// blocks is an open block table.
type blocks struct {
	c     *container
	rows  []byte
	n     int
	names []byte
	docs  []byte
}

func openBlocks(path, name string) (*blocks, error) {
	c, err := openContainer(path, name)
	if err != nil {
		return nil, err
	}
	b, err := readBlocks(c)
	if err != nil {
		c.close()
		return nil, err
	}
	return b, nil
}

func readBlocks(c *container) (b *blocks, err error) {
	b = &blocks{c: c}
	if b.rows, b.n, err = c.rows("rows", blockRowSize); err != nil {
		return nil, err
	}
	if b.names, err = c.section("names"); err != nil {
		return nil, err
	}
	b.docs, _, err = c.rows("docs", 4)
	return b, err
}

func (b *blocks) row(i uint32) (r BlockRow) {
	row := b.rows[int(i)*blockRowSize : int(i+1)*blockRowSize]
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(row[at:]) }
	r.Blob, r.Start, r.End, r.StartByte, r.EndByte = u32(0), int(u32(4)), int(u32(8)), u32(12), u32(16)
	r.name, r.Text, r.Tokens = u32(20), binary.LittleEndian.Uint64(row[24:]), uint32(binary.LittleEndian.Uint16(row[32:]))
	r.Parent = -1
	if back := uint32(row[34]) | uint32(row[35])<<8 | uint32(row[36])<<16; back > 0 && back <= i {
		r.Parent = int32(i - back)
	}
	r.nameLen, r.Doc, r.Kind = row[37], int(row[38]), Kind(row[39])
	return r
}

func (b *blocks) nameOf(r BlockRow) string {
	from, to := uint64(r.name), uint64(r.name)+uint64(r.nameLen)
	if to > uint64(len(b.names)) {
		return ""
	}
	return string(b.names[from:to])
}

func (b *blocks) close() error {
	if b == nil {
		return nil
	}
	return b.c.close()
}
