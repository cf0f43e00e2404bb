// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// replayedWeb stands for forges: it answers what they answer at these addresses, with what they would send, and nothing elsewhere.
func replayedWeb(t *testing.T, answers map[string]string, hosts ...string) *Fetcher {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: hosts, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers["https://"+r.Host+r.URL.EscapedPath()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(body))
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &Fetcher{Roots: roots, Timeout: 20 * time.Second, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}}
}

// TestAddressesAsPeopleCopyThem: the pages on which forges show a descriptor, the file itself, and the repository lead to the same.
func TestAddressesAsPeopleCopyThem(t *testing.T) {
	const page = "<!doctype html><title>the page that shows the file</title>"
	const (
		github, gitlab = "https://github.com/ville/agenda", "https://gitlab.example.org/ville/outils/agenda"
		gitea          = "https://forgejo.example.org/ville/agenda"
		raw            = "https://raw.githubusercontent.com/ville/agenda"
	)
	f := replayedWeb(t, map[string]string{
		raw + "/HEAD/publiccode.yml": "github", raw + "/main/publiccode.yml": "github", raw + "/refs/heads/main/publiccode.yml": "github",
		raw + "/a/b/sous-dossier/publiccode.yml": "github a/b", github + "/blob/main/publiccode.yml": page,
		gitlab + "/-/raw/HEAD/publiccode.yml": "gitlab", gitlab + "/-/raw/main/publiccode.yml": "gitlab", gitlab + "/-/blob/main/publiccode.yml": page,
		gitea + "/raw/HEAD/publiccode.yml": "gitea", gitea + "/raw/branch/main/publiccode.yml": "gitea", gitea + "/src/branch/main/publiccode.yml": page,
		gitea + "/raw/commit/1234/publiccode.yml": "gitea", gitea + "/raw/branch/%C3%A9t%C3%A9/publiccode.yml": "gitea",
		"https://gogs.example.org/ville/agenda/raw/master/publiccode.yaml": "gogs",
		"https://www.example.org/logiciel/publiccode.yml":                  "elsewhere",
	}, "github.com", "raw.githubusercontent.com", "gitlab.example.org", "forgejo.example.org", "gogs.example.org", "www.example.org")
	for _, test := range []struct{ address, want, repository string }{
		{github, "github", github},
		{github + "/blob/main/publiccode.yml", "github", github},
		{github + "/blob/main/publiccode.yml?raw=true#L3", "github", github},
		{github + "/raw/main/publiccode.yml", "github", github},
		{github + "/raw/refs/heads/main/publiccode.yml", "github", github},
		{raw + "/main/publiccode.yml", "github", github},
		{raw + "/refs/heads/main/publiccode.yml", "github", github},
		{github + "/blob/a/b/sous-dossier/publiccode.yml", "github a/b", github},
		{github + "/blob/main/README.md", "github", github},
		{gitlab, "gitlab", gitlab},
		{gitlab + "/-/blob/main/publiccode.yml?ref_type=heads", "gitlab", gitlab},
		{gitlab + "/-/raw/main/publiccode.yml", "gitlab", gitlab},
		{gitea, "gitea", gitea},
		{gitea + "/src/branch/main/publiccode.yml", "gitea", gitea},
		{gitea + "/raw/branch/main/publiccode.yml", "gitea", gitea},
		{gitea + "/src/commit/1234/publiccode.yml", "gitea", gitea},
		{gitea + "/src/branch/%C3%A9t%C3%A9/publiccode.yml", "gitea", gitea},
		{gitea + "/src/branch/main/README.md", "gitea", gitea},
		{"https://gogs.example.org/ville/agenda/src/master/publiccode.yaml", "gogs", "https://gogs.example.org/ville/agenda"},
		{"https://www.example.org/logiciel/publiccode.yml", "elsewhere", ""},
	} {
		files, err := f.Descriptor(t.Context(), PlaceOf(test.address))
		switch {
		case err != nil:
			t.Errorf("%s: %v", test.address, err)
		case len(files) != 1 || string(files[0].Data) != test.want || files[0].Repository != test.repository:
			t.Errorf("%s gave %q of %q, want %q of %q", test.address, files[0].Data, files[0].Repository, test.want, test.repository)
		}
	}
	for address, want := range map[string]Place{
		"https://gitlab.example.org/a/b/src/c/d":                        {Repository: "https://gitlab.example.org/a/b/src/c/d"},
		"https://gitlab.example.org/a/src/b":                            {Repository: "https://gitlab.example.org/a/src/b"},
		"https://user:secret@github.com/a/b/blob/main/publiccode.yml":   {Descriptor: "https://user:secret@github.com/a/b/blob/main/publiccode.yml"},
		"https://gitlab.example.org/a/b/-/tree/main":                    {Repository: "https://gitlab.example.org/a/b"},
		"file:///srv/depots/agenda":                                     {Repository: "file:///srv/depots/agenda"},
		"https://github.com/a/b/tree/main/docs":                         {Repository: "https://github.com/a/b"},
		"https://forgejo.example.org/blob/raw/src/tag/v1/codemeta.json": {Repository: "https://forgejo.example.org/blob/raw"},
	} {
		if got := PlaceOf(address); got != want {
			t.Errorf("%s is taken for %+v, want %+v", address, got, want)
		}
	}
	var refused *Fault
	if _, err := f.Descriptor(t.Context(), PlaceOf(gitlab+"/-/blob/other/publiccode.yml")); !errors.As(err, &refused) || refused.Code != "status" {
		t.Errorf("a descriptor that is not there: %v", err)
	}
}

func FuzzPlaceOf(f *testing.F) {
	f.Add("https://github.com/a/b/blob/main/publiccode.yml")
	f.Add("https://gitlab.example.org/a/-/raw/-/-/publiccode.yml")
	f.Add("https://h/-/-/blob/-/publiccode.yml")
	f.Add("://")
	f.Fuzz(func(t *testing.T, address string) {
		if p := PlaceOf(address); address != "" && p == (Place{}) {
			t.Errorf("%q stands for nothing", address)
		}
	})
}
