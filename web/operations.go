// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"communs/crawler"
	"communs/internal/operations"
)

// Operations tells what the instance does behind the scenes.
type Operations struct {
	Report func(context.Context) (*operations.Report, error)
	Local  bool // for whoever asks on this very machine alone, and whole; else for everybody, without what is nobody's business
}

// operationsPage is the report for people.
type operationsPage struct {
	frame
	Open    bool // something may have been left out
	Needs   []string
	Tables  []opsTable
	Kept    []opsCell
	Version string
	Day     string
	JSON    string
}

// opsTable is a table whose rows stand one below the other where there is no room beside.
type opsTable struct {
	ID, Title, Note string
	Heads           []string
	Rows            []opsRow
}

// opsRow begins with a name, which others may have given.
type opsRow struct {
	Name  string
	Cells []opsCell
}

type opsCell struct{ Head, Text string }

// report is what whoever asks may read; a page that is not there when that is nothing.
func (s *Server) report(r *request) (*operations.Report, error) {
	if s.operations.Report == nil || s.operations.Local && !FromThisMachine(r.Request) {
		return nil, errNoPage
	}
	rep, err := s.operations.Report(r.Context())
	if err != nil || s.operations.Local {
		return rep, err
	}
	return rep.Open(), nil
}

func (s *Server) showOperations(r *request) (*response, error) {
	rep, err := s.report(r)
	if err != nil {
		return nil, err
	}
	page := operationsPage{frame: s.frame(r, r.said.T("web.operations.title")), Open: !s.operations.Local, Version: plain(rep.Version),
		Day: moment(r, rep.Time), JSON: r.link.with("/api/v1/operations", nil)}
	s.place(r, &page.frame, func(l linker) string { return l.operations() })
	page.NoIndex = true
	v := opsView{r, rep}
	for _, n := range rep.Needs {
		page.Needs = append(page.Needs, v.need(n))
	}
	page.Tables = []opsTable{v.runs(), v.sources(), v.hosts()}
	page.Kept = v.kept()
	resp, err := s.render(r, "operations", page)
	if err == nil {
		resp.noStore = s.operations.Local
	}
	return resp, err
}

// opsView says a report in words.
type opsView struct {
	r   *request
	rep *operations.Report
}

func (v opsView) t(key string, args ...any) string { return v.r.said.T("web.operations."+key, args...) }

// why is a reason in words, of a closed list.
func (v opsView) why(reason string) string {
	if key := "crawl.why." + reason; v.r.said.Has(key) {
		return v.r.said.T(key)
	}
	return v.r.said.T("crawl.why." + crawler.WhyOther)
}

// named is a name as it may be told.
func (v opsView) named(name, otherwise string) string {
	if name == "" {
		return v.t(otherwise)
	}
	return name
}

func (v opsView) need(n operations.Need) string {
	key := "need." + n.Kind
	source, host := v.named(n.Source, "kept-back"), v.named(n.Host, "kept-back")
	switch n.Kind {
	case operations.NeedSource:
		return v.t(key, source, v.why(n.Why))
	case operations.NeedFailed:
		return v.t(key, source, n.N)
	case operations.NeedHost:
		return v.t(key, host, v.why(n.Why), v.at(n.Until))
	case operations.NeedRunFailed:
		return v.t(key, v.why(n.Why))
	case operations.NeedStale, operations.NeedReview, operations.NeedFaults:
		return v.t(key, n.N)
	case operations.NeedQueue:
		return v.t(key, n.N, v.at(n.Until))
	}
	return v.t(key)
}

// at is a moment in words; empty for none.
func (v opsView) at(t *time.Time) string {
	if t == nil {
		return ""
	}
	return moment(v.r, *t)
}

func moment(r *request, t time.Time) string {
	return r.said.T("web.operations.moment", date(r.said, t), t.UTC().Format("15:04"))
}

// table begins a table, whose first column is the rows' name.
func (v opsView) table(id, title, empty string, rows int, heads ...string) opsTable {
	t := opsTable{ID: id, Title: v.t(title)}
	if rows == 0 {
		t.Note = v.t(empty)
	}
	for _, h := range heads {
		t.Heads = append(t.Heads, v.t(h))
	}
	return t
}

func (t *opsTable) add(name string, cells ...string) {
	row := opsRow{Name: name}
	for i, text := range cells {
		row.Cells = append(row.Cells, opsCell{t.Heads[i+1], text})
	}
	t.Rows = append(t.Rows, row)
}

func (v opsView) n(n int) string { return number(v.r.said, n) }

func (v opsView) seconds(s float64) string {
	if s >= 90 {
		return (time.Duration(s) * time.Second).String()
	}
	return v.t("seconds", decimal(v.r.said, s, 1))
}

func (v opsView) runs() opsTable {
	t := v.table("runs", "runs", "none", len(v.rep.Runs), "began", "how", "found", "new", "changed", "failed", "requests", "bytes", "took", "cpu")
	for _, run := range v.rep.Runs {
		how := word(v.r.said, "web.operations.how", run.Outcome)
		if run.Why != "" {
			how += " (" + v.why(run.Why) + ")"
		}
		t.add(moment(v.r, run.Began), how, v.n(run.Found), v.n(run.New), v.n(run.Changed), v.n(run.Failed), v.n(int(run.Requests)),
			size(v.r.said, run.Bytes), v.seconds(run.Seconds), v.seconds(run.CPU))
	}
	return t
}

func (v opsView) sources() opsTable {
	t := v.table("sources", "sources", "none", len(v.rep.Sources), "source", "kind", "crawled", "cursor", "listed", "found", "new", "changed", "same", "skipped", "failed",
		"waiting", "outcome")
	for _, s := range v.rep.Sources {
		cells := []string{s.Kind, v.at(s.Crawled), v.at(s.Followed), v.at(s.Listed), "", "", "", "", "", "", v.n(s.Waiting), v.t("outcome.unseen")}
		if l := s.Last; l != nil {
			for i, n := range []int{l.Found, l.New, l.Changed, l.Unchanged, l.Skipped, l.Failed} {
				cells[4+i] = v.n(n)
			}
			cells[11] = v.outcome(l)
		}
		t.add(v.named(s.Name, "internal-source"), cells...)
	}
	return t
}

// outcome lists why something of a source was not brought, the most frequent first.
func (v opsView) outcome(l *crawler.Tally) string {
	var parts []string
	if l.Broken != "" {
		parts = append(parts, v.t("outcome.broken", v.why(l.Broken)))
	}
	reasons := make([]string, 0, len(l.Why))
	for why := range l.Why {
		reasons = append(reasons, why)
	}
	slices.SortFunc(reasons, func(a, b string) int { return cmp.Or(l.Why[b]-l.Why[a], cmp.Compare(a, b)) })
	for _, why := range reasons {
		parts = append(parts, v.t("outcome.reason", v.why(why), l.Why[why]))
	}
	if len(parts) == 0 {
		return v.t("outcome.fine")
	}
	return strings.Join(parts, ", ")
}

func (v opsView) hosts() opsTable {
	t := v.table("hosts", "hosts", "none", len(v.rep.Hosts), "host", "state", "requests", "bytes", "faults", "limited", "waited")
	if n := len(v.rep.Hosts); n > 0 {
		t.Note = v.t("hosts-note", n, v.rep.HostsAsked)
	}
	for _, h := range v.rep.Hosts {
		state := v.t("state.fine")
		if until := h.NotBefore(v.rep.Time); !until.IsZero() {
			key := "state.waiting"
			if h.Resting {
				key = "state.resting"
			}
			if state = v.t(key, moment(v.r, until)); h.Resting {
				state += " (" + v.why(h.Why) + ")"
			}
		}
		t.add(v.named(h.Host, "internal"), state, v.n(h.Requests), size(v.r.said, h.Bytes), v.n(h.Faults), v.n(h.Limited), v.seconds(h.Waited))
	}
	return t
}

// kept tells what the instance keeps, and what waits.
func (v opsView) kept() (list []opsCell) {
	add := func(key, text string) { list = append(list, opsCell{v.t(key), text}) }
	queued := func(key string, q operations.Queue) {
		text := v.n(q.Length)
		if q.Oldest != nil {
			text = v.t("since", text, v.at(q.Oldest))
		}
		add(key, text)
	}
	rep := v.rep
	add("mirrored", v.n(rep.Repositories.Mirrored))
	add("missing", v.n(rep.Repositories.Missing))
	add("hidden", v.t("to-review", v.n(rep.Repositories.Hidden), v.n(rep.Repositories.Review)))
	add("left-out", v.n(rep.Repositories.LeftOut))
	add("withdrawn", v.n(rep.Repositories.Withdrawn))
	queued("queue", rep.Queue)
	queued("hooked", rep.Hooked)
	if a := rep.Archive; a != nil {
		add("archive", v.t("of", a.Held, a.Repositories))
	}
	if x := rep.Index; x != nil {
		add("generation", v.n(int(x.Generation)))
		add("repositories", v.n(x.Repositories))
		add("files", v.n(x.Files))
		add("blocks", v.n(x.Blocks))
	}
	if st := rep.Stored; st != nil {
		add("mirrors", size(v.r.said, st.Mirrors))
		add("index", size(v.r.said, st.Index))
		add("database", size(v.r.said, st.Database))
	}
	return list
}

// apiOperations gives the report as JSON.
func (s *Server) apiOperations(r *request) (*response, error) {
	return s.reported(r, func(rep *operations.Report) any { return rep })
}

// sourceList is what /api/v1/sources answers.
type sourceList struct {
	Total   int                 `json:"total"`
	Sources []operations.Source `json:"sources"`
}

func (s *Server) apiSources(r *request) (*response, error) {
	return s.reported(r, func(rep *operations.Report) any { return sourceList{len(rep.Sources), rep.Sources} })
}

func (s *Server) reported(r *request, part func(*operations.Report) any) (*response, error) {
	rep, err := s.report(r)
	if err != nil {
		return nil, err
	}
	resp, err := jsonResponse(http.StatusOK, part(rep))
	if err == nil {
		resp.noStore = s.operations.Local
	}
	return resp, err
}
