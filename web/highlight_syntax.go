// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import "strings"

// syntaxes holds what highlighting knows, by go-enry's name of the language.
var syntaxes = buildSyntaxes()

func buildSyntaxes() map[string]*syntax {
	slash := []string{"//"}
	stars := [][2]string{{"/*", "*/"}}
	hash := []string{"#"}
	all := map[string]*syntax{
		"Go": {line: slash, block: stars, quotes: `"`, chars: true, raw: []quoting{{"`", "`", true}}, keywords: set(`break case chan
			const continue default defer else fallthrough for func go goto if import interface map package range return
			select struct switch type var nil true false`)},
		"Go Module": {line: slash, quotes: `"`},
		"Python": {line: hash, quotes: `"'`, raw: []quoting{{`"""`, `"""`, false}, {`'''`, `'''`, false}}, keywords: set(`and as assert async
			await break case class continue def del elif else except finally for from global if import in is lambda match
			nonlocal not or pass raise return try while with yield None True False`)},
		"JavaScript": {line: slash, block: stars, quotes: `"'`, raw: []quoting{{"`", "`", false}}, slashes: true, keywords: set(js)},
		"TypeScript": {line: slash, block: stars, quotes: `"'`, raw: []quoting{{"`", "`", false}}, slashes: true,
			keywords: set(js + ` abstract as declare enum implements interface keyof namespace private protected public
			readonly satisfies type unknown never`)},
		"Java": {line: slash, block: stars, quotes: `"`, chars: true, raw: []quoting{{`"""`, `"""`, false}}, keywords: set(`abstract
			assert boolean break byte case catch char class continue default do double else enum extends final finally
			float for if implements import instanceof int interface long native new package private protected public
			record return sealed short static strictfp super switch synchronized this throw throws transient try var void
			volatile while null true false`)},
		"C": {line: slash, block: stars, quotes: `"`, chars: true, keywords: set(c)},
		"C++": {line: slash, block: stars, quotes: `"`, chars: true, keywords: set(c + ` alignas alignof and auto bool catch
			class concept consteval constexpr constinit const_cast co_await co_return co_yield decltype delete
			dynamic_cast explicit export false final friend mutable namespace new noexcept not nullptr operator or
			override private protected public reinterpret_cast requires static_assert static_cast template this
			thread_local throw true try typeid typename using virtual`)},
		"PHP": {line: []string{"//", "#"}, block: stars, quotes: `"'`, folded: true, keywords: set(`abstract and array as break
			callable case catch class clone const continue declare default do echo else elseif empty enum extends final
			finally fn for foreach function global if implements include include_once instanceof insteadof interface isset
			list match namespace new null or print private protected public readonly require require_once return static
			switch throw trait true false try unset use var while xor yield php`)},
		"Rust": {line: slash, block: stars, nested: true, chars: true, raw: []quoting{{`"`, `"`, false}}, hashes: true, keywords: set(`as
			async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut
			pub ref return self Self static struct super trait true type union unsafe use where while`)},
		"Ruby": {line: hash, spaced: true, quotes: `"'`, keywords: set(`alias and begin
			break case class def defined do else elsif end ensure extend false for if in include module next nil not or
			private protected public raise redo require require_relative rescue retry return self super then true undef
			unless until when while yield attr_accessor attr_reader attr_writer`)},
		"C#": {line: slash, block: stars, quotes: `"`, chars: true, raw: []quoting{{`"""`, `"""`, false}}, keywords: set(`abstract as
			async await base bool break byte case catch char checked class const continue decimal default delegate do
			double else enum event explicit extern false finally fixed float for foreach get goto if implicit in init int
			interface internal is lock long namespace new null object operator out override params partial private
			protected public readonly record ref return sbyte sealed set short sizeof static string struct switch this
			throw true try typeof uint ulong unchecked unsafe ushort using var virtual void volatile when where while
			with yield`)},
		"Kotlin": {line: slash, block: stars, nested: true, quotes: `"`, chars: true, raw: []quoting{{`"""`, `"""`, false}},
			keywords: set(`abstract annotation as break by catch class companion const constructor continue crossinline data
			do else enum external false final finally for fun get if import in infix init inline inner interface internal is
			lateinit null object open operator out override package private protected public reified return sealed set
			super suspend tailrec this throw true try typealias val var vararg when where while`)},
		"Swift": {line: slash, block: stars, nested: true, quotes: `"`, raw: []quoting{{`"""`, `"""`, false}}, keywords: set(`actor as
			associatedtype async await break case catch class continue default defer deinit do else enum extension
			fallthrough false fileprivate for func guard if import in init inout internal is let nil open operator private
			protocol public repeat rethrows return self Self static struct subscript super switch throw throws true try
			typealias var where while`)},
		"Shell": {line: hash, spaced: true, quotes: "", raw: []quoting{{`"`, `"`, false}, {`'`, `'`, true}}, keywords: set(`case do done elif
			else esac export fi for function if in local readonly return select set shift source then trap unset until
			while`)},
		"SQL": {line: []string{"--"}, block: stars, quotes: `'`, doubled: true, folded: true, keywords: set(`add after all alter and
			as asc begin between by cascade case check column commit constraint create cross database declare default
			delete desc distinct drop else end except exists false for foreign from full function grant group having if in
			index inner insert intersect into is join key language left like limit not null offset on or order outer
			primary procedure references replace returning returns revoke right rollback select set table then to trigger
			true union unique update using values view when where with`)},
		"CSS":             {block: stars, quotes: `"'`, dash: true, keywords: set(`@media @import @font-face @supports @keyframes @layer @charset @page @container`)},
		"SCSS":            {line: slash, block: stars, quotes: `"'`, dash: true, keywords: set(`@media @import @use @mixin @include @extend @function @return @if @else @each @for @while`)},
		"YAML":            {line: hash, spaced: true, quotes: `"'`, keys: ':', dash: true, keywords: set(`true false null`)},
		"TOML":            {line: hash, quotes: `"'`, raw: []quoting{{`"""`, `"""`, false}, {`'''`, `'''`, false}}, keys: '=', dash: true, keywords: set(`true false`)},
		"INI":             {line: []string{"#", ";"}, spaced: true, keys: '=', dash: true},
		"JSON":            {line: slash, block: stars, quotes: `"`, keywords: set(`true false null`)},
		"HTML":            {block: [][2]string{{"<!--", "-->"}}, markup: true},
		"XML":             {block: [][2]string{{"<!--", "-->"}}, raw: []quoting{{"<![CDATA[", "]]", true}}, markup: true},
		"Dockerfile":      {line: hash, spaced: true, quotes: `"'`, keywords: set(`FROM AS RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL`)},
		"Makefile":        {line: hash, quotes: "", keys: ':', dash: true, keywords: set(`ifeq ifneq ifdef ifndef else endif include define endef export override`)},
		"Lua":             {line: []string{"--"}, quotes: `"'`, raw: []quoting{{"[[", "]]", true}}, keywords: set(`and break do else elseif end false for function goto if in local nil not or repeat return then true until while`)},
		"Perl":            {line: hash, spaced: true, quotes: `"'`, keywords: set(`my our local sub if elsif else unless while until for foreach return use no package require die last next redo and or not eq ne lt gt le ge cmp`)},
		"R":               {line: hash, quotes: `"'`, keywords: set(`if else repeat while function for next break TRUE FALSE NULL NA Inf NaN in`)},
		"Julia":           {line: hash, quotes: `"`, raw: []quoting{{`"""`, `"""`, false}}, keywords: set(`baremodule begin break catch const continue do else elseif end export false finally for function global if import let local macro module quote return struct true try using while`)},
		"Haskell":         {line: []string{"--"}, block: [][2]string{{"{-", "-}"}}, nested: true, quotes: `"`, keywords: set(`case class data default deriving do else forall foreign hiding if import in infix infixl infixr instance let module newtype of qualified then type where`)},
		"Protocol Buffer": {line: slash, block: stars, quotes: `"'`, keywords: set(`syntax import package option message enum service rpc returns repeated optional required oneof map reserved extend stream true false`)},
	}
	for alias, of := range map[string]string{
		"JSX": "JavaScript", "TSX": "TypeScript", "Vue": "HTML", "Svelte": "HTML", "SVG": "XML", "Less": "SCSS",
		"Objective-C": "C", "Objective-C++": "C++", "Scala": "Kotlin", "Groovy": "Java", "Dart": "Java", "PLpgSQL": "SQL",
		"PLSQL": "SQL", "TSQL": "SQL", "JSON with Comments": "JSON", "Zsh": "Shell", "Bash": "Shell", "Cython": "Python",
		"Starlark": "Python", "Cuda": "C++", "HCL": "TOML", "Nix": "Shell", "XSLT": "XML", "CMake": "Makefile",
		"GLSL": "C", "Zig": "C", "Crystal": "Ruby", "Properties": "INI", "desktop": "INI", "Java Properties": "INI",
	} {
		all[alias] = all[of]
	}
	return all
}

const js = `async await break case catch class const continue debugger default delete do else export extends false finally for
	from function get if import in instanceof let new null of return set static super switch this throw true try typeof
	undefined var void while with yield`

const c = `auto break case char const continue default do double else enum extern float for goto if inline int long register
	restrict return short signed sizeof static struct switch typedef union unsigned void volatile while define elif endif
	ifdef ifndef include pragma undef NULL bool true false`

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}
