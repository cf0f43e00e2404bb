// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"slices"
)

// graph fills what follows from the relations: who needs whom, what the project asks for itself, by which way the rest is reached,
// and what is for development only. A component that nothing needs is asked for by the project: an SBOM without relations has only those.
func (b *billReader) graph(components []Component, ids map[string]string, root string) {
	at := map[string]int{}
	for i := range components {
		at[components[i].ID] = i
	}
	unneeded := map[string]bool{}
	for _, ref := range b.unneeded {
		unneeded[ids[ref]] = true
	}
	needed := make([]bool, len(components))   // something needs it
	required := make([]bool, len(components)) // some relation to it is not optional
	kept := map[[2]int]bool{}                 // relation → it is for development
	for _, l := range b.links {
		from, ok1 := at[ids[l.from]]
		to, ok2 := at[ids[l.to]]
		if !ok1 || !ok2 || from == to {
			continue
		}
		dev, twice := kept[[2]int{from, to}]
		kept[[2]int{from, to}] = l.dev && (dev || !twice)
		needed[to] = true
		required[to] = required[to] || !l.optional
	}
	all, hard := make([][]int, len(components)), make([][]int, len(components))
	for pair, dev := range kept {
		all[pair[0]] = append(all[pair[0]], pair[1])
		if !dev && !unneeded[components[pair[1]].ID] {
			hard[pair[0]] = append(hard[pair[0]], pair[1])
		}
	}
	rootAt, hasRoot := at[root]
	asked := map[int]bool{}
	if hasRoot {
		for _, i := range all[rootAt] {
			asked[i] = true
		}
	}
	var direct, start []int
	for i := range components {
		c := &components[i]
		for _, to := range all[i] {
			c.Dependencies = append(c.Dependencies, components[to].ID)
		}
		slices.Sort(c.Dependencies)
		c.Direct = !needed[i] || asked[i]
		c.Optional = c.Optional || needed[i] && !required[i]
		if hasRoot && i == rootAt {
			start = append(start, i)
			continue
		}
		if c.Direct {
			direct = append(direct, i)
		}
		if !needed[i] && !unneeded[c.ID] {
			start = append(start, i)
		}
	}
	wayTo(components, direct, all)
	reached := reach(start, hard)
	for ref := range unneeded {
		if i, listed := at[ref]; listed {
			start = append(start, i)
		}
	}
	touched := reach(start, all)
	for i := range components {
		components[i].Development = touched[i] && !reached[i]
	}
}

// maxWay is how many steps of a way are told, from its end: an SBOM that chains half a million components would else take all memory.
const maxWay = 64

// wayTo fills Via: the shortest way from a component that the project asks for itself, of equal ways the one whose IDs come first.
func wayTo(components []Component, direct []int, needs [][]int) {
	byID := func(x, y int) int { return cmp.Compare(components[x].ID, components[y].ID) }
	slices.SortFunc(direct, byID)
	for _, list := range needs {
		slices.SortFunc(list, byID)
	}
	before := make([]int, len(components))
	for i := range before {
		before[i] = -1
	}
	for _, i := range direct {
		before[i] = i
	}
	queue := slices.Clone(direct)
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, to := range needs[i] {
			if before[to] < 0 {
				before[to] = i
				queue = append(queue, to)
			}
		}
	}
	for i := range components {
		if before[i] < 0 || before[i] == i {
			continue
		}
		for at := before[i]; ; at = before[at] {
			components[i].Via = append(components[i].Via, components[at].ID)
			if before[at] == at || len(components[i].Via) == maxWay {
				break
			}
		}
		slices.Reverse(components[i].Via)
	}
}

// reach marks what can be reached from start.
func reach(start []int, needs [][]int) []bool {
	reached := make([]bool, len(needs))
	queue := slices.Clone(start)
	for _, i := range start {
		reached[i] = true
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, to := range needs[i] {
			if !reached[to] {
				reached[to] = true
				queue = append(queue, to)
			}
		}
	}
	return reached
}
