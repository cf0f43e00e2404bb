// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Need is what people want to do, as far as a proposal asks: its id, everyday words for it, and publiccode.yml's categories, the
// closest first.
type Need struct {
	ID         string
	Words      []string
	Categories []string
}

// Material is what is known of a repository without a descriptor.
type Material struct {
	Name        string // of the software or the repository; the README's title when empty
	Description string // as its forge gives it
	Topics      []string
	Path        string // of the README
	Readme      []byte
}

// Proposal is a description that nobody has stated: each part of it carries its reasons, and has to be shown as a proposal.
type Proposal struct {
	Descriptions []ProposedText `json:"descriptions,omitempty"`
	Needs        []Proposed     `json:"needs,omitempty"`      // the likeliest first
	Categories   []Proposed     `json:"categories,omitempty"` // of publiccode.yml, the likeliest first
	Library      string         `json:"library,omitempty"`    // the words by which it says that it is made for programs
}

// ProposedText is a text in the words of the repository.
type ProposedText struct {
	Lang   string `json:"lang"` // guessed
	Short  string `json:"short"`
	Long   string `json:"long,omitempty"`
	Reason Reason `json:"reason"`
}

// Proposed is a need or a category.
type Proposed struct {
	ID      string   `json:"id"`
	Score   float64  `json:"score"` // from 0 to 1
	Reasons []Reason `json:"reasons"`
}

// Reason is what a proposal rests on: words, and where they stand.
type Reason struct {
	Words string `json:"words,omitempty"`
	Where Where  `json:"where"`
	Path  string `json:"path,omitempty"` // of the README
	Line  int    `json:"line,omitempty"`
}

// Where is the kind of place where words stand.
type Where string

// The places, and how much words there say of what software is for.
const (
	WhereTopic       Where = "topic"
	WhereDescription Where = "description"
	WhereTitle       Where = "title"
	WhereLead        Where = "lead" // the first paragraphs
	WhereHeading     Where = "heading"
	WhereFeature     Where = "feature" // an item of the list of what it does
	WhereBody        Where = "body"
)

var placeWeight = map[Where]float64{WhereTopic: 3, WhereDescription: 3, WhereLead: 3, WhereTitle: 2, WhereFeature: 1.2, WhereHeading: 1, WhereBody: 0.6}

// PlaceWeight is what words at a place say of what software is for.
type PlaceWeight struct {
	Where  Where
	Weight float64
}

// PlaceWeights lists the places where words of needs are looked for, those that say most first.
func PlaceWeights() (list []PlaceWeight) {
	for where, weight := range placeWeight {
		list = append(list, PlaceWeight{where, weight})
	}
	slices.SortFunc(list, func(a, b PlaceWeight) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Where, b.Where))
	})
	return list
}

// How evidence is weighed. A phrase counts once, at its best place. Words that are also said of other things add to the others, up to a
// limit, and never make a proposal alone.
const (
	weakShare    = 0.4
	mostOfWeak   = 1.5
	Enough       = 2.4  // below, nothing is proposed
	besideBest   = 0.45 // of the best score, or it is not proposed beside it
	MostProposed = 3
	leadBlocks   = 3   // paragraphs at the top that are the lead
	nearTop      = 60  // lines
	libraryShare = 0.3 // of what is a library for other programs, little is a need of people
)

// Propose proposes a description, needs and categories for a repository. Where there is little to go by, it proposes nothing.
func (p *Proposer) Propose(m Material) Proposal {
	var out Proposal
	list := blocks(m.Readme)
	is := definition(m, list)
	out.Descriptions = describe(m, list, is)
	t := &tally{proposer: p, needs: map[string]*found{}, categories: map[string]*found{}, french: guessLanguage(allText(m, list)) == "fr"}
	for _, topic := range m.Topics {
		t.count(topic, Reason{Where: WhereTopic})
	}
	t.count(m.Description, Reason{Where: WhereDescription})
	says, first := m.Description, true // what it says that it is
	for i, where := range places(list) {
		if where == "" {
			continue
		}
		for _, s := range sentences(list[i].text) {
			at := where
			if is.MatchString(s) {
				at = WhereLead
			}
			if at == WhereTitle || at == WhereLead && (first || is.MatchString(s)) {
				says += " " + s
				first = first && at == WhereTitle
			}
			t.count(s, Reason{Where: at, Path: m.Path, Line: list[i].line})
		}
	}
	share := 1.0
	if out.Library = library.FindString(says); out.Library != "" {
		share = libraryShare
	}
	out.Needs = best(t.needs, share)
	for _, n := range out.Needs { // a need has a category, whatever words were found
		if own := p.categoriesOf[n.ID]; len(own) > 0 && !slices.ContainsFunc(own, func(c string) bool { return t.categories[c].score() >= Enough }) {
			t.category(own[0]).take(t.needs[n.ID])
		}
	}
	out.Categories = best(t.categories, share)
	return out
}

// places tells of each block what kind of place it is; empty when it is not about the software.
func places(list []block) []Where {
	where := make([]Where, len(list))
	p := placer{feature: true, top: true}
	for i, b := range list {
		w := WhereBody
		if b.kind == blockHeading {
			w = p.heading(i, b.text)
		} else {
			w = p.text(b)
		}
		if b.about {
			where[i] = w
		}
	}
	return where
}

// placer follows the parts of a README.
type placer struct {
	headings, paragraphs int
	top                  bool // before the second heading
	feature              bool // items tell what it does
	is                   bool // the paragraph before said "it is:"
}

func (p *placer) heading(at int, text string) Where {
	p.headings++
	p.is = false
	if p.headings <= 2 && at <= p.headings && len(strings.Fields(text)) >= 4 { // a title that says what it is
		return WhereLead
	}
	if p.headings == 1 {
		return WhereTitle
	}
	p.top, p.feature = false, features.MatchString(text)
	if introduces.MatchString(text) {
		p.paragraphs, p.feature = 0, true
	}
	return WhereHeading
}

func (p *placer) text(b block) Where {
	if b.kind == blockItem {
		switch {
		case p.is:
			return WhereLead
		case p.feature || p.top:
			return WhereFeature
		}
		return WhereBody
	}
	p.is = false
	if p.paragraphs < leadBlocks {
		p.paragraphs++
		p.is = saysThatItIs.MatchString(b.text)
		return WhereLead
	}
	return WhereBody
}

var (
	saysThatItIs = regexp.MustCompile(`(?i)\b(is|est)( an?| une?)?\s?:$`)
	introduces   = regexp.MustCompile(`(?i)^\W*(what('s| is| does)|about|introduction|intro|overview|description|summary|présentation|presentation|à propos|qu'est|c'est quoi)`)
	features     = regexp.MustCompile(`(?i)\b(features?|highlights|functionalit|what (it|you|does)|use cases?|fonctionnalités?|fonctions|possibilités)\b`)
)

// definition matches the sentences in which a software says what it is: its name, then a verb.
func definition(m Material, list []block) *regexp.Regexp {
	name := m.Name
	if name == "" && len(list) > 0 && list[0].kind == blockHeading {
		name, _, _ = strings.Cut(list[0].text, " ")
	}
	if name = strings.Trim(name, " :,-–—."); len(name) < 2 || len(name) > 60 {
		return never
	}
	return regexp.MustCompile(`(?i)^(the |le |la |l')?` + regexp.QuoteMeta(name) + `\b[^.:]{0,60}\b(is an?|is the|is your|lets|allows|enables|helps|provides|makes|est une?|est le|est la|permet|aide|propose)\b`)
}

var never = regexp.MustCompile(`^\b$`)

// library tells what is made for programs rather than for people.
var library = regexp.MustCompile(`(?i)\b((javascript|typescript|python|php|ruby|java|go|golang|rust|c\+\+|c|\.net|swift|kotlin|perl|node(\.?js)?|react|vue|css) (library|module|package|framework|client|wrapper|toolkit)|(library|libraries|framework|sdk|bindings|middleware|wrapper|toolkit|components?) (for|to|that|of|written)|header.only|client library|web framework|ui library|component library|programming language|compiler|linter|parser|package manager|command.line (tool|utility|interface)|npm (package|module)|ruby gem|crate|plugin for|extension for|jquery plugin|build tool|test(ing)? framework|bibliothèque (logicielle|javascript|python|php))\b`)

func allText(m Material, list []block) string {
	var b strings.Builder
	b.WriteString(m.Description)
	for _, x := range list {
		b.WriteString(" " + x.text)
	}
	return b.String()
}

// describe finds the texts that say what the software is: the forge's sentence, and the first paragraph of prose.
func describe(m Material, list []block, is *regexp.Regexp) (out []ProposedText) {
	if d := clean(m.Description); len(strings.Fields(d)) >= 3 {
		out = append(out, ProposedText{Lang: guessLanguage(d), Short: firstSentenceOver(d, maxShort), Reason: Reason{Where: WhereDescription}})
	}
	b, ok := introduction(list, is)
	if !ok {
		return out
	}
	text := ProposedText{Lang: guessLanguage(b.text), Short: firstSentence(b.text, maxShort), Reason: Reason{Where: WhereLead, Path: m.Path, Line: b.line}}
	if text.Short != b.text {
		text.Long = firstSentenceOver(b.text, maxLong)
	}
	if len(out) > 0 && out[0].Lang == text.Lang { // the forge's sentence stays the short one
		out[0].Long = cmp.Or(text.Long, text.Short)
		return out
	}
	return append(out, text)
}

// introduction is the first paragraph in which the software says what it is, or else the first one of prose near the top.
func introduction(list []block, is *regexp.Regexp) (first block, ok bool) {
	for _, b := range list {
		b.text = finished(b.text)
		switch {
		case b.kind == blockItem || !prose(b.text):
		case is.MatchString(b.text) && b.line <= 4*nearTop:
			return b, true
		case !ok && b.about && b.line <= nearTop && (b.kind == blockParagraph || len(strings.Fields(b.text)) >= 6):
			first, ok = b, true
		}
	}
	return first, ok
}

// found is what speaks for a need or a category.
type found struct {
	strong, weak map[string]evidence // by phrase
}

type evidence struct {
	weight float64
	reason Reason
}

func (f *found) score() float64 {
	if f == nil || len(f.strong) == 0 {
		return 0
	}
	weak, sum := 0.0, 0.0
	for _, e := range f.weak {
		weak += e.weight
	}
	for _, e := range f.strong {
		sum += e.weight
	}
	return sum + min(weak, mostOfWeak)
}

// take copies what speaks for another.
func (f *found) take(other *found) {
	for phrase, e := range other.strong {
		f.strong[phrase] = e
	}
}

func (f *found) add(phrase string, weak bool, e evidence) {
	to := f.strong
	if weak {
		to = f.weak
		e.weight *= weakShare
	}
	if e.weight > to[phrase].weight {
		to[phrase] = e
	}
}

// best gives what has evidence enough, the likeliest first.
func best(all map[string]*found, share float64) (out []Proposed) {
	for id, f := range all {
		score := share * f.score()
		if score < Enough {
			continue
		}
		out = append(out, Proposed{ID: id, Score: score, Reasons: f.reasons()})
	}
	slices.SortFunc(out, func(a, b Proposed) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	out = out[:min(len(out), MostProposed)]
	for i := range out {
		if out[i].Score < besideBest*out[0].Score {
			out = out[:i]
			break
		}
	}
	for i := range out {
		s := out[i].Score
		out[i].Score = float64(int(100*s/(s+Enough)+0.5)) / 100
	}
	return out
}

// reasons lists the evidence, the heaviest first.
func (f *found) reasons() []Reason {
	var list []evidence
	for _, m := range []map[string]evidence{f.strong, f.weak} {
		for _, e := range m {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b evidence) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.reason.Line, b.reason.Line), cmp.Compare(a.reason.Words, b.reason.Words))
	})
	reasons := make([]Reason, len(list))
	for i, e := range list {
		reasons[i] = e.reason
	}
	return reasons
}
