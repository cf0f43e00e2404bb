// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"cmp"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// seed adds the corpus to a fuzz target.
func seed(f *testing.F, add func(path string, data []byte)) {
	a, err := txtar.ParseFile("testdata/detect.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range a.Files {
		path, _, _ := bytes.Cut([]byte(file.Name), []byte(" ="))
		add(string(path), file.Data)
	}
}

func FuzzText(f *testing.F) {
	seed(f, func(path string, data []byte) { f.Add(path, data) })
	d := detector(f)
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		lines := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1
		found := d.Text(path, data)
		tree := NewTree()
		tree.Add(path, found)
		tree.Effective(path)
		for _, x := range found {
			if x.Expression.IsZero() || x.Start < 1 || x.End < x.Start || x.End > lines {
				t.Fatalf("%+v in %d lines", x, lines)
			}
		}
		Copyrights(data)
	})
}

func FuzzTags(f *testing.F) {
	seed(f, func(_ string, data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, x := range findTags(data, 1) {
			if x.expr.tree() == nil {
				t.Fatalf("tag %q does not read back", x.expr)
			}
		}
	})
}

// FuzzTemplates reads damaged data: it is refused, or what it holds can be searched.
func FuzzTemplates(f *testing.F) {
	data, err := unpack(textsData)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint32(0), uint32(len(data)), byte(0))
	f.Add(uint32(9), uint32(4), byte(1))
	f.Add(uint32(len(data)-3), uint32(2000), byte(0x80))
	text := Words([]byte("permission is hereby granted free of charge to any person obtaining a copy of this software"))
	f.Fuzz(func(t *testing.T, at, length uint32, change byte) {
		damaged := append([]byte{}, data[:min(int(length), len(data))]...)
		if len(damaged) > 0 {
			damaged[int(at)%len(damaged)] ^= change
		}
		words, templates, prints, err := readTemplates(damaged)
		if err != nil {
			return
		}
		d := newDetector(words, templates, prints)
		ids := make([]uint16, len(text))
		for i, w := range text {
			ids[i] = d.dict[w]
		}
		d.findTexts(ids, nil)
	})
}

// FuzzNotices settles the notices of any words: what comes out lies within the text, in its order, and is an expression.
func FuzzNotices(f *testing.F) {
	for _, s := range []string{
		"Licensed under either of * Apache License, Version 2.0 * MIT license at your option.",
		"either version 2 of the GNU GPL, or (at your option) version 3. Alternatively, under the BSD license.",
		"Version: MPL 1.1/GPL 2.0/LGPL 2.1\n\nIf you wish the GPL or the LGPL\n\nOr: the MIT license",
		"one of the following licenses: 1) GPL 2) BSD with the Classpath exception, or in the public domain",
		"No part of it may be copied without the prior written permission of A.", "common-licenses/GPL-2",
	} {
		f.Add(s)
	}
	d := detector(f)
	f.Fuzz(func(t *testing.T, text string) {
		var p plainText
		p.add([]byte(text), 1, true)
		n := newNotice(&p, 0, len(p.Words))
		last := 0
		all := append(d.findNotices(n, true), n.reserved()...)
		slices.SortStableFunc(all, func(a, b statement) int { return cmp.Compare(a.from, b.from) })
		for _, s := range settle(all, n.exceptions()) {
			if s.from < last || s.to <= s.from || s.to > len(p.Words) {
				t.Fatalf("%q: words %d to %d of %d, after %d", text, s.from, s.to, len(p.Words), last)
			}
			if s.expr.tree() == nil {
				t.Fatalf("%q: no expression: %q", text, s.expr)
			}
			last = s.from
		}
	})
}
