// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// An archive that is cut off or changed anywhere is refused, and nothing is touched.
func TestDamagedArchives(t *testing.T) {
	archive := taken(t, Options{Dir: folder(t, 1), Mirrors: true})
	to := folder(t, 2)
	before := files(t, to)
	try := func(name string, data []byte) {
		t.Helper()
		var damaged *DamagedError
		if _, err := restore(t, data, RestoreOptions{Dir: to, Force: true}); !errors.As(err, &damaged) {
			t.Errorf("%s: got %v, want a DamagedError", name, err)
		}
	}
	for i := 0; i < len(archive); i += 1 + len(archive)/40 {
		try("cut off", archive[:i])
		changed := slices.Clone(archive)
		changed[i] ^= 0x10
		var damaged *DamagedError
		if _, err := restore(t, changed, RestoreOptions{Dir: to, Force: true}); err == nil {
			if number(t, to) != 1 { // a bit that means nothing, in a header
				t.Errorf("byte %d changed: restored as something else", i)
			}
			to = folder(t, 2)
		} else if !errors.As(err, &damaged) {
			t.Errorf("byte %d changed: got %v", i, err)
		}
	}
	try("no archive", []byte("hello"))
	plain := unpacked(t, archive)
	entries := func(edit func(h *tar.Header, data []byte) (*tar.Header, []byte)) []byte {
		return packed(t, plain, edit)
	}
	same := func(h *tar.Header, data []byte) (*tar.Header, []byte) { return h, data }
	if _, err := restore(t, entries(same), RestoreOptions{Dir: filepath.Join(t.TempDir(), "x")}); err != nil {
		t.Fatalf("packed anew: %v", err)
	}
	renamed := func(to string) func(*tar.Header, []byte) (*tar.Header, []byte) {
		return func(h *tar.Header, data []byte) (*tar.Header, []byte) {
			if strings.HasSuffix(h.Name, "HEAD") {
				h.Name = to
			}
			if h.Name == nameSums {
				data = bytes.ReplaceAll(data, []byte("mirrors/forge/a.git/HEAD"), []byte(to))
			}
			return h, data
		}
	}
	for _, name := range []string{
		"mirrors/../../escape", "/etc/passwd", "mirrors//x", `mirrors\x`, "shards/000001/content", "communs.db-wal", "CURRENT", "mirrors/a/./b", nameDatabase,
	} {
		try("an entry called "+name, entries(renamed(name)))
	}
	try("a symbolic link", entries(func(h *tar.Header, data []byte) (*tar.Header, []byte) {
		if strings.HasSuffix(h.Name, "HEAD") {
			h.Typeflag, h.Linkname, data = tar.TypeSymlink, "/etc/passwd", nil
		}
		return h, data
	}))
	try("a wrong checksum", entries(func(h *tar.Header, data []byte) (*tar.Header, []byte) {
		if strings.HasSuffix(h.Name, "HEAD") {
			data = []byte("xyz")
		}
		return h, data
	}))
	try("a database that is none", entries(func(h *tar.Header, data []byte) (*tar.Header, []byte) {
		if h.Name == nameSums {
			return h, bytes.Replace(data, []byte(sumOf(t, plain, nameDatabase)), []byte("a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e"), 1)
		}
		if h.Name == nameDatabase {
			return h, []byte("Hello World")
		}
		return h, data
	}))
	var format *FormatError
	later := entries(func(h *tar.Header, data []byte) (*tar.Header, []byte) {
		return h, bytes.Replace(data, []byte(`"format": 1`), []byte(`"format": 2`), 1)
	})
	if _, err := restore(t, later, RestoreOptions{Dir: to, Force: true}); !errors.As(err, &format) {
		t.Errorf("a later format: %v", err)
	}
	if got := files(t, to); !maps.Equal(got, before) || number(t, to) != 2 {
		t.Errorf("something was changed: %v", slices.Collect(maps.Keys(got)))
	}
}

type file struct {
	header *tar.Header
	data   []byte
}

func unpacked(t *testing.T, archive []byte) (list []file) {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, file{h, data})
	}
}

func packed(t *testing.T, list []file, edit func(*tar.Header, []byte) (*tar.Header, []byte)) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, f := range list {
		h := *f.header
		changed, data := edit(&h, f.data)
		changed.Size = int64(len(data))
		if err := w.WriteHeader(changed); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sumOf(t *testing.T, list []file, name string) string {
	t.Helper()
	for line := range strings.Lines(string(list[len(list)-1].data)) {
		if sum, of, _ := strings.Cut(strings.TrimSpace(line), "  "); of == name {
			return sum
		}
	}
	t.Fatalf("no checksum of %s", name)
	return ""
}

func FuzzRestore(f *testing.F) {
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := filepath.Join(t.TempDir(), "data")
		if _, err := restore(t, data, RestoreOptions{Dir: dir}); err == nil {
			t.Fatal("restored from anything")
		}
		var archive bytes.Buffer // what is a tar archive inside
		z, err := zstd.NewWriter(&archive)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write(data); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		if _, err := restore(t, archive.Bytes(), RestoreOptions{Dir: dir}); err == nil {
			t.Fatal("restored from anything")
		}
		if got := files(t, filepath.Dir(dir)); len(got) > 0 {
			t.Fatalf("left behind: %v", got)
		}
	})
}
