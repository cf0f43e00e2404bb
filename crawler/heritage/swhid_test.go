// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const (
	aContent  = "swh:1:cnt:4d99d2d18326621ccdd70f5ea66c2e2ac236ad8b"
	aSnapshot = "swh:1:snp:d7f1b9eb7ccb596c2622c4780febaa02549830f9"
	aRevision = "swh:1:rev:2db189928c94d62a3b4757b3eec68f0a4d4113f0"
)

// TestSyntaxCases reads what is known to be an identifier and what is not.
func TestSyntaxCases(t *testing.T) {
	var cases struct{ Valid, Invalid []string }
	readJSON(t, "syntax.json", &cases)
	suite, err := os.ReadFile("testdata/testsuite.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(suite)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		cases.Valid = append(cases.Valid, f[len(f)-1])
	}
	if len(cases.Valid) < 60 {
		t.Fatalf("%d cases", len(cases.Valid))
	}
	for _, text := range cases.Valid {
		s, err := Parse(text)
		if err != nil || s.String() != text || len(s.Ignored) > 0 {
			t.Errorf("%s: %v, %v", text, s, err)
		}
	}
	for _, text := range cases.Invalid {
		if s, err := Parse(text); err == nil {
			t.Errorf("%s is read as %v", text, s)
		}
	}
}

// TestQualifiersAreReadInAnyOrder and written in one, escaped as the standard says.
func TestQualifiersAreReadInAnyOrder(t *testing.T) {
	for text, want := range map[string]string{
		aContent + ";lines=9-15;path=/a%20b/c%3Bd%25.ml;anchor=" + aRevision + ";visit=" + aSnapshot + ";origin=https://a.org/x%3By": aContent +
			";origin=https://a.org/x%3By;visit=" + aSnapshot + ";anchor=" + aRevision + ";path=/a%20b/c%3Bd%25.ml;lines=9-15",
		aContent + ";path=/caf%C3%A9":               aContent + ";path=/caf%C3%A9",
		aContent + ";path=/café":                    aContent + ";path=/caf%C3%A9",
		aContent + ";path=/%ff%00":                  aContent + ";path=/%FF%00",
		aContent + ";path=/a~b_c-d.e":               aContent + ";path=/a~b_c-d.e",
		aContent + ";origin=https://a.org/a%2520b":  aContent + ";origin=https://a.org/a%2520b",
		aContent + ";origin=https://a.org/?q=1#x":   aContent + ";origin=https://a.org/?q=1#x",
		aContent + ";lines=007":                     aContent + ";lines=7",
		aContent + ";bytes=0-0":                     aContent + ";bytes=0-0",
		aContent + "#L10-42":                        aContent + ";lines=10-42",
		aContent + "#L10-L42":                       aContent + ";lines=10-42",
		aContent + "#L10":                           aContent + ";lines=10",
		aRevision + ";origin=https://a.org;path=/a": aRevision + ";origin=https://a.org;path=/a",
	} {
		s, err := Parse(text)
		if err != nil || s.String() != want || len(s.Ignored) > 0 {
			t.Errorf("%s: got %v, %v, want %s", text, s, err, want)
		}
	}
	s, err := Parse(aContent + ";path=/%ff%00/;lines=3;origin=https://a.org/a%2520b")
	want := SWHID{ID: s.ID, Path: "/\xff\x00/", Lines: &Range{3, -1}, Origin: "https://a.org/a%20b"}
	if err != nil || !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestQualifiersThatMakeNoSenseAreIgnored as the standard wants it, and named.
func TestQualifiersThatMakeNoSenseAreIgnored(t *testing.T) {
	for text, want := range map[string][]string{
		aContent + ";visit=" + aSnapshot:   {"visit"},
		aContent + ";anchor=" + aRevision:  {"anchor"},
		aContent + ";lines=1-2;bytes=0-10": {"lines"},
		aRevision + ";lines=1-2;bytes=1":   {"lines", "bytes"},
	} {
		s, err := Parse(text)
		if err != nil || !slices.Equal(s.Ignored, want) {
			t.Errorf("%s: ignored %v, %v", text, s.Ignored, err)
		}
		for _, name := range want {
			if strings.Contains(s.String(), name+"=") {
				t.Errorf("%s is written as %s", text, s)
			}
		}
	}
}

// TestSyntaxErrorsNameThePlace: what is wrong, and the column where it stands.
func TestSyntaxErrorsNameThePlace(t *testing.T) {
	for text, want := range map[string]SyntaxError{
		"":                           {At: 1, Problem: "scheme"},
		"https://example.org":        {At: 1, Problem: "scheme", Part: "https"},
		"swh":                        {At: 1, Problem: "scheme", Part: "swh"},
		"swh:2:cnt:" + aContent[10:]: {At: 5, Problem: "version", Part: "2"},
		"swh:1:ori:" + aContent[10:]: {At: 7, Problem: "type", Part: "ori"},
		"swh:1:cnt":                  {At: 7, Problem: "type", Part: "cnt"},
		"swh:1:cnt:" + strings.ToUpper(aContent[10:]): {At: 11, Problem: "hash", Part: strings.ToUpper(aContent[10:])},
		aContent[:49]:                            {At: 11, Problem: "hash", Part: aContent[10:49]},
		aContent + "0":                           {At: 11, Problem: "hash", Part: aContent[10:]},
		aContent + ";":                           {At: 52, Problem: "qualifier"},
		aContent + ";lines":                      {At: 52, Problem: "qualifier", Part: "lines"},
		aContent + ";lines=":                     {At: 52, Problem: "qualifier", Part: "lines="},
		aContent + ";line=3":                     {At: 52, Problem: "unknown", Part: "line"},
		aContent + ";lines=1;lines=2":            {At: 60, Problem: "twice", Part: "lines"},
		aContent + ";lines=0":                    {At: 58, Problem: "range", Part: "0"},
		aContent + ";lines=5-4":                  {At: 58, Problem: "range", Part: "5-4"},
		aContent + ";lines=1-2-3":                {At: 58, Problem: "range", Part: "2-3"},
		aContent + ";lines=+1":                   {At: 58, Problem: "range", Part: "+1"},
		aContent + ";bytes=99999999999999999999": {At: 58, Problem: "range", Part: "99999999999999999999"},
		aContent + ";bytes=-":                    {At: 58, Problem: "range"},
		aContent + ";path=a":                     {At: 57, Problem: "path", Part: "a"},
		aContent + ";path=/é%zz":                 {At: 59, Problem: "escape", Part: "%zz"},
		aContent + ";path=/%a":                   {At: 58, Problem: "escape", Part: "%a"},
		aContent + ";path=/a b":                  {At: 59, Problem: "escape", Part: " b"},
		aContent + ";origin=here":                {At: 59, Problem: "origin", Part: "here"},
		aContent + ";visit=" + aRevision:         {At: 58, Problem: "node", Part: aRevision[:40]},
		aContent + ";anchor=" + aContent:         {At: 59, Problem: "node", Part: aContent[:40]},
		aContent + "#10-x":                       {At: 52, Problem: "range", Part: "x"},
		aRevision + "#L1":                        {At: 51, Problem: "end", Part: "#L1"},
		" " + aContent:                           {At: 1, Problem: "scheme", Part: " swh"},
	} {
		_, err := Parse(text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if want.Text = text; syntax.Problem == "hash" || syntax.Problem == "node" {
			want.Part = want.Part[:min(len(want.Part), 40)]
		}
		if *syntax != want {
			t.Errorf("%q: got %+v, want %+v", text, *syntax, want)
		}
	}
	if _, err := ParseID(aContent + ";lines=1"); err == nil {
		t.Error("a core identifier has qualifiers")
	}
	if id, err := ParseID(aSnapshot); err != nil || id.String() != aSnapshot {
		t.Error(id, err)
	}
}

// FuzzParse: whatever is read is written so that it is read as the same.
func FuzzParse(f *testing.F) {
	f.Add(aContent + ";origin=https://a.org/x%3By;visit=" + aSnapshot + ";anchor=" + aRevision + ";path=/a%20b/c;lines=9-15")
	f.Add(aContent + ";bytes=1-2;lines=5")
	f.Add(aContent + "#L10-L42")
	f.Add("swh:1:snp:")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.At < 1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := Parse(s.String())
		if s.Ignored = nil; err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%q is written as %q and read as %+v, %v", text, s, again, err)
		}
	})
}
