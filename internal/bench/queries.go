// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
)

// form is how a query asks, which decides what a peer is asked in its place.
type form int

const (
	exact      form = iota // "this text"
	regexpForm             // /this expression/
	words                  // these words, within one block
)

// query is one line of queries.txt.
type query struct {
	class   string
	text    string   // in the query language of Communs
	form    form     // how it asks
	pattern string   // the text or the expression, without its marks
	words   []string // when the form is words
	fold    bool     // capitals do not matter: the query has none
}

func readQueriesFile(name string) ([]query, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list, err := readQueries(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// readQueries reads lines of class, tab, query; empty lines and lines that start with # are left out.
func readQueries(r io.Reader) ([]query, error) {
	var list []query
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		class, text, ok := strings.Cut(line, "\t")
		if !ok || class == "" {
			return nil, fmt.Errorf("line %d: want class, tab, query", n)
		}
		q, err := newQuery(class, text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		list = append(list, q)
	}
	return list, lines.Err()
}

// newQuery understands the three forms that the peers have an equivalent of: no filter, no mixture.
func newQuery(class, text string) (query, error) {
	q := query{class: class, text: text}
	inner := ""
	if len(text) > 2 {
		inner = text[1 : len(text)-1]
	}
	switch {
	case text == "":
		return q, fmt.Errorf("empty query")
	case inner != "" && text[0] == '"' && strings.HasSuffix(text, `"`) && !strings.ContainsAny(inner, `"\`):
		q.form, q.pattern = exact, inner
	case inner != "" && text[0] == '/' && strings.HasSuffix(text, "/") && !strings.Contains(inner, "/"):
		q.form, q.pattern = regexpForm, inner
		if _, err := regexp.Compile(inner); err != nil {
			return q, err
		}
	case !strings.ContainsAny(text, `"/:()-`):
		q.form, q.words = words, strings.Fields(text)
		q.fold = true
		return q, nil
	default:
		return q, fmt.Errorf("%s: want one text in quotes, one /expression/ or bare words", text)
	}
	q.fold = !hasCapital(q.pattern, q.form == regexpForm)
	return q, nil
}

// hasCapital reports whether a capital letter stands in the pattern; \S and its like are no letters.
func hasCapital(pattern string, escapes bool) bool {
	escaped := false
	for _, r := range pattern {
		if escapes && r == '\\' && !escaped {
			escaped = true
			continue
		}
		if unicode.IsUpper(r) && !escaped {
			return true
		}
		escaped = false
	}
	return false
}
