//go:build !amd64

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// Go has no way to ask for a cache line without waiting for it, so other processors wait.

func prefetch(*byte)  {}
func prefetch4(*byte) {}
