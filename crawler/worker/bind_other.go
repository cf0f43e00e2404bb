//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import "os/exec"

// bind does nothing: a child ends with its input.
func bind(*exec.Cmd) {}
