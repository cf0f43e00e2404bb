// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The cases are those of RFC 9309.
func TestRobots(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		allowed []string
		denied  []string
	}{
		"empty":                    {"", []string{"/", "/a?b"}, nil},
		"for nobody we are":        {"User-agent: other\nDisallow: /\n", []string{"/"}, nil},
		"for all":                  {"User-agent: *\nDisallow: /a\n", []string{"/", "/b", "/robots.txt"}, []string{"/a", "/a/b", "/ab", "/a?x"}},
		"ours before all":          {"User-agent: *\nDisallow: /\n\nUser-agent: Communs\nDisallow: /x\n", []string{"/a"}, []string{"/x"}},
		"with a version":           {"User-agent: communs/1.0\nDisallow: /x\n", []string{"/a"}, []string{"/x"}},
		"a longer name":            {"User-agent: communs-image\nDisallow: /\n", []string{"/a"}, nil},
		"several names":            {"User-agent: other\nUser-agent: communs\nDisallow: /x\n", []string{"/a"}, []string{"/x"}},
		"groups of one name":       {"User-agent: communs\nDisallow: /a\n\nUser-agent: b\nDisallow: /\n\nUser-agent: communs\nDisallow: /c\n", []string{"/b"}, []string{"/a", "/c"}},
		"a sitemap ends no group":  {"User-agent: communs\nSitemap: /s\nDisallow: /a\n", []string{"/s"}, []string{"/a"}},
		"an empty rule":            {"User-agent: *\nDisallow:\n", []string{"/", "/a"}, nil},
		"rules of no group":        {"Disallow: /\nUser-agent: *\nDisallow: /a\n", []string{"/b"}, []string{"/a"}},
		"the longest":              {"User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\n", []string{"/a/b", "/a/bc"}, []string{"/a", "/a/c", "/a/b/c"}},
		"of two as long the kind":  {"User-agent: *\nDisallow: /a\nAllow: /a\n", []string{"/a"}, nil},
		"anything":                 {"User-agent: *\nDisallow: /*.git\nDisallow: /x*y*z\n", []string{"/a", "/xzy"}, []string{"/a/b.git", "/a.gitx", "/x1y2z3"}},
		"the end":                  {"User-agent: *\nDisallow: /*.git$\nDisallow: /a$\n", []string{"/b.gitx", "/ab"}, []string{"/b.git", "/a", "/b.git.git"}},
		"case counts in paths":     {"USER-AGENT: *\nDISALLOW: /A\n", []string{"/a"}, []string{"/A"}},
		"escapes":                  {"User-agent: *\nDisallow: /caf%c3%a9\nDisallow: /ü\nDisallow: /%7Ejoe\n", []string{"/cafe"}, []string{"/café", "/caf%C3%A9", "/%c3%bc", "/~joe"}},
		"an escaped slash is none": {"User-agent: *\nDisallow: /a%2Fb\n", []string{"/a/b"}, []string{"/a%2fb"}},
		"remarks and old lines":    {"\ufeff# hi\rUser-agent: * # all\r\n Disallow : /a # so\r", []string{"/b"}, []string{"/a"}},
		"nonsense":                 {"<html><body>\n\x00\xff: :\nUser-agent\nDisallow\n", []string{"/"}, nil},
		"query":                    {"User-agent: *\nDisallow: /?q=\nDisallow: /*?sort=\n", []string{"/", "/a?x=sort"}, []string{"/?q=1", "/a?sort=b"}},
	} {
		r := ParseRobots([]byte(c.text), product)
		for _, path := range c.allowed {
			if ok, rule := r.Allows(path); !ok {
				t.Errorf("%s: %s forbidden by %q", name, path, rule)
			}
		}
		for _, path := range c.denied {
			if ok, rule := r.Allows(path); ok || !strings.HasPrefix(rule, "Disallow: ") {
				t.Errorf("%s: %s allowed, rule %q", name, path, rule)
			}
		}
	}
}

// gitlabStock has rules that every GitLab comes with: nobody may read /api or *.git. Taken for web pages alone, as robots.txt is
// meant, it leaves groups and projects open; taken for everything, no GitLab could be crawled by its own API.
const gitlabStock = `# See http://www.robotstxt.org/robotstxt.html
User-Agent: *
Disallow: /autocomplete/users
Disallow: /search
Disallow: /api
Disallow: /admin
Disallow: /users
Allow: /users/sign_in
# Global snippets
User-Agent: *
Disallow: /s/
Disallow: /snippets/*/raw
# Project details
User-Agent: *
Disallow: /*/*.git
Disallow: /*/-/archive/
Disallow: /*/*/raw
`

func TestGitLabsOwnFile(t *testing.T) {
	for path, want := range map[string]bool{
		"/": true, "/explore": true, "/group/project": true, "/users/sign_in": true,
		"/api/v4/projects": false, "/group/project.git": false, "/group/project.git/info/refs?service=git-upload-pack": false,
		"/users/somebody": false, "/group/project/-/archive/main.zip": false, "/s/1": false,
	} {
		if got, rule := ParseRobots([]byte(gitlabStock), product).Allows(path); got != want {
			t.Errorf("%s: %v (%q), want %v", path, got, rule, want)
		}
	}
	tr, s, _ := setup(func(_ int, r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/robots.txt" {
			return reply(200, gitlabStock), nil
		}
		return reply(200, "{}"), nil
	})
	for _, address := range []string{"https://lab.example/api/v4/projects", "https://lab.example/g/p.git/info/refs?service=git-upload-pack"} {
		if status, err := get(t, tr, address); status != 200 || err != nil {
			t.Errorf("%s: %d, %v: neither git nor an API is a page", address, status, err)
		}
		var robots *RobotsError
		if err := follow(AsPage(t.Context()), tr, address); !errors.As(err, &robots) || robots.Rule == "" {
			t.Errorf("%s as a page: %v", address, err)
		}
	}
	if got := strings.Join(s.asked, " "); strings.Count(got, "robots.txt") != 1 {
		t.Errorf("asked: %s", got)
	}
}

func TestRobotsAreAskedBeforePages(t *testing.T) {
	const page = "https://cgit.example/list"
	for name, c := range map[string]struct {
		robots func() (*http.Response, error)
		want   bool
		wait   bool // a WaitError instead
	}{
		"none":              {func() (*http.Response, error) { return reply(404, "User-agent: *\nDisallow: /"), nil }, true, false},
		"for who signs in":  {func() (*http.Response, error) { return reply(401, ""), nil }, true, false},
		"gone":              {func() (*http.Response, error) { return reply(410, ""), nil }, true, false},
		"open":              {func() (*http.Response, error) { return reply(200, "User-agent: *\nDisallow: /tree"), nil }, true, false},
		"closed":            {func() (*http.Response, error) { return reply(200, "User-agent: *\nDisallow: /"), nil }, false, false},
		"broken":            {func() (*http.Response, error) { return reply(500, ""), nil }, false, false},
		"no answer":         {func() (*http.Response, error) { return nil, errors.New("refused") }, false, false},
		"too many requests": {func() (*http.Response, error) { return reply(429, ""), nil }, false, false},
		"too many for long": {func() (*http.Response, error) { return reply(429, "", "Retry-After", "99999"), nil }, false, true},
		"moved in circles":  {func() (*http.Response, error) { return reply(302, "", "Location", "/robots.txt"), nil }, true, false},
		"endless": {func() (*http.Response, error) {
			return reply(200, strings.Repeat("#\n", maxRobots)+"User-agent: *\nDisallow: /"), nil
		}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			tr, s, clock := setup(func(_ int, r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/robots.txt" {
					return c.robots()
				}
				return reply(200, "page"), nil
			})
			for range 2 {
				err := follow(AsPage(t.Context()), tr, page)
				var robots *RobotsError
				var wait *WaitError
				switch {
				case c.wait:
					if !errors.As(err, &wait) {
						t.Errorf("%v, want a WaitError", err)
					}
				case c.want != (err == nil), !c.want && !errors.As(err, &robots):
					t.Errorf("%v, want read %v", err, c.want)
				}
			}
			asked := strings.Count(strings.Join(s.asked, " "), "/robots.txt")
			if asked > maxFaults+1+robotsForward {
				t.Errorf("robots.txt was asked for %d times", asked)
			}
			clock.Sleep(context.Background(), robotsHolds+time.Hour)
			follow(AsPage(t.Context()), tr, page)
			if again := strings.Count(strings.Join(s.asked, " "), "/robots.txt"); again == asked {
				t.Error("robots.txt holds for ever")
			}
		})
	}
}

func TestCrawlDelayBinds(t *testing.T) {
	tr, _, clock := setup(func(_ int, r *http.Request) (*http.Response, error) {
		return reply(200, "User-agent: *\nCrawl-delay: 7\n"), nil
	})
	for range 3 {
		if err := follow(AsPage(t.Context()), tr, "https://cgit.example/"); err != nil {
			t.Fatal(err)
		}
	}
	if total := clock.total(); total < 14*time.Second || total > 21*time.Second {
		t.Errorf("three pages in %v", total)
	}
	for text, want := range map[string]time.Duration{"0.5": 500 * time.Millisecond, "-1": 0, "soon": 0, "1e300": longestDelay, "NaN": 0, "+Inf": longestDelay} {
		if got := ParseRobots([]byte("User-agent: *\nCrawl-delay: "+text), product).Delay; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// A pattern that makes others look back for ever is read in one go.
func TestPatternsTakeNoTime(t *testing.T) {
	r := ParseRobots([]byte("User-agent: *\nDisallow: /"+strings.Repeat("*a", 50_000)+"b$\n"), product)
	began := time.Now()
	if ok, _ := r.Allows("/" + strings.Repeat("a", 100_000)); !ok {
		t.Error("forbidden")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzRobots(f *testing.F) {
	for _, s := range []string{gitlabStock, "User-agent: communs\nDisallow: /*$", "User-agent:*\nAllow:%\nCrawl-delay:1e9", "\xef\xbb\xbf\r\r"} {
		f.Add([]byte(s), "/a/b.git?x=%2")
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		r := ParseRobots(text, product)
		ok, rule := r.Allows(path)
		if !ok && !strings.HasPrefix(rule, "Disallow: ") || r.Delay < 0 || r.Delay > longestDelay {
			t.Errorf("%v by %q, delay %v", ok, rule, r.Delay)
		}
		if n := normal(path); normal(n) != n {
			t.Errorf("%q becomes %q and then %q", path, n, normal(n))
		}
	})
}

func FuzzHeaders(f *testing.F) {
	f.Add(429, "120", "0", "1792000000", "")
	f.Add(403, "Sun, 22 Nov 2026 12:00:00 GMT", "-1", "60", "a secondary rate limit")
	f.Add(403, "", "0", "9999999999", "")
	f.Add(503, "1e9", "٣", "99999999999999999999", "")
	f.Fuzz(func(t *testing.T, status int, after, left, reset, text string) {
		now := newClock().now
		h := http.Header{}
		for _, prefix := range []string{"X-RateLimit-", "RateLimit-"} {
			h.Set(prefix+"Remaining", left)
			h.Set(prefix+"Reset", reset)
		}
		h.Set("Retry-After", after)
		v := judge(now, status, h, []byte(text))
		most := now.Add(longestWait)
		if v.until.After(most) || v.reset.After(most) || v.left < -1 || v.kind == fine && !v.until.IsZero() {
			t.Error(fmt.Sprintf("%+v", v))
		}
	})
}
