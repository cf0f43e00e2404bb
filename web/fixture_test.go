// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"fmt"
	"strings"

	"communs/licenses"
	"communs/search"
)

const goSource = `// Package dates lit les dates des en-têtes.
package dates

import (
	"errors"
	"time"
)

// ErrFormat is what Parse answers when no layout fits.
var ErrFormat = errors.New("dates: format inconnu")

// ParseHeader reads the date of a header, in any of the layouts
// that are seen in the wild.
func ParseHeader(value string) (time.Time, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC(), nil // parse succeeded
		}
	}
	return time.Time{}, ErrFormat
}

var layouts = []string{time.RFC1123, time.RFC1123Z, "Mon, _2 Jan 2006", ` + "`2006-01-02`" + `}
`

const pythonSource = `"""Gestion des adhérents d'une association."""
import datetime


class Adherent:
    """Une personne à jour de sa cotisation."""

    def __init__(self, nom, depuis):
        self.nom = nom
        self.depuis = depuis  # date d'adhésion

    def parse_date(self, text):
        return datetime.date.fromisoformat(text)
`

const hostileSource = "func évil() { // \u202e } ;niam nruter\n\tx := \"<script>alert(1)</script>\" // \u200bzero\u2066\n" +
	"\ty := 'a'\x00\x1b[31m // \xff\xfe\n" +
	"\tz := \"" + "parse" + "</code></pre><img src=x onerror=alert(1)>\"\n}\n"

const hostileName = "<script>alert('x')</script>\n\u202egpj.exe\u200b"

// newFake is the index that the tests browse.
func newFake() *fake {
	mit := []search.Evidence{{Path: "LICENSE", Start: 1, End: 21, How: "text", License: "MIT"}}
	f := &fake{}
	dates := &fakeRepo{info: search.RepositoryInfo{
		URL: "https://github.com/exemple/dates", Name: "dates", Owner: "exemple", Description: "Lire les dates des en-têtes HTTP et des courriels.",
		Commit: "8c1f0c8b6f1a2b3c4d5e6f708192a3b4c5d6e7f8", Time: day("2026-03-01"), FirstSeen: day("2026-05-12"), License: "MIT",
		Libre: licenses.LibreYes, LibreGround: "osi", Topics: []string{"date", "http"}, Files: 6, Blocks: 41,
	}}
	dates.files = []*fakeFile{
		{path: "LICENSE", lang: "Text", text: "MIT License\n\nCopyright 2024 Région Exemple\n" + strings.Repeat("Permission is hereby granted.\n", 18),
			license: "MIT", libre: licenses.LibreYes, ground: "osi", evidence: mit},
		{path: "dates/parse.go", lang: "Go", text: goSource, license: "MIT", libre: licenses.LibreYes, ground: "osi", evidence: mit,
			blocks: []search.BlockInfo{{Kind: "text", Start: 1, End: 7}, {Kind: "variable", Name: "ErrFormat", Start: 9, End: 10},
				{Kind: "function", Name: "ParseHeader", Start: 12, End: 21}, {Kind: "variable", Name: "layouts", Start: 23, End: 23}}},
		{path: "dates/vieux nom.py", lang: "Python", text: pythonSource, license: "MIT", libre: licenses.LibreYes, ground: "osi", evidence: mit,
			blocks: []search.BlockInfo{{Kind: "class", Name: "Adherent", Start: 5, End: 13}, {Kind: "method", Name: "parse_date", Start: 12, End: 13, Depth: 1}}},
		{path: "img/logo.png", lang: "", skipped: "binary", size: 48_213},
		{path: "dates/long.go", lang: "Go", text: longSource(540), license: "MIT", libre: licenses.LibreYes, ground: "osi", evidence: mit,
			flags: []string{"generated", "test"}, blocks: longBlocks(540)},
		{path: "go.mod", lang: "Go Module", text: "module github.com/exemple/dates\n", license: "MIT", libre: licenses.LibreYes, ground: "osi", evidence: mit},
		{path: "dates/package.json", lang: "JSON", text: "{\"name\": \"@exemple/calendrier\"}\n", license: "MIT", libre: licenses.LibreYes, evidence: mit},
	}
	fork := &fakeRepo{info: search.RepositoryInfo{
		URL: "https://forge.exemple.fr/region/adherents", Name: "adherents", Owner: "region/numérique", Version: "v1.4.2", Commit: "v1.4.2",
		Description: "Gérer les adhérents", Time: day("2025-12-24"), FirstSeen: day("2026-05-12"), License: "AGPL-3.0-or-later",
		Libre: licenses.LibreYes, LibreGround: "fsf", Fork: true, Archived: true, Files: 2, Blocks: 3,
	}}
	agpl := []search.Evidence{{Path: "dates/parse.go", Start: 1, End: 1, How: "tag", License: "AGPL-3.0-or-later"}}
	fork.files = []*fakeFile{{path: "dates/parse.go", lang: "Go", text: goSource, license: "AGPL-3.0-or-later", libre: licenses.LibreYes,
		ground: "fsf", evidence: agpl, blocks: []search.BlockInfo{{Kind: "function", Name: "ParseHeader", Start: 12, End: 21}}}}
	closed := &fakeRepo{info: search.RepositoryInfo{URL: "https://forge.exemple.fr/region/sans-licence", Name: "sans-licence", Owner: "region/numérique",
		Commit: strings.Repeat("b", 40), Time: day("2026-01-15"), FirstSeen: day("2026-05-12"), Libre: licenses.LibreUnknown, Files: 1, Blocks: 1}}
	closed.files = []*fakeFile{{path: "secret.py", lang: "Python", text: "def parse_secret():\n    return 'tresor'\n", libre: licenses.LibreUnknown,
		blocks: []search.BlockInfo{{Kind: "function", Name: "parse_secret", Start: 1, End: 2}}}}
	hostile := &fakeRepo{info: search.RepositoryInfo{URL: "file:///srv/dépôts/<hostile> \"repo\"", Name: hostileName, Owner: "own/<b>er\u202e",
		Description: "<img src=x onerror=alert(1)>\u200b\x01", Commit: "<i>\u2066", Time: day("2026-02-01"), FirstSeen: day("2026-05-12"), License: "MIT\" onclick=\"x",
		Libre: "yes\" onclick=\"x", LibreGround: "<u>", Topics: []string{"<s>", "\u202e"}, Files: 2, Blocks: 2}}
	hostile.files = []*fakeFile{{path: "dir/../-/" + hostileName + "\xff%2F?#;.go", lang: "Go", text: hostileSource, license: "MIT<b>", libre: "<b>",
		ground: "<u>", evidence: []search.Evidence{{Path: "a\n<b>\u202e", Start: 1, End: 2, How: "<how>", License: "<lic>"}}, flags: []string{"<flag>\u202e"},
		blocks: []search.BlockInfo{{Kind: "<kind>", Name: hostileName, Start: 1, End: 5}}},
		{path: "a\n<b>\u202e", lang: "<lang>", text: "x\n\ny", license: "MIT", libre: licenses.LibreYes},
	}
	many := &fakeRepo{info: search.RepositoryInfo{URL: "http://git.exemple.fr/many", Name: "many", Owner: "exemple", Commit: strings.Repeat("c", 40),
		Time: day("2026-02-02"), FirstSeen: day("2026-05-12"), License: "EUPL-1.2", Libre: licenses.LibreYes, LibreGround: "etat", Files: 300, Blocks: 300}}
	for i := range 300 {
		many.files = append(many.files, &fakeFile{path: fmt.Sprintf("src/f%03d.sh", i), lang: "Shell", license: "EUPL-1.2", libre: licenses.LibreYes,
			ground: "etat", text: fmt.Sprintf("# parse the date number %d\ndate_%d() {\n\techo \"parse $1\"\n}\n", i, i),
			blocks: []search.BlockInfo{{Kind: "function", Name: fmt.Sprintf("date_%d", i), Start: 1, End: 4}}})
	}
	f.repos = []*fakeRepo{dates, fork, closed, hostile, many}
	f.components = fakeComponents(dates.info.URL, hostile.info.URL)
	for _, r := range f.repos {
		for _, file := range r.files {
			for i := range file.blocks {
				file.blocks[i].ID = file.id(file.blocks[i].Start, file.blocks[i].End)
			}
		}
	}
	return f
}

// longSource is a file of n lines: functions of six lines.
func longSource(n int) string {
	var b strings.Builder
	for i := 0; i < n; i += 6 {
		fmt.Fprintf(&b, "// f%d parses one date.\nfunc f%d(text string) error {\n\tif text == \"\" {\n\t\treturn nil\n\t}\n}\n", i, i)
	}
	return b.String()
}

func longBlocks(n int) (all []search.BlockInfo) {
	for i := 0; i < n; i += 6 {
		all = append(all, search.BlockInfo{Kind: "function", Name: fmt.Sprintf("f%d", i), Start: i + 1, End: i + 6})
	}
	return all
}

// screens are the pages that are looked at, by a name for their pictures.
func screens(f *fake) map[string]string {
	file := f.repos[0].files[1]
	hostile := f.repos[3].files[0]
	l := linker{lang: "fr"}
	return map[string]string{
		"home":         "/",
		"home-en":      "/?lang=en",
		"results":      "/code?q=parse+date&into=GPL-3.0-or-later",
		"type-repo":    "/code?q=type:repo",
		"type-brique":  "/code?q=type:brique+dates",
		"none":         "/code?q=introuvable+nulle-part+lang:go",
		"fault":        "/code?q=parse+lnag:go",
		"block":        l.block(file.id(12, 21)),
		"block-en":     l.block(file.id(12, 21)) + "?lang=en",
		"block-closed": l.block(f.repos[2].files[0].id(1, 2)),
		"hostile":      l.block(hostile.id(1, 5)),
		"file":         l.file(f.repos[0].info.URL, "dates/parse.go", 0),
		"file-long":    l.file(f.repos[0].info.URL, "dates/long.go", 0),
		"binary":       l.file(f.repos[0].info.URL, "img/logo.png", 0),
		"folder":       l.file(f.repos[4].info.URL, "src", 0),
		"repository":   l.repository(f.repos[0].info.URL),
		"hostile-repo": l.repository(f.repos[3].info.URL),
		"repositories": "/depots",
		"owner":        l.owner("region/numérique", ""),
		"absent":       "/absent",
		"operations":   "/exploitation",
	}
}
