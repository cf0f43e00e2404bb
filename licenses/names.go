// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

//go:embed data/names.txt
var namesData string

// names is a trie of what licences are called: their SPDX ids, names and URLs, and the usual names of names.txt. The words are those
// of a notice (see [noticeWords]).
type names struct {
	next  map[uint64]int32 // node<<32 | word: the node after it
	ends  map[int32]name   // by node
	words map[string]uint32
	nodes int32
	first [1 << 16]bool // by what brief makes of a word: a name may begin with it

	french *names // what licences are called in French only
}

// name is one way to call a licence.
type name struct {
	expr  string
	weak  bool // a single common word (MIT, Apache): counts only beside the word license
	url   bool
	loose bool // does not say which version; expr is the usual one
	sold  bool // no licence that is known: one that is sold
}

// find is the longest name at the front of words; n is its length, 0 when there is none.
func (x *names) find(words []string) (found name, n int) {
	if len(words) == 0 || !x.begins(words[0]) {
		return found, 0
	}
	node := int32(0)
	for i, w := range words {
		next, ok := x.step(node, w)
		if !ok && w == "licenses" {
			next, ok = x.step(node, "license")
		}
		if !ok {
			break
		}
		node = next
		if e, ok := x.ends[node]; ok {
			found, n = e, i+1
		}
	}
	return found, n
}

// begins is a fast look whether a name may begin with a word: false means that none does.
func (x *names) begins(w string) bool { return x.first[brief(w)] }

// begin notes that a name begins with a word.
func (x *names) begin(w string) {
	x.first[brief(w)] = true
	if w == "license" {
		x.begin("licenses")
	}
}

// brief tells most words from each other, by their first two letters, the last one and their length.
func brief(w string) uint16 {
	if len(w) < 2 {
		return uint16(len(w))
	}
	return uint16(w[0])<<11 ^ uint16(w[1])<<6 ^ uint16(w[len(w)-1])<<1 ^ uint16(len(w))
}

// step is the node after a word.
func (x *names) step(node int32, w string) (next int32, ok bool) {
	id, ok := x.words[w]
	if ok {
		next, ok = x.next[uint64(node)<<32|uint64(id)]
	}
	return next, ok
}

// add puts a name into the trie; an earlier one stays.
func (x *names) add(words []string, e name) {
	if len(words) == 0 {
		return
	}
	x.begin(words[0])
	node := int32(0)
	for _, w := range words {
		id, ok := x.words[w]
		if !ok {
			id = uint32(len(x.words))
			x.words[w] = id
		}
		key := uint64(node)<<32 | uint64(id)
		to, ok := x.next[key]
		if !ok {
			x.nodes++
			to = x.nodes
			x.next[key] = to
		}
		node = to
	}
	if _, ok := x.ends[node]; !ok {
		x.ends[node] = e
	}
}

// newNames builds the trie.
func newNames() (*names, error) {
	x := &names{next: make(map[uint64]int32, 16<<10), ends: make(map[int32]name, 6<<10), words: make(map[string]uint32, 4<<10)}
	if err := x.addFile(namesData); err != nil {
		return nil, fmt.Errorf("names.txt: %w", err)
	}
	x.addList()
	for _, g := range gnuNames { // these are read word by word
		x.begin(g.words[0])
	}
	for _, w := range []string{"gnu", "commercial", "proprietary"} {
		x.begin(w)
	}
	var err error
	x.french, err = newFrenchNames()
	return x, err
}

// addFile adds the names of a file such as names.txt.
func (x *names) addFile(data string) error {
	for line := range strings.Lines(data) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		expr, rest, ok := strings.Cut(line, " = ")
		loose := !ok
		if loose {
			expr, rest, ok = strings.Cut(line, " ~ ")
		}
		if !ok {
			return fmt.Errorf("neither = nor ~ in %q", line)
		}
		for _, pattern := range splitTop(rest) {
			for _, words := range expand(pattern) {
				x.add(words, name{expr: expr, weak: len(words) == 1, url: isURL(words), loose: loose})
			}
		}
	}
	return nil
}

// addList adds the ids, names and URLs of the SPDX list. A URL that several licences share names none.
func (x *names) addList() {
	infos := list()
	shared := map[string]string{}
	for _, id := range sortedIDs(infos) {
		info := infos[id]
		if info.Exception || info.Deprecated {
			continue
		}
		target := textOf(info.ID)
		if words := noticeString(info.ID); !isCommon(words) {
			x.add(words, name{expr: info.ID, weak: len(words) == 1})
		}
		if words := noticeString(info.Name); len(words) > 1 && target == info.ID {
			x.add(words, name{expr: info.ID})
		}
		for _, base := range [][]string{{"opensource", "org", "licenses"}, {"spdx", "org", "licenses"}} {
			share(shared, append(base, noticeString(target)...), target)
		}
		for _, u := range info.URLs {
			words := urlWords(u)
			if len(words) >= 3 {
				share(shared, words, target)
			}
		}
	}
	for _, key := range sortedKeys(shared) {
		if shared[key] != "" {
			x.add(strings.Fields(key), name{expr: shared[key], url: true})
		}
	}
}

// share notes that a URL leads to a licence; one that leads to several names none. The Open Source Initiative has had its pages
// under licenses and under license.
func share(shared map[string]string, words []string, id string) {
	if words[0] == "opensource" && len(words) > 3 {
		words[2] = "licenses"
		other := slices.Clone(words)
		other[2] = "license"
		shareOne(shared, other, id)
	}
	shareOne(shared, words, id)
}

func shareOne(shared map[string]string, words []string, id string) {
	key := strings.Join(words, " ")
	if old, ok := shared[key]; ok && old != id {
		id = ""
	}
	shared[key] = id
}

// isCommon reports whether an id is no name in prose: a single word counts only when it is an abbreviation that means nothing
// else.
func isCommon(words []string) bool {
	if len(words) != 1 {
		return len(words) == 0
	}
	switch words[0] {
	case "mit", "isc", "zlib", "curl", "ntp", "hpnd", "wtfpl", "unlicense", "0bsd", "ncsa", "x11", "cddl":
		return false
	}
	return true
}

func sortedIDs(m map[string]LicenseInfo) []string { return slices.Sorted(maps.Keys(m)) }

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// textOf is the id that a text or a name without further words stands for.
func textOf(id string) string {
	if i := strings.Index(id, "-or-later"); i > 0 {
		id = id[:i] + "-only"
	}
	for _, s := range []string{"-no-invariants", "-invariants"} {
		id = strings.Replace(id, s, "", 1)
	}
	if info, ok := Info(id); ok && info.Deprecated && info.Current != "" {
		return info.Current
	}
	return strings.TrimSuffix(id, "-no-copyleft-exception")
}

// noticeString is the words of a name as a notice has them.
func noticeString(s string) []string {
	var t plainText
	t.add([]byte(s), 1, false)
	n := newNotice(&t, 0, len(t.Words))
	return n.words
}

// urlWords is the words of a URL without its scheme and ending.
func urlWords(u string) []string { return noticeString(trimURL(u)) }

// trimURL cuts off what does not tell one page from another.
func trimURL(u string) string {
	for {
		rest := u
		for _, end := range []string{"/", ".html", ".htm", ".php", ".txt", ".en", ".fr", ".md", ".pdf", "/legalcode"} {
			if k := len(rest) - len(end); k >= 0 && strings.EqualFold(rest[k:], end) {
				rest = rest[:k]
			}
		}
		if len(rest) == len(u) {
			return u
		}
		u = rest
	}
}

func isURL(words []string) bool {
	return slices.Contains(words, "org") || slices.Contains(words, "com") || slices.Contains(words, "net")
}

// splitTop splits a line of names.txt at the bars outside of brackets.
func splitTop(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '[', '(':
			depth++
		case ']', ')':
			depth--
		case '|':
			if depth == 0 {
				parts, from = append(parts, s[from:i]), i+1
			}
		}
	}
	return append(parts, s[from:])
}

var choice = regexp.MustCompile(`[\[(]([^\])]*)[\])]`)

// expand lists the word sequences that a pattern stands for.
func expand(pattern string) [][]string {
	at := choice.FindStringSubmatchIndex(pattern)
	if at == nil {
		return [][]string{strings.Fields(pattern)}
	}
	alternatives := strings.Split(pattern[at[2]:at[3]], "|")
	if pattern[at[0]] == '[' {
		alternatives = append(alternatives, "")
	}
	var all [][]string
	for _, a := range alternatives {
		all = append(all, expand(pattern[:at[0]]+" "+a+" "+pattern[at[1]:])...)
	}
	return all
}
