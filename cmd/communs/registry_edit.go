// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/registry"
)

func (p *program) registryAddCommand() *cli.Command {
	return &cli.Command{
		Name:    "add",
		Aliases: []string{"ajouter"},
		Flags:   p.writingFlags(append(p.stepFlags(), p.fieldFlag("set"))...),
		Action:  p.action(shape{least: 1, most: 2, formats: []string{formatJSON}}, p.registryAdd),
	}
}

func (p *program) registryEditCommand() *cli.Command {
	seq := &cli.IntFlag{Name: "seq", Usage: p.say.T("cmd.registry.write.seq")}
	return &cli.Command{
		Name:    "edit",
		Aliases: []string{"modifier"},
		Flags:   p.writingFlags(p.fieldFlag("set"), p.fieldFlag("unset"), seq),
		Action:  p.action(shape{least: 2, most: 3, formats: []string{formatJSON}}, p.registryEdit),
	}
}

// fieldChanges are what a document and flags say of a record.
type fieldChanges struct {
	document *registry.Document // nil when there is none
	set      [][2]string        // field, value
	unset    []string
}

// fieldChanges reads the document that is named, if one is, and the flags.
func (p *program) fieldChanges(c *cli.Context, name string) (*fieldChanges, error) {
	f := &fieldChanges{unset: c.StringSlice("unset")}
	for _, s := range c.StringSlice("set") {
		path, value, ok := strings.Cut(s, "=")
		if !ok {
			return nil, fault("cmd.registry.write.no-value", quote(s))
		}
		f.set = append(f.set, [2]string{strings.TrimSpace(path), value})
	}
	if name == "" {
		if len(f.set)+len(f.unset) == 0 {
			return nil, fault("cmd.registry.write.nothing", called(c.App, c.Command))
		}
		return f, nil
	}
	if isAddress(name) {
		return nil, fault("cmd.registry.write.address", field(name))
	}
	in, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	d, err := registry.ReadDocument(in)
	var wrong *registry.DocumentError
	if err != nil && !errors.As(err, &wrong) {
		err = faultOf(err, "cmd.input-unreadable", field(name))
	}
	f.document = &d
	return f, err
}

// apply writes the changes into an entry, and says what could not be understood.
func (f *fieldChanges) apply(e registry.Entry) (problems []registry.Problem) {
	if f.document != nil {
		problems = registry.ReadFields(e, f.document.Fields)
	}
	for _, path := range f.unset {
		problems = append(problems, registry.ClearField(e, path)...)
	}
	for _, s := range f.set {
		problems = append(problems, registry.SetField(e, s[0], s[1])...)
	}
	return problems
}

// registryAdd makes a new record.
func (p *program) registryAdd(ctx context.Context, c *cli.Context) error {
	if isAddress(c.Args().First()) {
		return p.registryAddAddress(ctx, c, c.Args().First())
	}
	kind, err := kindNamed(c.Args().First())
	address := c.Args().Get(1)
	if err != nil && isAddress(address) {
		return fault("cmd.registry.add.kind-address", quote(c.Args().First()))
	}
	if err != nil {
		return err
	}
	if isAddress(address) && (kind == registry.KindSoftware || kind == registry.KindRepository) {
		return p.registryAddAddress(ctx, c, address) // what stands there is one, whatever it was called
	}
	changes, err := p.fieldChanges(c, address)
	if err != nil {
		return err
	}
	return p.revise(ctx, c, func(full *registry.Catalogue) ([]registry.Edit, error) {
		e := registry.NewEntry(kind)
		problems := changes.apply(e)
		completeByHand(e)
		return added(full, e, p.operator(c), problems)
	})
}

// added is the edit that makes a new record; one that is there already and says the same stays as it is.
func added(full *registry.Catalogue, e registry.Entry, source registry.Source, problems []registry.Problem) ([]registry.Edit, error) {
	m := e.Head()
	m.ID = cmp.Or(m.ID, registry.DeriveID(e))
	old, there := full.Entry(e.Kind(), m.ID)
	if !there || len(problems) > 0 {
		err := registry.ByHand(nil, e, source)
		return []registry.Edit{{Entry: e}}, cmp.Or(err, wrong(full, e, problems))
	}
	key := "registry.problem.taken"
	if old.Head().Status == registry.Withdrawn {
		key = "registry.problem.withdrawn"
	}
	m.Status, m.Sources = cmp.Or(m.Status, old.Head().Status), old.Head().Sources
	differ, err := registry.Differences(old.Entry, e)
	if err == nil && len(differ) > 0 {
		return nil, &wrongFields{e, []registry.Problem{{Field: "id", Key: key, Args: []any{m.ID}}}}
	}
	return []registry.Edit{{Entry: e, Base: old.Seq}}, err
}

// completeByHand fills in what need not be said of what is stated today.
func completeByHand(e registry.Entry) {
	switch e := e.(type) {
	case *registry.Use:
		e.Stated = cmp.Or(e.Stated, today())
	case *registry.Selection:
		e.Date = cmp.Or(e.Date, today())
	case *registry.Request:
		e.Date, e.State = cmp.Or(e.Date, today()), cmp.Or(e.State, registry.RequestOpen)
	}
}

// registryEdit changes a record.
func (p *program) registryEdit(ctx context.Context, c *cli.Context) error {
	kind, err := kindNamed(c.Args().First())
	if err != nil {
		return err
	}
	id := c.Args().Get(1)
	changes, err := p.fieldChanges(c, c.Args().Get(2))
	if err != nil {
		return err
	}
	read := int64(c.Int("seq"))
	if changes.document != nil {
		read = cmp.Or(read, changes.document.Seq)
	}
	return p.revise(ctx, c, func(full *registry.Catalogue) ([]registry.Edit, error) {
		old, e, seq, err := known[registry.Entry](full, kind, id)
		if err != nil {
			return nil, err
		}
		if read != 0 && read != seq {
			return nil, &registry.ConflictError{Kind: kind, ID: id, Base: read, Have: seq}
		}
		if changes.document != nil { // what it does not say is taken out, but for what a record always has
			e = registry.NewEntry(kind)
			*e.Head() = registry.Meta{ID: id, Status: old.Head().Status, Sources: old.Head().Sources}
		}
		problems := changes.apply(e)
		if e.Head().ID != id {
			problems = append(problems, registry.Problem{Field: "id", Key: "registry.problem.fixed", Args: []any{id}})
			e.Head().ID = id
		}
		if e.Head().Status == registry.Withdrawn && old.Head().Status != registry.Withdrawn {
			problems = append(problems, registry.Problem{Field: "status", Key: "registry.problem.withdraw"})
		}
		err = cmp.Or(wrong(full, e, problems), registry.ByHand(old, e, p.operator(c)))
		return []registry.Edit{{Entry: e, Base: seq}}, err
	})
}
