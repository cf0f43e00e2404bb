// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/internal/backup"
	"communs/internal/durable"
	"communs/registry"
)

func (p *program) backupCommand() *cli.Command {
	return &cli.Command{
		Name:   "backup",
		Flags:  []cli.Flag{p.boolFlag("with-mirrors")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.backup),
	}
}

func (p *program) restoreCommand() *cli.Command {
	return &cli.Command{
		Name:   "restore",
		Flags:  []cli.Flag{p.boolFlag("force")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.restore),
	}
}

// backupResult is what a backup prints as JSON.
type backupResult struct {
	File    string    `json:"file"`
	Created time.Time `json:"created"`
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"` // before compression
	Mirrors bool      `json:"mirrors"`
	Unread  []string  `json:"unread"` // files that are left out
}

func (p *program) backup(ctx context.Context, c *cli.Context) error {
	name := c.Args().First()
	if name == "-" && isTerminal(p.out) {
		return fault("cmd.backup.terminal")
	}
	show := p.progress()
	o := backup.Options{
		Dir: p.settings.data, Config: p.settings.config.path, Mirrors: c.Bool("with-mirrors"), Program: buildVersion(), Now: time.Now(),
		Progress: func(files int, bytes int64) { show.live("cmd.backup.live", files, p.size(bytes)) },
	}
	if o.Mirrors { // they must not change meanwhile
		lock, err := p.lockExisting()
		if err != nil {
			return err
		}
		defer lock.Release()
	}
	sum, err := p.writeBackup(ctx, name, o)
	show.done()
	if err != nil {
		return err
	}
	if err := p.backedUp(name, sum); err != nil {
		return err
	}
	if n := len(sum.Unread); n > 0 {
		return verdict{exitPart, "cmd.backup.part", []any{n, field(sum.Unread[0])}}
	}
	return nil
}

// lockExisting keeps writers out of the data folder, which must be there.
func (p *program) lockExisting() (*durable.Lock, error) {
	if _, err := os.Stat(p.settings.data); err != nil {
		return nil, &backup.NothingError{Dir: p.settings.data}
	}
	return durable.Acquire(p.settings.data)
}

// writeBackup writes into a file, or on stdout for "-".
func (p *program) writeBackup(ctx context.Context, name string, o backup.Options) (*backup.Summary, error) {
	if name != "-" {
		return backup.WriteFile(ctx, &durable.Disk{}, name, o)
	}
	temp, err := os.MkdirTemp("", "communs-backup-")
	if err != nil {
		return nil, err
	}
	sum, err := backup.Write(ctx, p.out, temp, o)
	return sum, errors.Join(err, os.RemoveAll(temp))
}

// backedUp tells what was written: on stderr when the backup itself is on stdout.
func (p *program) backedUp(name string, sum *backup.Summary) error {
	key := "cmd.backup.done"
	if !sum.Mirrors {
		key = "cmd.backup.done-without-mirrors"
	}
	args := []any{sum.Files, p.size(sum.Bytes), field(name)}
	switch {
	case name == "-":
		p.note(key, args...)
	case p.settings.format != formatText:
		result := backupResult{name, sum.Created, sum.Files, sum.Bytes, sum.Mirrors, sum.Unread}
		if result.Unread == nil {
			result.Unread = []string{}
		}
		return p.result(result)
	default:
		p.line("%s", p.say.T(key, args...))
	}
	return nil
}

// restoreResult is what a restore prints as JSON.
type restoreResult struct {
	Data    string    `json:"data"`
	Created time.Time `json:"created"` // when the backup was taken
	Program string    `json:"program"` // version of Communs that took it
	Files   int       `json:"files"`
	Bytes   int64     `json:"bytes"`
	Mirrors bool      `json:"mirrors"`
	Aside   string    `json:"aside,omitempty"`  // folder that keeps what was there before
	Config  string    `json:"config,omitempty"` // the configuration of the backup
	Next    []string  `json:"next"`             // commands that bring the rest up to date
}

func (p *program) restore(ctx context.Context, c *cli.Context) error {
	name := c.Args().First()
	in, err := p.openInput(name)
	if err != nil {
		return err
	}
	defer in.Close()
	show := p.progress()
	done, err := backup.Restore(ctx, in, backup.RestoreOptions{
		Dir: p.settings.data, Force: c.Bool("force"), Disk: &durable.Disk{}, Now: time.Now(), Verify: readable,
		Progress: func(files int, bytes int64) { show.live("cmd.restore.live", files, p.size(bytes)) },
	})
	show.done()
	if err != nil {
		return err
	}
	result := restoreResult{p.settings.data, done.Created, done.Program, done.Files, done.Bytes, done.Mirrors, done.Aside, done.Config, nil}
	if result.Next = []string{"communs doctor"}; done.Mirrors {
		result.Next = []string{"communs index"}
	}
	if p.settings.format != formatText {
		return p.result(result)
	}
	p.line("%s", p.say.T("cmd.restore.done", done.Files, p.size(done.Bytes), done.Created.Format(time.RFC3339), field(p.settings.data)))
	if done.Aside != "" {
		p.line("%s", p.say.T("cmd.restore.aside", field(done.Aside)))
	}
	if done.Config != "" {
		p.line("%s", p.say.T("cmd.restore.config", field(done.Config)))
	}
	if done.Mirrors {
		p.line("%s", p.say.T("cmd.restore.next-index"))
	} else {
		p.line("%s", p.say.T("cmd.restore.next-doctor"))
	}
	p.line("%s", p.say.T("cmd.restore.withdrawals"))
	return nil
}

// readable has those who keep tables in the database open it.
func readable(ctx context.Context, dir string) error {
	records, err := registry.OpenSQLite(ctx, registry.Config{Dir: dir, ReadOnly: true})
	if err != nil {
		return err
	}
	_, err = records.Seq(ctx)
	if err = errors.Join(err, records.Close()); err != nil {
		return err
	}
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: dir, ReadOnly: true})
	if err != nil {
		return err
	}
	return mirrors.Close()
}
