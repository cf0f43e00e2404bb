// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAddressesAreReadOverHTTPSAndInPublicOnly(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
			w.Write([]byte("nom\nA\n"))
		case "/plain":
			http.Redirect(w, r, "http://"+r.Host+"/ok", http.StatusFound)
		case "/inside":
			http.Redirect(w, r, "https://169.254.169.254/latest/meta-data/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/slow":
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case "/big":
			block := make([]byte, 1<<20)
			for range MaxSize>>20 + 1 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	defer close(release)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	itself := func(host string) bool { return host == server.Listener.Addr().String() }
	loopback := &Fetcher{Roots: roots, Timeout: 20 * time.Second, Trusted: itself}
	for _, test := range []struct {
		f         *Fetcher
		url, want string
	}{
		{loopback, server.URL + "/ok", ""},
		{loopback, server.URL + "/none", "status"},
		{loopback, server.URL + "/plain", "https"},
		{loopback, server.URL + "/inside", "private-address"},
		{loopback, server.URL + "/round", "redirects"},
		{loopback, server.URL + "/big", "too-big"},
		{&Fetcher{Roots: roots, Timeout: 50 * time.Millisecond, Trusted: itself}, server.URL + "/slow", "not-fetched"},
		{&Fetcher{Roots: roots}, server.URL + "/ok", "private-address"},
		{&Fetcher{}, strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/ok", "private-address"},
		{&Fetcher{}, strings.Replace(server.URL, "https", "http", 1), "https"},
		{&Fetcher{}, "https://user:secret@example.org/", "https"},
		{&Fetcher{}, "file:///etc/passwd", "url"},
		{&Fetcher{}, "https://", "url"},
	} {
		files, err := test.f.Get(t.Context(), test.url)
		var f *Fault
		switch {
		case test.want == "" && (err != nil || string(files[0].Data) != "nom\nA\n"):
			t.Errorf("%s: %v", test.url, err)
		case test.want != "" && (!errors.As(err, &f) || f.Code != test.want):
			t.Errorf("%s: %v, want %s", test.url, err, test.want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("the password is told: %v", err)
		}
	}
}
