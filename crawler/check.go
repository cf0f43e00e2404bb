// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"communs/internal/sqlite"
)

// Damage is a file of a mirror that is not, or no longer, what was published. Restore mends it.
type Damage struct {
	File string // below the data folder, slash-separated; the mirror's folder when an object is in no file
	Repo string // URL of the repository
	Err  error  // what is the matter
}

// Check compares every published mirror with its checksums: packs and their indexes with the SHA-1 at their end, and
// the commit's trees with the objects that are there. Each file is read once through; contents are not inflated, since
// the pack's checksum covers them. It changes nothing. progress hears of each mirror before it is read. A database
// that is damaged itself is the error, a [sqlite.DamagedError]: what the mirrors should hold stands there.
func (c *Crawler) Check(ctx context.Context, progress func(url string)) ([]Damage, error) {
	if c.store == nil { // opened to read, and nothing was ever mirrored
		return nil, nil
	}
	if err := sqlite.Check(ctx, c.store.db, c.store.path); err != nil {
		return nil, err
	}
	list, err := c.store.list(ctx, "commit_name <> '' AND gone = 0")
	if err != nil {
		return nil, err
	}
	withdrawn, err := c.withdrawnBlobs(ctx)
	if err != nil {
		return nil, err
	}
	var damages []Damage
	for _, r := range list {
		progress(r.URL)
		found, err := c.checkNow(ctx, r, withdrawn)
		if err != nil {
			return damages, err
		}
		damages = append(damages, found...)
	}
	return damages, nil
}

// checkNow checks a mirror, again when somebody published another state meanwhile.
func (c *Crawler) checkNow(ctx context.Context, r *record, withdrawn map[Hash]bool) ([]Damage, error) {
	for {
		packs, small, err := c.checkMirror(ctx, r, withdrawn)
		damages := slices.Concat(packs, small)
		if err != nil || len(damages) == 0 {
			return nil, err
		}
		now, err := c.store.get(ctx, r.key)
		if err != nil || now == nil {
			return nil, err
		}
		if now.commit == r.commit && slices.Equal(now.packs, r.packs) {
			return damages, nil
		}
		r = now
	}
}

// checkMirror gives what is wrong with the packs of a mirror and, when nothing is, with its references.
func (c *Crawler) checkMirror(ctx context.Context, r *record, withdrawn map[Hash]bool) (packs, small []Damage, err error) {
	add := func(list *[]Damage, file string, err error) {
		if relative, relErr := filepath.Rel(c.cfg.Dir, file); relErr == nil {
			file = filepath.ToSlash(relative)
		}
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err // the file is named already
		}
		*list = append(*list, Damage{file, r.URL, err})
	}
	for _, base := range c.packBases(r) {
		index, err := checkIndex(base + ".idx")
		if err != nil {
			add(&packs, base+".idx", err)
		}
		if err := checkPack(ctx, base+".pack", index); ctx.Err() != nil {
			return nil, nil, ctx.Err()
		} else if err != nil {
			add(&packs, base+".pack", err)
		}
	}
	if len(packs) > 0 {
		return packs, nil, nil
	}
	dir := c.mirrorDir(r)
	h, err := ParseHash(r.commit)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := verify(ctx, c.packBases(r), h, withdrawn)
	var corrupt *CorruptError
	switch {
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	case errors.As(err, &corrupt):
		add(&packs, corrupt.File, corrupt.Err)
		return packs, nil, nil
	case err != nil:
		add(&packs, dir, err)
		return packs, nil, nil
	}
	for _, ref := range append(references(r.branch, h, parsed), config()) {
		if err := ref.check(dir); err != nil {
			add(&small, filepath.Join(dir, ref.name), err)
		}
	}
	return nil, small, nil
}

// checkIndex reads a pack index.
func checkIndex(file string) (*packIndex, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parsePackIndex(data)
}

// checkPack compares a pack with the checksum at its end, and that with the one in its index when there is one.
func checkPack(ctx context.Context, file string, index *packIndex) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if fi.Size() < 32 {
		return io.ErrUnexpectedEOF
	}
	sum := sha1.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, stopping{ctx, io.LimitReader(f, fi.Size()-20)}, make([]byte, 1<<20)); err != nil {
		return err
	}
	var trailer Hash
	if _, err := io.ReadFull(f, trailer[:]); err != nil {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), trailer[:]) {
		return errors.New("checksum differs")
	}
	if index != nil && index.pack != trailer {
		return errors.New("it is not the pack that its index describes")
	}
	return nil
}

// stopping is a reader that ends with its context.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

// Read reads unless the context has ended.
func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// intact reports, at the cost of two short reads a pack, whether the packs that a row names are there to their end and
// belong to their indexes. A bit that flipped inside is left for Check.
func (c *Crawler) intact(r *record) bool {
	for _, base := range c.packBases(r) {
		trailer, err := tail(base+".pack", 20)
		if err != nil {
			return false
		}
		sums, err := tail(base+".idx", 40)
		if err != nil || !bytes.Equal(sums[:20], trailer) {
			return false
		}
	}
	return true
}

// tail reads the last n bytes of a file.
func tail(file string, n int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = f.ReadAt(b, fi.Size()-n)
	return b, err
}

// Restore fetches repositories anew from where they came, whether they moved or not, and replaces what is damaged in
// their mirrors. Until that is there, whole, the mirror stays as it is. One whose source no longer gives it is a
// failure that names it, and nothing else changes: neither a grace period begins nor does it stop being shown. Where
// only references are damaged, no source is asked.
func (c *Crawler) Restore(ctx context.Context, urls []string, report func(Event)) (Summary, error) {
	run := c.newRun(report)
	run.anew = true
	for _, url := range urls {
		r, err := c.find(ctx, url)
		if err == nil && r == nil {
			err = &UnknownError{withoutUser(url)}
		}
		if err != nil {
			return run.sum, err
		}
		run.sources = append(run.sources, listed{source: &oneRepository{r.Repository}})
	}
	err := run.start(ctx)
	return run.sum, err
}

// mend writes a mirror's references again when only they are damaged, and reports whether the mirror is whole.
func (c *Crawler) mend(ctx context.Context, t *task) (bool, error) {
	if t.record.commit == "" {
		return false, nil
	}
	packs, _, err := c.checkMirror(ctx, t.record, t.withdrawn)
	if err != nil || len(packs) > 0 {
		return false, err
	}
	h, err := ParseHash(t.record.commit)
	if err != nil {
		return false, err
	}
	parsed, err := verify(ctx, c.packBases(t.record), h, t.withdrawn)
	if err != nil {
		return false, err
	}
	dir := c.mirrorDir(t.record)
	if err := c.prepare(dir); err != nil {
		return false, err
	}
	return true, c.setReferences(dir, t.record.branch, h, parsed)
}
