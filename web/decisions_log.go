// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"communs/registry"
	"communs/registry/commons"
	"communs/registry/opendata"
	"communs/registry/publiclog"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// How many entries a page of the log holds, and the list of decisions.
const (
	entriesPerPage = 50
	latestEntries  = 8
)

// logFilter narrows the log down.
type logFilter struct {
	Type   string // vote, or vote.cast
	About  string // proposal/3
	Before int64  // the entries before this one; 0: to the last
}

func (f logFilter) takes(e *publiclog.Entry) bool {
	return (f.Before == 0 || e.N < f.Before) && (f.Type == "" || e.Type == f.Type || strings.HasPrefix(e.Type, f.Type+".")) && (f.About == "" || e.About == f.About)
}

// logLine is an entry of the log as people read it.
type logLine struct {
	N, At, What, Detail string
	About               link
	Body                string // JSON; empty once erased
	Erased              bool
	Hash                string
}

// latest gives the last n entries that the filter takes, the last first, and whether there are more before them.
func (s *Server) latest(r *request, f logFilter, n int) (last []publiclog.Entry, more bool, err error) {
	after := int64(0)
	if f.Type == "" && f.About == "" {
		head, err := s.records.Head(r.Context())
		if err != nil {
			return nil, false, err
		}
		end := head.N
		if f.Before > 0 {
			end = min(end, f.Before-1)
		}
		after = max(0, end-int64(n))
		more = after > 0
	}
	for e, err := range s.records.Log(r.Context(), after) {
		if err != nil {
			return nil, false, err
		}
		if f.Before > 0 && e.N >= f.Before {
			break
		}
		if f.takes(&e) {
			if last = append(last, e); len(last) > n {
				last, more = last[1:], true
			}
		}
	}
	slices.Reverse(last)
	return last, more, nil
}

// entries are the last entries in words.
func (s *Server) entries(r *request, f logFilter, n int) (list []logLine, more bool, err error) {
	last, more, err := s.latest(r, f, n)
	for i := range last {
		list = append(list, s.viewEntry(r, &last[i]))
	}
	return list, more, err
}

func (s *Server) viewEntry(r *request, e *publiclog.Entry) logLine {
	v := logLine{N: itoa(e.N), At: moment(r, e.At), What: word(r.said, "web.log.type", e.Type), Hash: e.Hash.String(), Erased: e.Body.Text == nil, Body: string(e.Body.Text)}
	kind, number, _ := strings.Cut(e.About, "/")
	n, _ := strconv.ParseInt(number, 10, 64)
	switch kind {
	case "proposal":
		v.About = link{r.link.decision(n), r.said.T("web.log.proposal", number)}
	case "consultation":
		v.About = link{r.link.consultation(n), r.said.T("web.log.consultation", number)}
	case "entry":
		v.About = link{r.link.log(values("before", itoa(n+1))) + "#e" + number, r.said.T("web.log.entry", number)}
	case "":
	default:
		v.About.Text = e.About
	}
	var told struct {
		Organisation string `json:"organisation"`
		Choice       string `json:"choice"`
		Title        string `json:"title"`
		Result       *struct {
			Accepted bool `json:"accepted"`
		} `json:"result"`
	}
	if json.Unmarshal(e.Body.Text, &told) != nil {
		return v
	}
	var parts []string
	if told.Organisation != "" {
		parts = append(parts, s.organisation(r, told.Organisation).Text)
	}
	if told.Choice != "" {
		parts = append(parts, word(r.said, "web.decisions.choice", told.Choice))
	}
	if told.Title != "" {
		parts = append(parts, told.Title)
	}
	if told.Result != nil {
		key := "no"
		if told.Result.Accepted {
			key = "yes"
		}
		parts = append(parts, r.said.T("web.log.result-"+key))
	}
	v.Detail = strings.Join(parts, " · ")
	return v
}

// logPage is a page of the public log.
type logPage struct {
	frame
	Action  string
	Entries []logLine
	Types   []option
	About   string
	Older   string
	Lines   string
	Feed    string
	Chain   string
}

// logTypes are the kinds of entries that the page offers to look for.
var logTypes = []string{"vote", "proposal", "consultation", "member", "rules", "record", "speaker", "roles", "erased"}

func (s *Server) readFilter(r *request) (f logFilter, err error) {
	f.Type, f.About = clip(r.query.Get("type"), 40), clip(r.query.Get("about"), 40)
	if text := r.query.Get("before"); text != "" {
		if f.Before, err = strconv.ParseInt(text, 10, 64); err != nil || f.Before < 1 {
			return f, badParameter("before", text)
		}
	}
	return f, nil
}

func (s *Server) logPage(r *request) (*response, error) {
	f, err := s.readFilter(r)
	if err != nil {
		return nil, err
	}
	page := logPage{frame: s.frame(r, r.said.T("web.log.title")), Action: r.link.log(nil), About: f.About, Chain: r.link.chain(),
		Lines: r.link.decisions("journal.jsonl", nil), Feed: r.link.decisions("journal.atom", nil)}
	s.place(r, &page.frame, func(l linker) string { return l.log(nil) })
	page.Programs = append(page.Programs, alternate{atomType, page.Feed})
	page.NoIndex = f != logFilter{}
	for _, t := range logTypes {
		page.Types = append(page.Types, option{t, r.said.T("web.log.kind." + t), t == f.Type})
	}
	var more bool
	if page.Entries, more, err = s.entries(r, f, entriesPerPage); err != nil {
		return nil, err
	}
	if more {
		v := url.Values{"before": {page.Entries[len(page.Entries)-1].N}}
		if f.Type != "" {
			v.Set("type", f.Type)
		}
		if f.About != "" {
			v.Set("about", f.About)
		}
		page.Older = r.link.log(v)
	}
	return s.render(r, "log", page)
}

// logLines hands the whole log out, for `communs registry verify`. Personal parts are never in it.
func (s *Server) logLines(r *request) (*response, error) {
	ctx := context.WithoutCancel(r.Context()) // it is written after the request's turn; whoever stops reading ends it
	return &response{status: http.StatusOK, kind: "application/jsonl; charset=utf-8", noStore: true, stream: func(w io.Writer) error {
		for e, err := range s.records.Log(ctx, 0) {
			if err != nil {
				return err
			}
			line, err := e.MarshalJSON()
			if err != nil {
				return err
			}
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}

// logFeed gives the last entries as Atom.
func (s *Server) logFeed(r *request) (*response, error) {
	last, _, err := s.latest(r, logFilter{}, entriesPerPage)
	if err != nil {
		return nil, err
	}
	var events []opendata.Event
	for i := range last {
		v := s.viewEntry(r, &last[i])
		events = append(events, opendata.Event{ID: "log/" + v.N, At: last[i].At, Kind: last[i].Type, Title: plain(v.What), Summary: plain(strings.TrimSpace(v.About.Text + " " + v.Detail)),
			Page: s.base + r.link.log(values("before", itoa(last[i].N+1))) + "#e" + v.N})
	}
	var b bytes.Buffer
	err = s.site().WriteEvents(&b, string(r.said.Lang), r.said.T("web.log.title"), s.base+r.link.decisions("journal.atom", nil), s.base+r.link.log(nil), events)
	return &response{status: http.StatusOK, kind: atomType + "; charset=utf-8", lang: string(r.said.Lang), body: b.Bytes()}, err
}

// chain is what was last found of the log, kept for a moment: checking it reads all of it.
type chain struct {
	mu      sync.Mutex
	checked time.Time
	head    publiclog.Head
	erased  int64
	bad     error // a [*publiclog.Fault] or a [*commons.Breach]
}

// chainFor is how long a check holds.
const chainFor = time.Minute

// chainView is a check of the log as a page shows it.
type chainView struct {
	Whole          bool
	Text           string
	Fault          string
	First          string // the first bad entry
	Head           string
	N              string
	Erased         string
	Checked        string
	Page, Download string
}

// chainNow is the check of the log, at most a minute old: its hashes, and that every entry follows from those before by the rules.
func (s *Server) chainNow(r *request) (chainView, error) {
	c := &s.chain
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.now(); c.checked.IsZero() || now.Sub(c.checked) >= chainFor {
		v, err := registry.Verify(r.Context(), s.records, nil)
		if err == nil {
			_, err = commons.New(s.records, s.now).State(r.Context())
		}
		if _, _, known := faultOfChain(err); err != nil && !known {
			return chainView{}, err
		}
		c.checked, c.head, c.erased, c.bad = now, v.Head(), v.Erased(), err
	}
	view := chainView{Whole: c.bad == nil, Head: c.head.Hash.String(), N: itoa(c.head.N), Checked: moment(r, c.checked),
		Page: r.link.chain(), Download: r.link.decisions("journal.jsonl", nil), Erased: r.said.T("web.chain.erased", int(c.erased))}
	view.Text = r.said.T("web.chain.whole", int(c.head.N))
	if n, told, bad := faultOfChain(c.bad); bad {
		sentence, _ := r.said.Error(told)
		view.Text, view.Fault, view.First = r.said.T("web.chain.broken", itoa(n)), plain(sentence), itoa(n)
	}
	return view, nil
}

// chainPage says whether the log holds together, and how to check that oneself.
type chainPage struct {
	frame
	Chain   chainView
	LogPage string
}

func (s *Server) chainPage(r *request) (*response, error) {
	page := chainPage{frame: s.frame(r, r.said.T("web.chain.title")), LogPage: r.link.log(nil)}
	s.place(r, &page.frame, linker.chain)
	var err error
	if page.Chain, err = s.chainNow(r); err != nil {
		return nil, err
	}
	return s.render(r, "chain", page)
}
