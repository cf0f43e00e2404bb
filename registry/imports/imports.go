// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package imports brings entries of the registry from elsewhere: lists of members, descriptors, other catalogues.
//
// Each reader takes files, gives the entries that they tell of, and says of everything else why it was left out. It decides nothing:
// [registry.Import] recognises what is known already, checks, plans and applies.
package imports

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"communs/crawler"
	"communs/licenses"
	"communs/registry"
)

// Origin is where entries come from: it names the reader, and the source of the records.
type Origin string

// The origins.
const (
	Base       Origin = registry.BaseSource // what comes with the program
	Members    Origin = "members"           // a cluster's members and their forges, as a table
	Publiccode Origin = "publiccode"        // publiccode.yml
	Chatons    Origin = "chatons"           // properties of the hosts of the CHATONS collective
	Awesome    Origin = "awesome"           // awesome-selfhosted's data
	SILL       Origin = "sill"              // the socle interministériel de logiciels libres
	Comptoir   Origin = "comptoir"          // the Comptoir du Libre's export
)

// Origins lists the origins, in the order in which they are explained.
func Origins() []Origin {
	return []Origin{Base, Members, Publiccode, Chatons, Awesome, SILL, Comptoir}
}

// Options say what is read.
type Options struct {
	Source   registry.Source     // of what is read: its name is the origin's when empty
	Known    *registry.Catalogue // what there is already; nil is an empty one
	Cluster  string              // id of the cluster whose members they are; may be empty
	Declared func(values []string) licenses.Expression
}

// Item is an entry, and where it stands.
type Item struct {
	Entry registry.Entry
	Path  string
	Line  int // 0 when it has none
}

// Skipped is something that was left out, and why: a record, or one field of it.
type Skipped struct {
	Path   string
	Line   int
	Record string // its name, as far as it was read
	Field  string // empty when it is the whole record
	Why    error
}

// Result is what files tell of.
type Result struct {
	Source  registry.Source // with the licence and the credit that the origin states by itself
	Stated  string          // address at which the origin states its licence; empty when whoever imports states another, or the origin states none
	Items   []Item
	Skipped []Skipped
	Ignored []string               // columns that are not understood
	Crawl   []crawler.SourceConfig // forges and repositories to crawl
}

// Entries are those of the items.
func (r *Result) Entries() []registry.Entry {
	list := make([]registry.Entry, len(r.Items))
	for i, it := range r.Items {
		list[i] = it.Entry
	}
	return list
}

// Fault is something wrong with what is imported.
type Fault struct {
	Code string
	Args []any
	Err  error
}

func fault(code string, args ...any) *Fault { return &Fault{Code: code, Args: args} }

func (f *Fault) Error() string {
	if f.Err != nil {
		return "imports: " + f.Code + ": " + f.Err.Error()
	}
	return "imports: " + f.Code
}

func (f *Fault) Unwrap() error { return f.Err }

// Message says it to people.
func (f *Fault) Message() (key string, args []any) { return "imports." + f.Code, f.Args }

// maxItems is the most that one import may bring.
const maxItems = 20_000

// Read reads files of an origin. The error is about all of them; what is wrong with one record is among the skipped.
func Read(ctx context.Context, origin Origin, files []File, o Options) (*Result, error) {
	if o.Source.Name == "" {
		o.Source.Name = string(origin)
	}
	if o.Known == nil {
		o.Known = (*registry.Catalogue)(nil).With()
	}
	x := &reading{Options: o, ctx: ctx, result: &Result{}, ids: map[string]string{}}
	read, ok := readers()[origin]
	if !ok {
		return nil, fault("origin", string(origin), originNames())
	}
	if origin == Base {
		x.Source = registry.Source{Name: registry.BaseSource, Licence: "CC0-1.0"}
	} else if err := x.checkLicence(origin); err != nil {
		return nil, err
	}
	if err := read(x, files); err != nil {
		return nil, err
	}
	x.result.Source = x.Source
	return x.result, nil
}

func originNames() string {
	var names []string
	for _, o := range Origins() {
		names = append(names, string(o))
	}
	return strings.Join(names, ", ")
}

func readers() map[Origin]func(*reading, []File) error {
	return map[Origin]func(*reading, []File) error{
		Base: (*reading).base, Members: (*reading).members, Publiccode: (*reading).publiccode, Chatons: (*reading).chatons,
		Awesome: (*reading).awesome, SILL: (*reading).sill, Comptoir: (*reading).comptoir,
	}
}

// terms are what an origin states of all its data.
type terms struct{ licence, credit, at string }

// termsOf gives the terms of the origins that publish one set of data under one licence, and where they say so; of others, whoever imports has to
// state the licence, which is that of the file at hand.
func termsOf(o Origin) terms {
	switch o {
	case Awesome:
		return terms{"CC-BY-SA-3.0", "awesome-selfhosted", "https://github.com/awesome-selfhosted/awesome-selfhosted-data/blob/master/LICENSE"}
	case SILL:
		return terms{"etalab-2.0", "SILL, DINUM", "https://github.com/codegouvfr/sill/blob/main/web/public/tos_fr.md"}
	}
	return terms{}
}

// checkLicence wants the licence of the data: the one that was stated, or the origin's own.
func (x *reading) checkLicence(o Origin) error {
	own := termsOf(o)
	if x.Source.Licence == "" {
		x.Source.Licence, x.result.Stated = own.licence, own.at
	}
	x.Source.Credit = cmp.Or(x.Source.Credit, own.credit)
	if x.Source.Licence == "" {
		return fault("unlicensed", string(o))
	}
	_, err := licenses.Parse(x.Source.Licence)
	return err
}

// reading is one import being read.
type reading struct {
	Options
	ctx    context.Context
	result *Result
	ids    map[string]string // kind and id → what has it
}

func (x *reading) add(e registry.Entry, path string, line int) error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	if len(x.result.Items) >= maxItems {
		return fault("too-many", maxItems)
	}
	x.prune(e, path, line)
	x.result.Items = append(x.result.Items, Item{e, path, line})
	return nil
}

func (x *reading) skip(path string, line int, record string, why error) {
	x.result.Skipped = append(x.result.Skipped, Skipped{Path: path, Line: line, Record: record, Why: why})
}

// base gives the catalogue that comes with the program.
func (x *reading) base(files []File) error {
	entries, err := registry.Base()
	if err != nil {
		return err
	}
	for _, e := range entries {
		x.result.Items = append(x.result.Items, Item{Entry: e})
	}
	return nil
}

// meta is the head of an entry of this import.
func (x *reading) meta(id string) registry.Meta {
	return registry.Meta{ID: id, Status: registry.Proposed, Sources: []registry.Source{x.Source}}
}

// needs lists the catalogue's needs that have a mark.
func (x *reading) needs(mark func(*registry.Need) bool) (ids []string) {
	for _, n := range x.Known.Needs() {
		if mark(n) && !slices.Contains(ids, n.ID) {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// Endings are those of the files of an origin that are read where a folder is named.
func Endings(o Origin) []string {
	switch o {
	case Members:
		return []string{".csv", ".tsv"}
	case Chatons:
		return []string{".properties"}
	case SILL:
		return []string{".json"}
	case Comptoir:
		return []string{".json", ".csv"}
	}
	return []string{".yml", ".yaml"}
}
