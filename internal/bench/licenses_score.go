// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"maps"
	"slices"
)

// licenseTally counts the answers about files: whole answers, and the licences named in them.
type licenseTally struct {
	files, exact         int
	choices, choicesGood int // files of which an answer with OR is expected
	right, wrong, missed int // licences
	claimed, alone       int // files about which an SPDX id was claimed, and nothing else
	listed, listedGood   int // files of which SPDX ids only, or nothing, are expected
}

func (t *licenseTally) add(want, got licenseTerm) {
	t.files++
	same := want.String() == got.String()
	if same {
		t.exact++
	}
	if want.hasChoice() {
		t.choices++
		if same {
			t.choicesGood++
		}
	}
	wanted, given := want.ids(false), got.ids(false)
	for _, id := range given {
		if slices.Contains(wanted, id) {
			t.right++
		} else {
			t.wrong++
		}
	}
	for _, id := range wanted {
		if !slices.Contains(given, id) {
			t.missed++
		}
	}
	if slices.ContainsFunc(given, isListed) {
		t.claimed++
		if !slices.ContainsFunc(got.ids(true), isUnlisted) {
			t.alone++
		}
	}
	if !slices.ContainsFunc(want.ids(true), isUnlisted) {
		t.listed++
		if same {
			t.listedGood++
		}
	}
}

func (t *licenseTally) plus(u licenseTally) {
	t.files, t.exact, t.claimed = t.files+u.files, t.exact+u.exact, t.claimed+u.claimed
	t.alone += u.alone
	t.choices, t.choicesGood = t.choices+u.choices, t.choicesGood+u.choicesGood
	t.listed, t.listedGood = t.listed+u.listed, t.listedGood+u.listedGood
	t.right, t.wrong, t.missed = t.right+u.right, t.wrong+u.wrong, t.missed+u.missed
}

// share is a part of a whole; one of nothing is not a number.
func share(part, whole int) float64 { return float64(part) / float64(whole) }

func (t licenseTally) precision() float64 { return share(t.right, t.right+t.wrong) }
func (t licenseTally) recall() float64    { return share(t.right, t.right+t.missed) }
func (t licenseTally) f1() float64        { return share(2*t.right, 2*t.right+t.wrong+t.missed) }

// licenseRow is what was measured of one licence over all files.
type licenseRow struct {
	id                   string
	right, wrong, missed int
}

func (r licenseRow) f1() float64 { return share(2*r.right, 2*r.right+r.wrong+r.missed) }

// confusion is an expected answer and one that was given instead, and how often. In a file with several licences only those count that
// one side has and the other has not.
type confusion struct {
	want, got string
	times     int
}

// licenseRows counts by licence, exceptions included, worst first; and the confusions, most common first.
func licenseRows(answers []licenseAnswer) ([]licenseRow, []confusion) {
	rows := map[string]*licenseRow{}
	row := func(id string) *licenseRow {
		if rows[id] == nil {
			rows[id] = &licenseRow{id: id}
		}
		return rows[id]
	}
	pairs := map[[2]string]int{}
	for _, a := range answers {
		wanted, given := a.want.ids(true), a.got.ids(true)
		var extra, missed []string
		for _, id := range given {
			if slices.Contains(wanted, id) {
				row(id).right++
			} else {
				row(id).wrong++
				extra = append(extra, id)
			}
		}
		for _, id := range wanted {
			if !slices.Contains(given, id) {
				row(id).missed++
				missed = append(missed, id)
			}
		}
		switch {
		case a.want.String() == a.got.String():
		case len(extra) == 0 && len(missed) == 0:
			pairs[[2]string{"the same licences", "joined in another way"}]++
		case len(extra) == 0:
			for _, id := range missed {
				pairs[[2]string{id, "nothing"}]++
			}
		case len(missed) == 0:
			for _, id := range extra {
				pairs[[2]string{"nothing", id}]++
			}
		default:
			for _, m := range missed {
				for _, e := range extra {
					pairs[[2]string{m, e}]++
				}
			}
		}
	}
	var all []licenseRow
	for _, r := range rows {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b licenseRow) int {
		return cmp.Or(cmp.Compare(b.wrong+b.missed, a.wrong+a.missed), cmp.Compare(a.f1(), b.f1()), cmp.Compare(a.id, b.id))
	})
	var mixed []confusion
	for _, p := range slices.SortedFunc(maps.Keys(pairs), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(pairs[b], pairs[a]), cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	}) {
		mixed = append(mixed, confusion{p[0], p[1], pairs[p]})
	}
	return all, mixed
}
