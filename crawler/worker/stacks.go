//go:build !cgo

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

// unusedStacks is nothing: Go's own threads have small stacks.
const unusedStacks int64 = 0
