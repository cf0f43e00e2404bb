// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// machine lists what the figures of a command depend on.
func machine(command string, peers []peer) string {
	cpuinfo, _ := os.ReadFile("/proc/cpuinfo")
	meminfo, _ := os.ReadFile("/proc/meminfo")
	system, _ := os.ReadFile("/etc/os-release")
	lines := []string{
		fmt.Sprintf("%s, %d cores, memory %s", field(cpuinfo, `(?m)^model name\s*:\s*(.+)$`), runtime.NumCPU(), field(meminfo, `(?m)^MemTotal:\s*(.+)$`)),
		fmt.Sprintf("%s, %s/%s", field(system, `(?m)^PRETTY_NAME="?([^"\n]+)`), runtime.GOOS, runtime.GOARCH),
		runtime.Version(),
	}
	for _, p := range peers {
		lines = append(lines, p.version())
	}
	lines = append(lines, "measured on "+time.Now().UTC().Format(time.DateOnly)+" by `"+command+"`")
	return "- " + strings.Join(lines, "\n- ") + "\n"
}

// field is the expression's first group, or "unknown".
func field(text []byte, expression string) string {
	if m := regexp.MustCompile(expression).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return "unknown"
}

// goEnv is one of the go command's settings.
func goEnv(ctx context.Context, name string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", name).Output()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}
