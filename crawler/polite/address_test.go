// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func TestCheckAddr(t *testing.T) {
	for address, want := range map[string]struct{ public, trusted bool }{
		"93.184.216.34": {true, true}, "192.0.1.1": {true, true}, "2606:2800:220:1::1": {true, true}, "::ffff:93.184.216.34": {true, true},
		"64:ff9b::5db8:d822": {true, true}, // NAT64 of 93.184.216.34
		"127.0.0.1":          {false, true}, "127.255.255.254": {false, true}, "::1": {false, true}, "::ffff:127.0.0.1": {false, true},
		"10.0.0.1": {false, true}, "172.16.0.1": {false, true}, "172.31.255.255": {false, true}, "192.168.1.1": {false, true},
		"100.64.0.1": {false, true}, "198.18.0.1": {false, true}, "fc00::1": {false, true}, "fd12:3456::1": {false, true},
		"::ffff:10.0.0.1": {false, true}, "64:ff9b::a00:1": {false, true}, "64:ff9b::7f00:1": {false, true},
		"169.254.169.254": {false, false}, "::ffff:169.254.169.254": {false, false}, "64:ff9b::a9fe:a9fe": {false, false},
		"fe80::1": {false, false}, "fe80::1%eth0": {false, false}, "fc00::1%eth0": {false, false}, "fec0::1": {false, false},
		"100.100.100.200": {false, false}, "168.63.129.16": {false, false}, "192.0.0.192": {false, false}, "fd00:ec2::254": {false, false},
		"0.0.0.0": {false, false}, "0.1.2.3": {false, false}, "::": {false, false}, "224.0.0.1": {false, false},
		"239.255.255.250": {false, false}, "ff02::1": {false, false}, "240.0.0.1": {false, false}, "255.255.255.255": {false, false},
		"2002:a00:1::": {false, false}, "2002:5db8:d822::1": {false, false}, "2001:0:4136:e378::1": {false, false},
		"64:ff9b:1::a00:1": {false, false}, "::7f00:1": {false, true}, "::ffff:0:7f00:1": {false, true},
		"192.0.2.1": {false, true}, "203.0.113.9": {false, true}, "2001:db8::1": {false, true}, "5f00::1": {false, true},
		"192.88.99.1": {false, true},
	} {
		ip := netip.MustParseAddr(address)
		if got := CheckAddr(ip) == nil; got != want.public {
			t.Errorf("%s: public %v, want %v", address, got, want.public)
		}
		if got := checkTrusted(ip) == nil; got != want.trusted {
			t.Errorf("%s: reachable when trusted %v, want %v", address, got, want.trusted)
		}
	}
	if CheckAddr(netip.Addr{}) == nil {
		t.Error("no address at all is public")
	}
}

// Hosts that a remote may name, before anything is looked up. What is let through is checked again when it is dialled.
func TestCheckHost(t *testing.T) {
	for host, want := range map[string]string{
		"forge.example": "", "forge.example.": "", "93.184.216.34": "", "2606:2800:220:1::1": "", "1and1.example": "", "0x.example": "",
		"127.0.0.1": "private", "127.0.0.1.": "private", "::1": "private", "::ffff:7f00:1": "private", "localhost": "private",
		"LOCALHOST.": "private", "a.localhost": "private", "10.1.2.3": "private", "fe80::1%25eth0": "private",
		"127.1": "spelling", "0177.0.0.1": "spelling", "2130706433": "spelling", "0x7f000001": "spelling", "0x7f.0.0.1": "spelling",
		"127.0.0.0x1": "spelling", "0": "spelling", "017700000001": "spelling", "127.0.1.": "spelling", "127.000.000.001": "spelling",
		"１２７.0.0.1": "private", "127。0。0。1": "private", "①②⑦.1": "spelling", "ｌｏｃａｌｈｏｓｔ": "private",
		"0X7F.1": "spelling", "1.2.3.4.5": "spelling", "example.0xg": "spelling",
	} {
		got := ""
		var address *AddressError
		if err := checkHost(host); errors.As(err, &address) {
			got = address.Problem
		}
		if got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://Forge.Example./a": "forge.example", "https://forge.example:443/": "forge.example", "http://forge.example:80": "forge.example",
		"https://forge.example:8443": "forge.example:8443", "http://[::1]:3000/": "[::1]:3000", "http://[::1]/": "[::1]",
		"https://a:b@forge.example/": "forge.example",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := Host(u); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// names is a resolver of the test's own: a DNS server on this machine, which answers from a function.
func names(t *testing.T, answer func(name string) [][4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Authoritative, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				for _, a := range answer(strings.TrimSuffix(q.Name.String(), ".")) {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
						Body:   &dnsmessage.AResource{A: a}})
				}
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name is looked up once for each connection, and what it stands for then is what is checked and dialled: a name that first stands
// for a public address and then for this machine leads nowhere.
func TestNamesAreCheckedWhenTheyAreDialled(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("reached", r.Host) }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	var asked atomic.Int32
	resolver := names(t, func(name string) [][4]byte {
		switch n := asked.Add(1); {
		case name == "rebinding.example" && n == 1:
			return [][4]byte{{93, 184, 216, 34}}
		case name == "both.example":
			return [][4]byte{{127, 0, 0, 1}, {10, 0, 0, 1}}
		}
		return [][4]byte{{127, 0, 0, 1}}
	})
	if list, err := resolver.LookupNetIP(t.Context(), "ip4", "rebinding.example"); err != nil || CheckAddr(list[0]) != nil {
		t.Fatal(list, err) // what somebody saw who looked before dialling
	}
	d := dialer{resolver: resolver}
	for _, name := range []string{"rebinding.example", "inside.example", "both.example", "127.0.0.1", "localhost"} {
		_, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(name, port))
		var address *AddressError
		if !errors.As(err, &address) || address.Problem != "private" || address.Host != name {
			t.Errorf("%s: %v, want an AddressError", name, err)
		}
	}
	d.trusted = func(string) bool { return true }
	var address *AddressError
	if _, err := d.DialContext(t.Context(), "tcp", "169.254.169.254:80"); !errors.As(err, &address) || address.Problem != "never" {
		t.Error("no word opens the cloud's own services:", err)
	}
	d.trusted = func(host string) bool { return host == "inside.example:"+port }
	conn, err := d.DialContext(t.Context(), "tcp", "Inside.Example.:"+port)
	if err != nil {
		t.Fatal("trusted:", err)
	}
	conn.Close()
	if _, err := d.DialContext(t.Context(), "tcp", "inside.example:1"); err == nil {
		t.Error("another port of a trusted host is trusted")
	}
}

// follow asks for an address as a client would, redirections included, where the hosts named are trusted.
func follow(ctx context.Context, tr *Transport, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: tr}).Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func TestTrustIsForWhatTheOperatorWrote(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer inside.Close()
	var other *httptest.Server
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, inside.URL, http.StatusFound)
		case "/other":
			http.Redirect(w, r, other.URL, http.StatusFound)
		case "/cloud":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/plain":
			http.Redirect(w, r, "http://forge.example/", http.StatusFound)
		case "/itself":
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	defer outside.Close()
	other = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			http.Redirect(w, r, inside.URL, http.StatusFound)
			return
		}
		t.Error("reached what nobody trusts")
	}))
	defer other.Close()
	trusted := map[string]bool{}
	for _, s := range []*httptest.Server{inside, outside} {
		trusted[s.Listener.Addr().String()] = true
	}
	tr := New(Config{Trusted: func(host string) bool { return trusted[host] }, Retries: -1})
	for name, c := range map[string]struct {
		ctx     context.Context
		address string
		problem string
	}{
		"written":                       {t.Context(), inside.URL, ""},
		"sent on to itself":             {t.Context(), outside.URL + "/itself", ""},
		"sent on to another one":        {t.Context(), outside.URL + "/inside", ""},
		"sent on to this machine":       {t.Context(), outside.URL + "/other", "private"},
		"sent on to the cloud":          {t.Context(), outside.URL + "/cloud", "private"},
		"sent on to http":               {t.Context(), outside.URL + "/plain", "insecure"},
		"not written":                   {t.Context(), other.URL, "private"},
		"told by a remote":              {Remote(t.Context()), inside.URL, "private"},
		"http, a name, told":            {t.Context(), "http://forge.example/", "insecure"},
		"a number, told":                {t.Context(), "https://2130706433/", "spelling"},
		"another scheme":                {t.Context(), "ftp://forge.example/", "scheme"},
		"no host":                       {t.Context(), "https:///a", "no-host"},
		"this machine by another name":  {t.Context(), strings.Replace(inside.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1), "private"},
		"this machine as https, a name": {t.Context(), "https://localhost./", "private"},
	} {
		err := follow(c.ctx, tr, c.address)
		var address *AddressError
		if c.problem == "" && err != nil || c.problem != "" && (!errors.As(err, &address) || address.Problem != c.problem) {
			t.Errorf("%s: %v, want %q", name, err, c.problem)
		}
	}
	// Whoever is not trusted cannot send us to one who is.
	from := httptest.NewRequest(http.MethodGet, other.URL+"/back", nil)
	req := httptest.NewRequest(http.MethodGet, inside.URL, nil)
	req.Response = &http.Response{Request: from}
	var address *AddressError
	if _, err := tr.RoundTrip(req); !errors.As(err, &address) {
		t.Error("sent on to a trusted host by one that is not:", err)
	}
}

func TestProxy(t *testing.T) {
	asked := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	at, _ := url.Parse(proxy.URL)
	tr := New(Config{Retries: -1, Proxy: func(r *http.Request) (*url.URL, error) {
		if r.URL.Port() == "1" {
			return nil, nil
		}
		return at, nil
	}})
	follow(t.Context(), tr, "https://93.184.216.34/a")
	if asked != "CONNECT 93.184.216.34:443" {
		t.Errorf("the operator's proxy, on this machine, was asked %q", asked)
	}
	asked = ""
	var address *AddressError
	for _, target := range []string{"https://localhost/", "https://127.0.0.1/", "https://127.0.0.1:1/"} {
		if err := follow(t.Context(), tr, target); !errors.As(err, &address) || asked != "" {
			t.Errorf("%s through the proxy: %v, asked %q", target, err, asked)
		}
	}
}

// A proxy looks names up for us, so they are looked up before.
func TestNamesAreCheckedBeforeAProxyIsAsked(t *testing.T) {
	at, _ := url.Parse("http://proxy.example:3128")
	through := true
	p := &proxies{strict: true, of: func(*http.Request) (*url.URL, error) {
		if through {
			return at, nil
		}
		return nil, nil
	}, resolver: *names(t, func(name string) [][4]byte {
		return map[string][][4]byte{"inside.example": {{10, 0, 0, 1}}, "forge.example": {{93, 184, 216, 34}}}[name]
	})}
	var address *AddressError
	if _, err := p.choose(httptest.NewRequest("GET", "https://inside.example/", nil)); !errors.As(err, &address) || address.Addr != "10.0.0.1" {
		t.Error("a private name:", err)
	}
	for _, target := range []string{"https://forge.example/", "https://unknown.example/"} {
		if u, err := p.choose(httptest.NewRequest("GET", target, nil)); u != at || err != nil {
			t.Errorf("%s: %v, %v", target, u, err)
		}
	}
	through = false
	if _, err := p.choose(httptest.NewRequest("GET", "https://proxy.example:3128/", nil)); !errors.As(err, &address) {
		t.Error("the proxy itself, which may stand inside:", err)
	}
}

func FuzzCheckHost(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "0x7f.1", "[::1]", "forge.example.", "fe80::1%25lo", "１２７.0.0.1", "127。0。0。1", "..", "[a]:80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if checkHost(s) != nil {
			return
		}
		// What is let through and is an address to anybody's eyes is public.
		if ip, err := netip.ParseAddr(strings.TrimSuffix(s, ".")); err == nil && CheckAddr(ip) != nil {
			t.Errorf("%q let through", s)
		}
		if key := hostKey(s); hostKey(key) != key {
			t.Errorf("%q: key %q becomes %q", s, key, hostKey(key))
		}
	})
}
