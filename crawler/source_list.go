// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"communs/crawler/polite"
)

// A list of addresses is text, one git address a line; what follows # and empty lines are left out. It is a file, or stands at an
// address. A catalogue ([newCatalogue]) says more of each.
func newList(sc SourceConfig, token string, cfg Config) *pagedSource {
	return newDocument(sc, token, cfg, readList)
}

// document is a list as it is read: where it stands, and its text.
type document struct {
	io.Reader
	place string // file or address, for messages
	here  *url.URL
}

// reader reads the entries of a document. An error that is a *SkipError is about one entry; any other ends it. next is where the
// list goes on, when it does so elsewhere.
type reader func(d document, yield func(Repository, error) bool) (next string)

// documentLister gives the entries of a list in parts. Its position is the number of entries given, and a mark of the list that they
// were counted in: of another one, it begins anew.
type documentLister struct {
	*api
	path string
	read reader

	mark    string
	given   int
	next    func() (Repository, error, bool)
	release func()
	failed  error // behind what the last part gave
}

func newDocument(sc SourceConfig, token string, cfg Config, read reader) *pagedSource {
	cfg.MaxPage = cfg.MaxList // it is one answer
	l := &documentLister{api: newAPI(cfg, sc.Name, sc.URL, token, bearer(token)), path: sc.Path, read: read}
	return &pagedSource{name: sc.Name, order: unordered, lister: l}
}

func (l *documentLister) part(ctx context.Context, at string, _ time.Time) (part, error) {
	number, mark, _ := strings.Cut(at, " ")
	skip, _ := strconv.Atoi(number)
	if l.next == nil || l.given != skip || l.mark != mark {
		l.Close()
		if err := l.open(ctx); err != nil {
			return part{}, err
		}
		if l.mark != mark {
			skip = 0
		}
	}
	if err := l.failed; err != nil {
		l.Close()
		return part{}, err
	}
	p := part{date: l.date()}
	for len(p.repos)+len(p.left) < perPage {
		r, err, ok := l.next()
		if !ok {
			l.Close()
			return p, nil
		}
		l.given++
		var left *SkipError
		switch {
		case l.given <= skip:
		case errors.As(err, &left):
			p.left = append(p.left, left.Err)
		case err != nil && len(p.repos) == 0:
			l.Close()
			return part{}, err
		case err != nil:
			l.given--
			l.failed = err
			p.next = strconv.Itoa(l.given) + " " + l.mark
			return p, nil
		default:
			r.Source = l.source
			p.repos = append(p.repos, r)
		}
	}
	p.next = strconv.Itoa(l.given) + " " + l.mark
	return p, nil
}

// Close lets go of the list.
func (l *documentLister) Close() error {
	if l.release != nil {
		l.release()
	}
	l.next, l.release, l.given, l.failed = nil, nil, 0, nil
	return nil
}

// open begins to read.
func (l *documentLister) open(ctx context.Context) error {
	first, mark, err := l.begin(ctx, l.address)
	if err != nil {
		return err
	}
	l.mark = mark
	l.next, l.release = iter.Pull2(l.entries(ctx, first))
	return nil
}

// maxDocuments bounds how often a list may go on elsewhere.
const maxDocuments = 100_000

// entries reads a document, and those that it leads to.
func (l *documentLister) entries(ctx context.Context, first *opened) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		d := first
		for n := 0; ; n++ {
			more := true
			next := l.read(d.document, func(r Repository, err error) bool {
				var left *SkipError
				if err != nil && !errors.As(err, &left) {
					err = l.broken(ctx, err)
				}
				more = yield(r, err) && (err == nil || left != nil)
				return more
			})
			d.close()
			if !more || next == "" {
				return
			}
			address, err := l.further(d.here, next, n)
			if err == nil {
				d, _, err = l.begin(ctx, address)
			}
			if err != nil {
				yield(Repository{}, err)
				return
			}
		}
	}
}

// further is where a list goes on: on the same server, and not for ever.
func (l *documentLister) further(here *url.URL, next string, n int) (string, error) {
	if here == nil || n >= maxDocuments {
		return "", aimless(l.source, strconv.Quote(next))
	}
	u, err := here.Parse(next)
	if err != nil || u.Host != here.Host || u.Scheme != here.Scheme || u.String() == here.String() {
		return "", aimless(l.source, strconv.Quote(next))
	}
	return u.String(), nil
}

// broken names what a reader has found, or what the connection did to it.
func (l *documentLister) broken(ctx context.Context, err error) error {
	if l.path != "" {
		return &ListError{l.source, &FetchError{URL: l.path, Reason: ReasonNotList, Detail: err.Error()}}
	}
	l.meter.mu.Lock()
	wire := l.meter.fault
	l.meter.mu.Unlock()
	if wire != nil || ctx.Err() != nil {
		return l.fault(ctx, err)
	}
	return &ListError{l.source, &FetchError{URL: l.address, Reason: ReasonNotList, Detail: err.Error()}}
}

// opened is a document with what closes it.
type opened struct {
	document
	close func() error
}

// begin opens the file or asks for the address. mark tells one state of it from another, as far as the server says.
func (l *documentLister) begin(ctx context.Context, address string) (*opened, string, error) {
	if l.path != "" {
		f, err := os.Open(l.path)
		if err != nil {
			return nil, "", &ListError{l.source, pathError(l.path, err)}
		}
		fi, err := f.Stat()
		if err != nil || fi.IsDir() {
			f.Close()
			return nil, "", &ListError{l.source, &FetchError{URL: l.path, Reason: ReasonLocal, Detail: l.path, Err: err}}
		}
		mark := fmt.Sprintf("%d.%d", fi.Size(), fi.ModTime().UnixNano())
		return &opened{document{bufio.NewReader(f), l.path, nil}, f.Close}, mark, nil
	}
	resp, err := l.get(polite.AsPage(ctx), address)
	if err != nil {
		return nil, "", l.fault(ctx, err)
	}
	if kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) == "text/html" {
		resp.Body.Close()
		return nil, "", &ListError{l.source, &FetchError{URL: address, Reason: ReasonNotList, Detail: "text/html"}}
	}
	mark := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return '_'
		}
		return r
	}, resp.Header.Get("ETag")+resp.Header.Get("Last-Modified"))
	return &opened{document{bufio.NewReader(resp.Body), address, resp.Request.URL}, resp.Body.Close}, mark, nil
}

// maxLine is the longest line of a list.
const maxLine = 64 << 10

// byteOrderMark begins texts that come from some editors.
var byteOrderMark = []byte("\xef\xbb\xbf")

func readList(d document, yield func(Repository, error) bool) string {
	lines := bufio.NewScanner(d)
	lines.Buffer(nil, maxLine)
	row := 0
	for lines.Scan() {
		row++
		text := strings.TrimSpace(string(bytes.TrimPrefix(lines.Bytes(), byteOrderMark)))
		if i := strings.IndexByte(text, '#'); i == 0 || i > 0 && (text[i-1] == ' ' || text[i-1] == '\t') {
			text = strings.TrimSpace(text[:i])
		}
		if text == "" {
			continue
		}
		if !yield(entryAt(d.place, row, text)) {
			return ""
		}
	}
	if err := lines.Err(); err != nil {
		yield(Repository{}, err)
	}
	return ""
}

// entryAt is the repository at an address of a list.
func entryAt(place string, row int, address string) (Repository, error) {
	canonical, err := gitURL(address)
	if err == nil && strings.HasPrefix(canonical, "file:") {
		err = &AddressError{address, "scheme"}
	}
	if err != nil {
		return Repository{}, &SkipError{&EntryError{place, row, err}}
	}
	return repositoryAt(canonical, ""), nil
}

// EntryError is an entry of a list that names no repository.
type EntryError struct {
	Place string // file or address of the list
	Row   int    // line of a list, number of a catalogue's entry, from 1
	Err   error
}

func (e *EntryError) Error() string { return fmt.Sprintf("%s:%d: %v", e.Place, e.Row, e.Err) }

func (e *EntryError) Unwrap() error { return e.Err }

// Message says it to people.
func (e *EntryError) Message() (string, []any) {
	return "crawl.entry", []any{e.Place, e.Row, e.Err}
}
