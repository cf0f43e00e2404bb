// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"strings"
	"testing"
)

// TestTranslatedGNU takes a translation of a licence of GNU for that licence, by its title and its permission to copy; what it says of
// its use and of other licences is no statement. A text that only speaks of such a licence is none.
func TestTranslatedGNU(t *testing.T) {
	d := detector(t)
	const allowed = "Chacun est autorisé à copier et distribuer des copies conformes de ce document, mais pas à le modifier.\n\n"
	body := strings.Repeat("Vous pouvez transmettre une copie du programme, gratuitement ou non, comme le dit cet article, à qui en veut. ", 40) +
		"\n\nPour appliquer cette licence, écrivez : ce programme est distribué sous les termes de la Licence publique générale GNU, version 1 ou ultérieure.\n"
	for text, want := range map[string]string{
		"LICENCE PUBLIQUE GÉNÉRALE GNU\nVersion 3, 29 juin 2007\n\n" + allowed + body:                   "GPL-3.0-only",
		"Licence publique générale limitée GNU\nversion 2.1, février 1999\n\n" + allowed + body:         "LGPL-2.1-only",
		"LICENCE PUBLIQUE GÉNÉRALE AFFERO GNU\n version 3, 19 novembre 2007\n\n" + allowed + body:       "AGPL-3.0-only",
		"Ce que dit la Licence publique générale GNU version 3\n\nUn article pour tous.\n\n" + body:     "GPL-1.0-or-later",
		"LICENCE PUBLIQUE DE LA COMMUNE\nVersion 3\n\n" + allowed + strings.ReplaceAll(body, "GNU", ""): "GPL-1.0-or-later",
	} {
		if got := answer(d.Text("LICENCE.txt", []byte(text))); got.String() != want {
			t.Errorf("%.60q: got %q, want %q", text, got, want)
		}
	}
}
