// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
	"communs/registry/imports"
)

// Reader reads a repository that a stranger named. *Crawled is one.
type Reader interface {
	// Read brings the repository and gives what it says of itself.
	Read(ctx context.Context, address string, known *registry.Catalogue) (*Found, error)
	// File gives a file at the top of its default branch, as it is now; without an error nil when there is none.
	File(ctx context.Context, address, name string) ([]byte, error)
}

// Found is what a repository says of itself, and what was found in it.
type Found struct {
	URL         string             `json:"url"` // canonical; where it is now, when it has moved
	Commit      string             `json:"commit"`
	Name        string             `json:"name,omitempty"`
	Description string             `json:"description,omitempty"` // of the forge
	Topics      []string           `json:"topics,omitempty"`
	Archived    bool               `json:"archived,omitempty"`
	ForkOf      string             `json:"fork_of,omitempty"`
	MirrorOf    string             `json:"mirror_of,omitempty"`
	Licence     string             `json:"licence,omitempty"` // found in its files
	Site        string             `json:"site,omitempty"`    // that it names as its own
	Software    *registry.Software `json:"software"`          // the card that it makes, with reasons
	Notes       []Note             `json:"notes,omitempty"`   // what was left out, and why
}

// Note is something that was not taken over, as a sentence.
type Note struct {
	Key  string `json:"key"`
	Args []any  `json:"args,omitempty"`
}

// How much of one file is read, and how many files are looked into for a licence.
const (
	maxFile  = 1 << 20
	maxFiles = 500
)

// Crawled reads repositories with the crawler, one at a time into a folder of its own that is gone afterwards: into no mirror, since nothing
// is in the registry yet.
type Crawled struct {
	Config   crawler.Config // of Dir and Sources nothing is taken: a stranger's address is never trusted
	Detector func() (*licenses.Detector, error)
}

// Of the limits of a crawl, a registration takes a part: somebody waits.
const (
	maxPack = 256 << 20
	patient = 90 * time.Second
)

func (c *Crawled) config(dir string) crawler.Config {
	n := c.Config
	n.Dir, n.Sources, n.Disk, n.ReadOnly, n.Jobs = dir, nil, nil, false, 1
	n.Timeout, n.MaxBytes, n.FirstByte = patient, maxPack, patient
	n.Polite.Retries = -1
	return n
}

// snapshot brings a repository and hands its files over.
func (c *Crawled) snapshot(ctx context.Context, address string, use func(*crawler.Crawler, *crawler.Snapshot) error) (err error) {
	dir, err := os.MkdirTemp("", "communs-register-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	brought, err := crawler.Open(ctx, c.config(dir))
	if err != nil {
		return err
	}
	defer brought.Close()
	snapshot, err := brought.Fetch(ctx, crawler.Repository{URL: address, Name: path.Base(address)})
	if err != nil {
		return err
	}
	return use(brought, snapshot)
}

// Read fetches the repository, asks its forge, and describes it.
func (c *Crawled) Read(ctx context.Context, address string, known *registry.Catalogue) (found *Found, err error) {
	err = c.snapshot(ctx, address, func(brought *crawler.Crawler, s *crawler.Snapshot) error {
		c.told(ctx, brought, &s.Repository)
		licence, detector, err := c.licence(ctx, s)
		if err != nil {
			return err
		}
		card, skipped, err := imports.Describe(&imports.Mirrored{Snapshot: s, Indexed: true, Licence: licence}, imports.Options{Known: known, Declared: detector.Declared})
		if err != nil {
			return err
		}
		found = &Found{
			URL: strings.TrimSuffix(s.URL, ".git"), Commit: s.Commit, Name: s.Name, Description: s.Description, Topics: s.Topics, Archived: s.Archived,
			ForkOf: s.Parent, MirrorOf: s.MirrorOf, Licence: licence, Site: card.Website, Software: card,
		}
		card.Repositories = []string{found.URL}
		for _, one := range skipped {
			var fault *imports.Fault
			if errors.As(one.Why, &fault) {
				key, args := fault.Message()
				found.Notes = append(found.Notes, Note{key, args})
			}
		}
		return nil
	})
	return found, err
}

// told adds what the forge says of a repository. Where none answers, git has said enough.
func (c *Crawled) told(ctx context.Context, brought *crawler.Crawler, r *crawler.Repository) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return
	}
	source := crawler.SourceConfig{Name: "register", URL: u.Scheme + "://" + u.Host, Told: true}
	if source, err = crawler.Recognise(ctx, source, c.config("")); err != nil {
		return
	}
	confirmer, err := brought.Confirmer(source)
	if err != nil || confirmer == nil {
		return
	}
	short := strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	r.Owner, r.Name = path.Dir(short), path.Base(short)
	status, err := confirmer.Status(ctx, *r)
	if err != nil || status.Repository.URL == "" {
		return
	}
	of := status.Repository
	r.Description, r.Homepage, r.Topics, r.Archived = of.Description, of.Homepage, of.Topics, of.Archived
	r.Fork, r.Parent, r.Mirror, r.MirrorOf = of.Fork, of.Parent, of.Mirror, of.MirrorOf
	if now, err := url.Parse(status.URL); err == nil && status.State == crawler.StateMoved && now.Host == u.Host { // of other hosts it cannot speak
		r.URL = status.URL
	}
}

// licence finds the repository's licence in what stands at its top: its licence files, manifests and README.
func (c *Crawled) licence(ctx context.Context, s *crawler.Snapshot) (string, *licenses.Detector, error) {
	detector, err := c.Detector()
	if err != nil {
		return "", nil, err
	}
	tree, n := licenses.NewTree(), 0
	for f, err := range s.Files() {
		if err := ctx.Err(); err != nil {
			return "", nil, err
		}
		if err != nil && f.Path == "" {
			return "", nil, err
		}
		dir := path.Dir(f.Path)
		if err != nil || dir != "." && dir != "LICENSES" && dir != ".reuse" && dir != "debian" || f.Mode&0o170000 != 0o100000 || f.Size > maxFile || n >= maxFiles {
			continue
		}
		n++
		text, err := content(f)
		if err != nil {
			return "", nil, err
		}
		tree.Add(f.Path, detector.Text(f.Path, text))
	}
	expression, _ := tree.Repository()
	return expression.String(), detector, nil
}

func content(f crawler.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxFile))
	return text, errors.Join(err, r.Close())
}

// File brings the repository again: what counts is what its default branch holds now.
func (c *Crawled) File(ctx context.Context, address, name string) (text []byte, err error) {
	err = c.snapshot(ctx, address, func(_ *crawler.Crawler, s *crawler.Snapshot) error {
		for f, err := range s.Files() {
			if err != nil && f.Path == "" {
				return err
			}
			if err != nil || f.Path != name || f.Mode&0o170000 != 0o100000 {
				continue
			}
			text, err = content(f)
			if text == nil {
				text = []byte{}
			}
			return err
		}
		return nil
	})
	return text, err
}
