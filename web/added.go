// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"

	"communs/search"
)

// addedView lists the words that were looked for beside those of the question, each with the question that does without it.
type addedView struct {
	Words []addedWord
	None  string // the question that does without all of them
}

type addedWord struct {
	Word, For, Source string
	Without           string
}

func viewAdded(r *request, q, into string, added []search.Added) *addedView {
	if len(added) == 0 {
		return nil
	}
	v := &addedView{None: r.link.search(q+" expand:no", "into", into)}
	for _, a := range added {
		refused := a.Word
		if strings.Contains(refused, " ") {
			refused = `"` + refused + `"`
		}
		word := addedWord{
			Word: plain(a.Word), For: plain(a.For), Source: word(r.said, "search.source", a.Source),
			Without: r.link.search(q+" -~"+refused, "into", into),
		}
		if len(a.From) > 0 {
			word.Source = plain(shortRepo(a.From[0].Repo) + " › " + a.From[0].Path)
		}
		v.Words = append(v.Words, word)
	}
	return v
}
