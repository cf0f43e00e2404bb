// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"strings"
)

// admitted is a repository that may be asked for.
type admitted struct {
	key, mirror string
	asked       requests
	kept        *optOut // what has kept it out until now
}

// admit cleans the addresses of a repository and finds, before anything is asked of its server, why it is not brought: the event then has the
// reason.
func (c *Crawler) admit(ctx context.Context, r *Repository) (a admitted, out Event) {
	out = Event{Kind: Failed, Source: r.Source, Repository: *r}
	a.key = AddressKey(r.URL)
	var err error
	if a.mirror, err = mirrorPath(a.key); err == nil {
		err = c.checkAddresses(r)
	}
	if err != nil {
		out.Err = &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
		return a, out
	}
	if a.asked, out.Err = c.requests(ctx); out.Err != nil {
		return a, out
	}
	if why, ok := a.asked.reason(a.key); ok {
		return a, out.refused(why)
	}
	kept, why, err := c.keptOut(ctx, a.key, *r)
	if a.kept, out.Err = kept, err; why != nil && err == nil {
		out.Kind, out.Err = Skipped, why
	}
	return a, out
}

// checkAddresses cleans the addresses of a repository that a source has listed. What comes from a forge is not
// trusted: only http and https lead anywhere, and git where the operator allows it.
func (c *Crawler) checkAddresses(r *Repository) error {
	var err error
	if r.URL, err = gitURL(r.URL); err != nil {
		return err
	}
	if r.Path != "" {
		return nil
	}
	if r.Clone != "" {
		if r.Clone, err = gitURL(r.Clone); err != nil {
			return err
		}
	}
	for _, address := range []string{r.URL, r.Clone} {
		if strings.HasPrefix(address, "file:") {
			return &AddressError{address, "scheme"}
		}
		if isDaemon(address) && !c.cfg.GitProtocol {
			return &AddressError{address, "git-protocol"}
		}
	}
	return nil
}
