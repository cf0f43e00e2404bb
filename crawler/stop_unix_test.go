//go:build unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"os"
	"syscall"
)

const canStop = true

// stopSelf stops this process, as Ctrl-Z does.
func stopSelf() { syscall.Kill(os.Getpid(), syscall.SIGSTOP) }
