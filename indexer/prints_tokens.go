// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
	"sync"
)

// PrintToken is a piece of code as copies of code are compared: twice, with and without what a copier changes first.
type PrintToken struct {
	Blind uint32 // the same for every local name and for every literal of a sort
	Raw   uint32 // the same for the same text
	Line  int32  // counts from 0
}

// What all local names and all literals look like, blinded.
const (
	blindName uint32 = 1 + iota
	blindNumber
	blindString
)

// A PrintLexer cuts code of any language, or any part of it, into print tokens. It must see the same in a fragment as in the
// whole, in an example whose language nobody told, and in broken code: so it knows no languages, hardly looks beyond the
// line, and what it takes for a comment or a string is only ever a guess, the same one on both sides.
//
// Comments, brackets, commas, semicolons and single colons are left out: layout tools change them. A name stays when it is a
// keyword of some language, when it is called, when it is a member (after a dot, an arrow, ::) or a key; any other name
// may be a local one and is blind. Keep one lexer per goroutine.
type PrintLexer struct {
	src     []byte
	pos     int
	line    int32
	fresh   bool   // nothing but white space since the line began
	member  bool   // the last lexeme was a dot or an arrow
	defines bool   // the last lexeme was a word that a definition's name follows
	dead    [3]int // up to here no ", ' or ` is closed on its line
	open    bool   // some /* is not closed
	triples [2]int // """ and ''' from here on; -1 while not counted
	within  uint64 // the open brackets, the innermost in the two lowest bits
	entry   bool   // a key may come: the last lexeme was { or a comma within
	tokens  []PrintToken
}

// Lex gives the tokens of a text, line numbers counting from that of its first line. The slice is good until the next call.
func (l *PrintLexer) Lex(text []byte) []PrintToken {
	l.tokens = l.tokens[:0]
	return l.More(text, 0)
}

// More goes on with a further piece of the same block, whose first line has the given number.
func (l *PrintLexer) More(text []byte, line int) []PrintToken {
	*l = PrintLexer{src: text, line: int32(line), fresh: true, tokens: l.tokens, triples: [2]int{-1, -1}}
	for l.pos < len(l.src) {
		l.next()
	}
	l.src = nil
	return l.tokens
}

// Segments gives the tokens of a block that consists of several pieces of a blob; lines count in the blob, from 0.
func (l *PrintLexer) Segments(src []byte, segments []Segment) []PrintToken {
	l.tokens = l.tokens[:0]
	for _, s := range segments {
		l.More(src[s.StartByte:s.EndByte], s.StartLine-1)
	}
	return l.tokens
}

func (l *PrintLexer) emit(blind, raw uint32) {
	l.tokens = append(l.tokens, PrintToken{blind, raw, l.line})
	l.fresh, l.member, l.defines, l.entry = false, false, false, false
}

// at is a byte ahead of the position, 0 beyond the end.
func (l *PrintLexer) at(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

func (l *PrintLexer) next() {
	c := l.src[l.pos]
	switch class := byteClass[c]; {
	case c == '\n':
		l.pos++
		l.line++
		l.fresh = true
	case class&cSpace != 0:
		l.pos++
	case class&cLetter != 0 || c == '$' && byteClass[l.at(1)]&cLetter != 0:
		l.name()
	case class&cDigit != 0:
		l.number()
	default:
		l.mark(c)
	}
}

func (l *PrintLexer) name() {
	start := l.pos
	l.pos++
	h := printSeed ^ uint32(l.src[start])
	h *= printPrime
	for l.pos < len(l.src) && byteClass[l.src[l.pos]]&(cLetter|cDigit) != 0 {
		h = (h ^ uint32(l.src[l.pos])) * printPrime
		l.pos++
	}
	word := l.src[start:l.pos]
	if q := l.at(0); (q == '"' || q == '\'') && len(word) <= 2 && isStringPrefix(word) {
		return // r"…": the string comes next
	}
	kind := printWords().find(word, h)
	switch {
	case l.member:
		l.emit(mix32(h^'.'), mix32(h))
		return
	case kind != 0:
		if word[0] <= 'Z' {
			h = printHash(bytes.ToLower(word))
		}
		l.emit(mix32(h), mix32(h))
		l.defines = kind == definingWord
		return
	}
	// What follows tells what the name is.
	at := l.pos
	for at < len(l.src) && (l.src[at] == ' ' || l.src[at] == '\t') {
		at++
	}
	next, second := byte(0), byte(0)
	if at < len(l.src) {
		next = l.src[at]
	}
	if at+1 < len(l.src) {
		second = l.src[at+1]
	}
	switch {
	case next == '(' && !l.defines:
		l.emit(mix32(h^'.'), mix32(h))
	case next == ':' && second != ':' && second != '=' && at == l.pos && l.keyPlace():
		l.emit(mix32(h^':'), mix32(h))
	default:
		l.emit(blindName, mix32(h))
	}
}

// keyPlace tells whether a name before a colon is a key or a label, and no parameter: those may be local names.
func (l *PrintLexer) keyPlace() bool {
	return (l.fresh || l.entry) && (l.within&3 == 0 || l.within&3 == printBraces)
}

// What the innermost open bracket is; 0 for none.
const (
	printBraces = 1 + iota
	printParens
	printSquare
)

// bracket notes that one opens or closes.
func (l *PrintLexer) bracket(c byte) {
	switch c {
	case '{':
		l.within = l.within<<2 | printBraces
		l.entry = true
	case '(':
		l.within = l.within<<2 | printParens
	case '[':
		l.within = l.within<<2 | printSquare
	case '}', ')', ']':
		l.within >>= 2
	case ',':
		l.entry = l.within&3 == printBraces
	}
}

// isStringPrefix tells the letters that may stand before a quote: r"…", b'…', L"…".
func isStringPrefix(word []byte) bool {
	for _, c := range word {
		if strings.IndexByte("rbfuRBFUL8", c) < 0 {
			return false
		}
	}
	return true
}

func (l *PrintLexer) number() {
	h := printSeed
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if byteClass[c]&(cLetter|cDigit) == 0 && !(c == '.' && byteClass[l.at(1)]&cDigit != 0) {
			break
		}
		h = (h ^ uint32(c)) * printPrime
		l.pos++
	}
	l.emit(blindNumber, mix32(h))
}

// mark reads what is neither a name nor a number.
func (l *PrintLexer) mark(c byte) {
	if l.comment(c) {
		return
	}
	switch c {
	case '"', '\'', '`':
		l.quoted(c)
		return
	case '(', ')', ']', '{', '}', ',', ';', '\\', 0:
		l.pos++
		l.member, l.entry = false, false
		l.bracket(c)
		return
	case '[':
		l.bracket(c)
	case '.':
		l.pos++
		l.member = byteClass[l.at(0)]&cLetter != 0
		return
	}
	n := 1
	d := l.at(1)
	switch {
	case c == '-' && d == '>', c == ':' && d == ':', c == '?' && d == '.', c == '&' && d == '.':
		l.pos += 2
		l.member = byteClass[l.at(0)]&cLetter != 0
		return
	case d == '=' && strings.IndexByte("=!<>+-*/%&|^~:?", c) >= 0, c == d && strings.IndexByte("&|+-<>*?", c) >= 0, c == '=' && d == '>':
		n = 2
	case c == ':':
		l.pos++
		return
	}
	h := printHash(l.src[l.pos : l.pos+n])
	l.emit(mix32(h), mix32(h))
	l.pos += n
}

// quoted reads a string that ends on its line; a quote that opens none is passed over. A string before a colon is a key.
func (l *PrintLexer) quoted(q byte) {
	which := strings.IndexByte("\"'`", q)
	if q != '`' && l.at(1) == q && l.at(2) == q {
		l.long(q, which)
		return
	}
	if l.pos < l.dead[which] || q == '\'' && l.pos > 0 && byteClass[l.src[l.pos-1]]&(cLetter|cDigit) != 0 && !l.prefixed() {
		l.pos++
		return
	}
	h := printSeed
	for i := l.pos + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case c == '\n':
			l.dead[which] = i
			l.pos++
			return
		case c == '\\' && q != '`' && i+1 < len(l.src) && l.src[i+1] != '\n':
			h = (h ^ uint32(l.src[i+1])) * printPrime
			i++
		case c == q:
			if i+1 < len(l.src) && l.src[i+1] == ':' && i+2 < len(l.src) && l.src[i+2] != ':' {
				l.emit(mix32(h^':'), mix32(h))
			} else {
				l.emit(blindString, mix32(h))
			}
			l.pos = i + 1
			return
		default:
			h = (h ^ uint32(c)) * printPrime
		}
	}
	l.dead[which] = len(l.src)
	l.pos++
}

// prefixed tells whether the quote at the position follows a string's prefix.
func (l *PrintLexer) prefixed() bool {
	from := l.pos
	for from > 0 && l.pos-from < 3 && byteClass[l.src[from-1]]&(cLetter|cDigit) != 0 {
		from--
	}
	return l.pos-from <= 2 && isStringPrefix(l.src[from:l.pos])
}

// long passes over three quotes, and what is between them and the next three when they open a string. Where their number is odd, the
// fragment begins in such a string, or ends in one: what stands before the first tells. What stands alone is a doc string, and left
// out as a comment is.
func (l *PrintLexer) long(q byte, which int) {
	mark := []byte{q, q, q}
	opens := l.opens()
	if l.triples[which] < 0 {
		if l.triples[which] = bytes.Count(l.src[l.pos:], mark); l.triples[which]%2 == 1 && opens {
			l.triples[which]++
		}
	}
	l.triples[which]--
	l.pos += 3
	if l.triples[which]%2 == 0 {
		return
	}
	end := bytes.Index(l.src[l.pos:], mark)
	if end < 0 {
		l.triples[which] = 1 << 30 // never again
		if opens {                 // the string goes on beyond the fragment
			l.pos = len(l.src)
		}
		return
	}
	l.triples[which]--
	text := l.src[l.pos : l.pos+end]
	if !l.fresh {
		l.emit(blindString, mix32(printHash(text)))
	}
	l.line += int32(bytes.Count(text, []byte{'\n'}))
	l.pos += end + 3
}

// opens tells whether quotes at the position open a string, by what stands before them: nothing, not even white space, or what a value or
// a doc string follows. Before quotes that close one there is text.
func (l *PrintLexer) opens() bool {
	at := l.pos
	for at > 0 && l.pos-at < 2 && isStringPrefix(l.src[at-1:at]) {
		at--
	}
	if at < l.pos && at > 0 && byteClass[l.src[at-1]]&(cLetter|cDigit) != 0 {
		return false // the end of a word, no prefix
	}
	before := bytes.TrimRight(l.src[max(0, at-512):at], " \t\r\n")
	if len(before) == 0 {
		return at == 0 || l.src[at-1] == '\n'
	}
	return strings.IndexByte(":=([{,+%>?|&", before[len(before)-1]) >= 0 || bytes.HasSuffix(before, []byte("return"))
}

const (
	printSeed  uint32 = 2166136261
	printPrime uint32 = 16777619
)

// printHash is FNV-1a.
func printHash(text []byte) uint32 {
	h := printSeed
	for _, c := range text {
		h = (h ^ uint32(c)) * printPrime
	}
	return h
}

// mix32 spreads the bits of a hash (the finalizer of MurmurHash3).
func mix32(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// printWordTable finds keywords by their hash.
type printWordTable struct {
	slots [1 << 11]struct {
		word string
		kind uint8
	}
}

const (
	plainWord uint8 = 1 + iota
	definingWord
)

func (t *printWordTable) find(word []byte, h uint32) uint8 {
	if len(word) > 12 || len(word) < 2 {
		return 0
	}
	if word[0]-'A' < 26 && word[1]-'A' < 26 { // SQL writes its words as it likes
		var lower [12]byte
		n := copy(lower[:], word)
		for i := range n {
			if lower[i]-'A' < 26 {
				lower[i] += 'a' - 'A'
			}
		}
		word = lower[:n]
		h = printHash(word)
	}
	for i := h % uint32(len(t.slots)); ; i = (i + 1) % uint32(len(t.slots)) {
		if s := &t.slots[i]; s.kind == 0 || s.word == string(word) {
			return s.kind
		}
	}
}

// printWords are the keywords of the languages at hand, but for those that often name something in another one (end, type,
// match, value…).
var printWords = sync.OnceValue(func() *printWordTable {
	t := &printWordTable{}
	add := func(words string, kind uint8) {
		for word := range strings.FieldsSeq(words) {
			i := printHash([]byte(word)) % uint32(len(t.slots))
			for t.slots[i].kind != 0 {
				i = (i + 1) % uint32(len(t.slots))
			}
			t.slots[i].word, t.slots[i].kind = word, kind
		}
	}
	add("func function def fn fun sub proc procedure macro class interface struct enum trait impl namespace module", definingWord)
	add(`if else elif elsif elseif unless for foreach while until do done fi esac then case switch break continue return yield
		await async try catch except finally rescue ensure throw raise throws new delete typeof sizeof instanceof lambda with
		goto defer go chan select range package import using include require extends implements public private protected
		internal static final const let var val mut unsafe void int long short char float double bool boolean byte unsigned
		signed string auto extern virtual override abstract volatile register inline this self super null nil none None
		true false True False NULL not and or in is as pass del global nonlocal assert where echo local export unset isset
		array foreach endif endforeach define ifdef ifndef undef pragma insert into update set create alter drop table view
		index from join left right inner outer order group by having limit values union distinct exists between like begin
		declare primary key references default typedef template typename operator friend pub use crate dyn move loop undefined
		readonly sealed partial get suspend object companion data when init`, plainWord)
	return t
})
