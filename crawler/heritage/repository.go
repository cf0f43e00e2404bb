// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// RepositorySnapshot is the identifier of a git repository's state. A name that leads to no object is dangling.
func RepositorySnapshot(refs storer.ReferenceStorer, objects storer.EncodedObjectStorer) (ID, error) {
	each, err := refs.IterReferences()
	if err != nil {
		return ID{}, fmt.Errorf("list references: %w", err)
	}
	defer each.Close()
	var list []Reference
	err = each.ForEach(func(ref *plumbing.Reference) error {
		r := Reference{Name: ref.Name().String(), Hash: ref.Hash()}
		if ref.Type() == plumbing.SymbolicReference {
			r.Symbolic = ref.Target().String()
		} else if r.Type, err = typeOf(objects, ref.Hash()); errors.Is(err, plumbing.ErrObjectNotFound) {
			r.Missing, err = true, nil
		}
		list = append(list, r)
		return err
	})
	if err != nil {
		return ID{}, fmt.Errorf("read references: %w", err)
	}
	return SnapshotOf(Branches(list)), nil
}

// typeOf is what kind of object a hash names.
func typeOf(objects storer.EncodedObjectStorer, h plumbing.Hash) (Type, error) {
	o, err := objects.EncodedObject(plumbing.AnyObject, h)
	if err != nil {
		return "", err
	}
	switch o.Type() {
	case plumbing.BlobObject:
		return Content, nil
	case plumbing.TreeObject:
		return Directory, nil
	case plumbing.CommitObject:
		return Revision, nil
	case plumbing.TagObject:
		return Release, nil
	}
	return "", fmt.Errorf("object %s is of no known type", h)
}

// maxObject is how much of one commit, tag or folder is read.
const maxObject = 64 << 20

// NamedObject is the identifier of what a reference names in a git repository, computed from the object's bytes: the object itself, or,
// when it is asked for another type, what stands behind it: a release's revision, a revision's directory.
func NamedObject(refs storer.ReferenceStorer, objects storer.EncodedObjectStorer, name string, want Type) (ID, error) {
	h, err := resolve(refs, name)
	if err != nil {
		return ID{}, err
	}
	for {
		id, data, err := readObject(objects, h)
		if err != nil {
			return ID{}, err
		}
		if id.Type == want {
			return id, nil
		}
		next, ok := behind(id.Type, data)
		if !ok {
			return ID{}, &NoSuchTypeError{name, id, want}
		}
		h = next
	}
}

// NoSuchTypeError is a name behind which there is no object of the type that was asked for.
type NoSuchTypeError struct {
	Name  string
	Found ID
	Want  Type
}

func (e *NoSuchTypeError) Error() string { return e.Name + " is " + e.Found.String() }

// Message says it to people.
func (e *NoSuchTypeError) Message() (string, []any) {
	return "heritage.no-such-type", []any{e.Name, e.Found.String(), string(e.Want)}
}

// NoReferenceError is a name that a repository does not have.
type NoReferenceError struct{ Name string }

func (e *NoReferenceError) Error() string { return "no reference " + e.Name }

// Message says it to people.
func (e *NoReferenceError) Message() (string, []any) { return "heritage.no-reference", []any{e.Name} }

// resolve finds what a name, written in full or as people type it, leads to.
func resolve(refs storer.ReferenceStorer, name string) (plumbing.Hash, error) {
	if plumbing.IsHash(name) {
		return plumbing.NewHash(name), nil
	}
	for _, prefix := range []string{"", "refs/", "refs/tags/", "refs/heads/"} {
		if ref, err := storer.ResolveReference(refs, plumbing.ReferenceName(prefix+name)); err == nil {
			return ref.Hash(), nil
		}
	}
	return plumbing.ZeroHash, &NoReferenceError{name}
}

// readObject reads an object and computes its identifier anew.
func readObject(objects storer.EncodedObjectStorer, h plumbing.Hash) (ID, []byte, error) {
	t, err := typeOf(objects, h)
	if err != nil {
		return ID{}, nil, fmt.Errorf("object %s: %w", h, err)
	}
	o, err := objects.EncodedObject(plumbing.AnyObject, h)
	if err != nil {
		return ID{}, nil, fmt.Errorf("object %s: %w", h, err)
	}
	if o.Size() > maxObject && t != Content {
		return ID{}, nil, fmt.Errorf("object %s has %d bytes", h, o.Size())
	}
	r, err := o.Reader()
	if err != nil {
		return ID{}, nil, fmt.Errorf("object %s: %w", h, err)
	}
	defer r.Close()
	if t == Content {
		id, err := ContentOf(r, o.Size())
		return id, nil, err
	}
	data, err := io.ReadAll(r)
	return Sum(t, data), data, err
}

// behind is what a commit or a tag is about.
func behind(t Type, data []byte) (plumbing.Hash, bool) {
	line, _, _ := strings.Cut(string(data), "\n")
	for of, prefix := range map[Type]string{Revision: "tree ", Release: "object "} {
		if digits, ok := strings.CutPrefix(line, prefix); ok && t == of && plumbing.IsHash(digits) {
			return plumbing.NewHash(digits), true
		}
	}
	return plumbing.ZeroHash, false
}

// Streaming reads a repository's objects with little memory, those from a size on as they come: what go-git opens by itself caches up
// to 96 MB.
func Streaming(objects storer.EncodedObjectStorer, from int64) storer.EncodedObjectStorer {
	s, ok := objects.(*filesystem.Storage)
	if !ok {
		return objects
	}
	return filesystem.NewStorageWithOptions(s.Filesystem(), cache.NewObjectLRU(16*cache.MiByte), filesystem.Options{LargeObjectThreshold: from})
}
