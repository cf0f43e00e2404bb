// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zlib"

	"communs/crawler/heritage"
)

// bundle is a repository that came from the archive: one pack, and what its references say.
type bundle struct {
	id      heritage.ID
	base    string
	objects *objects
	refs    map[string]heritage.Reference
	bytes   int64
}

// unpack reads what the archive has put together: references stay in memory, objects go into one pack in the folder, with an index of our
// own.
func (c *carrier) unpack(ctx context.Context, stream io.Reader, id heritage.ID, dir string) (*bundle, error) {
	b := &bundle{id: id, refs: map[string]heritage.Reference{}}
	none, err := openObjects(nil)
	if err != nil {
		return nil, err
	}
	loose, err := newPackWriter(c.disk, dir)
	if err != nil {
		return nil, err
	}
	work := filepath.Join(dir, "work")
	defer c.disk.Remove(work)
	var bases []string
	for f, err := range heritage.Bundle(stream, c.Bytes) {
		switch {
		case err != nil:
		case strings.HasPrefix(f.Name, "objects/pack/"):
			sub := filepath.Join(work, strconv.Itoa(len(bases)))
			if err = c.disk.MkdirAll(sub); err == nil {
				var base string
				base, _, err = c.receive(ctx, f, sub, none)
				bases = append(bases, base)
			}
		case strings.HasPrefix(f.Name, "objects/"):
			err = addLoose(loose, f)
		default:
			err = b.reference(f, c.Limits.References)
		}
		if err != nil {
			loose.abort()
			return nil, err
		}
		b.bytes += f.Size
	}
	if len(bases) == 1 && len(loose.list) == 0 {
		loose.abort()
		b.base = filepath.Join(dir, filepath.Base(bases[0]))
		for _, ext := range []string{".pack", ".idx"} {
			if err := c.disk.Rename(bases[0]+ext, b.base+ext); err != nil {
				return nil, err
			}
		}
	} else if b.base, err = together(ctx, loose, bases); err != nil {
		return nil, err
	}
	b.objects, err = openObjects([]string{b.base})
	return b, err
}

// together adds packs to one that is being written.
func together(ctx context.Context, w *packWriter, bases []string) (string, error) {
	o, err := openObjects(bases)
	if err == nil {
		defer o.close()
		err = o.rewrite(ctx, w, func(Hash) bool { return true })
	}
	if err != nil {
		w.abort()
		return "", err
	}
	return w.finish()
}

// maxLoose is how large an object may be that is in no pack. The archive packs all of them.
const maxLoose = 64 << 20

// addLoose adds an object that is a file of its own: "<type> <size>\0<bytes>", deflated.
func addLoose(w *packWriter, f heritage.BundleFile) error {
	damaged := &heritage.BundleError{Name: f.Name, Problem: "damaged"}
	z, err := zlib.NewReader(f)
	if err != nil {
		return damaged
	}
	defer z.Close()
	all, err := io.ReadAll(io.LimitReader(z, maxLoose+64))
	head, data, ok := bytes.Cut(all, []byte{0})
	word, size, _ := strings.Cut(string(head), " ")
	switch {
	case err != nil || !ok:
		return damaged
	case len(data) > maxLoose:
		return &heritage.BundleError{Name: f.Name, Problem: "size"}
	case size != strconv.Itoa(len(data)):
		return damaged
	}
	for _, t := range []objectType{typeCommit, typeTree, typeBlob, typeTag} {
		if t.String() == word {
			h := hashObject(t, data)
			if "objects/"+h.String()[:2]+"/"+h.String()[2:] != f.Name {
				return damaged
			}
			return w.add(h, t, int64(len(data)), deflate(data))
		}
	}
	return damaged
}

// maxReference bounds a file that holds one reference, and maxPackedRefs the one that holds many.
const (
	maxReference  = 4 << 10
	maxPackedRefs = 64 << 20
)

// reference reads one file of references. What is written in a file of its own counts more than what is in the common one.
func (b *bundle) reference(f heritage.BundleFile, most int) error {
	if f.Name == "packed-refs" {
		text, err := io.ReadAll(io.LimitReader(f, maxPackedRefs))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			digits, name, _ := strings.Cut(strings.TrimSpace(line), " ")
			h, err := ParseHash(digits)
			if _, known := b.refs[name]; err == nil && name != "" && !known {
				b.refs[name] = heritage.Reference{Name: name, Hash: h}
			}
		}
	} else {
		text, err := io.ReadAll(io.LimitReader(f, maxReference))
		if err != nil {
			return err
		}
		line := strings.TrimSpace(string(text))
		r := heritage.Reference{Name: f.Name}
		if target, ok := strings.CutPrefix(line, "ref: "); ok {
			r.Symbolic = target
		} else if r.Hash, err = ParseHash(line); err != nil {
			return &heritage.BundleError{Name: f.Name, Problem: "damaged"}
		}
		b.refs[f.Name] = r
	}
	if len(b.refs) > most {
		return &heritage.BundleError{Name: f.Name, Problem: "size"}
	}
	return nil
}

// verify makes sure that the bundle is what was asked for. want are the branches that a snapshot must have, as the archive tells them: they are
// asked for, and given, when the bundle alone is not enough.
func (b *bundle) verify(want map[string]heritage.Branch) error {
	if b.id.Type != heritage.Snapshot {
		if t, _, err := b.objects.stat(Hash(b.id.Hash)); err != nil || t != typesOf[b.id.Type] {
			return &heritage.MismatchError{Want: b.id}
		}
		return nil
	}
	var list []heritage.Reference
	for _, r := range b.refs {
		if r.Symbolic == "" {
			t, _, err := b.objects.stat(r.Hash)
			r.Missing = err != nil
			for id, of := range typesOf {
				if of == t {
					r.Type = id
				}
			}
		}
		list = append(list, r)
	}
	has := heritage.Branches(list)
	got := heritage.SnapshotOf(has)
	if got == b.id {
		return nil
	}
	// A repository on disk cannot have all that a snapshot may: names that lead nowhere, no HEAD. The archive tells what there must be.
	if want == nil {
		return &heritage.MismatchError{Want: b.id, Got: got}
	}
	for name, branch := range want {
		if h := has[name]; h != branch && branch != (heritage.Branch{}) {
			return &heritage.MismatchError{Want: b.id, Got: got}
		}
	}
	for name, branch := range has {
		if _, named := want[name]; !named && branch != (heritage.Branch{}) && name != "HEAD" {
			return &heritage.MismatchError{Want: b.id, Got: got}
		}
	}
	if _, named := want["HEAD"]; !named {
		delete(b.refs, "HEAD")
	}
	return nil
}

// typesOf are git's names for what identifiers name.
var typesOf = map[heritage.Type]objectType{heritage.Content: typeBlob, heritage.Directory: typeTree, heritage.Revision: typeCommit, heritage.Release: typeTag}

// staged is what of a bundle is published: the commit that HEAD leads to, or the one that was asked for.
func (b *bundle) staged() (*staged, error) {
	s := &staged{base: b.base, full: true, pointers: true} // there may be some: not all objects were looked at as they came
	if b.id.Type != heritage.Snapshot {
		s.commit = Hash(b.id.Hash)
		for name, r := range b.refs {
			if r.Hash == b.id.Hash && branchName(name) != "" {
				s.branch = name
			}
		}
	} else {
		s.snapshot = b.id
		at := b.refs["HEAD"]
		for range 5 { // a name may lead to another
			if at.Symbolic == "" {
				break
			}
			at = b.refs[at.Symbolic]
		}
		if at.Name == "" || at.Symbolic != "" {
			var names []string
			for name, r := range b.refs {
				if branchName(name) != "" && r.Symbolic == "" {
					names = append(names, name)
				}
			}
			if len(names) == 0 {
				return nil, &heritage.CookTypeError{ID: b.id}
			}
			slices.Sort(names)
			at = b.refs[usualBranch(names)]
		}
		s.commit, s.branch = at.Hash, branchName(at.Name)
	}
	return s, b.peel(s)
}

// peel follows tags to their commit.
func (b *bundle) peel(s *staged) error {
	for range 5 {
		t, size, err := b.objects.stat(s.commit)
		if err != nil {
			return fmt.Errorf("read %s: %w", b.id, err)
		}
		if t == typeCommit {
			return nil
		}
		if t != typeTag || size > maxCommit {
			break
		}
		_, data, err := b.objects.read(s.commit)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		if s.commit, err = ParseHash(strings.TrimPrefix(line, "object ")); err != nil {
			break
		}
	}
	return &heritage.CookTypeError{ID: b.id}
}
