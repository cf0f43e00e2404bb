// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"
)

// matchingLines gives the numbers of the lines that the automaton finds.
func matchingLines(t testing.TB, d *lineDFA, text []byte) (lines []int, ok bool) {
	for at := 0; at <= len(text); {
		place, ok := d.find(text, at, new(atomic.Bool))
		if !ok {
			return nil, false
		}
		if place < 0 {
			break
		}
		if place < at || place > len(text) {
			t.Fatalf("place %d of a text of %d bytes, from %d on", place, len(text), at)
		}
		from, to := lineAround(text, place, place)
		lines = append(lines, bytes.Count(text[:from], []byte("\n")))
		at = to + 1
	}
	return lines, true
}

// checkAgainstRegexp compares the automaton with the regexp package, line by line.
func checkAgainstRegexp(t testing.TB, source string, fold bool, text []byte) {
	tree, _, err := lineRegexp(source, fold)
	if err != nil {
		t.Skip(err)
	}
	d := newLineDFA(tree)
	if d == nil {
		return
	}
	re, err := compileLine(tree)
	if err != nil {
		t.Fatal(err)
	}
	var want []int
	for n, line := range bytes.Split(text, []byte("\n")) {
		if re.Match(line) {
			want = append(want, n)
		}
	}
	got, ok := matchingLines(t, d, text)
	if !ok {
		return
	}
	if len(got) != len(want) {
		t.Fatalf("/%s/ in %q: lines %v, want %v", source, text, got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("/%s/ in %q: lines %v, want %v", source, text, got, want)
		}
	}
}

var lineDFASources = []string{
	`a`, `^a`, `a$`, `^$`, `^a*$`, ``, `a|b`, `(ab)+c?`, `\bab\b`, `\Bb`, `b\B`, `^\b`, `\b$`, `a\b.`, `(^|_)b($|_)`, `[^a]b`,
	`\w+ \w+`, `\s`, `.`, `^.$`, `é`, `[é-ï]`, `[^é]`, `(?i)é`, `(?i)k`, `(?i)s+`, `\pL+`, `\p{Greek}`, `[α-ω]b`, `a{2,3}b`,
	`(a?){5}a{5}`, `x*`, `\x{10FFFF}`, `[\x{800}-\x{10FFF}]a`, `\x{FFFD}`, `(?s:a.b)`, `a\nb`, `\Aa`, `b\z`, `a^b`, `a$b`,
	`[0-9]{2}-[0-9]`, `a.*b.*a`, `(?:a|ab)(?:c|bcd)`,
}

// Whatever the text, the automaton finds the lines that the regexp package matches.
func TestLineDFAFindsTheLinesOfRegexp(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	letters := []rune("aabbcdxAKK ſ_-09\n\n\n\u212aéÉïαω\u0800\U00010FFF\U0010FFFF\uFFFD\t")
	for _, source := range lineDFASources {
		for range 300 {
			var b strings.Builder
			for range random.IntN(40) {
				b.WriteRune(letters[random.IntN(len(letters))])
			}
			checkAgainstRegexp(t, source, random.IntN(2) == 0, []byte(b.String()))
		}
	}
}

// Bytes that are no UTF-8 match nothing, not even a dot.
func TestLineDFAMatchesNoStrayByte(t *testing.T) {
	for _, c := range []struct {
		source, text string
		want         bool
	}{
		{`^.$`, "\xe9", false}, {`a.b`, "a\xe9b", false}, {`a.b`, "a\xe9b aéb", true}, {`a[^c]`, "a\xff", false},
		{`\x{FFFD}`, "\xe9", false}, {`.`, "\xed\xa0\x80", false},
	} {
		tree, _, err := lineRegexp(c.source, false)
		if err != nil {
			t.Fatal(err)
		}
		if place, ok := newLineDFA(tree).find([]byte(c.text), 0, new(atomic.Bool)); !ok || place >= 0 != c.want {
			t.Errorf("/%s/ in %q: %d, %v", c.source, c.text, place, ok)
		}
	}
}

// An expression with too many states is given up, not answered wrong, and its memory is bounded.
func TestLineDFAGivesUpWhenItGrows(t *testing.T) {
	tree, _, err := lineRegexp(`[ab]*a[ab]{300}c`, false)
	if err != nil {
		t.Fatal(err)
	}
	d := newLineDFA(tree)
	random := rand.New(rand.NewPCG(5, 6))
	text := make([]byte, 1<<20)
	for i := range text {
		text[i] = "ab"[random.IntN(2)]
	}
	if place, ok := d.find(text, 0, new(atomic.Bool)); ok {
		t.Errorf("%d, though the states are too many", place)
	}
	if d.size > 2*maxDFABytes {
		t.Errorf("%d bytes", d.size)
	}
}

// Making states ends when time is up: that of a large expression takes long.
func TestLineDFAStops(t *testing.T) {
	tree, _, err := lineRegexp(`[ab]*a[ab]{300}c`, false)
	if err != nil {
		t.Fatal(err)
	}
	d := newLineDFA(tree)
	var stop atomic.Bool
	stop.Store(true)
	if place, ok := d.find([]byte("abba"), 0, &stop); ok {
		t.Errorf("%d, though there was no time", place)
	}
	if len(d.states) > 1 {
		t.Errorf("%d states were made", len(d.states))
	}
	stop.Store(false)
	if place, ok := d.find([]byte("abba"), 0, &stop); !ok || place >= 0 {
		t.Errorf("%d, %v, though there is time", place, ok)
	}
}

func FuzzLineDFA(f *testing.F) {
	for _, source := range lineDFASources {
		f.Add(source, "ab\naab é_b\n\nKſ x-0", true)
	}
	f.Fuzz(func(t *testing.T, source, text string, fold bool) {
		if len(source) > 200 || len(text) > 1000 || !utf8.ValidString(text) {
			return
		}
		checkAgainstRegexp(t, source, fold, []byte(text))
	})
}

func BenchmarkLineDFA(b *testing.B) {
	line := "\tif err := encode(w, value); err != nil { // a line of code, as usual as can be\n"
	text := []byte(strings.Repeat(line, 12))
	for _, source := range []string{`[0-9]{4}-[0-9]{2}-[0-9]{2}`, `^\s*[a-z]+\+\+$`, `\bencode[A-Z]`} {
		tree, _, err := lineRegexp(source, false)
		if err != nil {
			b.Fatal(err)
		}
		d := newLineDFA(tree)
		b.Run(source, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if place, ok := d.find(text, 0, new(atomic.Bool)); !ok || place >= 0 {
					b.Fatal("found")
				}
			}
		})
	}
}
