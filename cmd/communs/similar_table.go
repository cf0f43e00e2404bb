// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"communs/indexer"
	"communs/licenses"
	"communs/search"
)

// origins is the table of a file's or a folder's blocks that are known from elsewhere.
type origins struct {
	Files    int              `json:"files"`    // read
	Blocks   int              `json:"blocks"`   // compared
	Short    int              `json:"short"`    // too short to be compared
	Skipped  []search.Count   `json:"skipped"`  // files not read, by reason
	Licenses []originsLicense `json:"licenses"` // of the blocks found, by how many there are
	Found    []originsOf      `json:"found"`
	Partial  bool             `json:"partial"`
	Reason   string           `json:"reason,omitempty"`
	skipped  map[string]int   // by reason
	licences map[string]*originsLicense
}

// originsLicense counts the blocks found under one licence.
type originsLicense struct {
	License string         `json:"license"` // empty when unknown
	Libre   licenses.Libre `json:"libre"`
	Blocks  int            `json:"blocks"`
}

// originsOf is one block of ours and the block elsewhere that it is most like.
type originsOf struct {
	Path  string     `json:"path"`
	Start int        `json:"start"`
	End   int        `json:"end"`
	Kind  string     `json:"kind"`
	Name  string     `json:"name"`
	Hit   search.Hit `json:"hit"`
}

// leastOrigin is how many tokens a block has at least to have come from somewhere.
const leastOrigin = 20

// similarTable compares every block of a file, of stdin or of a folder.
func (p *program) similarTable(ctx context.Context, s search.Searcher, name, lang string) error {
	if lang != "" {
		known := false
		if lang, known = indexer.CanonicalLanguage(lang); !known {
			return &search.ExampleError{Key: "search.similar.lang", Args: []any{lang}}
		}
	}
	t := &origins{Found: []originsOf{}, skipped: map[string]int{}, licences: map[string]*originsLicense{}}
	err := p.originFiles(name, func(path string, size int64, src []byte, skip indexer.Reason) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if skip != indexer.Indexed {
			t.skipped[string(skip)]++
			return nil
		}
		class := indexer.Classify(filepath.ToSlash(path), 0o100644, size, src)
		if class.Skip != indexer.Indexed {
			t.skipped[string(class.Skip)]++
			return nil
		}
		t.Files++
		return t.file(ctx, s, path, cmp.Or(lang, class.Lang), src)
	})
	if err != nil {
		return err
	}
	t.finish()
	if err := p.printOrigins(t); err != nil {
		return err
	}
	return p.concludeSimilar(ctx, s, t.Reason, len(t.Found))
}

// special is why what is neither file nor folder nor link is not read.
const special indexer.Reason = "special"

// originFiles reads the file, stdin or every regular file below a folder but those of version control. What is longer than an indexed
// file can be is given by its size alone; what is not read, with the reason. Links are not followed: what they lead to is below the
// folder, or nothing that was asked for.
func (p *program) originFiles(name string, do func(path string, size int64, src []byte, skip indexer.Reason) error) error {
	fi, err := os.Stat(name)
	if name == "-" || err == nil && !fi.IsDir() {
		src, err := p.readExample(name)
		if err != nil {
			return err
		}
		return do(name, int64(len(src)), src, indexer.Indexed)
	}
	if err != nil {
		return faultOf(err, "cmd.input-unreadable", field(name))
	}
	return filepath.WalkDir(name, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil && path == name:
			return faultOf(err, "cmd.input-unreadable", field(path))
		case err != nil:
			return do(path, 0, nil, indexer.SkipUnreadable)
		case e.IsDir() && (e.Name() == ".git" || e.Name() == ".hg" || e.Name() == ".svn"):
			return fs.SkipDir
		case e.IsDir():
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			return do(path, 0, nil, indexer.SkipSymlink)
		case !e.Type().IsRegular():
			return do(path, 0, nil, special)
		}
		info, err := e.Info()
		var src []byte
		if err == nil && info.Size() <= indexer.MaxFileSize {
			src, err = os.ReadFile(path)
		}
		if err != nil {
			return do(path, 0, nil, indexer.SkipUnreadable)
		}
		return do(path, info.Size(), src, indexer.Indexed)
	})
}

// file compares the blocks of one file, but for those within a block that was found as a whole.
func (t *origins) file(ctx context.Context, s search.Searcher, path, lang string, src []byte) error {
	lines := bytes.SplitAfter(src, []byte("\n"))
	var lexer indexer.PrintLexer
	settled := 0 // up to this line everything is known
	for _, b := range indexer.SplitterFor(lang).Split(filepath.ToSlash(path), src) {
		if b.End <= settled || b.Start < 1 || b.End > len(lines) {
			continue
		}
		code := bytes.Join(lines[b.Start-1:b.End], nil)
		if len(lexer.Lex(code)) < leastOrigin {
			t.Short++
			continue
		}
		t.Blocks++
		page, err := s.Similar(ctx, search.Example{Code: string(code), Lang: lang, N: 1})
		var wrong *search.ExampleError
		if errors.As(err, &wrong) {
			t.Short++
			continue
		}
		if err != nil {
			return err
		}
		if page.Partial {
			t.Partial, t.Reason = true, page.Reason
		}
		if len(page.Hits) == 0 {
			continue
		}
		h := page.Hits[0]
		if h.Similarity >= search.NearSimilarity {
			settled = b.End
		}
		for i := range h.Ranges { // of the file, not of the block
			h.Ranges[i].Query[0] += b.Start - 1
			h.Ranges[i].Query[1] += b.Start - 1
		}
		t.Found = append(t.Found, originsOf{filepath.ToSlash(path), b.Start, b.End, b.Kind.String(), b.Name, h})
		l := t.licences[h.License]
		if l == nil {
			l = &originsLicense{License: h.License, Libre: h.Libre}
			t.licences[h.License] = l
		}
		l.Blocks++
	}
	return nil
}

// finish puts the counts in order.
func (t *origins) finish() {
	t.Skipped, t.Licenses = []search.Count{}, []originsLicense{}
	for reason, n := range t.skipped {
		t.Skipped = append(t.Skipped, search.Count{Value: reason, N: n})
	}
	slices.SortFunc(t.Skipped, func(a, b search.Count) int { return strings.Compare(a.Value, b.Value) })
	for _, l := range t.licences {
		t.Licenses = append(t.Licenses, *l)
	}
	slices.SortFunc(t.Licenses, func(a, b originsLicense) int {
		return cmp.Or(cmp.Compare(b.Blocks, a.Blocks), strings.Compare(a.License, b.License))
	})
}

func (p *program) printOrigins(t *origins) error {
	switch p.settings.format {
	case formatJSON:
		return p.result(t)
	case formatJSONL:
		for i := range t.Found {
			if err := p.result(&t.Found[i]); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range t.Found {
		f := &t.Found[i]
		h := &f.Hit
		what := p.kindWords(&search.Hit{Kind: f.Kind, Name: f.Name})
		p.line("%s  %s", p.paint(styleBold, fmt.Sprintf("%s:%d-%d", field(f.Path), f.Start, f.End)), what)
		p.line("  %s  %s  %s", p.paint(styleGreen, p.say.T("cmd.similar.percent", 100*h.Similarity)), p.licenceWords(h),
			p.paint(styleRepo, field(h.Repo))+" "+fmt.Sprintf("%s:%d-%d", field(h.Path), h.Start, h.End))
		if h.Copies > 1 {
			p.line("  %s", p.paint(styleDim, p.say.T("cmd.search.copies", h.Copies)))
		}
		p.line("  %s", shellQuote(h.ID))
	}
	if len(t.Licenses) > 0 {
		p.line("")
		for _, l := range t.Licenses {
			p.line("%6d  %s", l.Blocks, p.licenceWords(&search.Hit{License: l.License, Libre: l.Libre}))
		}
		p.note("cmd.similar.advice")
	}
	p.note("cmd.similar.table", len(t.Found), t.Blocks, t.Files)
	if t.Short > 0 {
		p.note("cmd.similar.short-blocks", t.Short)
	}
	for _, c := range t.Skipped {
		p.note("cmd.similar.skipped", c.N, p.say.T("cmd.similar.skip."+c.Value))
	}
	return nil
}
