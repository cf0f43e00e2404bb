// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"context"
	"errors"
	"io"
	"net/http"

	"communs/crawler/polite"
)

// File reads a small text on a site, from that host alone: an answer from elsewhere, to which it leads, says nothing of who keeps it. Without
// an error nil says that there is none.
func (f *Fetcher) File(ctx context.Context, address string, most int64) ([]byte, error) {
	if err := onlyHTTPS(address); err != nil {
		return nil, err
	}
	req, done, err := f.request(ctx, address)
	if err != nil {
		return nil, err
	}
	defer done()
	client := f.client()
	defer client.CloseIdleConnections()
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if next.URL.Scheme != "https" || next.URL.Host != via[0].URL.Host || len(via) > maxRedirects {
			return fault("other-host", next.URL.Redacted())
		}
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, notFetched(address, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		return nil, nil
	case http.StatusOK:
	default:
		return nil, fault("status", address, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, notFetched(address, err)
	}
	if int64(len(text)) > most {
		return nil, fault("too-long", address, most>>10)
	}
	return text, nil
}

// notFetched says why nothing came.
func notFetched(address string, err error) error {
	var known *Fault
	var private *polite.AddressError
	if errors.As(err, &known) {
		return known
	}
	if errors.As(err, &private) {
		return fault("private-address", private.Addr)
	}
	return &Fault{"not-fetched", []any{address}, err}
}
