// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package commons

import (
	"context"
	"strings"
	"unicode/utf8"

	"communs/registry"
	"communs/registry/governance"
)

// Founding is how a commons begins: with its first members, and with the rules that hold until these change them.
type Founding struct {
	Rules   []byte // governance.toml
	Members []governance.Member
}

// Found founds the commons. Administrators do, once.
func (c *Commons) Found(ctx context.Context, by registry.Actor, f Founding) (*State, error) {
	if err := must(by, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	return c.act(ctx, by, func(a *acting) error {
		return a.tell("commons.founded", 0, founded{by.Sign(), string(f.Rules), f.Members})
	})
}

// Motion is what is proposed.
type Motion struct {
	Kind        governance.Kind
	Title, Text string
	Target      string             // organisation that it is about
	Member      *governance.Member // of an admission
	Rules       []byte             // of new rules
}

// The most that people may write, in characters.
const (
	maxTitle = 150
	maxText  = 20_000
)

// Propose submits a proposal, whose number is the last of the state's. Speakers propose for their organisation, moderators and
// administrators for nobody too.
func (c *Commons) Propose(ctx context.Context, by registry.Actor, m Motion) (*State, error) {
	if err := must(by, registry.RoleSpeaker, registry.RoleModerator, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	title, err := written(m.Title, maxTitle)
	if err != nil {
		return nil, err
	}
	about, err := written(m.Text, maxText)
	if err != nil {
		return nil, err
	}
	return c.act(ctx, by, func(a *acting) error {
		n := int64(len(a.Proposals)) + 1
		if err := a.tell("proposal.submitted", n, submitted{by.Sign(), m.Kind, m.Target, m.Member, string(m.Rules)}); err != nil {
			return err
		}
		return a.tell("proposal.text", n, text{by.Sign(), title, about})
	})
}

// Comment adds to the discussion of a proposal, until its vote closes.
func (c *Commons) Comment(ctx context.Context, by registry.Actor, proposal int64, said string) (*State, error) {
	if err := must(by, registry.RoleMember, registry.RoleSpeaker, registry.RoleModerator, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	said, err := written(said, maxText)
	if err != nil {
		return nil, err
	}
	return c.act(ctx, by, func(a *acting) error {
		if _, err := a.Proposal(proposal); err != nil {
			return err
		}
		return a.tell("proposal.commented", proposal, text{Signed: by.Sign(), Text: said})
	})
}

// Vote casts the vote of the actor's organisation.
func (c *Commons) Vote(ctx context.Context, by registry.Actor, proposal int64, choice governance.Choice) (*State, error) {
	return c.forOrganisation(ctx, by, func(a *acting) error {
		return a.tell("vote.cast", proposal, voteCast{by.Organisation, choice})
	})
}

// Declare declares that the actor's organisation has a conflict of interest.
func (c *Commons) Declare(ctx context.Context, by registry.Actor, proposal int64) (*State, error) {
	return c.forOrganisation(ctx, by, func(a *acting) error {
		return a.tell("proposal.conflict", proposal, memberGone{by.Organisation})
	})
}

// Leave ends the membership of the actor's organisation.
func (c *Commons) Leave(ctx context.Context, by registry.Actor) (*State, error) {
	return c.forOrganisation(ctx, by, func(a *acting) error {
		return a.tell("member.left", 0, memberGone{by.Organisation})
	})
}

// Admit makes an organisation a member without a vote, where the rules ask for none.
func (c *Commons) Admit(ctx context.Context, by registry.Actor, m governance.Member) (*State, error) {
	if err := must(by, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	return c.act(ctx, by, func(a *acting) error {
		signed := by.Sign()
		return a.tell("member.admitted", 0, memberAdmitted{&signed, m})
	})
}

// forOrganisation does what a speaker does for their organisation, and an administrator for the one that they name.
func (c *Commons) forOrganisation(ctx context.Context, by registry.Actor, do func(a *acting) error) (*State, error) {
	if err := must(by, registry.RoleSpeaker, registry.RoleAdministrator); err != nil {
		return nil, err
	}
	if by.Organisation == "" {
		return nil, &Error{Code: "no-organisation"}
	}
	return c.act(ctx, by, do)
}

// must refuses an actor who has none of the roles.
func must(by registry.Actor, roles ...registry.Role) error {
	for _, r := range roles {
		if by.Has(r) {
			return nil
		}
	}
	return &Error{Code: "not-yours"}
}

// written takes what somebody wrote: something, not too much of it, and nothing that a page or a terminal would obey.
func written(s string, most int) (string, error) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\ufffd"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, s)
	switch n := utf8.RuneCountInString(s); {
	case n == 0:
		return "", &Error{Code: "empty"}
	case n > most:
		return "", &Error{Code: "long"}
	}
	return s, nil
}
