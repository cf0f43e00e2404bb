// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import "slices"

// Role is what somebody may do in the registry.
type Role string

// The roles. Whoever has an account is a member.
const (
	RoleMember        Role = "member"
	RoleSpeaker       Role = "speaker" // speaks, and votes, for their organisation
	RoleModerator     Role = "moderator"
	RoleAdministrator Role = "administrator"
)

// Actor is who does something. The zero Actor is the program itself.
type Actor struct {
	Account      string // id; kept in personal parts of the log alone
	Organisation string // id of the one that they act for; empty: none
	Roles        []Role
}

// Has reports whether the actor has a role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// Signed is what the public log says of who did something.
type Signed struct {
	By           Role   `json:"by"` // the highest of their roles; "program"
	Organisation string `json:"organisation,omitempty"`
}

// Sign is what the public log says of an actor.
func (a Actor) Sign() Signed {
	s := Signed{By: "program", Organisation: a.Organisation}
	for _, r := range []Role{RoleMember, RoleSpeaker, RoleModerator, RoleAdministrator} {
		if a.Has(r) {
			s.By = r
		}
	}
	return s
}

// personal is what the log keeps of an actor's person; nil where there is none.
func (a Actor) personal() any {
	if a.Account == "" {
		return nil
	}
	return struct {
		Account string `json:"account"`
	}{a.Account}
}
