// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
	"communs/registry"
	"communs/registry/commons"
	"communs/registry/publiclog"
)

func (p *program) registryVerifyCommand() *cli.Command {
	return &cli.Command{
		Name:    "verify",
		Aliases: []string{"verifier", "vérifier"},
		Flags:   []cli.Flag{&cli.StringFlag{Name: "head", Usage: p.say.T("cmd.registry.verify.head")}},
		Action:  p.action(shape{most: 1, formats: []string{formatJSON}}, p.registryVerify),
	}
}

func (p *program) registryLogCommand() *cli.Command {
	return &cli.Command{
		Name:    "log",
		Aliases: []string{"journal"},
		Flags:   []cli.Flag{&cli.IntFlag{Name: "after", Usage: p.say.T("cmd.registry.log.after")}},
		Action:  p.action(shape{formats: []string{formatJSON, formatJSONL}}, p.registryLog),
	}
}

func (p *program) registryEraseCommand() *cli.Command {
	return &cli.Command{
		Name:    "erase",
		Aliases: []string{"effacer"},
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "reason", Usage: p.say.T("cmd.registry.erase.reason")},
			&cli.BoolFlag{Name: "personal", Usage: p.say.T("cmd.registry.erase.personal")},
		},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON}}, p.registryErase),
	}
}

// verified is what checking a log prints as JSON.
type verified struct {
	Whole  bool           `json:"whole"`
	Head   publiclog.Head `json:"head"`   // of what was checked and found good
	Until  *time.Time     `json:"until"`  // when its last entry was made; null of an empty log
	Erased int64          `json:"erased"` // texts that were taken out
	Fault  *logFault      `json:"fault,omitempty"`
}

// logFault is the first entry that does not hold, and why.
type logFault struct {
	N       int64  `json:"n"`
	Line    int    `json:"line,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`

	told words.Messenger
}

// logFault says of an error where the log does not hold, or gives back one that is of something else.
func (p *program) logFault(err error) (*logFault, error) {
	f := &logFault{}
	var chain *publiclog.Fault
	var breach *commons.Breach
	switch {
	case errors.As(err, &chain):
		f.N, f.Line, f.Code, f.told = chain.N, chain.Line, chain.Code, chain
	case errors.As(err, &breach):
		f.N, f.Code, f.told = breach.N, "breach", breach
	default:
		return nil, err
	}
	f.Message, f.Hint = p.say.Error(f.told)
	return f, nil
}

// registryVerify checks the public log, or an export of one.
func (p *program) registryVerify(ctx context.Context, c *cli.Context) error {
	var anchor *publiclog.Anchor
	if c.IsSet("head") {
		a, err := publiclog.ParseAnchor(c.String("head"))
		if err != nil {
			return err
		}
		anchor = &a
	}
	v, err := p.verifyLog(ctx, c.Args().First(), anchor)
	bad, err := p.logFault(err)
	if err != nil {
		return err
	}
	r := verified{Whole: bad == nil, Head: v.Head(), Erased: v.Erased()}
	if at := v.Until(); r.Head.N > 0 {
		r.Until = &at
	}
	r.Fault = bad
	if p.settings.format == formatJSON {
		if err := p.result(r); err != nil || bad == nil {
			return err
		}
		return verdict{code: exitNo}
	}
	if bad != nil {
		p.line("%s", p.say.T("cmd.registry.verify.good", r.Head.N))
		key, args := bad.told.Message()
		return verdict{exitNo, key, args}
	}
	if r.Head.N == 0 {
		p.line("%s", p.say.T("cmd.registry.verify.empty"))
		return nil
	}
	p.line("%s", p.say.T("cmd.registry.verify.whole", r.Head.N, v.Until().Format(time.RFC3339)))
	if r.Erased > 0 {
		p.line("%s", p.say.T("cmd.registry.verify.erased", r.Erased))
	}
	p.line("%s", p.say.T("cmd.registry.verify.keep", fmt.Sprintf("%s@%d", r.Head.Hash, r.Head.N)))
	return nil
}

// verifyLog checks a file, or the log of the data folder when none is named.
func (p *program) verifyLog(ctx context.Context, file string, anchor *publiclog.Anchor) (*publiclog.Verifier, error) {
	if file == "" {
		s, err := p.readStore(ctx)
		if err != nil {
			return nil, err
		}
		defer s.Close()
		v, err := registry.Verify(ctx, s, anchor)
		if err == nil {
			_, err = commons.New(s, time.Now).State(ctx)
		}
		return v, err
	}
	in, err := p.openInput(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	v, state := &publiclog.Verifier{Anchor: anchor}, commons.NewState()
	var breach error
	for e, err := range publiclog.Read(in) {
		if err == nil {
			err = errors.Join(v.Add(e), ctx.Err())
		}
		if err != nil {
			return v, err
		}
		if breach == nil {
			breach = state.Add(e)
		}
	}
	return v, cmp.Or(v.End(), breach)
}

// readStore opens the registry for reading; where there is none it complains.
func (p *program) readStore(ctx context.Context) (registry.Store, error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); errors.Is(err, fs.ErrNotExist) {
		return nil, fault("cmd.registry.empty")
	}
	return registry.OpenSQLite(ctx, registry.Config{Dir: p.settings.data, ReadOnly: true})
}

// registryLog writes the public log as anybody may have it.
func (p *program) registryLog(ctx context.Context, c *cli.Context) error {
	s, err := p.readStore(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	list := []publiclog.Entry{}
	for e, err := range s.Log(ctx, int64(c.Int("after"))) {
		if err != nil {
			return err
		}
		switch p.settings.format {
		case formatJSON:
			list = append(list, e)
		case formatJSONL:
			if err := p.result(e); err != nil {
				return err
			}
		default:
			body := string(e.Body.Text)
			if e.Body.Text == nil {
				body = p.say.T("cmd.registry.log.erased")
			}
			p.line("%d  %s  %s %s %s", e.N, e.At.Format(time.RFC3339), p.paint(styleBold, e.Type), e.About, p.paint(styleDim, visible(body)))
		}
	}
	if p.settings.format != formatJSON {
		return nil
	}
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	return p.result(map[string]any{"head": head, "entries": list})
}

// registryErase takes a text out of the public log.
func (p *program) registryErase(ctx context.Context, c *cli.Context) error {
	n, err := strconv.ParseInt(c.Args().First(), 10, 64)
	if err != nil || n < 1 {
		return fault("cmd.registry.erase.number", quote(c.Args().First()))
	}
	s, err := p.importStore(ctx, false)
	if err != nil {
		return err
	}
	defer s.Close()
	err = s.Erase(ctx, registry.Erasure{Entry: n, Personal: c.Bool("personal"), Reason: c.String("reason"), By: operatorActor()})
	var refused *registry.ErasureError
	if errors.As(err, &refused) && refused.Code != "reason" {
		key, args := refused.Message()
		return verdict{exitNo, key, args}
	}
	if err != nil {
		return err
	}
	head, err := s.Head(ctx)
	if err == nil && p.settings.format == formatJSON {
		return p.result(map[string]any{"erased": n, "head": head})
	}
	p.note("cmd.registry.erase.done", strconv.FormatInt(n, 10))
	return err
}
