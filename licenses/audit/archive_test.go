// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"communs/internal/words"
)

// bombZip is a zip of so many entries of 32 MB each that hold nothing but zeros: a few hundred KB.
func bombZip(t *testing.T, entries int) []byte {
	t.Helper()
	zeros := make([]byte, 32<<20)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err == nil {
		_, err = w.Write(zeros)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range entries {
		e, err := z.CreateRaw(&zip.FileHeader{
			Name: fmt.Sprintf("x/%d", i), Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(zeros), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(zeros)),
		})
		if err == nil {
			_, err = e.Write(packed.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What unpacks to far more than its size ends early, and the verdict is about a part.
func TestBombs(t *testing.T) {
	zeros := strings.Repeat("\x00", 96<<20)
	for name, data := range map[string][]byte{
		"zip":  bombZip(t, 20),
		"gzip": tarOf(t, entries{{"LICENSE", mit}, {"zeros", zeros}, {"more", zeros}}),
	} {
		source := archiveSource(data)
		r := run(t, source, options(t))
		got := brief(r)
		most := max(neverTooMuch, len(data)*maxRatio)
		if !strings.Contains(got, "partial a.archive:0 limit") || r.Counts.Bytes > most {
			t.Errorf("%s of %d bytes: read %d\n%s", name, len(data), r.Counts.Bytes, got)
		}
		if text := string(written(t, r, FormatText, voice(t, words.French))); !strings.Contains(text, fmt.Sprintf("la lecture s’arrête à %d Mo", most>>20)) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// An archive of more entries than are read says so; the first are audited.
func TestManyEntries(t *testing.T) {
	files := entries{{"LICENSE", mit}}
	for i := range 50 {
		files = append(files, [2]string{fmt.Sprintf("f%02d.go", i), "package f\n"})
	}
	for kind, data := range map[string][]byte{"tar": tarOf(t, files), "zip": zipOf(t, files)} {
		source := archiveSource(data)
		source.mostEntries = 20
		r := run(t, source, options(t))
		if got := brief(r); !strings.Contains(got, "partial a.archive:0 limit") || len(r.Files) != 20 || r.Into.String() != "MIT" {
			t.Errorf("%s: %d files, %s", kind, len(r.Files), got)
		}
	}
}

// Of two entries of one name the first is read, whoever reads: what a second one says instead is told, not believed.
func TestEntryTwice(t *testing.T) {
	files := entries{{"x/LICENSE", mit}, {"x/a.c", "// SPDX-License-Identifier: GPL-3.0-only\n"}, {"x/./a.c", "// SPDX-License-Identifier: MIT\n"}}
	for kind, data := range map[string][]byte{"tar": tarOf(t, files), "zip": zipOf(t, files)} {
		for range 5 {
			got := brief(run(t, archiveSource(data), options(t)))
			if !strings.Contains(got, "twice") || !strings.Contains(got, "incompatible a.c:1") {
				t.Fatalf("%s: %s", kind, got)
			}
		}
	}
}

// An archive within an archive is not opened: it is counted among what is no text.
func TestNestedArchive(t *testing.T) {
	inner := entries{{"y/b.c", "// SPDX-License-Identifier: GPL-3.0-only\n"}}
	for range 3 {
		inner = entries{{"nested.zip", string(zipOf(t, inner))}}
	}
	outer := append(slices.Clone(inner), [2]string{"LICENSE", mit}, [2]string{"lib.tar.gz", string(tarOf(t, inner))})
	for kind, data := range map[string][]byte{"tar": tarOf(t, outer), "zip": zipOf(t, outer)} {
		if got := brief(run(t, archiveSource(data), options(t))); !strings.Contains(got, "skipped binary 2 lib.tar.gz nested.zip") || strings.Contains(got, "GPL") {
			t.Errorf("%s: %s", kind, got)
		}
	}
}

// Links in a zip are not followed, whatever they point at; names that lead outside are told as they are written.
func TestZipLinks(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	link := &zip.FileHeader{Name: "passwd"}
	link.SetMode(0o777 | 1<<27) // fs.ModeSymlink
	for _, f := range []struct {
		header *zip.FileHeader
		text   string
	}{{link, "/etc/passwd"}, {&zip.FileHeader{Name: "LICENSE"}, mit}, {&zip.FileHeader{Name: "a/../../b.c"}, "x"}, {&zip.FileHeader{Name: "C:/b.c"}, "x"}} {
		w, err := z.CreateHeader(f.header)
		if err == nil {
			_, err = io.WriteString(w, f.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := brief(run(t, archiveSource(b.Bytes()), options(t)))
	for _, want := range []string{"skipped link 1 passwd", "partial C:/b.c:0 escape", "partial a/../../b.c:0 escape"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
