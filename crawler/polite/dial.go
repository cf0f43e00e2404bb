// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"net"
	"net/url"
	"sync"
)

// daemonPort is the usual port of the one protocol besides HTTP that is spoken, git's own.
const daemonPort = "9418"

// Dial connects to a host for another protocol than HTTP, in its turn and after the same look at its address. The connection holds one of the
// host's places until it is closed.
func (t *Transport) Dial(ctx context.Context, u *url.URL) (net.Conn, error) {
	name := Host(u)
	remote, _ := ctx.Value(remoteKey{}).(bool)
	trusted := !remote && t.cfg.Trusted(name)
	if u.Hostname() == "" {
		return nil, &AddressError{Host: u.Redacted(), Problem: "no-host"}
	}
	if !trusted {
		if err := checkHost(u.Hostname()); err != nil {
			return nil, err
		}
	}
	port := u.Port()
	if port == "" {
		port = daemonPort
	}
	h := t.host(name)
	if err := t.enter(ctx, h); err != nil {
		return nil, err
	}
	h.sent(t.cfg.Now(), false)
	conn, err := dialer{trusted: func(string) bool { return trusted }, resolver: t.cfg.Resolver}.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		h.leave()
		if ours(err) || ctx.Err() != nil {
			h.unsure()
		} else {
			t.report(h.note(t.cfg.Now(), verdict{kind: faulty, left: -1}, 0, err, true))
		}
		return nil, err
	}
	t.report(h.note(t.cfg.Now(), verdict{left: -1}, 200, nil, true))
	return &dialledConn{conn, h, sync.OnceFunc(h.leave)}, nil
}

// dialledConn is a connection that holds a place.
type dialledConn struct {
	net.Conn
	host  *host
	leave func()
}

func (c *dialledConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.host.received(n)
	return n, err
}

func (c *dialledConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
