// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package publiclog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Fault is the first entry at which a log does not hold together, and why.
type Fault struct {
	N    int64
	Line int    // of the file that it was read from; 0 when it was not
	Code string // form, hash, body, personal, number, prev, time, missing, cut, head, unknown-head, syntax, too-long
	Want int64  // number: the one that should stand there; cut: the last one that was written; head: the one that was named
}

func (f *Fault) Error() string { return fmt.Sprintf("entry %d of the public log: %s", f.N, f.Code) }

// Message says it to people.
func (f *Fault) Message() (key string, args []any) {
	key, args = "publiclog.fault."+f.Code, []any{strconv.FormatInt(f.N, 10)}
	switch f.Code {
	case "number", "cut", "head":
		args = append(args, strconv.FormatInt(f.Want, 10))
	case "syntax", "too-long":
		args = append(args, strconv.Itoa(f.Line))
	}
	return key, args
}

// Anchor is what somebody has kept of a log: the hash of an entry, and its number where they know it (0: they do not).
type Anchor struct {
	N    int64
	Hash Hash
}

// ParseAnchor reads HASH or HASH@N.
func ParseAnchor(s string) (Anchor, error) {
	var a Anchor
	hash, n, numbered := strings.Cut(strings.TrimSpace(s), "@")
	err := a.Hash.UnmarshalText([]byte(strings.ToLower(hash)))
	if err == nil && numbered {
		a.N, err = strconv.ParseInt(n, 10, 64)
	}
	if err != nil || numbered && a.N < 1 {
		return Anchor{}, &AnchorError{s}
	}
	return a, nil
}

// AnchorError says that a text is not HASH or HASH@N.
type AnchorError struct{ Text string }

func (e *AnchorError) Error() string { return fmt.Sprintf("%q is not the head of a log", e.Text) }

// Message says it to people.
func (e *AnchorError) Message() (key string, args []any) { return "publiclog.anchor", []any{e.Text} }

// Verifier checks a log, one entry after the other. The zero Verifier is at its beginning.
type Verifier struct {
	Anchor *Anchor // what was kept of the log; nil: nothing

	head    Head
	at      time.Time
	erased  int64
	missing map[int64]bool // entries without a body, of which no later one says yet that it was erased
	found   bool           // the anchor's entry
}

// Add takes the next entry. The error is a [*Fault].
func (v *Verifier) Add(e Entry) error {
	switch {
	case e.N != v.head.N+1:
		return &Fault{N: e.N, Code: "number", Want: v.head.N + 1}
	case e.Prev != v.head.Hash:
		return &Fault{N: e.N, Code: "prev"}
	}
	if err := e.check(); err != nil {
		return err
	}
	if e.At.Before(v.at) {
		return &Fault{N: e.N, Code: "time"}
	}
	if a := v.Anchor; a != nil {
		if a.N == e.N && a.Hash != e.Hash {
			return &Fault{N: e.N, Code: "head", Want: a.N}
		}
		v.found = v.found || a.Hash == e.Hash
	}
	if e.Body.Text == nil {
		if v.missing == nil {
			v.missing = map[int64]bool{}
		}
		v.missing[e.N] = true
		v.erased++
	}
	if n, about := strings.CutPrefix(e.About, "entry/"); about && e.Type == TypeErased {
		if n, err := strconv.ParseInt(n, 10, 64); err == nil {
			delete(v.missing, n)
		}
	}
	v.head, v.at = Head{e.N, e.Hash}, e.At
	return nil
}

// End checks what only the whole of a log tells.
func (v *Verifier) End() error {
	var first int64
	for n := range v.missing {
		if first == 0 || n < first {
			first = n
		}
	}
	switch a := v.Anchor; {
	case first > 0:
		return &Fault{N: first, Code: "missing"}
	case a != nil && a.N > v.head.N:
		return &Fault{N: v.head.N + 1, Code: "cut", Want: a.N}
	case a != nil && !v.found:
		return &Fault{N: v.head.N, Code: "unknown-head"}
	}
	return nil
}

// Head is the last entry that was added.
func (v *Verifier) Head() Head { return v.head }

// Erased tells how many bodies were erased.
func (v *Verifier) Erased() int64 { return v.erased }

// Until says when the last entry that was added was made.
func (v *Verifier) Until() time.Time { return v.at }
