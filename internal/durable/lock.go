// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package durable

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// Lock keeps other writers out of a data folder until it is released or the process ends, however it ends.
type Lock struct {
	lock *flock.Flock
}

// LockedError says that another program is writing to the data folder.
type LockedError struct {
	Dir string
	PID string // of the other program; "?" when it is not known
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("data folder %s is in use by process %s", e.Dir, e.PID)
}

// Message tells it to people.
func (e *LockedError) Message() (string, []any) { return "index.locked", []any{e.Dir, e.PID} }

// Acquire takes the lock of a data folder, or says at once who has it. Readers need no lock.
func Acquire(dir string) (*Lock, error) {
	name := filepath.Join(dir, "LOCK")
	l := flock.New(name)
	got, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if !got {
		pid, _ := os.ReadFile(name)
		return nil, &LockedError{dir, cmp.Or(strings.TrimSpace(string(pid)), "?")}
	}
	// The number only serves the message; a reader that finds none says so.
	_ = os.WriteFile(name, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o644)
	return &Lock{l}, nil
}

// Release gives the folder back.
func (l *Lock) Release() error { return l.lock.Close() }
