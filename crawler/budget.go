// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Budget is what one crawl may take; zero: as much as it needs. What has begun when it is used up is brought to its end.
type Budget struct {
	Bytes int64
	Time  time.Duration
}

// BudgetError is a budget that is not written as it must be.
type BudgetError struct{ Text string }

func (e *BudgetError) Error() string {
	return "budget " + strconv.Quote(e.Text) + ": want bytes, a time, or both, like 2GB/1h"
}

// Message says it to people.
func (e *BudgetError) Message() (string, []any) { return "crawl.budget", []any{e.Text} }

// units of bytes: a thousand each, as disks and networks are sold; with an i, 1024. French speaks of octets.
var byteUnits = map[string]int64{"": 1, "b": 1, "o": 1, "byte": 1, "bytes": 1, "octet": 1, "octets": 1, "k": 1e3, "kb": 1e3, "ko": 1e3, "m": 1e6, "mb": 1e6, "mo": 1e6, "g": 1e9, "gb": 1e9, "go": 1e9,
	"t": 1e12, "tb": 1e12, "to": 1e12, "kib": 1 << 10, "kio": 1 << 10, "mib": 1 << 20, "mio": 1 << 20, "gib": 1 << 30, "gio": 1 << 30, "tib": 1 << 40, "tio": 1 << 40}

// span is a time as people write it: "1h30", "90 min", "2 jours".
var span = regexp.MustCompile(`^(?:(\d{1,4})(?:j|d|jours?|days?))?(?:(\d{1,5})(?:h|heures?|hours?))?(?:(\d{1,7})(?:m|mn|min|minutes?))?(?:(\d{1,8})(?:s|secondes?|seconds?))?$`)

// minutes are what follows the hours without a unit.
var minutes = regexp.MustCompile(`h\d+$`)

// parseSpan reads a time, also as Go writes it.
func parseSpan(text string) (time.Duration, bool) {
	if d, err := time.ParseDuration(text); err == nil {
		return d, d > 0
	}
	parts := span.FindStringSubmatch(minutes.ReplaceAllString(text, "${0}m"))
	if parts == nil {
		return 0, false
	}
	total := time.Duration(0)
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, err := strconv.ParseUint("0"+parts[i+1], 10, 32)
		if err != nil {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, total > 0
}

// ParseBudget reads "2GB/1h", "500 Mo / 1 h 30", "90m": bytes, a time, or both in any order. A number followed by m alone is minutes.
func ParseBudget(text string) (Budget, error) {
	var b Budget
	parts := strings.Split(text, "/")
	if len(parts) > 2 {
		return b, &BudgetError{text}
	}
	for _, part := range parts {
		part = strings.ToLower(strings.Join(strings.Fields(part), "")) // no-break spaces too
		if d, ok := parseSpan(part); ok && b.Time == 0 {
			b.Time = d
			continue
		}
		n, err := ParseBytes(part)
		if err != nil || n == 0 || b.Bytes != 0 {
			return Budget{}, &BudgetError{text}
		}
		b.Bytes = n
	}
	return b, nil
}

// errBytes is what is not a number of bytes.
var errBytes = errors.New("no number of bytes, like 300MB, 1.5 Go or 2GiB")

// ParseBytes reads a number of bytes with its unit; a number alone counts bytes.
func ParseBytes(text string) (int64, error) {
	text = strings.TrimSpace(text)
	i := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
	if i < 0 {
		i = len(text)
	}
	n, err := strconv.ParseFloat(strings.Replace(text[:i], ",", ".", 1), 64)
	unit, ok := byteUnits[strings.ToLower(strings.TrimSpace(text[i:]))]
	if err != nil || !ok || n*float64(unit) >= 1<<60 {
		return 0, errBytes
	}
	return int64(n * float64(unit)), nil
}

// The ways in which a budget ends a crawl.
const (
	EndedBytes = "bytes"
	EndedTime  = "time"
)

// spent reports whether the budget is used up. It is asked before work that is left is begun.
func (r *crawl) spent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch b := r.opts.Budget; {
	case r.sum.Ended != "":
	case b.Bytes > 0 && r.sum.Bytes >= b.Bytes:
		r.sum.Ended = EndedBytes
	case b.Time > 0 && time.Since(r.started) >= b.Time:
		r.sum.Ended = EndedTime
	}
	return r.sum.Ended != ""
}

// received counts what listing has cost since it was last asked.
func (r *crawl) received(src *pagedSource) {
	if a, ok := src.lister.(interface{ taken() int64 }); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sum.Bytes += a.taken()
	}
}

// taken is how many bytes came since it was last asked.
func (a *api) taken() int64 { return a.meter.bytes.Swap(0) }

// hidden counts what is not for everybody.
func (r *crawl) hidden(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.Private += n
}

// settleEvery is after how many unmoved repositories the queue is told so.
const settleEvery = 64

// settle takes a repository out of the queue. What did not move has written nothing, and its going waits for others.
func (r *crawl) settle(ctx context.Context, e Event) error {
	ctx = context.WithoutCancel(ctx) // it is done, whatever ends meanwhile
	key := AddressKey(e.Repository.URL)
	if e.Kind != Unchanged {
		return r.c.store.dequeue(ctx, []string{key})
	}
	r.mu.Lock()
	r.settled = append(r.settled, key)
	enough := len(r.settled) >= settleEvery
	r.mu.Unlock()
	if !enough {
		return nil
	}
	return r.flush(ctx)
}

// flush takes out of the queue what did not move, and notes that it was seen.
func (r *crawl) flush(ctx context.Context) error {
	r.mu.Lock()
	keys, still := r.settled, r.still
	r.settled, r.still = nil, nil
	r.mu.Unlock()
	if err := r.c.store.saw(ctx, still); err != nil {
		return err
	}
	return r.c.store.dequeue(ctx, keys)
}

// sent counts the requests that have gone out since the crawler was opened.
func (n *network) sent() (requests int64) {
	for _, h := range n.Hosts() {
		requests += int64(h.Requests)
	}
	return requests
}
