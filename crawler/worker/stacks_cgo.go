//go:build cgo

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

// unusedStacks is what the C library maps for threads, each of which gets some megabytes, and never uses.
const unusedStacks int64 = 512 << 20
