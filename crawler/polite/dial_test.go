// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"errors"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
)

// TestDialLooksAtAddresses as requests do: at the moment of connecting, whatever a name stood for before; and a connection holds its place.
func TestDialLooksAtAddresses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	var asked atomic.Int32
	resolver := names(t, func(name string) [][4]byte {
		if asked.Add(1) == 1 && name == "rebinding.example" {
			return [][4]byte{{93, 184, 216, 34}}
		}
		return [][4]byte{{127, 0, 0, 1}}
	})
	if list, err := resolver.LookupNetIP(t.Context(), "ip4", "rebinding.example"); err != nil || CheckAddr(list[0]) != nil {
		t.Fatal(list, err) // what somebody saw who looked before dialling
	}
	tr := New(Config{Resolver: resolver, Parallel: 1, Trusted: func(host string) bool { return host == "inside.example:"+port }})
	to := func(host string) *url.URL {
		return &url.URL{Scheme: "git", Host: net.JoinHostPort(host, port), Path: "/x"}
	}
	var address *AddressError
	for _, host := range []string{"rebinding.example", "127.0.0.1", "localhost", "127.1", "::1", "169.254.169.254", ""} {
		if _, err := tr.Dial(t.Context(), to(host)); !errors.As(err, &address) {
			t.Errorf("%q: %v", host, err)
		}
	}
	if _, err := tr.Dial(Remote(t.Context()), to("inside.example")); !errors.As(err, &address) {
		t.Error("told by a remote:", err)
	}
	for range 3 { // one place, given back each time
		conn, err := tr.Dial(t.Context(), to("inside.example"))
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	for _, h := range tr.Hosts() {
		if h.Host == "inside.example:"+port && h.Requests != 4 || h.Resting {
			t.Errorf("%+v", h)
		}
	}
}
