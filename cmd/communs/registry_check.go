// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"

	"communs/licenses"
	"communs/registry/descriptors"
)

func (p *program) registryCheckCommand() *cli.Command {
	return &cli.Command{
		Name:   "check",
		Action: p.action(shape{most: -1, formats: []string{formatJSON, formatJSONL}, bare: true}, p.registryCheck),
	}
}

// checkedDescriptor is what is wrong in one descriptor.
type checkedDescriptor struct {
	Path     string             `json:"path"`
	Format   descriptors.Format `json:"format"`
	Version  string             `json:"version,omitempty"` // of the standard, as the file states it
	Valid    bool               `json:"valid"`
	Errors   int                `json:"errors"`
	Warnings int                `json:"warnings"`
	Faults   []descriptorFault  `json:"faults"`
}

type descriptorFault struct {
	*descriptors.Fault
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// checkedDescriptors is the answer as one JSON document.
type checkedDescriptors struct {
	Files []*checkedDescriptor `json:"files"`
	Valid bool                 `json:"valid"` // all of them
}

// registryCheck says what is wrong in publiccode.yml and codemeta.json: those named, those of the folders named, or what stdin holds.
func (p *program) registryCheck(_ context.Context, c *cli.Context) error {
	names := c.Args().Slice()
	if len(names) == 0 {
		names = []string{"."}
	}
	files, err := descriptorFiles(names)
	if err != nil {
		return err
	}
	detector := sync.OnceValues(licenses.NewDetector)
	var broken error
	reader := descriptors.Reader{Declared: func(values []string) licenses.Expression {
		d, err := detector()
		if err != nil {
			broken = err
			return licenses.Expression{}
		}
		return d.Declared(values)
	}}
	all := checkedDescriptors{Files: []*checkedDescriptor{}, Valid: true}
	for _, name := range files {
		d, err := p.checkDescriptor(reader, name)
		if err = errors.Join(err, broken); err != nil {
			return err
		}
		all.Valid = all.Valid && d.Valid
		switch p.settings.format {
		case formatJSON:
			all.Files = append(all.Files, d)
		case formatJSONL:
			err = p.result(d)
		default:
			p.showDescriptor(d)
		}
		if err != nil {
			return err
		}
	}
	if p.settings.format == formatJSON {
		if err := p.result(all); err != nil {
			return err
		}
	}
	if !all.Valid {
		return verdict{code: exitNo}
	}
	return nil
}

// descriptorFiles lists the descriptors that are meant: of a folder, those at its top.
func descriptorFiles(names []string) (files []string, err error) {
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "-" || err == nil && !info.IsDir() {
			files = append(files, name)
			continue
		}
		if err != nil {
			return nil, faultOf(err, "cmd.input-unreadable", field(name))
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, faultOf(err, "cmd.input-unreadable", field(name))
		}
		before := len(files)
		for _, e := range entries {
			if !e.IsDir() && descriptors.FormatOf(e.Name()) != "" {
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
		if len(files) == before {
			return nil, fault("cmd.registry.check.none", field(name))
		}
	}
	return files, nil
}

// checkDescriptor reads one file. Its format is told by its name, or by how it begins.
func (p *program) checkDescriptor(reader descriptors.Reader, name string) (*checkedDescriptor, error) {
	in, err := p.openInput(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	r := bufio.NewReader(in)
	format := descriptors.FormatOf(name)
	if format == "" {
		if format, err = guessFormat(r); err != nil {
			return nil, faultOf(err, "cmd.input-unreadable", field(name))
		}
	}
	doc, err := reader.Read(format, r)
	if err != nil {
		return nil, faultOf(err, "cmd.input-unreadable", field(name))
	}
	d := &checkedDescriptor{Path: name, Format: doc.Format, Version: doc.Version, Valid: doc.Valid(), Faults: []descriptorFault{}}
	for _, f := range doc.Faults {
		if f.Severity == descriptors.Error {
			d.Errors++
		} else {
			d.Warnings++
		}
		sentence, hint := p.say.Error(f)
		d.Faults = append(d.Faults, descriptorFault{f, sentence, hint})
	}
	return d, nil
}

// guessFormat tells JSON from YAML by its first character.
func guessFormat(r *bufio.Reader) (descriptors.Format, error) {
	start, err := r.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if text := strings.TrimLeft(string(start), "\ufeff\xff\xfe\x00 \t\r\n"); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		return descriptors.Codemeta, nil
	}
	return descriptors.Publiccode, nil
}

// showDescriptor writes the faults of a file as compilers do, each with what to do about it, then whether it is valid.
func (p *program) showDescriptor(d *checkedDescriptor) {
	for _, f := range d.Faults {
		p.line("%s:%d:%d: %s %s", field(d.Path), f.Line, f.Column, p.say.T("cmd.registry.check."+string(f.Severity)), visible(oneLine(f.Message)))
		p.line("    %s", p.paint(styleDim, visible(oneLine(f.Hint))))
	}
	key := "cmd.registry.check.valid"
	if !d.Valid {
		key = "cmd.registry.check.invalid"
	}
	p.line("%s", p.paint(styleBold, p.say.T(key, field(d.Path), p.say.T("cmd.registry.check.errors", d.Errors), p.say.T("cmd.registry.check.warnings", d.Warnings))))
}
