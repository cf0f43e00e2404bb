// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"communs/crawler/heritage"
)

// What the archive sends is a stranger's as any pack is: anybody may have had it archived. This process writes the bytes down as they come; a child
// reads them.

// bundleOrder asks for a bundle to be read.
type bundleOrder struct {
	File []byte // what came of the archive
	Want []byte // file with the branches that it must have, as JSON; empty when the identifier alone may tell
	ID   string
}

// bundleText is what a bundle holds, beside the pack.
type bundleText struct {
	References int
	Objects    int
	Bytes      int64
}

// wantedBranch is one of the branches in that file. Names are bytes.
type wantedBranch struct {
	Name, Alias []byte
	Object      string
}

// download receives a bundle from the archive into a folder, and has it read there.
func (c *Crawler) download(ctx context.Context, client *heritage.Client, r Repository, id heritage.ID, dir string) (*staged, Restored, error) {
	o := bundleOrder{File: []byte(filepath.Join(dir, "bundle.tar")), ID: id.String()}
	if err := c.receiveBundle(ctx, client, id, string(o.File)); err != nil {
		return nil, Restored{}, err
	}
	s, held, err := c.readBundle(ctx, r, o, filepath.Join(dir, "read"))
	var other *heritage.MismatchError
	if errors.As(err, &other) && id.Type == heritage.Snapshot && !other.Got.IsZero() { // what is more than a repository can hold, the archive tells
		o.Want = []byte(filepath.Join(dir, "branches.json"))
		if err := c.writeBranches(ctx, client, id, string(o.Want)); err != nil {
			return nil, Restored{}, err
		}
		s, held, err = c.readBundle(ctx, r, o, filepath.Join(dir, "again"))
	}
	if err != nil {
		return nil, Restored{}, err
	}
	return s, Restored{Commit: s.commit.String(), Branch: s.branch, References: held.References, Objects: held.Objects, Bytes: held.Bytes}, nil
}

// receiveBundle writes the archive's answer to a file, as it is.
func (c *Crawler) receiveBundle(ctx context.Context, client *heritage.Client, id heritage.ID, name string) error {
	stream := client.Download(ctx, id)
	defer stream.Close()
	most := 2 * c.cfg.MaxBytes // with the headers of files
	return c.cfg.Disk.WriteTo(name, func(w io.Writer) error {
		n, err := io.Copy(w, io.LimitReader(stream, most))
		if err == nil && n == most {
			err = &heritage.BundleError{Problem: "size"}
		}
		return err
	})
}

// writeBranches writes down which branches the archive says a snapshot has.
func (c *Crawler) writeBranches(ctx context.Context, client *heritage.Client, id heritage.ID, name string) error {
	branches, err := client.Branches(ctx, id)
	if err != nil {
		return err
	}
	var list []wantedBranch
	for name, b := range branches {
		list = append(list, wantedBranch{[]byte(name), []byte(b.Alias), b.Object.String()})
	}
	return c.cfg.Disk.WriteTo(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(list) })
}

// readBranches reads them again.
func readBranches(name string) (map[string]heritage.Branch, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []wantedBranch
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	branches := make(map[string]heritage.Branch, len(list))
	for _, b := range list {
		branch := heritage.Branch{Alias: string(b.Alias)}
		if b.Object != "" {
			if branch.Object, err = heritage.ParseID(b.Object); err != nil {
				return nil, err
			}
		}
		branches[string(b.Name)] = branch
	}
	return branches, nil
}

// readBundle has a child read what came, into a folder of its own.
func (c *Crawler) readBundle(ctx context.Context, r Repository, b bundleOrder, dir string) (s *staged, held bundleText, err error) {
	defer func() {
		var told messenger
		var fault *FetchError
		if !errors.As(err, &told) || errors.As(err, &fault) { // what is wrong with the bundle has its own words
			err = classify(ctx, r.URL, c.cfg, err)
		}
	}()
	if c.children == nil {
		return c.carrier().bundle(ctx, b, dir)
	}
	o := c.order(r, errand{}, dir)
	o.Bundle, o.Trusted = &b, false
	o.Process.CPU *= bundleCPU
	err = c.children.run(ctx, "", o, func(a *answer) (err error) {
		switch {
		case a.Fault != nil:
			return a.Fault.accept()
		case a.Staged != nil && a.Bundle != nil:
			held = *a.Bundle
			s, err = a.Staged.accept(errand{}, dir)
		case a.Done:
			err = errAnswer
		}
		return err
	})
	return s, held, err
}

// bundleCPU is how many times the processor time of a fetch a bundle may take: it has all of the history.
const bundleCPU = 4

// bundle reads what came, and checks all of it.
func (c *carrier) bundle(ctx context.Context, o bundleOrder, dir string) (*staged, bundleText, error) {
	id, err := heritage.ParseID(o.ID)
	if err != nil {
		return nil, bundleText{}, err
	}
	var want map[string]heritage.Branch
	if len(o.Want) > 0 {
		if want, err = readBranches(string(o.Want)); err != nil {
			return nil, bundleText{}, fmt.Errorf("read the branches that are wanted: %w", err)
		}
	}
	f, err := os.Open(string(o.File))
	if err != nil {
		return nil, bundleText{}, err
	}
	defer f.Close()
	if err := c.disk.MkdirAll(dir); err != nil {
		return nil, bundleText{}, err
	}
	b, err := c.unpack(ctx, f, id, dir)
	if err != nil {
		return nil, bundleText{}, err
	}
	defer b.objects.close()
	if err := b.verify(want); err != nil {
		return nil, bundleText{}, err
	}
	s, err := b.staged()
	if err == nil {
		err = c.examine(ctx, []string{s.base}, s)
	}
	return s, bundleText{len(b.refs), b.objects.packs[0].index.count(), b.bytes}, err
}
