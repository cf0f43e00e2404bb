// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"strings"

	"communs/registry"
)

// Error is why something is not done, as people are told.
type Error struct {
	Code string // unknown, address, known, taken, proof, seat, unread, stale, many, file.…, site.…, forge.…
	Args []any
	Err  error
}

func refuse(code string, args ...any) *Error { return &Error{Code: code, Args: args} }

func (e *Error) Error() string {
	if e.Err != nil {
		return "register: " + e.Code + ": " + e.Err.Error()
	}
	return "register: " + e.Code
}

func (e *Error) Unwrap() error { return e.Err }

// Message says it to people.
func (e *Error) Message() (key string, args []any) { return "register." + e.Code, e.Args }

// Faults are what has to be corrected before a draft is published, field by field; those that are only doubtful may be confirmed.
type Faults []registry.Problem

func (f Faults) Error() string {
	var fields []string
	for _, p := range f {
		fields = append(fields, p.Field+": "+p.Key)
	}
	return "register: " + strings.Join(fields, ", ")
}

// Message says it to people.
func (f Faults) Message() (key string, args []any) { return "register.faults", []any{len(f)} }

// Doubtful reports whether nothing but doubts are left.
func (f Faults) Doubtful() bool {
	for _, p := range f {
		if !p.Doubt {
			return false
		}
	}
	return true
}
