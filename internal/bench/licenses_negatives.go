// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// A source file states nothing when two looks find nothing: licensecheck, and an expression for the sentences with which people state a
// licence. A file of which a licence is claimed all the same was read by a person, who may have found a statement after all: such files are
// listed in testdata and left out. Every other claim is false. There are two sets: source files as they come, of which nearly none speak
// of licences, where the expression is a wide one; and those only that do speak of them (tools that handle licences, lists of names, tests,
// templates, fields), where it takes only what nobody would write otherwise, and more was read.

// negativeFiles and talkFiles are how many files the sets have at most.
const (
	negativeFiles = 10_000
	talkFiles     = 4_000
)

//go:embed testdata/statements.tsv
var readStatements string

// negativeSets finds source files without a statement below folders.
func negativeSets(ctx context.Context, folders []string) ([]licenseSet, error) {
	plain := licenseSet{name: "no statement", note: "source files in which neither licensecheck nor a wide expression finds a statement", apart: true}
	talk := licenseSet{name: "talk of licences", note: "source files that speak of licences, in which neither licensecheck nor a narrow expression finds a statement", apart: true}
	type candidate struct {
		path, rel string
		rank      uint32
	}
	var all []candidate
	for _, dir := range folders {
		err := eachFile(dir, func(path string, info os.FileInfo) error {
			if info.Size() == 0 || info.Size() > 1<<20 || !sourceName.MatchString(path) {
				return ctx.Err()
			}
			rel, err := filepath.Rel(dir, path)
			h := fnv.New32()
			io.WriteString(h, rel)
			all = append(all, candidate{path, filepath.ToSlash(rel), h.Sum32()})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.path, b.path)) })
	done := map[string]bool{} // by content
	for line := range strings.Lines(readStatements) {
		hash, _, _ := strings.Cut(line, "\t")
		done[hash] = true
	}
	for _, c := range all {
		if len(plain.files) >= negativeFiles && len(talk.files) >= talkFiles {
			break
		}
		data, err := os.ReadFile(c.path)
		if err != nil || bytes.IndexByte(data, 0) >= 0 {
			continue
		}
		sum := sha256.Sum256(data)
		hash := hex.EncodeToString(sum[:8])
		if done[hash] {
			continue
		}
		done[hash] = true
		words := spaced(data)
		talks := hasOne(words, licenseWords)
		if talks && (hasOne(words, surely) || fieldLine.Match(data) || len(licensecheck.Scan(data).Match) > 0) {
			continue
		}
		f := licenseFile{disk: c.path, path: c.rel}
		if talks && len(talk.files) < talkFiles {
			talk.files = append(talk.files, f)
		}
		if len(plain.files) < negativeFiles && !(talks && hasOne(words, perhaps)) {
			plain.files = append(plain.files, f)
		}
	}
	return []licenseSet{plain, talk}, ctx.Err()
}

// sourceName is what files of code are called.
var sourceName = regexp.MustCompile(`(?i)\.(c|h|cc|cpp|cxx|hpp|hh|inl|m|mm|java|cs|go|js|jsx|mjs|cjs|ts|tsx|kt|kts|scala|groovy|gradle|dart|swift|d|rs|zig|php|py|pyi|pyx|ex|exs|jl|nim|sh|bash|zsh|fish|bats|mk|cmake|tcl|r|awk|yaml|yml|toml|tf|nix|graphql|ps1|psm1|coffee|rb|rake|pl|pm|t|sql|lua|hs|elm|adb|ads|vhd|el|lisp|clj|scm|rkt|tex|erl|hrl|f|f90|ml|mli|fs|fsx|pas|xml|xsl|vue|svelte|bat|vim|s|asm|css|scss|less|proto|ipynb|html|hbs|erb|ejs)$`)

// Phrases, in small letters, in words that single spaces part.
var (
	// licenseWords: every statement has one of them.
	licenseWords = []string{"licens", "licenc", "gpl", "copyright", "copyleft", "spdx", "public domain", "free software", "redistribut", "permission"}
	// surely is how people state a licence and write nothing else.
	surely = []string{"licensed under", "licenced under", "licenses this", "license identifier", "under the terms of", "released under", "distributed under",
		"available under", "published under", "covered by", "governed by", "governed under", "provided under", "permission is hereby", "permission to use", "permission is granted",
		"redistribution and use", "redistribute it", "public domain", "free software", "same terms as"}
	// perhaps is what people also write otherwise.
	perhaps = []string{"licensed to", "licensed as", "subject to", "the license", "the licence", "this license", "under license", "mit license", "bsd license", "apache license", "gpl license",
		"isc license", "software license", "style license", "public license", "vim license", "license is", "license apache", "license mit", "license bsd", "license gpl", "license lgpl", "license mpl",
		"license isc", "license cc", "license gnu", "license http", "license see", "license text", "license at", "license agreement", "license file", "license information", "license header",
		"apache 2.0", "gpl v", "gplv", "copyright"}
)

// fieldLine is a line that names the licence: behind the word, or with nothing else.
var fieldLine = regexp.MustCompile(`(?mi)^\W*(?:this file is a part of [^.\n]+\. )?(?:__)?licen[cs]ed?(?:__)?(?:\s*[:=]|\s+is)?\s+\S|^\W*(?:the )?(?:mit|bsd|apache|gpl|isc|mpl)[\w. -]{0,12} licen[cs]e|/gpl2 licensed`)

func hasOne(words []byte, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return bytes.Contains(words, []byte(p)) })
}

// spaced is a text in small letters with one space between words.
func spaced(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for _, c := range bytes.ToLower(data) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c >= 0x80:
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	return out
}
