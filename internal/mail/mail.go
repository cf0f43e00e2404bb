// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package mail sends letters of plain text through the operator's SMTP server.
//
// A letter goes to one reader, says that a program wrote it (Auto-Submitted, RFC 3834), and carries nothing that would tell whether
// it was read. The way to the server is encrypted, unless it is this very machine.
package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// The ways to the server.
const (
	StartTLS = "starttls" // RFC 3207, and nothing is sent without; usually port 587
	TLS      = "tls"      // from the first byte, RFC 8314; usually port 465
	Plain    = "none"     // for a server on this machine
)

// Config says how letters leave. Server and From are required.
type Config struct {
	Server   string // host:port
	From     string // an address, or a name and an address: Communs <communs@exemple.fr>
	User     string // empty: the server asks for none
	Password string
	Security string         // StartTLS when empty
	Timeout  time.Duration  // for one letter; 30 s when 0
	Roots    *x509.CertPool // whose certificates are believed; the system's when nil
}

// Letter is one message.
type Letter struct {
	To      string // an address alone
	Subject string
	Text    string
	Lang    string // of the text: RFC 3282
}

// Sender sends letters. It is safe for use by several goroutines.
type Sender struct {
	host    string
	from    *netmail.Address
	options []gomail.Option
	timeout time.Duration
	tls     *tls.Config // of a way that is encrypted from the first byte
}

// ConfigError is a setting that cannot be used.
type ConfigError struct {
	Setting, Value string
	Err            error
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("mail.%s = %q: %v", e.Setting, e.Value, e.Err)
}

// Unwrap gives the cause.
func (e *ConfigError) Unwrap() error { return e.Err }

// Message tells the error to people.
func (e *ConfigError) Message() (string, []any) { return "mail.config." + e.Setting, []any{e.Value} }

// SendError is a letter that did not leave.
type SendError struct {
	Server string
	Never  bool // the server refuses it for good: sending it again changes nothing
	Err    error
}

func (e *SendError) Error() string {
	return fmt.Sprintf("send a letter through %s: %v", e.Server, e.Err)
}

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// Message tells the error to people.
func (e *SendError) Message() (string, []any) {
	if e.Never {
		return "mail.refused", []any{e.Server}
	}
	return "mail.unsent", []any{e.Server}
}

// errSetting is a value that is none of the possible ones.
var errSetting = errors.New("not a possible value")

// New makes a sender, and connects to nothing yet.
func New(c Config) (*Sender, error) {
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil || host == "" {
		return nil, &ConfigError{"server", c.Server, errors.Join(err, errSetting)}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, &ConfigError{"server", c.Server, err}
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, &ConfigError{"from", c.From, err}
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	name := from.Address[strings.LastIndexByte(from.Address, '@')+1:]
	secure := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: c.Roots}
	s := &Sender{host: host, from: from, timeout: c.Timeout, options: []gomail.Option{
		gomail.WithPort(int(number)), gomail.WithTimeout(c.Timeout), gomail.WithHELO(name), gomail.WithTLSConfig(secure),
	}}
	switch c.Security {
	case "", StartTLS:
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		s.options, s.tls = append(s.options, gomail.WithSSL()), secure
	case Plain:
		if !local(host) {
			return nil, &ConfigError{"security", c.Security, errors.New("the server is another machine")}
		}
		s.options = append(s.options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, &ConfigError{"security", c.Security, errSetting}
	}
	if c.User != "" {
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	if _, err := gomail.NewClient(host, s.options...); err != nil {
		return nil, &ConfigError{"server", c.Server, err}
	}
	return s, nil
}

// local reports whether the host is this machine.
func local(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost"
}

// Send hands the letter to the server. When it returns without an error, the server answers for it.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	name := make([]byte, 16)
	if _, err := rand.Read(name); err != nil {
		return fmt.Errorf("make a message's name: %w", err)
	}
	return s.send(ctx, hex.EncodeToString(name), l)
}

// send is Send of a letter that has a name of its own.
func (s *Sender) send(ctx context.Context, name string, l Letter) error {
	m, err := s.message(name, l)
	if err != nil {
		return &SendError{s.host, true, err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	client, err := gomail.NewClient(s.host, append(s.options[:len(s.options):len(s.options)], gomail.WithDialContextFunc(s.dial(ctx)))...)
	if err != nil {
		return &SendError{s.host, true, err}
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		var told *gomail.SendError
		return &SendError{s.host, errors.As(err, &told) && !told.IsTemp() && told.ErrorCode() >= 500, err}
	}
	return nil
}

// dial connects in such a way that the connection ends with the context: the library itself would wait for ever for a server that
// says nothing.
func (s *Sender) dial(ctx context.Context) gomail.DialContextFunc {
	return func(_ context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { c.Close() })
		if s.tls != nil {
			c = tls.Client(c, s.tls)
		}
		return c, nil
	}
}

// message puts the letter into the form of RFC 5322. The library encodes what is not ASCII; a line end in a header is refused here, so
// that none of it can become a header of its own.
func (s *Sender) message(name string, l Letter) (*gomail.Msg, error) {
	if strings.ContainsAny(name+l.Subject+l.To+l.Lang, "\r\n\x00") {
		return nil, errors.New("a line end stands in a header")
	}
	to, err := netmail.ParseAddress(l.To)
	if err != nil || to.Address != l.To {
		return nil, fmt.Errorf("%q is not one address: %w", l.To, errors.Join(err, errSetting))
	}
	m := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP))
	m.FromMailAddress(s.from)
	m.ToMailAddress(to)
	m.Subject(l.Subject)
	m.SetDate()
	// Not the library's own: that tells the machine's name.
	m.SetMessageIDWithValue(name + s.from.Address[strings.LastIndexByte(s.from.Address, '@'):])
	m.SetUserAgent("Communs")
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.Lang != "" {
		m.SetGenHeader("Content-Language", l.Lang)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	return m, nil
}
