// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"bytes"
	"io"
	"os"
	"testing"
)

func benchmarkRead(b *testing.B, format Format, name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Reader{}).Read(format, bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPubliccode(b *testing.B) {
	benchmarkRead(b, Publiccode, "testdata/publiccode/whole.yml")
}

func BenchmarkReadFaults(b *testing.B) {
	benchmarkRead(b, Publiccode, "testdata/publiccode/wrong-values.yml")
}

func BenchmarkReadCodemeta(b *testing.B) {
	benchmarkRead(b, Codemeta, "testdata/codemeta/whole.json")
}

func BenchmarkWritePubliccode(b *testing.B) {
	s := readFile(b, "testdata/publiccode/whole.yml").Software
	b.ReportAllocs()
	for b.Loop() {
		if err := WritePubliccode(io.Discard, s, ""); err != nil {
			b.Fatal(err)
		}
	}
}
