// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package heritage speaks of software the way the Software Heritage archive does: it computes SWHIDs (ISO/IEC 18670,
// version 1) of what is here, and asks the archive what it holds, to save what it does not hold, and to give back what is
// nowhere else any more.
package heritage

import (
	"crypto/sha1"
	"encoding/hex"
	"hash"
	"strconv"
)

// Type is what a SWHID names: its third field.
type Type string

// The five types.
const (
	Content   Type = "cnt"
	Directory Type = "dir"
	Revision  Type = "rev"
	Release   Type = "rel"
	Snapshot  Type = "snp"
)

// header is the word that git, and Software Heritage after it, hashes before an object of that type.
func (t Type) header() string {
	switch t {
	case Content:
		return "blob"
	case Directory:
		return "tree"
	case Revision:
		return "commit"
	case Release:
		return "tag"
	case Snapshot:
		return "snapshot"
	}
	return ""
}

// ID is a core SWHID: swh:1:<type>:<hash>.
type ID struct {
	Type Type
	Hash [sha1.Size]byte
}

// IsZero reports whether there is no identifier.
func (id ID) IsZero() bool { return id == ID{} }

// String writes the identifier; nothing when there is none.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return "swh:1:" + string(id.Type) + ":" + hex.EncodeToString(id.Hash[:])
}

// MarshalText writes the identifier, as JSON holds it.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// Sum is the identifier of an object whose bytes are all here: a content, or what git holds of a tree, a commit or a tag.
func Sum(t Type, object []byte) ID {
	h := newHash(t, int64(len(object)))
	h.Write(object)
	return finish(t, h)
}

// newHash begins the hash of an object with so many bytes.
func newHash(t Type, size int64) hash.Hash {
	h := sha1.New() // the standard names it
	h.Write(strconv.AppendInt([]byte(t.header()+" "), size, 10))
	h.Write([]byte{0})
	return h
}

func finish(t Type, h hash.Hash) ID {
	id := ID{Type: t}
	h.Sum(id.Hash[:0])
	return id
}
