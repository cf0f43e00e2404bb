// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// languageTSV lists what Linguist knows, one thing a line, with tabs between the fields and | between the values:
//
//	L  language   its aliases
//	E  extension  the languages that use it
//	F  file name  the languages that use it
//	I  interpreter, as it stands after #!, and its languages
//
//go:embed lang_table.tsv
var languageTSV string

type languageTable struct {
	names        []string
	aliases      map[string]string
	extensions   map[string][]string
	filenames    map[string][]string
	interpreters map[string][]string
}

// languages reads the table when it is first needed.
var languages = sync.OnceValue(func() *languageTable {
	t := &languageTable{
		aliases: make(map[string]string, 2048), extensions: make(map[string][]string, 2048),
		filenames: make(map[string][]string, 512), interpreters: make(map[string][]string, 256),
	}
	for line := range strings.Lines(languageTSV) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		key, values, ok := strings.Cut(rest, "\t")
		if !ok {
			continue
		}
		list := strings.Split(values, "|")
		switch kind {
		case "L":
			t.names = append(t.names, key)
			for _, alias := range list {
				t.aliases[alias] = key
			}
		case "E":
			t.extensions[key] = list
		case "F":
			t.filenames[key] = list
		case "I":
			t.interpreters[key] = list
		}
	}
	return t
})

// unknownLanguage is what a file is when neither its name nor its content tells more.
const unknownLanguage = "Text"

// Language names the language of a file as go-enry does: by its name, then its extension, and by its content where
// several languages share an extension or where there is none; what nothing tells apart is "Text".
func Language(path string, src []byte) string {
	t := languages()
	name := path[strings.LastIndexByte(path, '/')+1:]
	candidates := t.filenames[name]
	if len(candidates) == 0 {
		var shebang bool
		if candidates, shebang = t.byExtension(name), bytes.HasPrefix(src, []byte("#!")); len(candidates) != 1 && shebang {
			if found := t.interpreters[interpreter(src)]; len(found) > 0 && (len(candidates) == 0 || slices.Contains(candidates, found[0])) {
				candidates = found
			}
		}
	}
	switch len(candidates) {
	case 0:
		return byContent(src)
	case 1:
		return candidates[0]
	}
	return disambiguate(name, src, candidates)
}

// byExtension tries the longest extension first: html.erb before erb.
func (t *languageTable) byExtension(name string) []string {
	for i := strings.IndexByte(name, '.'); i >= 0; {
		if l := t.extensions[strings.ToLower(name[i:])]; len(l) > 0 {
			return l
		}
		next := strings.IndexByte(name[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return nil
}

// interpreter gives the name of the program that a #! line starts: env and versions are seen through.
func interpreter(src []byte) string {
	line, _, _ := bytes.Cut(src[2:min(len(src), 200)], []byte{'\n'})
	fields := strings.Fields(string(line))
	if len(fields) == 0 {
		return ""
	}
	name := fields[0][strings.LastIndexByte(fields[0], '/')+1:]
	if name == "env" {
		for _, f := range fields[1:] {
			if !strings.HasPrefix(f, "-") && !strings.Contains(f, "=") {
				name = f[strings.LastIndexByte(f, '/')+1:]
				break
			}
		}
	}
	if _, known := languages().interpreters[name]; known {
		return name
	}
	return strings.TrimRight(name, "0123456789.") // python3.12
}

// byContent judges files whose name says nothing.
func byContent(src []byte) string {
	head := bytes.TrimLeft(src[:min(len(src), 200)], "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("<?xml")):
		return "XML"
	case bytes.HasPrefix(head, []byte("<?php")):
		return "PHP"
	case bytes.HasPrefix(bytes.ToLower(head), []byte("<!doctype html")):
		return "HTML"
	}
	return unknownLanguage
}

// LanguageNames lists every name that Language can give, sorted.
func LanguageNames() []string { return slices.Clone(languages().names) }

// shortNames are what people type and Linguist does not list.
var shortNames = map[string]string{
	"c++": "C++", "c#": "C#", "dotnet": "C#", "f#": "F#", "objc": "Objective-C", "md": "Markdown", "sh": "Shell",
	"bash": "Shell", "make": "Makefile", "docker": "Dockerfile", "tex": "TeX", "latex": "TeX", "txt": "Text",
	"texte": "Text", "yml": "YAML", "proto": "Protocol Buffer", "protobuf": "Protocol Buffer", "ps1": "PowerShell",
	"kt": "Kotlin", "rs": "Rust", "rb": "Ruby", "py": "Python", "js": "JavaScript", "ts": "TypeScript", "hs": "Haskell",
	"jsx": "JavaScript", "tsx": "TSX", "cs": "C#", "h": "C", "hpp": "C++", "cc": "C++", "cxx": "C++", "ml": "OCaml",
}

// CanonicalLanguage finds the language that a person means by go, golang, js, c++, csharp, sh…, in any case.
func CanonicalLanguage(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	if l, ok := shortNames[name]; ok {
		return l, true
	}
	if l, ok := languages().aliases[strings.ReplaceAll(name, " ", "_")]; ok {
		return l, true
	}
	if l := languages().extensions["."+strings.TrimPrefix(name, ".")]; len(l) == 1 {
		return l[0], true
	}
	return "", false
}
