// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// wrapped is a notice and where its line is.
const wrapped = "Préambule.\n\nCe « programme » est distribué sous les termes de la Licence publique générale GNU,\nversion 3 ou (à votre choix) toute version ultérieure.\n"

func encode16(s string, high bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if high {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func encodeRTF(s string) string {
	var b strings.Builder
	b.WriteString(`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 MIT License;}}{\*\generator under the MIT License;}\uc1 `)
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("\\par\n")
		case r == 'è':
			fmt.Fprintf(&b, `\u%d?`, r)
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\'%02x`, r)
		}
	}
	return b.String() + "}"
}

// TestWrapped finds the same notice on the same lines in every encoding and form.
func TestWrapped(t *testing.T) {
	d := detector(t)
	var entities, numbers strings.Builder
	for _, r := range wrapped {
		if r < utf8.RuneSelf {
			entities.WriteRune(r)
			numbers.WriteRune(r)
			continue
		}
		entities.WriteString(map[rune]string{'é': "&eacute;", 'à': "&agrave;", '«': "&laquo;", '»': "&raquo;", 'è': "&egrave;"}[r])
		fmt.Fprintf(&numbers, "&#x%X;", r)
	}
	quoted := "> " + strings.ReplaceAll(wrapped, "\n", "\n> ")
	for name, text := range map[string]string{
		"a.txt": wrapped, "crlf.txt": strings.ReplaceAll(wrapped, "\n", "\r\n"), "latin1.txt": string(latin1(wrapped)), "bom.txt": "\xEF\xBB\xBF" + wrapped,
		"windows.txt": strings.NewReplacer("«", "\x93", "»", "\x94").Replace(string(latin1(strings.NewReplacer("«", "\x93", "»", "\x94").Replace(strings.ReplaceAll(wrapped, "é", "\xe9"))))),
		"mixed.txt":   strings.Replace(wrapped, "é", "\xe9", 1),
		"le.txt":      "\xFF\xFE" + encode16(wrapped, false), "be.txt": "\xFE\xFF" + encode16(wrapped, true),
		"le-bare.txt": encode16(wrapped, false), "be-bare.txt": encode16(wrapped, true),
		"a.rtf":  encodeRTF(wrapped),
		"a.html": "<html><script>under the MIT License</script>" + strings.ReplaceAll(wrapped, "GNU", "<b>GN</b>U") + "</html>", "b.html": "<!DOCTYPE html>" + entities.String(),
		"c.html": "<html><pre>" + numbers.String() + "</pre><style>x{} /* under the MIT License */</style>", "d.html": "<html><!-- " + wrapped + " -->",
		"a.md": strings.ReplaceAll(wrapped, "la Licence publique générale GNU", "la **[Licence publique générale GNU](docs/LICENSE-MIT.md)**"),
		"b.md": quoted, "c.md": "```\n" + wrapped[len("Préambule.\n"):] + "```\n",
		"d.md":       strings.ReplaceAll(wrapped, " est ", "&nbsp;est <i>bien</i> "),
		"a.rst":      strings.ReplaceAll(wrapped, "Licence publique générale GNU", "`Licence publique générale GNU <LICENSE-MIT.rst>`_"),
		"a.1":        strings.ReplaceAll(strings.ReplaceAll(wrapped, "GNU", `\fBGNU\fR`), "Préambule.", ".TH PROGRAMME 1"),
		"a.java":     "/**" + strings.ReplaceAll("x\n\n<p>"+wrapped[len("Préambule.\n\n"):], "\n", "\n * ") + "*/",
		"a.po":       "# " + strings.ReplaceAll(wrapped, "\n", "\n# ") + "\nmsgid \"MIT License\"\n",
		"box.c":      "/*+-----+\n |     |\n " + strings.ReplaceAll(wrapped[len("Préambule.\n\n"):], "\n", "   |\n| ") + "*/",
		"hyphen.txt": strings.Replace(wrapped, "distribué sous", "distri-\nbué sous", 1),
	} {
		found := d.Text(name, []byte(text))
		if len(found) != 1 || found[0].Expression.String() != "GPL-3.0-or-later" || found[0].Start != 3 && name != "hyphen.txt" {
			t.Errorf("%s: %+v\n%s", name, found, unwrap(name, decode([]byte(text))))
		}
	}
}

// TestHead cuts a long file where a line ends.
func TestHead(t *testing.T) {
	text := []byte(strings.Repeat("0123456789\n", 1000))
	if got := head(text, 5000); len(got) != 4994-4994%11+0 && got[len(got)-1] != '\n' {
		t.Errorf("cut at %d, %q", len(got), got[len(got)-5:])
	}
	if got := head([]byte(strings.Repeat("x", 100)), 50); len(got) != 50 {
		t.Errorf("a single line is cut at %d", len(got))
	}
}

// TestEntities replaces what HTML calls by name or number; what is none stays.
func TestEntities(t *testing.T) {
	for in, want := range map[string]string{"&eacute;": "é", "&#233;": "é", "&#xE9;": "é", "&copy;": "©", "&nbsp;": " ", "&#10;": " ", "&rsquo;x": "’", "&CounterClockwiseContourIntegral;": "∳",
		"&x;": "&", "& b;": "&", "&": "&", "&amp;lt;": "&"} {
		if got, n := entity([]byte(in)); got != want || n < 1 || n > len(in) {
			t.Errorf("%s: %q, %d", in, got, n)
		}
	}
}

// ends are the bytes that end lines.
func ends(b []byte) int { return bytes.Count(b, []byte{'\n'}) + bytes.Count(b, []byte{'\r'}) }

// FuzzUnwrap reads damaged files of every form: lines stay where they are.
func FuzzUnwrap(f *testing.F) {
	for _, name := range []string{"a.md", "a.rst", "a.1", "a.html", "a.rtf"} {
		f.Add(name, []byte(wrapped))
		f.Add(name, []byte("<html><a href='x'>b</a> &eacute; [x](y(z)) `a <b>`_ \\fB \\(co \\"))
	}
	f.Add("x", []byte(encodeRTF(wrapped)))
	f.Add("x", []byte(`{\rtf1{\*\x\'`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		text := decode(data)
		if got := unwrap(name, text); ends(got) != ends(text) {
			t.Errorf("%q has %d ends of lines, %q has %d", text, ends(text), got, ends(got))
		}
	})
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte("<p>a<script>b</script>c&copy;<!-- d --><b>e"))
	f.Add([]byte("<script<script</style>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := stripHTML(data); ends(got) != ends(data) {
			t.Errorf("%q became %q", data, got)
		}
		if got := plainHTML(data); ends(got) != ends(data) {
			t.Errorf("%q became %q", data, got)
		}
	})
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(encodeRTF(wrapped)))
	f.Add([]byte(`{\rtf1\uc2\u-10179?\u8364xx{\pict 00}\'zz\`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := stripRTF(data); ends(got) != ends(data) {
			t.Errorf("%q became %q", data, got)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xFF\xFEa\x00b"))
	f.Add([]byte("a\x00b\x00c\x00d\x00\n\x00"))
	f.Add([]byte("caf\xe9 \xc3\xa9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := decode(data); !utf8.Valid(got) {
			t.Errorf("%q is not valid", got)
		}
	})
}
