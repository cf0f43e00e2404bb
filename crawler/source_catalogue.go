// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// A catalogue is JSON or CSV that says of many repositories where they are, such as the software of developers.italia.it, what
// code.gouv.fr knows of public bodies' repositories, or what a crawler of publiccode.yml brings. As JSON it is an array of objects or
// of addresses, an object that holds such an array, or one object a line; it may go on at "links": {"next": …}. As CSV it begins with the
// names of its columns. In either, the repository's address stands under one of the names in [addressNames].
func newCatalogue(sc SourceConfig, token string, cfg Config) *pagedSource {
	return newDocument(sc, token, cfg, readCatalogue)
}

// addressNames are the names that a repository's address goes by, the surest first; without capitals, spaces, - and _.
var addressNames = []string{"cloneurl", "httpurltorepo", "repositoryurl", "repourl", "coderepository", "repository", "repo", "urldudepot", "urldepot",
	"adressedudepot", "depot", "dépôt", "giturl", "htmlurl", "weburl", "sourcecodeurl", "sourcecode", "codesource", "sourceurl", "url", "publiccode"}

// arrayNames are the names under which a catalogue holds its entries.
var arrayNames = []string{"data", "items", "repositories", "repos", "projects", "software", "softwares", "results", "values", "entries", "catalogue"}

// plainName is a name without what people spell differently.
func plainName(name string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(strings.ToLower(strings.TrimSpace(name)))
}

var (
	errNoEntries = errors.New("neither JSON nor CSV with repositories' addresses")
	errNoAddress = errors.New("no address of a repository")
)

// NoAddressError is an entry of a catalogue without a repository's address.
type NoAddressError struct{}

func (*NoAddressError) Error() string { return errNoAddress.Error() }

// Message says it to people.
func (*NoAddressError) Message() (string, []any) { return "crawl.no-address", nil }

func readCatalogue(d document, yield func(Repository, error) bool) string {
	text := bufio.NewReader(d)
	if mark, err := text.Peek(3); err == nil && bytes.Equal(mark, byteOrderMark) {
		text.Discard(3)
	}
	for {
		b, err := text.ReadByte()
		if err != nil {
			if err == io.EOF {
				err = errNoEntries
			}
			yield(Repository{}, err)
			return ""
		}
		if strings.IndexByte(" \t\r\n", b) >= 0 {
			continue
		}
		text.UnreadByte()
		if b == '[' || b == '{' {
			j := jsonCatalogue{json.NewDecoder(text), d.place, 0, yield, ""}
			return j.read()
		}
		readCSV(text, d.place, yield)
		return ""
	}
}

// jsonCatalogue reads a catalogue entry by entry.
type jsonCatalogue struct {
	*json.Decoder
	place string
	row   int
	yield func(Repository, error) bool
	next  string
}

func (j *jsonCatalogue) read() string {
	for {
		token, err := j.Token()
		if err == io.EOF && j.row > 0 {
			return j.next
		}
		more := false
		switch {
		case err != nil:
		case token == json.Delim('['):
			more, err = j.array()
		case token == json.Delim('{'):
			more, err = j.object()
		default:
			err = errNoEntries
		}
		if err != nil {
			j.yield(Repository{}, err)
			return ""
		}
		if !more {
			return ""
		}
	}
}

// array gives the entries of an array whose bracket has been read.
func (j *jsonCatalogue) array() (more bool, err error) {
	for j.More() {
		var entry any
		if err := j.Decode(&entry); err != nil {
			return false, err
		}
		if !j.entry(entry) {
			return false, nil
		}
	}
	_, err = j.Token()
	return err == nil, err
}

// object reads an object whose brace has been read: one that holds entries, or is one.
func (j *jsonCatalogue) object() (more bool, err error) {
	own, held := map[string]any{}, false
	for j.More() {
		key, err := j.Token()
		if err != nil {
			return false, err
		}
		name := plainName(key.(string))
		if !slices.Contains(arrayNames, name) {
			var value any
			if err := j.Decode(&value); err != nil {
				return false, err
			}
			own[name] = value
			continue
		}
		value, err := j.Token()
		if err != nil {
			return false, err
		}
		if value == json.Delim('[') {
			held = true
			if more, err := j.array(); !more || err != nil {
				return false, err
			}
		} else if value == json.Delim('{') {
			if more, err := j.object(); !more || err != nil {
				return false, err
			}
			held = true
		}
	}
	if _, err := j.Token(); err != nil {
		return false, err
	}
	if links, ok := own["links"].(map[string]any); ok {
		j.next, _ = links["next"].(string)
	}
	if held {
		j.row = max(j.row, 1) // an empty list is a list
		return true, nil
	}
	return j.entry(own), nil
}

// entry gives one entry.
func (j *jsonCatalogue) entry(value any) bool {
	j.row++
	if address, ok := value.(string); ok {
		return j.yield(entryAt(j.place, j.row, address))
	}
	fields, _ := value.(map[string]any)
	plain := make(map[string]any, len(fields))
	for k, v := range fields {
		plain[plainName(k)] = v
	}
	address := addressIn(plain, 2)
	if address == "" {
		return j.yield(Repository{}, &SkipError{&EntryError{j.place, j.row, &NoAddressError{}}})
	}
	text := func(names ...string) string {
		for _, n := range names {
			if s, ok := plain[n].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	r, err := entryAt(j.place, j.row, address)
	if err == nil {
		r.Description = text("description", "shortdescription")
		r.License = text("license", "licence", "spdxid")
		r.Archived, _ = plain["isarchived"].(bool)
		r.Fork, _ = plain["isfork"].(bool)
		if archived, ok := plain["archived"].(bool); ok {
			r.Archived = archived
		}
		if fork, ok := plain["fork"].(bool); ok {
			r.Fork = fork
		}
	}
	return j.yield(r, err)
}

// addressIn finds the address of a repository among an entry's fields, or in what stands below one of them.
func addressIn(plain map[string]any, depth int) string {
	for _, name := range addressNames {
		switch v := plain[name].(type) {
		case string:
			if strings.Contains(v, "://") || scpLike.MatchString(v) {
				return v
			}
		case map[string]any:
			if depth > 0 {
				below := make(map[string]any, len(v))
				for k, value := range v {
					below[plainName(k)] = value
				}
				if found := addressIn(below, depth-1); found != "" {
					return found
				}
			}
		}
	}
	return ""
}

// readCSV reads a table whose columns are parted by commas, semicolons or tabs.
func readCSV(text *bufio.Reader, place string, yield func(Repository, error) bool) {
	head, _ := text.Peek(4096) // shorter is enough
	head, _, _ = bytes.Cut(head, []byte("\n"))
	r := csv.NewReader(text)
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	for _, mark := range ",;\t" {
		if bytes.Count(head, []byte(string(mark))) > bytes.Count(head, []byte(string(r.Comma))) {
			r.Comma = mark
		}
	}
	names, err := r.Read()
	if err != nil {
		yield(Repository{}, err)
		return
	}
	column, described := -1, -1
	for _, wanted := range addressNames {
		for i, name := range names {
			if column < 0 && plainName(name) == wanted {
				column = i
			}
			if plainName(name) == "description" {
				described = i
			}
		}
	}
	if column < 0 {
		yield(Repository{}, errNoEntries)
		return
	}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			yield(Repository{}, err)
			return
		}
		row, _ := r.FieldPos(0)
		if column >= len(fields) || strings.TrimSpace(fields[column]) == "" {
			if !yield(Repository{}, &SkipError{&EntryError{place, row, &NoAddressError{}}}) {
				return
			}
			continue
		}
		repo, err := entryAt(place, row, fields[column])
		if err == nil && described >= 0 && described < len(fields) {
			repo.Description = strings.Clone(fields[described])
		}
		if !yield(repo, err) {
			return
		}
	}
}
