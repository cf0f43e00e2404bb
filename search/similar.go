// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"communs/indexer"
)

// Example is code that blocks like it are wanted for.
type Example struct {
	Code     string
	Lang     string        // the language, as people name it, when it is known: it decides between blocks that are as close
	N        int           // hits wanted; 0 means all that were compared
	Deadline time.Duration // time allowed; 0 means DefaultDeadline
}

// MaxExample is the longest example, in bytes.
const MaxExample = 1 << 20

// minExample is how many tokens an example has at least: what is shorter stands everywhere.
const minExample = 10

// From which similarity on a hit is called a copy, and from which a near copy; below it shares parts.
const (
	CopySimilarity = 0.95
	NearSimilarity = 0.7
)

// RangePair says which lines of the example are like which lines of the block. Both count from 1; the block's are those
// of its file.
type RangePair struct {
	Query [2]int `json:"query"`
	Block [2]int `json:"block"`
}

// ExampleError says why an example cannot be compared.
type ExampleError struct {
	Key  string // of the sentence in internal/words/messages/search.toml
	Args []any
}

func (e *ExampleError) Error() string { return fmt.Sprint(e.Key, " ", e.Args) }

// Message tells it to people.
func (e *ExampleError) Message() (string, []any) { return e.Key, e.Args }

// Similar finds the blocks that hold the example, or that the example holds, in whole or in part, whatever their names, literals,
// comments and layout. Hits come best first; those that differ in nothing but these are one.
func (l *Local) Similar(ctx context.Context, e Example) (*Page, error) {
	began := time.Now()
	if len(e.Code) > MaxExample {
		return nil, &ExampleError{"search.similar.long", []any{MaxExample >> 10}}
	}
	lang := ""
	if e.Lang != "" {
		known := false
		if lang, known = indexer.CanonicalLanguage(e.Lang); !known {
			return nil, &ExampleError{"search.similar.lang", []any{e.Lang}}
		}
	}
	code, ok := exampleText(e.Code)
	if !ok {
		return nil, &ExampleError{"search.similar.binary", nil}
	}
	x := newExample(code)
	if len(x.tokens) < minExample {
		return nil, &ExampleError{"search.similar.short", []any{len(x.tokens), minExample}}
	}
	g, err := l.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release()
	deadline := e.Deadline
	if deadline <= 0 {
		deadline = DefaultDeadline
	}
	timed, cancel := context.WithDeadline(ctx, began.Add(deadline))
	defer cancel()
	r := &similarRun{g: g, public: l.options.Public, example: x, lang: lang}
	if err := r.do(timed); err != nil {
		return nil, err
	}
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return nil, err
	}
	return r.page(timed, e.N), nil
}

// exampleText gives the example's text as the index has texts, without a byte order mark; false when it is no text.
func exampleText(code string) (string, bool) {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case strings.HasPrefix(code, "\xef\xbb\xbf"):
		code = code[3:]
		fallthrough
	default:
		return code, strings.IndexByte(code, 0) < 0
	case strings.HasPrefix(code, "\xfe\xff"):
		order = binary.BigEndian
	case strings.HasPrefix(code, "\xff\xfe"):
	}
	units := make([]uint16, 0, len(code)/2)
	for b := []byte(code[2:]); len(b) > 1; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units)), !slices.Contains(units, 0)
}

// example is an example, cut into tokens.
type example struct {
	code   string
	tokens []indexer.PrintToken
	prints []uint32        // each once
	lines  map[string]bool // its lines without white space around them
	tiles  *tileIndex
}

func newExample(code string) *example {
	var lexer indexer.PrintLexer
	x := &example{code: code, lines: map[string]bool{}}
	x.tokens = lexer.Lex([]byte(code))
	if len(x.tokens) < minExample {
		return x
	}
	x.prints = distinctPrints(x.tokens)
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); len(line) > 2 {
			x.lines[line] = true
		}
	}
	x.tiles = newTileIndex(x.tokens)
	return x
}
