// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/internal/durable"
	"communs/internal/mail"
	"communs/internal/words"
	"communs/registry/people"
)

func (p *program) registryInviteCommand() *cli.Command {
	return &cli.Command{
		Name:    "invite",
		Aliases: []string{"inviter"},
		Flags:   []cli.Flag{p.peopleFlag("role"), p.peopleFlag("organisation"), &cli.BoolFlag{Name: "print", Usage: p.say.T("cmd.registry.invite.print")}},
		Action:  p.action(shape{least: 1, most: -1, formats: []string{formatJSON, formatJSONL}}, p.registryInvite),
	}
}

func (p *program) registryPeopleCommand() *cli.Command {
	return &cli.Command{
		Name:    "people",
		Aliases: []string{"comptes"},
		Action:  p.action(shape{most: -1, formats: []string{formatJSON, formatJSONL}}, p.registryPeople),
	}
}

func (p *program) registryRoleCommand() *cli.Command {
	return &cli.Command{
		Name: "role",
		Flags: []cli.Flag{p.peopleFlag("role"), p.peopleFlag("organisation"),
			&cli.BoolFlag{Name: "revoke", Usage: p.say.T("cmd.registry.role.revoke")}},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, p.registryRole),
	}
}

func (p *program) registryForgetCommand() *cli.Command {
	return &cli.Command{
		Name:    "forget",
		Aliases: []string{"oublier"},
		Action:  p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, p.registryForget),
	}
}

func (p *program) peopleFlag(name string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: p.say.T("cmd.registry.people." + name)}
}

// accounts opens the accounts, and makes their tables in a folder that has none.
func (p *program) accounts(ctx context.Context) (*people.Store, error) {
	disk := &durable.Disk{}
	if err := disk.MkdirAll(p.settings.data); err != nil {
		return nil, faultOf(err, "cmd.data-not-made", field(p.settings.data))
	}
	return people.Open(ctx, people.Config{Dir: p.settings.data, Disk: disk})
}

// withAccounts opens the accounts for one command. What is about an account that is not there is a no.
func (p *program) withAccounts(ctx context.Context, do func(*people.Store) error) error {
	s, err := p.accounts(ctx)
	if err != nil {
		return err
	}
	err = do(s)
	if err == nil {
		err = p.settleSeats(ctx, s)
	}
	if errors.Is(err, people.ErrNoAccount) || errors.Is(err, people.ErrNoSeat) {
		p.tell(err)
		err = verdict{code: exitNo}
	}
	return errors.Join(err, s.Close())
}

// invited is one invitation, as the command tells it.
type invited struct {
	Email        string      `json:"email"`
	Role         people.Role `json:"role"`
	Organisation string      `json:"organisation,omitempty"`
	Expires      time.Time   `json:"expires"`
	Sent         bool        `json:"sent"`
	Owed         bool        `json:"owed,omitempty"` // a running server sends it later
	URL          string      `json:"url,omitempty"`  // when nothing sends it
}

// registryInvite makes a link for each address, and sends it where letters can leave.
func (p *program) registryInvite(ctx context.Context, c *cli.Context) error {
	role, organisation, err := p.roleOf(ctx, c)
	if err != nil {
		return err
	}
	for _, address := range c.Args().Slice() { // all are read before the first letter leaves
		if _, err := people.ReadAddress(address); err != nil {
			return err
		}
	}
	sender, err := p.mailer()
	if err != nil {
		return err
	}
	if c.Bool("print") {
		sender = nil
	}
	origin := p.origin(cmp.Or(p.settings.config.Serve.Listen, defaultListen))
	if origin == "" {
		return fault("cmd.registry.invite.no-origin")
	}
	var made []invited
	err = p.withAccounts(ctx, func(s *people.Store) error {
		for _, address := range c.Args().Slice() {
			i := people.Invitation{Email: address, Lang: string(p.say.Lang), Role: role, Organisation: organisation}
			one, err := p.invite(ctx, s, sender, i, origin+signInPath(p.say.Lang))
			if err != nil {
				return err
			}
			made = append(made, one)
		}
		return nil
	})
	if told := p.tellInvited(made); err == nil {
		err = told
	}
	return err
}

// invite makes the link of one invitation, and sends it where letters can leave. When the mail server does not take it now, the letter is owed: a
// running server sends it later.
func (p *program) invite(ctx context.Context, s *people.Store, sender *mail.Sender, i people.Invitation, path string) (invited, error) {
	l, err := s.Invite(ctx, i)
	if err != nil {
		return invited{}, err
	}
	one := invited{Email: l.Email, Role: i.Role, Organisation: i.Organisation, Expires: l.Expires, URL: path + l.Secret}
	if sender == nil {
		return one, nil
	}
	err = sender.Send(ctx, p.invitation(l.Email, one.URL, i.Role, i.Organisation))
	one.Sent, one.URL = err == nil, ""
	var failed *mail.SendError
	if errors.As(err, &failed) && !failed.Never && ctx.Err() == nil {
		p.tell(err)
		later := p.invitation(l.Email, path+people.LinkMark, i.Role, i.Organisation)
		one.Owed = true
		err = s.Owe(ctx, people.Letter{Email: l.Email, Lang: later.Lang, Subject: later.Subject, Text: later.Text, Invite: &i})
	}
	return one, err
}

func signInPath(lang words.Lang) string {
	if lang == words.English {
		return "/sign-in/"
	}
	return "/connexion/"
}

func (p *program) invitation(to, address string, role people.Role, organisation string) mail.Letter {
	return mail.Letter{To: to, Lang: string(p.say.Lang), Subject: p.say.T("people.letter.invite.subject", p.instanceName()),
		Text: p.say.T("people.letter.invite.text", p.instanceName(), p.roleWords(role, organisation), address)}
}

func (p *program) roleWords(role people.Role, organisation string) string {
	if role.OfOrganisation() {
		return p.say.T("people.role."+string(role), field(organisation))
	}
	return p.say.T("people.role." + string(role))
}

func (p *program) tellInvited(made []invited) error {
	switch p.settings.format {
	case formatJSON:
		if made == nil {
			made = []invited{}
		}
		return p.result(made)
	case formatJSONL:
		return results(p, made)
	}
	for _, one := range made {
		if one.Sent || one.Owed {
			key := "cmd.registry.invite.sent"
			if one.Owed {
				key = "cmd.registry.invite.owed"
			}
			p.line("%s", p.say.T(key, field(one.Email), p.roleWords(one.Role, one.Organisation)))
			continue
		}
		p.line("%s", p.say.T("cmd.registry.invite.made", field(one.Email), p.roleWords(one.Role, one.Organisation)))
		p.line("  %s", one.URL)
	}
	return nil
}

// roleOf reads the flags that name a role. An organisation has to be in the registry.
func (p *program) roleOf(ctx context.Context, c *cli.Context) (people.Role, string, error) {
	role, organisation := people.Role(c.String("role")), c.String("organisation")
	if role == "" {
		role = people.Member
	}
	if err := checkChoice("--role", string(role), []string{string(people.Member), string(people.Speaker), string(people.Moderator), string(people.Administrator)}); err != nil {
		return "", "", err
	}
	if role.OfOrganisation() == (organisation == "") {
		return "", "", people.ErrRole
	}
	if organisation == "" {
		return role, "", nil
	}
	known, err := p.openRecords(ctx)
	if err != nil {
		return "", "", err
	}
	defer known.Close()
	if _, ok := known.Last().Organisation(organisation); !ok {
		return "", "", fault("cmd.registry.people.no-organisation", quote(organisation))
	}
	return role, organisation, nil
}

// registryPeople lists accounts, or those that are named.
func (p *program) registryPeople(ctx context.Context, c *cli.Context) error {
	return p.withAccounts(ctx, func(s *people.Store) error {
		var all []*people.Account
		var err error
		if c.Args().Len() == 0 {
			all, err = s.Accounts(ctx)
		}
		for _, name := range c.Args().Slice() {
			a, one := s.Account(ctx, name)
			if one != nil {
				return one
			}
			all = append(all, a)
		}
		if err != nil {
			return err
		}
		if err := p.tellAccounts(all); err != nil {
			return err
		}
		if len(all) == 0 {
			return verdict{exitNo, "cmd.registry.people.none", nil}
		}
		return nil
	})
}

func (p *program) tellAccounts(all []*people.Account) error {
	switch p.settings.format {
	case formatJSON:
		if all == nil {
			all = []*people.Account{}
		}
		return p.result(all)
	case formatJSONL:
		return results(p, all)
	}
	for _, a := range all {
		parts := []string{a.ID}
		for _, text := range []string{a.Email, a.Name} {
			if text != "" {
				parts = append(parts, field(text))
			}
		}
		for _, seat := range a.Seats {
			role := people.Member
			if seat.Speaker {
				role = people.Speaker
			}
			parts = append(parts, p.roleWords(role, seat.Organisation))
		}
		if a.Moderator {
			parts = append(parts, p.roleWords(people.Moderator, ""))
		}
		if a.Administrator {
			parts = append(parts, p.roleWords(people.Administrator, ""))
		}
		if a.Closed != nil {
			parts = append(parts, p.say.T("cmd.registry.people.closed", a.Closed.Format(time.DateOnly)))
		}
		p.line("%s", strings.Join(parts, " · "))
	}
	return nil
}

// registryRole gives an account a role, or takes it back.
func (p *program) registryRole(ctx context.Context, c *cli.Context) error {
	role, organisation, err := p.roleOf(ctx, c)
	if err != nil {
		return err
	}
	return p.withAccounts(ctx, func(s *people.Store) error {
		a, err := s.Account(ctx, c.Args().First())
		if err != nil {
			return err
		}
		if c.Bool("revoke") {
			err = s.Revoke(ctx, a.ID, role, organisation)
		} else {
			err = s.Grant(ctx, a.ID, role, organisation)
		}
		return errors.Join(err, p.tellAccount(ctx, s, a.ID, err))
	})
}

// tellAccount shows an account after a change that went well.
func (p *program) tellAccount(ctx context.Context, s *people.Store, id string, failed error) error {
	if failed != nil {
		return nil
	}
	a, err := s.Account(ctx, id)
	if err != nil {
		return err
	}
	if p.settings.format == formatJSON {
		return p.result(a)
	}
	return p.tellAccounts([]*people.Account{a})
}

// registryForget removes what tells who an account's holder is.
func (p *program) registryForget(ctx context.Context, c *cli.Context) error {
	return p.withAccounts(ctx, func(s *people.Store) error {
		a, err := s.Account(ctx, c.Args().First())
		if err == nil {
			err = s.Erase(ctx, a.ID)
		}
		if err != nil {
			return err
		}
		return p.tellAccount(ctx, s, a.ID, nil)
	})
}
