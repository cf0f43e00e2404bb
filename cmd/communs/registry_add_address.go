// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/registry/descriptors"
	"communs/registry/imports"
)

// registryAddAddress adds the software that a descriptor describes: the one at an address, or that of the repository at it, as it is mirrored here or
// as its forge gives it. For a repository that is mirrored and describes itself nowhere, what is known of it is proposed.
func (p *program) registryAddAddress(ctx context.Context, c *cli.Context, address string) error {
	if inSteps(c) {
		return p.registerAddress(ctx, c, address)
	}
	if c.Args().Get(c.Args().Len()-1) != address || len(c.StringSlice("set")) > 0 {
		return fault("cmd.registry.add.address-alone")
	}
	place := imports.PlaceOf(address)
	files, err := p.descriptorAt(ctx, place)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return p.proposeOf(ctx, c, []string{place.Repository})
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

// descriptorAt finds the descriptor at a place; none for a repository that is mirrored here and has none.
func (p *program) descriptorAt(ctx context.Context, place imports.Place) ([]imports.File, error) {
	fetcher := &imports.Fetcher{UserAgent: p.userAgent()}
	if place.Descriptor != "" {
		return fetcher.Descriptor(ctx, place)
	}
	files, mirrored, err := p.mirroredDescriptor(ctx, place.Repository)
	if err != nil || mirrored {
		return files, err
	}
	files, err = fetcher.Descriptor(ctx, place)
	var refused *imports.Fault
	if errors.As(err, &refused) && refused.Code == "status" {
		return nil, fault("cmd.registry.add.not-mirrored", field(place.Repository))
	}
	return files, err
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
