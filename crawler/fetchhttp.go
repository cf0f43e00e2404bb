// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// maxPackObjects is the most objects that a pack may announce: each costs memory before a single one has come.
const maxPackObjects = 20_000_000

// stageHTTP fetches one branch at depth 1 over smart HTTP, with go-git's transport: one request that lists the
// references, and one for what we lack when HEAD has moved.
func (c *Crawler) stageHTTP(ctx context.Context, t *task) (*staged, error) {
	m := &meter{report: t.read}
	g := guard{base: c.cfg.Client.Transport, agent: c.cfg.UserAgent, idle: c.cfg.Idle, meter: m, check: isGit,
		limit: func(r *http.Request) int64 {
			if r.Method == http.MethodGet {
				return maxListing
			}
			return c.cfg.MaxBytes - m.bytes.Load()
		}}
	if g.base == nil {
		g.base = http.DefaultTransport
	}
	s, err := c.overHTTP(ctx, t, githttp.NewClient(g.client()))
	return s, httpFault(ctx, t.repo.URL, m, err)
}

func (c *Crawler) overHTTP(ctx context.Context, t *task, client transport.Transport) (*staged, error) {
	address := t.repo.Clone
	if address == "" {
		address = t.repo.URL
	}
	endpoint, err := transport.NewEndpoint(address)
	if err != nil {
		return nil, err
	}
	session, err := client.NewUploadPackSession(endpoint, nil)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	adv, err := session.AdvertisedReferencesContext(ctx)
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		return &staged{empty: true}, nil
	}
	if err != nil {
		return nil, err
	}
	head, branch, ok := defaultBranch(adv)
	if !ok {
		return &staged{empty: true}, nil
	}
	s := &staged{commit: Hash(head), branch: branch, full: t.record.commit == ""}
	if s.commit.String() == t.record.commit && branch == t.record.branch {
		return &staged{unchanged: true}, nil
	}
	if s.commit.String() == t.record.commit { // only the branch has another name
		s.descends = true
		return s, nil
	}
	req := packp.NewUploadPackRequestFromCapabilities(adv.Capabilities)
	req.Wants = []plumbing.Hash{head}
	if adv.Capabilities.Supports(capability.Shallow) {
		req.Depth = packp.DepthCommits(1)
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
	}
	if t.record.commit != "" {
		req.Haves = []plumbing.Hash{plumbing.NewHash(t.record.commit)}
		if !req.Depth.IsZero() {
			req.Shallows = slices.Clone(req.Haves)
		}
	}
	resp, err := session.UploadPack(ctx, req)
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	s.unknown = len(req.Haves) > 0 && len(resp.ACKs) == 0
	dir, err := t.staging()
	if err != nil {
		return nil, err
	}
	s.base, err = c.receive(ctx, demultiplex(req.Capabilities, resp), dir)
	return s, err
}

// defaultBranch is what a server's HEAD points at. When it points at nothing, a branch with a usual name, or else the
// first, stands in for it.
func defaultBranch(adv *packp.AdvRefs) (head plumbing.Hash, branch string, ok bool) {
	if adv.Head != nil {
		for _, s := range adv.Capabilities.Get(capability.SymRef) {
			if target, found := strings.CutPrefix(s, "HEAD:"); found {
				return *adv.Head, branchName(target), true
			}
		}
	}
	var names []string
	for name, h := range adv.References {
		if branchName(name) != "" && (adv.Head == nil || h == *adv.Head) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		if adv.Head != nil {
			return *adv.Head, "", true
		}
		return head, "", false
	}
	name := usualBranch(names)
	return adv.References[name], name, true
}

// usualBranch chooses among branches when nothing says which is the default.
func usualBranch(names []string) string {
	for _, usual := range []string{"refs/heads/main", "refs/heads/master", "refs/heads/trunk", "refs/heads/develop"} {
		if slices.Contains(names, usual) {
			return usual
		}
	}
	return slices.Min(names)
}

// demultiplex takes the pack out of the side-band.
func demultiplex(caps *capability.List, r io.Reader) io.Reader {
	switch {
	case caps.Supports(capability.Sideband64k):
		return sideband.NewDemuxer(sideband.Sideband64k, r)
	case caps.Supports(capability.Sideband):
		return sideband.NewDemuxer(sideband.Sideband, r)
	}
	return r
}

// receive writes a pack to the staging folder as it comes, checks it, makes its index, and flushes both.
func (c *Crawler) receive(ctx context.Context, r io.Reader, dir string) (string, error) {
	name := filepath.Join(dir, "received.tmp")
	f, err := c.cfg.Disk.Create(name)
	if err != nil {
		return "", err
	}
	var head [12]byte
	_, err = io.ReadFull(r, head[:])
	if err == nil && (string(head[:4]) != "PACK" || binary.BigEndian.Uint32(head[4:]) != 2) {
		err = errors.New("what came is not a pack")
	}
	if n := binary.BigEndian.Uint32(head[8:]); err == nil && n > maxPackObjects {
		err = fmt.Errorf("the pack announces %d objects: %w", n, errTooBig)
	}
	if err == nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{f}, io.MultiReader(bytes.NewReader(head[:]), r), make([]byte, 256<<10))
	}
	if err != nil {
		f.Close()
		return "", err
	}
	if err := f.Commit(); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return c.indexPack(name)
}

// indexPack reads a whole pack, which also checks it, and writes its index.
func (c *Crawler) indexPack(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	index := &idxfile.Writer{}
	parser, err := packfile.NewParser(packfile.NewScanner(f), index)
	if err != nil {
		return "", err
	}
	sum, err := parser.Parse()
	if err != nil {
		return "", err
	}
	f.Close()
	return placePack(c.cfg.Disk, name, Hash(sum), index)
}

// httpFault names what went wrong on the wire.
func httpFault(ctx context.Context, url string, m *meter, err error) error {
	if err == nil {
		return nil
	}
	err = m.cause(err)
	m.mu.Lock()
	status, head := m.status, string(m.head)
	m.mu.Unlock()
	var page *notGitError
	e := &FetchError{URL: url, Err: err}
	switch {
	case ctx.Err() != nil, errors.Is(err, errIdle), errors.Is(err, errTooBig) && status < 300:
		return err // the caller knows the limits
	case status == http.StatusNotFound, status == http.StatusGone:
		e.Reason, e.Err = ReasonNotFound, fmt.Errorf("%w: HTTP %d", errMissing, status)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		// Several forges answer so for what is not there; whoever could read it before cannot any more.
		e.Reason, e.Err = ReasonUnauthorized, fmt.Errorf("%w: HTTP %d", errMissing, status)
	case status >= 400:
		e.Reason, e.Detail = ReasonServer, fmt.Sprint(status)
	case errors.As(err, &page):
		e.Reason, e.Detail = ReasonNotGit, page.kind
	case errors.Is(err, errRedirect), strings.Contains(err.Error(), "http redirect:"):
		e.Reason = ReasonRedirect
	case strings.Contains(head, "object-format=sha256"):
		e.Reason = ReasonFormat
	default:
		return err
	}
	return e
}
