// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math"
	"strings"
)

// line is a set's result for the terminal.
func (r *setResult) line() string {
	t := r.all()
	return fmt.Sprintf("%-22s exact %4d of %4d %6s (tuned %s, held out %s; listed only %s)  P %.3f R %.3f F1 %.3f  OR %d of %d  SPDX id claimed %s, alone %s", r.name, t.exact, t.files,
		percent(t.exact, t.files), percent(r.half[0].exact, r.half[0].files), percent(r.half[1].exact, r.half[1].files), percent(t.listedGood, t.listed),
		t.precision(), t.recall(), t.f1(), t.choicesGood, t.choices, percent(t.claimed, t.files), percent(t.alone, t.files))
}

// percent writes a share; one of nothing as a dash.
func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*share(part, whole))
}

// ratio writes a share between 0 and 1; one of nothing as a dash.
func ratio(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return fmt.Sprintf("%.3f", v)
}

// most is how many rows the tables of licences and confusions have at most.
const most = 40

// licenseReport is the tables of the sets, of the licences and of the confusions.
func licenseReport(results []*setResult) string {
	var b strings.Builder
	var rows [][]string
	var answers []licenseAnswer
	seen := map[string]bool{}
	for _, r := range results {
		t := r.all()
		rows = append(rows, []string{r.name + ": " + r.note, fmt.Sprint(t.files), percent(t.exact, t.files), percent(r.half[1].exact, r.half[1].files), percent(t.listedGood, t.listed),
			ratio(t.precision()), ratio(t.recall()), ratio(t.f1()), fmt.Sprintf("%d of %d", t.choicesGood, t.choices), percent(t.claimed, t.files), percent(t.alone, t.files)})
		for _, a := range r.answers {
			if !r.apart && !seen[a.file.disk] {
				seen[a.file.disk] = true
				answers = append(answers, a)
			}
		}
	}
	b.WriteString(table(1, []string{"set", "files", "exact", "exact, held out", "exact where all is listed", "precision", "recall", "F1", "OR exact", "SPDX id claimed", "no other"}, rows))
	licenses, mixed := licenseRows(answers)
	rows = nil
	for _, l := range licenses[:min(most, len(licenses))] {
		rows = append(rows, []string{l.id, fmt.Sprint(l.right + l.missed), fmt.Sprint(l.missed), fmt.Sprint(l.wrong),
			ratio(share(l.right, l.right+l.wrong)), ratio(share(l.right, l.right+l.missed)), ratio(l.f1())})
	}
	fmt.Fprintf(&b, "\n### By licence\n\nThe %d of %d with most errors:\n\n", len(rows), len(licenses))
	b.WriteString(table(1, []string{"licence or exception", "expected", "missed", "wrongly claimed", "precision", "recall", "F1"}, rows))
	rows = nil
	for _, c := range mixed[:min(most, len(mixed))] {
		rows = append(rows, []string{c.want, c.got, fmt.Sprint(c.times)})
	}
	b.WriteString("\n### Confusions\n\n" + table(2, []string{"expected", "got", "files"}, rows))
	return b.String()
}
