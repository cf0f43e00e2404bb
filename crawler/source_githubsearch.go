// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// GitHub's search gives the first thousand results of a question and no more. So a question is asked of windows of time, by the
// day on which repositories were created, and a window that has too many is halved.
const searchLimit = 1000

// githubBirth is the year before the first repository of GitHub.
var githubBirth = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)

const day = "2006-01-02"

// githubWindow is a position in a search: "2007-01-01 2026-05-04 3" is page 3 of what was created between these days, both included;
// what was created later is yet to come.
type githubWindow struct {
	from, to time.Time
	page     int
}

func (w githubWindow) String() string {
	return w.from.Format(day) + " " + w.to.Format(day) + " " + strconv.Itoa(w.page)
}

// parseWindow reads a position. Anything else is the beginning.
func parseWindow(at string, today time.Time) githubWindow {
	whole := githubWindow{githubBirth, today, 1}
	parts := strings.Fields(at)
	if len(parts) != 3 {
		return whole
	}
	from, err := time.Parse(day, parts[0])
	to, err2 := time.Parse(day, parts[1])
	if err != nil || err2 != nil || to.Before(from) {
		return whole
	}
	return githubWindow{from, to, pageNumber(parts[2])}
}

// window asks for one page of one window.
func (l *githubLister) window(ctx context.Context, question, at string, since time.Time) (part, error) {
	today := l.cfg.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1) // where the server's day is
	w := parseWindow(at, today)
	if !since.IsZero() {
		question += " pushed:>=" + since.UTC().Format("2006-01-02T15:04:05Z")
		ctx = forgetful(ctx) // the address will not be asked for again
	}
	p := part{}
	for {
		client, err := l.client()
		if err != nil {
			return part{}, err
		}
		q := fmt.Sprintf("%s created:%s..%s", question, w.from.Format(day), w.to.Format(day))
		result, resp, err := client.Search.Repositories(ctx, q, &github.SearchOptions{
			Sort: "updated", Order: "asc", ListOptions: github.ListOptions{PerPage: perPage, Page: w.page}})
		if err != nil {
			return part{}, l.fault(ctx, err)
		}
		if w.page == 1 && result.GetTotal() > searchLimit && w.to.After(w.from) {
			w.to = w.from.Add(w.to.Sub(w.from) / 2).Truncate(24 * time.Hour)
			continue
		}
		p.date, p.repos = l.date(), l.repositories(result.Repositories)
		if result.GetIncompleteResults() {
			p.left = append(p.left, &IncompleteError{l.source, q})
		}
		if w.page == 1 && result.GetTotal() > searchLimit {
			p.left = append(p.left, &IncompleteError{l.source, q})
		}
		switch {
		case resp.NextPage > w.page:
			p.next = githubWindow{w.from, w.to, resp.NextPage}.String()
		case w.to.Before(today):
			p.next = githubWindow{w.to.AddDate(0, 0, 1), today, 1}.String()
		}
		return p, nil
	}
}

// IncompleteError is a search whose answer is not all that was asked for.
type IncompleteError struct{ Source, Question string }

func (e *IncompleteError) Error() string { return "incomplete answer to " + e.Question }

// Message says it to people.
func (e *IncompleteError) Message() (string, []any) {
	return "crawl.incomplete", []any{e.Source, e.Question}
}
