// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// markers are the two lines of a page between which stands what a command writes; the rest is written by hand.
func markers(command string) (begin, end string) {
	return "<!-- written by " + command + ": begin -->", "<!-- written by " + command + ": end -->"
}

// replaceBetweenMarkers puts the text between the two lines of a file.
func replaceBetweenMarkers(name, command, text string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	begin, end := markers(command)
	before, rest, ok1 := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		return fmt.Errorf("%s: the lines %q and %q are not there", name, begin, end)
	}
	return os.WriteFile(name, []byte(before+begin+"\n\n"+strings.TrimSpace(text)+"\n\n"+end+after), 0o644)
}

// table makes a Markdown table; columns from the given one on are numbers.
func table(numbersFrom int, head []string, rows [][]string) string {
	var b strings.Builder
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
		if i >= numbersFrom {
			rule[i] = "--:"
		}
	}
	for _, row := range append([][]string{head, rule}, rows...) {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return b.String()
}

// code marks text as code in a table's cell.
func code(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }

// number writes a value with about three significant digits, and what is not a number as "not measured".
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "not measured"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// megabytes writes a size in millions of bytes.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// queryTable has a row for each query: times, ratios, files.
func queryTable(list []measure, peers []string) string {
	head := []string{"class", "query", "blocks", "files", "same files as ripgrep", "Communs ms"}
	for _, p := range peers {
		head = append(head, p+" ms", "ratio")
	}
	var rows [][]string
	for _, m := range list {
		total := fmt.Sprint(m.total)
		if m.partial {
			total += " (partial)"
		}
		row := []string{m.class, code(m.text), total, m.files.count(), m.files.String(), number(m.ours)}
		for _, p := range peers {
			row = append(row, number(m.peer(p)), number(m.ours/m.peer(p)))
		}
		rows = append(rows, row)
	}
	return table(2, head, rows)
}

// ratioTable has a row for all the queries and one for each class: the median and the mean of the ratios.
func ratioTable(list []measure, peers []string) string {
	head := []string{"queries", "number"}
	for _, p := range peers {
		head = append(head, "median ratio to "+p, "geometric mean")
	}
	var rows [][]string
	for _, class := range classesOf(list) {
		n, ratios := 0, map[string][]float64{}
		for _, m := range list {
			if class != "" && m.class != class {
				continue
			}
			n++
			for _, p := range peers {
				if theirs := m.peer(p); !math.IsNaN(theirs) {
					ratios[p] = append(ratios[p], m.ours/theirs)
				}
			}
		}
		name := class
		if class == "" {
			name = "**all**"
		}
		row := []string{name, fmt.Sprint(n)}
		for _, p := range peers {
			row = append(row, number(median(ratios[p])), number(geometricMean(ratios[p])))
		}
		rows = append(rows, row)
	}
	return table(1, head, rows)
}

// timeTable has a row for all the queries and one for each class: how long Communs took, over all rounds.
func timeTable(list []measure) string {
	var rows [][]string
	for _, class := range classesOf(list) {
		n := 0
		var samples []float64
		for _, m := range list {
			if class == "" || m.class == class {
				n++
				samples = append(samples, m.samples...)
			}
		}
		name := class
		if class == "" {
			name = "**all**"
		}
		rows = append(rows, []string{name, fmt.Sprint(n), number(percentile(samples, 0.5)), number(percentile(samples, 0.95))})
	}
	return table(1, []string{"queries", "number", "p50, ms", "p95, ms"}, rows)
}

// classesOf lists the classes of the queries, after "", which stands for all of them.
func classesOf(list []measure) []string {
	classes := []string{""}
	for _, m := range list {
		if !slices.Contains(classes, m.class) {
			classes = append(classes, m.class)
		}
	}
	return classes
}

// peer is the peer's time, not a number when it was not there.
func (m measure) peer(name string) float64 {
	if v, ok := m.peers[name]; ok {
		return v
	}
	return math.NaN()
}
