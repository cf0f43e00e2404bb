// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"fmt"
	"unicode/utf8"
)

// QueryError says what is wrong with a question, and where, so that a caret can be put under the fault.
type QueryError struct {
	Query      string // the question as it was asked
	Start, End int    // bytes of Query that are at fault, End excluded
	Key        string // of the sentence in internal/words/messages/search.toml
	Args       []any
}

func (e *QueryError) Error() string {
	return fmt.Sprintf("query %q, byte %d: %s %v", e.Query, e.Start, e.Key, e.Args)
}

// Message tells it to people.
func (e *QueryError) Message() (string, []any) { return e.Key, e.Args }

// Runes is where the fault stands in characters: the position of the first one and how many there are, at least one.
func (e *QueryError) Runes() (at, n int) {
	start := min(max(e.Start, 0), len(e.Query))
	end := min(max(e.End, start), len(e.Query))
	return utf8.RuneCountInString(e.Query[:start]), max(1, utf8.RuneCountInString(e.Query[start:end]))
}

// CursorError says that a cursor was not made by this search.
type CursorError struct{ Cursor string }

func (e *CursorError) Error() string {
	return fmt.Sprintf("cursor %q does not belong to this query", e.Cursor)
}

// Message tells it to people.
func (e *CursorError) Message() (string, []any) { return "search.cursor", []any{e.Cursor} }

// NotFoundError says that what was asked for is not in the index.
type NotFoundError struct {
	What string // block, replaced (a block of an earlier state), id, lines, file, folder, repository
	Name string // of a block its identifier, without what says where it is wanted from
	Max  int    // for lines: how many the file has
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s %q is not in the index", e.What, e.Name)
}

// Message tells it to people.
func (e *NotFoundError) Message() (string, []any) {
	return "search.not-found." + e.What, []any{e.Name, fmt.Sprint(e.Max)}
}
