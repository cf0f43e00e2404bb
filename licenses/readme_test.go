// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"slices"
	"testing"
)

func TestReadme(t *testing.T) {
	d := detector(t)
	for _, c := range []struct{ name, text, want string }{
		{"README.md", "# X\n\n## License\n\n[MIT](LICENSE) © Ann\n", "MIT"},
		{"README.md", "# X\n\n**License**: Apache-2.0\n", "Apache-2.0"},
		{"README.md", "# X\n[![License: GPL v3](https://img.shields.io/badge/License-GPLv3-blue.svg)](https://x)\n\nDoes things.\n", "GPL-3.0-only"},
		{"README.md", "# X\n![](https://img.shields.io/badge/license-BSD--3--Clause-blue)\n", "BSD-3-Clause"},
		{"README.rst", "X\n=\n\nLicense\n-------\n\nBSD-3-Clause\n", "BSD-3-Clause"},
		{"README.org", "* X\n\n* License\n\nEUPL-1.2\n", "EUPL-1.2"},
		{"README", "X does things.\n\nLICENSE\n\nMIT, see COPYING\n", "MIT"},
		{"README", "X\n\nLicense: ISC\n", "ISC"},
		{"README.md", "# Thing\n\nThing is released under the MIT License.\n", "MIT"},
		{"README.md", "# X\n\nCe logiciel est distribué sous licence CeCILL 2.1.\n", "CECILL-2.1"},
		{"README.md", "# X\n\nIt uses jQuery, which is licensed under the MIT license.\n", ""},
		{"README.md", "# X\n\n## Licensing server\n\nRun it.\n", ""},
		{"README.md", "# X\n![](https://img.shields.io/github/license/a/b)\n", ""},
		{"README.md", "# X\n\n## License\n\nMIT licensed parts are in lib.\n", ""},
		{"README.md", "# X\n\n## License\n\nX is under the ISC License. Its dependencies are MIT licensed.\n", "ISC"},
		{"README.md", "# X\n\n## License\n\nMIT licensed.\n", "MIT"},
		{"README.md", "# X\n\n## Supported licenses\n\n- GPL-2.0-only\n- Apache-2.0\n\n## License\n\nMIT\n", "MIT"},
		{"README.md", "# X\n\n## Licences reconnues\n\n- MIT\n- CeCILL-2.1\n", ""},
		{"README.md", "# X\n\n## Licences des dépendances\n\n| nom | licence |\n|---|---|\n| a | MIT |\n", ""},
		{"README.md", "# X\n\n## License detection\n\nIt detects files under the MIT License and the GPL-2.0.\n", ""},
		{"README.md", "# X\n\nThis tool detects GPL-2.0 and MIT files.\n", ""},
		{"README.md", "# X\n\n- Dual-licensed under the MIT License or Apache-2.0\n", "MIT OR Apache-2.0"},
	} {
		if got := Together(d.Text(c.name, []byte(c.text))); got.String() != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// TestHeadings holds which lines may be headings that speak of the licence, also where a tag runs over several lines.
func TestHeadings(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"## License\n\nMIT\n", []string{"## License"}},
		{"Copyrights\n==========\nall licences here.\n", []string{"Copyrights"}}, // the full stop ends a sentence
		{"About all the licences of the house\n", []string{"About all the licences of the house"}},
		{"What this program says of its license\n", nil}, // too far behind
		{"<h2\n  class=x>License</h2>\n", []string{"<h2\n  class=x>License</h2>"}},
		{"<h2\n<h2\nid=x>## License\n", []string{"<h2\n<h2\nid=x>## License"}},
		{"<h2\n<h2\n>The full name of which is License\n<h3>Licence</h3>", []string{"<h3>Licence</h3>"}},
		{"<h2 license\n", []string{"<h2 license"}},
		{"license\r\ncopyright\r\n", []string{"license\r", "copyright\r"}},
	} {
		var got []string
		for _, h := range headings([]byte(c.text)) {
			got = append(got, c.text[h.from:h.to])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("headings(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestLicenseNames(t *testing.T) {
	for name, want := range map[string]fileKind{
		"LICENCE.rst": fileLicense, "COPYING.LESSER": fileLicense, "MIT-LICENSE": fileLicense, "UNLICENSE": fileLicense, "LICENSE-APACHE-2.0.txt": fileLicense,
		"docs/license.md": fileLicense, "COPYING3": fileLicense, "Licence_CeCILL_V2-fr.txt": fileLicense, "EUPL-1.2 EN.txt": fileLicense, "LEGAL": fileLicense,
		"copyright": fileCopyright, "license.py": fileOther, "NOTICE": fileOther, "README.org": fileReadme, "a.c.license": fileBeside, "CITATION.cff": fileManifest,
	} {
		if got := kindOf(name); got != want {
			t.Errorf("kindOf(%q) = %d, want %d", name, got, want)
		}
	}
}
