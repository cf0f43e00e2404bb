// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"slices"
	"strings"
)

// preferred is what an extension shared by several languages means when the content does not tell otherwise: the
// commonest use first.
var preferred = []string{
	"C", "JavaScript", "TypeScript", "Python", "PHP", "Perl", "Rust", "C#", "SQL", "HTML", "Markdown", "YAML", "JSON", "Shell",
	"Objective-C", "C++", "Ruby", "INI", "Makefile", "D", "Lua", "R", "OCaml", "F#", "GLSL", "Verilog", "TeX", "Common Lisp",
	"Lex", "Roff", "Assembly", "Unix Assembly", "Prolog", "Fortran", "Scheme", "Smalltalk", "Scala", "Erlang", "MATLAB",
	"Visual Basic 6.0", "BitBake", "AsciiDoc", "XML", "GAP", "CUE", "Elixir", "Pascal", "M4", "Objective-C++", "OpenCL",
	"Protocol Buffer Text Format", "Ecmarkup", "Text",
}

// A clue is text that tells one of the languages that share an extension.
type clue struct {
	lang string
	// one of these must stand at the start of a line, after white space, or anywhere when the clue starts with *
	marks []string
}

// clues are tried in order on the first 16 KB of a file.
var clues = map[string][]clue{
	".h": {
		{"Objective-C", []string{"@interface", "@protocol", "@property", "@class ", "#import ", "@end"}},
		{"C++", []string{"namespace ", "template<", "template <", "class ", "public:", "private:", "protected:", "using ", "virtual ",
			"*std::", "#include <string>", "#include <vector>", "#include <memory>", "#include <map>", "#include <cstdint>",
			"#include <iostream>", "constexpr ", "explicit "}},
	},
	".m": {
		{"Objective-C", []string{"@interface", "@implementation", "@protocol", "@end", "#import ", "@import", "#include"}},
		{"Mercury", []string{":- module"}},
		{"Wolfram Language", []string{"(*", "BeginPackage["}},
		{"MATLAB", []string{"function ", "%", "end", "*="}},
	},
	".mm": {{"XML", []string{"<?xml", "<map"}}, {"Objective-C++", []string{"*"}}},
	".pl": {
		{"Prolog", []string{":- "}},
		{"Raku", []string{"use v6"}},
	},
	".pm":  {{"Raku", []string{"use v6"}}, {"X PixMap", []string{"/* XPM"}}},
	".t":   {{"Perl", []string{"use strict", "use warnings", "use Test", "#!/usr/bin/perl", "my $", "require "}}, {"Raku", []string{"use v6"}}},
	".ts":  {{"XML", []string{"<TS", "<?xml"}}},
	".tsx": {{"XML", []string{"<?xml", "<tileset"}}, {"TSX", []string{"*"}}},
	".php": {{"Hack", []string{"<?hh"}}},
	".hh":  {{"Hack", []string{"<?hh"}}, {"C++", []string{"*"}}},
	".rs":  {{"XML", []string{"<?xml"}}, {"RenderScript", []string{"#pragma rs", "#pragma version"}}},
	".cs":  {{"Smalltalk", []string{"!"}}},
	".md":  {{"GCC Machine Description", []string{";;", "(define_"}}},
	".sql": {
		{"PLpgSQL", []string{"*$$PLPGSQL", "*LANGUAGE plpgsql", "*language plpgsql", "*LANGUAGE 'plpgsql'", "*$$ LANGUAGE"}},
		{"SQLPL", []string{"*ALTER MODULE", "*MODE DB2SQL"}},
		{"PLSQL", []string{"*$$PLSQL", "*CREATE OR REPLACE PACKAGE", "*create or replace package", "*pragma autonomous", "*VARCHAR2", "*varchar2"}},
		{"TSQL", []string{"GO\r", "GO\n", "*[dbo].", "*DECLARE @", "*nvarchar("}},
	},
	".inc":   {{"PHP", []string{"<?php", "<?"}}, {"C++", []string{"#include", "#define", "#if", "//", "/*"}}, {"HTML", []string{"<"}}},
	".s":     {{"Unix Assembly", []string{"*"}}},
	".v":     {{"Verilog", []string{"module ", "endmodule", "`timescale", "always @"}}, {"Rocq Prover", []string{"Theorem ", "Require ", "Lemma "}}, {"V", []string{"fn ", "pub fn"}}},
	".txt":   {{"Text", []string{"*"}}},
	".d":     {{"Makefile", []string{"*.o:", "*.o :", "*: \\"}}, {"DTrace", []string{"#!/usr/sbin/dtrace", "#pragma D option"}}},
	".mod":   {{"XML", []string{"<?xml", "<!ENTITY"}}, {"Modula-2", []string{"MODULE ", "IMPLEMENTATION"}}, {"AMPL", []string{"param ", "var ", "set "}}, {"Linux Kernel Module", []string{"*.ko", "*.o"}}},
	".fs":    {{"F#", []string{"let ", "open ", "module ", "namespace ", "type "}}, {"GLSL", []string{"#version", "precision ", "uniform ", "varying "}}, {"Forth", []string{": "}}},
	".asc":   {{"Public Key", []string{"-----BEGIN"}}, {"AsciiDoc", []string{"="}}},
	".ml":    {{"OCaml", []string{"*"}}},
	".r":     {{"Rebol", []string{"REBOL"}}, {"R", []string{"*"}}},
	".cls":   {{"TeX", []string{"\\"}}, {"Apex", []string{"public ", "global ", "private "}}, {"Visual Basic 6.0", []string{"VERSION "}}},
	".plist": {{"XML Property List", []string{"<?xml", "<plist"}}, {"OpenStep Property List", []string{"*"}}},
	".st":    {{"StringTemplate", []string{"delimiters"}}},
	".pro":   {{"QMake", []string{"*+=", "TEMPLATE", "QT "}}, {"INI", []string{"["}}},
	".frag":  {{"GLSL", []string{"*"}}},
	".y":     {{"Yacc", []string{"*"}}},
}

// disambiguate chooses between the languages that share a file's extension.
func disambiguate(name string, src []byte, candidates []string) string {
	ext := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	head := src[:min(len(src), 16<<10)]
	if len(ext) > 0 && (ext[0] >= '1' && ext[0] <= '9' || slices.Contains(candidates, "Roff Manpage")) && slices.Contains(candidates, "Roff") {
		return manual(head)
	}
	for _, c := range clues["."+ext] {
		if slices.Contains(candidates, c.lang) && c.found(head) {
			return c.lang
		}
	}
	for _, lang := range preferred {
		if slices.Contains(candidates, lang) {
			return lang
		}
	}
	return candidates[0]
}

func (c clue) found(head []byte) bool {
	for _, m := range c.marks {
		if m == "*" || m[0] == '*' && bytes.Contains(head, []byte(m[1:])) || m[0] != '*' && startsLine(head, m) {
			return true
		}
	}
	return false
}

// startsLine tells whether a line of the text starts with mark, after white space.
func startsLine(text []byte, mark string) bool {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(mark))
		if i < 0 {
			return false
		}
		at := from + i
		before := at
		for before > 0 && (text[before-1] == ' ' || text[before-1] == '\t') {
			before--
		}
		if before == 0 || text[before-1] == '\n' || text[before-1] == 0xbf {
			return true
		}
		from = at + 1
	}
}

// manual tells a manual page from other texts that end in a digit.
func manual(head []byte) string {
	switch {
	case startsLine(head, ".TH ") || startsLine(head, ".Dd ") || startsLine(head, ".so "):
		return "Roff Manpage"
	case startsLine(head, ".\\\"") || startsLine(head, "'\\\""):
		return "Roff"
	}
	return unknownLanguage
}
