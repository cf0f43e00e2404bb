// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestOpenSetsWhatDurabilityAndErasureNeed(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "odd ?#name%20.db"))
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "10000",
	} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s (%v), want %s", pragma, got, err, want)
		}
	}
}

// TestOpenReadOnly: what is committed is read, also from a log that another connection has not folded in yet, and nothing is written.
func TestOpenReadOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "odd ?#name%20.db")
	if _, err := OpenReadOnly(ctx, path); err == nil {
		t.Error("a missing database is opened")
	}
	db := open(t, path)
	if err := Migrate(ctx, db, "a", []string{"CREATE TABLE a (x)"}); err != nil {
		t.Fatal(err)
	}
	for _, when := range []string{"while another has it open", "alone"} {
		reader, err := OpenReadOnly(ctx, path)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if v, err := Version(ctx, reader, "a"); err != nil || v != 1 {
			t.Errorf("%s: version %d, %v", when, v, err)
		}
		if _, err := reader.Exec("INSERT INTO a VALUES (1)"); err == nil {
			t.Errorf("%s: it writes", when)
		}
		reader.Close()
		db.Close()
	}
}

func TestEachPackageHasItsOwnVersion(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "communs.db")
	db := open(t, path)
	one := []string{"CREATE TABLE a (x)"}
	two := append(one, "ALTER TABLE a ADD COLUMN y")
	for _, step := range []struct {
		pkg        string
		migrations []string
		want       int
	}{{"a", one, 1}, {"a", two, 2}, {"b", []string{"CREATE TABLE b (x)"}, 1}, {"a", two, 2}} {
		if err := Migrate(ctx, db, step.pkg, step.migrations); err != nil {
			t.Fatal(err)
		}
		if v, err := Version(ctx, db, step.pkg); err != nil || v != step.want {
			t.Errorf("%s has version %d (%v), want %d", step.pkg, v, err, step.want)
		}
	}
	var newer *NewerError
	if err := Migrate(ctx, db, "a", one); !errors.As(err, &newer) || newer.Have != 2 {
		t.Errorf("an older program got %v, want a NewerError", err)
	}
}

func TestFailedMigrationChangesNothing(t *testing.T) {
	ctx := context.Background()
	db := open(t, filepath.Join(t.TempDir(), "communs.db"))
	if err := Migrate(ctx, db, "a", []string{"CREATE TABLE a (x)", "CREATE NONSENSE"}); err == nil {
		t.Fatal("nonsense was accepted")
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d tables were left behind (%v)", n, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 200)), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"folder": dir, "text": text, "missing folder": filepath.Join(dir, "none", "communs.db"),
	} {
		db, err := Open(context.Background(), path)
		var oe *OpenError
		if !errors.As(err, &oe) || oe.Path != path {
			t.Errorf("%s: got %v, want an OpenError that names it", name, err)
		}
		if db != nil {
			db.Close()
		}
	}
}

// A copy is taken while others write, holds what was committed, and stands alone.
func TestCopyAndSettle(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "communs.db"), filepath.Join(dir, "copy.db")
	db := open(t, path)
	if err := Migrate(ctx, db, "a", []string{"CREATE TABLE a (x)"}); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO a VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	reader, err := OpenReadOnly(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := Copy(ctx, reader, copied); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	var inUse *InUseError
	if err := Settle(ctx, path); !errors.As(err, &inUse) {
		t.Errorf("a database that is open: %v, want an InUseError", err)
	}
	reader.Close()
	db.Close()
	if err := Settle(ctx, path); err != nil {
		t.Errorf("a database that nobody has open: %v", err)
	}
	for _, name := range []string{path, copied} {
		if _, err := os.Stat(name + "-wal"); err == nil {
			t.Errorf("%s has a log", name)
		}
	}
	for name, want := range map[string]int{path: 1, copied: 0} {
		db := open(t, name)
		var n int
		if err := db.QueryRow("SELECT count(*) FROM a").Scan(&n); err != nil || n != want {
			t.Errorf("%s holds %d rows (%v), want %d", name, n, err, want)
		}
		if all, err := Versions(ctx, db); err != nil || all["a"] != 1 {
			t.Errorf("%s: versions %v, %v", name, all, err)
		}
	}
}
