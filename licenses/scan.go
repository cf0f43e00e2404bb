// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// Unread says why a file, or a part of it, was not read for licence statements.
type Unread string

// The reasons.
const (
	ReadWhole    Unread = ""
	UnreadBinary Unread = "binary"   // it is no text; nothing of it was read
	UnreadLong   Unread = "too-long" // only its first part was read
)

// A Scanned file is what it states, and how much of it was read.
type Scanned struct {
	Findings []Finding
	Unread   Unread
	Read     int64 // bytes that were looked at
}

// Scan finds the licence statements of one file of whatever size, and says what was not read. It needs the memory of the part that
// is read, which is bounded, and no more of r is taken than that. The error is that of the reader or the context.
func (d *Detector) Scan(ctx context.Context, path string, r io.Reader) (Scanned, error) {
	if err := ctx.Err(); err != nil {
		return Scanned{}, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return d.scanned(path, head), nil
	case err != nil:
		return Scanned{}, fmt.Errorf("read %s: %w", path, err)
	case isBinary(head):
		return Scanned{Unread: UnreadBinary, Read: int64(n)}, nil
	}
	text := bytes.NewBuffer(head)
	if _, err := text.ReadFrom(io.LimitReader(&contextReader{ctx, r}, int64(maxText-n+1))); err != nil {
		return Scanned{}, fmt.Errorf("read %s: %w", path, err)
	}
	return d.scanned(path, text.Bytes()), nil
}

// scanned reads what was taken of a file: all of it, or one byte more than is read at all.
func (d *Detector) scanned(path string, text []byte) Scanned {
	if isBinary(text) {
		return Scanned{Unread: UnreadBinary, Read: int64(len(text))}
	}
	s := Scanned{Findings: d.Text(path, text), Read: int64(min(len(text), maxText))}
	if len(text) > maxText {
		s.Unread = UnreadLong
	}
	return s
}

// contextReader stops reading when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// headSize is how much of a file tells whether it is text.
const headSize = 8 << 10

// isBinary reports whether a file is no text: one in twelve of its first characters or more is a control character that texts do not
// have. A stray one does not make a text binary; what is compressed has one in ten. In UTF-16 every other byte may be
// zero.
func isBinary(text []byte) bool {
	head := text[:min(len(text), headSize)]
	var zeros, controls [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
		if c < 0x20 && (c < '\t' || c > '\r') && c != 0x1A && c != 0x1B {
			controls[i&1]++
		}
	}
	even, odd := controls[0], controls[1]
	if half := len(head) / 4; zeros[0] > half || zeros[1] > half { // UTF-16: the other halves tell
		if zeros[0] > half {
			even -= zeros[0]
		}
		if zeros[1] > half {
			odd -= zeros[1]
		}
		if zeros[0] > half && zeros[1] > half {
			return true
		}
	}
	return (even+odd)*12 >= len(head) && even+odd > 1
}
