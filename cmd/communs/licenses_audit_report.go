// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"communs/licenses/audit"
)

// reportFile is one report that is written to a file beside what is printed.
type reportFile struct{ format, name string }

// reportFiles reads the values of --write, each FORMAT=FILE.
func reportFiles(values []string) ([]reportFile, error) {
	known := append([]string{formatText}, audit.Formats()...)
	var files []reportFile
	for _, v := range values {
		format, name, found := strings.Cut(v, "=")
		if !found || name == "" {
			return nil, fault("cmd.licenses.audit.write-shape", quote(v))
		}
		if !slices.Contains(known, format) {
			return nil, checkChoice("--write", format, known)
		}
		files = append(files, reportFile{format, name})
	}
	return files, nil
}

// writeReports prints the report in the chosen format and writes it to the files in theirs.
func (p *program) writeReports(r *audit.Report, files []reportFile) error {
	for _, f := range files {
		if err := p.writeReportFile(r, f); err != nil {
			return err
		}
	}
	voice := audit.Voice{Printer: p.say, Paint: p.paint}
	if p.settings.format != audit.FormatNotice || isTerminal(p.out) { // the texts of licences stay as they are in a file
		voice.Visible = visible
	}
	return audit.Write(p.out, p.settings.format, r, voice)
}

// writeReportFile writes one file whole, or leaves what was there.
func (p *program) writeReportFile(r *audit.Report, f reportFile) (err error) {
	failed := func(err error) error { return faultOf(err, "cmd.licenses.audit.write-not-written", field(f.name)) }
	temporary, err := os.CreateTemp(filepath.Dir(f.name), ".communs-audit-*")
	if err != nil {
		return failed(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(temporary.Name())))
		}
	}()
	voice := audit.Voice{Printer: p.say}
	if f.format != audit.FormatNotice {
		voice.Visible = visible
	}
	if err := audit.Write(temporary, f.format, r, voice); err != nil {
		return errors.Join(failed(err), temporary.Close())
	}
	if err := errors.Join(temporary.Chmod(0o644), temporary.Close()); err != nil {
		return failed(err)
	}
	if err := os.Rename(temporary.Name(), f.name); err != nil {
		return failed(err)
	}
	p.note("cmd.licenses.audit.write-written", f.format, field(f.name))
	return nil
}

// ignoreMissing takes a file that is not there for removed.
func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// policyBeside is the policy at the top of the audited folder, which holds when --policy names none; nil when there is none. What others
// publish is not judged by a policy of their own: it is looked for in folders only.
func policyBeside(dir string) (*audit.Policy, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", field(dir))
	}
	defer root.Close()
	if info, err := root.Stat(audit.PolicyName); err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	f, err := root.Open(audit.PolicyName)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", audit.PolicyName)
	}
	text, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", audit.PolicyName)
	}
	return audit.ReadPolicy(audit.PolicyName, text)
}
