// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"fmt"
	"time"
)

// AddressError is what cannot be an e-mail address.
type AddressError struct{ Text string }

func (e *AddressError) Error() string { return fmt.Sprintf("%q is not an e-mail address", e.Text) }

// Message tells the error to people.
func (e *AddressError) Message() (string, []any) { return "people.address", []any{e.Text} }

// NameError is a name that is too long, or that holds what is not seen.
type NameError struct{ Text string }

func (e *NameError) Error() string { return fmt.Sprintf("%q cannot be a name", e.Text) }

// Message tells the error to people.
func (e *NameError) Message() (string, []any) { return "people.name", []any{e.Text} }

// Refusal says why something opens nothing. Its text is the key of the sentence.
type Refusal string

// The refusals. What is not known, what was taken back and what was never made are one: an answer must not tell which it is.
const (
	ErrUnknownLink = Refusal("people.link-unknown") // no such link, or one that was made up
	ErrExpiredLink = Refusal("people.link-expired")
	ErrUsedLink    = Refusal("people.link-used")
	ErrSignedOut   = Refusal("people.signed-out") // no such session, or one that has ended
	ErrUnknownKey  = Refusal("people.key-unknown")
	ErrExpiredKey  = Refusal("people.key-expired")
	ErrScope       = Refusal("people.scope")      // the key was not made for this
	ErrNoScope     = Refusal("people.scope-none") // a scope that does not exist
	ErrClosed      = Refusal("people.closed")     // the account was closed
	ErrNoAccount   = Refusal("people.no-account") // no account has this name or address
	ErrLast        = Refusal("people.last")       // the last administrator cannot go
	ErrRole        = Refusal("people.role")       // a role that is none, or that needs an organisation
	ErrTaken       = Refusal("people.taken")      // the address belongs to another account
	ErrUnverified  = Refusal("people.unverified") // the site that vouches has not verified the address
	ErrOnlyWay     = Refusal("people.only-way")   // no address is known, and no other site vouches
	ErrTooMany     = Refusal("people.too-many")   // keys of one account
	ErrLifetime    = Refusal("people.lifetime")   // of a key
	ErrNoSeat      = Refusal("people.no-seat")    // the account does not act for this organisation
)

func (r Refusal) Error() string { return string(r) }

// Message tells the refusal to people.
func (r Refusal) Message() (string, []any) { return string(r), nil }

// TooOftenError is a limit that was reached. What was asked for was not done.
type TooOftenError struct{ Wait time.Duration }

func (e *TooOftenError) Error() string { return fmt.Sprintf("too often: wait %s", e.Wait) }

// Message tells the error to people.
func (e *TooOftenError) Message() (string, []any) {
	return "people.too-often", []any{int((e.Wait + time.Minute - 1) / time.Minute)}
}
