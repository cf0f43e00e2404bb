// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/json"
	"html"
	"strings"
	"testing"

	"communs/search"
)

// TestALinkToCodeThatIsNotHere says what is known of it, and leads to where the same identifier may still be found.
func TestALinkToCodeThatIsNotHere(t *testing.T) {
	const id = "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;lines=1-2"
	for what, want := range map[string]struct {
		status       int
		code, fr, en string
	}{
		"replaced": {410, "replaced", "celui d’un état passé", "it is that of an earlier state"},
		"block":    {404, "not-found", "n’est pas dans l’index", "is not in the index"},
		"lines":    {404, "not-found", "lignes demandées", "lines asked for"},
	} {
		f := newFake()
		f.err = &search.NotFoundError{What: what, Name: id, Max: 1}
		h := newServer(t, f, nil)
		inArchive := archive(id)
		if what == "lines" { // the file is here
			inArchive = ""
		}
		var told struct{ Error errorBody }
		w := get(h, "/api/v1/blocks/"+id)
		if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil || w.Code != want.status || told.Error.Code != want.code || told.Error.Archive != inArchive {
			t.Errorf("%s: HTTP %d, %v %+v", what, w.Code, err, told)
		}
		for lang, sentence := range map[string]string{"fr": want.fr, "en": want.en} {
			w := get(h, "/code/"+id, "Accept-Language", lang)
			page := html.UnescapeString(w.Body.String())
			if w.Code != want.status || !strings.Contains(page, sentence) || strings.Contains(page, `href="`+archive(id)+`"`) != (inArchive != "") {
				t.Errorf("%s, %s: HTTP %d\n%s", what, lang, w.Code, page)
			}
			for _, fault := range checkPage(w.Body.String()) {
				t.Errorf("%s, %s: %s", what, lang, fault)
			}
		}
	}
}
