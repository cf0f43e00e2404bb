// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"strings"
)

// Limits for what is read of a tree that somebody else made.
const (
	maxTree   = 64 << 20 // bytes of one folder's list
	maxAbsent = 4096     // contents that may be missing because they were withdrawn
)

// examine reads every tree of a staged commit, and checks that all that it names is there and that nothing goes beyond the
// limits. Of contents that are not there it makes a list: whoever knows what was withdrawn decides.
func (c *carrier) examine(ctx context.Context, bases []string, s *staged) error {
	o, err := openObjects(bases)
	if err != nil {
		return err
	}
	defer o.close()
	top, err := o.commit(s.commit)
	if err != nil {
		return err
	}
	x := examiner{ctx: ctx, o: o, limits: c.Limits, known: map[Hash]extent{}, absent: map[Hash]bool{}, gather: newGatherer(o)}
	if err := x.tree(top.tree); err != nil {
		return err
	}
	if s.links, err = x.gather.finish(ctx, s.commit, top.tree, s.pointers); err != nil {
		return err
	}
	for h := range x.absent {
		s.absent = append(s.absent, h)
	}
	s.checked = true
	return nil
}

// examiner goes through the trees of a commit. Each is read once, however often it is named: what is below it is remembered, so that
// a few trees which name each other a thousand times cost no more than they are.
type examiner struct {
	ctx    context.Context
	o      *objects
	limits Limits
	known  map[Hash]extent
	absent map[Hash]bool
	gather *gatherer
}

// extent is how far a tree reaches.
type extent struct {
	depth int // of folders, itself included
	path  int // bytes of the longest path below it
	files int // at all places, not above maxFiles + 1
}

// branching is a tree on the way down.
type branching struct {
	hash    Hash
	name    string
	own     int // bytes of its name, with the slash
	before  int // bytes of the names that lead to what is in it, with their slashes
	entries []treeEntry
	reach   extent // of what was seen of it so far
}

// tree examines a tree and all that is below it, without recursion: how deep it goes is what is to be found out.
func (x *examiner) tree(root Hash) error {
	entries, err := x.read(root)
	if err != nil {
		return err
	}
	stack := []branching{{hash: root, entries: entries, reach: extent{depth: 1}}}
	for len(stack) > 0 {
		if err := x.ctx.Err(); err != nil {
			return err
		}
		top := &stack[len(stack)-1]
		if len(top.entries) == 0 {
			x.known[top.hash] = top.reach
			stack = stack[:len(stack)-1]
			if len(stack) > 0 {
				if err := x.join(&stack[len(stack)-1], top.own, top.reach, len(stack)); err != nil {
					return err
				}
			}
			continue
		}
		e := top.entries[0]
		top.entries = top.entries[1:]
		if err := x.name(e.name, top.before); err != nil {
			return err
		}
		if e.mode != modeTree {
			if err := x.leaf(top, e); err != nil {
				return err
			}
			if err := x.gather.see(e, func() string { return standsAt(stack, e.name) }); err != nil {
				return err
			}
			continue
		}
		if below, ok := x.known[e.hash]; ok {
			if err := x.join(top, len(e.name)+1, below, len(stack)); err != nil {
				return err
			}
			continue
		}
		if len(stack) >= x.limits.Depth {
			return beyond(ReasonDepth, x.limits.Depth)
		}
		own := len(e.name) + 1
		before := top.before + own
		if entries, err = x.read(e.hash); err != nil {
			return err
		}
		stack = append(stack, branching{hash: e.hash, name: e.name, own: own, before: before, entries: entries, reach: extent{depth: 1}})
	}
	return nil
}

// standsAt is the path of an entry of the last of the trees on the way down.
func standsAt(stack []branching, name string) string {
	var b strings.Builder
	for _, in := range stack[1:] {
		b.WriteString(in.name + "/")
	}
	return b.String() + name
}

// read reads a tree that is not larger than it may be.
func (x *examiner) read(h Hash) ([]treeEntry, error) {
	typ, size, err := x.o.stat(h)
	if err != nil {
		return nil, err
	}
	if typ == typeTree && size > maxTree {
		return nil, beyond(ReasonEntries, x.limits.Entries)
	}
	entries, err := x.o.tree(h)
	if err == nil && len(entries) > x.limits.Entries {
		err = beyond(ReasonEntries, x.limits.Entries)
	}
	return entries, err
}

// name refuses what no git would write, and some would act upon.
func (x *examiner) name(name string, before int) error {
	if badName(name) || strings.EqualFold(name, ".git") {
		return &FetchError{Reason: ReasonName, Detail: fmt.Sprintf("%q", name)}
	}
	if before+len(name) > x.limits.Path {
		return beyond(ReasonPath, x.limits.Path)
	}
	return nil
}

// leaf notes an entry that is no folder.
func (x *examiner) leaf(in *branching, e treeEntry) error {
	in.reach.path = max(in.reach.path, len(e.name))
	in.reach.files = min(in.reach.files+1, maxFiles+1)
	if e.mode != modeSubmodule && !x.o.has(e.hash) && !x.absent[e.hash] {
		if len(x.absent) == maxAbsent {
			return fmt.Errorf("%w: %s", errNoObject, e.hash)
		}
		x.absent[e.hash] = true
	}
	return x.count(in.reach.files)
}

// join adds what is below an entry to the tree that holds it, which stands at that depth.
func (x *examiner) join(in *branching, own int, below extent, at int) error {
	in.reach.depth = max(in.reach.depth, 1+below.depth)
	in.reach.path = max(in.reach.path, own+below.path)
	in.reach.files = min(in.reach.files+below.files, maxFiles+1)
	if at+below.depth > x.limits.Depth {
		return beyond(ReasonDepth, x.limits.Depth)
	}
	if in.before+own+below.path > x.limits.Path {
		return beyond(ReasonPath, x.limits.Path)
	}
	return x.count(in.reach.files)
}

func (x *examiner) count(files int) error {
	if files > maxFiles {
		return beyond(ReasonFiles, maxFiles)
	}
	return nil
}
