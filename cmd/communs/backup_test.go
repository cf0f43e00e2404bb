// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"communs/internal/sqlite"
	"communs/registry"
	"communs/registry/registrytest"
)

// backupKilled ends backups and restores with SIGKILL at random moments. After each, the backup under its name is whole, and the database
// in service is the old one or the new one.
func (b *binary) backupKilled() {
	t := b.t
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	data, old := filepath.Join(b.home, "data"), filepath.Join(b.home, "old")
	b.records(data, 300)
	b.records(old, 10)
	file := filepath.Join(b.home, "b.tar.zst")
	start := time.Now()
	b.ok("backup", "--data", data, file)
	took := time.Since(start)
	kill := func(args ...string) {
		cmd := b.command(t.Context(), args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(took) * 12 / 10)))
		cmd.Process.Kill()
		cmd.Wait()
	}
	for i := range 15 {
		kill("backup", "--data", data, file)
		to := filepath.Join(b.home, fmt.Sprint("new", i))
		b.ok("restore", "--data", to, file)
		if n := b.count(to); n != 300 {
			t.Fatalf("after kill %d of a backup: %d software restored", i, n)
		}
	}
	var olds, news int
	for i := range 25 {
		to := filepath.Join(b.home, fmt.Sprint("over", i))
		if err := os.CopyFS(to, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		kill("restore", "--force", "--data", to, file)
		switch n := b.count(to); n {
		case 300:
			news++
		case 10:
			olds++
		default:
			t.Fatalf("after kill %d of a restore: %d software", i, n)
		}
		b.ok("restore", "--force", "--data", to, file)
		if n := b.count(to); n != 300 {
			t.Fatalf("after kill %d, restored again: %d software", i, n)
		}
	}
	t.Logf("after 25 kills of a restore the old database was in service %d times, the new one %d times", olds, news)
	leftovers, err := filepath.Glob(filepath.Join(b.home, "*", "restore.tmp"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left behind: %v, %v", leftovers, err)
	}
}

// records makes a data folder with so many software.
func (b *binary) records(dir string, software int) {
	b.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	s, err := registry.OpenSQLite(b.t.Context(), registry.Config{Dir: dir})
	if err != nil {
		b.t.Fatal(err)
	}
	registrytest.Fill(b.t, s, registrytest.Generate(registrytest.Size{Software: software, Organisations: 10}))
	if err := s.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// count tells how many software a data folder holds, after SQLite has examined it.
func (b *binary) count(dir string) int {
	b.t.Helper()
	name := filepath.Join(dir, "communs.db")
	db, err := sqlite.Open(b.t.Context(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := sqlite.Check(b.t.Context(), db, name); err != nil {
		b.t.Fatal(err)
	}
	db.Close()
	s, err := registry.OpenSQLite(b.t.Context(), registry.Config{Dir: dir})
	if err != nil {
		b.t.Fatal(err)
	}
	defer s.Close()
	c, err := registry.Load(b.t.Context(), s)
	if err != nil {
		b.t.Fatal(err)
	}
	if got := c.AllSoftware(); len(got) > 0 && !strings.HasPrefix(got[0].ID, "logiciel-") {
		b.t.Errorf("%s holds %s", dir, got[0].ID)
	}
	return len(c.AllSoftware())
}
