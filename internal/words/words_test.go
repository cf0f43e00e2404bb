// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package words

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestEveryMessageIsInBothLanguages(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	fr, en := c.Keys(French), c.Keys(English)
	for _, k := range fr {
		if !slices.Contains(en, k) {
			t.Errorf("%s has no English", k)
		}
	}
	for _, k := range en {
		if !slices.Contains(fr, k) {
			t.Errorf("%s has no French", k)
		}
	}
}

func TestHintsStandUnderTheirMessage(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	p := c.Printer(English)
	if !p.Has("index.none") || !p.Has("index.none.hint") {
		t.Errorf("index.none or its hint is missing from %q", c.Keys(English))
	}
}

func TestMatch(t *testing.T) {
	for preference, want := range map[string]Lang{
		"": French, "fr_FR.UTF-8": French, "en_US.UTF-8": English, "C": French, "C.UTF-8": French, "de": French,
		"en-GB,en;q=0.8": English, "de,en;q=0.5": English, "fr;q=0.3,en;q=0.9": English, ";;": French,
	} {
		if got := Match(preference); got != want {
			t.Errorf("Match(%q) = %s, want %s", preference, got, want)
		}
	}
}

type fault struct{}

func (fault) Error() string            { return "fault" }
func (fault) Message() (string, []any) { return "words.languages", nil }

func TestErrorTellsTheOutermostMessenger(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := c.Printer(English).Error(fmt.Errorf("reading: %w", fault{})); s != "French, English" {
		t.Errorf("said %q", s)
	}
	if s, _ := c.Printer(French).Error(errors.New("boom")); s != "boom" {
		t.Errorf("said %q", s)
	}
}
