// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"sort"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"

	"communs/internal/durable"
)

// The content file holds every blob of a shard, as its repository has it, byte for byte. It is a container of
//
//	data     zstd frames, one after the other. A frame holds whole blobs; it is closed once it holds 64 KiB.
//	frames   for each frame: u64 offset in data, u32 compressed length, u32 length, u32 CRC-32C of the compressed bytes
//	blobs    for each blob, in ordinal order, 56 bytes: its git hash (20), u32 frame, u32 offset in the frame, u32 size,
//	         u32 lines, u16 language, u16 flags, u32 first block, u32 number of blocks, u32 offset in findings, u32 zero
//	hashes   u32 ordinals of the blobs, sorted by hash
//	langs    names of the languages, each followed by a newline; a row's language counts from 0
//	findings licence statements: for a blob that has some, uvarint count, then for each: expression and "how" as
//	         uvarint length and bytes, uvarint start line, uvarint end line, u8 score in percent. Offset 0 means none
//	         (the section starts with a zero byte)
const (
	frameSize    = 64 << 10
	frameRowSize = 20
	blobRowSize  = 56
	// maxFrame bounds what a damaged frame table can ask for: one blob of the largest size after an almost full frame.
	maxFrame = frameSize + MaxFileSize
)

// Blob is one row of a shard's blob table.
type Blob struct {
	Hash       BlobHash
	Frame      uint32
	Offset     uint32 // in the frame
	Size       uint32 // bytes
	Lines      uint32
	Lang       uint16 // see Shard.LangName
	Flags      Flag
	FirstBlock uint32
	NumBlocks  uint32
	findings   uint32
}

func appendBlob(dst []byte, b Blob) []byte {
	dst = append(dst, b.Hash[:]...)
	for _, v := range []uint32{b.Frame, b.Offset, b.Size, b.Lines} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	dst = binary.LittleEndian.AppendUint16(dst, b.Lang)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(b.Flags))
	for _, v := range []uint32{b.FirstBlock, b.NumBlocks, b.findings, 0} {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

func readBlob(row []byte) (b Blob) {
	row = row[:blobRowSize:blobRowSize]
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(row[at:]) }
	copy(b.Hash[:], row)
	b.Frame, b.Offset, b.Size, b.Lines = u32(20), u32(24), u32(28), u32(32)
	b.Lang, b.Flags = binary.LittleEndian.Uint16(row[36:]), Flag(binary.LittleEndian.Uint16(row[38:]))
	b.FirstBlock, b.NumBlocks, b.findings = u32(40), u32(44), u32(48)
	return b
}

// contentWriter writes the content file.
type contentWriter struct {
	c        *containerWriter
	encoder  *zstd.Encoder
	frame    []byte // what the open frame holds
	packed   []byte
	at       uint64 // in the data section
	frames   []byte
	nframes  uint32
	blobs    []byte
	hashes   []BlobHash
	langs    []string
	langID   map[string]uint16
	findings []byte
	raw      int64 // bytes of all blobs
}

func newContentWriter(disk *durable.Disk, name string) (*contentWriter, error) {
	c, err := createContainer(disk, name)
	if err != nil {
		return nil, err
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	if err != nil {
		return nil, err
	}
	c.begin(dataSection)
	return &contentWriter{c: c, encoder: encoder, langID: map[string]uint16{}, findings: []byte{0}}, nil
}

// add appends a blob and returns its ordinal. Frame, offset, language and findings are filled in here.
func (w *contentWriter) add(b Blob, lang string, content, findings []byte) (uint32, error) {
	id, known := w.langID[lang]
	if !known {
		id = uint16(len(w.langs))
		w.langID[lang] = id
		w.langs = append(w.langs, lang)
	}
	b.Lang, b.Frame, b.Offset, b.Size = id, w.nframes, uint32(len(w.frame)), uint32(len(content))
	if len(findings) > 0 {
		b.findings = uint32(len(w.findings))
		w.findings = append(w.findings, findings...)
	}
	w.blobs = appendBlob(w.blobs, b)
	w.hashes = append(w.hashes, b.Hash)
	w.raw += int64(len(content))
	w.frame = append(w.frame, content...)
	if len(w.frame) < frameSize {
		return uint32(len(w.hashes) - 1), nil
	}
	return uint32(len(w.hashes) - 1), w.flush()
}

func (w *contentWriter) flush() error {
	w.packed = w.encoder.EncodeAll(w.frame, w.packed[:0])
	w.frames = binary.LittleEndian.AppendUint64(w.frames, w.at)
	w.frames = binary.LittleEndian.AppendUint32(w.frames, uint32(len(w.packed)))
	w.frames = binary.LittleEndian.AppendUint32(w.frames, uint32(len(w.frame)))
	w.frames = binary.LittleEndian.AppendUint32(w.frames, crc32.Checksum(w.packed, castagnoli()))
	w.nframes++
	w.at += uint64(len(w.packed))
	w.frame = w.frame[:0]
	_, err := w.c.Write(w.packed)
	return err
}

func (w *contentWriter) close() error {
	if len(w.frame) > 0 {
		w.flush()
	}
	w.encoder.Close()
	w.c.end()
	w.c.section("frames", w.frames)
	w.c.section("blobs", w.blobs)
	order := make([]uint32, len(w.hashes))
	for i := range order {
		order[i] = uint32(i)
	}
	sort.Slice(order, func(i, j int) bool {
		return bytes.Compare(w.hashes[order[i]][:], w.hashes[order[j]][:]) < 0
	})
	var sorted []byte
	for _, i := range order {
		sorted = binary.LittleEndian.AppendUint32(sorted, i)
	}
	w.c.section("hashes", sorted)
	var langs []byte
	for _, l := range w.langs {
		langs = append(append(langs, l...), '\n')
	}
	w.c.section("langs", langs)
	w.c.section("findings", w.findings)
	return w.c.close()
}

// content is an open content file.
type content struct {
	c        *container
	data     []byte
	frames   []byte
	nframes  int
	blobs    []byte
	nblobs   int
	hashes   []byte
	langs    []string
	findings []byte
	decoder  *zstd.Decoder
	cached   []atomic.Pointer[cachedFrame] // by frame; nil: not in memory
}

// openContent reads the tables of a content file; blobs are read on demand.
func openContent(path, name string) (*content, error) {
	c, err := openContainer(path, name)
	if err != nil {
		return nil, err
	}
	t, err := readContent(c)
	if err != nil {
		c.close()
		return nil, err
	}
	return t, nil
}

func readContent(c *container) (t *content, err error) {
	t = &content{c: c}
	if t.data, err = c.section(dataSection); err != nil {
		return nil, err
	}
	if t.frames, t.nframes, err = c.rows("frames", frameRowSize); err != nil {
		return nil, err
	}
	t.cached = make([]atomic.Pointer[cachedFrame], t.nframes)
	if t.blobs, t.nblobs, err = c.rows("blobs", blobRowSize); err != nil {
		return nil, err
	}
	var n int
	if t.hashes, n, err = c.rows("hashes", 4); err != nil {
		return nil, err
	}
	if n != t.nblobs {
		return nil, &CorruptError{c.name, "hashes", "not one for each blob"}
	}
	langs, err := c.section("langs")
	if err != nil {
		return nil, err
	}
	for _, l := range bytes.Split(bytes.TrimSuffix(langs, []byte("\n")), []byte("\n")) {
		t.langs = append(t.langs, string(l))
	}
	if t.findings, err = c.section("findings"); err != nil {
		return nil, err
	}
	t.decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxFrame))
	return t, err
}

// blob is row i; empty where there is none, which a block's row says only after damage.
func (t *content) blob(i uint32) Blob {
	if int(i) >= t.nblobs {
		return Blob{}
	}
	return readBlob(t.blobs[int(i)*blobRowSize:])
}

// lookup finds a blob's ordinal by its hash.
func (t *content) lookup(h BlobHash) (uint32, bool) {
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(t.hashes[i*4:]) }
	i := sort.Search(t.nblobs, func(i int) bool {
		o := at(i)
		return int(o) >= t.nblobs || bytes.Compare(t.blobs[int(o)*blobRowSize:int(o)*blobRowSize+20], h[:]) >= 0
	})
	if i == t.nblobs {
		return 0, false
	}
	o := at(i)
	return o, int(o) < t.nblobs && [20]byte(t.blobs[int(o)*blobRowSize:][:20]) == h
}

// find calls found with each of the files, which are in the order of their keys, and each blob whose hash starts with its key.
func (t *content) find(all []standing, found func(at *standing, blob uint32)) {
	at := 0
	for i := range t.nblobs {
		blob := binary.LittleEndian.Uint32(t.hashes[i*4:])
		if int(blob) >= t.nblobs {
			continue
		}
		key := binary.BigEndian.Uint64(t.blobs[int(blob)*blobRowSize:])
		for at < len(all) && all[at].key < key {
			at++
		}
		for same := at; same < len(all) && all[same].key == key; same++ {
			found(&all[same], blob)
		}
	}
}

// frame decompresses frame i, after checking its CRC.
func (t *content) frame(i uint32) ([]byte, error) {
	bad := func(why string) ([]byte, error) { return nil, &CorruptError{t.c.name, dataSection, why} }
	if int(i) >= t.nframes {
		return bad("no such frame")
	}
	row := t.frames[int(i)*frameRowSize:]
	at, packed, size := binary.LittleEndian.Uint64(row), uint64(binary.LittleEndian.Uint32(row[8:])), binary.LittleEndian.Uint32(row[12:])
	if at > uint64(len(t.data)) || packed > uint64(len(t.data))-at || size > maxFrame {
		return bad("a frame lies outside")
	}
	bytes := t.data[at : at+packed]
	if crc32.Checksum(bytes, castagnoli()) != binary.LittleEndian.Uint32(row[16:]) {
		return bad("a frame does not match its checksum")
	}
	out, err := t.decoder.DecodeAll(bytes, make([]byte, 0, size))
	if err != nil || len(out) != int(size) {
		return bad("a frame cannot be decompressed")
	}
	return out, nil
}

func (t *content) close() error {
	if t == nil {
		return nil
	}
	if t.decoder != nil {
		t.decoder.Close()
	}
	return t.c.close()
}
