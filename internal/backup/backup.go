// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package backup writes what cannot be made again into one file, and puts it back.
//
// The file is a tar archive compressed with zstd. Its entries, in this order:
//
//	communs-backup.json   what it is: the version of this format, of the program, of each package's tables, when it was taken
//	communs.db            the database as it was at one moment, without a log
//	communs.toml          the configuration, where there is one
//	mirrors/…             the mirrors, where they were asked for: they can be fetched again as long as the forges are there
//	SHA256SUMS            the SHA-256 of each entry before it, one "hex  name" a line: what follows it, or a file without it, is refused
//
// The index is not in it: it is made from the mirrors.
package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// The names of an archive's entries.
const (
	nameManifest = "communs-backup.json"
	nameDatabase = "communs.db"
	nameConfig   = "communs.toml"
	nameMirrors  = "mirrors"
	nameSums     = "SHA256SUMS"
)

const formatVersion = 1

// Manifest says what an archive is.
type Manifest struct {
	Format  int            `json:"format"`
	Program string         `json:"program"` // version of Communs that wrote it
	Created time.Time      `json:"created"` // UTC, to the second
	Tables  map[string]int `json:"tables"`  // version of each package's tables
	Mirrors bool           `json:"mirrors"` // whether the mirrors are in it
}

// Options say what to back up.
type Options struct {
	Dir      string // data folder
	Config   string // configuration file; empty for none
	Mirrors  bool   // take the mirrors too; nobody may write to the data folder meanwhile
	Program  string
	Now      time.Time
	Progress func(files int, bytes int64)
}

// Summary tells what was written.
type Summary struct {
	Manifest
	Files  int
	Bytes  int64    // before compression
	Unread []string // files of the mirrors that could not be read, and are left out
}

// Write writes an archive. The database is copied into the folder temp first.
func Write(ctx context.Context, w io.Writer, temp string, o Options) (*Summary, error) {
	copied := filepath.Join(temp, nameDatabase)
	tables, err := copyDatabase(ctx, filepath.Join(o.Dir, nameDatabase), copied)
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewWriter(w)
	if err != nil {
		return nil, err
	}
	a := &archive{tar: tar.NewWriter(z), o: o, sum: Summary{Manifest: Manifest{formatVersion, o.Program, o.Now.UTC().Truncate(time.Second), tables, o.Mirrors}}}
	if err := a.fill(ctx, copied); err != nil {
		return nil, errors.Join(err, z.Close())
	}
	if err := a.tar.Close(); err != nil {
		return nil, errors.Join(err, z.Close())
	}
	return &a.sum, z.Close()
}

// copyDatabase copies the database while others use it, and tells the versions of its tables.
func copyDatabase(ctx context.Context, from, to string) (tables map[string]int, err error) {
	if _, err := os.Stat(from); err != nil {
		return nil, &NothingError{filepath.Dir(from)}
	}
	db, err := sqlite.OpenReadOnly(ctx, from)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := sqlite.Copy(ctx, db, to); err != nil {
		return nil, sqlite.Damaged(from, err)
	}
	return sqlite.Versions(ctx, db)
}

type archive struct {
	tar  *tar.Writer
	o    Options
	sum  Summary
	sums strings.Builder
}

func (a *archive) fill(ctx context.Context, database string) error {
	manifest, err := json.MarshalIndent(a.sum.Manifest, "", "  ")
	if err != nil {
		return err
	}
	if err := a.text(nameManifest, append(manifest, '\n')); err != nil {
		return err
	}
	if err := a.file(ctx, nameDatabase, database); err != nil {
		return err
	}
	if a.o.Config != "" {
		data, err := os.ReadFile(a.o.Config)
		if err != nil {
			return err
		}
		if err := a.text(nameConfig, data); err != nil {
			return err
		}
	}
	if a.o.Mirrors {
		if err := a.mirrors(ctx); err != nil {
			return err
		}
	}
	files, bytes := a.sum.Files, a.sum.Bytes
	err = a.text(nameSums, []byte(a.sums.String()))
	a.sum.Files, a.sum.Bytes = files, bytes // which a reader checks, and does not unpack
	return err
}

// mirrors adds every file below mirrors/ but what an interrupted fetch left behind.
func (a *archive) mirrors(ctx context.Context) error {
	root := filepath.Join(a.o.Dir, nameMirrors)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		relative, relErr := filepath.Rel(a.o.Dir, path)
		if relErr != nil {
			return relErr
		}
		name := filepath.ToSlash(relative)
		switch {
		case err != nil && path == root && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			a.sum.Unread = append(a.sum.Unread, name)
			return nil
		case e.IsDir() && e.Name() == ".staging" && filepath.Dir(path) == root:
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		err = a.file(ctx, name, path)
		var unread *fs.PathError
		if errors.As(err, &unread) && unread.Op == "open" {
			a.sum.Unread = append(a.sum.Unread, name)
			return nil
		}
		return err
	})
	return err
}

// text adds an entry that is held in memory.
func (a *archive) text(name string, data []byte) error {
	return a.entry(name, int64(len(data)), strings.NewReader(string(data)))
}

// file adds a file of the disk, as long as it was when it was opened.
func (a *archive) file(ctx context.Context, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return a.entry(name, info.Size(), &reader{ctx, f})
}

func (a *archive) entry(name string, size int64, r io.Reader) error {
	err := a.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.sum.Created, Format: tar.FormatPAX,
	})
	if err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, hash), r, size); err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	fmt.Fprintf(&a.sums, "%s  %s\n", hex.EncodeToString(hash.Sum(nil)), name)
	a.sum.Files++
	a.sum.Bytes += size
	if a.o.Progress != nil {
		a.o.Progress(a.sum.Files, a.sum.Bytes)
	}
	return nil
}

// reader ends when the context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// WriteFile writes an archive that only its owner may read, in one step: whatever happens, there is a whole file under the name, or the one
// that was there before.
func WriteFile(ctx context.Context, disk *durable.Disk, name string, o Options) (sum *Summary, err error) {
	temp := name + ".tmp"
	if err := disk.Remove(temp); err != nil { // of a run that was killed
		return nil, err
	}
	if err := disk.Step(durable.OpMkdir, temp); err != nil {
		return nil, err
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, disk.Remove(temp)) }()
	whole := filepath.Join(temp, "backup")
	f, err := disk.Create(whole)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(whole, 0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if sum, err = Write(ctx, f, temp, o); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := f.Commit(); err != nil {
		return nil, err
	}
	return sum, disk.Rename(whole, name)
}
