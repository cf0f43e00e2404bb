//go:build unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"syscall"
	"testing"
)

func makePipe(t *testing.T, name string) { must(t, syscall.Mkfifo(name, 0o600)) }
