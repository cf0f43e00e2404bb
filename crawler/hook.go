// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"crypto/sha256"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"communs/crawler/webhook"
	"communs/internal/durable"
)

// What a webhook names is put into the queue, and looked at by the next crawl, which asks the forge and the git server as any crawl does: nothing
// is brought, shown or hidden on the word of a message. A message is accepted once its repository's row is in the database. A thousand messages
// about one repository are one row, and as long as nobody has begun to look, the second writes nothing.

// Outcome is what became of a message.
type Outcome string

// The outcomes. Those from Signature on are of messages that were refused.
const (
	Accepted  Outcome = "accepted"
	Duplicate Outcome = "duplicate" // a delivery that came before
	Ignored   Outcome = "ignored"   // it concerns no code, or what is private and not known here
	Elsewhere Outcome = "elsewhere" // a repository of the same forge that the source does not list
	Signature Outcome = "signature" // it does not carry the secret
	Malformed Outcome = "malformed"
	Foreign   Outcome = "foreign"   // a repository of another server
	Unwritten Outcome = "unwritten" // our own disk did not take it
)

// Hooks takes the messages of webhooks for the sources that have a secret for them.
type Hooks struct {
	store   *store
	now     func() time.Time
	sources map[string]hookable

	mu      sync.Mutex
	seen    [seenDeliveries][16]byte // the latest deliveries that were accepted
	at      int
	known   map[[16]byte]bool
	counts  hookCounts // that are not written yet
	waiting []*intake
	writing bool
}

// seenDeliveries is how many deliveries are remembered. One that is forgotten, also because the server was started again, only has its
// repository looked at once more.
const seenDeliveries = 4096

type hookable struct {
	config SourceConfig
	secret string
}

// OpenHooks makes ready what takes messages for those of cfg.Sources that ask for them; nil when none does. problems are of sources whose
// secret cannot be had: the others are served.
func OpenHooks(ctx context.Context, cfg Config) (h *Hooks, problems []error, err error) {
	cfg = cfg.withDefaults()
	h = &Hooks{now: cfg.Now, sources: map[string]hookable{}, known: map[[16]byte]bool{}, counts: hookCounts{}}
	for _, sc := range cfg.Sources {
		err := sc.checkHook()
		secret := ""
		if err == nil {
			secret, err = sc.hookSecret(cfg)
		}
		if _, twice := h.sources[sc.Name]; err == nil && secret != "" && twice {
			err = &ConfigError{sc.where("name"), "name", "twice", sc.Name}
		}
		if err != nil {
			problems = append(problems, err)
		} else if secret != "" {
			h.sources[sc.Name] = hookable{sc, secret}
		}
	}
	if len(h.sources) == 0 {
		return nil, problems, nil
	}
	if cfg.Disk == nil {
		cfg.Disk = &durable.Disk{}
	}
	h.store, err = openStore(ctx, filepath.Join(cfg.Dir, "communs.db"), cfg.Disk, cfg.Now)
	return h, problems, err
}

// Has reports whether messages are taken for a source.
func (h *Hooks) Has(source string) bool {
	if h == nil {
		return false
	}
	_, ok := h.sources[source]
	return ok
}

// Take judges a message. Accepted and no error mean that what it names is durable; an error is of our own disk, or the context's.
func (h *Hooks) Take(ctx context.Context, source string, header http.Header, body []byte) (Outcome, error) {
	of, ok := h.sources[source]
	if !ok {
		return Signature, nil
	}
	outcome, err := h.take(ctx, of, header, body)
	if err != nil {
		outcome = Unwritten
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts.add(source, outcome, 1, h.now())
	return outcome, err
}

func (h *Hooks) take(ctx context.Context, of hookable, header http.Header, body []byte) (Outcome, error) {
	if !webhook.Authentic(of.secret, header, body) {
		return Signature, nil
	}
	m, err := webhook.Read(header, body)
	if err != nil {
		return Malformed, nil
	}
	if m.Event == "" {
		return Ignored, nil
	}
	what, outcome := of.config.named(m)
	if outcome != Accepted {
		return outcome, nil
	}
	mark := what.mark(m.Delivery, body)
	if h.before(mark) {
		return Duplicate, nil
	}
	needed, outcome, err := h.store.hookNeeded(ctx, what, m.Private, h.now())
	if err == nil && needed {
		err = h.put(ctx, what)
	}
	if err == nil && outcome == Accepted {
		h.remember(mark)
	}
	return outcome, err
}

// named is what a message names.
type named struct {
	source, key, url, old string
	number                int64
	event                 webhook.Event
}

// mark is the same for the same delivery of the same message.
func (n named) mark(delivery string, body []byte) (mark [16]byte) {
	if delivery == "" {
		return mark
	}
	sum := sha256.New()
	sum.Write([]byte(n.source + "\x00" + delivery + "\x00"))
	sum.Write(body)
	return [16]byte(sum.Sum(nil))
}

func (h *Hooks) before(mark [16]byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known[mark]
}

func (h *Hooks) remember(mark [16]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if mark == ([16]byte{}) || h.known[mark] {
		return
	}
	delete(h.known, h.seen[h.at])
	h.seen[h.at], h.known[mark] = mark, true
	h.at = (h.at + 1) % seenDeliveries
}

// intake is what waits to be written. All that waits is written together: where the disk is slow, each message alone would wait for every other.
type intake struct {
	named
	done chan error
}

func (h *Hooks) put(ctx context.Context, n named) error {
	one := &intake{n, make(chan error, 1)}
	h.mu.Lock()
	h.waiting = append(h.waiting, one)
	if !h.writing {
		h.writing = true
		go h.write(context.WithoutCancel(ctx))
	}
	h.mu.Unlock()
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write writes until nothing waits.
func (h *Hooks) write(ctx context.Context) {
	for {
		h.mu.Lock()
		batch := h.waiting
		if h.waiting = nil; len(batch) == 0 {
			h.writing = false
			h.mu.Unlock()
			return
		}
		h.mu.Unlock()
		err := h.store.putHooks(ctx, batch, h.now())
		for _, one := range batch {
			one.done <- err
		}
	}
}

// Flush writes down what became of messages since the last time.
func (h *Hooks) Flush(ctx context.Context) error {
	h.mu.Lock()
	counts := h.counts
	h.counts = hookCounts{}
	h.mu.Unlock()
	if len(counts) == 0 {
		return nil
	}
	err := h.store.countHooks(ctx, counts)
	if err != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		for what, n := range counts {
			h.counts.add(what.source, what.outcome, n.n, n.last)
		}
	}
	return err
}

// Due reports whether something is to be looked at now.
func (h *Hooks) Due(ctx context.Context) (bool, error) { return h.store.hooksDue(ctx, h.now()) }

// Close closes the database.
func (h *Hooks) Close() error { return h.store.db.Close() }

// hookCounts count messages by what became of them.
type hookCounts map[hookCount]counted

type hookCount struct {
	source  string
	outcome Outcome
}

type counted struct {
	n    int64
	last time.Time
}

func (c hookCounts) add(source string, outcome Outcome, n int64, at time.Time) {
	of := hookCount{source, outcome}
	now := c[of]
	if now.n += n; at.After(now.last) {
		now.last = at
	}
	c[of] = now
}
