// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Expression is an SPDX licence expression. The zero value means that nothing is known.
type Expression struct{ text string }

// String is the expression in canonical form; empty when nothing is known.
func (e Expression) String() string { return e.text }

// IsZero reports whether nothing is known.
func (e Expression) IsZero() bool { return e.text == "" }
