// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package seats keeps the accounts and the public log in step, both ways.
//
// The log tells of each organisation whose speaker changed, and how many people moderate and administer; who they are it does not tell. And an
// organisation that has left the commons, or was removed, has no seats any more. Accounts and log are not written in one transaction, so
// [Settle] works like this: a change of roles is kept with the accounts, numbered, in the transaction that makes it; the number stands in the log's
// entry, and an entry is only added when the log was read to its end before. However often the program is killed, each change is told once.
package seats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"communs/registry"
	"communs/registry/people"
	"communs/registry/publiclog"
)

// The types of the log's entries, and their bodies.
const (
	typeSpeaker = "speaker.changed" // of one organisation
	typeRoles   = "roles.changed"   // of the instance
)

// speakerChanged is that an organisation has a speaker who had none, has another, or has none any more. Time is when that was: the entry may come later.
type speakerChanged struct {
	Change       int64     `json:"change"` // 1, 2, 3… over both types
	Time         time.Time `json:"time"`
	Organisation string    `json:"organisation"`
	Speaker      string    `json:"speaker"` // new, other, none
}

// rolesChanged is how many people moderate and administer since then.
type rolesChanged struct {
	Change         int64     `json:"change"`
	Time           time.Time `json:"time"`
	Moderators     int       `json:"moderators"`
	Administrators int       `json:"administrators"`
}

// maxTries is how often the log may have grown meanwhile.
const maxTries = 200

// Settle takes the seats of organisations back that have left since it was last asked, and tells the log what has changed. It costs two rows' reading
// when there is nothing to do.
func Settle(ctx context.Context, log registry.Store, accounts *people.Store) error {
	for range maxTries {
		if err := settle(ctx, log, accounts); !errors.Is(err, registry.ErrMoved) {
			return err
		}
	}
	return fmt.Errorf("tell the public log of changes of roles: %w", registry.ErrMoved)
}

// settle reads the log from where it was read to, draws the consequences, and tells of the changes that it does not hold.
func settle(ctx context.Context, log registry.Store, accounts *people.Store) error {
	untold, from, err := accounts.Untold(ctx)
	if err != nil {
		return err
	}
	head, err := log.Head(ctx)
	if err != nil || head.N == from && len(untold) == 0 {
		return err
	}
	through := int64(0)
	for e, err := range log.Log(ctx, from) {
		if err != nil {
			return err
		}
		if head = (publiclog.Head{N: e.N}); e.Body.Text == nil { // what is read here is never erased
			continue
		}
		switch e.Type {
		case "member.left", "member.removed":
			var gone struct{ Organisation string }
			if err := json.Unmarshal(e.Body.Text, &gone); err != nil {
				return fmt.Errorf("read entry %d of the public log: %w", e.N, err)
			}
			if _, err := accounts.Leave(ctx, gone.Organisation, e.At, e.N); err != nil {
				return err
			}
		case typeSpeaker, typeRoles:
			var told struct{ Change int64 }
			if err := json.Unmarshal(e.Body.Text, &told); err != nil {
				return fmt.Errorf("read entry %d of the public log: %w", e.N, err)
			}
			through = max(through, told.Change)
		}
	}
	if untold, _, err = accounts.Untold(ctx); err != nil { // with what organisations have lost
		return err
	}
	var drafts []publiclog.Draft
	for _, c := range untold {
		if c.N > through {
			drafts = append(drafts, draft(c))
		}
	}
	if len(drafts) > 0 {
		done, err := log.Act(ctx, registry.Act{Tell: drafts, After: head.N})
		if err != nil {
			return err
		}
		through, head = untold[len(untold)-1].N, done.Head
	}
	return accounts.Told(ctx, through, head.N)
}

func draft(c people.Change) publiclog.Draft {
	if c.Organisation == "" {
		return publiclog.Draft{Type: typeRoles, Body: rolesChanged{c.N, c.At, c.Moderators, c.Administrators}}
	}
	return publiclog.Draft{Type: typeSpeaker, Body: speakerChanged{c.N, c.At, c.Organisation, c.Speaker}}
}
