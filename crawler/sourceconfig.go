// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"cmp"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// SourceConfig is one source as the operator writes it in communs.toml. docs/sources.md explains each field.
type SourceConfig struct {
	Name         string   `toml:"name"`
	Kind         string   `toml:"kind"`         // see [Kinds]; empty: recognised by its address
	URL          string   `toml:"url"`          // of a git repository, a forge, a list, an index of repositories
	Path         string   `toml:"path"`         // of a local repository, folder or list
	Group        string   `toml:"group"`        // of GitLab, with its subgroups
	Organisation string   `toml:"organisation"` // of GitHub, Gitea, Forgejo, Gogs
	User         string   `toml:"user"`         // of any forge
	Topic        string   `toml:"topic"`        // of any forge but Gogs
	Search       string   `toml:"search"`       // of GitHub, in its own words; of Software Heritage's origins
	TokenEnv     string   `toml:"token_env"`    // name of the environment variable that holds the token
	TokenFile    string   `toml:"token_file"`   // file that holds it, which nobody else may read
	HookEnv      string   `toml:"hook_env"`     // name of the environment variable that holds the secret of its webhooks
	HookFile     string   `toml:"hook_file"`    // file that holds it, which nobody else may read
	Hosts        []string `toml:"hosts"`        // other hosts of the same forge, as host or host:port, where they are private or without https
	Private      bool     `toml:"private"`      // its name and servers are kept from whoever looks at the instance
	Restore      bool     `toml:"restore"`      // of Software Heritage: bring back from it what no server gives any more
	Told         bool     `toml:"-"`            // by others, a registry for instance, and not written by the operator: it must be public

	Place  string            `toml:"-"` // file:line where it stands, to be told when it is not written as it must be
	Places map[string]string `toml:"-"` // the same of its fields
}

// The kinds of sources.
const (
	KindGit       = "git"
	KindFolder    = "folder"
	KindBuild     = "build"
	KindGitLab    = "gitlab"
	KindGitHub    = "github"
	KindGitea     = "gitea"
	KindForgejo   = "forgejo"
	KindGogs      = "gogs"
	KindList      = "list"
	KindCatalogue = "catalogue"
	KindCGit      = "cgit"
	KindGitWeb    = "gitweb"
	KindSWH       = "swh"
)

// Kinds lists the kinds of sources.
func Kinds() []string {
	return []string{KindGit, KindFolder, KindBuild, KindGitLab, KindGitHub, KindGitea, KindForgejo, KindGogs, KindList, KindCatalogue,
		KindCGit, KindGitWeb, KindSWH}
}

// The fields of a source that say what of a forge it lists; with none of them it is the whole instance.
const (
	fieldGroup        = "group"
	fieldOrganisation = "organisation"
	fieldUser         = "user"
	fieldTopic        = "topic"
	fieldSearch       = "search"
)

// scopes are the fields that a kind of source takes.
func scopes(kind string) []string {
	switch kind {
	case KindGitLab:
		return []string{fieldGroup, fieldUser, fieldTopic}
	case KindGitHub:
		return []string{fieldOrganisation, fieldUser, fieldTopic, fieldSearch}
	case KindGitea, KindForgejo:
		return []string{fieldOrganisation, fieldUser, fieldTopic}
	case KindGogs:
		return []string{fieldOrganisation, fieldUser}
	case KindSWH:
		return []string{fieldSearch}
	}
	return nil
}

// scope is what of a forge a source lists.
type scope struct{ field, value string }

// written are the scopes that the operator wrote.
func (sc SourceConfig) written() []scope {
	var list []scope
	for _, s := range []scope{{fieldGroup, sc.Group}, {fieldOrganisation, sc.Organisation}, {fieldUser, sc.User}, {fieldTopic, sc.Topic}, {fieldSearch, sc.Search}} {
		if s.value != "" {
			list = append(list, scope{s.field, strings.Trim(s.value, "/ ")})
		}
	}
	return list
}

// scope is the one that it has; empty for a whole instance.
func (sc SourceConfig) scope() scope {
	if list := sc.written(); len(list) > 0 {
		return list[0]
	}
	return scope{}
}

// with is the source with one scope.
func (sc SourceConfig) with(s scope) SourceConfig {
	switch s.field {
	case fieldGroup:
		sc.Group = s.value
	case fieldOrganisation:
		sc.Organisation = s.value
	case fieldUser:
		sc.User = s.value
	case fieldTopic:
		sc.Topic = s.value
	}
	return sc
}

// check looks at what is written against what the kind takes.
func (sc SourceConfig) check() error {
	bad := func(field, problem, value string) error {
		return &ConfigError{sc.where(field), field, problem, value}
	}
	list := sc.written()
	switch {
	case sc.Kind == "" && sc.URL == "":
		return bad("kind", "missing", "")
	case sc.Kind != "" && !slices.Contains(Kinds(), sc.Kind):
		return bad("kind", "unknown-kind", sc.Kind)
	case wantsPath(sc):
		return bad("path", "path", sc.Kind)
	case sc.TokenEnv != "" && sc.TokenFile != "":
		return bad("token_file", "together", "token_env")
	case len(list) > 1:
		return bad(list[1].field, "together", list[0].field)
	case sc.strangeHost() != "":
		return bad("hosts", "host", sc.strangeHost())
	case sc.Restore && sc.Kind != KindSWH:
		return bad("restore", "not-for", sc.Kind)
	case len(list) == 1 && sc.Kind != "" && !slices.Contains(scopes(sc.Kind), list[0].field):
		return bad(list[0].field, "not-for", sc.Kind)
	}
	switch sc.Kind {
	case KindSWH: // the whole archive is too large to be wanted
		if len(list) == 0 && sc.Path == "" {
			return bad(fieldSearch, "missing", "")
		}
		if len(list) > 0 && sc.Path != "" {
			return bad("path", "together", fieldSearch)
		}
	case KindGit:
		if sc.URL == "" && sc.Path == "" {
			return bad("url", "missing", "")
		}
	case KindFolder:
		if sc.Path == "" {
			return bad("path", "missing", "")
		}
	case KindList, KindCatalogue:
		if sc.URL == "" && sc.Path == "" {
			return bad("url", "missing", "")
		}
	case KindGitea, KindForgejo, KindGogs, KindCGit, KindGitWeb:
		if sc.URL == "" {
			return bad("url", "missing", "")
		}
	case KindGitLab, KindGitHub: // the public ones are too large to be wanted whole
		if len(list) == 0 && (sc.URL == "" || isPublicForge(sc.URL)) {
			return bad(scopes(sc.Kind)[0], "missing", "")
		}
	}
	return sc.checkHook()
}

// strangeHost is what stands among the hosts and is not one, with a port or without; empty when all are.
func (sc SourceConfig) strangeHost() string {
	for _, host := range sc.Hosts {
		u, err := url.Parse("https://" + host)
		if err != nil || u.Host != host || u.Hostname() == "" {
			return cmp.Or(host, `""`)
		}
	}
	return ""
}

// isPublicForge reports whether an address is one of the two where most of the world's repositories are.
func isPublicForge(address string) bool {
	return isGitHub(address) || strings.TrimSuffix(address, "/") == "https://gitlab.com"
}

// wantsPath reports whether url is written where path is meant.
func wantsPath(sc SourceConfig) bool {
	switch sc.Kind {
	case KindFolder, KindBuild:
		return sc.URL != ""
	case KindGit, KindList, KindCatalogue:
		return filepath.IsAbs(sc.URL) || strings.HasPrefix(sc.URL, ".") || strings.HasPrefix(strings.ToLower(sc.URL), "file:")
	}
	return false
}

// Called is how a source is called in what a crawl tells of it.
func (sc SourceConfig) Called() string { return sc.name() }

// name is how a source is called: as the operator said, or by what it brings.
func (sc SourceConfig) name() string {
	if what := sc.scope().value; sc.Name == "" && sc.URL != "" && what != "" {
		return strings.TrimSuffix(withoutUser(sc.URL), "/") + " " + what
	}
	for _, n := range []string{sc.Name, sc.Path, withoutUser(sc.URL), sc.scope().value} {
		if n != "" {
			return n
		}
	}
	return sc.Kind
}

// where names a source that is not written as it must be, with the place of a field when it has one.
func (sc SourceConfig) where(field string) string {
	place := sc.Place
	if at := sc.Places[field]; at != "" {
		place = at
	}
	if place == "" || sc.name() == "" {
		return place + sc.name()
	}
	return place + ", " + sc.name()
}
