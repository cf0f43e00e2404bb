// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"communs/crawler/heritage"
)

// Withdraw removes a repository (any usual spelling of its address) or a content (swh:1:cnt:…, the whole of it
// whatever lines are named) from the mirrors, and remembers it: neither is ever mirrored again. The decision is
// written down first, so that it holds even when the work is interrupted; [Open] finishes it then.
//
// An address that ends in /* means all repositories below it, those that are yet to come too.
func (c *Crawler) Withdraw(ctx context.Context, target, reason string) (Withdrawal, error) {
	return c.withdraw(ctx, target, reason, false)
}

func (c *Crawler) withdraw(ctx context.Context, target, reason string, ahead bool) (Withdrawal, error) {
	unlock, err := c.lock()
	if err != nil {
		return Withdrawal{}, err
	}
	defer unlock()
	target = strings.TrimSpace(target)
	w := withdrawal{Withdrawal: Withdrawal{Target: withoutUser(target), Reason: reason, Time: c.cfg.Now()}}
	if id, err := heritage.Parse(target); err == nil && id.Type == heritage.Content {
		w.Blob, w.Target = id.Hash, id.ID.String()
		if w.Blob.IsZero() {
			return Withdrawal{}, &NoContentError{w.Target}
		}
	} else if strings.HasPrefix(strings.ToLower(target), "swh:") {
		return Withdrawal{}, &WithdrawalTargetError{target}
	} else {
		known, err := c.known(ctx, target, ahead)
		if err != nil {
			return Withdrawal{}, err
		}
		w.key, w.URL, w.Target = known.key, known.URL, known.URL
	}
	if err := c.store.putWithdrawal(ctx, w); err != nil {
		return Withdrawal{}, diskFault(c.cfg.Dir, err)
	}
	if w.Mirrors, err = c.carryOut(ctx, w); err != nil {
		return Withdrawal{}, diskFault(c.cfg.Dir, err)
	}
	return w.Withdrawal, diskFault(c.cfg.Dir, c.clearStaging())
}

// known is the repository that is meant: one that is mirrored, or was withdrawn before; ahead of that, any.
func (c *Crawler) known(ctx context.Context, target string, ahead bool) (withdrawal, error) {
	if isBelow(target) {
		return aheadOf(target)
	}
	r, err := c.find(ctx, target)
	if err != nil {
		return withdrawal{}, err
	}
	if r != nil {
		return withdrawal{Withdrawal: Withdrawal{URL: r.URL}, key: r.key}, nil
	}
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return withdrawal{}, err
	}
	for _, w := range list {
		if w.key != "" && w.key == AddressKey(target) {
			return w, nil
		}
	}
	if ahead {
		return aheadOf(target)
	}
	return withdrawal{}, &UnknownError{withoutUser(target)}
}

// Withdrawn lists what was withdrawn, in the order of time.
func (c *Crawler) Withdrawn(ctx context.Context) ([]Withdrawal, error) {
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Withdrawal, len(list))
	for i, w := range list {
		out[i] = w.Withdrawal
	}
	return out, nil
}

// withdrawnBlobs are the contents that must not be mirrored.
func (c *Crawler) withdrawnBlobs(ctx context.Context) (map[Hash]bool, error) {
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return nil, err
	}
	blobs := map[Hash]bool{}
	for _, w := range list {
		if !w.Blob.IsZero() {
			blobs[w.Blob] = true
		}
	}
	return blobs, nil
}

// carryOut makes the bytes of a withdrawal disappear from the mirrors, and counts those that had them. It may be repeated.
func (c *Crawler) carryOut(ctx context.Context, w withdrawal) (mirrors int, err error) {
	if isBelow(w.URL) {
		mirrors, err = c.removeBelow(ctx, w)
	} else if w.key != "" {
		mirrors, err = c.removeRepository(ctx, w.key, Happening{Kind: WasWithdrawn, Why: w.Reason})
	} else {
		mirrors, err = c.removeBlob(ctx, w.Blob)
	}
	if err != nil {
		return mirrors, fmt.Errorf("withdraw %s: %w", w.Target, err)
	}
	w.done = true
	if err := c.store.putWithdrawal(ctx, w); err != nil {
		return mirrors, err
	}
	return mirrors, c.store.erase(ctx)
}

// removeRepository deletes a mirror, and then what is known of it.
func (c *Crawler) removeRepository(ctx context.Context, key string, why Happening) (mirrors int, err error) {
	relative, err := mirrorPath(key)
	if err != nil {
		return 0, err
	}
	if rec, err := c.store.get(ctx, key); err != nil {
		return 0, err
	} else if rec != nil {
		relative = rec.mirror // it may have been made under another address
	}
	dir := filepath.Join(c.mirrors(), filepath.FromSlash(relative))
	if _, err := os.Stat(dir); err == nil {
		mirrors = 1
	}
	if err := c.cfg.Disk.Remove(dir); err != nil {
		return mirrors, err
	}
	if err := c.syncUp(filepath.Dir(dir)); err != nil {
		return mirrors, err
	}
	if err := c.store.forget(ctx, key, why); err != nil {
		return mirrors, err
	}
	return mirrors, c.store.inOne(ctx,
		statement{`DELETE FROM crawl_archive WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_repositories WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_queue WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_listed WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_fates WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_links WHERE key = ?`, []any{key}},
		statement{`DELETE FROM crawl_answers`, nil}) // which may have named it
}

// removeBlob rewrites every mirror that holds the content, and clears away what an interrupted run may have left of
// it anywhere below mirrors/. It counts the mirrors that held it.
func (c *Crawler) removeBlob(ctx context.Context, blob Hash) (mirrors int, err error) {
	list, err := c.store.list(ctx, "TRUE")
	if err != nil {
		return mirrors, err
	}
	known := map[string]*record{}
	for _, r := range list {
		known[c.mirrorDir(r)] = r
	}
	dirs, err := c.mirrorDirs()
	if err != nil {
		return mirrors, err
	}
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return mirrors, err
		}
		r := known[dir]
		if r == nil || r.commit == "" {
			if err := c.cfg.Disk.Remove(dir); err != nil {
				return mirrors, err
			}
			continue
		}
		if err := c.sweep(dir, c.packBases(r)); err != nil {
			return mirrors, err
		}
		held, err := c.holds(r, blob)
		if err != nil {
			return mirrors, err
		}
		if held {
			mirrors++
			if err := c.repack(ctx, r, map[Hash]bool{blob: true}); err != nil {
				return mirrors, err
			}
		}
	}
	return mirrors, nil
}

// holds reports whether a mirror's packs hold an object.
func (c *Crawler) holds(r *record, h Hash) (bool, error) {
	o, err := openObjects(c.packBases(r))
	if err != nil {
		return false, err
	}
	defer o.close()
	return o.has(h), nil
}

// mirrorDirs lists the folders of all mirrors, known or left over.
func (c *Crawler) mirrorDirs() ([]string, error) {
	var dirs []string
	err := filepath.WalkDir(c.mirrors(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && strings.HasSuffix(e.Name(), ".git") {
			dirs = append(dirs, path)
			return fs.SkipDir
		}
		return nil
	})
	return dirs, err
}

// syncUp flushes a folder, or the nearest one above it that exists.
func (c *Crawler) syncUp(dir string) error {
	for {
		if _, err := os.Stat(dir); err == nil || dir == c.cfg.Dir {
			return c.cfg.Disk.SyncDir(dir)
		}
		dir = filepath.Dir(dir)
	}
}
