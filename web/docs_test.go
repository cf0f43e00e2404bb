// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"communs/search"
)

// TestAPIIsDocumented: docs/api.md names every field that every answer has, every code of an error, every address.
func TestAPIIsDocumented(t *testing.T) {
	data, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	for _, v := range []any{search.Page{}, search.Hit{}, search.Evidence{}, search.Line{}, search.Withheld{}, apiObligation{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag != "-" && options == "" && !strings.Contains(doc, "`"+tag+"`") {
				t.Errorf("%T: docs/api.md does not name %s", v, tag)
			}
		}
	}
	for _, err := range []error{errNoPage, errMethod, errBusy, errDeadline, errInside, badParameter("n", "x"),
		&search.QueryError{}, &search.CursorError{}, &search.NotFoundError{What: "id"}, &search.NotFoundError{What: "block"}, search.ErrNoIndex} {
		if _, code, _ := classify(err); !strings.Contains(doc, "`"+code+"`") {
			t.Errorf("docs/api.md does not name the error %s", code)
		}
	}
	h := newServer(t, newFake(), nil)
	for _, path := range []string{"/api/v1/search?q=parse", "/api/v1/repositories", "/healthz"} {
		address, _, _ := strings.Cut(path, "?")
		if w := get(h, path); w.Code != 200 || !strings.Contains(doc, "`"+address) {
			t.Errorf("%s: %d, or docs/api.md does not name it", address, w.Code)
		}
	}
}
