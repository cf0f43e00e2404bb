// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"communs/crawler/polite"
	"communs/crawler/worker"
	"communs/internal/durable"
)

// Config is what a Crawler needs. Only Dir is required.
type Config struct {
	Dir         string           // data folder: communs.db and mirrors/ live below it
	ReadOnly    bool             // for Check only: nothing is made, migrated or cleared away
	Disk        *durable.Disk    // every change below Dir is announced to it
	Jobs        int              // repositories fetched side by side; default: one per processor
	Timeout     time.Duration    // hard deadline for one repository; default 10 minutes
	Idle        time.Duration    // longest silence of a server; default 60 seconds
	FirstByte   time.Duration    // the same while it puts a pack together; default 5 minutes
	Rate        int64            // bytes a second that a pack must bring once it has begun; default 1,024
	MaxBytes    int64            // most bytes received for one repository; default 2 GiB
	MaxList     int64            // most bytes of a list of references; default 64 MiB
	MaxPage     int64            // most bytes of an answer of a forge's API; default 16 MiB
	Worker      worker.Command   // starts a process that runs Work, in which servers are listened to; default: in this process
	Limits      Limits           // on what a repository may cost
	Grace       time.Duration    // how long what vanished or was emptied stays shown; default 7 days
	GitProtocol bool             // git:// may be spoken: it is neither encrypted nor does it say who answers
	UserAgent   string           // how we introduce ourselves to servers
	Sources     []SourceConfig   // of the operator's configuration, for whatever is done: their hosts may be private, and http
	Polite      polite.Config    // how servers are treated; who we are and whom we trust is filled in
	Client      *http.Client     // its Transport is what sends; default: one that checks where it connects
	BuildInfo   *debug.BuildInfo // of the running binary, for build sources without a path
	Env         func(string) string
	Now         func() time.Time

	network   *network
	FullEvery time.Duration // how often a source that tells what changed is listed whole, to find what is gone; default 7 days

	answers *answers                           // of the data folder; nil: every answer is asked for anew
	known   func(context.Context, string) bool // whether a repository has been mirrored; nil: none has
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Jobs <= 0 {
		c.Jobs = runtime.GOMAXPROCS(0)
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Minute
	}
	if c.Idle <= 0 {
		c.Idle = time.Minute
	}
	if c.FirstByte <= 0 {
		c.FirstByte = 5 * time.Minute
	}
	if c.Rate <= 0 {
		c.Rate = 1 << 10
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = 2 << 30
	}
	if c.MaxList <= 0 {
		c.MaxList = 64 << 20
	}
	c.Limits = c.Limits.withDefaults(c.MaxBytes)
	if c.MaxPage <= 0 {
		c.MaxPage = 16 << 20
	}
	if c.Grace <= 0 {
		c.Grace = 7 * 24 * time.Hour
	}
	if c.UserAgent == "" {
		c.UserAgent = "communs"
	}
	if c.network == nil {
		c.network = newNetwork(c)
	}
	if c.Env == nil {
		c.Env = os.Getenv
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.FullEvery <= 0 {
		c.FullEvery = 7 * 24 * time.Hour
	}
	if c.known == nil {
		c.known = func(context.Context, string) bool { return false }
	}
	return c
}

// Gone is a repository that must no longer be shown.
type Gone struct {
	URL    string
	Since  time.Time // when it stopped being shown
	Reason string    // vanished, emptied, withdrawn, opted-out
	Detail string    // what the server said, or the reason given for the withdrawal
}

// Withdrawal is a repository or a content that is not crawled or shown any more, ever.
type Withdrawal struct {
	Target string // as it was asked for
	URL    string // of the repository; empty for a content
	Blob   Hash   // git name of the content; zero for a repository
	Reason string
	Time   time.Time

	Mirrors int // that Withdraw found it in: 0 when nothing of it was here
}
