// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package heritage

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Cooking is where the archive stands with putting a repository together.
type Cooking struct {
	ID       ID     `json:"-"`
	Status   string `json:"status"` // new, pending, done, failed
	Progress string `json:"progress_message"`
}

// CookError is a repository that the archive could not put together.
type CookError struct {
	ID  ID
	Why string // in the archive's words
}

func (e *CookError) Error() string { return "cook " + e.ID.String() + ": " + e.Why }

// Message says it to people.
func (e *CookError) Message() (string, []any) {
	return "heritage.not-cooked", []any{e.ID.String(), e.Why}
}

// The pauses between two questions whether a repository is ready.
const (
	firstPause = 5 * time.Second
	maxPause   = time.Minute
)

// Cook has the archive put a bare git repository together, of a snapshot, a release or a revision, and waits until it is done. What
// was put together before is kept there: an interrupted wait goes on where it was.
func (c *Client) Cook(ctx context.Context, id ID, tell func(Cooking)) error {
	if id.Type != Snapshot && id.Type != Release && id.Type != Revision {
		return &CookTypeError{id}
	}
	method := http.MethodPost
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		at, err := c.cooking(ctx, method, id)
		if err != nil {
			return err
		}
		method = http.MethodGet
		if tell(at); at.Status == "done" {
			return nil
		}
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// Order has the archive put a bare git repository together, without waiting for it: done tells that it is there to be downloaded.
// Whoever asks again goes on from where that stands.
func (c *Client) Order(ctx context.Context, id ID) (done bool, err error) {
	at, err := c.cooking(ctx, http.MethodPost, id)
	return err == nil && at.Status == "done", err
}

// cooking is where it stands; that it failed is an error.
func (c *Client) cooking(ctx context.Context, method string, id ID) (Cooking, error) {
	at := Cooking{}
	_, err := c.ask(ctx, method, "vault/git-bare/"+id.String()+"/", nil, &at)
	if at.ID = id; err == nil && at.Status == "failed" {
		err = &CookError{id, at.Progress}
	}
	return at, err
}

// CookTypeError is an object of which no repository can be made.
type CookTypeError struct{ ID ID }

func (e *CookTypeError) Error() string { return e.ID.String() + " is no repository" }

// Message says it to people.
func (e *CookTypeError) Message() (string, []any) {
	return "heritage.no-repository", []any{e.ID.String()}
}

// Download opens what was cooked, a tar archive. When the connection breaks, it goes on from the byte where that happened.
func (c *Client) Download(ctx context.Context, id ID) io.ReadCloser {
	return &download{ctx: ctx, client: c, path: "vault/git-bare/" + id.String() + "/raw/", total: -1}
}

// download is a stream that is opened again when it breaks off, a few times for each byte that comes.
type download struct {
	ctx    context.Context
	client *Client
	path   string
	body   io.ReadCloser
	at     int64
	total  int64 // -1: not said
	breaks int
}

func (d *download) Read(p []byte) (int, error) {
	for {
		if d.body == nil {
			if err := d.open(); err != nil {
				return 0, err
			}
		}
		n, err := d.body.Read(p)
		d.at += int64(n)
		if n > 0 {
			d.breaks = 0
			return n, nil
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) && (d.total < 0 || d.at >= d.total) {
			return 0, io.EOF
		}
		d.body.Close()
		d.body = nil
		if d.breaks++; d.breaks >= maxTries || d.ctx.Err() != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, fmt.Errorf("download %s: %w", d.path, err)
		}
	}
}

func (d *download) open() error {
	req, err := http.NewRequestWithContext(d.ctx, http.MethodGet, d.client.base.String()+"/api/1/"+d.path, nil)
	if err != nil {
		return err
	}
	if d.at > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(d.at, 10)+"-")
	}
	resp, err := d.client.send(req)
	if err != nil {
		return err
	}
	if d.at > 0 && resp.StatusCode != http.StatusPartialContent { // the server begins anew: what is known of it is passed over
		if _, err := io.CopyN(io.Discard, resp.Body, d.at); err != nil {
			resp.Body.Close()
			return err
		}
	} else if resp.ContentLength >= 0 {
		d.total = d.at + resp.ContentLength
	}
	d.body = resp.Body
	return nil
}

func (d *download) Close() error {
	if d.body == nil {
		return nil
	}
	return d.body.Close()
}

// BundleFile is a file of a bare git repository that matters: a pack, an object, a reference.
type BundleFile struct {
	Name string // HEAD, packed-refs, refs/…, objects/pack/….pack, objects/ab/…
	Size int64
	io.Reader
}

// BundleError is an archive that is not a bare git repository and nothing else.
type BundleError struct {
	Name    string // of the entry
	Problem string // link, outside, file, size, damaged
}

// BundleProblems are those that a BundleError may have.
func BundleProblems() []string { return []string{"link", "outside", "file", "size", "damaged"} }

func (e *BundleError) Error() string {
	return "repository from the archive: " + e.Name + ": " + e.Problem
}

// Message says it to people.
func (e *BundleError) Message() (string, []any) {
	return "heritage.bundle-" + e.Problem, []any{strconv.Quote(e.Name)}
}

var (
	// bundleTaken are the files that hold a repository.
	bundleTaken = regexp.MustCompile(`^(HEAD|packed-refs|refs/.+|objects/pack/pack-[0-9a-f]{40}\.pack|objects/[0-9a-f]{2}/[0-9a-f]{38})$`)
	// bundleLeft are those that git makes beside them and that are not needed: indexes are made anew, nothing is configured.
	bundleLeft = regexp.MustCompile(`^(config|description|FETCH_HEAD|ORIG_HEAD|branches/.*|hooks/.*|logs/.*|info/(exclude|refs|attributes|packs)|objects/info/(packs|commit-graph)|objects/info/commit-graphs/.*|objects/pack/[^/]+\.(idx|rev|bitmap|keep|mtimes)|objects/pack/multi-pack-index)$`)
)

// maxBundleFiles is how many entries are gone through at most.
const maxBundleFiles = 5_000_000

// Bundle reads the bare git repository in a tar archive, whose files stand in one folder. Nothing in it is trusted: a link, a name that
// leads elsewhere, and a file that a bare repository does not have or that would have git look elsewhere end it with an error. most bounds
// the bytes of all files together.
func Bundle(r io.Reader, most int64) iter.Seq2[BundleFile, error] {
	return func(yield func(BundleFile, error) bool) {
		archive, top := tar.NewReader(r), ""
		for n := 0; ; n++ {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				if top == "" {
					yield(BundleFile{}, &BundleError{"", "damaged"})
				}
				return
			}
			if err != nil {
				if !errors.Is(err, tar.ErrHeader) && !errors.Is(err, io.ErrUnexpectedEOF) {
					yield(BundleFile{}, err)
				} else {
					yield(BundleFile{}, &BundleError{"", "damaged"})
				}
				return
			}
			name, problem := bundleName(h, &top)
			if most -= h.Size; problem == "" && (most < 0 || n >= maxBundleFiles) {
				problem = "size"
			}
			if problem != "" {
				yield(BundleFile{}, &BundleError{h.Name, problem})
				return
			}
			if name != "" && !yield(BundleFile{name, h.Size, archive}, nil) {
				return
			}
		}
	}
}

// bundleName is an entry's name within the repository; empty for one that is not needed.
func bundleName(h *tar.Header, top *string) (name, problem string) {
	clean := strings.TrimSuffix(h.Name, "/")
	if clean != path.Clean(clean) || path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsAny(clean, "\\\x00") {
		return "", "outside"
	}
	folder, name, below := strings.Cut(clean, "/")
	if *top == "" {
		*top = folder
	}
	switch {
	case folder != *top:
		return "", "outside"
	case h.Typeflag == tar.TypeDir:
		return "", ""
	case h.Typeflag != tar.TypeReg:
		return "", "link"
	case !below:
		return "", "file"
	case bundleTaken.MatchString(name):
		return name, ""
	case bundleLeft.MatchString(name):
		return "", ""
	}
	return "", "file"
}
