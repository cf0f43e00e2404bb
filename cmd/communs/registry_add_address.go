// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/registry/descriptors"
	"communs/registry/imports"
)

// registryAddAddress adds the software that a descriptor describes: the one at an address, or that of the repository at it, as it is mirrored here or
// as its forge gives it. For a repository that is mirrored and describes itself nowhere, what is known of it is proposed.
func (p *program) registryAddAddress(ctx context.Context, c *cli.Context) error {
	address := c.Args().First()
	if c.Args().Len() > 1 || len(c.StringSlice("set")) > 0 {
		return fault("cmd.registry.add.address-alone")
	}
	files, err := p.descriptorAt(ctx, address)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return p.registryPropose(ctx, c)
	}
	return p.bring(ctx, c, imports.Publiccode, files, func(o *imports.Options) (err error) {
		if o.Source.URL = cmp.Or(o.Source.URL, address); !onPublicWeb(o.Source.URL) {
			o.Source.URL = ""
		}
		if o.Source.Licence == "" { // whose words they are: the descriptor is a file of what it describes
			o.Source.Licence, err = licenceOf(files[0], *o)
		}
		return err
	})
}

// onPublicWeb reports whether others can follow an address: a folder of this machine is no source for them.
func onPublicWeb(address string) bool { return strings.HasPrefix(address, "https://") }

// licenceOf is the licence that a descriptor states; empty when it is not understood.
func licenceOf(f imports.File, o imports.Options) (string, error) {
	doc, err := descriptors.Reader{Declared: o.Declared}.Read(descriptors.Publiccode, bytes.NewReader(f.Data))
	if err != nil || doc.Software.License.IsZero() {
		return "", err
	}
	return doc.Software.License.String(), nil
}

// descriptorAt finds the descriptor that an address stands for; none for a repository that is mirrored here and has none.
func (p *program) descriptorAt(ctx context.Context, address string) ([]imports.File, error) {
	fetcher := &imports.Fetcher{UserAgent: p.userAgent()}
	u, err := url.Parse(address)
	if err == nil && descriptors.FormatOf(path.Base(u.Path)) == descriptors.Publiccode {
		return fetcher.Get(ctx, address)
	}
	files, mirrored, err := p.mirroredDescriptor(ctx, address)
	if err != nil || mirrored {
		return files, err
	}
	for _, at := range descriptorAddresses(address) {
		files, err = fetcher.Get(ctx, at)
		var refused *imports.Fault
		if err == nil {
			for i := range files {
				files[i].Repository = address
			}
			return files, nil
		}
		if !errors.As(err, &refused) || refused.Code != "status" {
			return nil, err
		}
	}
	return nil, fault("cmd.registry.add.not-mirrored", field(address))
}

// mirroredDescriptor is the descriptor of a repository that is mirrored here.
func (p *program) mirroredDescriptor(ctx context.Context, address string) (files []imports.File, mirrored bool, err error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return nil, false, err
	}
	defer mirrors.Close()
	snapshot, err := mirrors.Snapshot(ctx, address)
	var unknown *crawler.UnknownError
	if errors.As(err, &unknown) {
		return nil, false, nil
	}
	if err == nil {
		files, err = imports.InSnapshot(snapshot)
	}
	for i := range files {
		if !onPublicWeb(files[i].Repository) {
			files[i].Repository = ""
		}
	}
	return files, err == nil, err
}

// descriptorAddresses are where forges give the descriptor of a repository: GitHub, GitLab, then Gitea and Forgejo.
func descriptorAddresses(repository string) []string {
	const name = "publiccode.yml"
	base := strings.TrimSuffix(strings.TrimSuffix(repository, "/"), ".git")
	if of, ok := strings.CutPrefix(base, "https://github.com/"); ok {
		return []string{"https://raw.githubusercontent.com/" + of + "/HEAD/" + name}
	}
	return []string{base + "/-/raw/HEAD/" + name, base + "/raw/HEAD/" + name}
}
