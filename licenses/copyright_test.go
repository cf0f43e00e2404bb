// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"os"
	"strings"
	"testing"
)

// readMessages is the file that holds this package's sentences.
func readMessages(t *testing.T) string {
	data, err := os.ReadFile("../internal/words/messages/licenses.toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCopyrights(t *testing.T) {
	for in, want := range map[string]string{ // holder | years
		"// Copyright (c) 2014 The X Authors. All rights reserved.":           "The X Authors|2014",
		"© 2020 Région Bretagne":                                              "Région Bretagne|2020",
		"# SPDX-FileCopyrightText: 2019-2024 Jane Doe <jane@example.com>":     "Jane Doe|2019-2024",
		" * Copyright 2014, 2016 A B <a@b.org>":                               "A B|2014, 2016",
		"Copyright (C) 2007 Free Software Foundation, Inc. <http://fsf.org/>": "Free Software Foundation, Inc|2007",
		"/* (c) 2011 A, Inc. */":                                              "A, Inc|2011",
		"Copyright © Commission européenne 2017":                              "Commission européenne|2017",
		"Copyright Google LLC":                                                "Google LLC|",
		"SPDX-FileCopyrightText: Ville de Lyon":                               "Ville de Lyon|",
		"Copyright (c) 2015-present, Facebook, Inc.":                          "Facebook, Inc|2015-present",
		"The above copyright notice shall be included in all copies":          "",
		"Copyright [yyyy] [name of copyright owner]":                          "",
		"Copyright (c) <year> <owner>":                                        "",
		"copyright holders and contributors":                                  "",
		"(c) the second case":                                                 "",
		"if (c) 2":                                                            "",
		"THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE":                          "",
		"Copyright law protects it.":                                          "",
	} {
		got := ""
		found := Copyrights([]byte("\n" + in + "\n"))
		if len(found) > 0 {
			got = found[0].Holder + "|" + found[0].Years
			if found[0].Line != 2 || found[0].Text == "" || strings.Contains(found[0].Text, "@") {
				t.Errorf("%s: %+v", in, found[0])
			}
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
