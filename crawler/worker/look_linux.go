// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package worker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// sizes are the most memory that a process has had so far, and how much it has mapped to write to, in bytes; 0 when it has ended.
func sizes(pid int) (resident, mapped int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	field := func(name string) int64 {
		_, rest, _ := strings.Cut(string(status), name)
		number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		kilobytes, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0
		}
		return kilobytes << 10
	}
	return field("VmHWM:"), field("VmData:")
}
