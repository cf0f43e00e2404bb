// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"time"

	"communs/internal/mail"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/people"
	"communs/registry/seats"
	"communs/web"
)

// What a server does by itself for accounts: it sends the letters that are owed, and keeps accounts and public log in step.

// dutyEvery is how often a server looks whether there is something to do.
const dutyEvery = 10 * time.Second

// lookAfterPeople does so until the function that it gives is called.
func (p *program) lookAfterPeople(ctx context.Context, accounts *people.Store, records registry.Store, shared *commons.Commons, sender *mail.Sender, origin string) (end func()) {
	if accounts == nil {
		return func() {}
	}
	var votes *ballots
	if shared != nil && sender != nil && origin != "" {
		votes = &ballots{commons: shared, accounts: accounts, catalog: p.catalog, instance: p.instanceName(), origin: origin}
	}
	return background(ctx, func(ctx context.Context) {
		tick := time.NewTicker(dutyEvery)
		defer tick.Stop()
		for {
			if records != nil {
				p.warn(ctx, "seats", seats.Settle(ctx, records, accounts))
			}
			if votes != nil {
				p.warn(ctx, "votes", votes.owe(ctx))
			}
			if sender != nil {
				p.warn(ctx, "letters", unaddressed(sender.Deliver(ctx, postbox{accounts}, p.refusedForGood)))
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// served is the accounts for the pages; an instance without any has none.
func served(accounts *people.Store) web.People {
	if accounts == nil {
		return nil
	}
	return accounts
}

// warn logs what went wrong, unless it is that the server ends.
func (p *program) warn(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		p.log.Warn(what, "error", err)
	}
}

// refusedForGood tells the log of a letter that its reader's server will never take, and not whose it is.
func (p *program) refusedForGood(err error) {
	var failed *mail.SendError
	if errors.As(err, &failed) {
		p.log.Warn("a letter is refused for good", "server", failed.Server)
	}
}

// unaddressed is an error without what a mail server said: that names the reader.
func unaddressed(err error) error {
	var failed *mail.SendError
	if errors.As(err, &failed) {
		return errors.New("the mail server " + failed.Server + " takes no letter now; it is tried again")
	}
	return err
}

// postbox is the letters that the accounts are owed.
type postbox struct{ store *people.Store }

// Owed gives letters whose time has come. Those of invitations get their links now.
func (b postbox) Owed(ctx context.Context, most int) ([]mail.Owed, error) {
	owed, err := b.store.Owed(ctx, most)
	if err != nil {
		return nil, err
	}
	all := make([]mail.Owed, len(owed))
	for i, l := range owed {
		if l, err = b.store.Ready(ctx, l); err != nil {
			return nil, err
		}
		all[i] = mail.Owed{Name: l.ID, Letter: mail.Letter{To: l.To, Lang: l.Lang, Subject: l.Subject, Text: l.Text}}
	}
	return all, nil
}

// Left takes a letter out.
func (b postbox) Left(ctx context.Context, name string) error { return b.store.Left(ctx, name) }

// Later puts one off.
func (b postbox) Later(ctx context.Context, name string) error { return b.store.Later(ctx, name) }

// settleSeats tells the public log of what a command has changed in the accounts.
func (p *program) settleSeats(ctx context.Context, accounts *people.Store) error {
	if untold, _, err := accounts.Untold(ctx); err != nil || len(untold) == 0 {
		return err
	}
	records, err := p.importStore(ctx, false)
	if err != nil {
		return err
	}
	return errors.Join(seats.Settle(ctx, records, accounts), records.Close())
}

// settleLog draws the consequences of what a command has told the public log.
func (p *program) settleLog(ctx context.Context, records registry.Store) error {
	accounts, err := p.accounts(ctx)
	if err != nil {
		return err
	}
	return errors.Join(seats.Settle(ctx, records, accounts), accounts.Close())
}
