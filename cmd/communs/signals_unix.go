//go:build unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os/signal"
	"syscall"
)

// ignoreFileSizeSignal makes a write beyond the limit on file sizes (ulimit -f) fail as on a full disk: by default its signal
// would end the program in the middle of its work.
func ignoreFileSizeSignal() { signal.Ignore(syscall.SIGXFSZ) }
