// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "bytes"

type tokenKind uint8

const (
	tEOF       tokenKind = iota
	tIdent               // identifier or keyword
	tNumber              // number
	tString              // string, character, template chunk, regular expression, JSX text
	tPunct               // one character, in c
	tOperator            // several characters, or one that only joins operands; c is the first
	tArrow               // => or ->
	tScope               // ::
	tGroup               // what stood between brackets, collapsed by the parser; c is the opening one
	tDirective           // preprocessor: c is 'i' for #if, '0' for #if 0, 'e' for #else and #elif, 'n' for #endif, 'd' for #define f(…)
)

// A lexeme is a piece of source outside comments.
type lexeme struct {
	kind       tokenKind
	c          byte
	newline    bool // first on its line
	start, end int32
	doc        int32 // offset of the comment lines just above, -1 for none
}

// lexicon says how a language writes comments, strings and names.
type lexicon struct {
	slash        bool   // comments // and /* */
	hash         bool   // comments #
	dashes       bool   // comments --
	nested       bool   // /* /* */ */
	preprocessor bool   // lines starting with #
	dollar       bool   // $ in names
	backtickName bool   // `name`
	backtickRaw  bool   // `raw string`
	lifetimes    bool   // 'a, r#"raw"#
	cppRaw       bool   // R"x(raw)x", 1'000
	verbatim     bool   // C#: @"…", $"…{…}…", """…"""
	triple       bool   // """…"""
	triple1      bool   // '''…'''
	interpolate  string // what opens an expression inside a string: ${ or \(
	multiline    bool   // ordinary strings may hold line ends
	php          bool   // <?php … ?>, <<<HEREDOC
	noSingle     bool   // ' does not quote
	script       bool   // JavaScript: templates, regular expressions
	jsx          bool   // <a>…</a>
}

// A lexer reads lexemes one by one, in time linear in the text, whatever the text.
type lexer struct {
	src     []byte
	pos     int
	lex     *lexicon
	doc     int32 // comment lines that end just above, -1 for none
	newline bool  // a line end was seen since the last lexeme
	prev    lexeme
	dead    [5]bool // what is not closed any more: ", ', `, """, expressions inside strings
	modes   []scriptMode
	parens  []bool // JavaScript: per open parenthesis, whether a control keyword stands before it
	control bool   // the parenthesis just closed followed a control keyword
	html    bool   // PHP: outside <?php ?>
	pages   []span // PHP: what stands outside, by offsets
	failed  int    // regular expressions that were none
}

func newLexer(src []byte, lex *lexicon) *lexer {
	l := &lexer{src: src, lex: lex, doc: -1, newline: true, html: lex.php}
	if bytes.HasPrefix(src, []byte("\xef\xbb\xbf")) {
		l.pos = 3
	}
	if !lex.php && bytes.HasPrefix(src[l.pos:], []byte("#!")) && !bytes.HasPrefix(src[l.pos:], []byte("#![")) {
		l.skipLine()
	}
	return l
}

// Classes of bytes, for the fast path.
const (
	cSpace = 1 << iota
	cLetter
	cDigit
)

var byteClass = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' || c == 0:
			t[c] = cSpace
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80:
			t[c] = cLetter
		case c >= '0' && c <= '9':
			t[c] = cDigit
		}
	}
	return t
}()

// next gives the next lexeme; at the end of the text it gives tEOF for ever.
func (l *lexer) next() lexeme {
	if len(l.modes) > 0 {
		if t, ok := l.scriptText(); ok {
			l.prev = t
			return t
		}
	}
	if l.html {
		l.skipHTML()
	}
	l.skipSpace()
	t := lexeme{start: int32(l.pos), newline: l.newline, doc: l.doc}
	if l.pos < len(l.src) {
		l.scan(&t)
	}
	t.end = int32(l.pos)
	if t.kind != tDirective {
		l.newline = false
	}
	if t.kind != tDirective || !l.lex.verbatim || l.doc < 0 || !bytes.HasPrefix(l.src[l.doc:], []byte("///")) {
		l.doc = -1 // in C#, conditions around attributes stand below the comment
	}
	l.prev = t
	return t
}

// skipSpace passes white space and comments, and notes the comment lines just above what follows.
func (l *lexer) skipSpace() {
	src, fresh := l.src, false // fresh: a line end was seen since the last comment
	for l.pos < len(src) {
		c := src[l.pos]
		if byteClass[c]&cSpace != 0 {
			l.pos++
			continue
		}
		if c == '\n' {
			if fresh {
				l.doc = -1
			}
			l.newline, fresh = true, true
			l.pos++
			continue
		}
		start := l.pos
		if !l.comment(c) {
			return
		}
		if l.doc < 0 && l.newline {
			l.doc = int32(start)
		}
		fresh = false
	}
}

// comment passes one comment and tells whether there was one.
func (l *lexer) comment(c byte) bool {
	src := l.src
	next := byte(0)
	if l.pos+1 < len(src) {
		next = src[l.pos+1]
	}
	switch {
	case c == '/' && next == '/' && l.lex.slash, c == '-' && next == '-' && l.lex.dashes:
		l.skipLine()
	case c == '/' && next == '*' && l.lex.slash:
		l.skipBlockComment()
	case c == '#' && l.lex.hash && !(l.lex.php && next == '['):
		l.skipLine()
	case l.lex.script && (c == '<' && bytes.HasPrefix(src[l.pos:], []byte("<!--")) ||
		c == '-' && l.newline && bytes.HasPrefix(src[l.pos:], []byte("-->"))):
		l.skipLine()
	default:
		return false
	}
	return true
}

// skipLine goes to the end of the line; in PHP also to ?>.
func (l *lexer) skipLine() {
	line := l.src[l.pos:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	if l.lex.php {
		if n := bytes.Index(line, []byte("?>")); n >= 0 {
			line = line[:n]
		}
	}
	l.pos += len(line)
}

func (l *lexer) skipBlockComment() {
	depth := 0
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		n := bytes.IndexAny(rest[:min(len(rest), 64)], "*/")
		if n < 0 {
			l.pos += min(len(rest), 64)
			continue
		}
		l.pos += n
		rest = rest[n:]
		switch {
		case len(rest) > 1 && rest[0] == '/' && rest[1] == '*' && (depth == 0 || l.lex.nested):
			depth++
			l.pos += 2
		case len(rest) > 1 && rest[0] == '*' && rest[1] == '/':
			depth--
			l.pos += 2
			if depth == 0 {
				return
			}
		default:
			l.pos++
		}
	}
}

// scan reads the lexeme at pos into t.
func (l *lexer) scan(t *lexeme) {
	c := l.src[l.pos]
	switch {
	case byteClass[c]&cLetter != 0 || c == '$' && l.lex.dollar:
		t.kind = tIdent
		l.name()
		if l.pos < len(l.src) && (l.src[l.pos] == '"' || l.src[l.pos] == '\'' || l.src[l.pos] == '#') {
			l.prefixedString(t)
		}
		return
	case byteClass[c]&cDigit != 0:
		t.kind = tNumber
		l.number()
		return
	}
	t.c = c
	switch c {
	case '"', '\'', '`':
		l.quoted(t, c)
	case '#':
		if l.lex.preprocessor && l.newline && !l.freestandingMacro() {
			l.directive(t)
			return
		}
		t.kind = tPunct
		l.pos++
	case '@', '$':
		t.kind = tPunct
		if l.lex.verbatim && l.verbatim(t) {
			return
		}
		l.pos++
	case '(', ')', '[', ']', '{', '}', ';', ',', '.':
		t.kind = tPunct
		l.pos++
		if l.lex.script {
			if c == '}' && l.endsEmbedded() {
				t.c = ')'
				l.control = false
				return
			}
			l.scriptBracket(c)
		}
		if c == '.' && l.pos+1 < len(l.src) && l.src[l.pos] == '.' && l.src[l.pos+1] == '.' {
			l.pos += 2
			t.kind = tOperator
		}
	default:
		l.operator(t, c)
	}
}

func (l *lexer) name() {
	src, pos := l.src, l.pos
	for pos < len(src) && (byteClass[src[pos]]&(cLetter|cDigit) != 0 || src[pos] == '$' && l.lex.dollar) {
		pos++
	}
	l.pos = pos
}

func (l *lexer) number() {
	src, pos := l.src, l.pos
	for pos < len(src) {
		c := src[pos]
		switch {
		case byteClass[c]&(cLetter|cDigit) != 0:
		case c == '.' && pos+1 < len(src) && byteClass[src[pos+1]]&cDigit != 0:
		case c == '\'' && l.lex.cppRaw && pos+1 < len(src) && byteClass[src[pos+1]]&(cLetter|cDigit) != 0:
		default:
			l.pos = pos
			return
		}
		pos++
	}
	l.pos = pos
}

// operator reads a run of operator characters that means one thing to the parser.
func (l *lexer) operator(t *lexeme, c byte) {
	next, third := byte(0), byte(0)
	if l.pos+1 < len(l.src) {
		next = l.src[l.pos+1]
	}
	if l.pos+2 < len(l.src) {
		third = l.src[l.pos+2]
	}
	t.kind = tPunct
	n := 1
	switch {
	case c == '=' && next == '>', c == '-' && next == '>':
		t.kind, n = tArrow, 2
	case c == ':' && next == ':':
		t.kind, n = tScope, 2
	case c == '?' && next == '>' && l.lex.php:
		l.html = true
		t.c, n = ';', 2
	case c == '<' && next == '<' && third == '<' && l.lex.php && l.heredoc():
		t.kind = tString
		return
	case c == '/' && l.lex.script && l.regexp():
		t.kind = tString
		return
	case c == '<' && l.lex.jsx && l.startsElement():
		t.kind = tString
		l.modes = append(l.modes, scriptMode{kind: jsxTag})
		l.pos++
		return
	case next == '=' && c != ',' && !(c == '>' || c == '<'), c == '<' && next == '=', c == '>' && next == '=' && third != '>':
		t.kind, n = tOperator, 2
		if third == '=' {
			n = 3
		}
	case c == next && (c == '&' || c == '|' || c == '+' || c == '-' || c == '?'):
		t.kind, n = tOperator, 2
		if third == '=' {
			n = 3
		}
	case c == '?' && next == '.':
		t.kind, n = tOperator, 2
	}
	l.pos += n
}

// freestandingMacro tells whether what follows # is a macro's call (Swift: #Preview { … }) and no directive.
func (l *lexer) freestandingMacro() bool {
	return l.pos+1 < len(l.src) && l.src[l.pos+1] >= 'A' && l.src[l.pos+1] <= 'Z'
}

// directive passes a preprocessor line with its continuations. Conditions become lexemes; the others are white space
// to the parser, as #else of kind 0.
func (l *lexer) directive(t *lexeme) {
	t.kind, t.c = tDirective, 0
	pos := l.pos + 1
	for pos < len(l.src) && (l.src[pos] == ' ' || l.src[pos] == '\t') {
		pos++
	}
	word := pos
	for pos < len(l.src) && byteClass[l.src[pos]]&cLetter != 0 {
		pos++
	}
	name := l.src[word:pos]
	for {
		rest := l.src[l.pos:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			l.pos = len(l.src)
			break
		}
		if c := bytes.Index(rest[:n], []byte("/*")); c >= 0 && !bytes.Contains(rest[c+2:n], []byte("*/")) &&
			bytes.IndexByte(rest[:c], '"') < 0 && !bytes.Contains(rest[:c], []byte("//")) {
			l.pos += c
			l.skipBlockComment()
			continue
		}
		l.pos += n
		if line := bytes.TrimRight(rest[:n], "\r"); len(line) == 0 || line[len(line)-1] != '\\' {
			break
		}
		l.pos++
	}
	switch string(name) {
	case "if", "ifdef", "ifndef":
		t.c = 'i'
		if condition := bytes.TrimSpace(l.src[pos:l.pos]); len(condition) > 0 && condition[0] == '0' && (len(condition) == 1 || condition[1] <= ' ') {
			t.c = '0'
		}
	case "else", "elif", "elifdef", "elifndef", "elseif":
		t.c = 'e'
	case "endif":
		t.c = 'n'
	case "define":
		for pos < l.pos && (l.src[pos] == ' ' || l.src[pos] == '\t') {
			pos++
		}
		name := pos
		for pos < l.pos && byteClass[l.src[pos]]&(cLetter|cDigit) != 0 {
			pos++
		}
		if name < pos && pos < l.pos && l.src[pos] == '(' {
			t.c = 'd'
		}
	}
}
