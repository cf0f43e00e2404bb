// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"

	"communs/internal/mail"
	"communs/registry/people"
	"communs/web"
)

// mailConfig is how letters leave: links to sign in, invitations. Without it the operator hands links on.
//
//	[mail]
//	server = "smtp.exemple.fr:587"
//	from = "Communs <communs@exemple.fr>"
//	user = "communs"                # none: the server asks for none
//	password_env = "MAIL_PASSWORD"  # or password_file
//	security = "starttls"           # or tls; none when the mail server is this machine
type mailConfig struct {
	Server       string `toml:"server"`
	From         string `toml:"from"`
	User         string `toml:"user"`
	PasswordEnv  string `toml:"password_env"`
	PasswordFile string `toml:"password_file"`
	Security     string `toml:"security"`
}

// mailer is the way out of letters; nil when there is none.
func (p *program) mailer() (*mail.Sender, error) {
	c := p.settings.config.Mail
	if c.Server == "" {
		return nil, nil
	}
	password, err := p.secret(c.PasswordEnv, c.PasswordFile, "cmd.mail.password.")
	if err != nil {
		return nil, err
	}
	return mail.New(mail.Config{Server: c.Server, From: c.From, User: c.User, Password: password, Security: c.Security})
}

// secret reads what must not stand in the configuration, from the environment's variable or from the file. It is never shown. The
// sentences' keys begin with the given one.
func (p *program) secret(env, file, sentence string) (string, error) {
	switch {
	case env != "" && p.env[env] == "":
		return "", fault(sentence+"env", quote(env))
	case env != "":
		return strings.TrimSpace(p.env[env]), nil
	case file != "":
		text, err := os.ReadFile(file)
		if err != nil {
			return "", faultOf(err, sentence+"file", field(file))
		}
		return strings.TrimSpace(string(text)), nil
	}
	return "", nil
}

// origin is what the links in letters begin with: the public address, or the one that the server listens on, where that is this
// machine's alone. A server that listens to the world and was not told its name has none: it would take whatever name a request gives it.
func (p *program) origin(listening string) string {
	if base := p.settings.config.Serve.BaseURL; base != "" {
		return strings.TrimRight(base, "/")
	}
	host, _, err := net.SplitHostPort(listening)
	if err != nil {
		return ""
	}
	if a, err := netip.ParseAddr(host); host == "localhost" || err == nil && a.IsLoopback() {
		return "http://" + listening
	}
	return ""
}

// servedAccounts opens the accounts for the pages. A folder that may only be read is served without them.
func (p *program) servedAccounts(ctx context.Context) (accounts *people.Store, done func()) {
	s, err := p.accounts(ctx)
	if err != nil {
		p.log.Warn("nobody can sign in", "error", err)
		return nil, func() {}
	}
	return s, func() { _ = s.Close() } // what was acknowledged is on the disk
}

// post sends the letters of the pages. That the server refuses one for good is not told to whoever asked for it: the answer must not say
// which mailboxes there are.
func (p *program) post(sender *mail.Sender) func(context.Context, web.Letter) error {
	if sender == nil {
		return nil
	}
	return func(ctx context.Context, l web.Letter) error {
		err := sender.Send(ctx, mail.Letter(l))
		var failed *mail.SendError
		if errors.As(err, &failed) && failed.Never {
			p.refusedForGood(err)
			return nil
		}
		return err
	}
}
