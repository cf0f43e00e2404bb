// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"communs/registry/people"
)

func (p *program) registryKeyCommand() *cli.Command {
	text := func(name string) cli.Flag {
		return &cli.StringFlag{Name: name, Usage: p.say.T("cmd.registry.key." + name)}
	}
	return &cli.Command{
		Name:    "key",
		Aliases: []string{"cle", "clé"},
		Flags: []cli.Flag{text("name"), &cli.StringSliceFlag{Name: "scope", Usage: p.say.T("cmd.registry.key.scope")},
			&cli.IntFlag{Name: "days", Usage: p.say.T("cmd.registry.key.days"), Value: 90}, text("drop")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.registryKey),
	}
}

// madeKey is a key with its secret, which is told once.
type madeKey struct {
	people.Key
	Secret string `json:"secret,omitempty"`
}

// registryKey makes a key for an account, takes one back, or lists them.
func (p *program) registryKey(ctx context.Context, c *cli.Context) error {
	return p.withAccounts(ctx, func(s *people.Store) error {
		a, err := s.Account(ctx, c.Args().First())
		if err != nil {
			return err
		}
		switch {
		case c.IsSet("drop") && (c.IsSet("name") || c.IsSet("scope") || c.IsSet("days")):
			return fault("cmd.registry.key.both")
		case c.IsSet("drop"):
			if err := s.DropKey(ctx, a.ID, c.String("drop")); errors.Is(err, people.ErrUnknownKey) {
				return verdict{exitNo, "cmd.registry.key.unknown", []any{quote(c.String("drop"))}}
			} else if err != nil {
				return err
			}
		case c.IsSet("name") || c.IsSet("scope"):
			return p.makeKey(ctx, c, s, a.ID)
		}
		keys, err := s.Keys(ctx, a.ID)
		if err != nil {
			return err
		}
		told := make([]madeKey, len(keys))
		for i, k := range keys {
			told[i].Key = k
		}
		return p.tellKeys(told)
	})
}

func (p *program) makeKey(ctx context.Context, c *cli.Context, s *people.Store, account string) error {
	var scopes []people.Scope
	for _, name := range c.StringSlice("scope") {
		scopes = append(scopes, people.Scope(name))
	}
	k, secret, err := s.NewKey(ctx, account, c.String("name"), time.Duration(min(c.Int("days"), 1e5))*24*time.Hour, scopes...)
	if err != nil {
		return err
	}
	return p.tellKeys([]madeKey{{k, secret}})
}

func (p *program) tellKeys(keys []madeKey) error {
	switch p.settings.format {
	case formatJSON:
		return p.result(keys)
	case formatJSONL:
		return results(p, keys)
	}
	for _, k := range keys {
		scopes := make([]string, len(k.Scopes))
		for i, scope := range k.Scopes {
			scopes[i] = string(scope)
		}
		p.line("%s · %s · %s · %s", k.ID, field(k.Name), strings.Join(scopes, ", "), p.say.T("cmd.registry.key.until", k.Expires.Format(time.DateOnly)))
		if k.Secret != "" {
			p.line("  %s", k.Secret)
			p.note("cmd.registry.key.once")
		}
	}
	return nil
}
