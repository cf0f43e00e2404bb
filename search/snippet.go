// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// comment is how one line of a comment is written in a language.
type comment struct{ before, after string }

// commentOf finds a language's comment (named as go-enry does). ok is false for a language that has none, as JSON, and for one
// that we do not know.
func commentOf(lang string) (c comment, ok bool) {
	switch lang {
	case "C", "C++", "C#", "CUDA", "D", "Dart", "F#", "GLSL", "Go", "Go Module", "Groovy", "Java", "JavaScript", "JSON5",
		"JSON with Comments", "Kotlin", "Less", "Objective-C", "Objective-C++", "PHP", "Protocol Buffer", "Rust", "SCSS",
		"Scala", "Solidity", "Swift", "TSX", "TypeScript", "Verilog", "Zig", "JSX", "Gradle", "Jsonnet", "QML", "V", "Go Checksums",
		"SystemVerilog", "Stylus", "Thrift", "Cuda", "HLSL", "OpenCL", "Vala":
		return comment{"// ", ""}, true
	case "Python", "Ruby", "Shell", "YAML", "TOML", "Makefile", "Dockerfile", "Perl", "R", "Elixir", "Nix", "CMake", "PowerShell",
		"Ignore List", "Git Attributes", "Git Config", "Julia", "GraphQL", "Crystal", "Nim", "HCL", "Tcl", "Raku", "Puppet",
		"Meson", "Starlark", "fish", "Fish", "Awk", "sed", "Nginx", "Nushell", "Java Properties", "EditorConfig", "Cython", "GDScript",
		"CoffeeScript", "ApacheConf", "Dotenv", "Just", "systemd", "desktop":
		return comment{"# ", ""}, true
	case "SQL", "PLpgSQL", "PLSQL", "TSQL", "Lua", "Haskell", "Ada", "VHDL", "Elm", "PureScript", "AppleScript":
		return comment{"-- ", ""}, true
	case "Common Lisp", "Clojure", "Emacs Lisp", "Scheme", "Racket", "Assembly", "NASM", "LLVM", "INI", "AutoHotkey",
		"Unix Assembly", "WebAssembly":
		return comment{"; ", ""}, true
	case "TeX", "Erlang", "MATLAB", "Prolog", "PostScript":
		return comment{"% ", ""}, true
	case "Fortran", "Fortran Free Form":
		return comment{"! ", ""}, true
	case "CSS", "OCaml", "Standard ML", "Linker Script", "Pascal", "Yacc", "Lex":
		if lang == "OCaml" || lang == "Standard ML" || lang == "Pascal" {
			return comment{"(* ", " *)"}, true
		}
		return comment{"/* ", " */"}, true
	case "HTML", "XML", "SVG", "Markdown", "Vue", "Svelte", "XSLT", "Maven POM", "Handlebars", "Astro":
		return comment{"<!-- ", " -->"}, true
	case "Vim Script":
		return comment{`" `, ""}, true
	case "Visual Basic .NET", "VBA", "VBScript":
		return comment{"' ", ""}, true
	case "Batchfile":
		return comment{"REM ", ""}, true
	case "Roff", "Roff Manpage":
		return comment{`.\" `, ""}, true
	case "reStructuredText":
		return comment{".. ", ""}, true
	case "Text", "":
		return comment{}, true
	}
	return comment{}, false
}

// The tags are put together here so that a tool that looks for licence tags does not take these for this file's own.
const (
	tagBegin     = "SPDX-Snippet" + "Begin"
	tagEnd       = "SPDX-Snippet" + "End"
	tagCopyright = "SPDX-Snippet" + "CopyrightText: "
	tagFile      = "SPDX-File" + "CopyrightText:"
	tagLicense   = "SPDX-License" + "-Identifier: "
)

// Snippet is the block ready to paste: its code, untouched, between the tags that SPDX gives for a snippet
// (https://reuse.software/spec-3.3/, "in-line snippet comments"), as comments of its language, with where it comes
// from. It is false for a language that has no comments.
func (h *Hit) Snippet() (string, bool) {
	c, ok := commentOf(h.Lang)
	if !ok {
		return "", false
	}
	license := h.License
	if license == "" {
		license = "NOASSERTION"
	}
	copyright := h.Copyright
	if len(copyright) == 0 {
		copyright = []string{"NOASSERTION"}
	}
	newline := "\n"
	if strings.Contains(h.Code, "\r\n") {
		newline = "\r\n"
	}
	var b strings.Builder
	tag := func(text string) { b.WriteString(c.before + c.safe(text) + c.after + newline) }
	tag(tagBegin)
	tag(tagLicense + license)
	for _, holder := range copyright {
		tag(tagCopyright + Holder(holder))
	}
	tag("Origin: " + h.Repo)
	tag("Path: " + h.Path)
	tag("Commit: " + h.Commit)
	tag("SWHID: " + h.ID)
	b.WriteString(newline)
	b.WriteString(h.Code)
	if !strings.HasSuffix(h.Code, "\n") {
		b.WriteString(newline)
	}
	b.WriteString(newline)
	tag(tagEnd)
	return b.String(), true
}

// safe makes a text that cannot end the comment which it stands in, nor leave its line.
func (c comment) safe(text string) string {
	text = spelt(strings.Join(strings.Fields(text), " "))
	if end := strings.TrimSpace(c.after); end != "" {
		text = strings.ReplaceAll(text, end, strings.Join(strings.Split(end, ""), " "))
	}
	return text
}

// spelt writes what cannot be seen (control, bidirectional and invisible characters, bytes that are no text) by its
// number.
func spelt(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, "⟨0x%02X⟩", text[i])
		case r != ' ' && !unicode.IsGraphic(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Holder takes from a copyright statement the words that the tag of a snippet says already.
func Holder(statement string) string {
	s := strings.TrimSpace(statement)
	for _, prefix := range []string{tagFile, strings.TrimSpace(tagCopyright)} {
		s = strings.TrimSpace(strings.TrimPrefix(s, prefix))
	}
	return s
}
