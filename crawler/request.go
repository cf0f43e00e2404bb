// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"strings"
)

// An owner may ask before anything was crawled: for one repository, or for all that are below an address, those of an owner
// (https://forge.example.org/team/*) or of a whole server (https://forge.example.org/*). Such a request is a withdrawal too. It binds whoever
// lists the repository: it is not queued, its server is not asked for it, and it is not handed on for archiving.

// everything ends an address that means all repositories below it.
const everything = "/*"

// requests are the repositories that must not be crawled, by their keys, with the reasons.
type requests map[string]string

// reason is why the repository with that key must not be crawled: by a request about it, or about what it stands below.
func (q requests) reason(key string) (why string, out bool) {
	if why, out = q[key]; out {
		return why, true
	}
	for i := strings.LastIndexByte(key, '/'); i >= 0; i = strings.LastIndexByte(key[:i], '/') {
		if why, out = q[key[:i]+everything]; out {
			return why, true
		}
	}
	return "", false
}

// requests are the withdrawals of repositories.
func (c *Crawler) requests(ctx context.Context) (requests, error) {
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return nil, err
	}
	q := requests{}
	for _, w := range list {
		if w.key != "" {
			q[w.key] = w.Reason
		}
	}
	return q, nil
}

// refused is a repository that was withdrawn, told with the reason.
func (e Event) refused(why string) Event {
	e.Kind, e.Err = Withdrawn, &OptOutError{URL: withoutUser(e.Repository.URL), By: ByRequest, Reason: why}
	return e
}

// Forbid is [Crawler.Withdraw] for what need not be known here: a repository that was never crawled.
func (c *Crawler) Forbid(ctx context.Context, target, reason string) (Withdrawal, error) {
	return c.withdraw(ctx, target, reason, true)
}

// isBelow reports whether a target means all repositories below an address.
func isBelow(target string) bool {
	return strings.HasSuffix(target, everything) && strings.Contains(target, "://")
}

// Covers reports whether a withdrawal is about the repository at an address.
func (w Withdrawal) Covers(address string) bool {
	_, out := requests{AddressKey(strings.TrimSuffix(w.URL, everything)) + w.URL[len(strings.TrimSuffix(w.URL, everything)):]: ""}.reason(AddressKey(address))
	return out && w.URL != ""
}

// aheadOf is the withdrawal of what is not known here: of an address of a server, or of all below one.
func aheadOf(target string) (withdrawal, error) {
	address, below := strings.CutSuffix(target, everything)
	canonical, err := CanonicalURL(address)
	key := AddressKey(canonical)
	if err != nil || strings.HasPrefix(key, "file:") || !below && !strings.Contains(key, "/") {
		return withdrawal{}, &UnknownError{withoutUser(target)}
	}
	if below {
		canonical, key = canonical+everything, key+everything
	}
	return withdrawal{Withdrawal: Withdrawal{URL: canonical}, key: key}, nil
}

// removeBelow withdraws every repository below an address, each by itself, so that the index and whoever asks for one of them hear of it.
func (c *Crawler) removeBelow(ctx context.Context, w withdrawal) (mirrors int, err error) {
	from := strings.TrimSuffix(w.key, "*")
	to := strings.TrimSuffix(from, "/") + "0" // which follows /
	list, err := c.store.list(ctx, "key > ? AND key < ?", from, to)
	if err != nil {
		return 0, err
	}
	for _, rec := range list {
		one := withdrawal{Withdrawal: Withdrawal{Target: rec.URL, URL: rec.URL, Reason: w.Reason, Time: w.Time}, key: rec.key}
		if err := c.store.putWithdrawal(ctx, one); err != nil {
			return mirrors, err
		}
		n, err := c.carryOut(ctx, one)
		if mirrors += n; err != nil {
			return mirrors, err
		}
	}
	return mirrors, c.store.inOne(ctx,
		statement{`DELETE FROM crawl_queue WHERE key > ? AND key < ?`, []any{from, to}},
		statement{`DELETE FROM crawl_listed WHERE key > ? AND key < ?`, []any{from, to}},
		statement{`DELETE FROM crawl_answers`, nil}) // which may have named them
}
