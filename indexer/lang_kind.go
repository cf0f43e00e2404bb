// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import "strings"

// kindNames gives each kind its word in the API and in the query language, in the order of the constants.
var kindNames = [...]string{
	KindText:      "text",
	KindFunction:  "function",
	KindMethod:    "method",
	KindClass:     "class",
	KindInterface: "interface",
	KindType:      "type",
	KindProcedure: "procedure",
	KindRule:      "rule",
	KindSection:   "section",
	KindModule:    "module",
	KindEnum:      "enum",
	KindStruct:    "struct",
	KindTrait:     "trait",
	KindConstant:  "constant",
	KindVariable:  "variable",
}

// kindAliases are the other spellings that a query may use, without accents: French words and usual short forms.
var kindAliases = map[string]Kind{
	"texte": KindText, "fonction": KindFunction, "func": KindFunction, "fn": KindFunction, "def": KindFunction,
	"methode": KindMethod, "classe": KindClass, "procedure": KindProcedure, "regle": KindRule,
	"namespace": KindModule, "package": KindModule, "enumeration": KindEnum, "structure": KindStruct,
	"constante": KindConstant, "const": KindConstant, "var": KindVariable,
}

// String is the kind's word in results and in the query language.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[KindText]
}

// ParseKind reads a kind as people type it: any case, in English or in French, with or without accents.
func ParseKind(s string) (Kind, bool) {
	s = strings.NewReplacer("é", "e", "è", "e", "É", "e", "È", "e").Replace(strings.TrimSpace(s))
	s = strings.ToLower(s)
	for k, name := range kindNames {
		if s == name {
			return Kind(k), true
		}
	}
	k, ok := kindAliases[s]
	return k, ok
}
