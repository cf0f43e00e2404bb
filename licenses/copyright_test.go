// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"os"
	"strconv"
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
		"// Copyright (c) 2014 The X Authors. All rights reserved.":             "The X Authors|2014",
		"© 2020 Région Bretagne":                                                "Région Bretagne|2020",
		"# SPDX-FileCopyrightText: 2019-2024 Jane Doe <jane@example.com>":       "Jane Doe|2019-2024",
		" * Copyright 2014, 2016 A B <a@b.org>":                                 "A B|2014, 2016",
		"Copyright (C) 2007 Free Software Foundation, Inc. <http://fsf.org/>":   "Free Software Foundation, Inc|2007",
		"/* (c) 2011 A, Inc. */":                                                "A, Inc|2011",
		"Copyright © Commission européenne 2017":                                "Commission européenne|2017",
		"Copyright Google LLC":                                                  "Google LLC|",
		"SPDX-FileCopyrightText: Ville de Lyon":                                 "Ville de Lyon|",
		"Copyright (c) 2015-present, Facebook, Inc.":                            "Facebook, Inc|2015-present",
		"Copyright 2019-2024, 2026 X and Y":                                     "X and Y|2019-2024, 2026",
		"Copyright (C) 2001 2002 2003 A. Martin":                                "A. Martin|2001 2002 2003",
		"Copyright (c) 2007-08 IUT de Vannes":                                   "IUT de Vannes|2007-08",
		"&copy; 2020 R&eacute;gion Occitanie":                                   "Région Occitanie|2020",
		"// SPDX-SnippetCopyrightText: 2022 Zoë":                                "Zoë|2022",
		"Copyright ou © ou Copr. Julie Durand, (19 Novembre 2004)":              "Julie Durand|2004",
		" * Copyright ou © ou Copr. Ministère de la santé, FRANCE (01/01/2016)": "Ministère de la santé, FRANCE|2016",
		"Copyright or © or Copr. CEA, contributor(s) : A Dupont, (2006)":        "CEA, contributor(s) : A Dupont|2006",
		"Droits d'auteur © 2021 Ville de Rennes":                                "Ville de Rennes|2021",
		"# Auteur : Jeanne Le Goff <jeanne at exemple dot fr>":                  "Jeanne Le Goff|",
		"© Département du Gard 2019-présent":                                    "Département du Gard|2019-présent",
		"Copyright 2020 A (mailto:a@b.fr), tous droits réservés":                "A|2020",
		"Tous les auteurs sont remerciés.":                                      "",
		"l'auteur : il écrit":                                                   "",
		"retain \"Copyright (c) 2001 Python Software Foundation\" in copies":    "",
		"EUPL © the European Union 2007, 2016":                                  "",
		"Copyright 20XX Name":                                                   "",
		"Droit d'auteur de la présente œuvre":                                   "",
		"The above copyright notice shall be included in all copies":            "",
		"Copyright [yyyy] [name of copyright owner]":                            "",
		"Copyright (c) <year> <owner>":                                          "",
		"copyright holders and contributors":                                    "",
		"(c) the second case":                                                   "",
		"if (c) 2":                                                              "",
		"THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE":                            "",
		"Copyright law protects it.":                                            "",
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

// TestCopyrightLines takes a holder from the next line, and leaves out what a licence says of itself.
func TestCopyrightLines(t *testing.T) {
	for in, want := range map[string]string{
		"/*\n * Copyright (c) 2010-2012,\n *   The Regents of Brittany\n */":                                                                                    "The Regents of Brittany|2010-2012 2",
		"Copyright (C) 1989, 1991 Free Software Foundation, Inc.,\n51 Franklin Street\n Everyone is permitted to copy and distribute verbatim copies\n of this": "",
		"Copyright 1999 2002 The Team\n\nEveryone is allowed to distribute verbatim copies of this license document":                                            "",
		"Copyright (C) 2007 Free Software Foundation\nChacun est autorisé à copier et distribuer des copies conformes de ce document":                           "",
		"Copyright 2020\n\nand so on":                      "",
		"<html>\n<p>&copy; 2020 <b>Ville</b> de Brest</p>": "Ville de Brest|2020 2",
		"{\\rtf1 x\n\\'a9 2020 Ville de Brest}":            "Ville de Brest|2020 2",
	} {
		got := ""
		for _, c := range Copyrights([]byte(in)) {
			got += c.Holder + "|" + c.Years + " " + strconv.Itoa(c.Line)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
