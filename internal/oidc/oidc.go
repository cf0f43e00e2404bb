// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package oidc lets people sign in with an account that they have at another site, by OpenID Connect Core 1.0: the authorization code flow with
// state, nonce and PKCE (RFC 7636).
//
// [Provider.Begin] gives the address to send a browser to, and a [Start] that has to stay with that browser alone; [Provider.Finish] takes what it comes
// back with. What the site says is believed only when its token is signed by a key that it publishes, for us, for this very start.
package oidc

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Config is one site that vouches for people. All but Title are required.
type Config struct {
	Name     string // in addresses: small letters, digits and hyphens
	Title    string // what people call it; Name when empty
	Issuer   string // https://git.exemple.fr/, as the site says it, to the slash
	ClientID string
	Secret   string

	// TrustEmails says that the site writes to an address before it calls it verified. Some call verified whatever somebody typed; with such a one, whoever types
	// another's address would be taken for them.
	TrustEmails bool
}

// ConfigError is a setting that cannot be used.
type ConfigError struct{ Setting, Value string }

func (e *ConfigError) Error() string { return fmt.Sprintf("oidc.%s = %q", e.Setting, e.Value) }

// Message tells the error to people.
func (e *ConfigError) Message() (string, []any) { return "oidc.config." + e.Setting, []any{e.Value} }

// Error is that nobody comes in this way now.
type Error struct {
	Code  string // down, denied, refused, state, token
	Title string // of the site
	Err   error
}

func (e *Error) Error() string { return fmt.Sprintf("sign in with %s: %s: %v", e.Title, e.Code, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Message tells the error to people.
func (e *Error) Message() (string, []any) { return "oidc." + e.Code, []any{e.Title} }

// Start is what one attempt to sign in begins with. It is the browser's that made it, and good for one return.
type Start struct {
	State, Nonce, Verifier string
}

// Claims is what a site says of who signed in there, in the words of OpenID Connect Core 1.0, section 5.1.
type Claims struct {
	Issuer   string // iss
	Subject  string // sub: never given to another person
	Email    string // email; empty when not told
	Verified bool   // email_verified, of a site whose word is taken for it
	Name     string // name
}

// Provider is one site. What it publishes about itself is asked for when somebody first wants to sign in with it: one that is down keeps no
// server from starting. It is safe for use by several goroutines.
type Provider struct {
	c      Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

const (
	patience = 8 * time.Second // for one answer of a site
	maxSaid  = 1 << 20         // bytes of one
)

var nameForm = regexp.MustCompile(`^[a-z0-9](-?[a-z0-9]){0,30}$`)

// New makes a provider, and asks it nothing yet.
func New(c Config) (*Provider, error) {
	if !nameForm.MatchString(c.Name) {
		return nil, &ConfigError{"name", c.Name}
	}
	if !safe(c.Issuer) {
		return nil, &ConfigError{"issuer", c.Issuer}
	}
	if c.ClientID == "" {
		return nil, &ConfigError{"client_id", c.Name}
	}
	if c.Secret == "" {
		return nil, &ConfigError{"secret", c.Name}
	}
	c.Title = cmp.Or(c.Title, c.Name)
	return &Provider{c: c, client: &http.Client{Timeout: patience, Transport: bounded{}, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > 3 || !safe(r.URL.String()) {
			return errors.New("it leads elsewhere")
		}
		return nil
	}}}, nil
}

// Name is what addresses call the site.
func (p *Provider) Name() string { return p.c.Name }

// Title is what people call the site.
func (p *Provider) Title() string { return p.c.Title }

// Issuer is what the site calls itself.
func (p *Provider) Issuer() string { return p.c.Issuer }

// safe reports whether an address is encrypted, or is this machine's.
func safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	a, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && a.IsLoopback())
}

// bounded reads no more of an answer than one of its kind can be long.
type bounded struct{}

func (bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxSaid)
	}
	return resp, err
}

// discover gives what the site publishes about itself.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	found := p.found
	p.mu.Unlock()
	if found != nil {
		return found, nil
	}
	found, err := oidc.NewProvider(p.with(ctx), p.c.Issuer)
	if err != nil {
		return nil, p.fail("down", err)
	}
	var keys struct {
		URL string `json:"jwks_uri"`
	}
	if err := found.Claims(&keys); err != nil {
		return nil, p.fail("down", err)
	}
	if e := found.Endpoint(); !safe(e.AuthURL) || !safe(e.TokenURL) || !safe(keys.URL) {
		return nil, p.fail("down", errors.New("its addresses are not encrypted"))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = found
	return found, nil
}

func (p *Provider) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

func (p *Provider) fail(code string, err error) error { return &Error{code, p.c.Title, err} }

func (p *Provider) oauth(found *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{ClientID: p.c.ClientID, ClientSecret: p.c.Secret, Endpoint: found.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Begin gives the address that a browser is sent to, and what it has to bring back; back is where it returns.
func (p *Provider) Begin(ctx context.Context, back string) (address string, s Start, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", Start{}, err
	}
	if s.State, err = random(); err == nil {
		s.Nonce, err = random()
	}
	if err != nil {
		return "", Start{}, err
	}
	s.Verifier = oauth2.GenerateVerifier()
	return p.oauth(found, back).AuthCodeURL(s.State, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)), s, nil
}

// random is 32 random bytes in base64.
func random() (string, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(rand.Reader, raw); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// Finish takes what a browser came back with, and asks the site who it is.
func (p *Provider) Finish(ctx context.Context, back string, s Start, query url.Values) (Claims, error) {
	if s.State == "" || subtle.ConstantTimeCompare([]byte(s.State), []byte(query.Get("state"))) != 1 {
		return Claims{}, p.fail("state", errors.New("the return does not belong to this start"))
	}
	if iss := query.Get("iss"); iss != "" && iss != p.c.Issuer { // RFC 9207
		return Claims{}, p.fail("state", errors.New("another site sent the browser back"))
	}
	if refused := query.Get("error"); refused != "" {
		code := "refused"
		if refused == "access_denied" {
			code = "denied"
		}
		return Claims{}, p.fail(code, errors.New("the site refused"))
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Claims{}, err
	}
	ctx = p.with(ctx)
	token, err := p.oauth(found, back).Exchange(ctx, query.Get("code"), oauth2.VerifierOption(s.Verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) { // its words may hold the code: they are not handed on
			return Claims{}, p.fail("refused", fmt.Errorf("it took the code with HTTP %d, %q", said.Response.StatusCode, said.ErrorCode))
		}
		return Claims{}, p.fail("down", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Claims{}, p.fail("token", errors.New("there is no id_token"))
	}
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.c.ClientID}).Verify(ctx, raw)
	if err != nil {
		return Claims{}, p.fail("token", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(s.Nonce)) != 1 {
		return Claims{}, p.fail("token", errors.New("the nonce is another"))
	}
	if id.Subject == "" {
		return Claims{}, p.fail("token", errors.New("there is no subject"))
	}
	return p.claims(ctx, found, id, token)
}

// profile is what a token, or the page for it, says of a person.
type profile struct {
	Subject  string          `json:"sub"`
	Email    string          `json:"email"`
	Verified json.RawMessage `json:"email_verified"` // true; some write "true"
	Name     string          `json:"name"`
	Party    string          `json:"azp"` // whom the token was made for, where it is good for several
}

// claims reads who it is from the token, and asks the site where that says no address.
func (p *Provider) claims(ctx context.Context, found *oidc.Provider, id *oidc.IDToken, token *oauth2.Token) (Claims, error) {
	var said profile
	if err := id.Claims(&said); err != nil {
		return Claims{}, p.fail("token", err)
	}
	if said.Party != "" && said.Party != p.c.ClientID || said.Party == "" && len(id.Audience) > 1 { // section 3.1.3.7
		return Claims{}, p.fail("token", errors.New("it was made for another program"))
	}
	if said.Email == "" && found.UserInfoEndpoint() != "" && safe(found.UserInfoEndpoint()) {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return Claims{}, p.fail("down", err)
		}
		var more profile
		if err := info.Claims(&more); err != nil {
			return Claims{}, p.fail("token", err)
		}
		if more.Subject != id.Subject { // Core 1.0, section 5.3.2
			return Claims{}, p.fail("token", errors.New("the page tells of somebody else"))
		}
		said.Email, said.Verified, said.Name = more.Email, more.Verified, cmp.Or(said.Name, more.Name)
	}
	verified := p.c.TrustEmails && (string(said.Verified) == "true" || string(said.Verified) == `"true"`)
	return Claims{Issuer: p.c.Issuer, Subject: id.Subject, Email: said.Email, Verified: verified, Name: said.Name}, nil
}
