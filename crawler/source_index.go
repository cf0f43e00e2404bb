// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"context"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"communs/crawler/polite"
)

// indexLister reads the index page of a cgit or a gitweb, and of each repository that is new the page that says where it is
// cloned from. These are web pages: the server's robots.txt binds us. How the first address is made of the repository's name
// tells what the others would be; one that is mirrored under that address is not asked for again.
type indexLister struct {
	*api
	kind   string
	before string // of an address, what comes before the name
	after  string // and after it
}

// indexOverlap is for a clock that is set; these pages round times to the minute.
const indexOverlap = time.Hour

func newIndex(sc SourceConfig, cfg Config) *pagedSource {
	return &pagedSource{sc.Name, unordered, indexOverlap, &indexLister{api: newAPI(cfg, sc.Name, sc.URL, "", nil), kind: sc.Kind}}
}

// row is one repository of an index.
type row struct {
	name, page, description, owner string
	active                         time.Time
}

func (l *indexLister) part(ctx context.Context, at string, _ time.Time) (part, error) {
	address, offset := l.address, 0
	if at != "" {
		offset, _ = strconv.Atoi(at)
		u, err := url.Parse(address)
		if err != nil {
			return part{}, &ListError{l.source, err}
		}
		q := u.Query()
		q.Set("ofs", strconv.Itoa(offset))
		u.RawQuery = q.Encode()
		address = u.String()
	}
	root, here, err := l.page(ctx, address)
	if err != nil {
		return part{}, err
	}
	p := part{date: l.date()}
	rows, next := readIndex(root, here, l.kind)
	if len(rows) == 0 && offset == 0 && !isIndex(root, l.kind) {
		return part{}, &ListError{l.source, &FetchError{URL: l.address, Reason: ReasonNotList, Detail: "text/html"}}
	}
	for _, row := range rows {
		r, err := l.repository(ctx, row)
		if err != nil {
			return part{}, err
		}
		if r.URL == "" {
			p.left = append(p.left, &NoCloneError{row.page})
			continue
		}
		p.repos = append(p.repos, r)
	}
	if next > 0 {
		p.next, err = nextNumber(l.source, offset, next)
	}
	return p, err
}

// page reads one page.
func (l *indexLister) page(ctx context.Context, address string) (root *html.Node, here *url.URL, err error) {
	resp, err := l.get(polite.AsPage(ctx), address)
	if err != nil {
		return nil, nil, l.fault(ctx, err)
	}
	defer resp.Body.Close()
	root, err = html.Parse(io.LimitReader(resp.Body, l.cfg.MaxPage))
	if err != nil {
		return nil, nil, l.fault(ctx, err)
	}
	return root, resp.Request.URL, nil
}

// repository finds where a row's repository is cloned from.
func (l *indexLister) repository(ctx context.Context, w row) (Repository, error) {
	r := Repository{Name: strings.TrimSuffix(path.Base(w.name), ".git"), Owner: w.owner, Description: w.description, Source: l.source, PushedAt: w.active}
	if l.before != "" {
		if guess, err := CanonicalURL(l.before + w.name + l.after); err == nil && l.cfg.known(ctx, guess) {
			r.URL = guess
			return r, nil
		}
	}
	root, here, err := l.page(ctx, w.page)
	if err != nil {
		return r, err
	}
	found := cloneAddress(root, here)
	if found == "" && l.kind == KindCGit { // which gives its repositories at their pages' addresses
		found = w.page
	}
	if found == "" {
		return r, nil
	}
	canonical, err := CanonicalURL(found)
	if err != nil {
		return r, nil
	}
	if i := strings.LastIndex(canonical, w.name); i > 0 && l.before == "" {
		l.before, l.after = canonical[:i], canonical[i+len(w.name):]
	}
	r.URL = canonical
	return r, nil
}

// NoCloneError is a repository whose page names no address of http or https to clone it from.
type NoCloneError struct{ Page string }

func (e *NoCloneError) Error() string { return "no address to clone from on " + e.Page }

// Message says it to people.
func (e *NoCloneError) Message() (string, []any) { return "crawl.no-clone", []any{e.Page} }
