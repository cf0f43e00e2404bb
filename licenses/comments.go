// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"bytes"
	"path"
	"strings"
)

// In code only comments can hold a licence statement: what stands in a string or in a table of names is data. A syntax says
// where the comments of a language are; it need not be exact, since a licence statement is rarely near the odd cases.
type syntax struct {
	line   []string    // start a comment that ends with the line
	first  []string    // the same, only at the start of a line
	block  [][2]string // start and end of a comment
	quotes string      // start a string that ends with the same sign or the line
	long   string      // start a string that may run over lines
	triple bool        // """ and ''': a comment at the start of a line, else a string
	spaced bool        // a line comment must follow a space, a bracket or the start of the line
}

var (
	cBlock    = [2]string{"/*", "*/"}
	xmlBlock  = [2]string{"<!--", "-->"}
	mlBlock   = [2]string{"(*", "*)"}
	syntaxC   = &syntax{line: []string{"//"}, block: [][2]string{cBlock}, quotes: `"'`}
	syntaxJS  = &syntax{line: []string{"//"}, block: [][2]string{cBlock}, quotes: `"'`, long: "`"}
	syntaxRs  = &syntax{line: []string{"//"}, block: [][2]string{cBlock}, quotes: `"`}
	syntaxPHP = &syntax{line: []string{"//", "#"}, block: [][2]string{cBlock, xmlBlock}, quotes: `"'`}
	syntaxPy  = &syntax{line: []string{"#"}, quotes: `"'`, triple: true}
	syntaxSh  = &syntax{line: []string{"#"}, quotes: `"'`, spaced: true}
	syntaxRb  = &syntax{line: []string{"#"}, block: [][2]string{{"\n=begin", "\n=end"}, {"\n=pod", "\n=cut"}, {"\n=head", "\n=cut"}, {"<#", "#>"}}, quotes: `"'`, spaced: true}
	syntaxSQL = &syntax{line: []string{"--"}, first: []string{"#"}, block: [][2]string{cBlock}, quotes: `"'`}
	syntaxHs  = &syntax{line: []string{"--"}, block: [][2]string{{"{-", "-}"}, {"--[[", "]]"}}, quotes: `"`}
	syntaxEl  = &syntax{line: []string{";"}, block: [][2]string{{"#|", "|#"}}, quotes: `"`}
	syntaxTeX = &syntax{line: []string{"%"}}
	syntaxF90 = &syntax{line: []string{"!"}, first: []string{"c ", "C ", "*", "c\t", "C\t"}, quotes: `"'`}
	syntaxML  = &syntax{line: []string{"//"}, block: [][2]string{mlBlock, {"{", "}"}}, quotes: `"`}
	syntaxXML = &syntax{block: [][2]string{xmlBlock}}
	syntaxVue = &syntax{line: []string{"//"}, block: [][2]string{xmlBlock, cBlock}, quotes: `"'`}
	syntaxVB  = &syntax{first: []string{"'", "rem ", "REM ", "Rem ", "::", "@rem "}}
	syntaxVim = &syntax{first: []string{`"`}}
	syntaxAsm = &syntax{line: []string{"//", ";", "#", "@", "!"}, block: [][2]string{cBlock}, quotes: `"`, spaced: true}
	syntaxIni = &syntax{first: []string{"#", ";", "!"}}
	noSyntax  = &syntax{}
)

// syntaxes is by file extension; a name without extension that tells its language is listed as it is.
var syntaxes = map[string]*syntax{
	"c": syntaxC, "h": syntaxC, "cc": syntaxC, "cpp": syntaxC, "cxx": syntaxC, "c++": syntaxC, "hpp": syntaxC, "hh": syntaxC, "hxx": syntaxC,
	"inl": syntaxC, "ipp": syntaxC, "m": syntaxC, "mm": syntaxC, "java": syntaxC, "cs": syntaxC, "dart": syntaxC, "proto": syntaxC, "thrift": syntaxC,
	"css": syntaxC, "scss": syntaxC, "less": syntaxC, "sass": syntaxC, "swift": syntaxC, "d": syntaxC, "glsl": syntaxC, "hlsl": syntaxC,
	"cu": syntaxC, "cl": syntaxC, "v": syntaxC, "sv": syntaxC, "jsonc": syntaxC, "json5": syntaxC, "y": syntaxC, "l": syntaxC, "idl": syntaxC,
	"dtsi": syntaxC, "dts": syntaxC, "sol": syntaxC, "pde": syntaxC, "ino": syntaxC, "vala": syntaxC, "as": syntaxC, "fbs": syntaxC,
	"go": syntaxJS, "js": syntaxJS, "jsx": syntaxJS, "mjs": syntaxJS, "cjs": syntaxJS, "ts": syntaxJS, "tsx": syntaxJS, "mts": syntaxJS,
	"kt": syntaxC, "kts": syntaxC, "scala": syntaxC, "groovy": syntaxC, "gradle": syntaxC, "rs": syntaxRs, "zig": syntaxRs, "php": syntaxPHP,
	"py": syntaxPy, "pyi": syntaxPy, "pyx": syntaxPy, "pxd": syntaxPy, "bzl": syntaxPy, "gd": syntaxPy, "sage": syntaxPy, "scons": syntaxPy,
	"sh": syntaxSh, "bash": syntaxSh, "zsh": syntaxSh, "fish": syntaxSh, "ksh": syntaxSh, "yaml": syntaxSh, "yml": syntaxSh, "toml": syntaxSh,
	"mk": syntaxSh, "mak": syntaxSh, "am": syntaxSh, "cmake": syntaxSh, "tcl": syntaxSh, "r": syntaxSh, "jl": syntaxSh, "nix": syntaxSh, "awk": syntaxSh,
	"sed": syntaxSh, "ex": syntaxPy, "exs": syntaxPy, "tf": syntaxSh, "hcl": syntaxSh, "coffee": syntaxSh, "cr": syntaxSh, "nim": syntaxSh,
	"graphql": syntaxSh, "gyp": syntaxSh, "gn": syntaxSh, "bazel": syntaxPy, "service": syntaxIni, "ini": syntaxIni, "cfg": syntaxIni, "conf": syntaxIni,
	"properties": syntaxIni, "desktop": syntaxIni, "po": syntaxIni, "pot": syntaxIni, "gitignore": syntaxIni, "editorconfig": syntaxIni,
	"rb": syntaxRb, "rake": syntaxRb, "gemspec": syntaxRb, "pl": syntaxRb, "pm": syntaxRb, "t": syntaxRb, "ps1": syntaxRb, "psm1": syntaxRb,
	"sql": syntaxSQL, "psql": syntaxSQL, "lua": syntaxHs, "hs": syntaxHs, "elm": syntaxHs, "adb": syntaxHs, "ads": syntaxHs, "vhd": syntaxHs, "vhdl": syntaxHs,
	"el": syntaxEl, "lisp": syntaxEl, "clj": syntaxEl, "cljs": syntaxEl, "scm": syntaxEl, "rkt": syntaxEl, "ss": syntaxEl,
	"tex": syntaxTeX, "sty": syntaxTeX, "cls": syntaxTeX, "dtx": syntaxTeX, "bib": syntaxTeX, "erl": syntaxTeX, "hrl": syntaxTeX,
	"f": syntaxF90, "f77": syntaxF90, "f90": syntaxF90, "f95": syntaxF90, "f03": syntaxF90, "for": syntaxF90,
	"ml": syntaxML, "mli": syntaxML, "fs": syntaxML, "fsi": syntaxML, "fsx": syntaxML, "pas": syntaxML, "pp": syntaxML,
	"xml": syntaxXML, "svg": syntaxXML, "xsl": syntaxXML, "xslt": syntaxXML, "xsd": syntaxXML, "xaml": syntaxXML, "csproj": syntaxXML, "props": syntaxXML,
	"targets": syntaxXML, "plist": syntaxXML, "ui": syntaxXML, "qrc": syntaxXML, "resx": syntaxXML, "vue": syntaxVue, "svelte": syntaxVue, "jsp": syntaxVue,
	"vb": syntaxVB, "vbs": syntaxVB, "bas": syntaxVB, "frm": syntaxVB, "bat": syntaxVB, "cmd": syntaxVB, "vim": syntaxVim,
	"s": syntaxAsm, "asm": syntaxAsm, "json": noSyntax, "ipynb": noSyntax, "map": noSyntax, "lock": noSyntax, "csv": noSyntax, "tsv": noSyntax, "sum": noSyntax,
	"makefile": syntaxSh, "gnumakefile": syntaxSh, "dockerfile": syntaxSh, "containerfile": syntaxSh, "jenkinsfile": syntaxC, "gemfile": syntaxRb,
	"rakefile": syntaxRb, "vagrantfile": syntaxRb, "cmakelists.txt": syntaxSh, "sconstruct": syntaxPy, "build": syntaxPy, "workspace": syntaxPy,
}

// syntaxOf is the comment syntax for a path; nil when all of the file is text.
func syntaxOf(name string) *syntax {
	base := strings.ToLower(path.Base(name))
	for _, s := range []string{".in", ".tmpl", ".template", ".dist", ".license"} {
		if t, ok := strings.CutSuffix(base, s); ok && s == ".license" {
			return nil
		} else if ok {
			base = t
		}
	}
	if s, ok := syntaxes[base]; ok {
		return s
	}
	return syntaxes[strings.TrimPrefix(path.Ext(base), ".")]
}

// segment is a range of bytes that is comment, with the number of its first line.
type segment struct {
	from, to int
	line     int
}

// comments finds the comments of a source text.
func (s *syntax) comments(src []byte) []segment {
	if s == nil {
		return []segment{{0, len(src), 1}}
	}
	var interesting [256]bool
	for _, list := range [][]string{s.line, s.first} {
		for _, m := range list {
			interesting[m[0]] = true
		}
	}
	for _, b := range s.block {
		interesting[b[0][0]] = true
	}
	for _, q := range []byte(s.quotes + s.long) {
		interesting[q] = true
	}
	var found []segment
	line, counted := 1, 0
	for i := 0; i < len(src); {
		if !interesting[src[i]] {
			i++
			continue
		}
		to, comment := s.at(src, i)
		if comment {
			line += bytes.Count(src[counted:i], []byte{'\n'})
			counted = i
			found = append(found, segment{i, to, line})
		}
		i = max(to, i+1)
	}
	return found
}

// at reads the comment or string that starts at i; to is i when neither does.
func (s *syntax) at(src []byte, i int) (to int, comment bool) {
	rest := src[i:]
	for _, b := range s.block {
		if hasPrefix(rest, b[0]) {
			if end := bytes.Index(rest[len(b[0]):], []byte(b[1])); end >= 0 {
				return i + len(b[0]) + end + len(b[1]), true
			}
			return len(src), true
		}
	}
	for _, m := range s.line {
		if hasPrefix(rest, m) && (!s.spaced || i == 0 || strings.IndexByte(" \t\n\r()[]{};,", src[i-1]) >= 0) && (i == 0 || src[i-1] != '\\') {
			return i + lineEnd(rest), true
		}
	}
	for _, m := range s.first {
		if hasPrefix(rest, m) && blankBefore(src, i) {
			return i + lineEnd(rest), true
		}
	}
	if s.triple && len(rest) > 5 && rest[0] == rest[1] && rest[1] == rest[2] && (rest[0] == '"' || rest[0] == '\'') {
		end := bytes.Index(rest[3:], rest[:3])
		if end < 0 {
			return len(src), false
		}
		return i + 6 + end, blankBefore(src, i)
	}
	switch {
	case strings.IndexByte(s.quotes, rest[0]) >= 0:
		return i + stringEnd(rest, true), false
	case strings.IndexByte(s.long, rest[0]) >= 0:
		return i + stringEnd(rest, false), false
	}
	return i, false
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func lineEnd(b []byte) int {
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return n
	}
	return len(b)
}

// blankBefore reports whether only spaces and a string's prefix letter stand before i on its line.
func blankBefore(src []byte, i int) bool {
	if i > 0 && strings.IndexByte("rRuUbB", src[i-1]) >= 0 {
		i--
	}
	for i--; i >= 0 && src[i] != '\n'; i-- {
		if src[i] != ' ' && src[i] != '\t' && src[i] != '\r' {
			return false
		}
	}
	return true
}

// stringEnd is where the string that b starts with ends; one of a single line ends with it whatever happens.
func stringEnd(b []byte, single bool) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '\n':
			if single {
				return i
			}
		case b[0]:
			return i + 1
		}
	}
	return len(b)
}
