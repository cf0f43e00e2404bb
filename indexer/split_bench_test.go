// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// benchSources gives about a megabyte of real code: files of Go's own tree, or the golden sources repeated.
func benchSources(b *testing.B, lang string) (files [][]byte, size int64) {
	b.Helper()
	if lang == "Go" {
		paths, _ := filepath.Glob(filepath.Join(runtime.GOROOT(), "src", "net", "http", "*.go"))
		for _, f := range paths {
			text, err := os.ReadFile(f)
			if err != nil {
				b.Fatal(err)
			}
			files = append(files, text)
			size += int64(len(text))
		}
		return files, size
	}
	var src []byte
	paths, _ := filepath.Glob("testdata/split/*/*.txt")
	for _, f := range paths {
		text, err := os.ReadFile(f)
		if err != nil {
			b.Fatal(err)
		}
		name, body := firstFile(text)
		if Language(name, body) == lang {
			src = append(append(src, body...), '\n')
		}
	}
	if len(src) == 0 {
		b.Skip("no golden file in " + lang)
	}
	src = bytes.Repeat(src, 1+(1<<20)/len(src))
	return [][]byte{src}, int64(len(src))
}

// firstFile gives the name and the text of an archive's first file.
func firstFile(archive []byte) (string, []byte) {
	_, rest, _ := bytes.Cut(archive, []byte("-- "))
	name, rest, _ := bytes.Cut(rest, []byte(" --\n"))
	body, _, _ := bytes.Cut(rest, []byte("\n-- outline --"))
	return string(name), body
}

func BenchmarkSplit(b *testing.B) {
	for _, lang := range []string{"Go", "Python", "JavaScript", "TypeScript", "Java", "C", "C++", "C#", "PHP", "Rust", "Kotlin",
		"Swift", "Vue", "HTML", "Markdown", "Text"} {
		b.Run(strings.ReplaceAll(lang, " ", "_"), func(b *testing.B) {
			files, size := benchSources(b, lang)
			s := SplitterFor(lang)
			b.SetBytes(size)
			for b.Loop() {
				for _, src := range files {
					s.Split("", src)
				}
			}
		})
	}
	b.Run("Go_with_its_parser", func(b *testing.B) { // for comparison
		files, size := benchSources(b, "Go")
		b.SetBytes(size)
		for b.Loop() {
			for _, src := range files {
				if defs, ok := parseGo(src); ok {
					assemble("Go", newLineIndex(src), defs)
				}
			}
		}
	})
}
