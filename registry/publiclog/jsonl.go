// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package publiclog

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"time"
)

// A log is handed out as JSONL, one entry a line, from the first:
//
//	{"n":2,"at":"2026-11-22T17:00:00Z","type":"record.edited","about":"","body_hash":"…","personal_hash":"","prev":"…","hash":"…",
//	 "salt":"…","body":"{\"by\":\"administrator\"}"}
//
// The body is a string that holds JSON, since its very bytes were hashed. An erased one is left out with its salt; the
// personal part always is.

// line is an entry as a line of JSON.
type line struct {
	N            int64   `json:"n"`
	At           string  `json:"at"`
	Type         string  `json:"type"`
	About        string  `json:"about"`
	BodyHash     Hash    `json:"body_hash"`
	PersonalHash string  `json:"personal_hash"` // empty: there is no such part
	Prev         Hash    `json:"prev"`
	Hash         Hash    `json:"hash"`
	Salt         string  `json:"salt,omitempty"`
	Body         *string `json:"body,omitempty"`
}

// MarshalJSON writes the entry as a line of the export.
func (e Entry) MarshalJSON() ([]byte, error) {
	l := line{N: e.N, At: e.At.UTC().Format(time.RFC3339), Type: e.Type, About: e.About, BodyHash: e.Body.Hash, Prev: e.Prev, Hash: e.Hash}
	if !e.Personal.none() {
		l.PersonalHash = e.Personal.Hash.String()
	}
	if e.Body.Text != nil {
		text := string(e.Body.Text)
		l.Salt, l.Body = hex.EncodeToString(e.Body.Salt), &text
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(l)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// UnmarshalJSON reads a line of the export: every field in the one form in which it is written.
func (e *Entry) UnmarshalJSON(data []byte) error {
	var l line
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, l.At)
	if err != nil || at.UTC().Format(time.RFC3339) != l.At {
		return errors.New("the time is not written as 2026-11-22T17:00:00Z")
	}
	*e = Entry{N: l.N, At: at.UTC(), Type: l.Type, About: l.About, Prev: l.Prev, Hash: l.Hash, Body: Part{Hash: l.BodyHash}}
	if l.PersonalHash != "" {
		if err := e.Personal.Hash.UnmarshalText([]byte(l.PersonalHash)); err != nil {
			return err
		}
	}
	if e.Body.Salt, err = hex.DecodeString(l.Salt); err != nil {
		return err
	}
	if l.Body != nil {
		e.Body.Text = []byte(*l.Body)
	}
	return nil
}

// maxLine bounds a line: a body whose every byte is escaped, and the rest.
const maxLine = 6*MaxText + 4096

// Read yields the entries of an export. What cannot be read is a [*Fault] with its line; any other error is of the reader.
func Read(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 64*1024), maxLine)
		at, last := 0, int64(0)
		for lines.Scan() {
			at++
			text := lines.Bytes()
			if len(bytes.TrimSpace(text)) == 0 {
				continue
			}
			var e Entry
			if err := json.Unmarshal(text, &e); err != nil {
				yield(Entry{}, &Fault{N: last + 1, Line: at, Code: "syntax"})
				return
			}
			last = e.N
			if !yield(e, nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Entry{}, &Fault{N: last + 1, Line: at + 1, Code: "too-long"})
		} else if err != nil {
			yield(Entry{}, err)
		}
	}
}
