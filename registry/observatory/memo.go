// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

import (
	"sync"

	"communs/registry"
)

// Memo keeps the figures of a catalogue until something has changed: a page and the CSVs that it leads to are counted once. Its zero value is
// ready, and any number of goroutines may use it.
type Memo struct {
	mu    sync.Mutex
	of    *registry.Catalogue
	with  *Beside
	known map[Filter][]Chart
}

// maxKnown bounds how many filters are kept: more than there are regions. Any period may be asked for.
const maxKnown = 40

// Figures are those of the function of the same name. They are shared: readers leave them as they are.
func (m *Memo) Figures(c *registry.Catalogue, b *Beside, f Filter) []Chart {
	m.mu.Lock()
	defer m.mu.Unlock() // counting is short: who asks the same meanwhile has the answer after it
	if m.of != c || m.with != b || len(m.known) >= maxKnown {
		m.of, m.with, m.known = c, b, map[Filter][]Chart{}
	}
	charts, ok := m.known[f]
	if !ok {
		charts = Figures(c, b, f)
		m.known[f] = charts
	}
	return charts
}
