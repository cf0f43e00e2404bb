// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
)

// gitTransport speaks to git servers from behind the guard: of what is not a list of references at most so many bytes come.
func (c *carrier) gitTransport(m *meter, address string) transport.Transport {
	if isDaemon(address) {
		return &daemon{c, m, address}
	}
	m.references = c.Limits.References
	g := guard{base: c.base, agent: c.Agent, idle: c.Idle, ready: c.FirstByte, rate: c.Rate, meter: m, check: isGit,
		limit: func(r *http.Request) int64 {
			if r.Method == http.MethodGet {
				return c.List
			}
			return c.Bytes - m.bytes.Load()
		}}
	return githttp.NewClient(g.client())
}

// uploadPack begins to talk to the server that has the repository.
func uploadPack(client transport.Transport, address string) (transport.UploadPackSession, error) {
	endpoint, err := transport.NewEndpoint(address)
	if err != nil {
		return nil, err
	}
	return client.NewUploadPackSession(endpoint, nil)
}

// fetch brings what is new beside the mirror, into the folder that makeDir makes when there is something to put there, and
// checks all of it.
func (c *carrier) fetch(ctx context.Context, e errand, m *meter, makeDir func() (string, error)) (*staged, error) {
	session, err := uploadPack(c.gitTransport(m, e.Address), e.Address)
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
	s := &staged{commit: Hash(head), branch: branch, full: e.Commit == "", snapshot: SnapshotID(adv)}
	if s.commit.String() == e.Commit && branch == e.Branch || s.commit.String() == e.Skip {
		s.unchanged = true
		return s, nil
	}
	if e.Look {
		return s, nil
	}
	if s.commit.String() == e.Commit { // only the branch has another name
		s.descends = true
		return s, nil
	}
	req, err := packRequest(adv, head, e.Commit)
	if err != nil {
		return nil, err
	}
	resp, err := session.UploadPack(ctx, req)
	if err != nil {
		return nil, err
	}
	defer resp.Close()
	s.unknown = len(req.Haves) > 0 && len(resp.ACKs) == 0
	held, err := openObjects(e.Packs)
	if err != nil {
		return nil, err
	}
	defer held.close()
	dir, err := makeDir()
	if err != nil {
		return nil, err
	}
	if s.base, s.pointers, err = c.receive(ctx, demultiplex(req.Capabilities, resp, m), dir, held); err != nil {
		return nil, err
	}
	return s, c.examine(ctx, append(slices.Clone(e.Packs), s.base), s)
}

// packRequest asks for one commit at depth 1, given what we have already.
func packRequest(adv *packp.AdvRefs, head plumbing.Hash, have string) (*packp.UploadPackRequest, error) {
	req := packp.NewUploadPackRequestFromCapabilities(adv.Capabilities)
	req.Wants = []plumbing.Hash{head}
	if adv.Capabilities.Supports(capability.Shallow) {
		req.Depth = packp.DepthCommits(1)
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
	}
	if have == "" {
		return req, nil
	}
	req.Haves = []plumbing.Hash{plumbing.NewHash(have)}
	if !req.Depth.IsZero() {
		req.Shallows = slices.Clone(req.Haves)
	}
	// Without this a server sends every file again: at depth 1 it leaves out what we have only from a thin pack.
	// go-git takes the word off the list because it cannot read such packs; we can.
	return req, req.Capabilities.Set(capability.ThinPack)
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
func demultiplex(caps *capability.List, r io.Reader, m *meter) io.Reader {
	switch {
	case caps.Supports(capability.Sideband64k):
		r = sideband.NewDemuxer(sideband.Sideband64k, r)
	case caps.Supports(capability.Sideband):
		r = sideband.NewDemuxer(sideband.Sideband, r)
	}
	return &beginning{r, m}
}

// receive writes a pack to the staging folder as it comes, checks it, and makes its index. A thin pack, which leaves
// out bases that the mirror holds, is written again with everything that it needs.
func (c *carrier) receive(ctx context.Context, r io.Reader, dir string, held *objects) (base string, pointers bool, err error) {
	head, r, err := readHead(r, 12)
	if err != nil {
		return "", false, err
	}
	if err := checkPackHeader(head, c.Limits.Objects); err != nil {
		return "", false, err
	}
	name := filepath.Join(dir, "received.tmp")
	f, err := c.disk.Create(name)
	if err != nil {
		return "", false, err
	}
	if _, err := io.CopyBuffer(struct{ io.Writer }{f}, r, make([]byte, 256<<10)); err != nil {
		f.Close()
		return "", false, err
	}
	if err := f.Commit(); err != nil {
		return "", false, err
	}
	found, err := indexPack(ctx, name, held, c.Limits)
	if err != nil {
		return "", false, err
	}
	base, err = placePack(c.disk, name, found.trailer, found.list)
	if err != nil || !found.thin {
		return base, found.pointers, err
	}
	full, err := c.complete(ctx, dir, base, held)
	if err != nil || full == base {
		return full, found.pointers, err
	}
	for _, ext := range []string{".pack", ".idx"} {
		if err := c.disk.Remove(base + ext); err != nil {
			return "", false, err
		}
	}
	return full, found.pointers, nil
}

// complete writes a thin pack again with everything that it needs.
func (c *carrier) complete(ctx context.Context, dir, base string, held *objects) (string, error) {
	p, err := openPack(base)
	if err != nil {
		return "", err
	}
	defer p.close()
	w, err := newPackWriter(c.disk, dir)
	if err != nil {
		return "", err
	}
	whole := &objects{packs: append([]*pack{p}, held.packs...), bases: held.bases}
	if err := whole.rewritePack(ctx, w, 0, func(Hash) bool { return true }); err != nil {
		w.abort()
		return "", err
	}
	return w.finish()
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
	var limit *limitError
	var away *redirectError
	e := &FetchError{URL: url, Err: err}
	switch {
	case ctx.Err() != nil, errors.Is(err, errIdle), errors.Is(err, errUnready), errors.Is(err, errDrip), errors.As(err, &limit), errors.Is(err, errTooBig) && status < 300:
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
	case errors.As(err, &away):
		e.Reason, e.Detail = ReasonRedirect, away.to
	case strings.Contains(err.Error(), "http redirect:"): // go-git's own word
		e.Reason, e.Detail = ReasonRedirect, m.led()
	case strings.Contains(head, "object-format=sha256"):
		e.Reason = ReasonFormat
	default:
		return err
	}
	return e
}
