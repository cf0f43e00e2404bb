// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// prefetch asks for the cache line that p stands in, without waiting for it; prefetch4 for four from there on. An address
// that is not to be had does no harm.
//
//go:noescape
func prefetch(p *byte)

//go:noescape
func prefetch4(p *byte)
