// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "fmt"

// String is the use as it is written on the command line: copy, link, service.
func (u Use) String() string {
	switch u {
	case Link:
		return "link"
	case NetworkService:
		return "service"
	}
	return "copy"
}

// MarshalText gives the use as it is written on the command line.
func (u Use) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// ParseUse reads a use: copy, link, service. The error can be told to people.
func ParseUse(s string) (Use, error) {
	for _, u := range []Use{Copy, Link, NetworkService} {
		if u.String() == s {
			return u, nil
		}
	}
	return Copy, &UseError{s}
}

// UseError is a use that is not known.
type UseError struct{ Word string }

// Error is for logs.
func (e *UseError) Error() string { return fmt.Sprintf("unknown use %q", e.Word) }

// Message names the sentence: the word.
func (e *UseError) Message() (key string, args []any) { return "license.use.unknown", []any{e.Word} }
