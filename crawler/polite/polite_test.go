// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is a clock that moves only when somebody sleeps by it.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *clock) total() (sum time.Duration) {
	for _, d := range c.slept {
		sum += d
	}
	return sum
}

// server answers each request by its number, from 0.
type server func(n int, r *http.Request) (*http.Response, error)

// scripted is a RoundTripper that asks a server and keeps what was asked.
type scripted struct {
	mu     sync.Mutex
	answer server
	asked  []string
	agents []string
}

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	n := len(s.asked)
	s.asked = append(s.asked, r.URL.String())
	s.agents = append(s.agents, r.Header.Get("User-Agent"))
	s.mu.Unlock()
	resp, err := s.answer(n, r)
	if resp != nil {
		resp.Request = r
	}
	return resp, err
}

// reply makes an answer; header holds names and values in turn.
func reply(status int, text string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(text))}
}

// setup is a Transport in front of a server, by a clock of its own.
func setup(answer server, change ...func(*Config)) (*Transport, *scripted, *clock) {
	s, c := &scripted{answer: answer}, newClock()
	cfg := Config{UserAgent: "communs/1 (+https://example.org; mailto:a@example.org)", Base: s, Now: c.Now, Sleep: c.Sleep,
		Random: func() float64 { return 0.5 }}
	for _, f := range change {
		f(&cfg)
	}
	return New(cfg), s, c
}

func get(t *testing.T, tr *Transport, address string) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	resp.Body.Close()
	return resp.StatusCode, nil
}

const page = "https://forge.example/a"

func TestWaitsAreHonoured(t *testing.T) {
	start := newClock().now
	unix := func(d time.Duration) string { return strconv.FormatInt(start.Add(d).Unix(), 10) }
	for name, c := range map[string]struct {
		first *http.Response
		waits time.Duration // at least, and at most a retry's backoff more; negative: an error at once
	}{
		"Retry-After in seconds":      {reply(429, "", "Retry-After", "7"), 7 * time.Second},
		"Retry-After as a date":       {reply(503, "", "Retry-After", start.Add(9*time.Second).Format(http.TimeFormat)), 9 * time.Second},
		"GitHub, primary":             {reply(403, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(40*time.Second)), 40 * time.Second},
		"GitHub, secondary":           {reply(403, "", "Retry-After", "60"), time.Minute},
		"GitHub, secondary, unsaid":   {reply(403, "You have exceeded a secondary rate limit.", "X-GitHub-Request-Id", "1"), time.Minute},
		"GitLab":                      {reply(429, "", "RateLimit-Remaining", "0", "RateLimit-Reset", unix(30*time.Second)), 30 * time.Second},
		"the draft, seconds from now": {reply(429, "", "RateLimit-Remaining", "0", "RateLimit-Reset", "20"), 20 * time.Second},
		"Software Heritage":           {reply(429, "", "X-RateLimit-Limit", "120", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(50*time.Second)), 50 * time.Second},
		"nothing said":                {reply(429, ""), 0},
		"Retry-After, nonsense":       {reply(429, "", "Retry-After", "soon"), 0},
		"Retry-After, negative":       {reply(429, "", "Retry-After", "-3"), 0},
		"Retry-After, past":           {reply(429, "", "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), 0},
		"too long to wait":            {reply(429, "", "Retry-After", "1000000000"), -1},
		"longer than a number":        {reply(429, "", "Retry-After", strings.Repeat("9", 100)), -1},
		"reset in the far future":     {reply(403, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "99999999999999999"), -1},
		"GitHub's hour":               {reply(403, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(time.Hour)), -1},
	} {
		t.Run(name, func(t *testing.T) {
			tr, s, clock := setup(func(n int, _ *http.Request) (*http.Response, error) {
				if n == 0 {
					return c.first, nil
				}
				return reply(200, "well"), nil
			})
			status, err := get(t, tr, page)
			if c.waits < 0 {
				var wait *WaitError
				if !errors.As(err, &wait) || wait.Until.After(start.Add(longestWait)) || clock.total() > 0 {
					t.Fatalf("got %d, %v after %v, want a WaitError at once", status, err, clock.total())
				}
				if _, err := get(t, tr, page); !errors.As(err, &wait) || len(s.asked) != 1 {
					t.Errorf("asked %d times, then %v: the next must not go out either", len(s.asked), err)
				}
				return
			}
			if status != 200 || err != nil {
				t.Fatalf("got %d, %v", status, err)
			}
			if total := clock.total(); total < c.waits || total > c.waits+firstBackoff {
				t.Errorf("waited %v, want %v", total, c.waits)
			}
		})
	}
}

func TestAnAnswerThatExhaustsTheLimitHoldsTheNextRequest(t *testing.T) {
	tr, s, clock := setup(func(n int, _ *http.Request) (*http.Response, error) {
		return reply(200, "", "X-RateLimit-Remaining", strconv.Itoa(max(1-n, 0)), "X-RateLimit-Reset",
			strconv.FormatInt(newClock().now.Add(time.Minute).Unix(), 10)), nil
	})
	for range 3 {
		if status, err := get(t, tr, page); status != 200 || err != nil {
			t.Fatal(status, err)
		}
	}
	if len(s.asked) != 3 || clock.total() != time.Minute {
		t.Errorf("%d requests after %v, want 3 after a minute", len(s.asked), clock.total())
	}
}

func TestWhatAHostStillGrantsIsShared(t *testing.T) {
	tr, _, clock := setup(nil)
	tr.Note("forge.example", 200, http.Header{"Ratelimit-Remaining": {"2"}, "Ratelimit-Reset": {"60"}}, nil)
	for i := range 3 { // none of which has an answer yet
		if err := tr.Wait(t.Context(), "forge.example"); err != nil {
			t.Fatal(err)
		}
		if want := time.Minute * time.Duration(i/2); clock.total() != want {
			t.Errorf("request %d after %v, want %v", i, clock.total(), want)
		}
	}
}

func TestFaultsAreTriedAgainWithJitter(t *testing.T) {
	for name, c := range map[string]struct {
		method string
		fault  func() (*http.Response, error)
		asked  int
	}{
		"connection":               {"GET", func() (*http.Response, error) { return nil, errors.New("connection reset") }, 4},
		"502":                      {"GET", func() (*http.Response, error) { return reply(502, ""), nil }, 4},
		"429":                      {"HEAD", func() (*http.Response, error) { return reply(429, ""), nil }, 4},
		"404 is final":             {"GET", func() (*http.Response, error) { return reply(404, ""), nil }, 1},
		"a POST is not sent twice": {"POST", func() (*http.Response, error) { return reply(502, ""), nil }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			tr, s, clock := setup(func(int, *http.Request) (*http.Response, error) { return c.fault() })
			req, _ := http.NewRequest(c.method, page, nil)
			tr.RoundTrip(req)
			if len(s.asked) != c.asked {
				t.Fatalf("asked %d times, want %d", len(s.asked), c.asked)
			}
			for i, d := range clock.slept {
				if want := firstBackoff << i / 2; d != want {
					t.Errorf("backoff %d: %v, want half of its most, %v", i, d, want)
				}
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	var events []EventKind
	works := false
	tr, s, clock := setup(func(int, *http.Request) (*http.Response, error) {
		if works {
			return reply(200, ""), nil
		}
		return reply(503, ""), nil
	}, func(c *Config) { c.Retries = -1; c.Report = func(e Event) { events = append(events, e.Kind) } })
	for range maxFaults {
		if status, _ := get(t, tr, page); status != 503 {
			t.Fatal(status)
		}
	}
	var rest *BreakerError
	refused := func(when string) {
		t.Helper()
		before := len(s.asked)
		if _, err := get(t, tr, page); !errors.As(err, &rest) || len(s.asked) != before {
			t.Fatalf("%s: %v, want a BreakerError and nothing sent", when, err)
		}
	}
	refused("open")
	if err := tr.Wait(t.Context(), "Forge.Example."); !errors.As(err, &rest) {
		t.Errorf("others' work: %v", err)
	}
	if _, err := get(t, tr, "https://other.example/"); errors.As(err, &rest) {
		t.Error("another host rests too")
	}
	clock.Sleep(t.Context(), restFirst)
	if status, _ := get(t, tr, page); status != 503 {
		t.Fatal("no trial after the rest")
	}
	clock.Sleep(t.Context(), restFirst)
	refused("the second rest is twice as long")
	clock.Sleep(t.Context(), restFirst)
	works = true
	for range 2 {
		if status, err := get(t, tr, page); status != 200 {
			t.Fatal(status, err)
		}
	}
	if want := []EventKind{Resting, Resting, Back}; len(events) != 3 || events[0] != want[0] || events[1] != want[1] || events[2] != want[2] {
		t.Errorf("events %v, want %v", events, want)
	}
	before := tr.Hosts()[0].Bytes
	tr.Spent("Forge.Example:443", 7, 500)
	tr.Note("forge.example", 200, nil, nil)
	state := tr.Hosts()[0]
	if state.Host != "forge.example" || state.Requests != maxFaults+3+7 || state.Bytes != 500+before || state.Faults != maxFaults+1 || state.Resting || state.Status != 200 {
		t.Errorf("state %+v", state)
	}
}

func TestOnlyOneTrialAtATime(t *testing.T) {
	tr, _, clock := setup(nil)
	for range maxFaults {
		tr.Note("forge.example", 0, nil, errors.New("refused"))
	}
	clock.Sleep(t.Context(), restFirst)
	if err := tr.Wait(t.Context(), "forge.example"); err != nil {
		t.Fatal("no trial:", err)
	}
	var rest *BreakerError
	if err := tr.Wait(t.Context(), "forge.example"); !errors.As(err, &rest) {
		t.Error("a second trial beside the first:", err)
	}
	tr.Note("forge.example", 200, nil, nil)
	if err := tr.Wait(t.Context(), "forge.example"); err != nil {
		t.Error("after the trial:", err)
	}
}

func TestPace(t *testing.T) {
	for address, want := range map[string]time.Duration{page: time.Second, "http://127.0.0.1:3000/a": 0} {
		tr, s, clock := setup(func(int, *http.Request) (*http.Response, error) { return reply(200, ""), nil },
			func(c *Config) { c.PerSecond = 5; c.Trusted = func(string) bool { return true } })
		for range 10 { // the first five at once
			if _, err := get(t, tr, address); err != nil {
				t.Fatal(err)
			}
		}
		if clock.total() != want || len(s.asked) != 10 {
			t.Errorf("%s: ten requests took %v, want %v", address, clock.total(), want)
		}
		if got := s.agents[9]; !strings.HasPrefix(got, "communs/1 (+https://") {
			t.Errorf("User-Agent %q", got)
		}
	}
}

func TestPlacesAreBounded(t *testing.T) {
	tr, s, _ := setup(func(int, *http.Request) (*http.Response, error) { return reply(200, "text"), nil },
		func(c *Config) { c.Parallel = 2 })
	leave, err := tr.Enter(t.Context(), "forge.example")
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest("GET", page, nil)
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tr.RoundTrip(req.WithContext(ctx)); !errors.Is(err, context.Canceled) || len(s.asked) != 1 {
		t.Errorf("a third beside two: %v, %d sent", err, len(s.asked))
	}
	io.ReadAll(resp.Body) // read to its end, it leaves its place
	if _, err := get(t, tr, page); err != nil {
		t.Error(err)
	}
	leave()
	leave()
	resp.Body.Close()
	for range 2 {
		if _, err := tr.Enter(t.Context(), "forge.example"); err != nil {
			t.Error(err)
		}
	}
}

func TestAWaitBeyondTheDeadlineIsNotSlept(t *testing.T) {
	tr, _, clock := setup(func(int, *http.Request) (*http.Response, error) { return reply(429, "", "Retry-After", "60"), nil })
	clock.now = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", page, nil)
	var wait *WaitError
	if _, err := tr.RoundTrip(req); !errors.As(err, &wait) || len(clock.slept) > 0 {
		t.Errorf("%v after %v", err, clock.slept)
	}
}

func TestWhoTimesTheServerHearsOfOurWaits(t *testing.T) {
	tr, _, _ := setup(func(n int, _ *http.Request) (*http.Response, error) {
		if n == 0 {
			return reply(429, "", "Retry-After", "60"), nil
		}
		return reply(200, ""), nil
	})
	var heard []string
	ctx := WhileWaiting(t.Context(), func() func() {
		heard = append(heard, "begin")
		return func() { heard = append(heard, "end") }
	})
	req, _ := http.NewRequestWithContext(ctx, "GET", page, nil)
	if _, err := tr.RoundTrip(req); err != nil || len(heard) < 2 || heard[0] != "begin" || heard[len(heard)-1] != "end" {
		t.Error(heard, err)
	}
}

func TestHostsAreForgotten(t *testing.T) {
	tr, _, clock := setup(nil)
	for i := range maxHosts {
		tr.host("h" + strconv.Itoa(i))
	}
	tr.Note("h7", 429, http.Header{"Retry-After": {"3600"}}, nil)
	clock.Sleep(t.Context(), 2*time.Minute)
	tr.host("one.more")
	var wait *WaitError
	if err := tr.Wait(t.Context(), "h7"); len(tr.hosts) > 10 || !errors.As(err, &wait) {
		t.Errorf("%d hosts kept, %v", len(tr.hosts), err)
	}
}
