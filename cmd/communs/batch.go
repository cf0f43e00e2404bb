// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"communs/search"
)

// question is one line of a batch.
type question struct {
	QID   string `json:"qid"`
	Query string `json:"query"`
}

// answer is one line of a batch's results. Error says why a question has no hits: it was wrong.
type answer struct {
	QID     string       `json:"qid"`
	Millis  float64      `json:"ms"`
	Hits    []search.Hit `json:"hits"`
	Partial bool         `json:"partial,omitempty"`
	Error   string       `json:"error,omitempty"`
}

// maxQuestion is the longest line of a batch, in bytes.
const maxQuestion = 1 << 20

// batch answers the questions of a file, one JSON line each, in their order. A wrong question is answered with its error and
// the rest goes on; a line that is no question ends the batch.
func (p *program) batch(ctx context.Context, s search.Searcher, name string, n int) error {
	in, err := p.openInput(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriter(p.out)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 64<<10), maxQuestion)
	asked, wrong, row := 0, 0, 0
	for scanner.Scan() {
		row++
		if len(scanner.Bytes()) == 0 {
			continue
		}
		var q question
		if err := json.Unmarshal(scanner.Bytes(), &q); err != nil {
			out.Flush()
			return faultOf(err, "cmd.batch-line", field(name), fmt.Sprint(row))
		}
		asked++
		a, err := p.answer(ctx, s, q, n)
		if err != nil {
			return err
		}
		if a.Error != "" || a.Partial {
			wrong++
		}
		if err := lines.Encode(a); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	if err := scanner.Err(); err != nil {
		return p.lineFault(err, name, row+1)
	}
	if wrong > 0 {
		return verdict{exitPart, "cmd.batch-part", []any{wrong, asked}}
	}
	return nil
}

func (p *program) answer(ctx context.Context, s search.Searcher, q question, n int) (answer, error) {
	start := time.Now()
	page, err := s.Search(ctx, search.Query{Text: q.Query, N: n})
	a := answer{QID: q.QID, Millis: float64(time.Since(start).Microseconds()) / 1000, Hits: []search.Hit{}}
	if err != nil {
		if ctx.Err() != nil || !wrongQuestion(err) {
			return a, err
		}
		a.Error, _ = p.say.Error(err)
		return a, nil
	}
	a.Partial = page.Partial
	if page.Hits != nil {
		a.Hits = page.Hits
	}
	return a, nil
}

// lineFault says why an input could not be read on from a line.
func (p *program) lineFault(err error, name string, row int) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return faultOf(err, "cmd.line-too-long", field(name), fmt.Sprint(row))
	}
	return faultOf(err, "cmd.input-unreadable", field(name))
}

// openInput opens a file, or stdin for "-".
func (p *program) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	return f, nil
}
