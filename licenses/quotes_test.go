// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licenseTexts gives, by id, the words of every embedded text, each with a space before and behind. The ids of one GNU version share theirs.
func licenseTexts(t *testing.T) func(id string) []string {
	t.Helper()
	data, err := unpack(textsData)
	if err != nil {
		t.Fatal(err)
	}
	dict, all, _, err := readTemplates(data)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]string{}
	base := func(id string) string { return strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later") }
	for _, tpl := range all {
		words := make([]string, len(tpl.words))
		for i, w := range tpl.words {
			words[i] = dict[w]
		}
		texts[base(tpl.expr)] = append(texts[base(tpl.expr)], " "+strings.Join(words, " ")+" ")
	}
	return func(id string) []string { return texts[base(id)] }
}

// sharedText tells which embedded text an id has that has none of its own, since its own is the same.
func sharedText(id string) string {
	switch {
	case strings.HasPrefix(id, "OFL-"):
		return id[:7]
	case strings.HasPrefix(id, "MPL-2.0-"):
		return "MPL-2.0"
	case strings.HasPrefix(id, "CAL-1.0-"):
		return "CAL-1.0"
	}
	return id
}

func says(texts []string, quote string) bool {
	words := " " + strings.Join(Words([]byte(quote)), " ") + " "
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, words) })
}

// citations lists every citation of the tables.
func citations() []citation {
	all := []citation{bundling, sublicensing, paternity, otherAgreement, adapter}
	for _, p := range passages {
		all = append(all, p.citation)
	}
	for _, list := range [][]term{library, linking, openSSL, conveying} {
		for _, c := range list {
			all = append(all, c.citation)
		}
	}
	for _, r := range reciprocity {
		all = append(all, r.citation)
	}
	for id, duties := range catalogue() {
		for _, d := range duties {
			all = append(all, citation{id, d.clause, d.quote})
		}
	}
	return all
}

// TestQuotes holds every quotation against the text of its licence.
func TestQuotes(t *testing.T) {
	texts := licenseTexts(t)
	missing := 0
	for _, c := range citations() {
		text := texts(sharedText(c.source))
		if text == nil {
			missing++
			t.Logf("%s: no embedded text", c.source)
			continue
		}
		if !says(text, c.quote) {
			t.Errorf("%s, %s: the text does not say %q", c.source, c.at, c.quote)
		}
	}
	if missing > 0 {
		t.Errorf("%d quotations of licences without text", missing)
	}
}

// TestNumbers holds the numbers of clauses, with the SPDX texts in LICENSES_DEVSET: before the words stands the heading with that
// number, and between them none with a higher one. (The embedded texts have no numbers.)
func TestNumbers(t *testing.T) {
	dir := os.Getenv("LICENSES_DEVSET")
	if dir == "" {
		t.Skip("LICENSES_DEVSET is not set")
	}
	word := regexp.MustCompile(`[\pL\pN]+`)
	heading := regexp.MustCompile(`(?im)^[\s*#]*(?:Article\s+|Section\s+)?\(?(\d+(?:\.\d+)*)(?:[.):]|\s)`)
	number := regexp.MustCompile(`^[\d.]*\d`)
	checked := 0
	for _, c := range citations() {
		wanted := number.FindString(c.at)
		if wanted == "" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "spdx", "text", strings.Replace(c.source, "-or-later", "-only", 1)+".txt"))
		if err != nil {
			continue // a deprecated id
		}
		var parts []string
		for _, w := range word.FindAllString(c.quote, -1) {
			parts = append(parts, regexp.QuoteMeta(w))
		}
		found := regexp.MustCompile(`(?i)`+strings.Join(parts, `[^\pL\pN]+`)).FindAllIndex(text, -1)
		if !slices.ContainsFunc(found, func(at []int) bool { return under(heading.FindAllSubmatch(text[:at[1]], -1), wanted, c.at) }) {
			t.Errorf("%s: %q stands not under %s", c.source, c.quote, c.at)
		}
		checked++
	}
	if checked < 100 {
		t.Errorf("only %d numbers could be checked", checked)
	}
}

// under reports whether the last of headings belong to a number: it is there, and nothing higher follows but a number that
// the place names too, as the 4 of 3(a)(4).
func under(headings [][][]byte, wanted, at string) bool {
	parse := func(s string) []int { _, v, _ := cutVersion("x-" + s); return v }
	want := parse(wanted)
	for _, h := range slices.Backward(headings) {
		got := parse(string(h[1]))
		if slices.Equal(got, want) {
			return true
		}
		if slices.Compare(got, want) > 0 && !strings.Contains(at, "("+string(h[1])+")") && !(len(got) > len(want) && slices.Equal(got[:len(want)], want)) {
			return false
		}
	}
	return false
}
