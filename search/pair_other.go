//go:build !amd64

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

// next gives the first place at or after from, and not after last, where the text may start; -1 when there is none.
func (p *bytePair) next(s []byte, from, last int) int { return p.nextSlow(s, from, last) }
