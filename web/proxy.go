// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"net/netip"
	"strings"

	"communs/registry/people"
)

// visitor is the network that a request comes from, for limits: it is kept in memory alone. This machine, and the proxies that the operator trusts, say
// in X-Forwarded-For whom they speak for: its addresses are read from the last one back as long as a trusted proxy wrote them; what stands before
// is the visitor's own words.
func (s *Server) visitor(r *request) string { return visitorOf(r.Request, s.proxies) }

func visitorOf(r *http.Request, trusted []netip.Prefix) string {
	from := r.RemoteAddr
	if a, err := netip.ParseAddrPort(from); err == nil {
		from = a.Addr().String()
	}
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(told) - 1; i >= 0 && speaksForOthers(from, trusted); i-- {
		one := strings.TrimSpace(told[i])
		if one == "" {
			break
		}
		if a, err := netip.ParseAddrPort(one); err == nil { // some proxies add the port
			one = a.Addr().String()
		}
		from = one
	}
	return people.Network(from)
}

// speaksForOthers reports whether a request from an address may be made for somebody else.
func speaksForOthers(address string, trusted []netip.Prefix) bool {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	if a.IsLoopback() {
		return true
	}
	for _, p := range trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
