// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// other is a licence that SPDX does not list, as LicenseDB has it.
type other struct {
	template
	name, category string
}

// shortest is how many words a text of LicenseDB must have: shorter ones are mentions.
const shortest = 20

// readLicenseDB reads the licences of LicenseDB that SPDX does not list. A file begins with a header between lines of ---, of
// which lines "key: value" are read, then comes the text. Left out are deprecated licences and those that stand for any licence of a
// sort.
func readLicenseDB(dir string) ([]other, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.LICENSE"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no .LICENSE files in %s", dir)
	}
	sort.Strings(files)
	var all []other
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		head, text, ok := bytes.Cut(bytes.TrimPrefix(data, []byte("---\n")), []byte("\n---"))
		if !ok {
			return nil, fmt.Errorf("read %s: no header", f)
		}
		fields := map[string]string{}
		for line := range strings.Lines(string(head)) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && line[0] != ' ' {
				fields[key] = strings.Trim(value, `"'`)
			}
		}
		id := fields["spdx_license_key"]
		if !strings.HasPrefix(id, "LicenseRef-") || fields["is_deprecated"] == "yes" || fields["is_generic"] == "yes" || fields["is_unknown"] == "yes" ||
			fields["category"] == "Unstated License" {
			continue
		}
		o := other{name: fields["name"], category: fields["category"]}
		kind := byte(kindText)
		if fields["is_exception"] == "yes" {
			kind = kindException
		}
		if o.template = fromText(id, kind, text); len(o.words) >= shortest && grants(o.words) && (kind != kindException || adds(o.words)) {
			all = append(all, o)
		}
	}
	return all, nil
}

// refPrefix is what the ids of LicenseDB begin with.
const refPrefix = "LicenseRef-scancode-"

// grants reports whether a text speaks of what may be done: a disclaimer alone is no licence, and many licences have the same.
func grants(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		for _, stem := range []string{"licens", "permi", "grant", "free", "allow", "redistrib", "copied", "copy", "domain", "agree"} {
			if strings.HasPrefix(w, stem) {
				return true
			}
		}
		return w == "may"
	})
}

// adds reports whether an exception speaks of what may be done besides: a sentence that offers another licence is a notice.
func adds(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		for _, stem := range []string{"except", "permi", "grant", "link", "combin", "addition", "right", "restrict", "notwithstanding"} {
			if strings.HasPrefix(w, stem) {
				return true
			}
		}
		return false
	})
}

// own are the licences of gen/extra that SPDX does not list: name and category, with a tab between.
var own = map[string]string{"LicenseRef-etalab-1.0": "Licence Ouverte / Open Licence 1.0\tPermissive"}

// listOthers writes one line per licence, tab-separated: id, name, category, x for an exception.
func listOthers(all []other) []byte {
	var b bytes.Buffer
	for _, id := range slices.Sorted(maps.Keys(own)) {
		fmt.Fprintf(&b, "%s\t%s\t\n", id, own[id])
	}
	for _, o := range all {
		mark := ""
		if o.kind == kindException {
			mark = "x"
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", o.expr, o.name, o.category, mark)
	}
	return b.Bytes()
}

// unlike leaves out what SPDX has too: the same id but for case, the same text under an id of its own, but for one word in sixty that
// is no number, and short texts that are a part of one of its texts, such as the disclaimer of the GPL.
func unlike(all []other, listed []template) []other {
	bags, shingles := make([]map[string]int, len(listed)), make([]map[string]bool, len(listed))
	for i, t := range listed {
		bags[i], shingles[i] = bag(t), runs(t)
	}
	kept := all[:0]
	for _, o := range all {
		mine, parts, limit := bag(o.template), runs(o.template), len(o.words)/60
		same := ""
		for i, t := range listed {
			if strings.EqualFold(strings.TrimPrefix(o.expr, refPrefix), t.expr) || t.kind == o.kind && difference(mine, bags[i], limit) <= limit || len(o.words) < partLimit && share(parts, shingles[i]) > 0.8 {
				same = t.expr
			}
		}
		if same != "" {
			fmt.Fprintf(os.Stderr, "note: %s has the text of %s\n", o.expr, same)
			continue
		}
		kept = append(kept, o)
	}
	return kept
}

// partLimit is below how many words a text may be a part of another.
const partLimit = 60

// runs are the runs of four words of a template.
func runs(t template) map[string]bool {
	m := map[string]bool{}
	var words []string
	for _, w := range t.words {
		if w[0] != 0 {
			words = append(words, w)
		}
	}
	for i := range len(words) - 3 {
		m[strings.Join(words[i:i+4], " ")] = true
	}
	return m
}

// share is how much of a is in b.
func share(a, b map[string]bool) float64 {
	n := 0
	for r := range a {
		if b[r] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(a)))
}

// bag counts the words of a template that have to be there.
func bag(t template) map[string]int {
	m := map[string]int{}
	depth := 0
	for i := 0; i < len(t.words); i++ {
		switch w := t.words[i]; w {
		case code(wildBegin):
			depth++
			i++ // the gap
		case code(optBegin):
			depth++
		case code(optEnd), code(wildEnd):
			depth--
		default:
			if depth == 0 {
				m[w]++
			}
		}
	}
	return m
}

// difference counts the words that one bag has and the other has not; a number counts for many. It stops beyond limit.
func difference(a, b map[string]int, limit int) int {
	sum := 0
	for _, pair := range [][2]map[string]int{{a, b}, {b, a}} {
		for w, n := range pair[0] {
			if n = max(0, n-pair[1][w]); n > 0 && w[0] >= '0' && w[0] <= '9' {
				n += 10
			}
			if sum += n; sum > limit {
				return sum
			}
		}
	}
	return sum
}
