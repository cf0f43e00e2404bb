// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package imports

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"communs/crawler"
	"communs/registry"
)

func digest(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))[:8] }

// idOf gives an entry an id after its name. Where that stands for something else already, the digest of what tells them apart is
// added, so that the id is the same in every import.
func (x *reading) idOf(kind registry.Kind, name, mark string, other bool) string {
	id := registry.Slug(name)
	key := string(kind) + " " + id
	if had, taken := x.ids[key]; mark != "" && (other || taken && had != "" && had != mark) {
		id += "-" + digest(mark)
		key = string(kind) + " " + id
	}
	if x.ids[key] == "" {
		x.ids[key] = mark
	}
	return id
}

// softwareID is the id of a software with these repositories.
func (x *reading) softwareID(name string, repositories []string) string {
	other := false
	if known, ok := x.Known.Software(registry.Slug(name)); ok && len(known.Repositories) > 0 && len(repositories) > 0 {
		other = !slices.ContainsFunc(repositories, func(url string) bool { return slices.Contains(x.Known.SoftwareAt(url), known) })
	}
	mark := ""
	if len(repositories) > 0 {
		mark = repositories[0]
	}
	return x.idOf(registry.KindSoftware, name, mark, other)
}

// organisationID is the id of an organisation, told from its namesakes by its number.
func (x *reading) organisationID(o *registry.Organisation) string {
	mark := o.SIREN
	if mark == "" {
		mark = o.RNA
	}
	known, ok := x.Known.Organisation(registry.Slug(o.Name))
	other := ok && (o.SIREN != "" && known.SIREN != "" && known.SIREN != o.SIREN || o.RNA != "" && known.RNA != "" && known.RNA != o.RNA)
	return x.idOf(registry.KindOrganisation, o.Name, mark, other)
}

// web makes an address https: "example.org" and "http://example.org" are meant so.
func web(s string) string {
	s = strings.TrimSpace(s)
	low := strings.ToLower(s)
	switch {
	case s == "":
		return ""
	case strings.HasPrefix(low, "https://"):
		return "https" + s[len("https"):]
	case strings.HasPrefix(low, "http://"):
		return "https" + s[len("http"):]
	case !strings.Contains(s, ":") && strings.Contains(s, ".") && !strings.ContainsAny(s, " \t") && s[0] != '.' && s[0] != '/':
		return "https://" + s
	}
	return s
}

// repository is the canonical address of a repository; what is none stays as it is, and is refused later.
func repository(s string) string {
	s = web(strings.TrimPrefix(strings.TrimSpace(s), "git+"))
	if canonical, err := crawler.CanonicalURL(s); err == nil {
		s = canonical
	}
	return strings.TrimSuffix(strings.TrimSuffix(s, "/"), ".git")
}

// markup is what stands in texts that are written for a page: links and emphasis of Markdown, tags of HTML.
var (
	markdownLink = regexp.MustCompile(`!?\[([^\[\]]*)\]\([^()\s]*\)`)
	htmlTag      = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
)

// plain is a text without markup, and without what nobody sees.
func plain(s string) string {
	s = markdownLink.ReplaceAllString(s, "$1")
	s = html.UnescapeString(htmlTag.ReplaceAllString(s, " "))
	s = strings.NewReplacer("**", "", "`", "", "\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, unicode.Is(unicode.Co, r), unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d && r != 0xad:
			return -1
		}
		return r
	}, s)
}

// line is a text on one line.
func line(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }

// cut shortens a text to so many characters, between two words.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	s = string([]rune(s)[:most-1])
	if i := strings.LastIndexByte(s, ' '); i > most/2 {
		s = s[:i]
	}
	return strings.TrimRight(s, " ,;:.–-") + "…"
}

const (
	maxSummary = 150
	maxAbout   = 10_000
)

// summarise takes a description apart: its first sentence, where that is short enough, and the whole when it says more.
func summarise(s string) (summary, about string) {
	paragraphs := strings.TrimSpace(plain(s))
	summary = line(s)
	if utf8.RuneCountInString(summary) <= maxSummary {
		return summary, ""
	}
	about = cut(paragraphs, maxAbout)
	if i := strings.Index(summary, ". "); i > 20 && utf8.RuneCountInString(summary[:i+1]) <= maxSummary {
		return summary[:i+1], about
	}
	return cut(summary, maxSummary), about
}

// list splits what stands in one cell: addresses and words, with spaces, commas, semicolons or bars between them.
func list(s string, separators string) (items []string) {
	for _, item := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if item = strings.TrimSpace(item); item != "" && !slices.Contains(items, item) {
			items = append(items, item)
		}
	}
	return items
}

// essential are the fields without which a record says nothing: they are not taken out, and the import refuses the record.
func essential(field string) bool {
	switch field {
	case "", "id", "status", "sources", "name", "type", "summary", "organisation", "software", "services":
		return true
	}
	return false
}

var fieldPath = regexp.MustCompile(`^([a-z_0-9]+)(?:\[(\d+)\])?(?:\.([a-z_0-9]+))?`)

// prune takes out of an entry the fields that could not be kept, and says why.
func (x *reading) prune(e registry.Entry, path string, line int) {
	problems := slices.DeleteFunc(registry.Check(e, nil), func(p registry.Problem) bool {
		m := fieldPath.FindStringSubmatch(p.Field)
		return m == nil || essential(m[1])
	})
	if len(problems) == 0 {
		return
	}
	body, err := json.Marshal(e)
	if err != nil {
		return
	}
	var tree map[string]any
	if json.Unmarshal(body, &tree) != nil {
		return
	}
	for _, p := range problems {
		m := fieldPath.FindStringSubmatch(p.Field)
		takeOut(tree, m[1], m[2], m[3])
		x.result.Skipped = append(x.result.Skipped, Skipped{path, line, nameOf(e), p.Field, p})
	}
	for key, v := range tree {
		if items, ok := v.([]any); ok {
			tree[key] = slices.DeleteFunc(items, func(v any) bool { return v == nil })
		}
	}
	if body, err = json.Marshal(tree); err != nil {
		return
	}
	if pruned := registry.NewEntry(e.Kind()); json.Unmarshal(body, pruned) == nil {
		replace(e, pruned)
	}
}

// takeOut removes a field, an item of a list, or a part of a field.
func takeOut(tree map[string]any, field, index, part string) {
	switch v := tree[field].(type) {
	case []any:
		if i, err := strconv.Atoi(index); err == nil && i < len(v) {
			v[i] = nil
			return
		}
		delete(tree, field)
	case map[string]any:
		if part != "" {
			delete(v, part)
			return
		}
		delete(tree, field)
	default:
		delete(tree, field)
	}
}

// replace puts what one entry says into another of its kind.
func replace(e, by registry.Entry) {
	switch e := e.(type) {
	case *registry.Organisation:
		*e = *by.(*registry.Organisation)
	case *registry.Software:
		*e = *by.(*registry.Software)
	case *registry.Offer:
		*e = *by.(*registry.Offer)
	case *registry.Use:
		*e = *by.(*registry.Use)
	case *registry.Repository:
		*e = *by.(*registry.Repository)
	}
}

func nameOf(e registry.Entry) string {
	switch e := e.(type) {
	case *registry.Organisation:
		return e.Name
	case *registry.Software:
		return e.Name
	}
	return e.Head().ID
}
