// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"communs/crawler/heritage"
	"communs/internal/durable"
)

// staged is what a fetch has brought beside the mirror, ready to be published.
type staged struct {
	unchanged bool // nothing moved; the rest is empty
	empty     bool // the repository has no branch
	commit    Hash
	branch    string // full reference name; empty when HEAD is detached
	base      string // the new pack without its extension; empty when everything is in the mirror already
	full      bool   // the pack alone holds everything: it replaces the mirror's packs
	unknown   bool   // the server does not know the old commit any more
	descends  bool   // the new commit is known to descend from the old one
	omitted   []Omitted

	checked bool   // everything that the commit names was found, but for absent
	absent  []Hash // contents that are nowhere: right only if they were withdrawn

	snapshot heritage.ID // of all references, where a server lists them
	pointers bool        // contents came that begin as a pointer of LFS does
	links    *Links      // what the commit points at outside of itself
}

// When a mirror is put together into one pack: what was replaced piles up otherwise.
const (
	maxPacks   = 8
	bloatRatio = 3        // all packs, compared with the first
	bloatFloor = 16 << 20 // smaller mirrors are left alone
)

// publish makes the mirror hold and show what was staged. Until the row is written, the old state is published and
// its packs stay; after it, the new one. It fills the row with the new state.
func (c *Crawler) publish(ctx context.Context, r *record, s *staged) (commit, error) {
	withdrawn, err := c.withdrawnBlobs(ctx)
	if err != nil {
		return commit{}, err
	}
	if s.base != "" {
		if s.base, err = c.strip(ctx, s.base, withdrawn); err != nil {
			return commit{}, err
		}
	}
	old := c.packBases(r)
	if s.full {
		old = nil
	}
	bases := slices.Clone(old)
	if s.base != "" {
		bases = append(bases, s.base)
	}
	parsed, err := s.verify(ctx, bases, withdrawn)
	if err != nil {
		return commit{}, err
	}
	return parsed, c.move(ctx, r, s, parsed, old)
}

// verify reads the staged commit, and all its trees unless that was done before.
func (s *staged) verify(ctx context.Context, bases []string, withdrawn map[Hash]bool) (commit, error) {
	for _, h := range s.absent {
		if !withdrawn[h] {
			return commit{}, fmt.Errorf("%w: %s", errNoObject, h)
		}
	}
	o, err := openObjects(bases)
	if err != nil {
		return commit{}, err
	}
	defer o.close()
	if !s.checked {
		return s.reach(ctx, o, withdrawn)
	}
	read, err := readCommit(o, s.commit)
	return read.commit, err
}

// verify reads every tree of a commit and checks that every object is there.
func verify(ctx context.Context, bases []string, h Hash, withdrawn map[Hash]bool) (commit, error) {
	o, err := openObjects(bases)
	if err != nil {
		return commit{}, err
	}
	defer o.close()
	_, parsed, err := o.reach(ctx, h, func(h Hash) bool { return withdrawn[h] }, nil)
	return parsed, err
}

// reach is verify that notes, besides, what the trees point at.
func (s *staged) reach(ctx context.Context, o *objects, withdrawn map[Hash]bool) (commit, error) {
	g := newGatherer(o)
	_, parsed, err := o.reach(ctx, s.commit, func(h Hash) bool { return withdrawn[h] }, g.see)
	if err == nil {
		s.links, err = g.finish(ctx, s.commit, parsed.tree, s.pointers)
	}
	return parsed, err
}

// strip writes a staged pack again without what was withdrawn.
func (c *Crawler) strip(ctx context.Context, base string, withdrawn map[Hash]bool) (string, error) {
	o, err := openObjects([]string{base})
	if err != nil {
		return "", err
	}
	defer o.close()
	found := false
	for h := range withdrawn {
		found = found || o.has(h)
	}
	if !found {
		return base, nil
	}
	w, err := newPackWriter(c.cfg.Disk, filepath.Dir(base))
	if err != nil {
		return "", err
	}
	if err := o.rewrite(ctx, w, func(h Hash) bool { return !withdrawn[h] }); err != nil {
		w.abort()
		return "", err
	}
	return w.finish()
}

// move brings the staged pack into the mirror, sets its references, and writes the row.
func (c *Crawler) move(ctx context.Context, r *record, s *staged, parsed commit, keep []string) error {
	dir := c.mirrorDir(r)
	if err := c.prepare(dir); err != nil {
		return err
	}
	if err := c.sweep(dir, append(c.packBases(r), s.base)); err != nil {
		return err
	}
	next := *r
	next.packs = nil
	for _, b := range keep {
		next.packs = append(next.packs, filepath.Base(b))
	}
	if s.base != "" {
		name := filepath.Base(s.base)
		if err := c.install(s.base, filepath.Join(dir, "objects", "pack", name)); err != nil {
			return err
		}
		if !slices.Contains(next.packs, name) {
			next.packs = append(next.packs, name)
		}
	}
	if err := c.setReferences(dir, s.branch, s.commit, parsed); err != nil {
		return err
	}
	now := c.cfg.Now()
	next.commit, next.tree, next.branch, next.when, next.published = s.commit.String(), parsed.tree.String(), s.branch, parsed.when, now
	if next.firstSeen.IsZero() {
		next.firstSeen = now
	}
	next.present()
	if err := s.links.settle(r.Repository, s.commit); err != nil {
		return err
	}
	err := c.store.change(ctx, func(tx *sql.Tx) error {
		return errors.Join(c.store.putIn(ctx, tx, &next), noteLinks(ctx, tx, next.key, s.links))
	})
	if err != nil {
		return err
	}
	*r = next
	return c.tidy(ctx, r)
}

// present notes that the repository is there.
func (r *record) present() {
	r.missingSince, r.gone, r.missingWhy, r.missingWhat, r.retry = time.Time{}, time.Time{}, "", "", false
}

// install moves a pack and then its index into a mirror: git looks for indexes, so a pack is seen whole or not at all.
func (c *Crawler) install(from, to string) error {
	for _, ext := range []string{".pack", ".idx"} {
		if err := c.cfg.Disk.Rename(from+ext, to+ext); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the folders of a bare repository.
func (c *Crawler) prepare(dir string) error {
	pack := filepath.Join(dir, "objects", "pack")
	if _, err := os.Stat(pack); err == nil && config().check(dir) == nil { // it is written last
		return nil
	}
	for _, d := range []string{pack, filepath.Join(dir, "refs", "heads")} {
		if err := c.cfg.Disk.MkdirAll(d); err != nil {
			return err
		}
	}
	// The names of the new folders must survive a power cut as well.
	for d := filepath.Dir(pack); d != c.mirrors(); d = filepath.Dir(d) {
		if err := c.cfg.Disk.SyncDir(d); err != nil {
			return err
		}
	}
	if err := c.cfg.Disk.SyncDir(c.mirrors()); err != nil {
		return err
	}
	return c.cfg.Disk.WriteFile(filepath.Join(dir, config().name), []byte(config().text))
}

// reference is a small file that makes a mirror an ordinary bare repository, which git itself can read. Communs does
// not read them.
type reference struct{ name, text string }

// check compares the file with what it must hold; one that must be empty may be absent.
func (f reference) check(dir string) error {
	now, err := os.ReadFile(filepath.Join(dir, f.name))
	switch {
	case err == nil && string(now) == f.text, f.text == "" && errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return errors.New("it does not say what was published")
}

// config is the file that tells git that it is a bare repository.
func config() reference {
	return reference{"config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"}
}

// references are the files that name what a mirror publishes.
func references(branch string, h Hash, parsed commit) []reference {
	head, packed, shallow := h.String()+"\n", "", ""
	if branch != "" {
		head = "ref: " + branch + "\n"
		packed = "# pack-refs with: peeled fully-peeled sorted \n" + h.String() + " " + branch + "\n"
	}
	if len(parsed.parents) > 0 {
		shallow = h.String() + "\n"
	}
	return []reference{{"packed-refs", packed}, {"shallow", shallow}, {"HEAD", head}}
}

// setReferences writes the references that are not yet as they must be.
func (c *Crawler) setReferences(dir, branch string, h Hash, parsed commit) error {
	for _, f := range references(branch, h, parsed) {
		if f.check(dir) == nil {
			continue
		}
		if err := c.cfg.Disk.WriteFile(filepath.Join(dir, f.name), []byte(f.text)); err != nil {
			return err
		}
	}
	return nil
}

// branchName is the reference as a mirror may hold it; empty, which means a detached HEAD, when git would refuse it.
func branchName(name string) string {
	ref := plumbing.ReferenceName(name)
	if !ref.IsBranch() || ref.Validate() != nil || strings.ContainsAny(name, "\r\n") {
		return ""
	}
	return name
}

// sweep removes what an interrupted run left in a mirror: every pack but these.
func (c *Crawler) sweep(dir string, keep []string) error {
	entries, err := os.ReadDir(filepath.Join(dir, "objects", "pack"))
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for _, k := range keep {
		names[filepath.Base(k)+".pack"], names[filepath.Base(k)+".idx"] = true, true
	}
	for _, e := range entries {
		if names[e.Name()] {
			continue
		}
		if err := c.cfg.Disk.Remove(filepath.Join(dir, "objects", "pack", e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// tidy puts a mirror together into one pack that holds only what is published, once there is enough to gain. It
// needs no network.
func (c *Crawler) tidy(ctx context.Context, r *record) error {
	var first, all int64
	for i, b := range c.packBases(r) {
		fi, err := os.Stat(b + ".pack")
		if err != nil {
			return err
		}
		if i == 0 {
			first = fi.Size()
		}
		all += fi.Size()
	}
	if len(r.packs) <= maxPacks && (all < bloatFloor || all < bloatRatio*first) {
		return c.sweep(c.mirrorDir(r), c.packBases(r))
	}
	return c.repack(ctx, r, nil)
}

// repack writes a mirror's published state, without the contents in drop, into one new pack which replaces the others.
func (c *Crawler) repack(ctx context.Context, r *record, drop map[Hash]bool) error {
	dir, err := c.newStaging()
	if err != nil {
		return err
	}
	defer c.cfg.Disk.Remove(dir)
	base, err := c.collect(ctx, r, drop, dir)
	if err != nil {
		return fmt.Errorf("put the mirror of %s together: %w", r.URL, err)
	}
	mirror := c.mirrorDir(r)
	if err := c.install(base, filepath.Join(mirror, "objects", "pack", filepath.Base(base))); err != nil {
		return err
	}
	next := *r
	next.packs = []string{filepath.Base(base)}
	if err := c.store.put(ctx, &next); err != nil {
		return err
	}
	*r = next
	return c.sweep(mirror, c.packBases(r))
}

// collect writes what repack keeps.
func (c *Crawler) collect(ctx context.Context, r *record, drop map[Hash]bool, dir string) (string, error) {
	o, err := openObjects(c.packBases(r))
	if err != nil {
		return "", err
	}
	defer o.close()
	h, err := ParseHash(r.commit)
	if err != nil {
		return "", err
	}
	withdrawn, err := c.withdrawnBlobs(ctx)
	if err != nil {
		return "", err
	}
	keep, _, err := o.reach(ctx, h, func(h Hash) bool { return withdrawn[h] || drop[h] }, nil)
	if err != nil {
		return "", err
	}
	w, err := newPackWriter(c.cfg.Disk, dir)
	if err != nil {
		return "", err
	}
	if err := o.rewrite(ctx, w, func(h Hash) bool { return keep[h] && !drop[h] && !withdrawn[h] }); err != nil {
		w.abort()
		return "", err
	}
	return w.finish()
}

// clearStaging removes the folder of all fetches, when there is one.
func (c *Crawler) clearStaging() error {
	if _, err := os.Lstat(c.staging()); err != nil {
		return nil
	}
	return c.cfg.Disk.Remove(c.staging())
}

// newStaging makes an empty folder for one fetch.
func (c *Crawler) newStaging() (string, error) {
	if err := c.cfg.Disk.MkdirAll(c.staging()); err != nil {
		return "", err
	}
	if err := c.cfg.Disk.Step(durable.OpMkdir, c.staging()); err != nil {
		return "", err
	}
	return os.MkdirTemp(c.staging(), "fetch-")
}
