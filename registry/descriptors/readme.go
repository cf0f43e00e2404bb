// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"communs/internal/manifests"
)

// A README is cut into blocks: headings, paragraphs and items of lists, each with the line where it begins. Markdown, reStructuredText,
// AsciiDoc and plain text are told apart by nothing but their marks. Code, tables, badges and markup are left out.

// maxReadme is how much of a README is looked at: what software is for stands near its top.
const maxReadme = 32 << 10

type blockKind uint8

const (
	blockHeading blockKind = iota
	blockParagraph
	blockItem
)

// block is a part of a README in plain text.
type block struct {
	kind  blockKind
	line  int
	text  string
	about bool // it tells of the software, and not of building it or of its community
}

var (
	htmlComment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	htmlHeading  = regexp.MustCompile(`(?im)^[ \t]*<h[1-6][^<>\n]*>([ \t]*\n[ \t]*)?`)
	htmlItem     = regexp.MustCompile(`(?i)<li[^<>\n]*>`)
	htmlTag      = regexp.MustCompile(`(?s)<[a-zA-Z/!?][^<>]*>`)
	mdHeading    = regexp.MustCompile(`^ {0,3}(#{1,6}|={1,6})\s+(.+?)\s*#*$`)
	ruleLine     = regexp.MustCompile(`^([-=~*_^#"'+.\x60])[-=~*_^#"'+.\x60]{2,}\s*$`)
	itemMark     = regexp.MustCompile(`^\s{0,8}([-*+•]|\d{1,2}[.)])\s+`)
	emphasis     = regexp.MustCompile(`(^|[\s(])[*_]+([^*_\s][^*_]*)[*_]+([\s.,;:!?)]|$)`)
	leftOut      = regexp.MustCompile(`^\s*(\.\. |\||:[a-zA-Z-]+:|\[[^\]]+\]:|\[!|\{%|\{\{|!\[|include::|image::|toc::|//)|\s\|\s`)
	fence        = regexp.MustCompile("^\\s*(```|~~~|----$|\\.\\.\\.\\.$)")
	asidesOfText = regexp.MustCompile(`(?i)\b(contribut|communit|support|help|translat|locali[sz]ation|donat|sponsor|licen[cs]|install|build|develop|getting started|quick ?start|documentation|docs|links?|contact|changelog|news|security|requirement|prerequisite|thanks|credit|acknowledg|test|deploy|upgrad|faq|troubleshoot|author|maintainer|team|stay|follow|questions?|configur|docker|packag|compil|badge|table of contents|contents|contribu|communaut|aide|traduction|dons?\b|licence|développ|liens|remerci|auteurs|prérequis|mise à jour|soutien|soutenir|démarrage|participer)`)
)

// blocks cuts a README.
func blocks(data []byte) (list []block) {
	text := string(decode(data[:min(len(data), maxReadme)], &notes{}))
	for _, drop := range []*regexp.Regexp{htmlComment, htmlTag} {
		if drop == htmlTag {
			text = htmlHeading.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) + "# " })
			text = htmlItem.ReplaceAllString(text, "- ")
		}
		text = drop.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
	}
	c := &cutter{about: true}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if quoted := strings.TrimLeft(l, " "); strings.HasPrefix(quoted, ">") {
			l = strings.TrimLeft(quoted, "> ")
		}
		next := ""
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		c.take(i+1, strings.TrimRight(l, " \t"), next)
	}
	c.end()
	return c.list
}

// cutter collects blocks, line by line.
type cutter struct {
	list   []block
	fenced string
	about  bool
	titled bool     // a heading has come
	lines  []string // of the block at hand
	start  int
	kind   blockKind
}

func (c *cutter) take(number int, l, next string) {
	if m := fence.FindStringSubmatch(l); m != nil && (c.fenced == "" || c.fenced == m[1]) {
		c.end()
		if c.fenced == "" {
			c.fenced = m[1]
		} else {
			c.fenced = ""
		}
		return
	}
	indented := strings.HasPrefix(l, "    ") || strings.HasPrefix(l, "\t")
	switch m := mdHeading.FindStringSubmatch(l); {
	case c.fenced != "":
	case strings.Trim(l, " #") == "" || ruleLine.MatchString(strings.TrimSpace(l)) || leftOut.MatchString(l):
		c.end()
	case m != nil:
		c.heading(number, m[2])
	case ruleLine.MatchString(next) && len(c.lines) == 0 && utf8.RuneCountInString(l) <= 80:
		c.heading(number, l)
	case itemMark.MatchString(l):
		c.end()
		c.begin(number, blockItem, itemMark.ReplaceAllString(l, ""))
	case len(c.lines) > 0:
		c.lines = append(c.lines, l)
	case !indented:
		c.begin(number, blockParagraph, l)
	}
}

func (c *cutter) begin(number int, kind blockKind, l string) {
	c.lines, c.start, c.kind = append(c.lines, l), number, kind
}

// heading ends what stands before. One that speaks of building or of people opens a section that is not about the software.
func (c *cutter) heading(number int, text string) {
	c.end()
	plain := manifests.PlainText(text)
	if plain == "" {
		return
	}
	// The first is the name.
	c.about = !c.titled || introduces.MatchString(plain) || !asidesOfText.MatchString(plain)
	c.titled = true
	c.list = append(c.list, block{blockHeading, number, plain, c.about})
}

func (c *cutter) end() {
	text := manifests.PlainText(strings.Join(c.lines, " "))
	if text = emphasis.ReplaceAllString(text, "$1$2$3"); text != "" {
		c.list = append(c.list, block{c.kind, c.start, text, c.about})
	}
	c.lines = c.lines[:0]
}

// asides are sentences that speak of the community, not of the software.
var asides = regexp.MustCompile(`(?i)\b(join|follow|subscribe|our (forum|blog|newsletter|mailing list|community|chat|discord|wiki|website)|chat with us|reach out|ask (your )?questions?|report (bugs|issues)|star (us|the)|sponsored by|backed by|rejoignez|suivez|abonnez|notre (forum|blog|liste|site)|signaler un bug)\b`)

// sentences parts a text, and leaves out those that are asides.
func sentences(text string) (list []string) {
	for len(text) > 0 {
		end := len(text)
		for i, r := range text {
			if (r == '.' || r == '!' || r == '?' || r == ';') && (i+1 == len(text) || text[i+1] == ' ') && !abbreviated(text[:i]) {
				end = i + 1
				break
			}
		}
		if s := strings.TrimSpace(text[:end]); s != "" && !asides.MatchString(s) {
			list = append(list, s)
		}
		text = text[end:]
	}
	return list
}

// finished is a paragraph without a last sentence that only leads to a list.
func finished(text string) string {
	if end := strings.LastIndex(text, ". "); end > 0 && strings.HasSuffix(text, ":") {
		return text[:end+1]
	}
	return text
}

// prose reports whether a paragraph can stand for a description: it has words enough, and is no notice, menu or address.
func prose(text string) bool {
	words := strings.Fields(text)
	if len(words) < 4 || utf8.RuneCountInString(text) < 25 || strings.HasSuffix(text, ":") || notProse.MatchString(text) || strings.Count(text, "|") > 1 ||
		strings.Count(text, "•")+strings.Count(text, "·") > 1 || asides.MatchString(firstSentence(text, 500)) {
		return false
	}
	small := 0
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLower(r) && !strings.Contains(w, "://") {
			small++
		}
	}
	return small*3 >= len(words)
}

var notProse = regexp.MustCompile(`(?i)^(welcome|new here|hello|hi |there are|this program is|thank|powered by|a (more )?detailed|release|become|all the|dual.licensed|available as|note|warning|important|attention|tip|caution|notice|n\.?b\.?|⚠|this (branch|readme|repo|repository|file|document|package)|see (the|also)?\b|read (the|this)|for (more|documentation|help|the)|if you|you can|to (install|build|get|use)|please|click|copyright|looking for|ce (dépôt|fichier)|lire |voir |pour (plus|installer)|version |latest |status|build |languages?:|translations?:|available in|lire en|lire ce|all documentation|documentation|the (documentation|master|main) )|redistribute it|general public licen[cs]e as|packaged for`)
