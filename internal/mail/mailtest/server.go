// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package mailtest runs, for tests, a real SMTP server that keeps what it is handed.
package mailtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say what the server is like.
type Options struct {
	TLS            bool // from the first byte; otherwise by STARTTLS
	NoTLS          bool // not at all
	User, Password string
	Refuse         func(to string) *smtp.SMTPError // who is refused, and how; nobody when nil
}

// Server is one that runs until the test ends.
type Server struct {
	Addr  string
	Roots *x509.CertPool // its certificate is believed with it

	o       Options
	mu      sync.Mutex
	letters []Letter
}

// Letter is what the server was handed.
type Letter struct {
	From, To  string // of the envelope
	Header    mail.Header
	Text      string // decoded
	Raw       string
	Encrypted bool
}

// Start runs a server on this machine.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{o: o, Roots: x509.NewCertPool()}
	certificate := s.certificate(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, encrypted := c.TLSConnectionState()
		return &session{s: s, passed: o.User == "", encrypted: encrypted}, nil
	}))
	server.Domain, server.ErrorLog = "127.0.0.1", quiet{}
	if !o.NoTLS {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	if o.TLS {
		l = tls.NewListener(l, server.TLSConfig)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-done
	})
	return s
}

// certificate makes one for this machine, signed by itself.
func (s *Server) certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if about, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	s.Roots.AddCert(about)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// Letters gives what has come so far.
func (s *Server) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.letters...)
}

var link = regexp.MustCompile(`https?://\S+`)

// Link gives the first address in the newest letter to somebody.
func (s *Server) Link(t testing.TB, to string) string {
	t.Helper()
	all := s.Letters()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].To == to {
			if found := link.FindString(all[i].Text); found != "" {
				return found
			}
		}
	}
	t.Fatalf("no letter to %s holds a link", to)
	return ""
}

type session struct {
	s                 *Server
	passed, encrypted bool
	from, to          string
}

func (c *session) AuthMechanisms() []string {
	if c.s.o.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.s.o.User || password != c.s.o.Password {
			return smtp.ErrAuthFailed
		}
		c.passed = true
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if !c.passed {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if c.s.o.Refuse != nil {
		if err := c.s.o.Refuse(to); err != nil {
			return err
		}
	}
	if c.to != "" {
		return errors.New("one reader for each letter")
	}
	c.to = to
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	body := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.letters = append(c.s.letters, Letter{c.from, c.to, m.Header, strings.ReplaceAll(string(text), "\r\n", "\n"), string(raw), c.encrypted})
	return nil
}

func (c *session) Reset()        { c.from, c.to = "", "" }
func (c *session) Logout() error { return nil }

// quiet drops what the server would log: that clients hang up is what some tests are about.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
