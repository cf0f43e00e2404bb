// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"math"
	"testing"
)

func TestFrenchQuestions(t *testing.T) {
	all, err := readFrench(frenchQuestions)
	if err != nil || len(all) < 60 {
		t.Fatalf("%d questions, %v", len(all), err)
	}
	for _, q := range all {
		if q.english == q.french || q.path == "" || q.name == "" {
			t.Errorf("%+v", q)
		}
	}
	if _, err := readFrench("a\tb\n"); err == nil {
		t.Error("a short line is read")
	}
}

func TestGain(t *testing.T) {
	for rank, want := range map[int]float64{0: 0, 1: 1, 3: 0.5, 10: 1 / math.Log2(11), 11: 0} {
		if got := gain(rank); math.Abs(got-want) > 1e-9 {
			t.Errorf("rank %d: %v, want %v", rank, got, want)
		}
	}
}
