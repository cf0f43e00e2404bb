// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "testing"

func BenchmarkNewDetector(b *testing.B) {
	for b.Loop() {
		if _, err := NewDetector(); err != nil {
			b.Fatal(err)
		}
	}
}

type sourceFile struct {
	path string
	data []byte
}

// source is 20 MB of ordinary source: that of this build's own modules.
func source(b *testing.B) (files []sourceFile, size int) {
	walk(b, moduleCache(b), func(string) bool { return size < 20<<20 }, func(path string, data []byte) {
		if len(data) < 1<<20 {
			files, size = append(files, sourceFile{path, data}), size+len(data)
		}
	})
	return files, size
}

func BenchmarkText(b *testing.B) {
	d := detector(b)
	files, size := source(b)
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, f := range files {
			d.Text(f.path, f.data)
		}
	}
}
