// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package governance

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// governance.toml is read strictly: a key that is not known, a value that is not possible and one that is missing are each told with their line.
// The file that comes with the program explains every key.

// Fault is what is wrong at one place of a governance.toml.
type Fault struct {
	Line  int    // from 1; of what it is missing from, where it is missing
	Field string // decision.admission.quorum
	Code  string // syntax, unknown, missing, type, days, fraction, majority, choice, number, colleges, id, twice, weight, size
	Value string // what stands there, or what may
}

func (f *Fault) Error() string {
	return fmt.Sprintf("governance.toml:%d: %s: %s %s", f.Line, f.Field, f.Code, f.Value)
}

// Message says it to people.
func (f *Fault) Message() (key string, args []any) {
	return "governance.rules." + f.Code, []any{strconv.Itoa(f.Line), f.Field, f.Value}
}

// RulesError is all that is wrong with a governance.toml, in the order of its lines; never empty.
type RulesError struct{ Faults []*Fault }

func (e *RulesError) Error() string {
	return fmt.Sprintf("%d faults, the first: %v", len(e.Faults), e.Faults[0])
}

// Message says the first to people.
func (e *RulesError) Message() (key string, args []any) { return e.Faults[0].Message() }

// MaxRules is the most that a governance.toml may weigh, in bytes.
const MaxRules = 64_000

// Read reads a governance.toml. The error is a [*RulesError].
func Read(data []byte) (*Rules, error) {
	if len(data) > MaxRules || !utf8.Valid(data) {
		return nil, &RulesError{[]*Fault{{Line: 1, Code: "size", Value: strconv.Itoa(MaxRules / 1000)}}}
	}
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		fault := &Fault{Line: 1, Code: "syntax"}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			fault.Line, _ = at.Position()
		}
		return nil, &RulesError{[]*Fault{fault}}
	}
	r := &reader{lines: linesOf(data)}
	rules := r.rules(tree)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b *Fault) int { return a.Line - b.Line })
		return nil, &RulesError{r.faults}
	}
	return rules, nil
}

type reader struct {
	lines  map[string]int
	faults []*Fault
}

func (r *reader) fault(field, code, value string) {
	r.faults = append(r.faults, &Fault{Line: r.line(field), Field: field, Code: code, Value: value})
}

// line is where a field stands, or what it belongs to.
func (r *reader) line(field string) int {
	for field != "" {
		if n, ok := r.lines[field]; ok {
			return n
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return 1
}

func (r *reader) rules(tree map[string]any) *Rules {
	r.known("", tree, "format", "vote", "conflict", "decision", "moderation", "consultation", "college")
	if format, ok := r.number("", tree, "format", 1, 1<<30); ok && format != 1 {
		r.fault("format", "choice", "1")
	}
	rules := &Rules{Decisions: map[Kind]Terms{}}
	vote := r.table("", tree, "vote", "by", "change")
	by := r.choice("vote", vote, "by", "organisations", "colleges")
	rules.Change = r.yes("vote", vote, "change")
	conflict := r.table("", tree, "conflict", "concerned", "declared")
	rules.Conflict = Conflict{r.yes("conflict", conflict, "concerned"), r.yes("conflict", conflict, "declared")}
	r.decisions(tree, rules)
	m := r.table("", tree, "moderation", "moderators", "appeal_days")
	rules.Moderation.Moderators, _ = r.number("moderation", m, "moderators", 1, 20)
	rules.Moderation.Appeal = r.days("moderation", m, "appeal_days", 1)
	c := r.table("", tree, "consultation", "days", "members")
	rules.Consultation = Consultation{r.days("consultation", c, "days", 1), r.yes("consultation", c, "members")}
	r.colleges(tree, rules)
	if by != "" && (by == "colleges") != (tree["college"] != nil) {
		r.fault("vote.by", "colleges", by)
	}
	return rules
}

func (r *reader) decisions(tree map[string]any, rules *Rules) {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	all := r.table("", tree, "decision", names...)
	for _, kind := range Kinds() {
		at := "decision." + string(kind)
		if all[string(kind)] == nil {
			if all != nil && (kind == NewRules || kind == Appeal) {
				r.fault(at, "missing", "")
			}
			continue
		}
		t := r.table("decision", all, string(kind), "discussion_days", "vote_days", "quorum", "majority")
		rules.Decisions[kind] = Terms{
			r.days(at, t, "discussion_days", 0), r.days(at, t, "vote_days", 1), r.share(at, t, "quorum"), r.majority(at, t),
		}
	}
}

var collegeID = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// OrganisationTypes lists the types of organisations that a college may take in.
func OrganisationTypes() []string {
	return []string{"company", "association", "public", "cluster", "community"}
}

func (r *reader) colleges(tree map[string]any, rules *Rules) {
	if tree["college"] == nil {
		return
	}
	list, ok := tree["college"].([]any)
	if !ok {
		r.fault("college", "type", "[[college]]")
		return
	}
	ids, types, positive := map[string]bool{}, map[string]bool{}, false
	for i, v := range list {
		at := fmt.Sprintf("college[%d]", i)
		t, ok := v.(map[string]any)
		if !ok {
			r.fault(at, "type", "[[college]]")
			continue
		}
		r.known(at, t, "id", "name", "weight", "types")
		c := College{ID: r.text(at, t, "id")}
		if c.ID != "" && (!collegeID.MatchString(c.ID) || len(c.ID) > 40) {
			r.fault(at+".id", "id", c.ID)
		} else if ids[c.ID] {
			r.fault(at+".id", "twice", c.ID)
		}
		ids[c.ID] = true
		name := r.table(at, t, "name", "fr", "en")
		c.FR, c.EN = r.text(at+".name", name, "fr"), r.text(at+".name", name, "en")
		if s := r.text(at, t, "weight"); s != "" {
			var err error
			if c.Weight, err = ParseFraction(s); err != nil {
				r.fault(at+".weight", "fraction", s)
			}
		}
		positive = positive || c.Weight.Num > 0
		listed, ok := t["types"].([]any)
		if !ok {
			r.fault(at+".types", map[bool]string{true: "missing", false: "type"}[t["types"] == nil], "[]")
		}
		for _, v := range listed {
			s, _ := v.(string)
			if !slices.Contains(OrganisationTypes(), s) {
				r.fault(at+".types", "choice", strings.Join(OrganisationTypes(), ", "))
			} else if types[s] {
				r.fault(at+".types", "twice", s)
			}
			types[s] = true
			c.Types = append(c.Types, s)
		}
		rules.Colleges = append(rules.Colleges, c)
	}
	if len(list) > 0 && !positive {
		r.fault("college[0].weight", "weight", "0")
	}
}

// known tells of keys that a table may not have.
func (r *reader) known(at string, t map[string]any, keys ...string) {
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(keys, key) {
			r.fault(join(at, key), "unknown", strings.Join(keys, ", "))
		}
	}
}

func join(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }

func (r *reader) table(at string, in map[string]any, key string, keys ...string) map[string]any {
	t := value[map[string]any](r, at, in, key, "["+join(at, key)+"]")
	r.known(join(at, key), t, keys...)
	return t
}

// value takes what a key must have; what it is missing from was told already where there is no table.
func value[T any](r *reader, at string, in map[string]any, key, form string) T {
	v, ok := in[key].(T)
	switch {
	case ok || in == nil:
	case in[key] == nil:
		r.fault(join(at, key), "missing", form)
	default:
		r.fault(join(at, key), "type", form)
	}
	return v
}

func (r *reader) text(at string, in map[string]any, key string) string {
	s := value[string](r, at, in, key, `"…"`)
	if len(s) > 200 || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		r.fault(join(at, key), "type", `"…"`)
	}
	return s
}

func (r *reader) yes(at string, in map[string]any, key string) bool {
	return value[bool](r, at, in, key, "true, false")
}

func (r *reader) choice(at string, in map[string]any, key string, allowed ...string) string {
	s := r.text(at, in, key)
	if s != "" && !slices.Contains(allowed, s) {
		r.fault(join(at, key), "choice", strings.Join(allowed, ", "))
	}
	return s
}

func (r *reader) number(at string, in map[string]any, key string, least, most int64) (int, bool) {
	before := len(r.faults)
	n := value[int64](r, at, in, key, fmt.Sprint(least))
	if in == nil || len(r.faults) > before {
		return 0, false
	}
	if n < least || n > most {
		r.fault(join(at, key), "number", fmt.Sprintf("%d–%d", least, most))
		return 0, false
	}
	return int(n), true
}

// maxDays is the longest that anything may take.
const maxDays = 366

func (r *reader) days(at string, in map[string]any, key string, least int64) time.Duration {
	n, _ := r.number(at, in, key, least, maxDays)
	return time.Duration(n) * 24 * time.Hour
}

// share reads a part of a whole.
func (r *reader) share(at string, in map[string]any, key string) Fraction {
	s := r.text(at, in, key)
	f, err := ParseFraction(s)
	if s != "" && (err != nil || f.Rat().Cmp(Fraction{1, 1}.Rat()) > 0) {
		r.fault(join(at, key), "fraction", s)
	}
	return f
}

// majority reads "> 1/2" or ">= 2/3": half or more, so that a proposal and its contrary cannot both be accepted, and not more than all.
func (r *reader) majority(at string, in map[string]any) Majority {
	s := r.text(at, in, "majority")
	if s == "" {
		return Majority{}
	}
	rest, least := strings.CutPrefix(s, ">=")
	if !least {
		var more bool
		if rest, more = strings.CutPrefix(s, ">"); !more {
			rest = "?"
		}
	}
	m := Majority{More: !least}
	var err error
	m.Share, err = ParseFraction(strings.TrimSpace(rest))
	half, all := m.Share.Rat().Cmp(Fraction{1, 2}.Rat()), m.Share.Rat().Cmp(Fraction{1, 1}.Rat())
	if err != nil || half < 0 || half == 0 && !m.More || all > 0 || all == 0 && m.More {
		r.fault(join(at, "majority"), "majority", s)
	}
	return m
}

// linesOf finds the line of each table and of each key: "decision.admission.quorum", "college[0].id".
func linesOf(data []byte) map[string]int {
	lines, count := map[string]int{}, map[string]int{}
	var p unstable.Parser
	p.Reset(data)
	at := ""
	for p.NextExpression() {
		e := p.Expression()
		var path []string
		line := 0
		for it := e.Key(); it.Next(); {
			path, line = append(path, string(it.Node().Data)), p.Shape(it.Node().Raw).Start.Line
		}
		name := strings.Join(path, ".")
		switch e.Kind {
		case unstable.ArrayTable:
			at = fmt.Sprintf("%s[%d]", name, count[name])
			count[name]++
			lines[at] = line
		case unstable.Table:
			at = name
			lines[at] = line
		case unstable.KeyValue:
			lines[join(at, name)] = line
		}
		if _, ok := lines[name]; !ok && e.Kind != unstable.KeyValue {
			lines[name] = line
		}
	}
	return lines
}
