// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"

	"communs/crawler/heritage"
)

// History is what a repository's commits and tags tell: when, how many, by how many people. It holds nobody's name or address.
type History struct {
	Head   Hash   // zero when the repository is empty
	Branch string // the default one: refs/heads/main

	Commits []HistoryCommit // that HEAD reaches, the latest first
	Since   time.Time       // earlier commits were not asked for; zero when all were
	Older   bool            // the first of Commits in time is not the first of the repository
	Last    bool            // only the last commit is here, so that nothing can be counted

	Tags     []Tag       // by name
	Bytes    int64       // that came for it
	Same     bool        // nothing has moved since the state that is known: nothing else is told
	Snapshot heritage.ID // of the references: what the Software Heritage archive calls this state of the repository
}

// HistoryCommit is one commit.
type HistoryCommit struct {
	Time   time.Time // of the committer
	Author [8]byte   // the same for commits of the same address in this history; salted, so that it says nothing elsewhere
}

// Tag is a name that was given to a commit.
type Tag struct {
	Name    string    // without refs/tags/
	Version *Version  // nil when the name is none
	Time    time.Time // of the commit; zero when it is not known
}

// Limits for a history.
const (
	historyMonths  = 24
	historyBytes   = 64 << 20 // 24 months of Linux without its files come in less
	historyCommits = 1_000_000
	historyDates   = 3       // releases whose day is asked for when the commits do not tell it
	maxCommit      = 4 << 20 // bytes of one commit, its message included
)

// History asks a repository's server for the commits of the last 24 months without any file, which takes a few kB, or for
// the last one alone where there are none. A server that cannot leave out files is asked for them too, up to a limit. Nothing is
// kept. A local repository is read where it is, with all its commits.
func (c *Crawler) History(ctx context.Context, r Repository) (*History, error) {
	return c.HistoryUnless(ctx, r, "")
}

// HistoryUnless is [Crawler.History], unless the repository is still in the state whose SWHID is given: then its references have been
// listed, and nothing else is asked for.
func (c *Crawler) HistoryUnless(ctx context.Context, r Repository, seen string) (*History, error) {
	if err := c.checkAddresses(&r); err != nil {
		return nil, &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
	}
	withdrawn, err := c.requests(ctx)
	if err != nil {
		return nil, err
	}
	if _, gone := withdrawn.reason(AddressKey(r.URL)); gone {
		return nil, ErrWithdrawn
	}
	if _, why, err := c.keptOut(ctx, AddressKey(r.URL), r); err != nil {
		return nil, err
	} else if why != nil {
		return nil, why
	}
	if r.Source == "" { // whose it is says whether it may be private
		if known, err := c.store.get(ctx, AddressKey(r.URL)); err != nil {
			return nil, err
		} else if known != nil {
			r.Source, r.Clone = known.Source, known.Clone
		}
	}
	unlock, err := c.share()
	if err != nil {
		return nil, err
	}
	defer unlock()
	limits := c.cfg
	limits.MaxBytes = min(limits.MaxBytes, historyBytes)
	limited, cancel := context.WithTimeout(ctx, limits.Timeout)
	defer cancel()
	var h *History
	if r.Path != "" {
		q := newHistorian()
		if err = q.local(limited, r); err == nil {
			h = q.finish()
		}
	} else if c.children != nil {
		h, err = c.historyApart(limited, r, seen, limits.MaxBytes)
	} else {
		carrier := c.carrier()
		carrier.Bytes = limits.MaxBytes
		m := &meter{}
		h, err = carrier.history(c.cfg.network.towards(limited, r), r.address(), seen, c.cfg.Now(), m, c.newStaging)
		err = httpFault(limited, r.URL, m, err)
	}
	if err != nil {
		return nil, classify(limited, r.URL, limits, err)
	}
	return h, nil
}

// history asks the server at an address, unless it is still in the state that is seen.
func (c *carrier) history(ctx context.Context, address, seen string, now time.Time, m *meter, makeDir func() (string, error)) (*History, error) {
	q := newHistorian()
	q.carrier, q.address, q.seen, q.now, q.makeDir = c, address, seen, now, makeDir
	if err := q.remote(ctx, m); err != nil {
		return nil, err
	}
	q.history.Bytes = m.bytes.Load()
	return q.finish(), nil
}

func newHistorian() *historian {
	q := &historian{history: &History{}, times: map[Hash]time.Time{}, tags: map[string]tagged{}}
	rand.Read(q.salt[:])
	return q
}

// historian finds out one history. What stands first is for the one that asks a server.
type historian struct {
	carrier *carrier
	address string
	seen    string // the state that is known, as its SWHID
	now     time.Time
	makeDir func() (string, error)
	meter   *meter

	history *History
	salt    [16]byte
	times   map[Hash]time.Time // of the commits seen
	tags    map[string]tagged
}

// tagged is what a tag points at: the object that the server names, and the commit behind it, zero when that is not known.
type tagged struct{ object, commit Hash }

// remote asks a server.
func (q *historian) remote(ctx context.Context, m *meter) error {
	q.meter = m
	session, err := uploadPack(q.carrier.gitTransport(m, q.address), q.address)
	if err != nil {
		return err
	}
	defer session.Close()
	adv, err := session.AdvertisedReferencesContext(ctx)
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		q.history.Snapshot = heritage.SnapshotOf(nil)
		return nil
	}
	if err != nil {
		return err
	}
	q.history.Snapshot = SnapshotID(adv)
	if q.history.Same = q.history.Snapshot.String() == q.seen; q.history.Same {
		return nil
	}
	head, branch, ok := defaultBranch(adv)
	if !ok {
		return nil
	}
	q.history.Head, q.history.Branch = Hash(head), branch
	for name, h := range adv.References {
		if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			t := tagged{object: Hash(h), commit: Hash(h)}
			if peeled, ok := adv.Peeled[name]; ok {
				t.commit = Hash(peeled)
			}
			q.tags[tag] = t
		}
	}
	err = q.commits(ctx, session, adv.Capabilities, m)
	if err != nil || !adv.Capabilities.Supports(capability.Filter) || !adv.Capabilities.Supports(capability.Shallow) {
		return err
	}
	wants := q.undated()
	if len(wants) == 0 {
		return nil
	}
	_, err = q.ask(ctx, session, adv.Capabilities, wants, packp.DepthCommits(1), func(o *objects, _ map[Hash]bool) error {
		for _, t := range q.tags {
			if !o.has(t.commit) {
				continue
			}
			if when, err := readCommit(o, t.commit); err == nil {
				q.times[t.commit] = when.when
			}
		}
		return nil
	})
	return err
}

// commits asks for those of the last months, and where that yields none, or cannot be asked, for as many as can be.
func (q *historian) commits(ctx context.Context, session transport.UploadPackSession, caps *capability.List, m *meter) error {
	walk := func(o *objects, edge map[Hash]bool) error {
		return q.walk(ctx, edge, func(h Hash) (commitData, error) { return readCommit(o, h) })
	}
	head := []plumbing.Hash{plumbing.Hash(q.history.Head)}
	shallow := caps.Supports(capability.Shallow)
	if !shallow || !caps.Supports(capability.DeepenSince) {
		depth := packp.DepthCommits(0)
		if q.history.Last = shallow && !caps.Supports(capability.Filter); q.history.Last {
			depth = 1 // all files of all times would come with them
		}
		_, err := q.ask(ctx, session, caps, head, depth, walk)
		return err
	}
	q.history.Since = q.now.AddDate(0, -historyMonths, 0)
	came, err := q.ask(ctx, session, caps, head, packp.DepthSince(q.history.Since), walk)
	if came || err == nil || !m.answered() || ctx.Err() != nil {
		return err
	}
	// A server that has no commit as young says so by failing. The last one tells how old they are.
	_, err = q.ask(ctx, session, caps, head, packp.DepthCommits(1), walk)
	q.history.Last = err == nil && q.history.Commits[0].Time.After(q.history.Since) // it failed for another reason
	return err
}

// ask sends one request and has the pack read that comes. came tells that there was one.
func (q *historian) ask(ctx context.Context, session transport.UploadPackSession, caps *capability.List, wants []plumbing.Hash,
	depth packp.Depth, read func(o *objects, edge map[Hash]bool) error) (came bool, err error) {
	req := packp.NewUploadPackRequestFromCapabilities(caps)
	req.Wants, req.Depth = wants, depth
	req.Capabilities.Delete(capability.ThinPack)
	var set []capability.Capability
	if !depth.IsZero() {
		set = append(set, capability.Shallow)
	}
	if _, since := depth.(packp.DepthSince); since {
		set = append(set, capability.DeepenSince)
	}
	if caps.Supports(capability.Filter) {
		set, req.Filter = append(set, capability.Filter), packp.FilterTreeDepth(0)
	}
	for _, name := range set {
		if err := req.Capabilities.Set(name); err != nil {
			return false, err
		}
	}
	resp, err := session.UploadPack(ctx, req)
	if err != nil {
		return false, err
	}
	defer resp.Close()
	dir, err := q.makeDir()
	if err != nil {
		return false, err
	}
	defer q.carrier.disk.Remove(dir)
	none, err := openObjects(nil)
	if err != nil {
		return false, err
	}
	pack, r, err := readHead(demultiplex(req.Capabilities, resp, q.meter), 4)
	if err != nil {
		return false, err
	}
	came = bytes.Equal(pack, []byte("PACK"))
	base, _, err := q.carrier.receive(ctx, r, dir, none)
	if err != nil {
		return came, err
	}
	o, err := openObjects([]string{base})
	if err != nil {
		return came, err
	}
	defer o.close()
	edge := map[Hash]bool{}
	for _, h := range resp.Shallows {
		edge[Hash(h)] = true
	}
	return came, read(o, edge)
}

// local reads a repository of this machine. Beyond the edge of a shallow clone there is nothing.
func (q *historian) local(ctx context.Context, r Repository) error {
	if format := objectFormat(r.Path); format != "" && format != "sha1" {
		return &FetchError{URL: r.URL, Reason: ReasonFormat, Detail: format}
	}
	repo, err := git.PlainOpenWithOptions(r.Path, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if err != nil {
		return pathError(r.URL, err)
	}
	head, branch, err := localHead(repo)
	if err != nil || head.IsZero() {
		return err
	}
	q.history.Head, q.history.Branch = Hash(head), branch
	from := heritage.Streaming(repo.Storer, streamFrom)
	if q.history.Snapshot, err = heritage.RepositorySnapshot(repo.Storer, from); err != nil {
		return classifyLocal(r.URL, err)
	}
	refs, err := repo.Tags()
	if err != nil {
		return err
	}
	err = refs.ForEach(func(r *plumbing.Reference) error {
		t := tagged{object: Hash(r.Hash()), commit: Hash(r.Hash())}
		if typ, data, err := readObject(from, r.Hash()); err == nil && typ == plumbing.TagObject {
			line, _, _ := bytes.Cut(data, []byte("\n"))
			if h, err := ParseHash(strings.TrimPrefix(string(line), "object ")); err == nil {
				t.commit = h
			}
		}
		q.tags[r.Name().Short()] = t
		return nil
	})
	if err != nil {
		return err
	}
	shallows, err := repo.Storer.Shallow()
	if err != nil {
		return err
	}
	edge := map[Hash]bool{}
	for _, h := range shallows {
		edge[Hash(h)] = true
	}
	read := func(h Hash) (commitData, error) {
		_, data, err := readObject(from, plumbing.Hash(h))
		if err != nil {
			return commitData{}, err
		}
		return newCommitData(data)
	}
	if err := q.walk(ctx, edge, read); err != nil {
		return classifyLocal(r.URL, err)
	}
	for _, t := range q.tags {
		if c, err := read(t.commit); err == nil {
			q.times[t.commit] = c.when
		}
	}
	return nil
}
