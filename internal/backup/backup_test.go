// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"communs/internal/durable"
	"communs/internal/sqlite"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// folder makes a data folder whose database holds the number and a wide row, with a mirror and an index.
func folder(t *testing.T, number int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	for name, text := range map[string]string{
		"mirrors/forge/a.git/HEAD": "ref", "mirrors/forge/a.git/objects/pack/p.pack": strings.Repeat("pack", number), "mirrors/.staging/x": "left",
		"shards/000001/content": "index",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, nameDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := sqlite.Migrate(t.Context(), db, "a", []string{"CREATE TABLE a (n, x)"}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO a VALUES (?, hex(randomblob(50000)))", number); err != nil {
		t.Fatal(err)
	}
	return dir
}

// number reads the database; 0 when there is none.
func number(t *testing.T, dir string) (n int) {
	t.Helper()
	path := filepath.Join(dir, nameDatabase)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	db, err := sqlite.OpenReadOnly(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT n FROM a").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// files lists what is below a folder, with its content; databases and locks apart.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || strings.Contains(e.Name(), ".db") || e.Name() == "LOCK" {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func taken(t *testing.T, o Options) []byte {
	t.Helper()
	o.Now, o.Program = noon, "test"
	name := filepath.Join(t.TempDir(), "backup.tar.zst")
	if _, err := WriteFile(t.Context(), &durable.Disk{}, name, o); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup may be read by others: %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(name + ".tmp"); err == nil {
		t.Error("a temporary folder is left")
	}
	return data
}

func restore(t *testing.T, archive []byte, o RestoreOptions) (*Restored, error) {
	t.Helper()
	o.Now = noon
	if o.Disk == nil {
		o.Disk = &durable.Disk{}
	}
	return Restore(t.Context(), bytes.NewReader(archive), o)
}

func TestThereAndBack(t *testing.T) {
	from := folder(t, 1)
	config := filepath.Join(t.TempDir(), "c.toml")
	if err := os.WriteFile(config, []byte("[instance]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, mirrors := range []bool{false, true} {
		archive := taken(t, Options{Dir: from, Mirrors: mirrors, Config: config})
		to := filepath.Join(t.TempDir(), "new", "data")
		r, err := restore(t, archive, RestoreOptions{Dir: to})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"communs.toml.restored": "[instance]\n"}
		if mirrors {
			want["mirrors/forge/a.git/HEAD"], want["mirrors/forge/a.git/objects/pack/p.pack"] = "ref", "pack"
		}
		if got := files(t, to); !maps.Equal(got, want) {
			t.Errorf("mirrors %v: got %v, want %v", mirrors, got, want)
		}
		if n := number(t, to); n != 1 || r.Aside != "" || r.Mirrors != mirrors || r.Program != "test" || !r.Created.Equal(noon) || r.Tables["a"] != 1 {
			t.Errorf("the database says %d, the result is %+v", n, r)
		}
	}
}

// What is there is not touched without --force, and kept aside with it.
func TestOldDataAreKept(t *testing.T) {
	archive := taken(t, Options{Dir: folder(t, 1), Mirrors: true})
	to := folder(t, 2)
	before := files(t, to)
	var notEmpty *NotEmptyError
	if _, err := restore(t, archive, RestoreOptions{Dir: to}); !errors.As(err, &notEmpty) {
		t.Errorf("got %v", err)
	}
	if got := files(t, to); !maps.Equal(got, before) || number(t, to) != 2 {
		t.Errorf("something was changed: %v", got)
	}
	open, err := sqlite.Open(t.Context(), filepath.Join(to, nameDatabase))
	if err != nil {
		t.Fatal(err)
	}
	var inUse *sqlite.InUseError
	if _, err := restore(t, archive, RestoreOptions{Dir: to, Force: true}); !errors.As(err, &inUse) {
		t.Errorf("a database that somebody has open: %v", err)
	}
	open.Close()
	refused := errors.New("refused")
	refuse := func(context.Context, string) error { return refused }
	if _, err := restore(t, archive, RestoreOptions{Dir: to, Force: true, Verify: refuse}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if got := files(t, to); !maps.Equal(got, before) || number(t, to) != 2 {
		t.Errorf("something was changed: %v", got)
	}
	r, err := restore(t, archive, RestoreOptions{Dir: to, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if number(t, to) != 1 || number(t, r.Aside) != 2 {
		t.Errorf("restored %d, aside %d", number(t, to), number(t, r.Aside))
	}
	if got := files(t, r.Aside); got["mirrors/forge/a.git/objects/pack/p.pack"] != "packpack" {
		t.Errorf("aside: %v", got)
	}
	if got := files(t, to); got["mirrors/forge/a.git/objects/pack/p.pack"] != "pack" || got["shards/000001/content"] != "index" {
		t.Errorf("restored: %v", got)
	}
}

// A damaged database is what one restores for: it is kept aside as it is.
func TestRestoreOverADamagedDatabase(t *testing.T) {
	archive := taken(t, Options{Dir: folder(t, 1)})
	to := folder(t, 2)
	if err := os.WriteFile(filepath.Join(to, nameDatabase), []byte(strings.Repeat("rubbish ", 2000)), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := restore(t, archive, RestoreOptions{Dir: to, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(filepath.Join(r.Aside, nameDatabase)); err != nil || !strings.HasPrefix(string(kept), "rubbish") || number(t, to) != 1 {
		t.Errorf("aside %.20q, %v", kept, err)
	}
}

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

// TestCutOffAtEveryStep stops a restore at its first step that changes the disk, then at its second, and so on. After each, the old database
// is in service or the new one, whole, and doing it again completes.
func TestCutOffAtEveryStep(t *testing.T) {
	archive := taken(t, Options{Dir: folder(t, 1), Mirrors: true})
	stopped := errors.New("stopped")
	var olds, news int
	for at, total := 1, 1; at <= total; at++ {
		to, steps := folder(t, 2), 0
		disk := &durable.Disk{Before: func(op durable.Op, path string) error {
			if steps++; steps >= at {
				return stopped // as after a power cut: nothing more is done, no cleaning up either
			}
			return nil
		}}
		counted := &durable.Disk{Before: func(durable.Op, string) error { total++; return nil }}
		if at == 1 {
			total = 0
			if _, err := restore(t, archive, RestoreOptions{Dir: folder(t, 2), Force: true, Disk: counted}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := restore(t, archive, RestoreOptions{Dir: to, Force: true, Disk: disk}); !errors.Is(err, stopped) {
			t.Fatalf("stopped at %d of %d: %v", at, total, err)
		}
		switch number(t, to) {
		case 1:
			news++
		case 2:
			olds++
		default:
			t.Errorf("stopped at %d: no database is in service", at)
		}
		if err := os.RemoveAll(filepath.Join(to, "before-restore-20261122-120000")); err != nil { // of the same second
			t.Fatal(err)
		}
		if _, err := restore(t, archive, RestoreOptions{Dir: to, Force: true}); err != nil || number(t, to) != 1 {
			t.Errorf("stopped at %d, then again: %d, %v", at, number(t, to), err)
		}
		if got := files(t, to); got["mirrors/forge/a.git/HEAD"] != "ref" || got["restore.tmp/communs-backup.json"] != "" {
			t.Errorf("stopped at %d, then again: %v", at, got)
		}
	}
	t.Logf("%d times the old one, %d times the new one", olds, news)
	if olds < 10 || news == 0 {
		t.Errorf("%d times the old one, %d times the new one", olds, news)
	}
}

// A backup that cannot be written leaves the one before it.
func TestBackupThatFails(t *testing.T) {
	dir, stopped := folder(t, 1), errors.New("stopped")
	name := filepath.Join(t.TempDir(), "b")
	for at := 1; ; at++ {
		if err := os.WriteFile(name, []byte("before"), 0o600); err != nil {
			t.Fatal(err)
		}
		steps := 0
		disk := &durable.Disk{Before: func(durable.Op, string) error {
			if steps++; steps == at {
				return stopped
			}
			return nil
		}}
		_, err := WriteFile(t.Context(), disk, name, Options{Dir: dir, Mirrors: true})
		got, readErr := os.ReadFile(name)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if steps < at {
			break
		}
		if err == nil || len(unlessBefore(got)) > 0 && unpacked(t, got) == nil {
			t.Errorf("stopped at %d: %v, %d bytes", at, err, len(got))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := WriteFile(ctx, &durable.Disk{}, name, Options{Dir: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	var nothing *NothingError
	if _, err := WriteFile(t.Context(), &durable.Disk{}, name, Options{Dir: t.TempDir()}); !errors.As(err, &nothing) {
		t.Errorf("an empty folder: %v", err)
	}
}

func unlessBefore(data []byte) []byte {
	if string(data) == "before" {
		return nil
	}
	return data
}

// TestUnderLoad backs up while others write. Each copy holds what was committed before it was asked for, and one state: two tables that are
// always written together agree.
func TestUnderLoad(t *testing.T) {
	dir := folder(t, 1)
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, nameDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE left (n); CREATE TABLE right (n, filler)"); err != nil {
		t.Fatal(err)
	}
	acknowledged := make(chan int, 1)
	acknowledged <- 0
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		for i := 1; ctx.Err() == nil; i++ {
			tx, err := db.Begin()
			if err != nil {
				done <- err
				return
			}
			_, e1 := tx.Exec("INSERT INTO left VALUES (?)", i)
			_, e2 := tx.Exec("INSERT INTO right VALUES (?, hex(randomblob(2000)))", i)
			if err := errors.Join(e1, e2, tx.Commit()); err != nil {
				done <- err
				return
			}
			<-acknowledged
			acknowledged <- i
		}
		done <- nil
	}()
	for range 5 {
		before := <-acknowledged
		acknowledged <- before
		archive := taken(t, Options{Dir: dir})
		to := filepath.Join(t.TempDir(), "data")
		if _, err := restore(t, archive, RestoreOptions{Dir: to}); err != nil {
			t.Fatal(err)
		}
		copied, err := sqlite.Open(t.Context(), filepath.Join(to, nameDatabase))
		if err != nil {
			t.Fatal(err)
		}
		var left, right, last int
		row := copied.QueryRow("SELECT (SELECT count(*) FROM left), (SELECT count(*) FROM right), coalesce((SELECT max(n) FROM left), 0)")
		if err := errors.Join(row.Scan(&left, &right, &last), copied.Close()); err != nil {
			t.Fatal(err)
		}
		if left != right || left != last || last < before {
			t.Errorf("%d and %d rows up to %d, %d were acknowledged before", left, right, last, before)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
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
