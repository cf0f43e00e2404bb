// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
)

// editShown changes the catalogue by the command line while a server runs: its next answers say so, pages, search, feeds, figures and API alike.
func (b *binary) editShown() {
	t := b.t
	data := filepath.Join(b.home, "data")
	// The server is there before its data folder is.
	url, cmd, _ := b.server("serve", "--listen", "127.0.0.1:0", "--data", data)
	defer cmd.Wait()
	defer cmd.Process.Kill()
	b.ok("registry", "import", "base", "-q", "--data", data)
	page := func(path string) string {
		t.Helper()
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Status + "\n" + string(body)
	}
	shows := func(when, path, text string, want bool) {
		t.Helper()
		if got := page(path); strings.Contains(got, text) != want {
			t.Errorf("%s: %s shows %q: %v, want %v\n%.300s", when, path, text, !want, want, got)
		}
	}
	places := []string{"/logiciels?q=zebulon", "/logiciels/zebulon", "/flux/tout.atom", "/api/v1/software/zebulon", "/flux/besoins/agenda-partage.atom"}
	for _, path := range places {
		shows("before", path, "Zebulon", false)
	}
	b.ok("registry", "add", "organisation", "--set", "name=Mairie de Zébulie", "--set", "type=public", "--data", data)
	b.ok("registry", "add", "software", "--set", "name=Zebulon", "--set", "summary.fr=Fixer une date", "--set", "needs=agenda-partage", "--data", data)
	for _, path := range places {
		shows("added", path, "Zebulon", true)
	}
	before := page("/observatoire")
	b.ok("registry", "add", "use", "--set", "organisation=mairie-de-zebulie", "--set", "software=zebulon", "--data", data)
	shows("used", "/logiciels/zebulon", "Mairie de Zébulie", true)
	if page("/observatoire") == before {
		t.Error("the observatory shows the figures of before")
	}
	b.ok("registry", "edit", "software", "zebulon", "--set", "name=Zebulon Deux", "--data", data)
	for _, path := range places {
		shows("edited", path, "Zebulon Deux", true)
	}
	b.ok("registry", "remove", "software", "zebulon", "--reason", "essai", "--cascade", "--data", data)
	for _, path := range places {
		shows("removed", path, "Zebulon Deux", false)
	}
}
