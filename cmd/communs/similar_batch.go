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
	"time"
	"unicode/utf8"

	"communs/search"
)

// exampleLine is one line of a batch of examples. Its qid, a text or a number, is given back as it came.
type exampleLine struct {
	QID  json.RawMessage `json:"qid"`
	Code *string         `json:"code"`
	Lang string          `json:"lang"`
}

// maxExampleLine is the longest line of a batch of examples, in bytes: JSON may write a byte as six.
const maxExampleLine = 6*search.MaxExample + 4096

// similarBatch answers the examples of a file, one JSON line each, in their order. What is wrong with a line is its answer, and
// the rest goes on.
func (p *program) similarBatch(ctx context.Context, s search.Searcher, name string, n int) error {
	in, err := p.openInput(name)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriter(p.out)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	lines := lineReader{in: bufio.NewReaderSize(in, 64<<10), limit: maxExampleLine}
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
		a, err := p.exampleAnswer(ctx, s, line, long, field(name), lines.row, n)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		case a.Error != nil:
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
		return fault("cmd.similar.batch-empty", field(name))
	case wrong == asked:
		return verdict{exitFailure, "cmd.similar.batch-failed", []any{asked, field(name), fmt.Sprint(first)}}
	case wrong+partial > 0:
		return verdict{exitPart, "cmd.batch-part", []any{wrong + partial, asked, field(name), fmt.Sprint(first)}}
	}
	return nil
}

// exampleAnswer answers one line. What is wrong with it stands in the answer; the error is of something else.
func (p *program) exampleAnswer(ctx context.Context, s search.Searcher, line []byte, long bool, file string, row, n int) (answer, error) {
	a := answer{QID: json.RawMessage("null"), Hits: []search.Hit{}}
	var q exampleLine
	err := error(nil)
	switch {
	case long:
		err = fault("cmd.line-too-long", file, fmt.Sprint(row))
	case !utf8.Valid(line):
		err = fault("cmd.similar.batch-line", file, fmt.Sprint(row))
	default:
		if cause := json.Unmarshal(line, &q); cause != nil || q.Code == nil {
			err = faultOf(cause, "cmd.similar.batch-line", file, fmt.Sprint(row))
		}
	}
	if q.QID != nil {
		a.QID = q.QID
	}
	if err == nil {
		start := time.Now()
		var page *search.Page
		page, err = s.Similar(ctx, search.Example{Code: *q.Code, Lang: q.Lang, N: n})
		a.Millis = float64(time.Since(start).Microseconds()) / 1000
		if err == nil {
			a.Hits, a.Partial = page.Hits, page.Partial
			return a, nil
		}
	}
	var example *search.ExampleError
	if a.Error = p.answerError(err, row); a.Error == nil && errors.As(err, &example) {
		a.Error = &answerError{Code: "example", Line: row}
		a.Error.Message, a.Error.Hint = p.say.Error(err)
	}
	if a.Error != nil {
		err = nil
	}
	return a, err
}
