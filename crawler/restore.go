// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/klauspost/compress/zlib"

	"communs/crawler/heritage"
)

// Restored is a mirror that was brought back from the archive.
type Restored struct {
	URL        string      `json:"url"`
	From       heritage.ID `json:"from"`
	Commit     string      `json:"commit"`
	Branch     string      `json:"branch,omitempty"`
	References int         `json:"references"`
	Objects    int         `json:"objects"`
	Bytes      int64       `json:"bytes"` // of its objects
}

// AliveError is a repository whose own server gives it: it is to be crawled, not brought back.
type AliveError struct{ URL string }

func (e *AliveError) Error() string { return e.URL + " is served by its origin" }

// Message says it to people.
func (e *AliveError) Message() (string, []any) { return "crawl.alive", []any{e.URL} }

// Alive asks a repository's own server for it. Whatever keeps it from answering as a git server counts as a no.
func (c *Crawler) Alive(ctx context.Context, url string) (bool, error) {
	r := Repository{URL: url, Source: url} // the operator wrote it
	if err := c.checkAddresses(&r); err != nil {
		return false, &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
	}
	ctx, cancel := context.WithTimeout(c.cfg.network.towards(ctx, r), c.cfg.Idle)
	defer cancel()
	session, err := uploadPack(c.carrier().gitTransport(&meter{}, r.address()), r.address())
	if err != nil {
		return false, nil
	}
	defer session.Close()
	_, err = session.AdvertisedReferencesContext(ctx)
	return err == nil || errors.Is(err, transport.ErrEmptyRemoteRepository), nil
}

// BringBack makes a mirror of what the archive has put together of a repository ([heritage.Client.Cook]), with all its history. What
// comes is not trusted: objects are named anew by their content, and the whole must be what the identifier says. The mirror stays shown
// though its origin is gone, until that answers again.
func (c *Crawler) BringBack(ctx context.Context, client *heritage.Client, url string, id heritage.ID) (Restored, error) {
	unlock, err := c.lock()
	if err != nil {
		return Restored{}, err
	}
	defer unlock()
	defer c.clearStaging()
	return c.bringBack(ctx, client, Repository{URL: url, Source: restoredSource}, id)
}

// bringBack is BringBack while nobody else writes to the mirrors.
func (c *Crawler) bringBack(ctx context.Context, client *heritage.Client, r Repository, id heritage.ID) (Restored, error) {
	if err := c.checkAddresses(&r); err != nil {
		return Restored{}, &FetchError{URL: withoutUser(r.URL), Reason: ReasonAddress, Err: err}
	}
	key := AddressKey(r.URL)
	relative, err := mirrorPath(key)
	if err != nil {
		return Restored{}, &FetchError{URL: r.URL, Reason: ReasonAddress, Err: err}
	}
	if err := c.mayPassOn(ctx, r.URL); err != nil {
		return Restored{}, err
	}
	rec, err := c.store.get(ctx, key)
	if err != nil {
		return Restored{}, err
	}
	if rec == nil {
		rec = &record{key: key, mirror: relative, Repository: repositoryAt(r.URL, r.Source)}
	}
	dir, err := c.newStaging()
	if err != nil {
		return Restored{}, diskFault(c.cfg.Dir, err)
	}
	defer c.cfg.Disk.Remove(dir)
	b, err := c.unpack(ctx, client, id, dir)
	if err == nil {
		defer b.objects.close()
		err = b.verify(ctx, client)
	}
	if err != nil {
		return Restored{}, diskFault(c.cfg.Dir, err)
	}
	rec = rec.fromNothing()
	rec.restored = id.String()
	return c.adopt(ctx, rec, b)
}

// restoredSource is the source of what nobody lists any more.
const restoredSource = "swh"

// adopt publishes a bundle as a mirror. That it was brought back is written down first: a mirror that is not marked would be hidden once
// its origin is found to be gone.
func (c *Crawler) adopt(ctx context.Context, rec *record, b *bundle) (Restored, error) {
	s, err := b.staged()
	if err != nil {
		return Restored{}, err
	}
	if err := c.carrier().examine(ctx, []string{s.base}, s); err != nil {
		return Restored{}, err
	}
	if err := c.wantsOut(&task{repo: rec.Repository, record: rec}, s); err != nil {
		return Restored{}, err
	}
	now := toUnix(c.cfg.Now())
	if err := c.store.setArchive(ctx, rec.key, []string{"restored", "restored_time"}, b.id.String(), now); err != nil {
		return Restored{}, err
	}
	out := Restored{URL: rec.URL, From: b.id, Commit: s.commit.String(), Branch: s.branch, References: len(b.refs), Objects: b.objects.packs[0].index.count(), Bytes: b.bytes}
	if _, err := c.publish(ctx, rec, s); err != nil {
		return Restored{}, errors.Join(err, c.store.setArchive(ctx, rec.key, []string{"restored", "restored_time"}, "", 0))
	}
	holds := HoldsCommit
	if b.id.Type == heritage.Snapshot {
		holds = HoldsSnapshot
	}
	columns := []string{"snapshot", "asked", "asked_commit", "holds"}
	if b.id.Type != heritage.Snapshot {
		return out, c.store.setArchive(ctx, rec.key, columns[1:], now, out.Commit, holds)
	}
	return out, c.store.setArchive(ctx, rec.key, columns, b.id.String(), now, out.Commit, holds)
}

// bundle is a repository that came from the archive: one pack, and what its references say.
type bundle struct {
	id      heritage.ID
	base    string
	objects *objects
	refs    map[string]heritage.Reference
	bytes   int64
}

// unpack receives what the archive has put together into the staging folder: references stay in memory, objects go into one pack with an
// index of our own.
func (c *Crawler) unpack(ctx context.Context, client *heritage.Client, id heritage.ID, dir string) (*bundle, error) {
	stream := client.Download(ctx, id)
	defer stream.Close()
	b := &bundle{id: id, refs: map[string]heritage.Reference{}}
	none, err := openObjects(nil)
	if err != nil {
		return nil, err
	}
	loose, err := newPackWriter(c.cfg.Disk, dir)
	if err != nil {
		return nil, err
	}
	var bases []string
	for f, err := range heritage.Bundle(stream, c.cfg.MaxBytes) {
		switch {
		case err != nil:
		case strings.HasPrefix(f.Name, "objects/pack/"):
			sub := filepath.Join(dir, strconv.Itoa(len(bases)))
			if err = c.cfg.Disk.MkdirAll(sub); err == nil {
				var base string
				base, _, err = c.carrier().receive(ctx, f, sub, none)
				bases = append(bases, base)
			}
		case strings.HasPrefix(f.Name, "objects/"):
			err = addLoose(loose, f)
		default:
			err = b.reference(f, c.cfg.Limits.References)
		}
		if err != nil {
			loose.abort()
			return nil, err
		}
		b.bytes += f.Size
	}
	if len(bases) == 1 && len(loose.list) == 0 {
		loose.abort()
		b.base = bases[0]
	} else if b.base, err = together(ctx, loose, bases); err != nil {
		return nil, err
	}
	b.objects, err = openObjects([]string{b.base})
	return b, err
}

// together adds packs to one that is being written.
func together(ctx context.Context, w *packWriter, bases []string) (string, error) {
	o, err := openObjects(bases)
	if err == nil {
		defer o.close()
		err = o.rewrite(ctx, w, func(Hash) bool { return true })
	}
	if err != nil {
		w.abort()
		return "", err
	}
	return w.finish()
}

// maxLoose is how large an object may be that is in no pack. The archive packs all of them.
const maxLoose = 64 << 20

// addLoose adds an object that is a file of its own: "<type> <size>\0<bytes>", deflated.
func addLoose(w *packWriter, f heritage.BundleFile) error {
	damaged := &heritage.BundleError{Name: f.Name, Problem: "damaged"}
	z, err := zlib.NewReader(f)
	if err != nil {
		return damaged
	}
	defer z.Close()
	all, err := io.ReadAll(io.LimitReader(z, maxLoose+64))
	head, data, ok := bytes.Cut(all, []byte{0})
	word, size, _ := strings.Cut(string(head), " ")
	switch {
	case err != nil || !ok:
		return damaged
	case len(data) > maxLoose:
		return &heritage.BundleError{Name: f.Name, Problem: "size"}
	case size != strconv.Itoa(len(data)):
		return damaged
	}
	for _, t := range []objectType{typeCommit, typeTree, typeBlob, typeTag} {
		if t.String() == word {
			h := hashObject(t, data)
			if "objects/"+h.String()[:2]+"/"+h.String()[2:] != f.Name {
				return damaged
			}
			return w.add(h, t, int64(len(data)), deflate(data))
		}
	}
	return damaged
}

// maxReference bounds a file that holds one reference, and maxPackedRefs the one that holds many.
const (
	maxReference  = 4 << 10
	maxPackedRefs = 64 << 20
)

// reference reads one file of references. What is written in a file of its own counts more than what is in the common one.
func (b *bundle) reference(f heritage.BundleFile, most int) error {
	if f.Name == "packed-refs" {
		text, err := io.ReadAll(io.LimitReader(f, maxPackedRefs))
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(text)) {
			digits, name, _ := strings.Cut(strings.TrimSpace(line), " ")
			h, err := ParseHash(digits)
			if _, known := b.refs[name]; err == nil && name != "" && !known {
				b.refs[name] = heritage.Reference{Name: name, Hash: h}
			}
		}
	} else {
		text, err := io.ReadAll(io.LimitReader(f, maxReference))
		if err != nil {
			return err
		}
		line := strings.TrimSpace(string(text))
		r := heritage.Reference{Name: f.Name}
		if target, ok := strings.CutPrefix(line, "ref: "); ok {
			r.Symbolic = target
		} else if r.Hash, err = ParseHash(line); err != nil {
			return &heritage.BundleError{Name: f.Name, Problem: "damaged"}
		}
		b.refs[f.Name] = r
	}
	if len(b.refs) > most {
		return &heritage.BundleError{Name: f.Name, Problem: "size"}
	}
	return nil
}

// verify makes sure that the bundle is what was asked for.
func (b *bundle) verify(ctx context.Context, client *heritage.Client) error {
	if b.id.Type != heritage.Snapshot {
		if t, _, err := b.objects.stat(Hash(b.id.Hash)); err != nil || t != typesOf[b.id.Type] {
			return &heritage.MismatchError{Want: b.id}
		}
		return nil
	}
	var list []heritage.Reference
	for _, r := range b.refs {
		if r.Symbolic == "" {
			t, _, err := b.objects.stat(r.Hash)
			r.Missing = err != nil
			for id, of := range typesOf {
				if of == t {
					r.Type = id
				}
			}
		}
		list = append(list, r)
	}
	has := heritage.Branches(list)
	got := heritage.SnapshotOf(has)
	if got == b.id {
		return nil
	}
	// A repository on disk cannot have all that a snapshot may: names that lead nowhere, no HEAD. The archive tells what there must be.
	want, err := client.Branches(ctx, b.id)
	if err != nil {
		return err
	}
	for name, branch := range want {
		if h := has[name]; h != branch && branch != (heritage.Branch{}) {
			return &heritage.MismatchError{Want: b.id, Got: got}
		}
	}
	for name, branch := range has {
		if _, named := want[name]; !named && branch != (heritage.Branch{}) && name != "HEAD" {
			return &heritage.MismatchError{Want: b.id, Got: got}
		}
	}
	if _, named := want["HEAD"]; !named {
		delete(b.refs, "HEAD")
	}
	return nil
}

// typesOf are git's names for what identifiers name.
var typesOf = map[heritage.Type]objectType{heritage.Content: typeBlob, heritage.Directory: typeTree, heritage.Revision: typeCommit, heritage.Release: typeTag}

// staged is what of a bundle is published: the commit that HEAD leads to, or the one that was asked for.
func (b *bundle) staged() (*staged, error) {
	s := &staged{base: b.base, full: true, pointers: true} // there may be some: not all objects were looked at as they came
	if b.id.Type != heritage.Snapshot {
		s.commit = Hash(b.id.Hash)
		for name, r := range b.refs {
			if r.Hash == b.id.Hash && branchName(name) != "" {
				s.branch = name
			}
		}
	} else {
		s.snapshot = b.id
		at := b.refs["HEAD"]
		for range 5 { // a name may lead to another
			if at.Symbolic == "" {
				break
			}
			at = b.refs[at.Symbolic]
		}
		if at.Name == "" || at.Symbolic != "" {
			var names []string
			for name, r := range b.refs {
				if branchName(name) != "" && r.Symbolic == "" {
					names = append(names, name)
				}
			}
			if len(names) == 0 {
				return nil, &heritage.CookTypeError{ID: b.id}
			}
			slices.Sort(names)
			at = b.refs[usualBranch(names)]
		}
		s.commit, s.branch = at.Hash, branchName(at.Name)
	}
	return s, b.peel(s)
}

// peel follows tags to their commit.
func (b *bundle) peel(s *staged) error {
	for range 5 {
		t, size, err := b.objects.stat(s.commit)
		if err != nil {
			return fmt.Errorf("read %s: %w", b.id, err)
		}
		if t == typeCommit {
			return nil
		}
		if t != typeTag || size > maxCommit {
			break
		}
		_, data, err := b.objects.read(s.commit)
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(data), "\n")
		if s.commit, err = ParseHash(strings.TrimPrefix(line, "object ")); err != nil {
			break
		}
	}
	return &heritage.CookTypeError{ID: b.id}
}
