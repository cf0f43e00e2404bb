// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"os/exec"
	"syscall"
)

// bind ties a child's life to ours. A group of its own keeps Ctrl-C from reaching it: its parent decides.
func bind(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
