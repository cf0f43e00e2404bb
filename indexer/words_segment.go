// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v16"

	"communs/internal/durable"
)

// The words segment is a file of the format zap 16, which zapx describes in zap.md and reads; a document's number in it is its block's
// ordinal. All numbers of fixed length are big-endian. It holds
//
//	for each document  uvarint 1, uvarint 5, uvarint 4 (bytes of its id), the id, an empty snappy block (u8 0)
//	documents          u64 where each starts
//	for each field     for each term in order its postings; then uvarint length and bytes of a vellum FST from term to postings;
//	                   then, which is where the field starts, uvarints: twice 2⁶⁴−1 (no values by document), where the FST is
//	names              for each field uvarint length and bytes of its name, uvarint 2 (sections), u16 0 (words), u64 where
//	                   the field starts, u16 2 (synonyms), u64 0 (none)
//	fields             uvarint number of fields, u64 where each name is
//	footer             u64 documents, u64 where documents is, u64 where fields is (twice), u64 0, u32 chunk mode,
//	                   u32 version, u32 CRC-32 (IEEE) of all before
//
// The postings of a term in one document, once, are in the FST itself (zap.FSTValEncode1Hit). Others are: uvarint number of
// chunks, uvarint where each ends, and the chunks: for each document uvarint frequency << 1, uvarint 1 (the length of the field, which is
// the same for all); then, which is what the FST gives, uvarint where that starts, uvarint 0 (no places), uvarint length of a
// roaring bitmap of the documents, and the bitmap.
const (
	zapChunkMode   = 1026
	zapSections    = 2
	zapSynonyms    = 2
	fieldLength    = 1
	noDocValues    = math.MaxUint64
	idBytes        = 4
	maxOneHitBlock = 1<<31 - 1
)

// segmentWriter writes a segment's bytes and counts them.
type segmentWriter struct {
	out *bufio.Writer
	at  uint64
	crc uint32
	buf []byte // what is being put together

	bitmap  *roaring.Bitmap
	chunks  []byte
	ends    []uint64
	scratch bytes.Buffer
}

// flush writes what was put together; an error shows at the end.
func (w *segmentWriter) flush() {
	w.crc = crc32.Update(w.crc, crc32.IEEETable, w.buf)
	w.at += uint64(len(w.buf))
	w.out.Write(w.buf)
	w.buf = w.buf[:0]
}

func (w *segmentWriter) u16(v uint16) { w.buf = binary.BigEndian.AppendUint16(w.buf, v) }
func (w *segmentWriter) u32(v uint32) { w.buf = binary.BigEndian.AppendUint32(w.buf, v) }
func (w *segmentWriter) u64(v uint64) { w.buf = binary.BigEndian.AppendUint64(w.buf, v) }
func (w *segmentWriter) uvarints(values ...uint64) {
	for _, v := range values {
		w.buf = binary.AppendUvarint(w.buf, v)
	}
}

// position is where the next byte goes.
func (w *segmentWriter) position() uint64 { return w.at + uint64(len(w.buf)) }

// writeSegment writes the file: n documents with the given fields, which are in the order of their names.
func writeSegment(disk *durable.Disk, name string, n uint32, fields []fieldPostings) error {
	file, err := disk.Create(name)
	if err != nil {
		return err
	}
	w := &segmentWriter{out: bufio.NewWriterSize(file, 1<<20), bitmap: roaring.New()}
	if err = w.write(n, fields); err == nil {
		err = w.out.Flush()
	}
	if err != nil {
		file.Close()
		return err
	}
	return file.Commit()
}

func (w *segmentWriter) write(n uint32, fields []fieldPostings) error {
	const record = 3 + idBytes + 1
	for doc := range n {
		w.uvarints(1, idBytes+1, idBytes)
		w.u32(doc)
		w.buf = append(w.buf, 0)
		if len(w.buf) > 1<<16 {
			w.flush()
		}
	}
	documents := w.position()
	for doc := range n {
		w.u64(uint64(doc) * record)
		if len(w.buf) > 1<<16 {
			w.flush()
		}
	}
	names := []string{"_id"}
	start, err := w.ids(n)
	if err != nil {
		return err
	}
	starts := []uint64{start}
	for i := range fields {
		if start, err = w.field(n, &fields[i]); err != nil {
			return err
		}
		names, starts = append(names, fields[i].name), append(starts, start)
	}
	var places []uint64
	for i, name := range names {
		places = append(places, w.position())
		w.uvarints(uint64(len(name)))
		w.buf = append(w.buf, name...)
		w.uvarints(zapSections)
		w.u16(zap.SectionInvertedTextIndex)
		w.u64(starts[i])
		w.u16(zapSynonyms)
		w.u64(0)
	}
	index := w.position()
	w.uvarints(uint64(len(names)))
	for _, at := range places {
		w.u64(at)
	}
	for _, v := range []uint64{uint64(n), documents, index, index, 0} {
		w.u64(v)
	}
	w.u32(zapChunkMode)
	w.u32(zap.Version)
	w.flush()
	w.u32(w.crc)
	w.flush()
	return nil
}

// ids writes the field of the documents' ids and gives where it starts.
func (w *segmentWriter) ids(n uint32) (uint64, error) {
	var fst bytes.Buffer
	b, err := vellum.New(&fst, nil)
	if err != nil {
		return 0, err
	}
	var id [idBytes]byte
	for doc := range n {
		binary.BigEndian.PutUint32(id[:], doc)
		if err := b.Insert(id[:], zap.FSTValEncode1Hit(uint64(doc), fieldLength)); err != nil {
			return 0, err
		}
	}
	return w.dictionary(b, &fst)
}

// field writes the postings and the terms of a field and gives where it starts.
func (w *segmentWriter) field(n uint32, f *fieldPostings) (uint64, error) {
	var fst bytes.Buffer
	b, err := vellum.New(&fst, nil)
	if err != nil {
		return 0, err
	}
	var blocks, freqs []uint32
	terms := f.sorted()
	for i := range terms {
		p := &terms[i]
		blocks, freqs = f.read(p, blocks[:0], freqs[:0])
		at, err := w.postings(n, blocks, freqs)
		if err != nil {
			return 0, err
		}
		if err := b.Insert(f.key(p), at); err != nil {
			return 0, err
		}
	}
	return w.dictionary(b, &fst)
}

func (w *segmentWriter) dictionary(b *vellum.Builder, fst *bytes.Buffer) (uint64, error) {
	if err := b.Close(); err != nil {
		return 0, err
	}
	at := w.position()
	w.uvarints(uint64(fst.Len()))
	w.buf = append(w.buf, fst.Bytes()...)
	start := w.position()
	w.uvarints(noDocValues, noDocValues, at)
	w.flush()
	return start, nil
}

// postings writes a term's and gives what the FST says of them.
func (w *segmentWriter) postings(n uint32, blocks, freqs []uint32) (uint64, error) {
	if len(blocks) == 1 && freqs[0] == 1 && blocks[0] <= maxOneHitBlock {
		return zap.FSTValEncode1Hit(uint64(blocks[0]), fieldLength), nil
	}
	chunk := n / (uint32(len(blocks))/1024 + 1) // documents to a chunk, as zap's chunk mode 1026 has it
	w.chunks, w.ends = w.chunks[:0], w.ends[:0]
	for i, block := range blocks {
		for uint32(len(w.ends)) < block/chunk {
			w.ends = append(w.ends, uint64(len(w.chunks)))
		}
		w.chunks = binary.AppendUvarint(w.chunks, uint64(freqs[i])<<1)
		w.chunks = binary.AppendUvarint(w.chunks, fieldLength)
	}
	for uint32(len(w.ends)) < (n-1)/chunk+1 {
		w.ends = append(w.ends, uint64(len(w.chunks)))
	}
	start := w.position()
	w.uvarints(uint64(len(w.ends)))
	w.uvarints(w.ends...)
	w.buf = append(w.buf, w.chunks...)
	w.bitmap.Clear()
	w.bitmap.AddMany(blocks)
	if len(blocks) > 1024 {
		w.bitmap.RunOptimize()
	}
	w.scratch.Reset()
	if _, err := w.bitmap.WriteTo(&w.scratch); err != nil {
		return 0, err
	}
	at := w.position()
	w.uvarints(start, 0, uint64(w.scratch.Len()))
	w.buf = append(w.buf, w.scratch.Bytes()...)
	if len(w.buf) > 1<<16 {
		w.flush()
	}
	return at, nil
}
