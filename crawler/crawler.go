// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package crawler finds out where code comes from and brings it: it lists repositories at their sources and keeps a
// bare git mirror of each.
package crawler

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"time"
)

// Cursor is where a source's last listing stopped; empty means from the beginning. Only its source can read it.
type Cursor string

// Source lists repositories.
type Source interface {
	// Repositories yields what the source holds and has changed since the cursor, until the context ends. An error may
	// be about one repository: the listing goes on after it when the source can.
	Repositories(ctx context.Context, since Cursor) iter.Seq2[Repository, error]
}

// Fetcher brings one repository into its mirror.
type Fetcher interface {
	// Fetch makes the mirror hold the repository's current state. The snapshot says with Changed whether it moved.
	Fetch(ctx context.Context, r Repository) (*Snapshot, error)
}

// Repository is what a source says of a repository.
type Repository struct {
	URL         string // canonical address, https:// where it has one; names the repository everywhere
	Name        string // last element of the path
	Owner       string // who holds it at the forge: a user, an organisation, a group path
	Description string
	Homepage    string
	Version     string // of a Go module; empty for git
	Fork        bool
	Archived    bool
	Topics      []string
	PushedAt    time.Time // latest activity that the source knows of
	Source      string    // name of the source that listed it
	Path        string    // local folder or repository to read; empty for what comes over the network
	Clone       string    // address to fetch from when it is not URL

	// What a forge says besides. All of it is empty where the source does not tell.
	ForgeID       int64  // the forge's own number of it, which stays when it is renamed
	Parent        string // address of what it was forked from
	Mirror        bool   // it follows another repository
	MirrorOf      string // address of that one
	Visibility    string // public, internal, private
	Empty         bool
	DefaultBranch string
	License       string // what the forge takes its licence to be: a hint, never evidence
	LFS           bool   // large files may stand elsewhere
	CreatedAt     time.Time
	UpdatedAt     time.Time

	hooked bool // a webhook has named it
}

// The visibilities of a repository.
const (
	VisibilityPublic   = "public"
	VisibilityInternal = "internal"
	VisibilityPrivate  = "private"
)

// Hash is a git object name (SHA-1).
type Hash [20]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether there is no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// ParseHash reads 40 hexadecimal digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 40 {
		return h, fmt.Errorf("git hash %q: want 40 hexadecimal digits", s)
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return h, fmt.Errorf("git hash %q: %w", s, err)
	}
	return h, nil
}

// File is one file of a snapshot.
type File struct {
	Path string // slash-separated, as git holds it: any bytes but NUL
	Hash Hash   // git blob name
	Size int64  // bytes
	Mode uint32 // git mode: 0o100644, 0o100755, 0o120000 (symbolic link)
	open func() (io.ReadCloser, error)
}

// NewFile makes a file whose content open gives.
func NewFile(path string, hash Hash, size int64, mode uint32, open func() (io.ReadCloser, error)) File {
	return File{path, hash, size, mode, open}
}

// Open reads the file's content.
func (f File) Open() (io.ReadCloser, error) { return f.open() }

// Snapshot is one published state of a mirror.
type Snapshot struct {
	Repository
	Commit    string    // commit name in the mirror
	Tree      string    // name of the folder that it holds; empty when it is not known
	Time      time.Time // when that commit was made
	FirstSeen time.Time // when this mirror was first published here
	Changed   bool      // whether the last fetch moved it
	Aliases   []string  // addresses that it had before
	Note      string    // why it is shown although it is not there any more
	files     func() iter.Seq2[File, error]
}

// NewSnapshot makes a snapshot whose files the function yields.
func NewSnapshot(r Repository, commit string, at time.Time, files func() iter.Seq2[File, error]) *Snapshot {
	return &Snapshot{Repository: r, Commit: commit, Time: at, files: files}
}

// Files yields the snapshot's files in path order, submodules left out. An error ends the sequence when it concerns
// the whole snapshot; one about a single file comes with that file's path and the sequence goes on.
func (s *Snapshot) Files() iter.Seq2[File, error] { return s.files() }

// Public is the version that people know: the module version, or the commit.
func (s *Snapshot) Public() string {
	if s.Version != "" {
		return s.Version
	}
	return s.Commit
}
