// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/licenses"
	"communs/licenses/audit"
)

func (p *program) licensesAuditCommand() *cli.Command {
	return &cli.Command{
		Name: "audit",
		Flags: []cli.Flag{
			p.stringFlag("into"), &cli.StringFlag{Name: "use", Usage: p.say.T("cmd.licenses.audit.use")}, p.stringFlag("policy"),
			p.boolFlag("dev"), &cli.StringSliceFlag{Name: "write", Usage: p.say.T("cmd.licenses.audit.write")}, p.intFlag("jobs"),
		},
		Action: p.action(shape{least: 0, most: 1, formats: audit.Formats()}, p.licensesAudit),
	}
}

// licensesAudit audits what the argument names, the current folder when there is none.
func (p *program) licensesAudit(ctx context.Context, c *cli.Context) error {
	options, err := p.auditOptions(c)
	if err != nil {
		return err
	}
	files, err := reportFiles(c.StringSlice("write"))
	if err != nil {
		return err
	}
	target := "."
	if c.Args().Present() {
		target = c.Args().First()
	}
	show := p.progress()
	defer show.done()
	options.Progress = func(step audit.Step, done int, name string) {
		if step == audit.StepFiles {
			show.live("cmd.licenses.audit.files", done, field(name))
		} else {
			show.live("cmd.licenses.audit.dependencies", done, field(name))
		}
	}
	input, err := p.auditInput(ctx, target, options.Jobs, show)
	if err != nil {
		return err
	}
	defer input.close()
	if options.Detector, err = licenses.NewDetector(); err != nil {
		return fmt.Errorf("ready the licence detector: %w", err)
	}
	options.Subject, options.Dir = input.subject, input.dir
	if options.Policy == nil && input.subject.Kind == audit.Folder {
		if options.Policy, err = policyBeside(input.dir); err != nil {
			return err
		}
	}
	var report *audit.Report
	if input.bill != nil {
		report, err = input.bill(ctx, options)
	} else {
		report, err = audit.Run(ctx, input.source, options)
	}
	show.done()
	if errors.Is(err, fs.ErrPermission) { // of a mirror: what else may not be read is a part of the report
		return faultOf(err, "cmd.licenses.audit.unreadable", field(target))
	} else if err != nil {
		return err
	}
	if err := p.writeReports(report, files); err != nil {
		return err
	}
	return p.concludeAudit(report)
}

// concludeAudit chooses the exit code: a partial answer is no answer. Text says the verdict and what could not be read itself.
func (p *program) concludeAudit(r *audit.Report) error {
	v := verdict{code: exitNo, args: []any{r.Counts.Errors}}
	switch {
	case len(r.Partial) > 0:
		v = verdict{exitPart, "cmd.licenses.audit.part", []any{len(r.Partial)}}
	case r.Verdict == audit.NotCompliant:
		v.key = "cmd.licenses.audit.not-compliant"
	case r.Verdict != audit.Compliant:
		v.key = "cmd.licenses.audit.unknown-verdict"
	default:
		return nil
	}
	if p.settings.format == formatText {
		v.key = ""
		return v
	}
	const shown = 10
	for i := range r.Partial[:min(shown, len(r.Partial))] {
		key, args := r.Partial[i].Message()
		args[0] = field(r.Partial[i].Path)
		p.tell(fault(key, args...))
	}
	return v
}

// auditOptions reads the flags.
func (p *program) auditOptions(c *cli.Context) (o audit.Options, err error) {
	o = audit.Options{Tool: audit.Tool{Name: "communs", Version: buildVersion()}, Dev: c.Bool("dev"), Caches: p.caches()}
	if o.Jobs, err = p.number(c, "jobs", 0, runtime.GOMAXPROCS(0)); err != nil {
		return o, err
	}
	if o.Time, o.Today, err = p.auditTime(); err != nil {
		return o, err
	}
	if into := c.String("into"); into != "" {
		if o.Into, err = licenses.Parse(into); err != nil {
			return o, err
		}
	}
	if word := c.String("use"); word != "" {
		use, err := licenses.ParseUse(word)
		if err != nil {
			return o, err
		}
		o.Use = &use
	}
	if file := c.String("policy"); file != "" {
		o.Policy, err = readPolicy(file)
	}
	return o, err
}

// auditTime is the time that a report is dated, and today's. With SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/)
// it is that, so that equal input gives equal reports; what a policy says of dates is then held against it too.
func (p *program) auditTime() (dated, today time.Time, err error) {
	const variable = "SOURCE_DATE_EPOCH"
	if v := p.env[variable]; v != "" {
		seconds, err := strconv.ParseInt(v, 10, 64)
		if err != nil || seconds < 0 {
			return dated, today, fault("cmd.flag-number", variable, quote(v))
		}
		at := time.Unix(seconds, 0).UTC()
		return at, at, nil
	}
	return time.Time{}, time.Now().UTC(), nil
}

func readPolicy(file string) (*audit.Policy, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, faultOf(err, "cmd.licenses.audit.no-policy", field(file))
	} else if err != nil {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", field(file))
	}
	return audit.ReadPolicy(filepath.ToSlash(file), text)
}

// caches are the folders where package managers keep what they brought, as their own documentation finds them.
func (p *program) caches() audit.Caches {
	home := p.home("HOME", "", "")
	below := func(variable string, path ...string) string {
		if dir := p.env[variable]; dir != "" {
			return dir
		}
		if home == "" {
			return ""
		}
		return filepath.Join(append([]string{home}, path...)...)
	}
	c := audit.Caches{
		GoModules: crawler.ModuleCache(func(name string) string { return p.env[name] }),
		Cargo:     below("CARGO_HOME", ".cargo"),
		Maven:     below("", ".m2", "repository"),
	}
	if venv := p.env["VIRTUAL_ENV"]; venv != "" {
		c.Python = []string{venv}
	}
	for _, variable := range []string{"GEM_HOME", "GEM_PATH"} {
		for _, dir := range filepath.SplitList(p.env[variable]) {
			if dir != "" {
				c.Gems = append(c.Gems, dir)
			}
		}
	}
	return c
}
