// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// answers remembers what APIs have answered, with the marks by which a server tells that its answer would be the same again. An answer
// that has not changed is then not sent, and GitHub does not count it.
type answers struct {
	store *store
	now   func() time.Time
	fixed bool // nothing is written down
}

const (
	maxAnswer   = 8 << 20             // compressed; what is larger is not remembered
	maxAnswers  = 2000                // of one source
	answerLasts = 60 * 24 * time.Hour // without being of use
)

// answerHead is what of an answer's header is given again.
var answerHead = []string{"Content-Type", "Link", "X-Next-Page", "X-Page", "X-Total", "X-Total-Pages", "X-Total-Count"}

type forgetfulKey struct{}

// forgetful marks a request whose address will not be asked for again.
func forgetful(ctx context.Context) context.Context {
	return context.WithValue(ctx, forgetfulKey{}, true)
}

// remembering asks conditionally, and answers itself when nothing has changed.
type remembering struct {
	base    http.RoundTripper
	source  string
	answers *answers
}

// RoundTrip sends one request.
func (t *remembering) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet || req.Context().Value(forgetfulKey{}) != nil {
		return t.base.RoundTrip(req)
	}
	ctx, address := req.Context(), req.URL.String()
	known, err := t.answers.get(ctx, t.source, address)
	if err != nil {
		return nil, err
	}
	if known != nil {
		req = req.Clone(ctx)
		if known.etag != "" {
			req.Header.Set("If-None-Match", known.etag)
		}
		if known.modified != "" {
			req.Header.Set("If-Modified-Since", known.modified)
		}
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && known != nil:
		resp.Body.Close()
		return known.again(resp, req)
	case resp.StatusCode == http.StatusOK:
		etag, modified := resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
		if (etag != "" || modified != "") && !t.answers.fixed {
			resp.Body, err = t.keep(ctx, resp, kept{address: address, etag: etag, modified: modified})
		}
	}
	return resp, err
}

// kept is a row of crawl_answers.
type kept struct {
	address, etag, modified string
	head                    http.Header
	body                    []byte
}

// again is the answer as it came the first time.
func (a *kept) again(resp *http.Response, req *http.Request) (*http.Response, error) {
	plain, err := zstd.NewReader(bytes.NewReader(a.body), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	for k, v := range a.head {
		resp.Header[k] = v
	}
	resp.StatusCode, resp.Status, resp.Request = http.StatusOK, "200 OK", req
	resp.Body, resp.ContentLength = plain.IOReadCloser(), -1
	return resp, nil
}

// keep writes the answer down when it has been read to its end.
func (t *remembering) keep(ctx context.Context, resp *http.Response, a kept) (io.ReadCloser, error) {
	a.head = http.Header{}
	for _, k := range answerHead {
		if v := resp.Header.Values(k); len(v) > 0 {
			a.head[http.CanonicalHeaderKey(k)] = v
		}
	}
	k := &keeping{ReadCloser: resp.Body, done: func(body []byte) {
		a.body = body
		t.answers.put(ctx, t.source, a) // one that is not remembered costs a request, and no more
	}}
	var err error
	k.enc, err = zstd.NewWriter(&k.packed, zstd.WithEncoderConcurrency(1))
	return k, err
}

// keeping compresses what is read.
type keeping struct {
	io.ReadCloser
	packed bytes.Buffer
	enc    *zstd.Encoder
	ended  sync.Once
	whole  bool
	done   func([]byte)
}

// Read reads on.
func (k *keeping) Read(p []byte) (int, error) {
	n, err := k.ReadCloser.Read(p)
	if k.packed.Len() <= maxAnswer {
		k.enc.Write(p[:n])
	}
	if err == io.EOF {
		k.whole = true
	}
	return n, err
}

// Close ends the answer. A decoder stops at the last brace: what follows is the end of a line at most.
func (k *keeping) Close() error {
	k.ended.Do(func() {
		rest := make([]byte, 16)
		for !k.whole {
			if n, err := k.Read(rest); n == len(rest) || err != nil {
				break
			}
		}
		if k.enc.Close() == nil && k.whole && k.packed.Len() <= maxAnswer {
			k.done(k.packed.Bytes())
		}
	})
	return k.ReadCloser.Close()
}

// get is what is remembered; nil: nothing.
func (a *answers) get(ctx context.Context, source, address string) (*kept, error) {
	var known kept
	var head string
	var used int64
	err := a.store.db.QueryRowContext(ctx, `SELECT etag, modified, head, body, used FROM crawl_answers WHERE source = ? AND address = ?`,
		source, address).Scan(&known.etag, &known.modified, &head, &known.body, &used)
	if errors.Is(err, sql.ErrNoRows) || err == nil && json.Unmarshal([]byte(head), &known.head) != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if now := a.now(); now.Sub(fromUnix(used)) > 24*time.Hour && !a.fixed {
		err = a.store.exec(ctx, `UPDATE crawl_answers SET used = ? WHERE source = ? AND address = ?`, toUnix(now), source, address)
	}
	return &known, err
}

// put remembers an answer.
func (a *answers) put(ctx context.Context, source string, answer kept) error {
	head, err := json.Marshal(answer.head)
	if err != nil {
		return err
	}
	return a.store.exec(ctx, `INSERT OR REPLACE INTO crawl_answers VALUES (?,?,?,?,?,?,?)`,
		source, answer.address, answer.etag, answer.modified, string(head), answer.body, toUnix(a.now()))
}

// prune forgets what has not been of use for long, and what is too much.
func (a *answers) prune(ctx context.Context, source string) error {
	return a.store.exec(ctx, `DELETE FROM crawl_answers WHERE source = ?1 AND (used < ?2 OR address IN
		(SELECT address FROM crawl_answers WHERE source = ?1 ORDER BY used DESC LIMIT -1 OFFSET ?3))`,
		source, toUnix(a.now().Add(-answerLasts)), maxAnswers)
}
