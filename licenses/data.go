// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// The embedded data are built by the program in gen from the sources that README.md names.
//
//go:generate go run ./gen -xml ${SPDX_XML} -licensedb ${LICENSEDB} -matrix ${OSADL_MATRIX}
var (
	//go:embed data/texts.zst
	textsData []byte
	//go:embed data/list.zst
	listData []byte
	//go:embed data/others.zst
	othersData []byte
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
	prints   int      // how many fingerprints it has in the index
	unlisted bool     // it is of a licence that only LicenseDB has
}

// databasePrefix is what the ids of LicenseDB begin with, for licences that SPDX does not list.
const databasePrefix = "LicenseRef-scancode-"

// span is a range, the end excluded.
type span struct{ from, to int }

var errData = errors.New("embedded licence data is damaged")

// readTemplates reads what gen's encode wrote. All numbers are little-endian. First come two of 32 bits, how many words the dictionary has
// and how many templates there are; then seven parts, each after its length in bytes as 32 bits:
//
//  1. the words of the dictionary, a newline after each;
//  2. the expressions of the templates, likewise;
//  3. for each template five numbers of 16 bits: its kind, how many words, groups, gaps and fingerprints it has;
//  4. the words of all templates, one after the other, as numbers of the dictionary of 16 bits;
//  5. their groups: first word and word after the last, of 16 bits each;
//  6. their gaps: the word and how many others may stand before it, of 16 bits each;
//  7. their fingerprints, of 8 bits each: how many words after the one before, or after the first word, a shingle begins.
//
// The answer holds the fingerprints of each template as they are.
func readTemplates(data []byte) (dict []string, all []template, prints [][]byte, err error) {
	r := reader{data: data}
	dict, all = make([]string, r.number(1<<16)), make([]template, r.number(1<<16))
	words := r.part()
	for i := range dict {
		dict[i] = words.line()
	}
	names, table := r.part(), r.part()
	texts, groups, gaps, positions := r.part(), r.part(), r.part(), r.part()
	b := builder{dict: len(dict), texts: texts.uint16s(), groups: groups.uint16s(), gaps: gaps.uint16s(), prints: positions.data}
	prints = make([][]byte, len(all))
	sizes := table.uint16s()
	if r.bad || words.bad || len(r.data)+len(words.data) > 0 || len(sizes) != 5*len(all) {
		return nil, nil, nil, errData
	}
	for i := range all {
		t := &all[i]
		t.expr = names.line()
		t.unlisted = strings.HasPrefix(t.expr, databasePrefix)
		if prints[i], err = b.build(t, sizes[5*i:5*i+5]); err != nil {
			return nil, nil, nil, fmt.Errorf("template of %q: %w", t.expr, err)
		}
	}
	if names.bad || len(names.data)+len(b.texts)+len(b.groups)+len(b.gaps)+len(b.prints) > 0 {
		return nil, nil, nil, errData
	}
	return dict, all, prints, nil
}

// builder makes templates of what is left of the parts.
type builder struct {
	dict                int
	texts, groups, gaps []uint16
	prints              []byte
	count               []uint16 // 0, 1, 2 …: what needed is without free words
	none                []uint8  // zeros: what gap is without gaps
}

// build makes the next template of the sizes that the table gives for it.
func (b *builder) build(t *template, sizes []uint16) (prints []byte, err error) {
	n, groups, gaps, count := int(sizes[1]), 2*int(sizes[2]), 2*int(sizes[3]), int(sizes[4])
	if sizes[0] > uint16(kindException) || n == math.MaxUint16 || n > len(b.texts) || groups > len(b.groups) || gaps > len(b.gaps) || count > len(b.prints) {
		return nil, errData
	}
	t.kind = templateKind(sizes[0])
	t.words, b.texts = b.texts[:n:n], b.texts[n:]
	for _, w := range t.words {
		if int(w) >= b.dict {
			return nil, errData
		}
	}
	prints, b.prints = b.prints[:count:count], b.prints[count:]
	pos := 0
	for _, step := range prints {
		if pos += int(step); pos+shingleSize > n {
			return nil, errData
		}
	}
	t.prints = count
	for len(b.count) <= n {
		b.count, b.none = append(b.count, uint16(len(b.count))), append(b.none, 0)
	}
	t.needed, t.required, t.gap = b.count[:n+1:n+1], n, b.none[:n+1:n+1]
	if err := t.free(b.groups[:groups]); err != nil {
		return nil, err
	}
	if gaps > 0 {
		t.gap = make([]uint8, n+1)
	}
	for i := 0; i < gaps; i += 2 {
		if int(b.gaps[i]) > n {
			return nil, errData
		}
		t.gap[b.gaps[i]] = uint8(min(b.gaps[i+1], math.MaxUint8))
	}
	b.groups, b.gaps = b.groups[groups:], b.gaps[gaps:]
	return prints, nil
}

// free marks the groups of words that may be missing.
func (t *template) free(groups []uint16) error {
	if len(groups) == 0 {
		return nil
	}
	t.needed = make([]uint16, len(t.words)+1)
	at, sum := 0, uint16(0)
	for i := 0; i < len(groups); i += 2 {
		g := span{int(groups[i]), int(groups[i+1])}
		if g.from < at || g.to < g.from || g.to > len(t.words) {
			return errData
		}
		for ; at < g.from; at++ {
			sum++
			t.needed[at+1] = sum
		}
		for ; at < g.to; at++ {
			t.needed[at+1] = sum
		}
		t.groups = append(t.groups, g)
	}
	for ; at < len(t.words); at++ {
		sum++
		t.needed[at+1] = sum
	}
	t.required = int(sum)
	return nil
}

// reader takes values from the front of data; bad is set when there are none.
type reader struct {
	data []byte
	bad  bool
}

// number takes a number of 32 bits; one that is not below limit is bad.
func (r *reader) number(limit int) int {
	if len(r.data) < 4 {
		r.data, r.bad = nil, true
		return 0
	}
	v := binary.LittleEndian.Uint32(r.data)
	if r.data = r.data[4:]; int64(v) >= int64(limit) {
		r.data, r.bad = nil, true
		return 0
	}
	return int(v)
}

// part takes a length and as many bytes.
func (r *reader) part() *reader {
	n := r.number(math.MaxInt32)
	if n > len(r.data) {
		r.bad = true
		n = len(r.data)
	}
	p := &reader{data: r.data[:n:n]}
	r.data = r.data[n:]
	return p
}

// line takes the text up to a newline.
func (r *reader) line() string {
	end := bytes.IndexByte(r.data, '\n')
	if end < 0 {
		r.data, r.bad = nil, true
		return ""
	}
	s := string(r.data[:end])
	r.data = r.data[end+1:]
	return s
}

// uint16s is all of the data as numbers of 16 bits.
func (r *reader) uint16s() []uint16 {
	all := make([]uint16, len(r.data)/2)
	for i := range all {
		all[i] = binary.LittleEndian.Uint16(r.data[2*i:])
	}
	return all
}
