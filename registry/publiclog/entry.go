// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package publiclog is the public log: what was decided and done, in a chain that anybody can check.
//
// An entry has a number n (1, 2, 3…), a time, a type, what it is about, a body, and a part that is personal. Of the body and the personal part
// the chain holds salted hashes alone, so that either can be erased and the chain still verifies. Its hash is
//
//	SHA-256("communs-log-1\n" n "\n" at "\n" type "\n" about "\n" body "\n" personal "\n" prev "\n")
//
// where n is decimal; at is RFC 3339 in UTC to the second, 2026-11-22T17:00:00Z; type is lower-case words joined by dots and hyphens; about is
// a word, a slash and a number (proposal/12), or "-"; body and personal are hashes, "-" for no personal part; prev is the hash of the entry
// before, and 64 zeros in the first. Hashes are written in lower-case hexadecimal. No field can hold a newline, so no two entries have one text.
//
// The hash of a body, or of a personal part, is SHA-256(salt text): 32 bytes of salt, then the text, JSON in UTF-8, byte for byte. Who
// has no salt cannot tell an erased text by trying.
//
// A body that is not there was erased, and a later entry of the type "erased" about "entry/N" says so. A personal part may be
// missing without a word: it is not handed out.
package publiclog

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes, and nothing else.
func (h *Hash) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(h) || bytes.ContainsAny(text, "ABCDEF") {
		return fmt.Errorf("%q is not a SHA-256 in lower-case hexadecimal", text)
	}
	copy(h[:], raw)
	return nil
}

// saltSize is the length of every salt: with another one, bytes could move between the salt and the text.
const saltSize = 32

// MaxText is the most that a body or a personal part may weigh.
const MaxText = 512_000

// Part is a text that the chain holds the hash of. The zero Part is none.
type Part struct {
	Hash Hash
	Salt []byte
	Text []byte // nil: erased, or held back
}

// Entry is one thing that was decided or done.
type Entry struct {
	N        int64
	At       time.Time
	Type     string
	About    string // "proposal/12"; empty for nothing that has a number
	Body     Part
	Personal Part
	Prev     Hash
	Hash     Hash
}

// TypeErased is the type of the entries that tell of an erasure.
const TypeErased = "erased"

// Head is where a log ends: whoever keeps it can tell later whether anything before it was changed.
type Head struct {
	N    int64 `json:"n"`
	Hash Hash  `json:"hash"`
}

// Draft is an entry to be: what it says, without its place in the chain.
type Draft struct {
	Type     string
	About    string
	Body     any // written as JSON
	Personal any // nil: there is none
}

var (
	typeForm  = regexp.MustCompile(`^[a-z]+([.-][a-z]+){0,5}$`)
	aboutForm = regexp.MustCompile(`^[a-z]{1,20}/[1-9][0-9]{0,17}$`)
)

// Seal makes the entry that follows the one which the head names.
func (d Draft) Seal(after Head, at time.Time) (Entry, error) {
	e := Entry{N: after.N + 1, At: at.UTC().Truncate(time.Second), Type: d.Type, About: d.About, Prev: after.Hash}
	var err error
	if e.Body, err = newPart(d.Body); err != nil {
		return Entry{}, fmt.Errorf("write an entry of type %s: %w", d.Type, err)
	}
	if d.Personal != nil {
		if e.Personal, err = newPart(d.Personal); err != nil {
			return Entry{}, fmt.Errorf("write an entry of type %s: %w", d.Type, err)
		}
	}
	e.Hash = e.sum()
	if fault := e.check(); fault != nil {
		return Entry{}, fault
	}
	return e, nil
}

func newPart(v any) (Part, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return Part{}, err
	}
	p := Part{Salt: make([]byte, saltSize), Text: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
	rand.Read(p.Salt)
	p.Hash = p.sum()
	return p, nil
}

func (p Part) sum() Hash {
	h := sha256.New()
	h.Write(p.Salt)
	h.Write(p.Text)
	return Hash(h.Sum(nil))
}

// none reports whether there never was such a part.
func (p Part) none() bool { return p.Hash == Hash{} }

// sum is the hash of the entry's canonical text.
func (e *Entry) sum() Hash {
	b := make([]byte, 0, 320)
	field := func(s string) {
		if s == "" {
			s = "-"
		}
		b = append(append(b, s...), '\n')
	}
	b = append(b, "communs-log-1\n"...)
	b = append(strconv.AppendInt(b, e.N, 10), '\n')
	b = append(e.At.UTC().AppendFormat(b, time.RFC3339), '\n')
	field(e.Type)
	field(e.About)
	field(e.Body.Hash.String())
	if e.Personal.none() {
		field("")
	} else {
		field(e.Personal.Hash.String())
	}
	field(e.Prev.String())
	return sha256.Sum256(b)
}

// check looks at the entry by itself.
func (e *Entry) check() error {
	switch {
	case e.N < 1 || !typeForm.MatchString(e.Type) || e.About != "" && !aboutForm.MatchString(e.About) ||
		e.Body.none() || e.At.Nanosecond() != 0 || e.At.Year() < 1970 || e.At.Year() > 9999:
		return &Fault{N: e.N, Code: "form"}
	case e.sum() != e.Hash:
		return &Fault{N: e.N, Code: "hash"}
	case !e.Body.holds():
		return &Fault{N: e.N, Code: "body"}
	case !e.Personal.holds():
		return &Fault{N: e.N, Code: "personal"}
	}
	return nil
}

// holds reports whether the text is the one that was hashed, or is not there.
func (p Part) holds() bool {
	if p.Text == nil {
		return len(p.Salt) == 0
	}
	return !p.none() && len(p.Salt) == saltSize && len(p.Text) <= MaxText && utf8.Valid(p.Text) && p.sum() == p.Hash
}
