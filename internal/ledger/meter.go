// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"maps"
	"sync"
	"time"
)

// What questions are about, and what is counted of those that found nothing.
const (
	AboutSoftware = "software"
	AboutCode     = "code"

	KindQuestion = "question" // every one
	KindUnclear  = "unclear"  // those of which no word is in a list
	KindNeed     = "need"
	KindWord     = "word"
)

// Term is something that is counted.
type Term struct{ About, Kind, Term string }

// Counts is what a server did in a while.
type Counts struct {
	Searches   int
	CPU        time.Duration
	Unanswered map[Term]int
}

// termsOfOne bounds what is counted of one question, so that none makes the tables long.
const termsOfOne = 8

// Meter counts what a server does until it is written. Any number of goroutines may use it.
type Meter struct {
	mu       sync.Mutex
	counts   Counts
	cpu      func() time.Duration
	measured time.Duration // up to where processor time has been counted
}

// NewMeter begins to count; cpu is how much processor time the program has had.
func NewMeter(cpu func() time.Duration) *Meter {
	return &Meter{cpu: cpu, measured: cpu()}
}

// Searched counts a question.
func (m *Meter) Searched() {
	m.mu.Lock()
	m.counts.Searches++
	m.mu.Unlock()
}

// FoundNothing counts what was recognised in a question that found nothing: ids of needs, and words of a closed list.
func (m *Meter) FoundNothing(about string, needs, words []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts.Unanswered == nil {
		m.counts.Unanswered = map[Term]int{}
	}
	m.counts.Unanswered[Term{about, KindQuestion, ""}]++
	if len(needs)+len(words) == 0 {
		m.counts.Unanswered[Term{about, KindUnclear, ""}]++
	}
	for _, id := range needs[:min(len(needs), termsOfOne)] {
		m.counts.Unanswered[Term{about, KindNeed, id}]++
	}
	for _, word := range words[:min(len(words), termsOfOne)] {
		m.counts.Unanswered[Term{about, KindWord, word}]++
	}
}

// Take gives what was counted since the last time, unless it is next to nothing: so that a server that nobody asks anything wakes no disk.
func (m *Meter) Take() (Counts, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.cpu()
	if m.counts.Searches == 0 && len(m.counts.Unanswered) == 0 && m.counts.CPU+now-m.measured < time.Second {
		return Counts{}, false
	}
	c := m.counts
	c.CPU += now - m.measured
	m.counts, m.measured = Counts{}, now
	return c, true
}

// Return puts back what could not be written.
func (m *Meter) Return(c Counts) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.Searches += c.Searches
	m.counts.CPU += c.CPU
	sum := maps.Clone(c.Unanswered)
	for t, n := range m.counts.Unanswered {
		if sum == nil {
			sum = map[Term]int{}
		}
		sum[t] += n
	}
	m.counts.Unanswered = sum
}
