// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"strings"
	"sync"
)

// The OSADL matrix (Open Source Automation Development Lab, CC-BY-4.0, as of 25 May 2024) says for pairs of licences whether code
// under the one may be combined in a work that is handed on under the other. Embedded it is a line of ids, parted by tabs,
// then for each id of the project a line with one letter for each id of the code that comes in.
type matrix struct {
	at   map[string]int
	rows []string // rows[into][from]
	free []bool   // by from: every row takes it
}

// compatibility is the embedded matrix.
var compatibility = sync.OnceValue(func() *matrix {
	data, err := unpack(matrixData)
	if err != nil {
		panic("licenses: embedded matrix: " + err.Error()) // the build is broken; a test reads it
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	m := &matrix{at: map[string]int{}, rows: lines[1:]}
	for i, id := range strings.Split(lines[0], "\t") {
		m.at[id] = i
		free := true
		for _, row := range m.rows {
			free = free && (row[i] == 'y' || row[i] == 's')
		}
		m.free = append(m.free, free)
	}
	return m
})

// matrixCell is the letter for a pair: y yes, n no, u unknown, c check dependency, s same.
func matrixCell(from, into string) (byte, bool) {
	m := compatibility()
	f, ok := m.at[from]
	i, also := m.at[into]
	if !ok || !also {
		return 0, false
	}
	return m.rows[i][f], true
}

func cellName(c byte) string {
	return map[byte]string{'y': "Yes", 'n': "No", 'u': "Unknown", 'c': "Check dependency", 's': "Same"}[c]
}

// permissive reports whether code under from goes into projects under any licence of the SPDX list: the licence has no condition, or
// the matrix takes it in projects under each of its licences, so that one more makes no difference. Source is the licence that
// has no condition, empty for the matrix.
func permissive(from, into *node) (ok bool, source string) {
	if into.op == opWith {
		into = into.kids[0]
	}
	if from.op == opWith {
		if !addsPermissions(from.kids[1].id) {
			return false, ""
		}
		from = from.kids[0]
	}
	if info, known := Info(into.String()); !known || info.Exception {
		return false, ""
	}
	if id := from.String(); id == "CC0-1.0" || id == "MIT-0" {
		return true, id
	}
	return isPermissive(from.String()), ""
}

// isPermissive reports whether the matrix takes a licence's code in projects under each of its licences.
func isPermissive(id string) bool {
	m := compatibility()
	i, ok := m.at[id]
	return ok && m.free[i]
}
