// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

// RestoreOptions say where an archive is put back.
type RestoreOptions struct {
	Dir      string // data folder; made when it is not there
	Force    bool   // though something is in it
	Disk     *durable.Disk
	Now      time.Time
	Verify   func(ctx context.Context, dir string) error // looks at the unpacked data before they take the place of what is there
	Progress func(files int, bytes int64)
}

// Restored tells what was put back.
type Restored struct {
	Manifest
	Files  int
	Bytes  int64
	Aside  string // folder that keeps what was there before; empty when nothing was
	Config string // where the archive's configuration is; empty when it has none
}

// staging is where an archive is unpacked, in the data folder: from there on, names change and nothing is copied.
const staging = "restore.tmp"

// Restore puts an archive back. All of it is unpacked and verified before anything in the data folder is touched. The database is replaced
// in one step, after the mirrors: a restore that is killed leaves the old database in service, or the new one, and may be repeated.
func Restore(ctx context.Context, r io.Reader, o RestoreOptions) (result *Restored, err error) {
	if err := vacant(o.Dir, o.Force); err != nil {
		return nil, err
	}
	if err := o.Disk.MkdirAll(o.Dir); err != nil {
		return nil, err
	}
	lock, err := durable.Acquire(o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	stage := filepath.Join(o.Dir, staging)
	if err := o.Disk.Remove(stage); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Disk.Remove(stage)) }()
	if err := o.Disk.MkdirAll(stage); err != nil {
		return nil, err
	}
	u := &unpacking{dir: stage, o: o, sums: map[string]string{}}
	if err := u.unpack(ctx, r); err != nil {
		return nil, err
	}
	if err := u.verify(ctx); err != nil {
		return nil, err
	}
	if err := o.Disk.SyncTree(stage); err != nil {
		return nil, err
	}
	return u.replace(ctx)
}

// vacant reports an error when something is in the data folder and may not be replaced.
func vacant(dir string, force bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); !force && name != "LOCK" && name != staging {
			return &NotEmptyError{dir, name}
		}
	}
	return nil
}

type unpacking struct {
	dir      string
	o        RestoreOptions
	manifest Manifest
	sums     map[string]string // name → SHA-256, as unpacked
	bytes    int64
}

// unpack writes the entries into the staging folder, and compares them with their checksums.
func (u *unpacking) unpack(ctx context.Context, r io.Reader) error {
	z, err := zstd.NewReader(&reader{ctx, r}, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return &DamagedError{"", err}
	}
	defer z.Close()
	t := tar.NewReader(z)
	var listed []byte
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u.damaged(ctx, "", err)
		}
		if listed != nil {
			return &DamagedError{h.Name, errors.New("it follows the checksums")}
		}
		if h.Name == nameSums {
			if listed, err = io.ReadAll(io.LimitReader(t, 1<<30)); err != nil {
				return u.damaged(ctx, nameSums, err)
			}
			continue
		}
		if err := u.entry(ctx, h, t); err != nil {
			return err
		}
	}
	if listed == nil {
		return &DamagedError{nameSums, errors.New("it is missing: the archive ends too early")}
	}
	return u.compare(listed)
}

// damaged says that the archive is, unless the reading was stopped.
func (u *unpacking) damaged(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &DamagedError{name, err}
}

// expected reports whether an archive may hold an entry: what is not known here would be put nowhere.
func expected(h *tar.Header) bool {
	inMirrors := strings.HasPrefix(h.Name, nameMirrors+"/") && path.Clean(h.Name) == h.Name && filepath.IsLocal(filepath.FromSlash(h.Name)) &&
		!strings.Contains(h.Name, `\`)
	known := h.Name == nameManifest || h.Name == nameDatabase || h.Name == nameConfig || inMirrors
	return h.Typeflag == tar.TypeReg && known
}

func (u *unpacking) entry(ctx context.Context, h *tar.Header, r io.Reader) (err error) {
	small := h.Name != nameManifest && h.Name != nameConfig || h.Size <= 1<<20
	if !small || !expected(h) || u.sums[h.Name] != "" || (len(u.sums) == 0) != (h.Name == nameManifest) {
		return &DamagedError{h.Name, errors.New("a backup has no such entry there")}
	}
	name := filepath.Join(u.dir, filepath.FromSlash(h.Name))
	if err := u.o.Disk.MkdirAll(filepath.Dir(name)); err != nil {
		return err
	}
	f, err := u.o.Disk.Create(name)
	if err != nil {
		return err
	}
	hash := sha256.New()
	var start bytes.Buffer
	source := io.TeeReader(r, hash)
	if h.Name == nameManifest {
		source = io.TeeReader(source, &start)
	}
	in := &reading{source, nil}
	n, err := io.Copy(f, in)
	err = errors.Join(err, f.Close())
	switch {
	case in.err != nil:
		return u.damaged(ctx, h.Name, in.err)
	case err != nil:
		return err
	}
	u.sums[h.Name] = hex.EncodeToString(hash.Sum(nil))
	u.bytes += n
	if u.o.Progress != nil {
		u.o.Progress(len(u.sums), u.bytes)
	}
	if h.Name != nameManifest {
		return nil
	}
	if err := json.Unmarshal(start.Bytes(), &u.manifest); err != nil {
		return &DamagedError{h.Name, err}
	}
	if u.manifest.Format != formatVersion {
		return &FormatError{u.manifest.Format, u.manifest.Program}
	}
	return nil
}

// reading keeps the error of reading apart from that of writing.
type reading struct {
	r   io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// compare wants every entry in the list of checksums, with its own, and no other.
func (u *unpacking) compare(listed []byte) error {
	n := 0
	for line := range strings.Lines(string(listed)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if n++; u.sums[name] != sum {
			return &DamagedError{name, errors.New("its checksum is another")}
		}
	}
	if n != len(u.sums) || u.sums[nameDatabase] == "" {
		return &DamagedError{nameSums, fmt.Errorf("%d checksums for %d entries", n, len(u.sums))}
	}
	return nil
}

// verify has SQLite examine the database, and whoever reads it.
func (u *unpacking) verify(ctx context.Context) error {
	name := filepath.Join(u.dir, nameDatabase)
	db, err := sqlite.OpenReadOnly(ctx, name)
	if err != nil {
		return &DamagedError{nameDatabase, err}
	}
	if err := errors.Join(sqlite.Check(ctx, db, name), db.Close()); err != nil {
		return u.damaged(ctx, nameDatabase, err)
	}
	if u.o.Verify != nil {
		return u.o.Verify(ctx, u.dir)
	}
	return nil
}
