// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import "net/netip"

// proxies are those whose word is taken for whom they speak for: "10.1.2.3", "10.0.0.0/8", "2001:db8::/32". bad is the first that cannot be one.
// The network of everybody is none: anybody could then say that they are anybody.
func (c serveConfig) proxies() (all []netip.Prefix, bad string) {
	for _, text := range c.TrustedProxies {
		p, err := netip.ParsePrefix(text)
		if a, alone := netip.ParseAddr(text); alone == nil {
			p, err = a.Unmap().WithZone("").Prefix(a.Unmap().BitLen())
		}
		if err != nil || p.Bits() == 0 {
			return nil, text
		}
		all = append(all, p.Masked())
	}
	return all, ""
}
