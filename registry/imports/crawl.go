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

// crawl notes where an organisation's code is, as a source of the crawler. A group of a GitLab and an organisation of GitHub are listed
// by the crawler; on other forges each repository is named by itself.
func (x *reading) crawl(o *registry.Organisation, forge, kind string, r *row) {
	u, err := url.Parse(forge)
	if err != nil {
		return // said already
	}
	path := strings.Trim(u.Path, "/")
	depth := len(strings.Split(path, "/"))
	host := strings.ToLower(u.Hostname())
	s := crawler.SourceConfig{Name: o.ID, URL: u.Scheme + "://" + u.Host}
	switch {
	case path == "":
		x.result.Skipped = append(x.result.Skipped, Skipped{r.table.file.Name, r.line, o.Name, "forges", fault("no-group", forge)})
		return
	case strings.HasSuffix(path, ".git"):
		s.Kind, s.URL = crawler.KindGit, forge
	case host == "github.com" || kind == "github":
		s.Kind, s.Organisation = crawler.KindGitHub, path
		if host == "github.com" {
			s.URL = ""
		}
		if depth > 1 {
			s = crawler.SourceConfig{Name: o.ID, Kind: crawler.KindGit, URL: forge}
		}
	case kind == "gitlab" || gitlab(host):
		s.Kind, s.Group = crawler.KindGitLab, path
	case depth > 1:
		s.Kind, s.URL = crawler.KindGit, forge
	default:
		x.result.Skipped = append(x.result.Skipped, Skipped{r.table.file.Name, r.line, o.Name, "forges", fault("no-list", forge)})
		return
	}
	names := 0
	for _, other := range x.result.Crawl {
		if other.Name == o.ID || strings.HasPrefix(other.Name, o.ID+"/") {
			names++
		}
		if other.Kind == s.Kind && other.URL == s.URL && other.Group == s.Group && other.Organisation == s.Organisation {
			return
		}
	}
	if names > 0 {
		s.Name += "/" + host + "/" + path
	}
	x.result.Crawl = append(x.result.Crawl, s)
}

// gitlab reports whether a host is known, or says of itself, to be a GitLab.
func gitlab(host string) bool {
	return strings.Contains(host, "gitlab") || strings.HasPrefix(host, "forge.") ||
		slices.Contains([]string{"framagit.org", "salsa.debian.org", "git.framasoft.org", "0xacab.org", "invent.kde.org"}, host)
}

// SourceLines are sources as communs.toml wants them.
func SourceLines(sources []crawler.SourceConfig) ([]byte, error) {
	type source struct {
		Name         string `toml:"name"`
		Kind         string `toml:"kind"`
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
