// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"communs/crawler"
)

// A repository that was renamed, or handed to somebody else, keeps its record: it gets the address that it has now, and the one that it had becomes
// an alias, so that whoever names either finds it. Where both addresses have a record they become one.

// Rename brings records up to date with where repositories stand now: moved has that by the address that each had. It gives how many records
// it has changed. What was taken out of the catalogue stays out.
func Rename(ctx context.Context, s Store, moved map[string]string) (n int, err error) {
	for _, old := range slices.Sorted(maps.Keys(moved)) {
		for tries := 0; ; tries++ {
			c, err := Load(ctx, s)
			if err != nil {
				return n, err
			}
			changes, err := c.renamed(old, moved[old])
			if err != nil {
				return n, err
			}
			if len(changes) == 0 {
				break
			}
			_, err = s.Apply(ctx, changes...)
			var conflict *ConflictError
			if tries < maxTries && (errors.Is(err, ErrMoved) || errors.As(err, &conflict)) {
				continue
			}
			if err != nil {
				return n, err
			}
			n++
			break
		}
	}
	return n, nil
}

// MayRename reports whether anything in the catalogue names the address, and does not know yet that it is of the other one.
func (c *Catalogue) MayRename(old, now string) bool {
	was, known := c.FindRepository(old)
	if !known {
		return len(c.addresses().software[keyOf(old)]) > 0
	}
	return keyOf(was.ID) == keyOf(old) && keyOf(old) != keyOf(now)
}

// renamed are the changes that bring a repository from an address to another; none when there is nothing to change.
func (c *Catalogue) renamed(old, now string) ([]Change, error) {
	url, err := crawler.CanonicalURL(now)
	if err != nil || !c.MayRename(old, now) {
		return nil, nil // an address that the catalogue cannot name
	}
	url = strings.TrimSuffix(url, ".git")
	was, hasOld := c.FindRepository(old)
	there, hasNew := c.FindRepository(url)
	hasNew = hasNew && keyOf(there.ID) == keyOf(url)
	full := c.Full()
	if !hasNew {
		if _, taken := full.Entry(KindRepository, url); taken {
			return nil, nil // it was taken out
		}
		there = &Repository{Meta: Meta{ID: url}, Name: path.Base(url)}
	}
	one, err := Copy(there)
	if err != nil {
		return nil, err
	}
	if hasOld {
		one = one.joined(was)
	}
	one.Status = cmp.Or(one.Status, Proposed)
	if len(one.Sources) == 0 {
		one.Sources = []Source{{Name: "found", URL: url, Licence: "CC0-1.0"}}
	}
	one.Aliases = slices.DeleteFunc(append([]string{old}, one.Aliases...), func(a string) bool { return keyOf(a) == keyOf(url) })
	seen := map[string]bool{}
	one.Aliases = slices.DeleteFunc(one.Aliases, func(a string) bool {
		again := seen[keyOf(a)]
		seen[keyOf(a)] = true
		return again
	})
	stamp, _ := full.Entry(KindRepository, one.ID)
	put, err := Put(one, stamp.Seq)
	if err != nil {
		return nil, err
	}
	if problems := slices.DeleteFunc(Check(one, full.With(one)), func(p Problem) bool { return p.Doubt }); len(problems) > 0 {
		return nil, nil // an address that the catalogue does not take, as one without https: its records stay as they are, and nothing else waits for that
	}
	put.Seen = full.Seq()
	changes := []Change{put}
	if hasOld {
		stamp, _ := full.Entry(KindRepository, was.ID)
		changes = append(changes, Change{Kind: KindRepository, ID: was.ID, Base: stamp.Seq, Seen: full.Seq()})
	}
	return changes, nil
}

// joined is a repository with what only the record of its former address says; of what both say its own holds.
func (r *Repository) joined(was *Repository) *Repository {
	n := *was.WithActivity(r.Activity, Source{})
	n.Meta = r.Meta
	if n.Status == "" || n.Status == Proposed {
		n.Status = was.Status
	}
	n.Sources = slices.Clone(r.Sources)
	for _, s := range was.Sources {
		if !slices.ContainsFunc(n.Sources, func(have Source) bool { return sameSource(have, s) }) {
			n.Sources = append(n.Sources, s)
		}
	}
	n.Software, n.Organisation = cmp.Or(r.Software, was.Software), cmp.Or(r.Organisation, was.Organisation)
	n.Name, n.Description = cmp.Or(r.Name, was.Name), cmp.Or(r.Description, was.Description)
	if len(r.Topics) > 0 {
		n.Topics = r.Topics
	}
	n.Aliases = append(slices.Clone(r.Aliases), was.Aliases...)
	n.ForkOf, n.MirrorOf = cmp.Or(r.ForkOf, was.ForkOf), cmp.Or(r.MirrorOf, was.MirrorOf)
	n.Archived = r.Archived || was.Archived
	n.Snapshot = cmp.Or(r.Snapshot, was.Snapshot)
	if n.Licence = r.Licence; r.Licence == (Finding{}) {
		n.Licence, n.Libre = was.Licence, was.Libre
	} else {
		n.Libre = r.Libre
	}
	return &n
}
