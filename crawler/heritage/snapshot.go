// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Branch is what a name of a snapshot leads to: an object, another name, or nothing (dangling) when both are zero.
type Branch struct {
	Object ID
	Alias  string
}

// kind is the word for it in the manifest.
func (b Branch) kind() string {
	switch {
	case b.Alias != "":
		return "alias"
	case b.Object.IsZero():
		return "dangling"
	}
	for word, t := range branchTypes {
		if t == b.Object.Type {
			return word
		}
	}
	return ""
}

// branchTypes are the words for what a branch leads to.
var branchTypes = map[string]Type{"content": Content, "directory": Directory, "revision": Revision, "release": Release, "snapshot": Snapshot}

// SnapshotOf is the identifier of the state of a repository: the hash of its branches in the order of their names' bytes, each as
// "<kind> <name>\0<length>:<target>", where the target is a hash, a name, or nothing.
func SnapshotOf(branches map[string]Branch) ID {
	var manifest []byte
	for _, name := range slices.Sorted(maps.Keys(branches)) {
		b := branches[name]
		manifest = append(manifest, b.kind()...)
		manifest = append(manifest, ' ')
		manifest = append(manifest, name...)
		manifest = append(manifest, 0)
		target := b.Alias
		if target == "" && !b.Object.IsZero() {
			target = string(b.Object.Hash[:])
		}
		manifest = strconv.AppendInt(manifest, int64(len(target)), 10)
		manifest = append(manifest, ':')
		manifest = append(manifest, target...)
	}
	return Sum(Snapshot, manifest)
}

// Reference is a name that a repository gives to an object, or to another name.
type Reference struct {
	Name     string   // HEAD, refs/heads/main; any bytes
	Hash     [20]byte // of the object; of no use when Symbolic is said
	Symbolic string   // the name that it follows
	Type     Type     // of the object: a Release is an annotated tag. Empty is a Revision: a list of references does not tell
	Missing  bool     // the object is not there
}

// Branches makes a snapshot's branches of a repository's references, as the archive's git loader does: what a forge makes for
// itself is left out, a symbolic reference is an alias, and a name that only an alias leads to is dangling.
func Branches(refs []Reference) map[string]Branch {
	branches := make(map[string]Branch, len(refs))
	for _, r := range refs {
		if r.Symbolic != "" || !Counts(r.Name) {
			continue
		}
		switch {
		case r.Missing:
			branches[r.Name] = Branch{}
		case r.Type == "":
			branches[r.Name] = Branch{Object: ID{Revision, r.Hash}}
		default:
			branches[r.Name] = Branch{Object: ID{r.Type, r.Hash}}
		}
	}
	for _, r := range refs {
		if r.Symbolic != "" && Counts(r.Name) {
			branches[r.Name] = Branch{Alias: r.Symbolic}
		}
	}
	for _, r := range refs {
		if _, known := branches[r.Symbolic]; r.Symbolic != "" && Counts(r.Name) && !known {
			branches[r.Symbolic] = Branch{}
		}
	}
	return branches
}

// Counts reports whether a reference of that name belongs to a snapshot. Those that do not are peeled tags, and what GitHub, GitLab
// and Gerrit make for their own use: merges tried out, pipelines, changes under review.
func Counts(name string) bool {
	switch {
	case strings.HasSuffix(name, "^{}"),
		strings.HasPrefix(name, "refs/pipelines/"), strings.HasPrefix(name, "refs/changes/"):
		return false
	case strings.HasPrefix(name, "refs/pull/"), strings.HasPrefix(name, "refs/merge-requests/"):
		return !strings.HasSuffix(name, "/merge")
	}
	return true
}
