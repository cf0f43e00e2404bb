// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"communs/search"
)

// question is one line of a batch for Search. Its qid, a text or a number, is given back as it came.
type question struct {
	QID   json.RawMessage `json:"qid"`
	Query *string         `json:"query"`
}

// answer is one line of a batch's results, in the place of the line that it answers. Error says why a question has no hits.
type answer struct {
	QID    json.RawMessage `json:"qid"` // null when the line does not say
	Millis float64         `json:"ms"`
	Hits   []search.Hit    `json:"hits"`

	Repositories []search.RepositoryInfo `json:"repositories,omitempty"` // with type:repo, in the place of hits
	Components   []search.ComponentInfo  `json:"components,omitempty"`   // with type:component
	Partial      bool                    `json:"partial,omitempty"`
	Error        *answerError            `json:"error,omitempty"`
}

// answerError is an error as the API gives it, with the line of the batch.
type answerError struct {
	Code     string `json:"code"` // line: it is no question; query, example: what it asks is wrong
	Line     int    `json:"line"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
	Position *int   `json:"position,omitempty"` // of the fault in the query, in characters from 0
	Length   int    `json:"length,omitempty"`   // of the fault, in characters
}

// maxQuestion is the longest line of a batch, in bytes.
const maxQuestion = 1 << 20

// batchForm is what the lines of a batch are.
type batchForm struct {
	limit                   int    // bytes of the longest line
	malformed, none, failed string // what is said of a wrong line, of no line, of wrong lines only
	// read reads a line as JSON: its qid, which may be known of a wrong line too, and the question; nil when that is missing.
	read func(line []byte) (json.RawMessage, fill, error)
}

// fill asks the question of a line, and puts what came of it into its answer.
type fill func(ctx context.Context, a *answer) error

// questions are batches for Search.
func questions(s search.Searcher, n int) batchForm {
	return batchForm{maxQuestion, "cmd.batch-line", "cmd.batch-empty", "cmd.batch-failed", func(line []byte) (json.RawMessage, fill, error) {
		var q question
		if err := json.Unmarshal(line, &q); err != nil || q.Query == nil {
			return q.QID, nil, err
		}
		return q.QID, func(ctx context.Context, a *answer) error {
			return a.ask(func() (*search.Page, error) { return s.Search(ctx, search.Query{Text: *q.Query, N: n}) })
		}, nil
	}}
}

// batch answers the lines of a file, in their order. What is wrong with a line is its answer, and the rest goes on.
func (p *program) batch(ctx context.Context, name string, form batchForm) error {
	in, err := p.openInput(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriter(p.out)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	lines := lineReader{in: bufio.NewReaderSize(in, 64<<10), limit: form.limit}
	asked, wrong, partial, first := 0, 0, 0, 0
	for {
		line, long, err := lines.next()
		if err == io.EOF {
			break
		} else if err != nil {
			return faultOf(err, "cmd.input-unreadable", field(name))
		}
		if len(bytes.TrimSpace(line)) == 0 && !long {
			continue
		}
		asked++
		a := answer{QID: json.RawMessage("null"), Hits: []search.Hit{}}
		err = form.answer(ctx, &a, line, long, field(name), fmt.Sprint(lines.row))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if a.Error = p.answerError(err, lines.row); a.Error == nil {
				return err
			}
			wrong++
		case a.Partial:
			partial++
		}
		if first == 0 && wrong+partial > 0 {
			first = lines.row
		}
		if err := errors.Join(encoder.Encode(a), out.Flush()); err != nil {
			return err
		}
	}
	switch {
	case asked == 0:
		return fault(form.none, field(name))
	case wrong == asked:
		return verdict{exitFailure, form.failed, []any{asked, field(name), fmt.Sprint(first)}}
	case wrong+partial > 0:
		return verdict{exitPart, "cmd.batch-part", []any{wrong + partial, asked, field(name), fmt.Sprint(first)}}
	}
	return nil
}

// answer reads a line and asks its question. The answer has the line's qid when that could be read.
func (f batchForm) answer(ctx context.Context, a *answer, line []byte, long bool, file, row string) error {
	if long {
		return fault("cmd.line-too-long", file, row)
	}
	if !utf8.Valid(line) {
		return fault(f.malformed, file, row)
	}
	qid, ask, err := f.read(line)
	if qid != nil {
		a.QID = qid
	}
	if err != nil || ask == nil {
		return faultOf(err, f.malformed, file, row)
	}
	return ask(ctx, a)
}

// ask notes how long a question took, and its hits.
func (a *answer) ask(do func() (*search.Page, error)) error {
	start := time.Now()
	page, err := do()
	a.Millis = float64(time.Since(start).Microseconds()) / 1000
	if err != nil {
		return err
	}
	a.Partial, a.Repositories, a.Components = page.Partial, page.Repositories, page.Components
	if page.Hits != nil {
		a.Hits = page.Hits
	}
	return nil
}

// answerError is what is wrong with a line or its question; nil when something else is.
func (p *program) answerError(err error, row int) *answerError {
	e := &answerError{Line: row}
	e.Message, e.Hint = p.say.Error(err)
	var wrong *search.QueryError
	var example *search.ExampleError
	var line *said
	switch {
	case errors.As(err, &wrong):
		at, n := wrong.Runes()
		e.Code, e.Position, e.Length = "query", &at, n
	case errors.As(err, &example):
		e.Code = "example"
	case errors.As(err, &line):
		e.Code = "line"
	default:
		return nil
	}
	return e
}

// lineReader reads lines of which one may be too long without losing the next ones.
type lineReader struct {
	in    *bufio.Reader
	limit int // bytes of the longest line
	row   int // of the line read last, from 1
	buf   []byte
}

// next gives a line without its end, valid until the call after; of one beyond the limit only that it is too long.
func (l *lineReader) next() (line []byte, long bool, err error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		if len(l.buf)+len(part) > l.limit {
			long = true
		} else {
			l.buf = append(l.buf, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(part)+len(l.buf) == 0 && !long, err != nil && err != io.EOF:
			return nil, false, err
		}
		if l.row++; l.row == 1 {
			l.buf = bytes.TrimPrefix(l.buf, []byte("\ufeff"))
		}
		return bytes.TrimRight(l.buf, "\r\n"), long, nil
	}
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
