// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package manifests

import (
	"slices"
)

// readSetupPy reads the literal arguments of setup(…), and names of the file that stand for strings.
func readSetupPy(m *Manifest, _ string, text []byte) error {
	tokens := withoutLines(pythonSyntax.tokens(string(text)))
	consts := map[string]string{}
	for i, t := range tokens {
		if t.depth == 0 && t.kind == tokenName && isSign(tokens, i+1, "=") && !isSign(tokens, i-1, ".") {
			consts[t.text] = one(literal(tokens, i+2, nil))
		}
	}
	for name, value := range consts {
		if value == "" {
			delete(consts, name)
		}
	}
	for i := range tokens {
		if !isName(tokens, i) || tokens[i].text != "setup" || !isSign(tokens, i+1, "(") || isName(tokens, i-1) && tokens[i-1].text == "def" {
			continue
		}
		inside := tokens[i].depth + 1
		var classifiers, files []string
		for j := i + 2; j < len(tokens) && tokens[j].depth >= inside; j++ {
			if tokens[j].depth != inside || !isName(tokens, j) || !isSign(tokens, j+1, "=") || isSign(tokens, j+2, "=") {
				continue
			}
			values := literal(tokens, j+2, consts)
			switch tokens[j].text {
			case "name":
				m.Name = one(values)
			case "version":
				m.Version = one(values)
			case "description":
				m.Description = one(values)
			case "keywords":
				if m.Keywords = values; len(values) == 1 {
					m.Keywords = words(values[0])
				}
			case "license":
				m.declare(text, callKey, DeclaredName, one(values))
			case "classifiers":
				classifiers = classified(values)
			case "license_file", "license_files":
				files = values
			}
		}
		if len(m.Declared) == 0 {
			m.declare(text, classKey, DeclaredName, classifiers...)
		}
		if len(m.Declared) == 0 && len(files) == 1 {
			m.declare(text, callKey, DeclaredFile, files...)
		}
		return nil
	}
	return nil
}

// readGemspec reads what is assigned to the fields of a gem's specification.
func readGemspec(m *Manifest, _ string, text []byte) error {
	tokens := rubySyntax.tokens(string(text))
	consts := map[string]string{}
	for i := range tokens {
		if !isName(tokens, i) || !isSign(tokens, i+1, "=") || isSign(tokens, i+2, "=") {
			continue
		}
		values := literal(tokens, i+2, consts)
		if !isSign(tokens, i-1, ".") {
			if s := one(values); s != "" {
				consts[tokens[i].text] = s
			}
			continue
		}
		switch tokens[i].text {
		case "name":
			m.Name = firstOf(m.Name, one(values))
		case "version":
			m.Version = firstOf(m.Version, one(values))
		case "summary":
			m.Description = firstOf(one(values), m.Description)
		case "description":
			m.Description = firstOf(m.Description, one(values))
		case "license", "licenses":
			m.declare(text, callKey, DeclaredName, values...)
		}
	}
	return nil
}

// readMix reads the project of an Elixir mix.exs: app: :name, version: "1.0" or @version.
func readMix(m *Manifest, _ string, text []byte) error {
	tokens := withoutLines(elixirSyntax.tokens(string(text)))
	consts := map[string]string{}
	for i := range tokens {
		if isSign(tokens, i, "@") && isName(tokens, i+1) {
			if s := one(literal(tokens, i+2, nil)); s != "" {
				consts[tokens[i+1].text] = s
			}
		}
	}
	value := func(i int) []string {
		if isSign(tokens, i, "@") {
			i++
		}
		return literal(tokens, i, consts)
	}
	for i := range tokens {
		if !isName(tokens, i) || !isSign(tokens, i+1, ":") {
			continue
		}
		switch tokens[i].text {
		case "app":
			if isSign(tokens, i+2, ":") && isName(tokens, i+3) {
				m.Name = firstOf(m.Name, tokens[i+3].text)
			}
		case "version":
			m.Version = firstOf(m.Version, one(value(i+2)))
		case "description":
			m.Description = firstOf(m.Description, one(value(i+2)))
		case "licenses":
			m.declare(text, callKey, DeclaredName, value(i+2)...)
		}
	}
	return nil
}

// readGradle reads what a Gradle script assigns at its top or in allprojects { }: group, version, description, and the name of the
// root project; and the licence of what it publishes.
func readGradle(m *Manifest, name string, text []byte) error {
	tokens := gradleSyntax.tokens(string(text))
	p := &mavenProject{}
	var blocks []string // names of the blocks that are open
	for i, t := range tokens {
		switch {
		case t.kind == tokenSign && t.text == "{":
			blocks = append(blocks, blockName(tokens, i))
			continue
		case t.kind == tokenSign && t.text == "}" && len(blocks) > 0:
			blocks = blocks[:len(blocks)-1]
			continue
		case t.kind != tokenName:
			continue
		}
		value := gradleValue(tokens, i)
		if value == "" {
			continue
		}
		top := len(blocks) == 0 || len(blocks) == 1 && blocks[0] == "allprojects"
		starts := i == 0 || tokens[i-1].kind == tokenLine || isSign(tokens, i-1, ";") || isSign(tokens, i-1, "{")
		switch {
		case t.text == "name" && isSign(tokens, i-1, ".") && isName(tokens, i-2) && tokens[i-2].text == "rootProject":
			p.artifact = value
		case starts && t.text == "name" && slices.Contains(blocks, "license"):
			m.declare(text, gradleKey, DeclaredName, value)
		case starts && t.text == "url" && slices.Contains(blocks, "license"):
			m.addresses(text, value)
		case !top || !starts:
		case t.text == "group":
			p.group = value
		case t.text == "version":
			p.version = value
		case t.text == "description":
			p.description = value
		case t.text == "archivesBaseName" || t.text == "archivesName":
			p.artifact = value
		}
	}
	if p.group != "" || p.artifact != "" || p.version != "" || p.description != "" || len(m.Declared) > 0 {
		m.maven = p
	}
	return nil
}

// blockName is the word before a brace: allprojects in allprojects {, license in license {.
func blockName(tokens []token, brace int) string {
	for i := brace - 1; i >= 0 && brace-i < 8; i-- {
		switch {
		case tokens[i].kind == tokenName:
			return tokens[i].text
		case tokens[i].kind == tokenLine, tokens[i].kind == tokenSign && tokens[i].text != ")" && tokens[i].text != "(":
			return ""
		}
	}
	return ""
}

// gradleValue is what stands after a name: = "value", "value", or .set("value").
func gradleValue(tokens []token, i int) string {
	switch {
	case isSign(tokens, i+1, "=") && !isSign(tokens, i+2, "="):
		return one(literal(tokens, i+2, nil))
	case i+1 < len(tokens) && tokens[i+1].kind == tokenString:
		return one(literal(tokens, i+1, nil))
	case isSign(tokens, i+1, ".") && isName(tokens, i+2) && tokens[i+2].text == "set" && isSign(tokens, i+3, "("):
		return one(literal(tokens, i+4, nil))
	}
	return ""
}
