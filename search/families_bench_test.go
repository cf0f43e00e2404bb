// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"fmt"
	"testing"

	"communs/crawler"
)

// BenchmarkFamilies finds what comes from what on opening, at its dearest: every other repository is a fork whose forge names no parent, so that
// a hundred of its files are looked at.
func BenchmarkFamilies(b *testing.B) {
	const repos, files = 300, 120
	var list []repo
	for i := range repos {
		r := repo{Repository: crawler.Repository{URL: fmt.Sprintf("https://forge.example/o%d/r", i), Fork: i%2 == 1}, files: map[string]string{}}
		for n := range files {
			r.files[fmt.Sprintf("f%d.txt", n)] = fmt.Sprintf("text %d of %d\n", n, i/2)
		}
		r.files["own.txt"] = fmt.Sprint("of ", i, "\n") // so that it has a commit of its own
		list = append(list, r)
	}
	g, err := newIndex(b, list...).acquire()
	if err != nil {
		b.Fatal(err)
	}
	defer g.release()
	for b.Loop() {
		g.findFamilies()
	}
	if len(g.forks) != repos/2 {
		b.Fatalf("%d families", len(g.forks))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/repos, "ns/repository")
}
