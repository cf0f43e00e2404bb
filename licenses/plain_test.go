// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"The Licence, 2.0":                                     "the license 2 0",
		" * 1. Redistributions of\n * 2) source":               "redistributions of source",
		"(a) the (iii) case (c) of x":                          "the case of x",
		"régie par l’œuvre ÉTÉ":                                "regie par l oeuvre ete",
		"https://a.org/x":                                      "http a org x",
		"GPLv2+ and C++":                                       "gplv2 plus and c",
		"version\n3. Of":                                       "version 3 of",
		"dnl x\nREM y\nC     z":                                "x y z",
		"x\nCopyright (c) 2014 A\r\nAll rights reserved.\r\ny": "x y",
		"Copyright 2014 A. Licensed under MIT":                 "copyright 2014 a licensed under mit",
		"Licență ş ΆΔΕΙΑ άδεια ΔΗΜΟΣΙΑΣ δημοσίας Съюз Й µ μ ª": "licenta s αδεια αδεια δημοσιασ δημοσιασ съюз и μ μ ª",
		"above copyright notice": "above copyright notice",
		"\xff\xfe a":             "a",
		"":                       "",
	} {
		var x plainText
		x.add([]byte(in), 1, true)
		var got []string
		for i := range x.Words {
			got = append(got, string(x.word(i)))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: got %q, want %q", in, s, want)
		}
	}
}

func TestPlainLines(t *testing.T) {
	var x plainText
	x.add([]byte("a\n\nb\r\nc\rd"), 7, true)
	for i, want := range []int32{7, 9, 10, 11} {
		if x.Words[i].Line != want {
			t.Errorf("word %d stands on line %d, want %d", i, x.Words[i].Line, want)
		}
	}
}

// TestGaps tells sentences, paragraphs and lists by what stands between words.
func TestGaps(t *testing.T) {
	var p plainText
	p.add([]byte("One v. two, three. Four/five: six\n//\n// 1) seven (eight)\nend. 2 nine"), 1, true)
	want := map[string]gap{"one": 0, "two": 0, "three": gapComma, "four": gapSentence, "five": gapSlash, "six": gapColon,
		"seven": gapParagraph | gapItem | gapBracket, "eight": gapBracket, "end": gapBracket, "2": gapSentence}
	for i, w := range p.Words {
		if g, ok := want[string(p.word(i))]; ok && w.Gap != g {
			t.Errorf("%s: gap %b, want %b", p.word(i), w.Gap, g)
		}
	}
}
