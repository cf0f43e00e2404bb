// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

// Copyright is one copyright statement.
type Copyright struct {
	Holder string
	Years  string // as written: 2014, 2014-2020, 2014, 2016
	Line   int    // from 1
	Text   string // the whole statement
}

// Copyrights finds the copyright statements of a text.
func Copyrights(text []byte) []Copyright { return nil }
