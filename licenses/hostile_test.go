// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostile gives the detector files that were made to take time or memory: it must be through with each in seconds, and may not take more
// than a multiple of what it reads.
func TestHostile(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		p := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+p+",", 9), ",") + "]\n"
	}
	entities := `<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "ha">`
	for c := 'b'; c <= 'z'; c++ {
		entities += "<!ENTITY " + string(c) + ` "` + strings.Repeat("&"+string(c-1)+";", 9) + `">`
	}
	d := detector(t)
	for name, text := range map[string]string{
		"package.json":       strings.Repeat("[", size),
		"composer.json":      fill(`{"license":`),
		"publiccode.yml":     bomb + "legal:\n  license: *z\n",
		"CITATION.cff":       fill("- - - - "),
		"pom.xml":            entities + "]><project><licenses><license><name>&z;</name></license></licenses></project>",
		"a/pom.xml":          fill("<license><name>"),
		"Cargo.toml":         fill("[a.b."),
		"debian/copyright":   "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n" + fill("License: GPL-2+ or "),
		"REUSE.toml":         fill("[[annotations]]\npath = \"**/**/**/**\"\n"),
		"LICENSE":            fill("licensed under the "),
		"COPYING":            fill("Redistribution and use in source and binary forms "),
		"or.txt":             fill("MIT or GPL or Apache license or "),
		"a.c":                fill("/* SPDX-License-Identifier: (MIT OR "),
		"tag.py":             "# SPDX-License-Identifier: " + fill("(MIT OR "),
		"README.md":          fill("# License\n"),
		"page.html":          "<html>" + fill("<a &lt;!-- <script "),
		"fr.txt":             fill("sous licence publique générale GNU ou "),
		"copyright.txt":      fill("Copyright (c) 2020 A and "),
		"words.txt":          fill("the software is provided as is without warranty of any kind "),
		"latin.txt":          fill("licence \xe9\xe8 "),
		"one line of dots":   fill("."),
		"notebook.ipynb":     fill(`{"cells":[`),
		"carriage return.md": fill("license\r"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		d.Text(name, []byte(text))
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if took > 20*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(text))
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<30 {
			t.Errorf("%s: %d MB were allocated for %d bytes", name, grown>>20, len(text))
		}
		if testing.Verbose() {
			t.Logf("%-20s %8d bytes %10v %6d MB", name, len(text), took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}
