// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import "communs/internal/oidc"

// oidcConfig is a site whose accounts open one here, by OpenID Connect. There, https://…/connexion/retour/NAME is to be registered as the address of return.
//
//	[[oidc]]
//	name = "forge"                    # in addresses
//	title = "la forge régionale"      # on the button
//	issuer = "https://git.exemple.fr/"
//	client_id = "…"
//	secret_env = "OIDC_FORGE_SECRET"  # or secret_file
//	trust_emails = false              # true: it writes to an address before it calls it verified
type oidcConfig struct {
	Name        string `toml:"name"`
	Title       string `toml:"title"`
	Issuer      string `toml:"issuer"`
	ClientID    string `toml:"client_id"`
	SecretEnv   string `toml:"secret_env"`
	SecretFile  string `toml:"secret_file"`
	TrustEmails bool   `toml:"trust_emails"`
}

// providers are the sites of the configuration. None of them is asked anything yet.
func (p *program) providers() (all []*oidc.Provider, err error) {
	named := map[string]bool{}
	for _, c := range p.settings.config.OIDC {
		secret, err := p.secret(c.SecretEnv, c.SecretFile, "cmd.oidc.secret.")
		if err != nil {
			return nil, err
		}
		one, err := oidc.New(oidc.Config{Name: c.Name, Title: c.Title, Issuer: c.Issuer, ClientID: c.ClientID, Secret: secret, TrustEmails: c.TrustEmails})
		if err != nil {
			return nil, err
		}
		if named[c.Name] {
			return nil, &oidc.ConfigError{Setting: "twice", Value: c.Name}
		}
		named[c.Name] = true
		all = append(all, one)
	}
	return all, nil
}
