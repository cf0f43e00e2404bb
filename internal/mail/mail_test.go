// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package mail_test

import (
	"context"
	"errors"
	"mime"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"communs/internal/mail"
	"communs/internal/mail/mailtest"
)

func sender(t *testing.T, c mail.Config) *mail.Sender {
	t.Helper()
	s, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLetterArrives(t *testing.T) {
	letter := mail.Letter{To: "anne@exemple.fr", Lang: "fr", Subject: "Votre lien « Communs » — à ouvrir une fois",
		Text: "Bonjour,\n\nOuvrez ce lien :\nhttps://communs.exemple.fr/connexion/" + strings.Repeat("x", 80) + "\n\n.\nUne ligne d’un point seul.\n"}
	for name, test := range map[string]struct {
		o mailtest.Options
		c mail.Config
	}{
		"starttls": {mailtest.Options{User: "u", Password: "p"}, mail.Config{User: "u", Password: "p"}},
		"tls":      {mailtest.Options{TLS: true}, mail.Config{Security: mail.TLS}},
		"none":     {mailtest.Options{NoTLS: true}, mail.Config{Security: mail.Plain}},
	} {
		t.Run(name, func(t *testing.T) {
			server := mailtest.Start(t, test.o)
			test.c.Server, test.c.Roots, test.c.From = server.Addr, server.Roots, "Communs Nouvelle-Aquitaine <communs@exemple.fr>"
			if err := sender(t, test.c).Send(t.Context(), letter); err != nil {
				t.Fatal(err)
			}
			got := server.Letters()
			if len(got) != 1 {
				t.Fatalf("%d letters arrived", len(got))
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(got[0].Header.Get("Subject"))
			if err != nil || subject != letter.Subject {
				t.Errorf("the subject is %q, %v", subject, err)
			}
			if got[0].Text != letter.Text {
				t.Errorf("the text is %q", got[0].Text)
			}
			for header, want := range map[string]string{"Auto-Submitted": "auto-generated", "Content-Language": "fr", "User-Agent": "Communs"} {
				if v := got[0].Header.Get(header); v != want {
					t.Errorf("%s: %q, want %q", header, v, want)
				}
			}
			if from, err := got[0].Header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "communs@exemple.fr" || from[0].Name != "Communs Nouvelle-Aquitaine" {
				t.Errorf("from %v, %v", from, err)
			}
			if !strings.HasSuffix(got[0].Header.Get("Message-Id"), "@exemple.fr>") || got[0].To != letter.To || got[0].From != "communs@exemple.fr" {
				t.Errorf("%+v", got[0])
			}
			if got[0].Encrypted == test.o.NoTLS {
				t.Errorf("encrypted: %v", got[0].Encrypted)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{Refuse: func(to string) *smtp.SMTPError {
		switch to {
		case "full@exemple.fr":
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "mailbox full"}
		case "nobody@exemple.fr":
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	}})
	secret := mailtest.Start(t, mailtest.Options{User: "u", Password: "p"})
	plain := mailtest.Start(t, mailtest.Options{NoTLS: true})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	ok := mail.Config{Server: server.Addr, From: "communs@exemple.fr", Roots: server.Roots}
	with := func(change func(*mail.Config)) mail.Config { c := ok; change(&c); return c }
	for _, test := range []struct {
		name  string
		c     mail.Config
		l     mail.Letter
		never bool
	}{
		{"a full box", ok, mail.Letter{To: "full@exemple.fr"}, false},
		{"no such box", ok, mail.Letter{To: "nobody@exemple.fr"}, true},
		{"a header in the subject", ok, mail.Letter{To: "anne@exemple.fr", Subject: "x\r\nBcc: bob@exemple.fr"}, true},
		{"a header in the address", ok, mail.Letter{To: "anne@exemple.fr\r\nBcc: bob@exemple.fr"}, true},
		{"two readers", ok, mail.Letter{To: "anne@exemple.fr, bob@exemple.fr"}, true},
		{"a header in the language", ok, mail.Letter{To: "anne@exemple.fr", Lang: "fr\nX: y"}, true},
		{"a certificate that nobody knows", with(func(c *mail.Config) { c.Roots = nil }), mail.Letter{To: "anne@exemple.fr"}, false},
		{"a server without encryption", with(func(c *mail.Config) { c.Server = plain.Addr }), mail.Letter{To: "anne@exemple.fr"}, false},
		{"a wrong password", with(func(c *mail.Config) { c.Server, c.Roots, c.User, c.Password = secret.Addr, secret.Roots, "u", "q" }), mail.Letter{To: "anne@exemple.fr"}, false},
		{"no server", with(func(c *mail.Config) { c.Server = closed.Addr().String() }), mail.Letter{To: "anne@exemple.fr"}, false},
	} {
		err := sender(t, test.c).Send(t.Context(), test.l)
		var failed *mail.SendError
		if !errors.As(err, &failed) || failed.Never != test.never {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if n := len(server.Letters()) + len(secret.Letters()) + len(plain.Letters()); n != 0 {
		t.Errorf("%d letters arrived all the same", n)
	}
}

// A server that never answers is given up.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	err = sender(t, mail.Config{Server: l.Addr().String(), From: "communs@exemple.fr", Timeout: 200 * time.Millisecond}).Send(ctx, mail.Letter{To: "anne@exemple.fr"})
	var failed *mail.SendError
	if !errors.As(err, &failed) || failed.Never {
		t.Errorf("%v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("given up after %s", took)
	}
}

func TestConfig(t *testing.T) {
	for setting, c := range map[string]mail.Config{
		"server":   {Server: "smtp.exemple.fr", From: "communs@exemple.fr"},
		"from":     {Server: "smtp.exemple.fr:587", From: "communs"},
		"security": {Server: "smtp.exemple.fr:25", From: "communs@exemple.fr", Security: mail.Plain},
	} {
		_, err := mail.New(c)
		var bad *mail.ConfigError
		if !errors.As(err, &bad) || bad.Setting != setting {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := mail.New(mail.Config{Server: "smtp.exemple.fr:587", From: "communs@exemple.fr", Security: "ssl"}); err == nil {
		t.Error("a way that does not exist")
	}
}
