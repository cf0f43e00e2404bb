// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"communs/crawler/polite"
)

// Fetcher reads addresses, over https only. Which machine a name stands for is looked at when the connection is made ([polite.DialContext]),
// so that no name leads into the network that we stand in.
type Fetcher struct {
	UserAgent string
	Timeout   time.Duration // of the whole; a minute when 0

	Trusted func(host string) bool                                               // hosts that may be private: for tests
	Roots   *x509.CertPool                                                       // nil: those of the system
	Dial    func(ctx context.Context, network, address string) (net.Conn, error) // nil: [polite.DialContext]
}

// maxRedirects is how often an address may lead to another.
const maxRedirects = 5

// Get reads what stands at an address.
func (f *Fetcher) Get(ctx context.Context, address string) ([]File, error) {
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
	resp, err := client.Do(req)
	if err != nil {
		return nil, notFetched(address, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fault("status", address, resp.Status)
	}
	return ReadInput(address, resp.Body)
}

// request asks for an address within the time that there is for it.
func (f *Fetcher) request(ctx context.Context, address string) (*http.Request, context.CancelFunc, error) {
	timeout := f.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel()
		return nil, nil, &Fault{"url", []any{address}, err}
	}
	if f.UserAgent != "" {
		req.Header.Set("User-Agent", f.UserAgent)
	}
	return req, cancel, nil
}

// onlyHTTPS refuses what is not a full https address.
func onlyHTTPS(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "":
		return &Fault{"url", []any{address}, err}
	case !strings.EqualFold(u.Scheme, "https") || u.User != nil:
		return fault("https", u.Redacted())
	}
	return nil
}

func (f *Fetcher) client() *http.Client {
	dial := f.Dial
	if dial == nil {
		dial = polite.DialContext(f.Trusted)
	}
	return &http.Client{
		Transport: &http.Transport{ // no proxy: it would look names up for us
			DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: f.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return fault("redirects", via[0].URL.String())
			}
			return onlyHTTPS(req.URL.String())
		},
	}
}
