// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// policy is the Content-Security-Policy of every answer: nothing but this server's style sheet, images and forms.
const policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// response is an answer, whole in memory before its first byte is sent: a page that cannot be rendered is an error page,
// never half a page.
type response struct {
	status     int
	kind       string // media type
	lang       string // of the content; empty when it has none
	body       []byte
	room       *[]byte               // where the body stands, for another page once this one is sent; nil when it is kept
	gzipped    []byte                // the body compressed ahead of time; nil when it is compressed as it is sent
	tag        string                // of the body, when it was made ahead of time
	cache      time.Duration         // how long it may be kept without asking again; 0: ask each time
	immutable  bool                  // the URL carries a hash: it may be kept for ever
	noStore    bool                  // it may not be kept at all
	ownForms   bool                  // its forms change something: a browser has to say that they are this site's own
	location   string                // of a redirection
	retryAfter int                   // seconds
	cookie     *http.Cookie          // of a session that begins or ends
	entry      *http.Cookie          // of an attempt to sign in with another site
	refresh    string                // the address that a page leads on to by itself
	challenge  string                // how to say who one is, where that was not said
	allow      string                // methods, where they are not GET and HEAD
	anywhere   bool                  // pages of others may show it
	stream     func(io.Writer) error // writes the body as it is sent, in place of body; what it writes is always the same
}

// write sends the answer and says how many bytes its body took.
func (resp *response) write(w http.ResponseWriter, r *http.Request, zip *compressor) int {
	h := w.Header()
	resp.setHeaders(h)
	if resp.stream != nil {
		return resp.writeStream(w, r, zip)
	}
	if resp.status == http.StatusOK && !resp.noStore {
		if resp.tag == "" {
			resp.tag = etag(resp.body)
		}
		h.Set("ETag", resp.tag)
		if matches(r.Header.Get("If-None-Match"), resp.tag) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return 0
		}
	}
	body := resp.body
	switch packed := acceptsGzip(r); {
	case packed && (resp.gzipped != nil || len(body) >= leastZipped):
		if resp.gzipped == nil {
			resp.gzipped = zip.compress(body)
		}
		body = resp.gzipped
		h.Set("Content-Encoding", "gzip")
	case body == nil && resp.gzipped != nil:
		body = unzip(resp.gzipped)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(resp.status)
	if r.Method == http.MethodHead {
		return 0
	}
	n, _ := w.Write(body)
	return n
}

// writeStream sends a body that is too long to be made ahead. Nothing of it is kept, so it has no tag. Whoever stops reading ends it.
func (resp *response) writeStream(w http.ResponseWriter, r *http.Request, zip *compressor) int {
	packed := acceptsGzip(r)
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.WriteHeader(resp.status)
	if r.Method == http.MethodHead {
		return 0
	}
	sent := &counted{w: w}
	if !packed {
		_ = resp.stream(sent) // it fails only when nobody reads any longer
		return sent.n
	}
	z := zip.writer(sent)
	defer zip.writers.Put(z)
	if resp.stream(z) == nil {
		_ = z.Close()
	}
	return sent.n
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

func (resp *response) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	if resp.ownForms {
		// With the stricter one browsers send "Origin: null", and over http, or when they are old, nothing else that tells where a form stood.
		h.Set("Referrer-Policy", "same-origin")
	}
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if resp.anywhere {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()")
	h.Set("Vary", "Accept-Language, Accept-Encoding")
	switch {
	case resp.noStore:
		h.Set("Cache-Control", "no-store")
	case resp.immutable:
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	case resp.cache > 0:
		h.Set("Cache-Control", "max-age="+strconv.Itoa(int(resp.cache.Seconds())))
	default:
		h.Set("Cache-Control", "no-cache")
	}
	if resp.kind != "" {
		h.Set("Content-Type", resp.kind)
	}
	if resp.lang != "" {
		h.Set("Content-Language", resp.lang)
	}
	if resp.location != "" {
		h.Set("Location", resp.location)
	}
	if resp.cookie != nil {
		h.Add("Set-Cookie", resp.cookie.String())
	}
	if resp.entry != nil {
		h.Add("Set-Cookie", resp.entry.String())
	}
	if resp.refresh != "" {
		h.Set("Refresh", "0; url="+resp.refresh)
	}
	if resp.challenge != "" {
		h.Set("WWW-Authenticate", resp.challenge)
	}
	if resp.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(resp.retryAfter))
	}
	if resp.status == http.StatusMethodNotAllowed {
		h.Set("Allow", cmp.Or(resp.allow, "GET, HEAD"))
	}
}

// etag names a body. It is weak: the same page compressed and plain are the same page.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf(`W/"%x"`, sum[:16])
}

func matches(header, tag string) bool {
	for _, one := range strings.Split(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

func acceptsGzip(r *http.Request) bool {
	for _, one := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(one), ";")
		if name == "gzip" && strings.ReplaceAll(params, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// leastZipped is how long a body is that is worth compressing.
const leastZipped = 1024

// pageLevel is how hard pages are compressed: in a sixth of the time that it takes to save the last seven bytes of a hundred.
const pageLevel = 3

// compressor keeps its writers: one of them weighs 800 kB.
type compressor struct {
	level   int
	writers sync.Pool
}

// writer is one that was kept, or a new one; whoever is done with it puts it back.
func (c *compressor) writer(w io.Writer) *gzip.Writer {
	if z, ok := c.writers.Get().(*gzip.Writer); ok {
		z.Reset(w)
		return z
	}
	z, _ := gzip.NewWriterLevel(w, c.level) // a level that it knows
	return z
}

func (c *compressor) compress(body []byte) []byte {
	var b bytes.Buffer
	b.Grow(len(body)/4 + leastZipped) // what most pages come to
	z := c.writer(&b)
	defer c.writers.Put(z)
	// Writing into memory does not fail.
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

// unzip gives back what was compressed here, which does not fail.
func unzip(packed []byte) []byte {
	z, _ := gzip.NewReader(bytes.NewReader(packed))
	body, _ := io.ReadAll(z)
	return body
}

// jsonResponse is an answer of the API.
func jsonResponse(status int, v any) (*response, error) {
	b, err := asJSON(v)
	if err != nil {
		return nil, err
	}
	return &response{status: status, kind: jsonType, body: append(b, '\n')}, nil
}

// jsonType is the media type of the API's answers.
const jsonType = "application/json; charset=utf-8"
