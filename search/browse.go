// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"communs/indexer"
	"communs/licenses"
)

// repository finds a repository by its address.
func (g *generation) repository(address string) (uint32, error) {
	for _, url := range []string{address, "https://" + address, strings.TrimSuffix(address, "/")} {
		i, ok := sort.Find(len(g.order), func(i int) int {
			return strings.Compare(url, g.x.Repos()[g.order[i]].Meta().URL)
		})
		if ok {
			return g.order[i], nil
		}
		if i, ok := g.aliases[url]; ok {
			return i, nil
		}
	}
	return 0, &NotFoundError{What: "repository", Name: address}
}

// acquireWith acquires what is in service, to be released, and a repository in it.
func (l *Local) acquireWith(address string) (*generation, uint32, error) {
	g, err := l.acquire()
	if err != nil {
		return nil, 0, err
	}
	r, err := g.repository(address)
	if err != nil {
		g.release()
		return nil, 0, err
	}
	return g, r, nil
}

// File shows one file of a repository, with the outline of its blocks.
func (l *Local) File(_ context.Context, repo, path string) (*File, error) {
	g, r, err := l.acquireWith(repo)
	if err != nil {
		return nil, err
	}
	defer g.release()
	o := g.x.Repos()[r]
	n, ok := o.Find(path)
	if !ok {
		return nil, &NotFoundError{What: "file", Name: path}
	}
	row, at := o.Row(n), indexer.Place{Repo: r, Row: n}
	license, said := g.license(at), evidence(row.Evidence)
	part, blob, found := g.x.Lookup(row.Hash)
	if found = found && slices.Contains(g.x.Places(part, blob), at); found {
		facts, near, apart := g.linesLicense(part, blob, at, 1, int(g.x.Shards()[part].Blob(blob).Lines))
		license, said = facts, linesEvidence(row, near, apart)
	}
	f := &File{
		Repository: g.repositoryInfo(r), Path: row.Path, Lang: row.Lang, Hash: row.Hash.String(),
		Size: row.Size, Skipped: string(row.Skipped), License: license.text, Libre: license.libre,
		LibreGround: license.ground, Evidence: said, Flags: flagNames(row.Flags),
	}
	if !found {
		if row.Skipped == indexer.Indexed {
			f.Skipped = string(indexer.SkipWithdrawn)
		}
		return f, nil
	}
	s := g.x.Shards()[part]
	f.Copies, _, _ = g.occurrences([]textAt{{blobAt{part, blob}, 1, int(s.Blob(blob).Lines)}}, at, 0)
	f.Blocks = outline(s, blob)
	if l.options.Public && (license.libre != licenses.LibreYes || !g.mayShow(part, blob, at)) {
		f.Withheld = true
		return f, nil
	}
	content, err := s.Content(blob)
	if err != nil {
		g.faults.add(err)
		return nil, err
	}
	f.Text = decode(content, s.Blob(blob).Flags&indexer.FlagLatin1 != 0)
	return f, nil
}

// outline lists the blocks of a blob.
func outline(s *indexer.Shard, blob uint32) []BlockInfo {
	b := s.Blob(blob)
	out := make([]BlockInfo, 0, b.NumBlocks)
	for i := b.FirstBlock; i < b.FirstBlock+b.NumBlocks; i++ {
		row := s.Block(i)
		info := BlockInfo{
			ID: swhid(b.Hash, row.Start, row.End), Kind: row.Kind.String(), Name: shown([]byte(s.BlockName(row)), b.Flags),
			Start: row.Start, End: row.End,
		}
		if p := row.Parent - int32(b.FirstBlock); row.Parent >= 0 && p >= 0 && int(p) < len(out) {
			info.Depth = out[p].Depth + 1
		}
		out = append(out, info)
	}
	return out
}

// Tree lists one folder of a repository: folders first, each by name.
func (l *Local) Tree(_ context.Context, repo, path string) (*Tree, error) {
	g, r, err := l.acquireWith(repo)
	if err != nil {
		return nil, err
	}
	defer g.release()
	o := g.x.Repos()[r]
	path = strings.Trim(path, "/")
	t := &Tree{Repository: g.repositoryInfo(r), Path: path, Entries: []TreeEntry{}}
	prefix := path
	if prefix != "" {
		prefix += "/"
	}
	for row := o.From(prefix); int(row) < o.Len(); {
		rest, ok := strings.CutPrefix(o.Path(row), prefix)
		if !ok {
			break
		}
		if name, _, deeper := strings.Cut(rest, "/"); deeper {
			t.Entries = append(t.Entries, TreeEntry{Name: name, Dir: true})
			row = o.From(prefix + name + "0") // "0" comes right after "/": all that is in the folder is passed over
			continue
		}
		f := o.Row(row)
		t.Entries = append(t.Entries, TreeEntry{
			Name: rest, Lang: f.Lang, License: f.License, Skipped: string(f.Skipped), Size: f.Size,
		})
		row++
	}
	if path != "" && len(t.Entries) == 0 {
		return nil, &NotFoundError{What: "folder", Name: path}
	}
	slices.SortStableFunc(t.Entries, func(a, b TreeEntry) int {
		if a.Dir != b.Dir {
			if a.Dir {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Name, b.Name)
	})
	return t, nil
}

// Holds reports whether a repository is in the index.
func (l *Local) Holds(_ context.Context, repo string) bool {
	g, _, err := l.acquireWith(repo)
	if err != nil {
		return false
	}
	g.release()
	return true
}

// Repository shows a repository with its figures.
func (l *Local) Repository(_ context.Context, repo string) (*Repository, error) {
	g, r, err := l.acquireWith(repo)
	if err != nil {
		return nil, err
	}
	defer g.release()
	o := g.x.Repos()[r]
	out := &Repository{RepositoryInfo: g.repositoryInfo(r), Evidence: evidence(o.Meta().Evidence)}
	langs, found, kinds, skipped := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for n := range uint32(o.Len()) {
		row := o.Row(n)
		if row.Skipped != indexer.Indexed {
			skipped[string(row.Skipped)]++
			continue
		}
		langs[row.Lang] += int(row.Size)
		found[row.License]++
		part, blob, ok := g.x.Lookup(row.Hash)
		if !ok {
			continue
		}
		s := g.x.Shards()[part]
		b := s.Blob(blob)
		for i := b.FirstBlock; i < b.FirstBlock+b.NumBlocks; i++ {
			kinds[s.Block(i).Kind.String()]++
		}
	}
	out.Components = g.componentsOf(r)
	out.Languages, out.Licenses = counts(langs), counts(found)
	out.Kinds, out.Skipped = counts(kinds), counts(skipped)
	return out, nil
}

// counts lists values by how often they occur, the most frequent first.
func counts(m map[string]int) []Count {
	out := make([]Count, 0, len(m))
	for value, n := range m {
		out = append(out, Count{value, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
	return out
}

// Repositories lists repositories by address.
func (l *Local) Repositories(_ context.Context, q RepositoryQuery) (*RepositoryPage, error) {
	g, err := l.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release()
	listed := func(r uint32) bool { return q.Owner == "" || strings.EqualFold(g.x.Repos()[r].Meta().Owner, q.Owner) }
	if q.ForkOf != "" {
		of, err := g.repository(q.ForkOf)
		if err != nil {
			return nil, err
		}
		within := listed
		listed = func(r uint32) bool { return r != of && g.family[r] == of && within(r) }
	}
	page := &RepositoryPage{Repositories: []RepositoryInfo{}}
	for _, r := range g.order {
		url := g.x.Repos()[r].Meta().URL
		if !listed(r) {
			continue
		}
		if root := g.family[r]; root != r && !q.Forks && listed(root) {
			page.Folded++
			continue
		}
		page.Total++
		switch {
		case q.After != "" && url <= q.After:
		case q.N > 0 && len(page.Repositories) == q.N:
			page.Next = page.Repositories[q.N-1].URL
		default:
			page.Repositories = append(page.Repositories, g.repositoryInfo(r))
		}
	}
	return page, nil
}
