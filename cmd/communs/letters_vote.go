// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"communs/internal/words"
	"communs/registry/commons"
	"communs/registry/people"
)

// ballots owes those who speak for an organisation that has a vote a letter when the vote opens, once. What is owed follows from the public log alone: a
// server that was killed in between owes it when it starts again, and whoever becomes the speaker while the vote is open is told as well.
type ballots struct {
	commons  *commons.Commons
	accounts *people.Store
	catalog  *words.Catalog
	instance string
	origin   string // of the addresses in letters

	seen int64 // the last entry of the log that was looked at
}

func (b *ballots) owe(ctx context.Context) error {
	st, err := b.commons.State(ctx)
	if err != nil || st.Head.N == b.seen {
		return err
	}
	for _, p := range st.Proposals {
		if !p.Voting() {
			continue
		}
		for _, voter := range p.Electorate() {
			if err := b.oweOne(ctx, p, voter.Organisation); err != nil {
				return err
			}
		}
	}
	b.seen = st.Head.N
	return nil
}

func (b *ballots) oweOne(ctx context.Context, p *commons.Proposal, organisation string) error {
	a, err := b.accounts.Speaker(ctx, organisation)
	if errors.Is(err, people.ErrNoAccount) { // nobody speaks for it
		return nil
	}
	if err != nil {
		return err
	}
	say := b.catalog.Printer(words.Match(a.Lang))
	title := strings.Join(strings.Fields(p.Title), " ")
	return b.accounts.Owe(ctx, people.Letter{
		Account: a.ID, About: fmt.Sprintf("vote.opened/%d", p.Number), Subject: say.T("people.letter.vote.subject", b.instance, title),
		Text: say.T("people.letter.vote.text", b.instance, title, p.Closes.UTC().Format("2006-01-02 15:04"), fmt.Sprintf("%s/decisions/%d", b.origin, p.Number)),
	})
}
