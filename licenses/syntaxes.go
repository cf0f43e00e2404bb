// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"path"
	"strings"
)

var (
	double    = quote{open: `"`, end: `"`}
	single    = quote{open: "'", end: "'"}
	long      = quote{open: `"`, end: `"`, lines: true}
	longOne   = quote{open: "'", end: "'", lines: true}
	backtick  = quote{open: "`", end: "`", lines: true}
	triple    = quote{open: `"""`, end: `"""`, lines: true}
	tripleOne = quote{open: "'''", end: "'''", lines: true}
	verbatim  = quote{open: `@"`, end: `"`, escape: doubled, lines: true}

	cBlock   = block{open: "/*", end: "*/"}
	cNested  = block{open: "/*", end: "*/", nested: true}
	xmlBlock = block{open: "<!--", end: "-->"}
	mlBlock  = block{open: "(*", end: "*)", nested: true}
	hsBlock  = block{open: "{-", end: "-}", nested: true}
	elBlock  = block{open: "#|", end: "|#", nested: true}

	slashes = []string{"//"}
	hash    = []string{"#"}
	dashes  = []string{"--"}
)

var (
	syntaxC     = newSyntax(syntax{line: slashes, block: []block{cBlock}, quotes: []quote{double, single}, odd: oddC, signs: "R'"})
	syntaxText  = newSyntax(syntax{line: slashes, block: []block{cBlock}, quotes: []quote{triple, double, single}}) // Java, Groovy, GraphQL's like
	syntaxNest  = newSyntax(syntax{line: slashes, block: []block{cNested}, quotes: []quote{triple, tripleOne, double, single}})
	syntaxSwift = newSyntax(syntax{line: slashes, block: []block{cNested}, quotes: []quote{{open: `#"`, end: `"#`, escape: raw, lines: true}, triple, double}})
	syntaxCs    = newSyntax(syntax{line: slashes, block: []block{cBlock}, quotes: []quote{{open: `"""`, end: `"""`, escape: raw, lines: true},
		verbatim, {open: `@$"`, end: `"`, escape: doubled, lines: true}, double, single}})
	syntaxD      = newSyntax(syntax{line: slashes, block: []block{cBlock, {open: "/+", end: "+/", nested: true}}, quotes: []quote{{open: `r"`, end: `"`, escape: raw, lines: true}, {open: "`", end: "`", escape: raw, lines: true}, long, single}})
	syntaxGo     = newSyntax(syntax{line: slashes, block: []block{cBlock}, quotes: []quote{{open: "`", end: "`", escape: raw, lines: true}, double, single}})
	syntaxJS     = newSyntax(syntax{line: slashes, block: []block{cBlock}, quotes: []quote{double, single, backtick}, odd: oddJS, signs: "/"})
	syntaxCSS    = newSyntax(syntax{block: []block{cBlock}, quotes: []quote{double, single}})
	syntaxRs     = newSyntax(syntax{line: slashes, block: []block{cNested}, quotes: []quote{long}, odd: oddRust, signs: "r'"})
	syntaxZig    = newSyntax(syntax{line: slashes, first: nil, quotes: []quote{double, {open: `\\`, end: "\n", escape: raw}}})
	syntaxPHP    = newSyntax(syntax{line: []string{"//", "#"}, block: []block{cBlock}, quotes: []quote{long, longOne}, odd: oddPHP, signs: "\n<#", embed: true})
	syntaxPy     = newSyntax(syntax{line: hash, first: []string{"__license__", "__licence__"}, quotes: []quote{{open: `"""`, end: `"""`, lines: true, doc: true}, {open: "'''", end: "'''", lines: true, doc: true}, double, single}, odd: oddPython, signs: "([{}])"})
	syntaxExs    = newSyntax(syntax{line: hash, quotes: []quote{{open: `"""`, end: `"""`, lines: true, doc: true}, tripleOne, long, single}, odd: oddPython, signs: "([{}])"})
	syntaxJl     = newSyntax(syntax{line: hash, block: []block{{open: "#=", end: "=#", nested: true}}, quotes: []quote{{open: `"""`, end: `"""`, lines: true, doc: true}, long}, odd: oddPython, signs: "([{}])"})
	syntaxNim    = newSyntax(syntax{line: hash, block: []block{{open: "#[", end: "]#", nested: true}}, quotes: []quote{{open: `"""`, end: `"""`, escape: raw, lines: true}, double}})
	syntaxSh     = newSyntax(syntax{line: hash, quotes: []quote{long, {open: "'", end: "'", escape: raw, lines: true}}, odd: oddShell, signs: "\n<\\", spaced: true})
	syntaxHash   = newSyntax(syntax{line: hash, quotes: []quote{double, {open: "'", end: "'", word: true}}, spaced: true})
	syntaxM4     = newSyntax(syntax{line: hash, first: []string{"dnl"}, quotes: []quote{double, {open: "'", end: "'", word: true}}, spaced: true})
	syntaxYAML   = newSyntax(syntax{line: hash, quotes: []quote{{open: `"`, end: `"`, lines: true, word: true}, {open: "'", end: "'", escape: doubled, lines: true, word: true}}, odd: oddYAML, signs: "|>", spaced: true})
	syntaxTOML   = newSyntax(syntax{line: hash, quotes: []quote{triple, {open: "'''", end: "'''", escape: raw, lines: true}, double, {open: "'", end: "'", escape: raw}}})
	syntaxHCL    = newSyntax(syntax{line: []string{"#", "//"}, block: []block{cBlock}, quotes: []quote{double}, odd: oddShell, signs: "\n<"})
	syntaxNix    = newSyntax(syntax{line: hash, block: []block{cBlock}, quotes: []quote{{open: "''", end: "''", escape: raw, lines: true}, long}})
	syntaxGql    = newSyntax(syntax{line: hash, quotes: []quote{{open: `"""`, end: `"""`, lines: true, doc: true}, double}})
	syntaxCMake  = newSyntax(syntax{line: hash, block: []block{{open: "#[[", end: "]]"}, {open: "#[=[", end: "]=]"}}, quotes: []quote{long}, spaced: true})
	syntaxPs1    = newSyntax(syntax{line: hash, block: []block{{open: "<#", end: "#>"}}, quotes: []quote{{open: "@\"", end: "\n\"@", escape: raw, lines: true}, {open: "@'", end: "\n'@", escape: raw, lines: true}, double, single}, spaced: true})
	syntaxCoffee = newSyntax(syntax{line: hash, block: []block{{open: "###", end: "###"}}, quotes: []quote{triple, tripleOne, double, single}, spaced: true})
	syntaxRb     = newSyntax(syntax{line: hash, quotes: []quote{double, single}, odd: oddRuby, signs: "\n<=_", spaced: true})
	syntaxPl     = newSyntax(syntax{line: hash, quotes: []quote{double, single}, odd: oddPerl, signs: "\n<=_", spaced: true})
	syntaxSQL    = newSyntax(syntax{line: dashes, first: hash, block: []block{cNested}, quotes: []quote{{open: "'", end: "'", escape: doubled, lines: true}, double}, odd: oddSQL, signs: "$"})
	syntaxLua    = newSyntax(syntax{line: dashes, quotes: []quote{double, single}, odd: oddLua, signs: "[-"})
	syntaxHs     = newSyntax(syntax{line: dashes, block: []block{hsBlock}, quotes: []quote{double}})
	syntaxAda    = newSyntax(syntax{line: dashes, quotes: []quote{{open: `"`, end: `"`, escape: doubled}}})
	syntaxEl     = newSyntax(syntax{line: []string{";"}, block: []block{elBlock}, quotes: []quote{long}})
	syntaxTeX    = newSyntax(syntax{line: []string{"%"}})
	syntaxErl    = newSyntax(syntax{line: []string{"%"}, quotes: []quote{double}})
	syntaxF90    = newSyntax(syntax{line: []string{"!"}, first: []string{"c ", "C ", "*", "c\t", "C\t"}, quotes: []quote{double, single}})
	syntaxML     = newSyntax(syntax{block: []block{mlBlock}, quotes: []quote{{open: "{|", end: "|}", escape: raw, lines: true}, long}})
	syntaxFs     = newSyntax(syntax{line: slashes, block: []block{mlBlock}, quotes: []quote{triple, verbatim, long}})
	syntaxPas    = newSyntax(syntax{line: slashes, block: []block{{open: "(*", end: "*)"}, {open: "{", end: "}"}}, quotes: []quote{{open: "'", end: "'", escape: doubled}}})
	syntaxXML    = newSyntax(syntax{block: []block{xmlBlock}, quotes: []quote{{open: "<![CDATA[", end: "]]>", escape: raw, lines: true}}})
	syntaxVue    = newSyntax(syntax{line: slashes, block: []block{xmlBlock, cBlock}, quotes: []quote{double, {open: "'", end: "'", word: true}}})
	syntaxVB     = newSyntax(syntax{first: []string{"'", "rem ", "REM ", "Rem ", "::", "@rem ", "@REM "}})
	syntaxVim    = newSyntax(syntax{first: []string{`"`, "#"}})
	syntaxAsm    = newSyntax(syntax{line: []string{"//", ";", "#", "@", "!"}, block: []block{cBlock}, quotes: []quote{double}, spaced: true})
	syntaxIni    = newSyntax(syntax{first: []string{"#", ";", "!"}})
	syntaxMat    = newSyntax(syntax{line: []string{"%", "#"}, quotes: []quote{double}, spaced: true})
	noSyntax     = newSyntax(syntax{})
)

// languages are the file endings, and the whole names of files without one, by syntax.
var languages = []struct {
	syntax *syntax
	names  string
}{
	{syntaxC, `c h cc cpp cxx c++ hpp hh hxx inl ipp tcc m mm proto thrift idl glsl hlsl vert frag geom comp wgsl metal cu cuh cl v sv svh vh
		jsonc json5 y yy l ll dtsi dts sol pde ino as fbs capnp jenkinsfile scss less sass rc qml stan bicep prisma mo`},
	{syntaxText, "java groovy gradle jsp aj"},
	{syntaxNest, "kt kts scala sbt sc dart vala odin"},
	{syntaxSwift, "swift"}, {syntaxCs, "cs csx"}, {syntaxD, "d di"}, {syntaxGo, "go"}, {syntaxCSS, "css pcss"},
	{syntaxJS, "js jsx mjs cjs ts tsx mts cts es es6 gs"},
	{syntaxRs, "rs"}, {syntaxZig, "zig"}, {syntaxPHP, "php php3 php4 php5 phtml phps"},
	{syntaxPy, "py pyi pyx pxd pxi bzl gd sage scons sconstruct build workspace bazel star wscript"},
	{syntaxExs, "ex exs"}, {syntaxJl, "jl"}, {syntaxNim, "nim nims"},
	{syntaxSh, "sh bash zsh fish ksh csh bats ebuild eclass"},
	{syntaxHash, `mk mak make am tcl r awk sed cr gyp gypi gn ninja makefile gnumakefile dockerfile containerfile po pot gitignore gitattributes dockerignore
		pri pro rego pp raku`},
	{syntaxM4, "m4 ac"}, {syntaxYAML, "yaml yml"}, {syntaxTOML, "toml"}, {syntaxHCL, "tf hcl tfvars"}, {syntaxNix, "nix"}, {syntaxGql, "graphql gql"},
	{syntaxCMake, "cmake cmakelists.txt"}, {syntaxPs1, "ps1 psm1 psd1"}, {syntaxCoffee, "coffee"},
	{syntaxRb, "rb rake ru podspec rbi rbs gemspec gemfile rakefile vagrantfile podfile brewfile fastfile"},
	{syntaxPl, "pl pm t perl pod xs"}, {syntaxSQL, "sql psql pgsql plsql pks pkb ddl"}, {syntaxLua, "lua tl rockspec"}, {syntaxHs, "hs lhs elm purs idr agda dhall"},
	{syntaxAda, "adb ads ada vhd vhdl gpr"}, {syntaxEl, "el lisp lsp cl clj cljs cljc edn scm rkt ss sld fnl"},
	{syntaxTeX, "tex sty cls dtx ins bib ltx"}, {syntaxErl, "erl hrl"}, {syntaxF90, "f f77 f90 f95 f03 f08 for ftn"},
	{syntaxML, "ml mli mll mly"}, {syntaxFs, "fs fsi fsx"}, {syntaxPas, "pas dpr lpr"},
	{syntaxXML, "xml svg xsl xslt xsd xaml csproj vbproj fsproj props targets plist ui qrc resx rng dtd wsdl axml storyboard xib"},
	{syntaxVue, "vue svelte astro"}, {syntaxVB, "vb vbs bas frm bat cmd"}, {syntaxVim, "vim"}, {syntaxAsm, "s asm"},
	{syntaxIni, "service ini cfg conf properties desktop editorconfig npmrc"}, {syntaxMat, "octave"},
	{noSyntax, "json geojson map lock csv tsv sum snap golden ndjson jsonl har topojson webmanifest"},
}

var syntaxes = func() map[string]*syntax {
	m := map[string]*syntax{}
	for _, l := range languages {
		for name := range strings.FieldsSeq(l.names) {
			m[name] = l.syntax
		}
	}
	return m
}()

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
	if t, ok := strings.CutSuffix(base, ".cmake"); ok { // config.h.cmake becomes config.h
		if s := syntaxes[strings.TrimPrefix(path.Ext(t), ".")]; s == syntaxC {
			return s
		}
	}
	return syntaxes[strings.TrimPrefix(path.Ext(base), ".")]
}

// syntaxIn is the comment syntax of a file: a name that does not tell leaves it to the program that the first line asks for.
func syntaxIn(name string, text []byte) *syntax {
	if s := syntaxOf(name); s != nil || !hasPrefix(text, "#!") {
		return s
	}
	line := string(text[2:lineEnd(text[:min(len(text), 200)])])
	for word := range strings.FieldsSeq(line) {
		program := strings.TrimRight(path.Base(word), "0123456789.")
		if ending, ok := interpreters[program]; ok {
			return syntaxes[ending]
		}
	}
	return syntaxHash
}

// interpreters are the programs that run scripts, with an ending of their language.
var interpreters = map[string]string{"sh": "sh", "bash": "sh", "dash": "sh", "zsh": "sh", "ksh": "sh", "fish": "sh", "csh": "sh", "tcsh": "sh",
	"python": "py", "pypy": "py", "ruby": "rb", "jruby": "rb", "perl": "pl", "php": "php", "node": "js", "nodejs": "js", "deno": "ts", "bun": "ts", "lua": "lua", "luajit": "lua",
	"awk": "awk", "gawk": "awk", "sed": "sed", "tclsh": "tcl", "wish": "tcl", "rscript": "r", "Rscript": "r", "julia": "jl", "elixir": "ex", "escript": "erl",
	"groovy": "groovy", "scala": "scala", "guile": "scm", "racket": "rkt", "sbcl": "lisp", "emacs": "el", "ocaml": "ml", "runhaskell": "hs", "runghc": "hs", "pwsh": "ps1",
	"make": "mk"}
