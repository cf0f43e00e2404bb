// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Problem is what is wrong with one field of an entry.
type Problem struct {
	Field string // path as in JSON, "summary.fr", "repositories[1]"; empty when it is about the whole
	Key   string // of the sentence that says it
	Args  []any
	Doubt bool // it may be right all the same: whoever answers for it may confirm
}

func (p Problem) Error() string { return fmt.Sprintf("%s: %s %v", p.Field, p.Key, p.Args) }

// Message says it to people.
func (p Problem) Message() (key string, args []any) { return p.Key, p.Args }

// Check lists what is wrong with an entry, in the order of its fields. Among is what it may refer to and whose names it must not be taken for;
// with nil, only the entry itself is looked at. The store refuses nothing: whoever puts something into it checks first, or calls
// [Save].
func Check(e Entry, among *Catalogue) []Problem {
	c := &checker{}
	c.meta(e.Kind(), e.Head())
	switch e := e.(type) {
	case *Need:
		c.need(e)
	case *Organisation:
		c.organisation(e)
	case *Repository:
		c.repository(e)
	case *Software:
		c.software(e)
	case *Offer:
		c.offer(e)
	case *Use:
		c.use(e)
	case *Selection:
		c.selection(e)
	case *Request:
		c.request(e)
	}
	if body, err := encode(e); err == nil && len(body) > maxRecord {
		c.add("", "too-big", len(body)/1000, maxRecord/1000)
	}
	if among != nil {
		c.references(e, among.Full())
		c.likeness(e, among.Full())
	}
	return c.problems
}

// The most that a record may say.
const (
	maxRecord  = 256_000 // bytes of JSON
	maxName    = 100     // characters, here and below
	maxSummary = 150
	maxTitle   = 150
	maxWord    = 80
	maxNote    = 1_000
	maxAbout   = 10_000
	maxURL     = 2_000
	maxItems   = 100
)

type checker struct{ problems []Problem }

func (c *checker) add(field, key string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Key: "registry.problem." + key, Args: args})
}

func (c *checker) doubt(field, key string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Key: "registry.problem." + key, Args: args, Doubt: true})
}

// sluggish is an id: lower-case letters and digits, joined by single hyphens.
var sluggish = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *checker) meta(kind Kind, m *Meta) {
	switch {
	case m.ID == "":
		c.add("id", "missing")
	case kind == KindRepository:
		c.repositoryURL("id", m.ID)
	case len(m.ID) > 80 || !sluggish.MatchString(m.ID):
		c.add("id", "id", m.ID)
	}
	oneOf(c, "status", m.Status, Draft, Proposed, Declared, Proven, Withdrawn)
	if m.Status == "" {
		c.add("status", "missing")
	}
	if len(m.Sources) == 0 {
		c.add("sources", "missing")
	}
	c.count("sources", len(m.Sources))
	if w := m.Withdrawal; w != nil {
		c.line("withdrawal.reason", w.Reason, maxNote, true)
		c.date("withdrawal.date", w.Date)
	}
	for i, s := range m.Sources[:min(len(m.Sources), maxItems)] {
		at := fmt.Sprintf("sources[%d].", i)
		c.line(at+"name", s.Name, maxName, true)
		c.url(at+"url", s.URL)
		c.licence(at+"licence", s.Licence, true)
		c.date(at+"read", s.Read)
		c.line(at+"credit", s.Credit, 300, false)
		c.line(at+"version", s.Version, 300, false)
	}
}

func (c *checker) references(e Entry, among *Catalogue) {
	for _, r := range references(e) {
		if r.kind == e.Kind() && r.id == e.Head().ID {
			c.add(r.field, "itself")
			continue
		}
		if r.id == "" {
			continue // said to be missing already
		}
		if it, there := among.items[r.kind][r.id]; !there {
			c.add(r.field, "no-"+string(r.kind), r.id)
		} else if it.Head().Status == Withdrawn {
			c.add(r.field, "gone", r.id)
		}
	}
}

// likeness looks for another software or organisation with the same name, or one that looks the same.
func (c *checker) likeness(e Entry, among *Catalogue) {
	name, id := nameOf(e), e.Head().ID
	if name == "" {
		return
	}
	names := among.names()[e.Kind()]
	for _, same := range []struct{ key, name string }{{"like", Fold(name)}, {"looks-like", Skeleton(name)}} {
		for _, other := range names[same.name] {
			if other.id != id {
				c.doubt("name", same.key, nameOf(other.Entry), other.id)
				return
			}
		}
	}
}

// nameOf is the name that an entry must not share with another of its kind; empty for kinds whose names are free.
func nameOf(e Entry) string {
	switch e := e.(type) {
	case *Software:
		return e.Name
	case *Organisation:
		return e.Name
	}
	return ""
}

// oneOf wants a value of a closed set, or none.
func oneOf[T ~string](c *checker, field string, value T, allowed ...T) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	c.add(field, "one-of", string(value), strings.Join(names, ", "))
}

// count bounds a list; of one that is too long the items are not looked at.
func (c *checker) count(field string, n int) bool {
	if n > maxItems {
		c.add(field, "too-many", n, maxItems)
	}
	return n <= maxItems
}

// each checks the items of a list, which may not repeat themselves.
func each[T ~string](c *checker, field string, list []T, check func(field, value string)) {
	if !c.count(field, len(list)) {
		return
	}
	seen := map[T]bool{}
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch {
		case v == "":
			c.add(at, "missing")
		case seen[v]:
			c.add(at, "twice", string(v))
		default:
			check(at, string(v))
		}
		seen[v] = true
	}
}

func (c *checker) number(field string, n, most int) {
	if n < 0 || n > most {
		c.add(field, "number", n, most)
	}
}
