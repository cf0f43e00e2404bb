// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"communs/crawler"
)

// Classified is what a file's content tells, wherever the file stands.
type Classified struct {
	Lang  string
	Flags Flag   // FlagGenerated, FlagMinified, FlagLatin1
	Skip  Reason // Indexed, or why it is not
}

// Modes of files as git stores them.
const (
	modeType    = 0o170000
	modeSymlink = 0o120000
)

// Classify judges one file from its mode (as git stores it), its size and its content, which may be missing or cut for
// files above MaxFileSize. What it says of a blob holds for every path with the same name; what depends on the
// directory is in PathFlags. The first of these reasons counts:
//
//   - symlink, by mode;
//   - empty: no byte, or only white space;
//   - oversized: more than MaxFileSize bytes;
//   - binary: a NUL byte, unless the text is UTF-16 or UTF-32;
//   - undecodable: UTF-16, UTF-32, or neither UTF-8 nor plausible in a single-byte encoding: some ISO 8859 or Windows
//     code page, in which letters beyond ASCII stand in or next to words and control characters are absent;
//   - elsewhere: only a pointer to what Git LFS keeps elsewhere;
//   - minified: see minified.
func Classify(path string, mode uint32, size int64, src []byte) Classified {
	switch {
	case mode&modeType == modeSymlink:
		return Classified{Lang: unknownLanguage, Skip: SkipSymlink}
	case size == 0:
		return Classified{Lang: unknownLanguage, Skip: SkipEmpty}
	case size > MaxFileSize || len(src) > MaxFileSize:
		return Classified{Lang: Language(path, nil), Skip: SkipOversized}
	}
	var flags Flag
	skip := encoding(src)
	if skip == SkipUndecodable && plausibleLatin1(src) {
		flags, skip = FlagLatin1, Indexed
	}
	if skip != Indexed {
		return Classified{Lang: unknownLanguage, Skip: skip}
	}
	if len(bytes.TrimSpace(src)) == 0 || len(bytes.TrimSpace(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))) == 0 {
		return Classified{Lang: unknownLanguage, Skip: SkipEmpty}
	}
	if _, pointer := crawler.ParsePointer(src); pointer {
		return Classified{Lang: unknownLanguage, Skip: SkipElsewhere}
	}
	c := Classified{Lang: Language(path, src), Flags: flags}
	if minified(path, src) {
		c.Flags |= FlagMinified
		c.Skip = SkipMinified
		return c
	}
	if generated(path, src) {
		c.Flags |= FlagGenerated
	}
	return c
}

// encoding tells UTF-8 (Indexed) from binary and from what would need decoding (SkipUndecodable).
func encoding(src []byte) Reason {
	if wide(src) {
		return SkipUndecodable
	}
	if bytes.IndexByte(src, 0) >= 0 {
		return SkipBinary
	}
	if utf8.Valid(src) {
		return Indexed
	}
	return SkipUndecodable
}

// wide tells UTF-16 and UTF-32, by their mark, or because nearly every other byte of the beginning is NUL.
func wide(src []byte) bool {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\x00\x00\xfe\xff"} {
		if bytes.HasPrefix(src, []byte(mark)) && bytes.IndexByte(src, 0) >= 0 {
			return true
		}
	}
	head := src[:min(len(src), 512)&^1]
	if len(head) < 8 {
		return false
	}
	var nul [2]int
	for i, c := range head {
		switch {
		case c == 0:
			nul[i&1]++
		case c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f:
			return false
		}
	}
	half := len(head) / 2
	return nul[0] == 0 && nul[1]*10 > half*9 || nul[1] == 0 && nul[0]*10 > half*9
}

// plausibleLatin1 tells text in a single-byte encoding from data: no control characters, few bytes beyond ASCII that
// no code page uses for letters, and most of those beyond ASCII next to a letter, a quote or another one.
func plausibleLatin1(src []byte) bool {
	high, near, controls := 0, 0, 0
	for i, c := range src {
		switch {
		case c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b:
			controls++
		case c >= utf8.RuneSelf:
			high++
			if i > 0 && beside(src[i-1]) || i+1 < len(src) && beside(src[i+1]) {
				near++
			}
		}
	}
	return controls*1000 <= len(src) && high*10 <= len(src)*6 && near*10 >= high*6
}

func beside(c byte) bool {
	return wordClass[c] != 0 || c == ' ' || c == '"' || c == '\'' || c == '.' || c == ','
}

// Minified text: no file of more than minifiedSize bytes whose lines have more than minifiedMean bytes on average, or
// which is mostly made of lines longer than minifiedLine; smaller ones only when they are named *.min.js, *.min.css or
// hold a single line. Prose, data and markup have long lines by nature: for them only minifiedData counts.
const (
	minifiedSize = 4 << 10
	minifiedMean = 300
	minifiedLine = 1000
	minifiedData = 10000
)

func minified(path string, src []byte) bool {
	name := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	ext := name[strings.LastIndexByte(name, '.')+1:]
	lines := bytes.Count(src, []byte{'\n'})
	if src[len(src)-1] != '\n' {
		lines++
	}
	mean := len(src) / lines
	if isMinifiedName(name) && mean > 110 {
		return true
	}
	if len(src) < minifiedSize || mean <= 80 && lines > 1 && !hasLongLines(src, minifiedLine) {
		return false
	}
	if longLined[ext] {
		return mean > minifiedData || mean > minifiedMean && hasLongLines(src, minifiedData)
	}
	return mean > minifiedMean || hasLongLines(src, minifiedLine)
}

// longLined are extensions of prose, data and markup.
var longLined = wordSet("md markdown txt rst adoc tex html htm xml svg json csv tsv sql yaml yml po log ipynb xlf xliff vue srt toml lock mod sum")

func isMinifiedName(name string) bool {
	stem := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".js"), ".mjs"), ".cjs"), ".css")
	return stem != name && (strings.HasSuffix(stem, ".min") || strings.HasSuffix(stem, "-min"))
}

// hasLongLines tells whether more than half of the text stands in lines longer than limit.
func hasLongLines(src []byte, limit int) bool {
	long, all := 0, len(src)
	for len(src) > 0 {
		n := bytes.IndexByte(src, '\n')
		if n < 0 {
			n = len(src) - 1
		}
		if n >= limit {
			long += n
		}
		src = src[n+1:]
	}
	return long*2 > all
}

// generatedHead is how much of a file is searched for what says that a program wrote it.
const generatedHead = 4 << 10

// generated tells files that a program wrote: by name, or by what their first lines say.
func generated(path string, src []byte) bool {
	name := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	if generatedNames[name] {
		return true
	}
	for _, suffix := range generatedSuffixes {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	head := src[:min(len(src), generatedHead)]
	if says(head, "@generated") || saysCodeGenerated(head) {
		return true
	}
	for _, mark := range generatedMarks {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return false
}

var (
	generatedNames = wordSet("gopkg.lock glide.lock poetry.lock pdm.lock uv.lock esy.lock deno.lock npm-shrinkwrap.json" +
		" package-lock.json pnpm-lock.yaml yarn.lock composer.lock cargo.lock cargo.toml.orig flake.lock module.bazel.lock" +
		" pipfile.lock .terraform.lock.hcl go.sum bun.lock gemfile.lock mix.lock pubspec.lock podfile.lock")
	generatedSuffixes = []string{".pb.go", ".pb.gw.go", "_pb2.py", "_pb2_grpc.py", "_pb2.pyi", ".pb.h", ".pb.cc", ".g.dart",
		".freezed.dart", ".designer.cs", ".designer.vb", ".feature.cs", ".g.cs", ".js.map", ".css.map", "_tlb.pas",
		".pb.swift", ".nib", ".xcworkspacedata", ".xcuserstate"}
	// generatedMarks are what generators write in the first lines of their output.
	generatedMarks = []string{
		"Generated by the protocol buffer compiler", "Autogenerated by Thrift", "autogenerated by go-to-protobuf",
		"This file is auto-generated", "This file was automatically generated", "This file is automatically generated",
		"THIS FILE IS AUTOMATICALLY GENERATED", "THIS FILE IS GENERATED", "This is a generated file", "GENERATED FILE. DO NOT EDIT",
		"GENERATED CODE - DO NOT MODIFY", "Automatically generated by", "AUTOMATICALLY GENERATED FILE", "AUTO-GENERATED FILE",
		"<auto-generated", "Generated by PEG.js", "Generated by Cython", "/* Generated by re2c", "A Bison parser, made by GNU Bison",
		"A lexical scanner generated by flex", "DO NOT EDIT THIS FILE - it is machine generated", "generated by jison",
		"This file is generated by jOOQ", "Generated by Haxe", "Generated by the gRPC", "Generated by SWIG", "automatically generated by SWIG",
		"was generated by SWIG", "Generated by GNU Autoconf", "generated automatically by aclocal", "generated by automake",
		"Code generated by MockGen", "Do not edit this file. It is machine generated", "Ce fichier est généré",
	}
)

// says tells whether a text holds a mark that no letter, digit or quote touches.
func says(head []byte, mark string) bool {
	for from := 0; ; {
		i := bytes.Index(head[from:], []byte(mark))
		if i < 0 {
			return false
		}
		i += from
		end := i + len(mark)
		before := i == 0 || wordClass[head[i-1]]&wWord == 0 && !strings.ContainsRune("\"'`", rune(head[i-1]))
		after := end == len(head) || wordClass[head[end]]&wWord == 0 && !strings.ContainsRune("\"'`", rune(head[end]))
		if before && after {
			return true
		}
		from = end
	}
}

// saysCodeGenerated tells the line that Go's tools agree on, in whatever comment marker: Code generated … DO NOT EDIT.
func saysCodeGenerated(head []byte) bool {
	for from := 0; ; {
		i := bytes.Index(head[from:], []byte("DO NOT EDIT"))
		if i < 0 {
			return false
		}
		i += from
		start := bytes.LastIndexByte(head[:i], '\n') + 1
		line := bytes.ToLower(head[start:i])
		if n := bytes.Index(line, []byte("generated")); n >= 0 && !bytes.ContainsAny(line[:n], "\"`") {
			return true
		}
		from = i + 1
	}
}
