// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// Modes of tree entries.
const (
	modeTree      = 0o040000
	modeFile      = 0o100644
	modeExec      = 0o100755
	modeLink      = 0o120000
	modeSubmodule = 0o160000
)

// Limits for walking a tree that somebody else made.
const (
	maxPath  = 4096      // longest path in bytes
	maxFiles = 5_000_000 // most files of one snapshot: a small pack can name the same trees again and again
)

// commit is what we read of a commit.
type commit struct {
	tree    Hash
	parents []Hash
	when    time.Time // of the committer
}

// parseCommit reads a commit's headers.
func parseCommit(data []byte) (c commit, err error) {
	head, _, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.SplitSeq(string(head), "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "tree":
			if !c.tree.IsZero() {
				return c, errors.New("commit has two trees")
			}
			if c.tree, err = ParseHash(value); err != nil {
				return c, err
			}
		case "parent":
			h, err := ParseHash(value)
			if err != nil {
				return c, err
			}
			c.parents = append(c.parents, h)
		case "committer":
			// "Name <address> seconds zone"; the name may hold anything.
			fields := strings.Fields(value[strings.LastIndexByte(value, '>')+1:])
			if len(fields) > 0 {
				if s, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
					c.when = time.Unix(s, 0).UTC()
				}
			}
		}
	}
	if c.tree.IsZero() {
		return c, errors.New("commit has no tree")
	}
	return c, nil
}

// treeEntry is one name in a tree.
type treeEntry struct {
	name string
	mode uint32
	hash Hash
}

// parseTree reads a tree: for each entry the mode in octal, a space, the name, a zero byte, the object's name.
func parseTree(data []byte) ([]treeEntry, error) {
	var entries []treeEntry
	for len(data) > 0 {
		sp := bytes.IndexByte(data, ' ')
		if sp < 0 {
			return nil, errors.New("tree entry without a mode")
		}
		mode, err := strconv.ParseUint(string(data[:sp]), 8, 32)
		if err != nil {
			return nil, fmt.Errorf("tree entry with mode %q", data[:sp])
		}
		nul := bytes.IndexByte(data[sp:], 0)
		if nul < 0 || len(data) < sp+nul+21 {
			return nil, errors.New("tree entry is cut off")
		}
		e := treeEntry{name: string(data[sp+1 : sp+nul]), mode: uint32(mode)}
		copy(e.hash[:], data[sp+nul+1:])
		entries = append(entries, e)
		data = data[sp+nul+21:]
	}
	return entries, nil
}

// badName reports a name that no file can have: git refuses to make such trees, but a server can send them.
func badName(name string) bool {
	return name == "" || name == "." || name == ".." || strings.ContainsRune(name, '/')
}

func (o *objects) commit(h Hash) (commit, error) {
	typ, data, err := o.read(h)
	if err != nil {
		return commit{}, err
	}
	if typ != typeCommit {
		return commit{}, fmt.Errorf("%s is a %v, not a commit", h, typ)
	}
	return parseCommit(data)
}

func (o *objects) tree(h Hash) ([]treeEntry, error) {
	typ, data, err := o.read(h)
	if err != nil {
		return nil, err
	}
	if typ != typeTree {
		return nil, fmt.Errorf("%s is a %v, not a tree", h, typ)
	}
	return parseTree(data)
}

// reach collects everything that belongs to a commit: itself, its trees, its contents. Submodules are left out.
// Each tree is read once, however often it is named. What missing accepts may be absent. see, unless it is nil, hears of every entry
// that is no tree.
func (o *objects) reach(ctx context.Context, h Hash, missing func(Hash) bool, see func(treeEntry, func() string) error) (map[Hash]bool, commit, error) {
	c, err := o.commit(h)
	if err != nil {
		return nil, c, err
	}
	seen := map[Hash]bool{h: true, c.tree: true}
	type folder struct {
		tree Hash
		path string // with a slash behind it; cut off where it is longer than any may be
	}
	for pending := []folder{{tree: c.tree}}; len(pending) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, c, err
		}
		in := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		entries, err := o.tree(in.tree)
		if err != nil {
			return nil, c, err
		}
		for _, e := range entries {
			if see != nil && e.mode != modeTree {
				if err := see(e, func() string { return in.path + e.name }); err != nil {
					return nil, c, err
				}
			}
			if e.mode == modeSubmodule || seen[e.hash] {
				continue
			}
			switch {
			case e.mode == modeTree:
				below := folder{e.hash, in.path}
				if see != nil && len(in.path) <= maxPath {
					below.path += e.name + "/"
				}
				pending = append(pending, below)
			case o.has(e.hash):
			case missing(e.hash):
				continue
			default:
				return nil, c, fmt.Errorf("%w: %s", errNoObject, e.hash)
			}
			seen[e.hash] = true
		}
	}
	return seen, c, nil
}

// files yields the files of a tree in path order. open is asked for the function that reads a file.
func (o *objects) files(root Hash, withdrawn map[Hash]bool, open func(Hash) func() (io.ReadCloser, error)) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		type level struct {
			prefix  string
			entries []treeEntry
		}
		entries, err := o.tree(root)
		if err != nil {
			yield(File{}, err)
			return
		}
		n := 0
		for stack := []level{{"", entries}}; len(stack) > 0; {
			top := &stack[len(stack)-1]
			if len(top.entries) == 0 {
				stack = stack[:len(stack)-1]
				continue
			}
			e, prefix := top.entries[0], top.prefix
			top.entries = top.entries[1:]
			if e.mode == modeSubmodule {
				continue
			}
			if n++; n > maxFiles {
				yield(File{}, fmt.Errorf("more than %d files", maxFiles))
				return
			}
			f := File{Path: prefix + e.name, Hash: e.hash, Mode: e.mode}
			err := o.describe(&f, e, withdrawn, open)
			if err == nil && e.mode == modeTree {
				var sub []treeEntry
				if sub, err = o.tree(e.hash); err == nil {
					stack = append(stack, level{f.Path + "/", sub})
					continue
				}
			}
			if !yield(f, err) {
				return
			}
		}
	}
}

// describe fills in a file's size and how to open it, or says what is wrong with it.
func (o *objects) describe(f *File, e treeEntry, withdrawn map[Hash]bool, open func(Hash) func() (io.ReadCloser, error)) error {
	f.open = func() (io.ReadCloser, error) { return nil, fmt.Errorf("%w: %s", errNoObject, e.hash) }
	switch {
	case badName(e.name):
		return fmt.Errorf("a tree names a file %q", e.name)
	case len(f.Path) > maxPath:
		return fmt.Errorf("path of %d bytes is too long", len(f.Path))
	case e.mode == modeTree:
		return nil
	case withdrawn[e.hash]:
		f.open = func() (io.ReadCloser, error) { return nil, ErrWithdrawn }
		return ErrWithdrawn
	}
	// Old tools wrote other permissions (100664); what counts is whether it can be run.
	switch e.mode & 0o170000 {
	case modeFile & 0o170000:
		f.Mode = modeFile
		if e.mode&0o100 != 0 {
			f.Mode = modeExec
		}
	case modeLink:
	default:
		return fmt.Errorf("a tree gives %q the mode %o", e.name, e.mode)
	}
	typ, size, err := o.stat(e.hash)
	if err != nil {
		return err
	}
	if typ != typeBlob {
		return fmt.Errorf("%s is a %v, not a content", e.hash, typ)
	}
	f.Size, f.open = size, open(e.hash)
	return nil
}
