// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// quickZip compresses the answers of a search over the API. They are made for one request and are small, so the time
// counts: the fastest way takes a fifth of the usual one's for a tenth more bytes.
type quickZip struct{ writers sync.Pool }

// compress gives the answer its compressed form when the request takes one.
func (q *quickZip) compress(r *request, resp *response) {
	if len(resp.body) < 1024 || !acceptsGzip(r.Request) {
		return
	}
	b := bytes.NewBuffer(make([]byte, 0, len(resp.body)/3))
	z, ok := q.writers.Get().(*gzip.Writer)
	if ok {
		z.Reset(b)
	} else {
		z, _ = gzip.NewWriterLevel(b, gzip.BestSpeed) // the level is one that it knows
	}
	defer q.writers.Put(z)
	// Writing into memory does not fail.
	_, _ = z.Write(resp.body)
	_ = z.Close()
	resp.gzipped = b.Bytes()
}
