// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Entry is what a record says: *Need, *Organisation, *Repository, *Software, *Offer, *Use, *Selection or *Request.
type Entry interface {
	Kind() Kind
	Head() *Meta
}

// Head is what every entry carries.
func (m *Meta) Head() *Meta { return m }

// Kind says which kind of record it is.
func (*Need) Kind() Kind { return KindNeed }

// Kind says which kind of record it is.
func (*Organisation) Kind() Kind { return KindOrganisation }

// Kind says which kind of record it is.
func (*Repository) Kind() Kind { return KindRepository }

// Kind says which kind of record it is.
func (*Software) Kind() Kind { return KindSoftware }

// Kind says which kind of record it is.
func (*Offer) Kind() Kind { return KindOffer }

// Kind says which kind of record it is.
func (*Use) Kind() Kind { return KindUse }

// Kind says which kind of record it is.
func (*Selection) Kind() Kind { return KindSelection }

// Kind says which kind of record it is.
func (*Request) Kind() Kind { return KindRequest }

// NewEntry makes an empty entry of a kind; nil for a kind that is none.
func NewEntry(kind Kind) Entry {
	switch kind {
	case KindNeed:
		return &Need{}
	case KindOrganisation:
		return &Organisation{}
	case KindRepository:
		return &Repository{}
	case KindSoftware:
		return &Software{}
	case KindOffer:
		return &Offer{}
	case KindUse:
		return &Use{}
	case KindSelection:
		return &Selection{}
	case KindRequest:
		return &Request{}
	}
	return nil
}

// errNoEntry is a record that holds nothing to read.
var errNoEntry = errors.New("there is no such kind of record, or it was deleted")

// Entry reads what a record says. Fields that this program does not know are passed over: a later one has written them.
func (r Record) Entry() (Entry, error) { return decode(r, false) }

// Strict is [Record.Entry] for what people send: a field that does not exist is an error.
func (r Record) Strict() (Entry, error) { return decode(r, true) }

func decode(r Record, strict bool) (Entry, error) {
	e := NewEntry(r.Kind)
	if e == nil || len(r.Body) == 0 {
		return nil, fmt.Errorf("read %s %s: %w", r.Kind, r.ID, errNoEntry)
	}
	if err := read(r.Body, e, strict); err != nil {
		return nil, fmt.Errorf("read %s %s: %w", r.Kind, r.ID, err)
	}
	if id := e.Head().ID; id != r.ID {
		return nil, fmt.Errorf("read %s %s: it calls itself %q", r.Kind, r.ID, id)
	}
	return e, nil
}

func read(body []byte, e Entry, strict bool) error {
	if !strict {
		return json.Unmarshal(body, e)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(e); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the record")
	}
	return nil
}

// Put is the change that makes the store say what the entry says, in the place of what was read under the sequence number.
func Put(e Entry, base int64) (Change, error) {
	body, err := encode(e)
	if err != nil {
		return Change{}, fmt.Errorf("write %s %s: %w", e.Kind(), e.Head().ID, err)
	}
	return Change{Kind: e.Kind(), ID: e.Head().ID, Base: base, Body: body}, nil
}

// encode writes an entry as JSON in the one way in which it is kept, so that equal entries have equal bodies.
func encode(e Entry) (json.RawMessage, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
