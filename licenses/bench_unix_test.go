//go:build unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"syscall"
	"testing"
)

// cpu is the processor time that this process has used, in seconds: unlike the wall clock it does not depend on what else runs.
func cpu(t testing.TB) float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

func BenchmarkNewDetectorCPU(b *testing.B) {
	start := cpu(b)
	for b.Loop() {
		if _, err := NewDetector(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1000*(cpu(b)-start)/float64(b.N), "cpu-ms/op")
}

func BenchmarkTextCPU(b *testing.B) {
	d := detector(b)
	files, size := source(b)
	start := cpu(b)
	for b.Loop() {
		for _, f := range files {
			d.Text(f.path, f.data)
		}
	}
	b.ReportMetric((cpu(b)-start)/float64(b.N)/(float64(size)/1e6), "cpu-s/MB")
}

// BenchmarkWorst reads texts that ask more of the detector than source does, each for the first time.
func BenchmarkWorst(b *testing.B) {
	d := detector(b)
	for name, files := range worst(b) {
		b.Run(name, func(b *testing.B) {
			size := 0
			for _, f := range files {
				size += len(f.data)
			}
			start := cpu(b)
			for b.Loop() {
				d.memo = newMemo()
				for _, f := range files {
					d.Text(f.path, f.data)
				}
			}
			b.ReportMetric((cpu(b)-start)/float64(b.N)/(float64(size)/1e6), "cpu-s/MB")
		})
	}
}
