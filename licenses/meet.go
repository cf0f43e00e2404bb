// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// meet finds the cheapest way on from a difference that costs no more than limit; di is negative when there is none.
func (a *aligner) meet(i, j, limit int) (di, dj, cost int) {
	di, cost = -1, limit+1
	var there [4]uint64 // a bit for the words of the text from j on, so that most words of the template need not be looked for
	behind := j         // the words that there has
	try := func(k, gap int) {
		skipped := a.need(i, k)
		if skipped >= cost || k == a.n {
			return
		}
		last := min(a.m-1, j+gap+searchText, j+gap+cost-skipped-1) // beyond it costs more than what is found
		for ; behind <= last; behind++ {
			w := a.text(behind)
			there[w>>6%4] |= 1 << (w % 64)
		}
		if w := a.word(k); there[w>>6%4]&(1<<(w%64)) == 0 {
			return
		}
		if l := a.next(k, j, last); l >= 0 {
			di, dj, cost = k-i, l-j, skipped+max(0, l-j-gap)
		}
	}
	if k := a.pastCopyright(i); k > i && a.meets(k, j) {
		return k - i, 0, 0
	}
	gap := 0
	for k := i; k <= a.n && k <= i+searchTmpl && a.need(i, k) < cost; k++ {
		gap = max(gap, a.gap(k))
		try(k, gap)
	}
	for _, g := range a.t.groups { // over whole groups of free words
		from, to := g.from, g.to
		if a.reversed {
			from, to = a.n-g.to, a.n-g.from
		}
		if from <= i+searchTmpl && to > i+searchTmpl {
			for g := i; g <= i+searchTmpl; g++ {
				gap = max(gap, a.gap(g))
			}
			for k := to; k <= a.n && k <= to+4; k++ {
				try(k, max(gap, a.gap(k)))
			}
		}
	}
	return di, dj, cost
}

// pastCopyright is where the copyright line of the template ends that begins at i; texts often have none.
func (a *aligner) pastCopyright(i int) int {
	for _, g := range a.t.groups {
		from, to := g.from, g.to
		if a.reversed {
			from, to = a.n-g.to, a.n-g.from
		}
		if from == i && to > i && a.turns[a.t.words[g.from]]&turnsCopyright != 0 {
			return to
		}
	}
	return i
}

// next is the first place from l up to last where the text agrees with the template from word k on; -1 when there is none.
func (a *aligner) next(k, l, last int) int {
	w := a.word(k)
	if a.reversed {
		ids := a.ids[:a.m-l]
		for stop := a.m - 1 - last; len(ids) > stop; ids = ids[:len(ids)-1] {
			if ids[len(ids)-1] == w && a.meets(k, a.m-len(ids)) {
				return a.m - len(ids)
			}
		}
		return -1
	}
	for ; l <= last; l++ {
		if a.ids[l] == w && a.meets(k, l) {
			return l
		}
	}
	return -1
}

// meets reports whether template and text agree for some words from k and l on.
func (a *aligner) meets(k, l int) bool {
	if k == a.n {
		return false
	}
	run := min(meetRun, a.n-k)
	if l+run > a.m {
		return false
	}
	for r := range run {
		if a.word(k+r) != a.text(l+r) {
			return false
		}
	}
	return true
}
