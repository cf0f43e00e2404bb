// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/idna"
)

// special are the addresses that are nobody's on the public network, or lead back into a private one.
func special() []string {
	return []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
		"192.0.0.0/24", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // IETF's, examples
		"192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", // 6to4 relays, benchmarks, multicast, reserved and broadcast
		"168.63.129.16/32",           // Azure's own services, for the machine that asks
		"2001::/23",                  // IETF's: Teredo, benchmarks, ORCHID
		"2001:db8::/32", "3fff::/20", // examples
		"2002::/16", // 6to4
	}
}

// never are the addresses that even the operator's word does not open: a machine's own cloud, and what is no host at all.
func never() []string {
	return []string{
		"0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::/32", "2002::/16", "2001::/32", "64:ff9b:1::/48",
	}
}

// CheckAddr refuses an address that is not of a machine on the public network: of this machine, of one near by, of a cloud's own
// services, of several machines, of none, or one that wraps the IPv4 address of such a machine.
func CheckAddr(ip netip.Addr) error {
	plain, ok := unwrap(ip)
	if !ok || within(plain, special()) || plain.Is6() && !netip.MustParsePrefix("2000::/3").Contains(plain) {
		return &AddressError{Host: ip.String(), Addr: ip.String(), Problem: "private"}
	}
	return nil
}

// checkTrusted is CheckAddr for a host that the operator has written: it may be private or this machine.
func checkTrusted(ip netip.Addr) error {
	plain, ok := unwrap(ip)
	if !ok || within(plain, never()) {
		return &AddressError{Host: ip.String(), Addr: ip.String(), Problem: "never"}
	}
	return nil
}

// unwrap takes the IPv4 address out of an IPv6 one that stands for it: mapped, or behind NAT64, as all are where a network has
// IPv6 only.
func unwrap(ip netip.Addr) (netip.Addr, bool) {
	if !ip.IsValid() || ip.Zone() != "" {
		return ip, false
	}
	ip = ip.Unmap()
	if netip.MustParsePrefix("64:ff9b::/96").Contains(ip) {
		b := ip.As16()
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return ip, true
}

func within(ip netip.Addr, list []string) bool {
	for _, s := range list {
		if netip.MustParsePrefix(s).Contains(ip) {
			return true
		}
	}
	return false
}

// DialContext connects to public addresses only, and to the hosts that are trusted wherever they stand but for what is never right. A
// name is resolved once, and each of its addresses is checked at the moment of connecting to it, so that no name leads elsewhere
// after it was looked at.
func DialContext(trusted func(host string) bool) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return dialer{trusted: trusted}.DialContext
}

// dialer is what DialContext gives; tests have it ask a resolver of theirs.
type dialer struct {
	trusted  func(string) bool
	resolver *net.Resolver
}

func (d dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	check := CheckAddr
	if d.trusted != nil && d.trusted(hostKey(addr)) {
		check = checkTrusted
	}
	name, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	nd := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, Resolver: d.resolver,
		Control: func(network, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err == nil {
				err = check(to.Addr())
			}
			if err != nil {
				return &AddressError{Host: name, Addr: to.Addr().String(), Problem: problem(err)}
			}
			return nil
		}}
	return nd.DialContext(ctx, network, addr)
}

func problem(err error) string {
	if e, ok := err.(*AddressError); ok {
		return e.Problem
	}
	return "private"
}

// hostKey is [Host] of "host" or "host:port".
func hostKey(s string) string {
	name, port := s, ""
	if h, p, err := net.SplitHostPort(s); err == nil {
		name, port = h, p
	}
	name = strings.TrimRight(strings.ToLower(strings.Trim(name, "[]")), ".")
	if port == "" || port == "80" || port == "443" {
		if strings.Contains(name, ":") {
			return "[" + name + "]"
		}
		return name
	}
	return net.JoinHostPort(name, port)
}

// remoteKey marks a context: the address of its requests was told by a remote.
type remoteKey struct{}

// Remote marks a context whose requests go where a remote has said: no trust that the operator gave opens a private address to them.
func Remote(ctx context.Context) context.Context { return context.WithValue(ctx, remoteKey{}, true) }

// route chooses what a request is sent with, after a look at its address.
func (t *Transport) route(req *http.Request) (http.RoundTripper, error) {
	u := req.URL
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, &AddressError{Host: u.Redacted(), Problem: "scheme"}
	}
	if u.Hostname() == "" {
		return nil, &AddressError{Host: u.Redacted(), Problem: "no-host"}
	}
	if t.trusts(req) {
		return t.open, nil
	}
	if err := checkHost(u.Hostname()); err != nil {
		return nil, err
	}
	if u.Scheme != "https" {
		return nil, &AddressError{Host: u.Host, Problem: "insecure"}
	}
	return t.strict, nil
}

// trusts reports whether the operator wrote the host of a request: itself and, if it was redirected, wherever it came from.
func (t *Transport) trusts(req *http.Request) bool {
	if remote, _ := req.Context().Value(remoteKey{}).(bool); remote {
		return false
	}
	for req != nil {
		if !t.cfg.Trusted(Host(req.URL)) {
			return false
		}
		if req.Response == nil {
			break
		}
		req = req.Response.Request
	}
	return true
}

// checkHost refuses a host that is an address which is not public, in any spelling, before anything is looked up.
func checkHost(host string) error {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii // wide digits and the like are those of an address too
	}
	if ip, err := netip.ParseAddr(name); err == nil {
		if CheckAddr(ip) != nil {
			return &AddressError{Host: host, Addr: ip.String(), Problem: "private"}
		}
		return nil
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	if digits(last) || strings.HasPrefix(last, "0x") { // 127.1, 0177.0.0.1, 2130706433, 0x7f.1: no name ends so
		return &AddressError{Host: host, Problem: "spelling"}
	}
	if last == "localhost" {
		return &AddressError{Host: host, Problem: "private"}
	}
	return nil
}

// proxies has requests go through the operator's proxy, which may stand in the private network. Since it looks names up for us, they are
// looked up here first, where that can be done.
type proxies struct {
	of       func(*http.Request) (*url.URL, error)
	strict   bool
	resolver net.Resolver
	known    sync.Map // addresses to dial
}

func (p *proxies) choose(req *http.Request) (*url.URL, error) {
	if p.of == nil {
		return nil, nil
	}
	u, err := p.of(req)
	if err != nil || u == nil {
		if _, is := p.known.Load(dialled(req.URL)); is && p.strict {
			return nil, &AddressError{Host: req.URL.Host, Problem: "private"}
		}
		return nil, err
	}
	if p.strict {
		if list, err := p.resolver.LookupNetIP(req.Context(), "ip", req.URL.Hostname()); err == nil {
			for _, ip := range list {
				if CheckAddr(ip) != nil {
					return nil, &AddressError{Host: req.URL.Hostname(), Addr: ip.Unmap().String(), Problem: "private"}
				}
			}
		}
	}
	p.known.Store(dialled(u), true)
	return u, nil
}

// dialled is the address that is dialled for a URL.
func dialled(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (p *proxies) dial(direct func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	plain := &net.Dialer{Timeout: 30 * time.Second}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if _, is := p.known.Load(addr); is {
			return plain.DialContext(ctx, network, addr)
		}
		return direct(ctx, network, addr)
	}
}
