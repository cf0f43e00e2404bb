// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"
)

// The embedded data are built by the program in gen from the sources that README.md names.
//
//go:generate go run ./gen -xml ${SPDX_XML} -matrix ${OSADL_MATRIX}
var (
	//go:embed data/texts.zst
	textsData []byte
	//go:embed data/list.zst
	listData []byte
	//go:embed data/matrix.zst
	matrixData []byte
)

// unpack decompresses embedded data.
func unpack(data []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	return dec.DecodeAll(data, nil)
}

// The control codes of a template's stream; a word is its number in the dictionary + firstWord.
const (
	optBegin  = iota // what follows may be missing
	optEnd           //
	wildBegin        // the next value is how many words may stand here instead of the ones that follow
	wildEnd          //
	firstWord        //
)

// templateKind is what a template is the text of.
type templateKind byte

const (
	kindText templateKind = iota
	kindHeader
	kindException
)

// template is a licence text to compare with. Its words are numbers of the dictionary. A free word may be missing; gap[i] is how
// many other words may stand before word i (the last one: after the end).
type template struct {
	expr     string
	kind     templateKind
	words    []uint16
	gap      []uint8
	needed   []uint16 // needed[i] is how many of the words before i are not free
	groups   []span   // the runs of free words, in order
	required int      // how many words are not free
	prints   int      // how many of its fingerprints are in the index
}

// span is a range, the end excluded.
type span struct{ from, to int }

var errData = errors.New("embedded licence data is damaged")

// readTemplates decodes what gen's encode wrote: uvarint count of words, each word and a newline; uvarint count of
// templates; each as its expression and a newline, one byte for its kind, uvarint length of its stream, the stream as uvarints.
func readTemplates(data []byte) (dict []string, all []template, err error) {
	r := reader{data: data}
	n := r.uvarint()
	if n > math.MaxUint16-firstWord {
		return nil, nil, errData
	}
	dict = make([]string, n)
	for i := range dict {
		dict[i] = r.line()
	}
	count := r.uvarint()
	if count > len(data) {
		return nil, nil, errData
	}
	all = make([]template, count)
	for i := range all {
		all[i].expr, all[i].kind = r.line(), templateKind(r.byte())
		if err := all[i].read(&r, len(dict)); err != nil {
			return nil, nil, fmt.Errorf("template of %s: %w", all[i].expr, err)
		}
	}
	if r.bad || len(r.data) > 0 {
		return nil, nil, errData
	}
	return dict, all, nil
}

// read decodes one stream.
func (t *template) read(r *reader, dict int) error {
	n := r.uvarint()
	if n > len(r.data) {
		return errData
	}
	t.words = make([]uint16, 0, n)
	t.gap, t.needed = make([]uint8, 1, n+1), make([]uint16, 1, n+1)
	depth, outer, wild := 0, 0, 0
	for range n {
		v := r.uvarint()
		switch {
		case wild < 0: // the value after wildBegin
			wild = min(v, math.MaxUint8)
			t.gap[len(t.words)] = max(t.gap[len(t.words)], uint8(wild))
		case v == optBegin || v == wildBegin:
			if depth == 0 {
				outer = len(t.words)
			}
			depth++
			if v == wildBegin {
				wild = -1
			}
		case v == optEnd || v == wildEnd:
			if v == wildEnd {
				wild = 0
			}
			if depth--; depth < 0 {
				return errData
			}
			if depth == 0 && len(t.words) > outer {
				t.groups = append(t.groups, span{outer, len(t.words)})
			}
		case v-firstWord >= dict:
			return errData
		default:
			t.words = append(t.words, uint16(v-firstWord))
			t.gap = append(t.gap, uint8(wild))
			if depth == 0 {
				t.required++
			}
			t.needed = append(t.needed, uint16(t.required))
		}
	}
	return nil
}

// reader takes values from the front of data; bad is set when there are none.
type reader struct {
	data []byte
	bad  bool
}

func (r *reader) uvarint() int {
	if d := r.data; len(d) > 1 { // nearly all have one byte or two
		if d[0] < 0x80 {
			r.data = d[1:]
			return int(d[0])
		}
		if d[1] < 0x80 {
			r.data = d[2:]
			return int(d[0]&0x7F) | int(d[1])<<7
		}
	}
	v, n := binary.Uvarint(r.data)
	if n <= 0 || v > math.MaxInt32 {
		r.data, r.bad = nil, true
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

func (r *reader) byte() byte {
	if len(r.data) == 0 {
		r.bad = true
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

func (r *reader) line() string {
	for i, c := range r.data {
		if c == '\n' {
			s := string(r.data[:i])
			r.data = r.data[i+1:]
			return s
		}
	}
	r.data, r.bad = nil, true
	return ""
}
