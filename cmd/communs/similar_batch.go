// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"

	"communs/search"
)

// exampleLine is one line of a batch for Similar.
type exampleLine struct {
	QID  json.RawMessage `json:"qid"`
	Code *string         `json:"code"`
	Lang string          `json:"lang"`
}

// maxExampleLine is the longest line of a batch of examples, in bytes: JSON may write a byte as six.
const maxExampleLine = 6*search.MaxExample + 4096

// examples are batches for Similar.
func examples(s search.Searcher, n int) batchForm {
	return batchForm{
		maxExampleLine, "cmd.similar.batch-line", "cmd.similar.batch-empty", "cmd.similar.batch-failed",
		func(line []byte) (json.RawMessage, fill, error) {
			var e exampleLine
			if err := json.Unmarshal(line, &e); err != nil || e.Code == nil {
				return e.QID, nil, err
			}
			return e.QID, func(ctx context.Context, a *answer) error {
				return a.ask(func() (*search.Page, error) { return s.Similar(ctx, search.Example{Code: *e.Code, Lang: e.Lang, N: n}) })
			}, nil
		},
	}
}
