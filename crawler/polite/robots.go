// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package polite

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// product is our name in robots.txt.
const product = "communs"

// Robots is what a robots.txt says to us, read as RFC 9309 has it.
type Robots struct {
	Delay time.Duration // between two requests, where it asks for one (Crawl-delay, which the RFC does not know)
	rules []robotsRule
}

// robotsRule is one line of a group.
type robotsRule struct {
	allow   bool
	pattern string // normalised
	line    string // as it stands there
}

// longestDelay bounds what Crawl-delay may ask for.
const longestDelay = time.Minute

// ParseRobots reads a robots.txt for one product. Lines that it does not understand are nothing; there is no wrong robots.txt.
//
// A group is one or more User-agent lines and the rules that follow. The groups for our name hold, all of them together; without any,
// those for *.
func ParseRobots(text []byte, product string) *Robots {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var named, all Robots
	ours, any, found := false, false, false // whom the group at hand is for; whether one is for us
	rules := true                           // the last line was a rule: a User-agent line begins a new group
	for line := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = bytes.Cut(line, []byte("#"))
		k, v, ok := strings.Cut(string(line), ":")
		key, value := strings.ToLower(strings.TrimSpace(k)), strings.TrimSpace(v)
		if !ok {
			continue
		}
		switch key {
		case "user-agent", "useragent", "user agent":
			if rules {
				ours, any, rules = false, false, false
			}
			if strings.EqualFold(token(value), product) {
				ours, found = true, true
			} else if value == "*" || strings.HasPrefix(value, "* ") {
				any = true
			}
		case "allow", "disallow", "crawl-delay":
			rules = true
			if ours {
				named.add(key, value)
			}
			if any {
				all.add(key, value)
			}
		}
	}
	if found {
		return &named
	}
	return &all
}

// token is the product's name that a User-agent line begins with.
func token(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	})
	if i >= 0 {
		s = s[:i]
	}
	return s
}

func (r *Robots) add(key, value string) {
	if key == "crawl-delay" {
		if s, err := strconv.ParseFloat(value, 64); err == nil && s > 0 {
			r.Delay = max(r.Delay, time.Duration(min(s, longestDelay.Seconds())*float64(time.Second)))
		}
		return
	}
	line := "Disallow: " + value
	if key == "allow" {
		line = "Allow: " + value
	}
	r.rules = append(r.rules, robotsRule{key == "allow", normal(value), line})
}

// Allows reports whether a path, with its query, may be read, and the rule that says so: the longest that matches, and of two equally
// long ones the one that allows.
func (r *Robots) Allows(path string) (bool, string) {
	path = normal(path)
	if path == "/robots.txt" {
		return true, ""
	}
	best := robotsRule{allow: true}
	for _, rule := range r.rules {
		longer := len(rule.pattern) > len(best.pattern)
		if (longer || len(rule.pattern) == len(best.pattern) && rule.allow) && matches(rule.pattern, path) {
			best = rule
		}
	}
	return best.allow, best.line
}

// matches reports whether a path begins as a pattern says: * stands for anything, $ at the end for the end. It looks at each part of the
// pattern once, so that no pattern takes long.
func matches(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return !whole || rest == ""
}

// normal writes what one path may be written like in one way: what needs no escape has none, what is not ASCII has one, and so has a % that begins none.
func normal(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				i += 2
				if n := byte(n); n >= 'a' && n <= 'z' || n >= 'A' && n <= 'Z' || n >= '0' && n <= '9' || strings.IndexByte("-._~", n) >= 0 {
					b.WriteByte(n)
				} else {
					b.Write([]byte{'%', hex[n>>4], hex[n&15]})
				}
				continue
			}
		}
		if c >= 0x80 || c == '%' {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
