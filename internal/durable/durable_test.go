// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package durable

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

var errCut = errors.New("cut off")

// cutAt fails every step from the n-th on, and counts them.
func cutAt(n int, steps *int) *Disk {
	return &Disk{Before: func(Op, string) error {
		if *steps++; *steps >= n {
			return errCut
		}
		return nil
	}}
}

func TestWriteFileIsOldOrNew(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	for n := 1; ; n++ {
		if err := os.WriteFile(name, []byte("old content"), 0o644); err != nil {
			t.Fatal(err)
		}
		steps := 0
		err := cutAt(n, &steps).WriteFile(name, []byte("new content"))
		got, readErr := os.ReadFile(name)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err == nil {
			if string(got) != "new content" || n < 5 { // create, write, flush, rename, flush the folder
				t.Errorf("after %d steps: %q", n-1, got)
			}
			return
		}
		if !errors.Is(err, errCut) || string(got) != "old content" && string(got) != "new content" {
			t.Errorf("cut at step %d: %q, %v", n, got, err)
		}
	}
}

func TestARefusedWriteLeavesHalf(t *testing.T) {
	steps := 0
	f, err := cutAt(2, &steps).Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n, err := f.Write([]byte("12345678")); n != 4 || !errors.Is(err, errCut) {
		t.Errorf("wrote %d, %v", n, err)
	}
}

func TestRemoveOfNothingIsNoError(t *testing.T) {
	if err := new(Disk).Remove(filepath.Join(t.TempDir(), "missing")); err != nil {
		t.Error(err)
	}
}

func TestLockKeepsOthersOut(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Acquire(dir); !errors.As(err, &locked) || locked.PID != strconv.Itoa(os.Getpid()) {
		t.Errorf("a second lock: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}
