// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"communs/licenses"
)

// sourceBytes is how much source the speed is measured on.
const sourceBytes = 20 << 20

// licenseSpeed measures time and memory: of the detector in this process, and of the built binary.
func licenseSpeed(ctx context.Context, binary, work string, results []*setResult) (string, error) {
	var ready []float64
	var d *licenses.Detector
	for range 7 {
		start := processorTime()
		var err error
		if d, err = licenses.NewDetector(); err != nil {
			return "", err
		}
		ready = append(ready, float64((processorTime()-start).Microseconds())/1000)
	}
	rows := [][]string{{"the detector made, processor ms (median of 7)", number(median(ready)), "100"}}
	cache, err := goEnv(ctx, "GOMODCACHE")
	if err != nil {
		return "", err
	}
	var paths []string
	size := int64(0)
	err = eachFile(cache, func(path string, info os.FileInfo) error {
		if size < sourceBytes && info.Size() < 1<<20 {
			paths, size = append(paths, path), size+info.Size()
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	var fixtures []string
	for _, r := range results {
		for _, a := range r.answers {
			if strings.HasPrefix(a.file.path, "scancode/") {
				fixtures = append(fixtures, a.file.disk)
			}
		}
	}
	for _, c := range []struct {
		name  string
		paths []string
	}{{"ordinary source (Go modules)", paths}, {"ScanCode's fixtures", fixtures}} {
		cpu, bytes, err := timeTexts(d, c.paths)
		if err != nil || bytes == 0 {
			return "", err
		}
		perMB := cpu.Seconds() / (float64(bytes) / 1e6)
		rows = append(rows, []string{fmt.Sprintf("%s, %s in %d files: processor seconds for each MB", c.name, megabytes(bytes), len(c.paths)), number(perMB), "0.1"},
			[]string{"– MB in a second of one core", number(1 / perMB), "10"})
	}
	more, err := binarySpeed(ctx, binary, work, paths, results)
	if err != nil {
		return "", err
	}
	return "\n### Speed\n\n" + table(1, []string{"what", "measured", "must"}, append(rows, more...)), nil
}

// timeTexts reads files and gives the processor time that the detector needed for them.
func timeTexts(d *licenses.Detector, paths []string) (cpu time.Duration, size int64, err error) {
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return 0, 0, err
		}
		start := processorTime()
		d.Text(filepath.ToSlash(path), data)
		cpu += processorTime() - start
		size += int64(len(data))
	}
	return cpu, size, nil
}

// binarySpeed runs `communs licenses detect --format tsv -`: on one file, on the source, and on the sets, whose answers it compares.
func binarySpeed(ctx context.Context, binary, work string, source []string, results []*setResult) ([][]string, error) {
	p := program{binary, filepath.Join(work, "data")}
	one := filepath.Join(work, "one.txt")
	if err := writeFile(one, []byte("SPDX-License-"+"Identifier: MIT\n")); err != nil {
		return nil, err
	}
	var cpu, wall []float64
	for range 7 {
		start := time.Now()
		_, used, _, err := detectPaths(ctx, p, []string{one})
		if err != nil {
			return nil, err
		}
		wall, cpu = append(wall, float64(time.Since(start).Microseconds())/1000), append(cpu, float64(used.Microseconds())/1000)
	}
	_, used, peak, err := detectPaths(ctx, p, source)
	if err != nil {
		return nil, err
	}
	var disks []string
	want := map[string]string{}
	for _, r := range results {
		for _, a := range r.answers {
			if filepath.Base(a.file.disk) == filepath.Base(a.file.path) && want[a.file.disk] == "" {
				disks = append(disks, a.file.disk)
				want[a.file.disk] = a.got.String()
			}
		}
	}
	answers, _, _, err := detectPaths(ctx, p, disks)
	if err != nil {
		return nil, err
	}
	same := 0
	for disk, answer := range want {
		if readLicenseTerm(answers[disk]).String() == answer {
			same++
		}
	}
	return [][]string{
		{"`communs licenses detect` on one file, processor ms (median of 7)", number(median(cpu)), ""},
		{"– from its start to its end, ms (on a machine that does other things too)", number(median(wall)), ""},
		{"– on the source: processor s, start included", number(used.Seconds()), ""},
		{"– memory at most, there", megabytes(peak), "200 MB"},
		{fmt.Sprintf("– on the files of all sets: the same answer as above, of %d", len(want)), fmt.Sprint(same), ""},
	}, nil
}

// detectPaths gives the paths to the built binary and reads its answers.
func detectPaths(ctx context.Context, p program, paths []string) (answers map[string]string, cpu time.Duration, peak int64, err error) {
	cmd := p.command(ctx, "licenses", "detect", "--format", "tsv", "-")
	cmd.Stdin = strings.NewReader(strings.Join(paths, "\n") + "\n")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		return nil, 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if peak, err = watchMemory(cmd.Process.Pid, ended); err != nil && stdout.Len() == 0 {
		return nil, 0, 0, fmt.Errorf("communs licenses detect: %w: %s", err, lastLine(stderr.String()))
	}
	answers = map[string]string{}
	for line := range strings.Lines(stdout.String()) {
		path, expression, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		answers[path] = expression
	}
	if peak == 0 {
		peak = peakMemory(cmd.ProcessState)
	}
	return answers, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak, nil
}

// watchMemory follows the most memory that a process has had until it ends, in bytes; 0 where the system does not tell. What the system says
// of a process that has ended counts the memory of the one that started it, and this one holds several detectors.
func watchMemory(pid int, ended <-chan error) (peak int64, err error) {
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-look.C:
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue
		}
		if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
			var kB int64
			if _, err := fmt.Sscanf(rest, "%d kB", &kB); err == nil {
				peak = kB << 10
			}
		}
	}
}
