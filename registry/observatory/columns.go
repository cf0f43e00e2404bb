// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package observatory

// Unit says what a number counts.
type Unit int

// The units.
const (
	Things Unit = iota
	Milliseconds
	Octets
)

// Column is one number of each row of a chart.
type Column struct {
	Key  string // names it in files and in sentences
	Unit Unit
	File bool // only files have it: a table says the same in another way
	of   func(Row) int64
}

// Of is the column's number in a row.
func (c Column) Of(r Row) int64 { return c.of(r) }

// Columns are the numbers of a chart's rows; the first one is what is drawn.
func (c Chart) Columns() []Column {
	count := Column{"count", Things, false, func(r Row) int64 { return int64(r.N) }}
	cpu := Column{"cpu_ms", Milliseconds, true, func(r Row) int64 { return r.CPU }}
	bytes := Column{"bytes", Octets, true, func(r Row) int64 { return r.Bytes }}
	per := func(key string, whole Column, things int64) Column {
		return Column{key, whole.Unit, false, func(r Row) int64 { return share(whole.of(r)*things, int64(r.N)) }}
	}
	switch {
	case c.ID == "own-crawls":
		return []Column{per("bytes_per_crawl", bytes, 1), per("cpu_ms_per_crawl", cpu, 1), count, bytes, cpu}
	case c.ID == "own-indexing":
		return []Column{per("cpu_ms_per_update", cpu, 1), count, cpu}
	case c.ID == "own-searches":
		return []Column{per("cpu_ms_per_1000", cpu, 1000), count, cpu}
	case c.ID == "own-storage":
		bytes.File = false
		return []Column{bytes}
	case c.People:
		return []Column{count, {"people", Things, false, func(r Row) int64 { return int64(r.People) }}}
	case c.Pledge:
		return []Column{count, {"euros", Things, false, func(r Row) int64 { return int64(r.Euros) }},
			{"days", Things, false, func(r Row) int64 { return int64(r.Days) }}}
	}
	return []Column{count}
}

// share divides, rounded; of nothing it is 0.
func share(whole, parts int64) int64 {
	if parts == 0 {
		return 0
	}
	return (whole + parts/2) / parts
}
