// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestVisitor(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:ffff::/48")}
	for _, test := range []struct {
		remote string
		told   []string // headers X-Forwarded-For
		want   string
	}{
		{"192.0.2.1:99", nil, "192.0.2.1"},
		{"192.0.2.1:99", []string{"203.0.113.9"}, "192.0.2.1"}, // a visitor's own words
		{"127.0.0.1:99", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"[::1]:99", []string{"2001:db8:1:2:3::4"}, "2001:db8:1:2::/64"},
		{"127.0.0.1:99", nil, "127.0.0.1"},
		{"127.0.0.1:99", []string{"x"}, ""},
		{"10.1.2.3:99", []string{"203.0.113.9"}, "203.0.113.9"},
		{"[::ffff:10.1.2.3]:99", []string{"203.0.113.9"}, "203.0.113.9"},
		{"10.1.2.3:99", []string{"198.51.100.1, 203.0.113.9, 10.9.9.9"}, "203.0.113.9"}, // two proxies in a row
		{"10.1.2.3:99", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},         // a header for each
		{"10.1.2.3:99", []string{"203.0.113.9, 192.0.2.7:4711"}, "192.0.2.7"},
		{"[2001:db8:ffff::1]:99", []string{"203.0.113.9"}, "203.0.113.9"},
		{"11.1.2.3:99", []string{"203.0.113.9"}, "11.1.2.3"},
		{"10.1.2.3:99", []string{"10.4.4.4"}, "10.4.4.4"}, // somebody inside
		{"10.1.2.3:99", []string{"203.0.113.9,"}, "10.1.2.3"},
		{"unix", nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.remote
		for _, told := range test.told {
			r.Header.Add("X-Forwarded-For", told)
		}
		if got := visitorOf(r, trusted); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
