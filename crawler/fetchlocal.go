// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"communs/crawler/heritage"
)

// stageLocal copies what a local repository's HEAD holds and the mirror lacks. The repository is read in place: no
// program is started, nothing is checked out, and whose files they are does not matter.
func (c *Crawler) stageLocal(ctx context.Context, t *task) (*staged, error) {
	dir := t.repo.Path
	if format := objectFormat(dir); format != "" && format != "sha1" {
		return nil, &FetchError{URL: t.repo.URL, Reason: ReasonFormat, Detail: format}
	}
	repo, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if err != nil {
		if _, statErr := os.Stat(dir); statErr != nil {
			err = statErr
		}
		return nil, pathError(t.repo.URL, err)
	}
	head, branch, err := localHead(repo)
	if err != nil {
		return nil, pathError(t.repo.URL, err)
	}
	if head.IsZero() {
		return &staged{empty: true}, nil
	}
	s := &staged{commit: Hash(head), branch: branch, full: t.record.commit == ""}
	if s.commit.String() == t.record.commit {
		return &staged{commit: s.commit, branch: branch, unchanged: branch == t.record.branch, descends: true}, nil
	}
	if t.look {
		return s, nil
	}
	objects := heritage.Streaming(repo.Storer, streamFrom)
	if t.record.commit != "" {
		old := plumbing.NewHash(t.record.commit)
		s.unknown = objects.HasEncodedObject(old) != nil
		s.descends = !s.unknown && descends(ctx, objects, head, old)
	}
	held, err := c.held(t)
	if err != nil {
		return nil, err
	}
	defer held.close()
	l := &localCopy{ctx: ctx, from: objects, held: held, task: t, crawler: c}
	if s.base, err = l.run(head); err != nil {
		return nil, classifyLocal(t.repo.URL, err)
	}
	s.pointers = l.pointers
	return s, nil
}

func classifyLocal(url string, err error) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return &FetchError{URL: url, Reason: ReasonBroken, Err: err}
	}
	return err
}

var formatLine = regexp.MustCompile(`(?mi)^\s*objectformat\s*=\s*"?(\w+)`)

// objectFormat reads which hash a repository uses; empty when nothing says so.
func objectFormat(dir string) string {
	for _, name := range []string{filepath.Join(dir, ".git", "config"), filepath.Join(dir, "config")} {
		if text, err := os.ReadFile(name); err == nil {
			if m := formatLine.FindSubmatch(text); m != nil {
				return strings.ToLower(string(m[1]))
			}
		}
	}
	return ""
}

// localHead is the commit at HEAD, and its branch; a zero hash when there is no branch at all.
func localHead(repo *git.Repository) (plumbing.Hash, string, error) {
	head, err := repo.Head()
	if err == nil {
		return head.Hash(), branchName(head.Name().String()), nil
	}
	if !errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, "", err
	}
	refs, err := repo.Branches()
	if err != nil {
		return plumbing.ZeroHash, "", err
	}
	at := map[string]plumbing.Hash{}
	var names []string
	err = refs.ForEach(func(r *plumbing.Reference) error {
		if name := branchName(r.Name().String()); name != "" && r.Type() == plumbing.HashReference {
			at[name] = r.Hash()
			names = append(names, name)
		}
		return nil
	})
	if err != nil || len(names) == 0 {
		return plumbing.ZeroHash, "", err
	}
	name := usualBranch(names)
	return at[name], name, nil
}

// descends looks for an ancestor among the nearest commits.
func descends(ctx context.Context, from storer.EncodedObjectStorer, head, ancestor plumbing.Hash) bool {
	const nearest = 2000
	seen := map[plumbing.Hash]bool{head: true}
	for pending := []plumbing.Hash{head}; len(pending) > 0 && len(seen) < nearest && ctx.Err() == nil; pending = pending[1:] {
		if pending[0] == ancestor {
			return true
		}
		_, data, err := readObject(from, pending[0])
		if err != nil {
			continue // beyond the edge of a shallow clone
		}
		c, err := parseCommit(data)
		if err != nil {
			return false
		}
		for _, p := range c.parents {
			if !seen[plumbing.Hash(p)] {
				seen[plumbing.Hash(p)] = true
				pending = append(pending, plumbing.Hash(p))
			}
		}
	}
	return false
}

// readObject reads an object of which we need the whole: a commit or a tree.
func readObject(from storer.EncodedObjectStorer, h plumbing.Hash) (plumbing.ObjectType, []byte, error) {
	o, err := from.EncodedObject(plumbing.AnyObject, h)
	if err != nil {
		return 0, nil, fmt.Errorf("object %s: %w", h, err)
	}
	if o.Size() > maxObject {
		return 0, nil, fmt.Errorf("object %s has %d bytes", h, o.Size())
	}
	r, err := o.Reader()
	if err != nil {
		return 0, nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return o.Type(), data, err
}

// localCopy copies objects from a repository into a pack.
type localCopy struct {
	ctx     context.Context
	from    storer.EncodedObjectStorer
	held    *objects
	task    *task
	crawler *Crawler
	w       *packWriter
	bytes   int64
	seen    map[plumbing.Hash]bool

	pointers bool // contents that begin as a pointer of LFS does
}

// run copies a commit and everything in it. What is in the mirror already, whole trees too, is not looked at again.
func (l *localCopy) run(head plumbing.Hash) (string, error) {
	dir, err := l.task.staging()
	if err != nil {
		return "", err
	}
	if l.w, err = newPackWriter(l.crawler.cfg.Disk, dir); err != nil {
		return "", err
	}
	l.seen = map[plumbing.Hash]bool{}
	if err := l.copy(head); err != nil {
		l.w.abort()
		return "", err
	}
	return l.w.finish()
}

func (l *localCopy) copy(head plumbing.Hash) error {
	typ, data, err := readObject(l.from, head)
	if err != nil {
		return err
	}
	if typ != plumbing.CommitObject {
		return fmt.Errorf("HEAD is a %v, not a commit", typ)
	}
	c, err := parseCommit(data)
	if err != nil {
		return err
	}
	if err := l.w.add(Hash(head), typeCommit, int64(len(data)), deflate(data)); err != nil {
		return err
	}
	for pending := []Hash{c.tree}; len(pending) > 0; {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		h := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if l.skip(h) {
			continue
		}
		_, data, err := readObject(l.from, plumbing.Hash(h))
		if err != nil {
			return err
		}
		entries, err := parseTree(data)
		if err != nil {
			return fmt.Errorf("tree %s: %w", h, err)
		}
		if err := l.w.add(h, typeTree, int64(len(data)), deflate(data)); err != nil {
			return err
		}
		for _, e := range entries {
			switch {
			case e.mode == modeSubmodule:
			case e.mode == modeTree:
				pending = append(pending, e.hash)
			default:
				if err := l.content(e.hash); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// skip reports whether an object needs no copying, and remembers it.
func (l *localCopy) skip(h Hash) bool {
	if l.seen[plumbing.Hash(h)] || l.held.has(h) {
		return true
	}
	l.seen[plumbing.Hash(h)] = true
	return false
}

// content copies one file's content.
func (l *localCopy) content(h Hash) error {
	if l.skip(h) || l.task.withdrawn[h] {
		return nil
	}
	o, err := l.from.EncodedObject(plumbing.BlobObject, plumbing.Hash(h))
	if err != nil {
		return fmt.Errorf("object %s: %w", h, err)
	}
	r, err := o.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	l.bytes += o.Size()
	l.task.read(l.bytes)
	if o.Size() >= streamFrom {
		return l.w.stream(h, o.Size(), r)
	}
	data, err := readSized(r, o.Size(), min(o.Size(), 1<<20))
	if err != nil {
		return fmt.Errorf("object %s: %w", h, err)
	}
	l.pointers = l.pointers || beginsAsPointer(data, o.Size())
	return l.w.add(h, typeBlob, o.Size(), deflate(data))
}
