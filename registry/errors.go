// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"errors"
	"fmt"
)

// ErrNotFound is given for a record that never was.
var ErrNotFound = errors.New("no such record")

// ErrMoved is given for a change that was checked against an older state than the store's.
var ErrMoved = errors.New("the registry has changed since it was read")

// ConflictError says that a record has changed since it was read.
type ConflictError struct {
	Kind       Kind
	ID         string
	Base, Have int64 // sequence numbers
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s %s has changed since it was read (was %d, is %d)", e.Kind, e.ID, e.Base, e.Have)
}

// Message says it to a person.
func (e *ConflictError) Message() (key string, args []any) {
	return "registry.conflict", []any{string(e.Kind), e.ID}
}
