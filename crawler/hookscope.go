// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"errors"
	pathpkg "path"
	"slices"
	"strings"

	"communs/crawler/webhook"
)

// hookSecret is the secret that a source's webhooks carry; empty when it takes none.
func (sc SourceConfig) hookSecret(cfg Config) (string, error) {
	asked := sc
	asked.TokenEnv, asked.TokenFile = sc.HookEnv, sc.HookFile
	secret, err := asked.token(cfg)
	var wrong *ConfigError
	if errors.As(err, &wrong) {
		wrong.Field = strings.Replace(wrong.Field, "token", "hook", 1)
		if wrong.Problem == "no-token" {
			wrong.Problem = "no-hook"
		}
		wrong.Source = sc.where(wrong.Field)
	}
	return secret, err
}

// checkHook looks at what is written about webhooks.
func (sc SourceConfig) checkHook() error {
	field := "hook_env"
	if sc.HookFile != "" {
		field = "hook_file"
	}
	bad := func(field, problem, value string) error {
		return &ConfigError{sc.where(field), field, problem, value}
	}
	switch {
	case sc.HookEnv == "" && sc.HookFile == "":
		return nil
	case sc.HookEnv != "" && sc.HookFile != "":
		return bad(field, "together", "hook_env")
	case sc.Name == "":
		return bad("name", "missing", "")
	case sc.Kind == "": // what is in its scope could not be told
		return bad("kind", "missing", "")
	case !slices.Contains([]string{KindGitLab, KindGitHub, KindGitea, KindForgejo, KindGogs}, sc.Kind):
		return bad(field, "not-for", sc.Kind)
	}
	return nil
}

// named takes of a message which of the source's repositories it is about, as an address of the source's own server.
func (sc SourceConfig) named(m webhook.Message) (named, Outcome) {
	n := named{source: sc.Name, number: m.Number, event: m.Event}
	forge, path, ok := sc.forgeAddress(), m.Path, true
	if m.Address != "" {
		if forge, path, ok = sc.below(m.Address); !ok {
			return n, Foreign
		}
	}
	if n.url = sc.within(forge, path); m.Event == webhook.Rename {
		n.old = sc.within(forge, m.OldPath)
	}
	if n.url == "" { // it may have left what the source lists
		n.url, n.old = n.old, ""
	}
	if n.key = AddressKey(n.url); n.key == "" {
		return n, Elsewhere
	}
	return n, Accepted
}

// forgeAddress is where a source's forge stands.
func (sc SourceConfig) forgeAddress() string {
	switch {
	case sc.Kind == KindGitHub && sc.URL == "", isGitHub(sc.URL):
		return "https://github.com"
	case sc.URL == "":
		return "https://gitlab.com"
	}
	return strings.TrimSuffix(sc.URL, "/")
}

// below is an address on the source's forge, in two parts: the forge's and the path of a repository.
func (sc SourceConfig) below(address string) (forge, path string, ok bool) {
	canonical, err := CanonicalURL(address)
	if err != nil {
		return "", "", false
	}
	key := AddressKey(canonical)
	for _, base := range append([]string{sc.forgeAddress()}, sc.Hosts...) {
		if path, ok := cutPrefixFold(key, AddressKey(base)+"/"); ok {
			return strings.TrimSuffix(strings.TrimSuffix(canonical, ".git"), "/"+path), path, true
		}
	}
	return "", "", false
}

// within is the address of a repository on a forge; empty when its path cannot be one of those that the source lists.
func (sc SourceConfig) within(forge, path string) string {
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	owner, name, ok := strings.Cut(path, "/")
	if !ok || owner == "" || name == "" || len(path) > maxHookPath || path != pathpkg.Clean(path) || strings.HasPrefix(path, "..") ||
		strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`?#%\:@`, r) }) {
		return ""
	}
	switch s := sc.scope(); s.field {
	case fieldGroup, fieldOrganisation, fieldUser:
		if _, ok := cutPrefixFold(path, s.value+"/"); !ok {
			return ""
		}
	}
	address, err := CanonicalURL(forge + "/" + path)
	if err != nil {
		return ""
	}
	return address
}

// maxHookPath is longer than the path of any repository.
const maxHookPath = 1000

// cutPrefixFold is strings.CutPrefix in any case: forges find their owners so.
func cutPrefixFold(s, prefix string) (after string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
