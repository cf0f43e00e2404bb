// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"communs/search"
)

// What a results page holds.
const (
	hitsPerPage  = 10
	linesPerHit  = 4
	maxQuery     = 4096 // bytes of a question
	filterValues = 4    // values offered for each filter
)

// resultsPage answers a question with ten blocks, or with ten components or repositories when it asks for those.
type resultsPage struct {
	frame
	Asked      bool   // there was a question
	Count      string // how many were found, in words
	Relaxed    string // that some blocks lack words; empty when none does
	Partial    string // why the answer is not whole; empty when it is
	Judged     bool   // verdicts on licences are shown
	Page       int
	Hits       []hitView
	List       []repositoryLine
	Units      []componentLine
	Next       string
	First      string
	Filters    []filterView
	Tries      []link        // other questions, when nothing was found
	Added      *addedView    // words that were looked for beside those of the question
	Withheld   *withheldView // what a public instance did not search
	Catalogued []link        // the software of the catalogue whose code the hits are
}

// hitView is one block of an answer.
type hitView struct {
	Href, Title, Kind string
	Repo              link
	File              link
	Where             string // lines
	Lang              string
	Badge             badge
	Verdict           string // whether it goes with the licence that was chosen, in words; empty when none was
	VerdictClass      string
	Grounds           []string // what the verdict rests on
	Flags             []string
	Copies            int       // other places with the same code
	Forks             int       // further ones, in forks of repositories that hold it too
	ForkOf            link      // the repository that its own is a fork of
	Near              *nearView // blocks that are almost the same
	Later             link      // to further hits of its repository
	Lines             []lineView
	More              int // matched lines that are not shown
	Withheld          bool
	Why               []string
	Score             float64
}

// filterView offers values of one filter that occur among the hits.
type filterView struct {
	Name   string
	Values []link
}

func (s *Server) results(r *request) (*response, error) {
	q := strings.TrimSpace(r.query.Get("q"))
	if len(q) > maxQuery {
		return nil, &problem{http.StatusBadRequest, "query", "web.error.long", []any{maxQuery}}
	}
	if q == "" {
		page := resultsPage{frame: s.frame(r, r.said.T("web.results.title-empty"))}
		s.place(r, &page.frame, func(l linker) string { return l.search("") })
		return s.render(r, "results", page)
	}
	number := 1
	if n, err := strconv.Atoi(r.query.Get("page")); err == nil && n > 1 && n < 1_000_000 && r.query.Get("after") != "" {
		number = n
	}
	into := intoOf(r)
	if _, err := search.Parse(q); into != "" && err != nil { // the fault is shown in what was typed
		return nil, err
	}
	answer, err := s.search.Search(r.Context(), search.Query{
		Text: withInto(q, into), N: hitsPerPage, After: r.query.Get("after"),
	})
	var missing *search.NotFoundError
	if errors.As(err, &missing) { // a filter names what is not there: nothing is found
		answer, err = &search.Page{}, nil
	}
	if err != nil {
		return nil, err
	}
	page := resultsPage{frame: s.frame(r, r.said.T("web.results.title", plain(q))), Asked: true, Page: number}
	page.NoIndex = true
	s.place(r, &page.frame, func(l linker) string { return l.search(q, "into", into) })
	project := intoIn(q) // what the question itself names is what it was asked with
	if !namesInto.MatchString(q) {
		project = into
	}
	page.Judged = project != ""
	if answer.Relaxed != nil && answer.Total > 0 {
		page.Relaxed = r.said.T("search.relaxed-none")
		if n := answer.Relaxed.Complete; n > 0 {
			page.Relaxed = r.said.T("search.relaxed", n)
		}
	}
	if answer.Partial {
		page.Partial = r.said.T("web.partial", word(r.said, "search.reason", answer.Reason))
	}
	for i := range answer.Hits {
		view := s.viewHit(r, &answer.Hits[i], project)
		view.Near = viewNear(r, q, into, &answer.Hits[i])
		page.Hits = append(page.Hits, view)
		for _, one := range s.inCatalogue(r, answer.Hits[i].Repo) {
			if !slices.Contains(page.Catalogued, one) {
				page.Catalogued = append(page.Catalogued, one)
			}
		}
	}
	viewLater(r, into, answer, page.Hits)
	for _, repo := range answer.Repositories {
		page.List = append(page.List, viewRepository(r, repo))
	}
	page.Units = viewComponents(r, answer.Components)
	page.Count = said(r, answer)
	page.Added = viewAdded(r, q, into, answer.Added)
	if number == 1 {
		page.Withheld = viewWithheld(r, answer.Withheld)
	}
	if answer.Next != "" {
		page.Next = r.link.search(q, "into", into, "after", answer.Next, "page", strconv.Itoa(number+1))
	}
	if number > 1 {
		page.First = r.link.search(q, "into", into)
	}
	page.Filters = viewFilters(r, q, into, answer.Hits)
	if answer.Total == 0 {
		page.Tries = otherQuestions(r, q, into)
	}
	return s.render(r, "results", page)
}

// withInto adds the chosen licence to a question that does not name one itself.
func withInto(q, into string) string {
	if into == "" || namesInto.MatchString(q) {
		return q
	}
	if strings.ContainsAny(into, " ()") {
		into = `"` + into + `"`
	}
	return "(" + q + ") into:" + into
}

var namesInto = regexp.MustCompile(`(?i)(^|[\s(])-?(into|vers):`)

// intoIn is the licence that a question itself names; nothing when it names none, or one that it excludes.
func intoIn(q string) string {
	all := intoNamed.FindAllStringSubmatch(q, -1)
	if len(all) != 1 {
		return ""
	}
	return strings.Trim(all[0][1], `"`)
}

var intoNamed = regexp.MustCompile(`(?i)(?:^|[\s(])(?:into|vers):("[^"]+"|[^\s()"]+)`)

// said says how many blocks, components or repositories an answer has.
func said(r *request, answer *search.Page) string {
	switch {
	case answer.Total == 0:
		return r.said.T("web.results.none")
	case len(answer.Repositories) > 0:
		return r.said.T("web.repositories.total", answer.Total)
	}
	if len(answer.Components) > 0 {
		return r.said.T("web.components.total", answer.Total)
	}
	return r.said.T("web.results.total", answer.Total)
}

func (s *Server) viewHit(r *request, h *search.Hit, into string) hitView {
	s.withhold(h)
	v := hitView{
		Href: r.link.block(h.ID), Title: plain(h.Name), Kind: word(r.said, "web.kind", h.Kind), Lang: plain(h.Lang),
		Repo: link{r.link.repository(h.Repo), shortRepo(h.Repo)}, File: link{r.link.file(h.Repo, h.Path, h.Start), h.Path},
		Where: lineRange(r.said, h.Start, h.End), Badge: newBadge(h.License, h.Libre),
		Copies: max(0, h.Copies-1-h.ForkCopies), Forks: h.ForkCopies, Withheld: h.Withheld, Score: h.Score,
	}
	if h.ForkOf != "" {
		v.ForkOf = link{r.link.repository(h.ForkOf), shortRepo(h.ForkOf)}
	}
	if v.Title == "" {
		v.Title = plain(h.Path[strings.LastIndexByte(h.Path, '/')+1:])
	}
	for _, f := range h.Flags {
		v.Flags = append(v.Flags, word(r.said, "web.flag", f))
	}
	if into != "" {
		v.VerdictClass, v.Verdict, v.Grounds = verdict(r.said, h.License, into)
	}
	for i, l := range h.Lines {
		if i == linesPerHit {
			v.More = len(h.Lines) - i
			break
		}
		n := strconv.Itoa(l.N)
		v.Lines = append(v.Lines, lineView{n, v.Href + "#L" + n, matchedLine(l)})
	}
	v.Why = viewWhy(r, h.Why)
	return v
}

// viewWhy writes the terms of a score.
func viewWhy(r *request, why []search.Term) (all []string) {
	for _, t := range why {
		all = append(all, r.said.T("web.results.term", word(r.said, "search.term", t.Term), t.Value, t.Weight))
	}
	return all
}

// viewFilters offers to narrow an answer to a language, a licence or a repository that its hits have. A fork is offered with what it
// comes from, as one.
func viewFilters(r *request, q, into string, hits []search.Hit) (all []filterView) {
	forks := forksOf(hits)
	for _, f := range []struct {
		field string
		value func(*search.Hit) string
	}{
		{"lang", func(h *search.Hit) string { return h.Lang }},
		{"license", func(h *search.Hit) string { return h.License }},
		{"repo", func(h *search.Hit) string { return shortRepo(cmp.Or(h.ForkOf, h.Repo)) }},
	} {
		view := filterView{Name: r.said.T("web.filter." + f.field)}
		seen := map[string]bool{}
		for i := range hits {
			value := f.value(&hits[i])
			if value == "" || seen[value] {
				continue
			}
			seen[value] = true
			if len(view.Values) < filterValues {
				narrow, name := f.field+":"+quoteFilter(value), plain(value)
				if also := forks[value]; f.field == "repo" && len(also) > 0 {
					for _, fork := range also {
						narrow += " OR repo:" + quoteFilter(fork)
					}
					narrow, name = "("+narrow+")", r.said.T("web.filter.and-forks", name)
				}
				view.Values = append(view.Values, link{r.link.search(q+" "+narrow, "into", into), name})
			}
		}
		if len(seen) > 1 {
			all = append(all, view)
		}
	}
	return all
}

// forksOf gives the forks among the repositories of hits, by what they come from.
func forksOf(hits []search.Hit) map[string][]string {
	forks := map[string][]string{}
	for i := range hits {
		of, fork := shortRepo(hits[i].ForkOf), shortRepo(hits[i].Repo)
		if of != "" && !slices.Contains(forks[of], fork) {
			forks[of] = append(forks[of], fork)
		}
	}
	return forks
}

var filter = regexp.MustCompile(`-?\pL+:("[^"]*"|\S+)`)

// otherQuestions are questions that may find what this one did not: without its filters, with any of its words, with
// its exact text as words, without the licence that was chosen.
func otherQuestions(r *request, q, into string) (all []link) {
	add := func(key, other, into string) {
		other = strings.Join(strings.Fields(other), " ")
		if other != "" && (other != q || into != intoOf(r)) {
			all = append(all, link{r.link.search(other, "into", into), r.said.T(key, plain(other))})
		}
	}
	if into != "" {
		add("web.try.any-licence", q, "")
	}
	bare := q
	if !strings.ContainsAny(q, `/"`) {
		bare = filter.ReplaceAllString(q, "")
		if bare != q {
			add("web.try.no-filter", bare, into)
		}
		if list := strings.Fields(bare); len(list) > 1 && len(list) < 8 && !strings.ContainsAny(bare, "()") {
			add("web.try.any-word", strings.Join(list, " OR "), into)
		}
	} else if strings.Count(q, `"`) == 2 && !strings.Contains(q, "/") {
		add("web.try.words", strings.ReplaceAll(q, `"`, " "), into)
	}
	return all
}
