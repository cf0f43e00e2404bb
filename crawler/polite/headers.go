// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// outcome is what an answer says about its host.
type outcome int

const (
	fine    outcome = iota // the host works, whatever it says about what was asked for
	limited                // too many requests
	faulty                 // the host does not work
)

// verdict is what an answer has us do.
type verdict struct {
	kind  outcome
	until time.Time // not to be asked before; zero: it does not say
	why   string
	left  int // requests granted until reset; -1: it does not say
	reset time.Time
}

const (
	longestWait = 24 * time.Hour // of what a server may ask for
	githubPause = time.Minute    // what GitHub wants when its secondary limit is hit and it does not say for how long
)

// judge reads an answer. head is its beginning, when it is one that may be about GitHub's secondary limit.
//
// Retry-After is a number of seconds or a date. The number of requests left and the time of the next ones come as X-RateLimit-Remaining
// and -Reset (GitHub, Software Heritage, proxies before Gitea), or as RateLimit-Remaining and -Reset (GitLab, and the IETF's
// drafts). The reset is in seconds since 1970, or in seconds from now where the draft is followed.
func judge(now time.Time, status int, header http.Header, head []byte) verdict {
	v := verdict{left: -1}
	for _, prefix := range []string{"X-RateLimit-", "RateLimit-", "X-Rate-Limit-"} {
		left, err := strconv.Atoi(first(header.Get(prefix + "Remaining")))
		reset, ok := resetTime(now, first(header.Get(prefix+"Reset")))
		if err == nil && left >= 0 && ok {
			v.left, v.reset = left, reset
			break
		}
	}
	after, told := retryAfter(now, header.Get("Retry-After"))
	secondary := bytes.Contains(bytes.ToLower(head), []byte("secondary rate limit")) || bytes.Contains(head, []byte("abuse detection"))
	switch {
	case status == http.StatusTooManyRequests,
		status == http.StatusForbidden && (v.left == 0 || told || secondary):
		v.kind = limited
		switch {
		case told:
			v.until, v.why = after, "retry-after"
		case v.left == 0:
			v.until, v.why = v.reset, "rate-limit"
		case secondary:
			v.until, v.why = now.Add(githubPause), "rate-limit"
		}
	case status == http.StatusInternalServerError, status == http.StatusBadGateway, status == http.StatusServiceUnavailable,
		status == http.StatusGatewayTimeout, status >= 520 && status <= 530: // the last are Cloudflare's
		v.kind = faulty
		if told {
			v.until, v.why = after, "retry-after"
		}
	}
	return v
}

// first is the first of several values.
func first(s string) string {
	s, _, _ = strings.Cut(s, ",")
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

// retryAfter reads Retry-After. What is negative, past or not understood is as if it were not there.
func retryAfter(now time.Time, s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if digits(s) {
		return now.Add(seconds(s)), true
	}
	at, err := http.ParseTime(s)
	if err != nil || !at.After(now) {
		return time.Time{}, false
	}
	return atMost(now, at), true
}

// resetTime reads when requests are granted again.
func resetTime(now time.Time, s string) (time.Time, bool) {
	if !digits(s) {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return now.Add(longestWait), true
	case n < 1e9: // from now: as a time it would be before 2001
		return now.Add(seconds(s)), true
	case n >= 1e11: // in milliseconds
		return atMost(now, time.UnixMilli(min(n, 1e15))), true
	}
	return atMost(now, time.Unix(n, 0)), true
}

// digits reports whether a number has nothing but digits.
func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// seconds is a time span that is at most longestWait.
func seconds(s string) time.Duration {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > int64(longestWait/time.Second) {
		return longestWait
	}
	return time.Duration(n) * time.Second
}

func atMost(now, at time.Time) time.Time {
	if most := now.Add(longestWait); at.After(most) {
		return most
	}
	return at
}

// peek reads the beginning of an answer that only its text tells to be about a limit, and puts it back.
func peek(resp *http.Response) []byte {
	if resp.StatusCode != http.StatusForbidden || resp.Header.Get("X-GitHub-Request-Id") == "" {
		return nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), rest), resp.Body}
	return head
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
