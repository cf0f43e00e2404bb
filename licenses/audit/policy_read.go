// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"communs/licenses"
)

// PolicyError says what is wrong with a policy, and where.
type PolicyError struct {
	Path         string
	Line, Column int    // from 1
	Kind         string // syntax, key, type, missing, value, licence, rule, pattern, date, scope, twice
	Word         string // what is wrong
	Allowed      string // what may stand there
	Cause        error
}

// Error is for logs.
func (e *PolicyError) Error() string {
	s := fmt.Sprintf("policy %s:%d:%d: %s %q", e.Path, e.Line, e.Column, e.Kind, e.Word)
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *PolicyError) Unwrap() error { return e.Cause }

// Message names the sentence: the file, the line, the column, the word, what is allowed.
func (e *PolicyError) Message() (key string, args []any) {
	args = []any{e.Path, fmt.Sprint(e.Line), fmt.Sprint(e.Column), e.Word, e.Allowed}
	var wrong *licenses.SyntaxError
	if e.Kind == "licence" && errors.As(e.Cause, &wrong) {
		args[4] = wrong
	}
	return "audit.policy." + e.Kind, args
}

// maxPolicy is the length above which no policy is read.
const maxPolicy = 4 << 20

// The keys of a policy, by table.
var policyKeys = map[string][]string{
	"":          {"into", "use", "allow", "deny", "review", "exception", "curation"},
	"exception": {"path", "purl", "license", "rules", "reason", "expires"},
	"curation":  {"path", "purl", "license", "reason", "version", "sha256"},
}

// ReadPolicy reads a policy strictly: a key that nobody knows, or a value that says nothing, is a mistake. The error is a *PolicyError.
func ReadPolicy(name string, text []byte) (*Policy, error) {
	r := &policyReader{name: name, text: text}
	if len(text) > maxPolicy {
		return nil, r.fail(position{1, 1}, "syntax", megabytes(len(text)), "")
	}
	var whole map[string]any
	if err := toml.Unmarshal(text, &whole); err != nil {
		at := position{1, 1}
		var wrong *toml.DecodeError
		if errors.As(err, &wrong) {
			at.line, at.column = wrong.Position()
		}
		return nil, r.fail(at, "syntax", strings.TrimPrefix(err.Error(), "toml: "), "")
	}
	r.places()
	sum := sha256.Sum256(text)
	r.policy = &Policy{Name: name, SHA256: hex.EncodeToString(sum[:])}
	if err := r.top(whole); err != nil {
		return nil, err
	}
	return r.policy, nil
}

// position is a place in the file.
type position struct{ line, column int }

// policyReader checks a policy that is TOML.
type policyReader struct {
	name   string
	text   []byte
	at     map[string]position // of keys and values: "allow", "allow/2" (the third), "exception/0", "exception/0/reason"
	last   position            // the place that was asked for last
	read   int                 // and how far into the text it is
	policy *Policy
}

func (r *policyReader) fail(at position, kind, word, allowed string) error {
	return &PolicyError{Path: r.name, Line: max(at.line, 1), Column: max(at.column, 1), Kind: kind, Word: word, Allowed: allowed}
}

// places finds where each key and value stands.
func (r *policyReader) places() {
	r.at = map[string]position{}
	p := unstable.Parser{}
	p.Reset(r.text)
	prefix := ""
	counts := map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		key, where := keyOf(e)
		switch e.Kind {
		case unstable.ArrayTable:
			prefix = fmt.Sprintf("%s/%d/", key, counts[key])
			counts[key]++
			r.at[strings.TrimSuffix(prefix, "/")] = r.position(where)
		case unstable.Table:
			prefix = key + "/"
			r.at[key] = r.position(where)
		case unstable.KeyValue:
			r.at[prefix+key] = r.position(where)
			r.elements(prefix+key, e.Value())
		}
	}
}

// elements notes the place of a value, or of each in a list.
func (r *policyReader) elements(key string, value *unstable.Node) {
	if value.Kind != unstable.Array {
		if at := r.position(value.Raw); at.line > 0 {
			r.at[key+"="] = at
		}
		return
	}
	n := 0
	for it := value.Children(); it.Next(); n++ {
		at, item := r.position(it.Node().Raw), fmt.Sprintf("%s/%d", key, n)
		r.at[item], r.at[item+"="] = at, at
	}
}

func keyOf(e *unstable.Node) (key string, where unstable.Range) {
	var parts []string
	for it := e.Key(); it.Next(); {
		if len(parts) == 0 {
			where = it.Node().Raw
		}
		parts = append(parts, string(it.Node().Data))
	}
	return strings.Join(parts, "."), where
}

func (r *policyReader) position(where unstable.Range) position {
	offset := int(where.Offset)
	if where.Length == 0 || offset > len(r.text) {
		return position{}
	}
	if r.last.line == 0 || offset < r.read {
		r.last, r.read = position{1, 1}, 0
	}
	for _, c := range string(r.text[r.read:offset]) { // places are asked for in their order: the text is read once
		if r.last.column++; c == '\n' {
			r.last = position{r.last.line + 1, 1}
		}
	}
	r.read = offset
	return r.last
}

// value is where a value stands; its key's place when that is not known.
func (r *policyReader) value(key string) position {
	if at, ok := r.at[key+"="]; ok {
		return at
	}
	return r.at[key]
}

// top reads the keys that stand before all tables.
func (r *policyReader) top(whole map[string]any) error {
	if err := r.known("", whole); err != nil {
		return err
	}
	p := r.policy
	var err error
	if p.Into, err = r.license("into", whole["into"]); err != nil {
		return err
	}
	if word, ok := whole["use"]; ok {
		s, _ := word.(string)
		use, err := licenses.ParseUse(s)
		if err != nil {
			return r.fail(r.value("use"), "value", fmt.Sprint(word), "copy, link, service")
		}
		p.Use = &use
	}
	for _, l := range []struct {
		key string
		to  *[]string
	}{{"allow", &p.Allow}, {"deny", &p.Deny}, {"review", &p.Review}} {
		if *l.to, err = r.list(l.key, whole[l.key]); err != nil {
			return err
		}
	}
	r.idle()
	if err := r.tables("exception", whole["exception"], r.exception); err != nil {
		return err
	}
	return r.tables("curation", whole["curation"], r.curation)
}

// known refuses keys that a table does not have.
func (r *policyReader) known(table string, values map[string]any) error {
	kind, _, _ := strings.Cut(table, "/")
	for key := range sorted(values) {
		if !slices.Contains(policyKeys[kind], key) {
			at := r.at[strings.TrimPrefix(table+"/"+key, "/")]
			if at.line == 0 { // a.b = … or [a.b]: the first of its keys
				for written, place := range sorted(r.at) {
					if strings.HasPrefix(written, strings.TrimPrefix(table+"/"+key, "/")) && at.line == 0 {
						at = place
					}
				}
			}
			return r.fail(at, "key", key, strings.Join(policyKeys[kind], ", "))
		}
	}
	return nil
}

func (r *policyReader) tables(key string, value any, read func(table string, values map[string]any) error) error {
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		return r.fail(r.at[key], "type", key, "[["+key+"]]")
	}
	for i, v := range list {
		table := fmt.Sprintf("%s/%d", key, i)
		values, ok := v.(map[string]any)
		if !ok {
			return r.fail(r.at[key], "type", key, "[["+key+"]]")
		}
		if err := r.known(table, values); err != nil {
			return err
		}
		if err := read(table, values); err != nil {
			return err
		}
	}
	return nil
}

func (r *policyReader) line(table, key string, values map[string]any, must bool) (string, error) {
	v, ok := values[key]
	if !ok {
		if must {
			return "", r.fail(r.at[table], "missing", key, "")
		}
		return "", nil
	}
	s, ok := v.(string)
	switch {
	case !ok:
		return "", r.fail(r.value(table+"/"+key), "type", key, `"…"`)
	case strings.TrimSpace(s) == "":
		return "", r.fail(r.value(table+"/"+key), "missing", key, "")
	}
	return strings.TrimSpace(s), nil
}

func (r *policyReader) license(key string, v any) (licenses.Expression, error) {
	if v == nil {
		return licenses.Expression{}, nil
	}
	s, ok := v.(string)
	if !ok {
		return licenses.Expression{}, r.fail(r.value(key), "type", key, `"…"`)
	}
	e, err := licenses.Parse(s)
	var wrong *licenses.SyntaxError
	if errors.As(err, &wrong) {
		at := r.value(key)
		if _, exact := r.at[key+"="]; exact {
			at.column += 1 + len([]rune(s[:min(wrong.Offset, len(s))])) // after the quotation mark
		}
		return e, &PolicyError{Path: r.name, Line: max(at.line, 1), Column: max(at.column, 1), Kind: "licence", Word: s, Cause: wrong}
	}
	return e, nil
}

// list reads a list of ids, patterns and categories. One that can name no licence is a mistake.
func (r *policyReader) list(key string, v any) (all []string, err error) {
	if v == nil {
		return nil, nil
	}
	values, ok := v.([]any)
	if !ok {
		return nil, r.fail(r.value(key), "type", key, `["…"]`)
	}
	for i, v := range values {
		item := fmt.Sprintf("%s/%d", key, i)
		s, ok := v.(string)
		if !ok {
			return nil, r.fail(r.at[item], "type", key, `["…"]`)
		}
		switch {
		case slices.Contains([]string{categoryLibre, categoryPermissive, categoryCopyleft}, s):
		case strings.ContainsAny(s, "*?["):
			if _, err := path.Match(s, ""); err != nil || !patternOfID.MatchString(s) {
				return nil, r.fail(r.at[item], "pattern", s, "*")
			}
		default:
			e, err := r.license(item, s)
			if err != nil {
				return nil, err
			}
			if strings.Contains(e.String(), " AND ") || strings.Contains(e.String(), " OR ") {
				return nil, r.fail(r.at[item], "value", s, `"MIT", "GPL-*", libre, permissive, copyleft`)
			}
			s = e.Current().String()
		}
		all = append(all, s)
	}
	return all, nil
}

// maxPattern is how long a pattern of paths or package URLs may be.
const maxPattern = 4 << 10

// patternOfID is what a pattern of ids may be made of.
var patternOfID = regexp.MustCompile(`^[\w.+*: -]+$`)

// scope reads what an exception or curation is about.
func (r *policyReader) scope(table string, values map[string]any) (s scope, err error) {
	if s.Path, err = r.line(table, "path", values, false); err != nil {
		return s, err
	}
	if s.PURL, err = r.line(table, "purl", values, false); err != nil {
		return s, err
	}
	if (s.Path == "") == (s.PURL == "") {
		return s, r.fail(r.at[table], "scope", table[:strings.IndexByte(table, '/')], "path, purl")
	}
	if s.PURL != "" && !strings.HasPrefix(s.PURL, "pkg:") {
		return s, r.fail(r.value(table+"/purl"), "value", s.PURL, "pkg:npm/…, pkg:golang/…")
	}
	for key, pattern := range map[string]string{"path": s.Path, "purl": s.PURL} {
		if len(pattern) > maxPattern {
			return s, r.fail(r.value(table+"/"+key), "pattern", strings.ToValidUTF8(pattern[:60], "")+"…", "*")
		}
	}
	s.Path = strings.TrimPrefix(s.Path, "./")
	s.Line = r.at[table].line
	s.pattern = compile(firstOf(s.PURL, s.Path), s.PURL != "")
	return s, nil
}

func (r *policyReader) exception(table string, values map[string]any) (err error) {
	var e Exception
	if e.scope, err = r.scope(table, values); err != nil {
		return err
	}
	if e.License, err = r.license(table+"/license", values["license"]); err != nil {
		return err
	}
	if e.Reason, err = r.line(table, "reason", values, true); err != nil {
		return err
	}
	if e.Rules, err = r.rules(table, values["rules"]); err != nil {
		return err
	}
	if e.Expires, err = r.date(table, values["expires"]); err != nil {
		return err
	}
	r.policy.Exceptions = append(r.policy.Exceptions, e)
	return nil
}

func (r *policyReader) rules(table string, v any) (all []string, err error) {
	if v == nil {
		return nil, nil
	}
	var ids []string
	for _, rule := range Rules() {
		ids = append(ids, rule.ID)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, r.fail(r.value(table+"/rules"), "type", "rules", `["…"]`)
	}
	for i, v := range list {
		s, _ := v.(string)
		if !slices.Contains(ids, s) {
			return nil, r.fail(r.at[fmt.Sprintf("%s/rules/%d", table, i)], "value", fmt.Sprint(v), strings.Join(ids, ", "))
		}
		all = append(all, s)
	}
	return all, nil
}

// date reads a day, written as TOML writes one or as text.
func (r *policyReader) date(table string, v any) (time.Time, error) {
	switch d := v.(type) {
	case nil:
		return time.Time{}, r.fail(r.at[table], "missing", "expires", "")
	case toml.LocalDate:
		return d.AsTime(time.UTC), nil
	case string:
		if day, err := time.Parse(time.DateOnly, d); err == nil {
			return day, nil
		}
	}
	return time.Time{}, r.fail(r.value(table+"/expires"), "value", fmt.Sprint(v), "2027-01-31")
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (r *policyReader) curation(table string, values map[string]any) (err error) {
	var k Curation
	if k.scope, err = r.scope(table, values); err != nil {
		return err
	}
	if values["license"] == nil {
		return r.fail(r.at[table], "missing", "license", "")
	}
	if k.License, err = r.license(table+"/license", values["license"]); err != nil {
		return err
	}
	if k.Reason, err = r.line(table, "reason", values, true); err != nil {
		return err
	}
	if k.Version, err = r.line(table, "version", values, false); err != nil {
		return err
	}
	if k.SHA256, err = r.line(table, "sha256", values, false); err != nil {
		return err
	}
	if k.SHA256 = strings.ToLower(k.SHA256); k.SHA256 != "" && !sha256Hex.MatchString(k.SHA256) {
		return r.fail(r.value(table+"/sha256"), "value", k.SHA256, "64 × 0-9 a-f")
	}
	r.policy.Curations = append(r.policy.Curations, k)
	return nil
}
