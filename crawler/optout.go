// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// A repository stays out of every instance of Communs when its owner says so, in one of these ways:
//
//   - a file [OptOutFile] at the top of its default branch, in TOML, with the line
//
//     index = false
//
//     and, if wanted, reason = "…", which whoever asks for the repository is told. Other keys are nothing to us.
//
//   - the topic [OptOutTopic] at its forge.
//
//   - a request to the operator, who withdraws it.
//
// It is not mirrored or indexed, what was mirrored is removed, and it is not handed on for archiving. When the file or the topic is gone, it
// may come back; a withdrawal stays.
const (
	OptOutFile  = ".communs.toml"
	OptOutTopic = "noindex"
)

// OptOut is a repository that its owner keeps out.
type OptOut struct {
	URL    string
	By     string // file, topic, request
	Reason string // in the owner's words, or the operator's for a request; may be empty
	Time   time.Time
}

// optOutTables remember who stays out, so that it holds for whoever lists the repository.
const optOutTables = `
CREATE TABLE crawl_optouts (
	key         TEXT PRIMARY KEY,
	url         TEXT NOT NULL,
	way         TEXT NOT NULL,              -- file, topic
	reason      TEXT NOT NULL DEFAULT '',   -- as the file gives it
	source      TEXT NOT NULL DEFAULT '',   -- that told of the topic
	commit_name TEXT NOT NULL DEFAULT '',   -- that has the file
	branch      TEXT NOT NULL DEFAULT '',
	time        INTEGER NOT NULL
) WITHOUT ROWID;`

// optOut is a row of crawl_optouts.
type optOut struct {
	OptOut
	source, commit, branch string
}

const optOutColumns = `url, way, reason, source, commit_name, branch, time`

func scanOptOut(row interface{ Scan(...any) error }) (*optOut, error) {
	var o optOut
	var at int64
	err := row.Scan(&o.URL, &o.By, &o.Reason, &o.source, &o.commit, &o.branch, &at)
	o.Time = fromUnix(at)
	return &o, err
}

// optOut is what keeps a repository out; nil when nothing does.
func (s *store) optOut(ctx context.Context, key string) (*optOut, error) {
	o, err := scanOptOut(s.db.QueryRowContext(ctx, `SELECT `+optOutColumns+` FROM crawl_optouts WHERE key = ?`, key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return o, err
}

func (s *store) optOuts(ctx context.Context) ([]OptOut, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+optOutColumns+` FROM crawl_optouts ORDER BY time, url`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []OptOut
	for rows.Next() {
		o, err := scanOptOut(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, o.OptOut)
	}
	return list, rows.Err()
}

// StaysOut reports what keeps a repository out of what we do, under any usual spelling of its address; nil when nothing does.
func (c *Crawler) StaysOut(ctx context.Context, address string) (*OptOut, error) {
	key := AddressKey(address)
	o, err := c.store.optOut(ctx, key)
	if err != nil {
		return nil, err
	}
	if o != nil {
		return &o.OptOut, nil
	}
	list, err := c.store.withdrawals(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		if _, out := (requests{w.key: ""}).reason(key); out && w.key != "" {
			return &OptOut{withoutUser(address), ByRequest, w.Reason, w.Time}, nil
		}
	}
	return nil, nil
}

// OptOuts lists the repositories that their own files and topics keep out, in the order of time.
func (c *Crawler) OptOuts(ctx context.Context) ([]OptOut, error) { return c.store.optOuts(ctx) }

// The ways to stay out.
const (
	byFile    = "file"
	byTopic   = "topic"
	ByRequest = "request"
)

// OptOutError is the reason why a repository is left out: its owner wants it so.
type OptOutError struct {
	URL, By, Reason string
	commit, branch  string
}

func (e *OptOutError) Error() string {
	return fmt.Sprintf("%s stays out, by its %s: %s", e.URL, e.By, e.Reason)
}

// Message says it to people.
func (e *OptOutError) Message() (string, []any) {
	if e.Reason == "" {
		return "crawl.opt-out-" + e.By, []any{e.URL}
	}
	return "crawl.opt-out-" + e.By + "-why", []any{e.URL, e.Reason}
}

const (
	maxOptOutFile = 64 << 10
	maxOptOutWhy  = 300 // runes of a reason
)

// falseIndex finds the line that counts in a file which is not TOML as a whole: a slip elsewhere must not undo what its owner wants.
var falseIndex = regexp.MustCompile(`(?m)^[ \t]*index[ \t]*=[ \t]*false\b`)

// parseOptOut reads an [OptOutFile].
func parseOptOut(text []byte) (out bool, reason string) {
	var file struct {
		Index  any `toml:"index"`
		Reason any `toml:"reason"`
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if toml.Unmarshal(text, &file) != nil {
		return falseIndex.Match(text), ""
	}
	if index, ok := file.Index.(bool); !ok || index {
		return false, ""
	}
	why, _ := file.Reason.(string)
	why = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, why)), " ")
	if r := []rune(why); len(r) > maxOptOutWhy {
		why = string(r[:maxOptOutWhy]) + "…"
	}
	return true, why
}

// hasOptOutTopic reports whether a repository has the topic.
func hasOptOutTopic(r Repository) bool {
	return slices.ContainsFunc(r.Topics, func(t string) bool { return strings.EqualFold(t, OptOutTopic) })
}

// keptOut reports, before anything is asked of its server, why a repository stays out: its topic, or one that the same source told of
// before. It gives what is remembered otherwise.
func (c *Crawler) keptOut(ctx context.Context, key string, r Repository) (known *optOut, out *OptOutError, err error) {
	if hasOptOutTopic(r) {
		return nil, &OptOutError{URL: r.URL, By: byTopic}, nil
	}
	known, err = c.store.optOut(ctx, key)
	if err == nil && known != nil && known.By == byTopic && known.source != r.Source {
		out = &OptOutError{URL: r.URL, By: byTopic} // only who tells of topics knows when one is gone
	}
	return known, out, err
}

// wantsOut looks for an [OptOutFile] in what was staged.
func (c *Crawler) wantsOut(t *task, s *staged) error {
	bases := []string{}
	if !s.full {
		bases = c.packBases(t.record)
	}
	if s.base != "" {
		bases = append(bases, s.base)
	}
	o, err := openObjects(bases)
	if err != nil {
		return err
	}
	defer o.close()
	top, err := o.commit(s.commit)
	if err != nil {
		return err
	}
	entries, err := o.tree(top.tree)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.name != OptOutFile || e.mode == modeTree || !o.has(e.hash) {
			continue
		}
		f, err := o.open(e.hash, func() {})
		if err != nil {
			return err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxOptOutFile))
		f.Close()
		if err != nil {
			return err
		}
		if out, why := parseOptOut(text); out {
			return &OptOutError{URL: t.repo.URL, By: byFile, Reason: why, commit: s.commit.String(), branch: s.branch}
		}
	}
	return nil
}

// leaveOut notes that a repository stays out, and removes what was mirrored of it. It may be repeated.
func (c *Crawler) leaveOut(ctx context.Context, key string, why *OptOutError, out Event) Event {
	out.Kind, out.Err = Skipped, why
	known, err := c.store.optOut(ctx, key)
	if err == nil && (known == nil || known.By != why.By || known.Reason != why.Reason || known.commit != why.commit) {
		o := optOut{OptOut{why.URL, why.By, why.Reason, c.cfg.Now()}, out.Source, why.commit, why.branch}
		if known != nil {
			o.URL, o.Time = known.URL, known.Time
		} else if rec, getErr := c.store.get(ctx, key); getErr == nil && rec != nil {
			o.URL = rec.URL // as the index knows it
		}
		err = c.store.putOptOut(ctx, key, o)
	}
	if err == nil {
		err = c.removeLeftOut(ctx, key)
	}
	if err != nil {
		out.Kind, out.Err = Failed, diskFault(c.cfg.Dir, err)
	}
	return out
}

// removeLeftOut removes what is mirrored of a repository that stays out.
func (c *Crawler) removeLeftOut(ctx context.Context, key string) error {
	rec, err := c.store.get(ctx, key)
	if err != nil || rec == nil {
		return err
	}
	left := Happening{Kind: WasLeftOut}
	if o, err := c.store.optOut(ctx, key); err == nil && o != nil {
		left.Why = o.By
	}
	if _, err := c.removeRepository(ctx, key, left); err != nil {
		return err
	}
	return c.store.erase(ctx)
}

// finishLeavingOut does what an interrupted run has not come to.
func (c *Crawler) finishLeavingOut(ctx context.Context) error {
	list, err := c.store.list(ctx, "key IN (SELECT key FROM crawl_optouts)")
	if err != nil {
		return err
	}
	for _, rec := range list {
		if err := c.removeLeftOut(ctx, rec.key); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) putOptOut(ctx context.Context, key string, o optOut) error {
	return s.exec(ctx, `INSERT OR REPLACE INTO crawl_optouts (key, `+optOutColumns+`) VALUES (?,?,?,?,?,?,?,?)`,
		key, o.URL, o.By, o.Reason, o.source, o.commit, o.branch, toUnix(o.Time))
}

// comeBack forgets that a repository stayed out.
func (s *store) comeBack(ctx context.Context, key string) error {
	return s.exec(ctx, `DELETE FROM crawl_optouts WHERE key = ?`, key)
}
