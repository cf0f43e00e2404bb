// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"

	"communs/registry"
)

// Forge asks the forge of a repository whether an account of ours maintains it there.
type Forge interface {
	// Knows reports whether the forge of a repository is one at which accounts sign in.
	Knows(repository string) bool
	// Maintains reports whether the account has signed in at the forge and may write to the repository there. The word of the forge is
	// asked for now; without an error false is its no.
	Maintains(ctx context.Context, account, repository string) (bool, error)
}

func (s *Service) atForge(ctx context.Context, by registry.Actor, d *Draft) error {
	if s.Forge == nil || by.Account == "" || !s.Forge.Knows(d.Address) {
		return refuse("forge.none")
	}
	yes, err := s.Forge.Maintains(ctx, by.Account, d.Address)
	if err != nil {
		return err
	}
	if !yes {
		return refuse("forge.no", d.Address)
	}
	return nil
}
