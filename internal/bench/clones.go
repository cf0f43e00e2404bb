// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// A cloneType makes of a block what somebody might have made of it. The makers know nothing of how Communs compares.
type cloneType struct {
	name   string
	half   bool                                          // only half of the lines are taken
	change func(r *rand.Rand, code, other string) string // other is another block of the same language, for lines to put in
}

// cloneTypes are the ways in which code is copied, from the plainest on.
func cloneTypes() []cloneType {
	same := func(_ *rand.Rand, code, _ string) string { return code }
	renamed := func(r *rand.Rand, code, _ string) string { return rename(r, code, true) }
	return []cloneType{
		{"exact", false, same},
		{"reformatted", false, func(_ *rand.Rand, code, _ string) string { return reformat(code) }},
		{"renamed", false, func(r *rand.Rand, code, _ string) string { return rename(r, code, false) }},
		{"renamed, names of types too", false, renamed},
		{"30 % of lines edited", false, func(r *rand.Rand, code, other string) string { return edit(r, code, other, 0.3) }},
		{"renamed and 30 % edited", false, func(r *rand.Rand, code, other string) string { return edit(r, rename(r, code, true), other, 0.3) }},
		{"half a fragment", true, same},
		{"half a fragment, renamed", true, renamed},
	}
}

// make gives the clone of a block, and the lines of the block that it was made of.
func (t cloneType) make(r *rand.Rand, code, other string) (clone, of string) {
	if t.half {
		code = half(r, code)
	}
	return t.change(r, code, other), code
}

// reformat changes indentation, blank lines and where opening braces and spaces stand.
func reformat(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		text := strings.TrimRight(line, " \t\r\n")
		if text == "" {
			continue
		}
		body := strings.TrimLeft(text, " \t")
		indent := 0
		for _, c := range text[:len(text)-len(body)] {
			if c == '\t' {
				indent += 4
			} else {
				indent++
			}
		}
		pad := strings.Repeat(" ", indent*3/2)
		if before, ok := strings.CutSuffix(body, " {"); ok && !strings.ContainsAny(before, `"'`) {
			fmt.Fprintf(&b, "%s%s\n%s{\n", pad, before, pad)
			continue
		}
		if !strings.ContainsAny(body, "\"'`#/") {
			body = strings.ReplaceAll(strings.ReplaceAll(body, "(", "( "), ", ", ",")
		}
		fmt.Fprintf(&b, "%s%s\n", pad, body)
	}
	return b.String()
}

var (
	nameOrQuoted = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|//[^\n]*|/\\*(?s:.*?)\\*/|#[^\n]*|[A-Za-z_][A-Za-z_0-9]*")
	keywords     = wordSet(`if else elif elsif elseif for foreach while until unless do done fi esac then case switch break continue return
		yield await async function func fn def fun sub class struct enum interface trait impl union namespace package import using
		include require use from as public private protected internal static final const let var val mut new delete try catch
		except finally throw raise throws void int long short char float double bool boolean byte unsigned signed string String
		this self super null nil none None undefined true false True False NULL not and or in is instanceof typeof sizeof lambda with
		global nonlocal goto extern virtual override abstract volatile inline register defer go chan select map range where pub mod
		crate dyn move loop match type unsafe ref out get set end begin rescue ensure module local echo export readonly unset shift
		insert into values update table create alter drop join left right inner outer on group by order having limit union all distinct
		declare exists between like primary key references default if endif ifdef ifndef define undef pragma error warning print pass
		del assert template typename typedef operator friend explicit constexpr auto nullptr object companion data when init sealed
		implements extends size_t u8 u16 u32 u64 i8 i16 i32 i64 usize isize f32 f64 str any number never unknown error rune byte
		int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 len cap append make nil iota SELECT FROM WHERE AND OR NOT
		INSERT INTO UPDATE TABLE CREATE JOIN ON AS SET VALUES NULL PRIMARY KEY BEGIN END IF THEN ELSE RETURN RETURNS DECLARE`)
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// rename gives new names to what is neither a keyword, nor called, nor a member, consistently; of names with an upper-case first
// letter, which mostly are types and constants, only when types is set.
func rename(r *rand.Rand, code string, types bool) string {
	names := map[string]string{}
	base := r.IntN(900)
	var b strings.Builder
	at := 0
	for _, span := range nameOrQuoted.FindAllStringIndex(code, -1) {
		word := code[span[0]:span[1]]
		b.WriteString(code[at:span[0]])
		at = span[1]
		if !renamable(code, span[0], span[1], types) {
			b.WriteString(word)
			continue
		}
		if names[word] == "" {
			names[word] = fmt.Sprintf("%s%d", []string{"tmp", "val", "arg", "item", "foo", "zz", "node", "acc"}[r.IntN(8)], base+len(names))
		}
		b.WriteString(names[word])
	}
	b.WriteString(code[at:])
	return b.String()
}

func renamable(code string, from, to int, types bool) bool {
	word := code[from:to]
	c := word[0]
	if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') || keywords[word] || len(word) < 2 && c == '_' {
		return false
	}
	if !types && c >= 'A' && c <= 'Z' {
		return false
	}
	before := strings.TrimRight(code[:from], " \t")
	after := strings.TrimLeft(code[to:], " \t")
	for _, mark := range []string{".", "->", "::", "@", "\\", "$(", "</", "<", "-"} {
		if strings.HasSuffix(before, mark) {
			return false
		}
	}
	// prefixes of strings, names that are called, keys
	return !strings.HasPrefix(after, "(") && !(to < len(code) && (code[to] == '"' || code[to] == '\'')) &&
		!strings.HasPrefix(after, "::") && !strings.HasPrefix(after, "-") && !(strings.HasPrefix(after, ":") && !strings.HasPrefix(after, ":="))
}

// edit changes so much of the lines: a third of them goes, a third gets a line of other code before it, a third is changed or, where
// nothing can be, replaced.
func edit(r *rand.Rand, code, other string, share float64) string {
	lines := strings.SplitAfter(code, "\n")
	foreign := strings.SplitAfter(other, "\n")
	some := func() string {
		for range 10 {
			if l := foreign[r.IntN(len(foreign))]; strings.TrimSpace(l) != "" {
				return strings.TrimRight(l, "\n") + "\n"
			}
		}
		return "x = 1\n"
	}
	n := max(1, int(float64(len(lines))*share+0.5))
	chosen := map[int]int{}
	for i, at := range r.Perm(len(lines)) {
		if i == n {
			break
		}
		chosen[at] = 1 + r.IntN(3)
	}
	var b strings.Builder
	for i, l := range lines {
		switch chosen[i] {
		case 0:
			b.WriteString(l)
		case 2:
			b.WriteString(some() + l)
		case 3:
			spans := nameOrQuoted.FindAllStringIndex(l, -1)
			if len(spans) < 2 {
				b.WriteString(some())
				continue
			}
			span := spans[r.IntN(len(spans))]
			b.WriteString(l[:span[0]] + []string{"changed(x, 1)", "other.part", "0", "a + b"}[r.IntN(4)] + l[span[1]:])
		}
	}
	return b.String()
}

// half takes half of the lines, from anywhere.
func half(r *rand.Rand, code string) string {
	lines := strings.SplitAfter(strings.TrimRight(code, "\n"), "\n")
	n := (len(lines) + 1) / 2
	from := r.IntN(len(lines) - n + 1)
	return strings.Join(lines[from:from+n], "")
}
