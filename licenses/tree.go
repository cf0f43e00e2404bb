// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Tree knows the licence evidence of one repository, and which of it holds for which file.
type Tree struct{}

// NewTree makes an empty tree.
func NewTree() *Tree { return &Tree{} }

// Add records what was found in the file at path (slash-separated, relative to the repository's root).
func (t *Tree) Add(path string, f []Finding) {}

// Effective is the licence of the file at path by its nearest evidence, with that evidence. The zero Expression means
// that nothing is known. Add everything first.
func (t *Tree) Effective(path string) (Expression, []Finding) { return Expression{}, nil }

// Repository is the licence of the repository as a whole, with its evidence.
func (t *Tree) Repository() (Expression, []Finding) { return Expression{}, nil }
