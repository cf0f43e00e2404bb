// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	git "github.com/go-git/go-git/v5"
	"github.com/urfave/cli/v2"

	"communs/crawler/heritage"
)

func (p *program) swhIDCommand() *cli.Command {
	return &cli.Command{
		Name: "id",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "type", Usage: p.say.T("cmd.swh.id.type")},
			&cli.StringFlag{Name: "ref", Usage: p.say.T("cmd.swh.id.ref")},
			&cli.StringSliceFlag{Name: "exclude", Usage: p.say.T("cmd.swh.id.exclude")},
		},
		Action: p.action(shape{least: 1, most: -1, formats: []string{formatJSON, formatJSONL}, bare: true}, p.swhID),
	}
}

// swhIDResult is one identifier as JSON.
type swhIDResult struct {
	Path  string        `json:"path"`
	Type  heritage.Type `json:"type,omitempty"`
	SWHID string        `json:"swhid,omitempty"`
	Error string        `json:"error,omitempty"`
}

// swhID computes the identifiers of files, folders and repositories. It asks nobody.
func (p *program) swhID(ctx context.Context, c *cli.Context) error {
	q := identifying{p: p, want: heritage.Type(c.String("type")), ref: c.String("ref"), exclude: c.StringSlice("exclude")}
	types := []string{string(heritage.Content), string(heritage.Directory), string(heritage.Revision), string(heritage.Release), string(heritage.Snapshot)}
	if c.IsSet("type") {
		if err := checkChoice("--type", c.String("type"), types); err != nil {
			return err
		}
	}
	for _, pattern := range q.exclude {
		if _, err := path.Match(pattern, ""); err != nil {
			return faultOf(err, "cmd.swh.id.pattern", quote(pattern))
		}
	}
	var count tally
	list := []swhIDResult{}
	for _, arg := range c.Args().Slice() {
		r := swhIDResult{Path: arg}
		id, err := q.identify(ctx, arg)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			count.failed++
			r.Error, _ = p.say.Error(err)
			p.tell(err)
		} else {
			count.yes++
			r.Type, r.SWHID = id.Type, id.String()
		}
		list = append(list, r)
		if p.settings.format == formatText && err == nil {
			p.line("%s\t%s", r.SWHID, field(arg))
		}
	}
	switch p.settings.format {
	case formatJSON:
		if err := p.result(list); err != nil {
			return err
		}
	case formatJSONL:
		if err := results(p, list); err != nil {
			return err
		}
	}
	return count.verdict()
}

// identifying is what was asked for besides the paths.
type identifying struct {
	p       *program
	want    heritage.Type // empty: what the path looks like
	ref     string
	exclude []string
}

// identify computes one identifier. A file is a content, a folder a directory, a bare repository a snapshot, and what begins with
// swh: an identifier that is read and written in its standard form.
func (q *identifying) identify(ctx context.Context, arg string) (heritage.SWHID, error) {
	if arg == "-" {
		id, err := heritage.Spool(q.p.stdin)
		return heritage.SWHID{ID: id}, err
	}
	info, err := os.Stat(arg)
	if err != nil {
		if strings.HasPrefix(strings.ToLower(arg), "swh:") {
			s, err := heritage.Parse(arg)
			if len(s.Ignored) > 0 {
				q.p.note("cmd.swh.id.ignored", strings.Join(s.Ignored, ", "))
			}
			return s, err
		}
		return heritage.SWHID{}, faultOf(err, "cmd.input-unreadable", field(arg))
	}
	want := q.want
	switch {
	case want != "":
	case q.ref != "":
		want = heritage.Revision
	case !info.IsDir():
		want = heritage.Content
	case isBare(arg):
		want = heritage.Snapshot
	default:
		want = heritage.Directory
	}
	id, err := q.of(ctx, arg, info.IsDir(), want)
	if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
		err = faultOf(err, "cmd.input-unreadable", field(arg))
	}
	return heritage.SWHID{ID: id}, err
}

func (q *identifying) of(ctx context.Context, arg string, folder bool, want heritage.Type) (heritage.ID, error) {
	switch {
	case !folder && want == heritage.Content:
		return heritage.FileOf(arg)
	case !folder, want == heritage.Content && q.ref == "":
		return heritage.ID{}, fault("cmd.swh.id.not-that", field(arg), string(want))
	case want == heritage.Directory && q.ref == "" && !isBare(arg):
		return heritage.FolderOf(ctx, arg, q.exclude)
	}
	repo, err := git.PlainOpenWithOptions(arg, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if err != nil {
		return heritage.ID{}, faultOf(err, "cmd.swh.id.no-repository", field(arg))
	}
	objects := heritage.Streaming(repo.Storer, 1<<20)
	if want == heritage.Snapshot {
		return heritage.RepositorySnapshot(repo.Storer, objects)
	}
	ref := q.ref
	if ref == "" {
		ref = "HEAD"
	}
	return heritage.NamedObject(repo.Storer, objects, ref, want)
}

// isBare reports whether a folder is a git repository without a work tree.
func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
