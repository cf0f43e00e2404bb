// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/language"

	"communs/crawler"
	"communs/crawler/polite"
	"communs/licenses"
)

// text wants something that can be shown anywhere: UTF-8 without control characters, and without those that nobody sees or that turn the
// order of their neighbours round.
func (c *checker) text(field, s string, most int, lines bool) bool {
	if !utf8.ValidString(s) {
		c.add(field, "not-utf8")
		return false
	}
	for _, r := range s {
		if r == '\n' && lines {
			continue
		}
		if unicode.IsControl(r) || deceptive(r) {
			c.add(field, "character", strconv.QuoteRuneToASCII(r))
			return false
		}
	}
	if n := utf8.RuneCountInString(s); n > most {
		c.add(field, "too-long", n, most)
		return false
	}
	return true
}

// deceptive reports whether a character shows nothing or reorders others. The joiners that scripts and emoji need stay, as does the soft
// hyphen.
func deceptive(r rune) bool {
	switch {
	case r == 0x61c, r == 0x180e, r == 0x200b, r == 0x200e, r == 0x200f, r == 0xfeff,
		r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff0 && r <= 0xffff,
		r >= 0xe0000 && r <= 0xe0fff, unicode.Is(unicode.Co, r):
		return true
	}
	return false
}

// line is a text of one line, such as a name; no word of it may mix scripts.
func (c *checker) line(field, s string, most int, required bool) {
	if strings.TrimSpace(s) == "" {
		if required || s != "" {
			c.add(field, "missing")
		}
		return
	}
	if !c.text(field, s, most, false) {
		return
	}
	if word, is := mixed(s); is {
		c.add(field, "mixed", word)
	}
	if s != strings.TrimSpace(s) {
		c.add(field, "spaces")
	}
}

// both is a text in French and English, of which one is enough.
func (c *checker) both(field string, t Text, most int, required bool) {
	if required && strings.TrimSpace(t.FR+t.EN) == "" {
		c.add(field, "missing")
		return
	}
	c.line(field+".fr", t.FR, most, false)
	c.line(field+".en", t.EN, most, false)
}

// paragraphs is a longer text in French and English.
func (c *checker) paragraphs(field string, t Text, most int) {
	c.text(field+".fr", t.FR, most, true)
	c.text(field+".en", t.EN, most, true)
}

func (c *checker) words(field string, list []string) {
	each(c, field, list, func(at, v string) { c.line(at, v, maxWord, true) })
}

// licence wants an SPDX expression; what is wrong with one has a sentence of its own.
func (c *checker) licence(field, s string, required bool) {
	if s == "" {
		if required {
			c.add(field, "missing")
		}
		return
	}
	if _, err := licenses.Parse(s); err != nil {
		var wrong *licenses.SyntaxError
		if errors.As(err, &wrong) {
			key, args := wrong.Message()
			c.problems = append(c.problems, Problem{Field: field, Key: key, Args: args})
		}
	}
}

// date wants a day, a month or a year of the calendar.
func (c *checker) date(field string, d Date) {
	if d == "" {
		return
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, string(d)); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
			return
		}
	}
	c.add(field, "date", string(d))
}

func (c *checker) languageTag(field, s string) {
	if _, err := language.Parse(s); err != nil {
		c.add(field, "language", s)
	}
}

func (c *checker) country(field, s string) {
	if s == "" {
		return
	}
	if r, err := language.ParseRegion(s); err != nil || !r.IsCountry() || r.String() != s {
		c.add(field, "country", s)
	}
}

// siren checks the nine digits and the last of them, after Luhn.
func (c *checker) siren(field, s string) {
	if s == "" {
		return
	}
	sum := 0
	for i, r := range s {
		d := int(r - '0')
		if d < 0 || d > 9 || len(s) != 9 {
			c.add(field, "siren", s)
			return
		}
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	if sum%10 != 0 || sum == 0 {
		c.add(field, "siren", s)
	}
}

// rnaNumber is a number of the Répertoire national des associations: the code of the office, which in Corsica and overseas holds a letter.
var rnaNumber = regexp.MustCompile(`^W[0-9][0-9A-Z][0-9]{7}$`)

var communeCode = regexp.MustCompile(`^(?:[0-9]{5}|2[AB][0-9]{3})$`)

func (c *checker) place(field string, p Place) {
	c.line(field+".commune", p.Commune, maxName, false)
	c.country(field+".country", p.Country)
	if p.Country != "" && p.Country != "FR" {
		if p.INSEE+p.Departement+p.Region != "" {
			c.add(field+".country", "not-in-france", p.Country)
		}
		return
	}
	department, known := Departement(p.InDepartement())
	if p.INSEE != "" && (!communeCode.MatchString(p.INSEE) || !known && p.Departement == "") {
		c.add(field+".insee", "insee", p.INSEE)
	}
	if p.Departement != "" {
		if !known {
			c.add(field+".departement", "departement", p.Departement)
		} else if of := (Place{INSEE: p.INSEE}).InDepartement(); of != "" && of != p.Departement {
			c.add(field+".insee", "insee-elsewhere", p.INSEE, department.Name)
		}
	}
	if p.Region == "" {
		return
	}
	if region, ok := Region(p.Region); !ok {
		c.add(field+".region", "region", p.Region)
	} else if known && department.Region != p.Region {
		c.add(field+".region", "region-elsewhere", region.Name, department.Name)
	}
}

// repositoryURL wants the canonical address of a repository.
func (c *checker) repositoryURL(field, s string) {
	if s == "" {
		return
	}
	before := len(c.problems)
	c.url(field, s)
	if len(c.problems) > before {
		return
	}
	if canonical, err := crawler.CanonicalURL(s); err != nil {
		c.add(field, "repository-url", s)
	} else if canonical = strings.TrimSuffix(canonical, ".git"); canonical != s {
		c.add(field, "canonical", canonical)
	}
}

// url wants an address that anybody may follow: https, of a machine on the public network, whose name is what it looks like.
func (c *checker) url(field, s string) {
	if s == "" {
		return
	}
	if !c.text(field, s, maxURL, false) {
		return
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || strings.ContainsAny(s, " \\\"<>^`{|}") || u.Opaque != "":
		c.add(field, "url", s)
	case !strings.EqualFold(u.Scheme, "https"):
		c.add(field, "https", s)
	case u.User != nil:
		c.add(field, "credentials")
	case u.Hostname() == "" || u.Scheme != "https":
		c.add(field, "url", s)
	default:
		if key := hostProblem(strings.TrimSuffix(u.Hostname(), ".")); key != "" {
			c.add(field, key, u.Hostname())
		}
	}
}

// hostProblem is the key of what is wrong with a host; empty when nothing is.
func hostProblem(host string) string {
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		if polite.CheckAddr(ip) != nil {
			return "private-address"
		}
		return "" // strange, and reachable
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || privateName(host, last) {
		return "private-address"
	}
	if strings.TrimLeft(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "private-address" // a browser reads a number as an address: 127.1, 0x7f.1
	}
	shown, err := idna.Lookup.ToUnicode(host)
	if err != nil {
		return "host"
	}
	for label := range strings.SplitSeq(shown, ".") {
		if _, is := mixed(label); is || disguised(label) {
			return "look-alike-host"
		}
	}
	return ""
}

// privateName reports whether a name stands for nothing on the public network.
func privateName(host, last string) bool {
	switch last {
	case "localhost", "local", "internal", "lan", "home", "corp", "intranet", "private", "onion", "test", "invalid":
		return true
	}
	return strings.HasSuffix(host, ".home.arpa")
}
