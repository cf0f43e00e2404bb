// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"communs/crawler"
	"communs/registry"
)

// Member reports whether an organisation came with a list of members, or was said to belong to a cluster by somebody else than the
// catalogue that comes with the program.
func Member(o *registry.Organisation) bool {
	by := func(name Origin) bool {
		return slices.ContainsFunc(o.Sources, func(s registry.Source) bool { return s.Name == string(name) })
	}
	return by(Members) || len(o.Member) > 0 && !by(Base)
}

// MemberSources are the sources of the crawler that the forges of a registry's members are.
func MemberSources(c *registry.Catalogue) (list []crawler.SourceConfig) {
	for _, o := range c.Organisations() {
		if !Member(o) {
			continue
		}
		for _, forge := range o.Forges {
			if s, ok := forgeSource(o.ID, forge, ""); ok {
				s.Told = true
				list = addSource(list, s)
			}
		}
	}
	return list
}

// addSource adds a source, unless it is there under another name.
func addSource(list []crawler.SourceConfig, s crawler.SourceConfig) []crawler.SourceConfig {
	for _, other := range list {
		if other.Kind == s.Kind && other.URL == s.URL && other.Group == s.Group && other.Organisation == s.Organisation {
			return list
		}
	}
	return append(list, s)
}

// crawl notes where an organisation's code is, as a source of the crawler.
func (x *reading) crawl(o *registry.Organisation, forge, kind string, r *row) {
	s, ok := forgeSource(o.ID, forge, kind)
	if !ok {
		x.result.Skipped = append(x.result.Skipped, Skipped{r.table.file.Name, r.line, o.Name, "forges", fault("no-group", forge)})
		return
	}
	x.result.Crawl = addSource(x.result.Crawl, s)
}

// forgeSource is the source that an address is: a group of a GitLab, an organisation of GitHub, or a repository; a group on a forge whose
// kind its name does not tell has none, and the crawler asks. Its name is the same whatever other forges its owner has, as the crawler
// remembers by it how far it came.
func forgeSource(owner, forge, kind string) (crawler.SourceConfig, bool) {
	u, err := url.Parse(forge)
	if err != nil || u.Host == "" {
		return crawler.SourceConfig{}, false // said already
	}
	path := strings.Trim(u.Path, "/")
	depth := len(strings.Split(path, "/"))
	host := strings.ToLower(u.Hostname())
	s := crawler.SourceConfig{Name: owner + "/" + host + "/" + path, URL: u.Scheme + "://" + u.Host}
	switch {
	case path == "":
		return s, false
	case strings.HasSuffix(path, ".git"):
		s.Kind, s.URL = crawler.KindGit, forge
	case host == "github.com" && depth > 1:
		s.Kind, s.URL = crawler.KindGit, forge
	case host == "github.com":
		s.Kind, s.URL, s.Organisation = crawler.KindGitHub, "", path
	case kind == "github":
		s.Kind, s.Organisation = crawler.KindGitHub, path
	case kind == "gitlab" || gitlab(host):
		s.Kind, s.Group = crawler.KindGitLab, path
	case depth > 1:
		s.Kind, s.URL = crawler.KindGit, forge
	default:
		s.URL = forge
	}
	return s, true
}

// gitlab reports whether a host is known, or says of itself, to be a GitLab.
func gitlab(host string) bool {
	return strings.Contains(host, "gitlab") ||
		slices.Contains([]string{"framagit.org", "salsa.debian.org", "git.framasoft.org", "0xacab.org", "invent.kde.org"}, host)
}

// SourceLines are sources as communs.toml wants them.
func SourceLines(sources []crawler.SourceConfig) ([]byte, error) {
	type source struct {
		Name         string `toml:"name"`
		Kind         string `toml:"kind,omitempty"`
		URL          string `toml:"url,omitempty"`
		Group        string `toml:"group,omitempty"`
		Organisation string `toml:"organisation,omitempty"`
	}
	var file struct {
		Source []source `toml:"source"`
	}
	for _, s := range sources {
		file.Source = append(file.Source, source{s.Name, s.Kind, s.URL, s.Group, s.Organisation})
	}
	if len(file.Source) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	err := toml.NewEncoder(&b).Encode(file)
	return b.Bytes(), err
}
