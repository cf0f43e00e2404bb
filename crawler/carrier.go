// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"communs/internal/durable"
)

// Limits bound what one repository may cost, and what may be in it. Nothing that people work with comes near them.
type Limits struct {
	Memory     int64         // bytes that a process which fetches may take; default 512 MB
	CPU        time.Duration // that one fetch may take; default 5 minutes
	Disk       int64         // bytes that one fetch may write; default three times Config.MaxBytes
	Objects    int           // of one pack; default 20 million, each of which costs memory
	References int           // that a server may list; default one million
	File       int64         // bytes of the largest file; default 2 GiB
	Entries    int           // of one folder; default 250,000
	Depth      int           // folders within folders; default 512
	Path       int           // bytes of the longest path; default 4,096, which is the longest that a system can open
}

// withDefaults fills in what was left out, for packs of at most so many bytes.
func (l Limits) withDefaults(pack int64) Limits {
	put := func(n *int, otherwise int) {
		if *n <= 0 {
			*n = otherwise
		}
	}
	bytes := func(n *int64, otherwise int64) {
		if *n <= 0 {
			*n = otherwise
		}
	}
	bytes(&l.Memory, 512<<20)
	bytes(&l.Disk, 3*pack)
	bytes(&l.File, 2<<30)
	put(&l.Objects, 20_000_000)
	put(&l.References, 1_000_000)
	put(&l.Entries, 250_000)
	put(&l.Depth, 512)
	put(&l.Path, maxPath)
	if l.CPU <= 0 {
		l.CPU = 5 * time.Minute
	}
	return l
}

// limitError is something that goes beyond one of the limits.
type limitError struct {
	reason Reason
	most   string // what is allowed
}

func (e *limitError) Error() string { return fmt.Sprintf("%s: more than %s", e.reason, e.most) }

// beyond is a count that goes beyond its limit.
func beyond(reason Reason, most int) error { return &limitError{reason, fmt.Sprint(most)} }

// megabytes writes a limit in bytes.
func megabytes(n int64) string { return fmt.Sprint(n >> 20) }

// carrier is the part of a crawler that listens to strangers: it asks servers, and reads and checks what they send. It knows
// of no database and no mirror but what it is told, so that a process of its own can do this work.
type carrier struct {
	terms
	base http.RoundTripper
	disk *durable.Disk
}

// terms are the conditions under which a carrier works.
type terms struct {
	Agent     string
	Idle      time.Duration // longest silence
	FirstByte time.Duration // the same until a pack begins
	Rate      int64         // bytes a second, once it has
	Bytes     int64         // most that may come
	List      int64         // most bytes of a list of references
	Limits    Limits
}

// carrier makes the one that works in this process.
func (c *Crawler) carrier() *carrier {
	return &carrier{c.terms(), c.cfg.network, c.cfg.Disk}
}

func (c *Crawler) terms() terms {
	return terms{c.cfg.UserAgent, c.cfg.Idle, c.cfg.FirstByte, c.cfg.Rate, c.cfg.MaxBytes, c.cfg.MaxList, c.cfg.Limits}
}

// errand is one fetch.
type errand struct {
	Address string   // whom to ask
	Commit  string   // what is published; empty when nothing is, or when it is not to be relied on
	Branch  string   // of that
	Skip    string   // a commit that need not be brought, though it is not published: its owner keeps it out
	Packs   []string // that hold it: paths without an extension
	Look    bool     // ask for the references, and for nothing else
}

// errand is what a task has to bring.
func (c *Crawler) errand(t *task) errand {
	e := errand{Address: t.repo.address(), Commit: t.record.commit, Branch: t.record.branch, Look: t.look}
	if t.kept != nil {
		e.Skip = t.kept.commit
	}
	if !t.anew && e.Commit != "" {
		e.Packs = c.packBases(t.record)
	}
	return e
}

// address is where a repository is fetched from.
func (r Repository) address() string {
	if r.Clone != "" {
		return r.Clone
	}
	return r.URL
}

// stageHTTP fetches one branch at depth 1 over smart HTTP: one request that lists the references, and one for what we lack when
// HEAD has moved.
func (c *Crawler) stageHTTP(ctx context.Context, t *task) (*staged, error) {
	if c.children != nil {
		return c.fetchApart(ctx, t)
	}
	m := &meter{report: t.read}
	s, err := c.carrier().fetch(c.cfg.network.towards(ctx, t.repo), c.errand(t), m, t.staging)
	return s, httpFault(ctx, t.repo.URL, m, err)
}
