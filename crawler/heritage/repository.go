// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/storer"
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
