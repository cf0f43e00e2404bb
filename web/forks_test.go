// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"communs/registry"
	"communs/search"
)

// withFamily is the index of the tests, where a repository has many forks here.
func withFamily(t *testing.T) (h http.Handler, root string, forks []string) {
	f := newFake()
	r := f.repos[0]
	for i := range 11 {
		fork := &fakeRepo{info: r.info, files: r.files[:1]}
		fork.info.URL, fork.info.Owner = fmt.Sprintf("https://github.com/autre%02d/dates", i), fmt.Sprintf("autre%02d", i)
		fork.info.Fork, fork.info.Parent, fork.info.ForkOf = true, r.info.URL, r.info.URL
		f.repos, forks = append(f.repos, fork), append(forks, fork.info.URL)
	}
	r.info.Forks = len(forks)
	return newServer(t, f, nil), r.info.URL, forks
}

// TestForksStandUnderWhatTheyComeFrom: in the list of repositories, on their pages and in the API.
func TestForksStandUnderWhatTheyComeFrom(t *testing.T) {
	h, root, forks := withFamily(t)
	for _, c := range []struct {
		path, without string
		holds         []string
	}{
		{"/depots", "autre00", []string{"11 dérivés, rangés sous ceux", `href="/depots?fork_of=https%3A%2F%2Fgithub.com%2Fexemple%2Fdates"`, "11 dépôts dérivés ici"}},
		{"/repositories?lang=en", "autre00", []string{"11 forks, under what they come from"}},
		{"/depots?fork_of=" + url.QueryEscape(root), "region/adherents", []string{"<h1>Dépôts dérivés</h1>", "11 dépôts", "autre00/dates", "autre10/dates",
			`href="/repositories?fork_of=https%3A%2F%2Fgithub.com%2Fexemple%2Fdates&amp;lang=en"`}},
		{"/proprietaires/autre03", "autre04", []string{"autre03/dates", "Dérivé de github.com/exemple/dates"}},
		{"/depots/github.com/exemple/dates", "autre08", []string{"autre00/dates", "autre07/dates", "?fork_of="}}, // the first eight, and where all are
		{"/depots/github.com/autre03/dates", "autre04", []string{`Dérivé de <a href="/depots/github.com/exemple/dates">`}},
	} {
		body := get(h, c.path).Body.String()
		for _, want := range c.holds {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", c.path, want)
			}
		}
		if strings.Contains(body, c.without) {
			t.Errorf("%s has %q", c.path, c.without)
		}
	}
	for query, want := range map[string]struct{ total, folded int }{
		"": {5, 11}, "?forks=1": {16, 0}, "?fork_of=" + url.QueryEscape(root): {11, 0}, "?owner=autre03": {1, 0},
	} {
		var page search.RepositoryPage
		if err := json.Unmarshal(get(h, "/api/v1/repositories"+query).Body.Bytes(), &page); err != nil || page.Total != want.total || page.Folded != want.folded ||
			len(page.Repositories) != want.total {
			t.Errorf("%s: %d, %d folded, %d listed, %v", query, page.Total, page.Folded, len(page.Repositories), err)
		}
	}
	if len(forks) != 11 {
		t.Fatal(forks)
	}
}

// TestAFilterOffersAForkWithWhatItComesFrom: the one value finds the hits of both.
func TestAFilterOffersAForkWithWhatItComesFrom(t *testing.T) {
	const root, other = "https://forge.example/team/server", "https://forge.example/other/tool"
	var values []string
	f := newFake()
	file := f.repos[0].files[1:2]
	f.repos = nil
	for _, one := range [][2]string{{"https://forge.example/a/server", root}, {root, ""}, {other, ""}, {"https://forge.example/b/server", root}} {
		f.repos = append(f.repos, &fakeRepo{search.RepositoryInfo{URL: one[0], ForkOf: one[1]}, file})
	}
	body := get(newServer(t, f, nil), "/code?q=date").Body.String()
	for _, m := range regexp.MustCompile(`href="/code\?q=([^"&]*repo%3A[^"&]*)"`).FindAllStringSubmatch(html.UnescapeString(body), -1) {
		q, _ := url.QueryUnescape(m[1])
		values = append(values, q)
	}
	want := []string{"date (repo:forge.example/team/server OR repo:forge.example/a/server OR repo:forge.example/b/server)", "date repo:forge.example/other/tool"}
	if fmt.Sprint(values) != fmt.Sprint(want) || !strings.Contains(body, "forge.example/team/server et ses dérivés") {
		t.Errorf("offers %q", values)
	}
	for _, q := range values {
		if _, err := search.Parse(q); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}

// TestForksOfTheCatalogue: an organisation's forks stand under what they come from where that is the organisation's too, a software's beside it.
func TestForksOfTheCatalogue(t *testing.T) {
	head := func(id string) registry.Meta {
		return registry.Meta{ID: id, Status: registry.Declared, Sources: []registry.Source{{Name: "form", Licence: "CC0-1.0", Read: "2026-11-20"}}}
	}
	repo := func(id, of string) registry.Entry {
		return &registry.Repository{Meta: head("https://forge.example/" + id), ForkOf: of, Organisation: "toile-libre"}
	}
	entries := append(richEntries(t), repo("toile/salle", ""), repo("equipe/salle", "https://forge.example/toile/salle"),
		repo("autre/salle", "https://forge.example/equipe/salle"), repo("toile/outil", "https://ailleurs.example/outil"),
		&registry.Repository{Meta: head("https://forge.example/loin/jitsi"), ForkOf: "https://github.com/jitsi/jitsi-meet"})
	h := newServer(t, newFake(), withCatalogue(t, entries))
	body := get(h, "/prestataires/toile-libre").Body.String()
	_, body, _ = strings.Cut(body, "forge.example/toile/outil")
	_, at, found := strings.Cut(body, "forge.example/toile/salle")
	list, _, _ := strings.Cut(at, "</details>")
	if !found || !strings.Contains(body, "Dérivé de <bdi>ailleurs.example/outil") || !strings.Contains(list, "<summary>2 dépôts dérivés</summary>") ||
		!strings.Contains(list, "equipe/salle") || !strings.Contains(list, "autre/salle") {
		t.Errorf("the organisation's repositories are\n%.1200s", body)
	}
	if body := get(h, "/logiciels/jitsi-meet").Body.String(); !strings.Contains(body, "<summary>1 dépôt dérivé</summary>") || !strings.Contains(body, "forge.example/loin/jitsi") {
		t.Error("the fork of a software's repository is not told")
	}
}
