// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import "time"

// Lives is how long what is kept of people is kept, for the page that tells them.
type Lives struct {
	SignIn, Invitation, Link time.Duration // until a link opens nothing; after that, until it is forgotten
	Idle, Session            time.Duration // from its last use; in all
	Key                      time.Duration // at most
	Letter, Told             time.Duration // until it is given up; until it is forgotten that it was sent
}

// HowLong gives the times that hold.
func HowLong() Lives {
	return Lives{signInLife, invitationLife, linkKnown, sessionIdle, sessionLife, maxKeyLife, letterLife, letterKnown}
}
