// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

// Language names the language of a file as go-enry does; what nothing tells apart is "Text".
func Language(path string, src []byte) string { return "Text" }

// LanguageNames lists every name that Language can give, sorted.
func LanguageNames() []string { return nil }

// CanonicalLanguage finds the language that a person means by go, golang, js, c++, csharp, sh…, in any case.
func CanonicalLanguage(name string) (string, bool) { return "", false }
