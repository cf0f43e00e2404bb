// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package sqlite opens the SQLite database that packages share, and brings each package's tables to its own version.
//
// Every package that keeps tables owns a list of migrations. The table schema_versions holds, for each package, how
// many of them have been applied; a migration, once released, is never edited: a new one is added after it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the driver
)

// Open opens the database file, which it creates when missing. What is committed survives a power cut
// (synchronous=FULL), and what is deleted is overwritten with zeros (secure_delete).
func Open(ctx context.Context, path string) (*sql.DB, error) {
	return connect(ctx, path, url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "secure_delete(ON)",
	}, "_txlock": {"immediate"}})
}

// OpenReadOnly opens an existing database for reading, also where nothing can be written: on a read-only medium, in somebody
// else's folder. SQLite keeps a log and its index beside the file while it is read too; whoever may write takes both away in the end, so that
// nothing is left of it.
func OpenReadOnly(ctx context.Context, path string) (*sql.DB, error) {
	query := url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(10000)", "query_only(ON)"}}
	db, err := connect(ctx, path, query)
	if err == nil {
		_, err = Version(ctx, db, "")
	}
	// Without a log the file alone is the whole database, and where we cannot make one nobody is writing to it through us.
	var told interface{ Code() int }
	if cantOpen := errors.As(err, &told) && (told.Code()&0xff == 14 || told.Code()&0xff == 8); cantOpen {
		if log, statErr := os.Stat(path + "-wal"); statErr != nil || log.Size() == 0 {
			if db != nil {
				db.Close()
			}
			query.Set("mode", "ro")
			query.Set("immutable", "1")
			return connect(ctx, path, query)
		}
	}
	if err != nil && db != nil {
		db.Close()
	}
	if err != nil {
		return nil, Damaged(path, err)
	}
	return db, nil
}

// OpenEmpty opens a database that has nothing in it, stands in no file, and is gone when it is closed.
func OpenEmpty(ctx context.Context) (*sql.DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, &OpenError{":memory:", err}
	}
	db.SetMaxOpenConns(1) // each connection would have its own
	return db, db.PingContext(ctx)
}

func connect(ctx context.Context, path string, query url.Values) (*sql.DB, error) {
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		return nil, &OpenError{path, errors.New("it is a folder")}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, &OpenError{path, err}
	}
	// A URI keeps a path with ? or # in it in one piece.
	uri := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: query.Encode()}
	if filepath.VolumeName(abs) != "" {
		uri.Path = "/" + uri.Path
	}
	db, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, &OpenError{path, err}
	}
	db.SetMaxOpenConns(4)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return nil, Damaged(path, &OpenError{path, err})
	}
	return db, nil
}

// Copy writes the database as it is at this moment into a new file, while others go on reading and writing it. Nothing that was deleted
// goes along.
func Copy(ctx context.Context, db *sql.DB, to string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var readOnly bool // forbids writing a new file too
	if err := conn.QueryRowContext(ctx, `PRAGMA query_only`).Scan(&readOnly); err != nil {
		return err
	}
	if readOnly {
		if _, err := conn.ExecContext(ctx, `PRAGMA query_only(OFF)`); err != nil {
			return err
		}
		defer conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only(ON)`)
	}
	if _, err := conn.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return fmt.Errorf("copy the database to %s: %w", to, err)
	}
	return nil
}

// Settle folds the log into the database file, so that the file alone is the whole of it. It fails with an [*InUseError] while another
// connection, of this process or another, has the database open.
func Settle(ctx context.Context, path string) error {
	db, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var mode string
	if _, err = db.ExecContext(ctx, `PRAGMA busy_timeout = 500`); err == nil {
		err = db.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode)
	}
	var told interface{ Code() int }
	if errors.As(err, &told) && told.Code()&0xff == 5 || err == nil && mode != "delete" {
		return &InUseError{path}
	}
	return Damaged(path, err)
}

// InUseError is a database that another program has open.
type InUseError struct{ Path string }

func (e *InUseError) Error() string { return "database " + e.Path + " is in use" }

// Message says it to people.
func (e *InUseError) Message() (string, []any) { return "crawl.database-in-use", []any{e.Path} }

// Check has SQLite examine the whole database file; a DamagedError says what it found.
func Check(ctx context.Context, db *sql.DB, path string) error {
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return Damaged(path, fmt.Errorf("check database %s: %w", path, err))
	}
	if found != "ok" {
		return &DamagedError{Path: path, Detail: found}
	}
	return nil
}

// Damaged names the file in an error that is SQLite's word for a damaged one (SQLITE_CORRUPT, SQLITE_NOTADB). Any
// other error is given back.
func Damaged(path string, err error) error {
	var told interface {
		error
		Code() int
	}
	if errors.As(err, &told) && (told.Code()&0xff == 11 || told.Code()&0xff == 26) {
		return &DamagedError{path, told.Error(), err}
	}
	return err
}

// Migrate applies the migrations that the package's tables have not had yet, all or none. When there is nothing to
// apply it writes nothing.
func Migrate(ctx context.Context, db *sql.DB, pkg string, migrations []string) error {
	have, err := Version(ctx, db, pkg)
	if err != nil {
		return err
	}
	if have == len(migrations) {
		return nil
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("migrate the tables of %s: %w", pkg, err)
	}
	defer tx.Rollback()
	// Another process may have migrated since; inside the transaction the answer holds.
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_versions (
		package TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID`); err != nil {
		return fmt.Errorf("migrate the tables of %s: %w", pkg, err)
	}
	err = tx.QueryRowContext(ctx, `SELECT version FROM schema_versions WHERE package = ?`, pkg).Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("migrate the tables of %s: %w", pkg, err)
	}
	if have > len(migrations) {
		return &NewerError{pkg, have, len(migrations)}
	}
	for i, m := range migrations[have:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("migrate the tables of %s to version %d: %w", pkg, have+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO schema_versions VALUES (?, ?)`, pkg, len(migrations)); err != nil {
		return fmt.Errorf("migrate the tables of %s: %w", pkg, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("migrate the tables of %s: %w", pkg, err)
	}
	return nil
}

// Version tells how many of its migrations the package's tables have had; 0 for none.
func Version(ctx context.Context, db *sql.DB, pkg string) (int, error) {
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_versions'`).Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var v int
	err = db.QueryRowContext(ctx, `SELECT version FROM schema_versions WHERE package = ?`, pkg).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return v, err
}

// Versions tells how many of its migrations each package's tables have had.
func Versions(ctx context.Context, db *sql.DB) (map[string]int, error) {
	rows, err := db.QueryContext(ctx, `SELECT package, version FROM schema_versions`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var pkg string
		var version int
		if err := rows.Scan(&pkg, &version); err != nil {
			return nil, err
		}
		all[pkg] = version
	}
	return all, rows.Err()
}

// OpenError is a database that cannot be opened.
type OpenError struct {
	Path string
	Err  error
}

func (e *OpenError) Error() string { return fmt.Sprintf("open database %s: %v", e.Path, e.Err) }

func (e *OpenError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *OpenError) Message() (string, []any) { return "crawl.database", []any{e.Path, e.Err.Error()} }

// DamagedError is a database whose file does not hold together.
type DamagedError struct {
	Path   string
	Detail string // what SQLite says
	Err    error  // met while doing what; nil when a check found it
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("damaged database %s: %s", e.Path, e.Detail)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *DamagedError) Message() (string, []any) {
	return "crawl.database-damaged", []any{e.Path, e.Detail}
}

// NewerError is a database that a later version of Communs has written.
type NewerError struct {
	Package     string
	Have, Known int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("the tables of %s have version %d, this program knows up to %d", e.Package, e.Have, e.Known)
}

// Message says it to people.
func (e *NewerError) Message() (string, []any) {
	return "crawl.database-newer", []any{e.Package, fmt.Sprint(e.Have), fmt.Sprint(e.Known)}
}
