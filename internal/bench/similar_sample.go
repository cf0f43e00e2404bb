// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"communs/indexer"
)

// sampled is a block that clones are made of.
type sampled struct {
	lang, code string
	text       uint64 // as the index has it
	at         blockAt
}

func (b sampled) tokens() []indexer.PrintToken { return newTokens(b.code) }

const (
	leastLines  = 6
	mostLines   = 200
	leastTokens = 40
)

// fit tells whether a block is one that people would compare: code of some lines.
func fit(kind indexer.Kind, code []byte, tokens []indexer.PrintToken) bool {
	lines := 0
	last := int32(-1)
	for _, t := range tokens {
		if t.Line != last {
			lines++
			last = t.Line
		}
	}
	return kind != indexer.KindText && kind != indexer.KindSection && lines >= leastLines && lines <= mostLines && len(tokens) >= leastTokens
}

// sampleIndex takes blocks of the index, as many of each language as can be.
func sampleIndex(x *indexer.Index, o similarOptions) (list []sampled, err error) {
	r := rand.New(rand.NewPCG(o.seed, 1))
	byLang := map[string][]sampled{}
	seen := map[uint64]bool{}
	var lexer indexer.PrintLexer
	total := 0
	for _, s := range x.Shards() {
		total += s.NumBlocks()
	}
	for range 60 * o.n {
		n := r.IntN(total)
		part := 0
		for n >= x.Shards()[part].NumBlocks() {
			n -= x.Shards()[part].NumBlocks()
			part++
		}
		shard := x.Shards()[part]
		row := shard.Block(uint32(n))
		blob := shard.Blob(row.Blob)
		lang := shard.LangName(blob.Lang)
		if len(byLang[lang]) >= max(8, o.n/8) || seen[row.Text] || int(row.Text>>7&1) != o.half || blob.Flags&indexer.FlagGenerated != 0 || row.End-row.Start > 2*mostLines {
			continue
		}
		content, err := shard.Content(row.Blob)
		if err != nil {
			return nil, err
		}
		if saysGenerated(content) {
			continue
		}
		code := content[row.StartByte:row.EndByte]
		tokens := lexer.Lex(code)
		if !fit(row.Kind, code, tokens) {
			continue
		}
		seen[row.Text] = true
		byLang[lang] = append(byLang[lang], sampled{lang, string(code), row.Text, blockAt{uint32(part), uint32(n)}})
	}
	return spread(byLang, o.n), nil
}

// saysGenerated tells whether a file says at its beginning that a program wrote it. Such code stands there hundreds of times with
// nothing but other names, and with those changed nobody could tell which it was.
func saysGenerated(content []byte) bool {
	head := bytes.ToLower(content[:min(len(content), 2048)])
	return bytes.Contains(head, []byte("generated"))
}

func blinds(tokens []indexer.PrintToken) (out []uint32) {
	for _, t := range tokens {
		out = append(out, t.Blind)
	}
	return out
}

// spread takes from each language in turn.
func spread(byLang map[string][]sampled, n int) (list []sampled) {
	langs := make([]string, 0, len(byLang))
	for lang := range byLang {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	for i := 0; len(list) < n; i++ {
		before := len(list)
		for _, lang := range langs {
			if i < len(byLang[lang]) {
				list = append(list, byLang[lang][i])
			}
		}
		if len(list) == before {
			break
		}
	}
	return list[:min(n, len(list))]
}

// sampleFolder takes blocks of the files of the folders of other code.
func sampleFolder(o similarOptions) ([]sampled, error) {
	r := rand.New(rand.NewPCG(o.seed, 2))
	var files []string
	for _, folder := range filepath.SplitList(o.others) {
		err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "vendor" || d.Name() == "node_modules" || d.Name() == "third_party"): // of yet other projects
				return filepath.SkipDir
			case d.Type().IsRegular():
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	byLang := map[string][]sampled{}
	var lexer indexer.PrintLexer
	for k, i := range r.Perm(len(files)) {
		if k > 40*o.n {
			break
		}
		src, err := os.ReadFile(files[i])
		if err != nil || len(src) > indexer.MaxFileSize {
			continue
		}
		path := filepath.ToSlash(files[i])
		class := indexer.Classify(path, 0o100644, int64(len(src)), src)
		if class.Skip != indexer.Indexed || class.Flags&indexer.FlagGenerated != 0 || saysGenerated(src) || len(byLang[class.Lang]) >= max(8, o.n/8) {
			continue
		}
		lines := bytes.SplitAfter(src, []byte("\n"))
		blocks := indexer.SplitterFor(class.Lang).Split(path, src)
		for _, j := range r.Perm(len(blocks)) {
			b := blocks[j]
			code := bytes.Join(lines[b.Start-1:min(b.End, len(lines))], nil)
			if tokens := lexer.Lex(code); fit(b.Kind, code, tokens) {
				byLang[class.Lang] = append(byLang[class.Lang], sampled{lang: class.Lang, code: string(code)})
				break
			}
		}
	}
	return spread(byLang, o.n), nil
}

// neighbour is the next block of the same language.
func neighbour(list []sampled, i int) string {
	for k := 1; k < len(list); k++ {
		if b := list[(i+k)%len(list)]; b.lang == list[i].lang {
			return b.code
		}
	}
	return ""
}
