// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
)

// rewrite copies the objects that keep accepts into a new pack. Compressed bytes are copied as they are, and deltas
// stay deltas where their base is kept too; an object whose base goes away is put together and compressed anew.
func (o *objects) rewrite(ctx context.Context, w *packWriter, keep func(Hash) bool) error {
	for n := range o.packs {
		if err := o.rewritePack(ctx, w, n, keep); err != nil {
			return err
		}
	}
	return nil
}

// rewritePack copies the objects of one of the packs.
func (o *objects) rewritePack(ctx context.Context, w *packWriter, n int, keep func(Hash) bool) error {
	p := o.packs[n]
	for _, i := range p.entries() {
		if err := ctx.Err(); err != nil {
			return err
		}
		h := p.index.name(i)
		if _, done := w.at[h]; done || !keep(h) {
			continue
		}
		e, err := p.entryAt(p.index.offset(i))
		if err != nil {
			return err
		}
		if err := o.copyEntry(w, n, e, h, p.index.crc(i)); err != nil {
			return err
		}
	}
	return nil
}

// copyEntry copies one entry of the n-th pack.
func (o *objects) copyEntry(w *packWriter, n int, e entry, h Hash, crc uint32) error {
	p := o.packs[n]
	header := entryHeader(e.typ, e.size)
	if e.delta() {
		base := e.ref
		if e.typ == typeOfsDelta {
			var ok bool
			if base, ok = p.nameAt(e.base); !ok {
				return p.corrupt(fmt.Errorf("no object begins at %d", e.base))
			}
		}
		at, kept := w.at[base]
		if !kept {
			return o.copyWhole(w, h)
		}
		header = append(entryHeader(typeOfsDelta, e.size), distance(w.off-at)...)
	}
	// The index holds the CRC of header and stream: what the disk has spoilt is not carried on.
	end := p.end(e.start)
	sum := crc32.NewIEEE()
	if _, err := io.Copy(sum, io.NewSectionReader(p.f, e.start, end-e.start)); err != nil {
		return err
	}
	if sum.Sum32() != crc {
		return p.corrupt(fmt.Errorf("object %s has another content", h))
	}
	return w.addEntry(h, header, io.NewSectionReader(p.f, e.data, end-e.data))
}

// copyWhole puts an object together and writes it without a base.
func (o *objects) copyWhole(w *packWriter, h Hash) error {
	typ, data, err := o.read(h)
	if err != nil {
		return err
	}
	return w.add(h, typ, int64(len(data)), deflate(data))
}

// nameAt is the name of the object whose entry begins at that offset.
func (p *pack) nameAt(off int64) (Hash, bool) {
	order := p.entries()
	lo, hi := 0, len(order)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.index.offset(order[mid]) < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(order) || p.index.offset(order[lo]) != off {
		return Hash{}, false
	}
	return p.index.name(order[lo]), true
}
