//go:build unix && !linux

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"os/exec"
	"syscall"
)

// bind gives a child a group of its own, so that Ctrl-C does not reach it: its parent decides. It ends with its input.
func bind(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
