// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"testing"
	"time"

	"communs/crawler"
	"communs/internal/words"
)

// TestGoneIsOneDocument: as JSON, what is gone is one list, however many there are.
func TestGoneIsOneDocument(t *testing.T) {
	stone := crawler.Tombstone{URL: "https://forge.example.org/a", Fate: "vanished", Since: time.Unix(1e9, 0), Hidden: time.Unix(2e9, 0)}
	for _, list := range [][]crawler.Tombstone{nil, {stone}, {stone, stone}} {
		p, out, _ := testProgram(t, words.English)
		p.settings.format = formatJSON
		if err := p.tombstones(list); err != nil {
			t.Fatal(err)
		}
		var told []goneResult
		if err := json.Unmarshal(out.Bytes(), &told); err != nil || told == nil || len(told) != len(list) {
			t.Errorf("%d tombstones: %v\n%s", len(list), err, out)
		}
	}
}
