// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package backup

import "fmt"

// NothingError is a data folder that holds nothing to back up.
type NothingError struct{ Dir string }

func (e *NothingError) Error() string { return "there is no database in " + e.Dir }

// Message says it to people.
func (e *NothingError) Message() (string, []any) { return "backup.nothing", []any{e.Dir} }

// NotEmptyError is a data folder in which something is already.
type NotEmptyError struct{ Dir, Name string }

func (e *NotEmptyError) Error() string { return e.Dir + " holds " + e.Name }

// Message says it to people.
func (e *NotEmptyError) Message() (string, []any) { return "backup.not-empty", []any{e.Dir, e.Name} }

// DamagedError is an archive that is not what was written, or no backup at all.
type DamagedError struct {
	Name string // of the entry; empty when it is about the whole
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("damaged backup: %s: %v", e.Name, e.Err) }

func (e *DamagedError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *DamagedError) Message() (string, []any) {
	if e.Name == "" {
		return "backup.damaged", []any{e.Err.Error()}
	}
	return "backup.damaged-entry", []any{e.Name, e.Err.Error()}
}

// FormatError is an archive of another version of the format.
type FormatError struct {
	Format  int
	Program string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("backup of format %d, written by Communs %s", e.Format, e.Program)
}

// Message says it to people.
func (e *FormatError) Message() (string, []any) {
	return "backup.format", []any{fmt.Sprint(e.Format), e.Program}
}
