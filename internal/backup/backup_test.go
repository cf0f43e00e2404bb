// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
