// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"context"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"

	"communs/registry/descriptors"
)

// People copy the address that their browser shows: most often that of the page on which a forge shows a file, not that of the file. After the
// owner (or the groups) and the name of the repository, forges write
//
//	GitHub            /blob/REF/PATH, /raw/REF/PATH, /tree/REF/PATH for a folder; the file itself is at raw.githubusercontent.com/OWNER/NAME/REF/PATH
//	GitLab            /-/blob/REF/PATH, /-/raw/REF/PATH, /-/tree/REF/PATH
//	Gitea and Forgejo /src/branch/REF/PATH, /raw/branch/REF/PATH; also tag and commit in the place of branch
//	Gogs              /src/REF/PATH, /raw/REF/PATH
//
// A REF may have slashes, so where PATH begins is not known; it need not be, as only the word before it changes.

const (
	githubHost    = "github.com"
	githubRawHost = "raw.githubusercontent.com"
	descriptor    = "publiccode.yml"
)

// Place is what an address stands for: a descriptor in a repository, or a repository.
type Place struct {
	Repository string // empty when the address of a descriptor does not tell in which it stands
	Descriptor string // address of the file itself; empty when the address is not of a descriptor
}

// PlaceOf understands an address as people copy it.
func PlaceOf(address string) Place {
	u, err := url.Parse(address)
	if err != nil {
		return Place{Repository: address}
	}
	described := descriptors.FormatOf(path.Base(u.Path)) == descriptors.Publiccode
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if u.Host == githubRawHost && len(parts) > 3 {
		parts = append([]string{parts[0], parts[1], "raw"}, parts[2:]...)
		u.Host = githubHost
	}
	at := shownAt(parts, described)
	if at < 0 || u.User != nil { // one with a password is refused as it is
		if described {
			return Place{Descriptor: address}
		}
		return Place{Repository: address}
	}
	name := parts[:at]
	if name[at-1] == "-" {
		name = name[:at-1]
	}
	p := Place{Repository: u.Scheme + "://" + u.Host + "/" + strings.Join(name, "/")}
	switch {
	case !described:
	case u.Host == githubHost:
		p.Descriptor = u.Scheme + "://" + githubRawHost + "/" + escaped(parts[:at]) + "/" + escaped(parts[at+1:])
	default:
		p.Descriptor = u.Scheme + "://" + u.Host + "/" + escaped(parts[:at]) + "/raw/" + escaped(parts[at+1:])
	}
	return p
}

func escaped(parts []string) string { return (&url.URL{Path: strings.Join(parts, "/")}).EscapedPath() }

// shownAt is where in a path the word stands after which a forge names a file; -1 when there is none. A group may be called "src" or "raw":
// GitLab, which has groups within groups, sets the word off; elsewhere it comes third.
func shownAt(parts []string, described bool) int {
	for i := 2; i+1 < len(parts); i++ {
		setOff := parts[i-1] == "-"
		switch parts[i] {
		case "blob", "raw", "tree":
			if setOff || i == 2 {
				return i
			}
		case "src":
			if i == 2 && (described && len(parts) > 4 || slices.Contains([]string{"branch", "tag", "commit"}, parts[3])) {
				return i
			}
		}
	}
	return -1
}

// Descriptor reads the descriptor at a place. For a repository, it is looked for where forges give the files at its top.
func (f *Fetcher) Descriptor(ctx context.Context, p Place) ([]File, error) {
	addresses := []string{p.Descriptor}
	if p.Descriptor == "" {
		addresses = descriptorAddresses(p.Repository)
	}
	var err error
	for _, at := range addresses {
		var files []File
		if files, err = f.Get(ctx, at); err == nil {
			for i := range files {
				files[i].Repository = p.Repository
			}
			return files, nil
		}
		var refused *Fault
		if !errors.As(err, &refused) || refused.Code != "status" {
			break
		}
	}
	return nil, err
}

// descriptorAddresses are where forges give the descriptor of a repository: GitHub, GitLab, then Gitea and Forgejo.
func descriptorAddresses(repository string) []string {
	base := strings.TrimSuffix(strings.TrimSuffix(repository, "/"), ".git")
	if of, ok := strings.CutPrefix(base, "https://"+githubHost+"/"); ok {
		return []string{"https://" + githubRawHost + "/" + of + "/HEAD/" + descriptor}
	}
	return []string{base + "/-/raw/HEAD/" + descriptor, base + "/raw/HEAD/" + descriptor}
}
