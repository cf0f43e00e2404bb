// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"fmt"
	"time"
)

// WaitError is a host that has us wait for longer than we do: what was wanted is left for the next run.
type WaitError struct {
	Host  string
	Until time.Time
	Why   string // retry-after, rate-limit, pace (our own limiter)
}

func (e *WaitError) Error() string {
	return fmt.Sprintf("%s is not to be asked before %s (%s)", e.Host, e.Until.Format(time.RFC3339), e.Why)
}

// Message says it to people.
func (e *WaitError) Message() (string, []any) {
	return "polite.wait", []any{e.Host, e.Until.Local().Format("2006-01-02 15:04")}
}

// BreakerError is a host that is left alone for a while because nothing useful came from it several times in a row.
type BreakerError struct {
	Host   string
	Until  time.Time
	Status int   // of its last answer, if any
	Err    error // the last fault, when it was none
}

func (e *BreakerError) Error() string {
	return fmt.Sprintf("%s rests until %s: %s", e.Host, e.Until.Format(time.RFC3339), e.what())
}

func (e *BreakerError) what() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("HTTP %d", e.Status)
}

func (e *BreakerError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *BreakerError) Message() (string, []any) {
	return "polite.rest", []any{e.Host, e.Until.Local().Format("2006-01-02 15:04"), e.what()}
}

// AddressError is an address where nothing may lead us.
type AddressError struct {
	Host    string // as it was written
	Addr    string // what it stands for, if it came to that
	Problem string // private, spelling (a number that some read as an address), insecure (http), scheme, no-host
}

func (e *AddressError) Error() string {
	if e.Addr != "" && e.Addr != e.Host {
		return fmt.Sprintf("%s (%s): %s address", e.Host, e.Addr, e.Problem)
	}
	return fmt.Sprintf("%s: %s address", e.Host, e.Problem)
}

// Message says it to people.
func (e *AddressError) Message() (string, []any) {
	shown := e.Addr
	if shown == "" {
		shown = e.Host
	}
	return "polite.address-" + e.Problem, []any{e.Host, shown}
}

// RobotsError is a page that its server's robots.txt keeps programs from.
type RobotsError struct {
	URL    string
	Rule   string // the one that says so; empty when robots.txt could not be read
	Status int    // of robots.txt, when that is why
}

func (e *RobotsError) Error() string {
	if e.Rule == "" {
		return fmt.Sprintf("%s: robots.txt cannot be read (HTTP %d)", e.URL, e.Status)
	}
	return fmt.Sprintf("%s: robots.txt says %q", e.URL, e.Rule)
}

// Message says it to people.
func (e *RobotsError) Message() (string, []any) {
	if e.Rule == "" {
		return "polite.robots-unread", []any{e.URL}
	}
	return "polite.robots", []any{e.URL, e.Rule}
}
