// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// endless gives the same bytes again and again and counts them.
type endless struct {
	text string
	n    int64
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[int(e.n)%len(e.text)]
		e.n++
	}
	return len(p), nil
}

func TestScan(t *testing.T) {
	d := detector(t)
	const tag = "// SPDX-License-Identifier: MIT\n"
	noise := make([]byte, 100<<10)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	utf16 := "\xFF\xFE" + string(bytes.Join(bytes.Split([]byte(tag), nil), []byte{0})) + "\x00"
	for name, c := range map[string]struct {
		in   io.Reader
		want Scanned
		expr string
	}{
		"empty":            {strings.NewReader(""), Scanned{}, ""},
		"short":            {strings.NewReader(tag), Scanned{Read: int64(len(tag))}, "MIT"},
		"byte by byte":     {iotest.OneByteReader(strings.NewReader(tag)), Scanned{Read: int64(len(tag))}, "MIT"},
		"utf16":            {strings.NewReader(utf16), Scanned{Read: int64(len(utf16))}, "MIT"},
		"stray zero":       {strings.NewReader(tag + "\x00" + strings.Repeat("code\n", 100)), Scanned{Read: int64(len(tag)) + 501}, "MIT"},
		"zeros":            {&endless{text: "\x00"}, Scanned{Read: headSize, Unread: UnreadBinary}, ""},
		"short zeros":      {strings.NewReader(tag + strings.Repeat("\x00\x01", 50)), Scanned{Read: int64(len(tag)) + 100, Unread: UnreadBinary}, ""},
		"compressed":       {bytes.NewReader(noise), Scanned{Read: headSize, Unread: UnreadBinary}, ""},
		"one endless line": {io.MultiReader(strings.NewReader(tag), &endless{text: "x = y;"}), Scanned{Read: maxText, Unread: UnreadLong}, "MIT"},
	} {
		got, err := d.Scan(t.Context(), "a.c", c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got.Read != c.want.Read || got.Unread != c.want.Unread || answer(got.Findings).String() != c.expr {
			t.Errorf("%s: %+v, want %+v with %q", name, got, c.want, c.expr)
		}
	}
}

func TestScanFails(t *testing.T) {
	d := detector(t)
	for _, in := range []io.Reader{iotest.ErrReader(io.ErrNoProgress), io.MultiReader(strings.NewReader(strings.Repeat("a ", headSize)), iotest.ErrReader(io.ErrNoProgress))} {
		if _, err := d.Scan(t.Context(), "a.c", in); !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("got %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	long := &endless{text: "abc "}
	stop := readerFunc(func(p []byte) (int, error) {
		if long.n > 100<<10 {
			cancel()
		}
		return long.Read(p)
	})
	if _, err := d.Scan(ctx, "a.c", stop); !errors.Is(err, context.Canceled) || long.n > 1<<20 {
		t.Errorf("%v after %d bytes", err, long.n)
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
