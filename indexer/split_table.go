// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// The lexicons that several languages share.
var (
	cLexicon     = lexicon{slash: true, preprocessor: true}
	cppLexicon   = lexicon{slash: true, preprocessor: true, cppRaw: true}
	javaLexicon  = lexicon{slash: true, triple: true, dollar: true}
	slashLexicon = lexicon{slash: true}
	goLexicon    = lexicon{slash: true, backtickRaw: true}
)

// braceGrammars holds what splits by braces. A new language is a new line.
var braceGrammars = map[string]*grammar{
	"C":           cGrammar,
	"C++":         cppGrammar,
	"Objective-C": cGrammar,
	"Cuda":        cppGrammar, "GLSL": cppGrammar, "HLSL": cppGrammar, "Metal": cppGrammar, "OpenCL": cppGrammar,
	"Objective-C++": cppGrammar, "Vala": valaGrammar, "Arduino": cppGrammar,
	"Java": javaGrammar,
	"Groovy": {
		lex:        lexicon{slash: true, triple: true, triple1: true, dollar: true, interpolate: "${"},
		containers: containers("class=class interface=interface enum=enum trait=trait"),
		newlines:   true, open: openTyped,
	},
	"C#": {
		lex:        lexicon{slash: true, preprocessor: true, verbatim: true},
		containers: containers("class=class struct=struct interface=interface enum=enum record=class namespace=module"),
		exprBody:   true, bodiless: wordSet("abstract record class struct interface"), local: true, primary: true, accessors: true,
		open: openTyped, finish: finishTyped,
	},
	"Dart": {
		lex:        lexicon{slash: true, nested: true, triple: true, triple1: true, interpolate: "${", dollar: true},
		containers: containers("class=class mixin=trait enum=enum extension=class"),
		exprBody:   true, local: true, open: openTyped, finish: finishTyped,
	},
	"D": {
		lex:        lexicon{slash: true, backtickRaw: true},
		containers: containers("class=class struct=struct interface=interface enum=enum union=struct template=class"),
		local:      true, primary: true, open: openTyped,
	},
	"Rust": {
		lex:        lexicon{slash: true, nested: true, lifetimes: true, multiline: true},
		containers: containers("struct=struct enum=enum union=struct trait=trait impl=class mod=module macro_rules=function"),
		functions:  wordSet("fn"), bodiless: wordSet("fn struct type"), primary: true, open: openKeyword, finish: finishKeyword,
	},
	"PHP": {
		lex:        lexicon{slash: true, hash: true, php: true, dollar: true, multiline: true},
		containers: containers("class=class interface=interface trait=trait enum=enum namespace=module"),
		functions:  wordSet("function"), bodiless: wordSet("function"), open: openKeyword, finish: finishKeyword,
	},
	"Hack": {
		lex:        lexicon{slash: true, hash: true, dollar: true, multiline: true},
		containers: containers("class=class interface=interface trait=trait enum=enum namespace=module"),
		functions:  wordSet("function"), bodiless: wordSet("function"), open: openKeyword, finish: finishKeyword,
	},
	"Kotlin": {
		lex:        lexicon{slash: true, nested: true, triple: true, backtickName: true, interpolate: "${"},
		containers: containers("class=class interface=interface object=class enum=enum"),
		functions:  wordSet("fun constructor"), newlines: true, exprBody: true, primary: true, accessors: true, joinsNext: kotlinJoinsNext,
		bodiless: wordSet("fun constructor class object interface typealias"), open: openKeyword, finish: finishKeyword,
	},
	"Swift": {
		lex:        lexicon{slash: true, nested: true, triple: true, backtickName: true, interpolate: `\(`, noSingle: true, preprocessor: true},
		containers: containers("class=class struct=struct enum=enum protocol=interface extension=class actor=class"),
		functions:  wordSet("func init deinit subscript"), newlines: true, bodiless: wordSet("typealias"),
		open: openKeyword, finish: finishKeyword,
	},
	"Scala": {
		lex:        lexicon{slash: true, nested: true, triple: true, backtickName: true, lifetimes: true},
		containers: containers("class=class object=class trait=trait enum=enum"),
		functions:  wordSet("def"), newlines: true, exprBody: true, primary: true,
		bodiless: wordSet("class object trait type"), open: openKeyword, finish: finishKeyword,
	},
	"Go": goGrammar,
	"Zig": {
		lex: slashLexicon, containers: containers(""), functions: wordSet("fn"), open: openKeyword,
	},
	"Solidity": {
		lex:        slashLexicon,
		containers: containers("contract=class interface=interface library=class struct=struct enum=enum"),
		functions:  wordSet("function modifier constructor"), open: openKeyword,
	},
	"Protocol Buffer": {
		lex: slashLexicon, containers: containers("message=struct service=interface enum=enum extend=struct"), functions: wordSet("rpc"),
		open: openKeyword,
	},
	"Thrift": {
		lex:        lexicon{slash: true, hash: true},
		containers: containers("struct=struct union=struct exception=struct service=interface enum=enum"), open: openKeyword,
	},
	"GraphQL": {
		lex:        lexicon{hash: true, triple: true},
		containers: containers("type=type interface=interface input=type enum=enum"), newlines: true, open: openKeyword,
	},
}

var (
	cGrammar = &grammar{
		lex: cLexicon, containers: containers("struct=struct union=struct enum=enum"), columnZero: true, open: openTyped,
	}
	cppGrammar = &grammar{
		lex: cppLexicon, containers: containers("struct=struct union=struct enum=enum class=class namespace=module concept=type"),
		open: openTyped, finish: finishCpp,
	}
	javaGrammar = &grammar{
		lex: javaLexicon, containers: containers("class=class interface=interface enum=enum record=class"),
		bodiless: wordSet("abstract"), primary: true, open: openTyped, finish: finishTyped,
	}
	valaGrammar = &grammar{
		lex: javaLexicon, containers: containers("class=class interface=interface enum=enum namespace=module struct=struct"),
		bodiless: wordSet("abstract"), primary: true, open: openTyped, finish: finishTyped,
	}
	goGrammar = &grammar{
		lex: goLexicon, containers: containers("struct=struct interface=interface"),
		functions: wordSet("func"), newlines: true, topLevel: goTopLevel, open: openGo, finish: finishGo,
	}
)

// containers reads "keyword=kind …".
func containers(pairs string) map[string]Kind {
	m := map[string]Kind{}
	for pair := range wordSet(pairs) {
		for i := range pair {
			if pair[i] == '=' {
				m[pair[:i]], _ = ParseKind(pair[i+1:])
			}
		}
	}
	return m
}
