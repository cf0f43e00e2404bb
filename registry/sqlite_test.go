// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"communs/internal/durable"
	"communs/registry"
	"communs/registry/registrytest"
)

func openStore(t testing.TB, c registry.Config) registry.Store {
	t.Helper()
	s, err := registry.OpenSQLite(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSQLiteStore(t *testing.T) {
	registrytest.TestStore(t, func(t *testing.T) func() registry.Store {
		dir := t.TempDir()
		return func() registry.Store { return openStore(t, registry.Config{Dir: dir}) }
	})
}

// A reader finds no records where nothing was ever kept, changes nothing, and sees what a writer then adds.
func TestReadOnlyStore(t *testing.T) {
	dir := t.TempDir()
	if _, err := registry.OpenSQLite(t.Context(), registry.Config{Dir: dir, ReadOnly: true}); err == nil {
		t.Error("a database that is not there was opened")
	}
	if err := os.WriteFile(filepath.Join(dir, "communs.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	reader := openStore(t, registry.Config{Dir: dir, ReadOnly: true})
	if seq, err := reader.Seq(t.Context()); err != nil || seq != 0 {
		t.Errorf("an empty database is at %d, %v", seq, err)
	}
	writer := openStore(t, registry.Config{Dir: dir})
	change := registry.Change{Kind: registry.KindNeed, ID: "a", Body: []byte(`{}`)}
	if _, err := writer.Apply(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	reader = openStore(t, registry.Config{Dir: dir, ReadOnly: true})
	if r, err := reader.Get(t.Context(), registry.KindNeed, "a"); err != nil || r.Seq != 1 {
		t.Errorf("the reader gets %+v, %v", r, err)
	}
	if _, err := reader.Apply(t.Context(), registry.Change{Kind: registry.KindNeed, ID: "b", Body: []byte(`{}`)}); err == nil {
		t.Error("a reader writes")
	}
}

// A disk that refuses is an error, and nothing is changed.
func TestRefusingDisk(t *testing.T) {
	refused := errors.New("refused")
	full := false
	disk := &durable.Disk{Before: func(op durable.Op, path string) error {
		if full && op == durable.OpWrite && filepath.Base(path) == "communs.db" {
			return refused
		}
		return nil
	}}
	s := openStore(t, registry.Config{Dir: t.TempDir(), Disk: disk})
	full = true
	if _, err := s.Apply(t.Context(), registry.Change{Kind: registry.KindNeed, ID: "a", Body: []byte(`{}`)}); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	if seq, err := s.Seq(t.Context()); err != nil || seq != 0 {
		t.Errorf("at %d, %v", seq, err)
	}
}
