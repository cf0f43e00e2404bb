// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"communs/crawler/heritage"
	"communs/indexer"
	"communs/licenses"
)

// blockID is what an id asks for: a blob, lines of it (0 to 0 for all), and where it is wanted from, if that is said.
type blockID struct {
	hash         indexer.BlobHash
	start, end   int
	origin, path string
}

// parseID reads a SWHID of a content: its qualifiers lines, origin and path say what is wanted.
func parseID(id string) (b blockID, ok bool) {
	s, err := heritage.Parse(strings.TrimSpace(id))
	if err != nil || s.Type != heritage.Content {
		return b, false
	}
	b = blockID{hash: s.Hash, origin: s.Origin, path: strings.TrimPrefix(s.Path, "/")}
	if s.Lines != nil {
		b.start, b.end = int(s.Lines.First), int(max(s.Lines.First, s.Lines.Last))
	}
	return b, true
}

// Block shows any line range of a known blob, with the whole code.
func (l *Local) Block(_ context.Context, id string) (*Hit, error) {
	want, ok := parseID(id)
	if !ok {
		return nil, &NotFoundError{What: "id", Name: id}
	}
	g, err := l.acquire()
	if err != nil {
		return nil, err
	}
	defer g.release()
	part, blob, ok := g.x.Lookup(want.hash)
	if !ok || len(g.x.Places(part, blob)) == 0 {
		return nil, g.lacks(want)
	}
	s := g.x.Shards()[part]
	b := s.Blob(blob)
	if want.start == 0 {
		want.start, want.end = 1, int(b.Lines)
	}
	if want.end > int(b.Lines) {
		return nil, &NotFoundError{What: "lines", Name: id, Max: int(b.Lines)}
	}
	at := g.bestPlace(part, blob, want)
	h := &Hit{Start: want.start, End: want.end, Why: []Term{}, Lines: []Line{}}
	g.describe(h, part, blob, at)
	h.ID = swhid(want.hash, want.start, want.end)
	h.Kind = indexer.KindText.String()
	copies := []textAt{{blobAt{part, blob}, want.start, want.end}}
	if row, ok := findBlock(s, b, want.start, want.end); ok {
		h.Kind, h.Name = row.Kind.String(), shown([]byte(s.BlockName(row)), b.Flags)
		copies = g.withText(row.Text, copies)
	}
	h.Occurrences, h.Copies, h.ForkCopies = g.occurrences(copies, at, 0)
	h.Components = g.componentsAt(at)
	if l.options.Public && (h.Libre != licenses.LibreYes || g.license(at).libre != licenses.LibreYes) {
		h.Withheld = true
		return h, nil
	}
	content, err := s.Content(blob)
	if err != nil {
		g.faults.add(err)
		return nil, err
	}
	latin1 := b.Flags&indexer.FlagLatin1 != 0
	h.Code = decode(lineRange(content, want.start, want.end), latin1)
	if near := g.nearLines(part, blob, at, want.start, want.end); near != nil {
		h.Copyright = statements(lineRange(content, near[0], near[1]), latin1)
	}
	if len(h.Copyright) == 0 {
		h.Copyright = g.copyright(content, latin1, at)
	}
	return h, nil
}

// lacks is the error of a block that no repository holds: the file has changed since, a history was written anew, or it never was here. Its
// identifier stays true, whoever has the content.
func (g *generation) lacks(want blockID) error {
	missing := &NotFoundError{What: "block", Name: "swh:1:cnt:" + want.hash.String()}
	if want.start > 0 {
		missing.Name = swhid(want.hash, want.start, want.end)
	}
	if g.x.Stood(want.hash) {
		missing.What = "replaced"
	}
	return missing
}

// findBlock finds the block that covers exactly these lines.
func findBlock(s *indexer.Shard, b indexer.Blob, start, end int) (row indexer.BlockRow, ok bool) {
	for i := b.FirstBlock; i < b.FirstBlock+b.NumBlocks; i++ {
		if row = s.Block(i); row.Start == start && row.End == end {
			return row, true
		}
	}
	return row, false
}

// withText adds the blobs of every other block in service with the same text.
func (g *generation) withText(text uint64, found []textAt) []textAt {
	for part, s := range g.x.Shards() {
		for i := range uint32(s.NumBlocks()) {
			row := s.Block(i)
			if row.Text != text || len(g.x.Places(part, row.Blob)) == 0 {
				continue
			}
			found = addText(found, part, row)
		}
	}
	return found
}

// bestPlace chooses the occurrence to show: the one asked for, else a free one, of the code's own files rather than
// vendored or test ones, in the repository that is most alive.
func (g *generation) bestPlace(part int, blob uint32, want blockID) indexer.Place {
	value := func(at indexer.Place) (v float64) {
		o := g.x.Repos()[at.Repo]
		if want.origin != "" && want.origin == o.Meta().URL {
			v += 100
		}
		if want.path != "" && want.path == o.Path(at.Row) {
			v += 50
		}
		if g.license(at).libre == licenses.LibreYes {
			v += 10
		}
		if o.Flags(at.Row)&(indexer.FlagVendored|indexer.FlagTest|indexer.FlagGenerated) == 0 {
			v += 2
		}
		return v + g.repos[at.Repo].liveness
	}
	return slices.MinFunc(g.x.Places(part, blob), func(a, b indexer.Place) int {
		return cmp.Or(cmp.Compare(value(b), value(a)),
			cmp.Compare(g.repos[a.Repo].rank, g.repos[b.Repo].rank), cmp.Compare(a.Row, b.Row))
	})
}

// lineRange gives lines start to end of a text, the last one's newline included.
func lineRange(text []byte, start, end int) []byte {
	from := 0
	for n := 1; n < start; n++ {
		i := bytes.IndexByte(text[from:], '\n')
		if i < 0 {
			return nil
		}
		from += i + 1
	}
	to := from
	for n := start; n <= end; n++ {
		i := bytes.IndexByte(text[to:], '\n')
		if i < 0 {
			return text[from:]
		}
		to += i + 1
	}
	return text[from:to]
}

// copyright gives the statements of the file itself, or those of the files that its licence was found in.
func (g *generation) copyright(content []byte, latin1 bool, at indexer.Place) []string {
	if found := statements(content, latin1); len(found) > 0 {
		return found
	}
	o := g.x.Repos()[at.Repo]
	row := o.Row(at.Row)
	var found []string
	for _, e := range row.Evidence {
		i, ok := o.Find(e.Path)
		if !ok || i == at.Row {
			continue
		}
		part, blob, ok := g.x.Lookup(o.Hash(i))
		if !ok || len(g.x.Places(part, blob)) == 0 {
			continue
		}
		text, err := g.x.Shards()[part].Content(blob)
		if err != nil {
			g.faults.add(err)
			continue
		}
		for _, s := range statements(text, o.Flags(i)&indexer.FlagLatin1 != 0) {
			if !slices.Contains(found, s) {
				found = append(found, s)
			}
		}
	}
	return found
}

func statements(text []byte, latin1 bool) (found []string) {
	for _, c := range licenses.Copyrights([]byte(decode(text, latin1))) {
		if !slices.Contains(found, c.Text) {
			found = append(found, c.Text)
		}
	}
	return found
}
