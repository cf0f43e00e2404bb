// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"communs/crawler"
	"communs/licenses/audit"
)

// auditInput is what is audited.
type auditInput struct {
	source  audit.Source
	subject audit.Subject
	dir     string // beside which installed packages may lie
	bill    func(context.Context, audit.Options) (*audit.Report, error)
	closers []func() error
}

func (a *auditInput) close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	return errors.Join(errs...)
}

// auditInput finds out what the argument is: a folder, a file by its content, standard input, or a repository's address.
func (p *program) auditInput(ctx context.Context, target string, jobs int, show *progress) (*auditInput, error) {
	if target == "-" {
		return p.auditStdin(ctx)
	}
	if strings.Contains(target, "://") {
		return p.auditRepository(ctx, target, jobs, show)
	}
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, faultOf(err, "cmd.licenses.audit.not-there", field(target))
	case err != nil:
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", field(target))
	case info.IsDir():
		return &auditInput{
			source: audit.FolderSource{Dir: target}, dir: target, subject: audit.Subject{Kind: audit.Folder, Name: audit.Base(target)},
		}, nil
	case !info.Mode().IsRegular():
		return nil, fault("cmd.licenses.audit.unknown", field(target))
	}
	f, err := os.Open(target)
	if err != nil {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", field(target))
	}
	input, err := auditFile(f, filepath.Base(target), info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if input.closers = append(input.closers, f.Close); input.subject.Kind == audit.LockFile {
		input.dir = filepath.Dir(target)
	}
	return input, nil
}

// auditFile tells by its content what a file is.
func auditFile(f *os.File, name string, size int64) (*auditInput, error) {
	head := make([]byte, 64<<10)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, faultOf(err, "cmd.licenses.audit.unreadable", field(name))
	}
	head = head[:n]
	input := &auditInput{subject: audit.Subject{Name: name}}
	section := io.NewSectionReader(f, 0, size)
	lock := audit.LockName(name, head)
	switch {
	case audit.IsArchive(head):
		input.subject.Kind, input.source = audit.Archive, audit.ArchiveSource{Name: name, Data: f, Size: size}
	case lock == "" && audit.LooksLikeSBOM(head):
		input.subject.Kind = audit.SBOM
		input.bill = func(ctx context.Context, o audit.Options) (*audit.Report, error) {
			bill, err := audit.ReadSBOM(name, section, o.Detector)
			if err != nil {
				return nil, err
			}
			return audit.RunBill(ctx, bill, o)
		}
	case lock != "":
		input.subject.Kind, input.source = audit.LockFile, audit.FileSource{Name: lock, Data: section}
	default:
		return nil, fault("cmd.licenses.audit.unknown", field(name))
	}
	return input, nil
}

// maxStdin is how much is taken from standard input: it is kept in a file while it is read.
const maxStdin = 2 << 30

// auditStdin keeps standard input in a file, since archives and recognition need to read it more than once.
func (p *program) auditStdin(ctx context.Context) (*auditInput, error) {
	f, err := os.CreateTemp("", "communs-audit-*")
	if err != nil {
		return nil, fmt.Errorf("keep standard input: %w", err)
	}
	remove := func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }
	n, err := io.Copy(f, io.LimitReader(stopReader{ctx, p.stdin}, maxStdin+1))
	switch {
	case ctx.Err() != nil:
		return nil, errors.Join(context.Cause(ctx), remove())
	case err != nil:
		return nil, errors.Join(faultOf(err, "cmd.licenses.audit.unreadable", "-"), remove())
	case n > maxStdin:
		return nil, errors.Join(fault("cmd.licenses.audit.stdin-long", maxStdin>>20), remove())
	case n == 0:
		return nil, errors.Join(fault("cmd.licenses.audit.empty"), remove())
	}
	input, err := auditFile(f, "-", n)
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	input.closers = append(input.closers, remove)
	return input, nil
}

// stopReader reads until it is interrupted.
type stopReader struct {
	ctx context.Context
	r   io.Reader
}

func (s stopReader) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

// auditRepository audits the snapshot of a repository: of the mirror in the data folder when there is one, else of one that is made for
// this audit and removed after it.
func (p *program) auditRepository(ctx context.Context, address string, jobs int, show *progress) (*auditInput, error) {
	if input, err := p.auditMirror(ctx, address); input != nil || err != nil {
		return input, err
	}
	dir, err := os.MkdirTemp("", "communs-audit-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the mirror: %w", err)
	}
	input := &auditInput{closers: []func() error{func() error { return os.RemoveAll(dir) }}}
	if err := p.fetchForAudit(ctx, input, dir, address, jobs, show); err != nil {
		return nil, errors.Join(err, input.close())
	}
	return input, nil
}

// auditMirror finds the mirror in the data folder; nil when there is none, or when somebody else is writing there.
func (p *program) auditMirror(ctx context.Context, address string) (*auditInput, error) {
	if _, err := os.Stat(filepath.Join(p.settings.data, "communs.db")); err != nil {
		return nil, nil
	}
	s, err := p.openStoreAt(ctx, p.settings.data, 1)
	if err != nil {
		return nil, nil
	}
	snapshot, err := s.crawler.Snapshot(ctx, address)
	var unknown *crawler.UnknownError
	if errors.As(err, &unknown) {
		return nil, s.close()
	} else if errors.Is(err, fs.ErrPermission) {
		return nil, errors.Join(faultOf(err, "cmd.licenses.audit.unreadable", field(address)), s.close())
	} else if err != nil {
		return nil, errors.Join(err, s.close())
	}
	input := &auditInput{closers: []func() error{s.close}}
	input.take(snapshot)
	return input, nil
}

// fetchForAudit mirrors a repository into a folder of its own.
func (p *program) fetchForAudit(ctx context.Context, input *auditInput, dir, address string, jobs int, show *progress) error {
	source, err := argument(address, "")
	if err != nil {
		return err
	}
	s, err := p.openStoreAt(ctx, dir, jobs)
	if err != nil {
		return err
	}
	input.closers = append(input.closers, s.close)
	var failed error
	report := p.reporter(show, false)
	if _, err := s.crawler.Crawl(ctx, []crawler.SourceConfig{source}, func(e crawler.Event) {
		if e.Err != nil && failed == nil {
			failed = e.Err
		} else if e.Kind == crawler.Progress {
			report(e)
		}
	}); err != nil {
		return err
	}
	snapshot, err := s.crawler.Snapshot(ctx, address)
	if err != nil && failed != nil {
		return failed
	} else if err != nil {
		return err
	}
	input.take(snapshot)
	return nil
}

func (a *auditInput) take(s *crawler.Snapshot) {
	a.source = snapshotSource{s}
	a.subject = audit.Subject{Kind: audit.Repository, Name: s.URL, Commit: s.Commit}
}

// snapshotSource gives the files of a mirror's snapshot.
type snapshotSource struct{ s *crawler.Snapshot }

// Files yields the snapshot's files in path order.
func (s snapshotSource) Files(ctx context.Context) iter.Seq2[audit.Entry, error] {
	return func(yield func(audit.Entry, error) bool) {
		for f, err := range s.s.Files() {
			if ctx.Err() != nil {
				yield(audit.Entry{}, context.Cause(ctx))
				return
			}
			e := audit.Entry{Path: f.Path, Open: f.Open}
			if f.Mode == gitLink {
				e.Skip = audit.SkippedLink
			}
			if err != nil && f.Path != "" {
				err = audit.Unreadable(f.Path, err)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// gitLink is how git marks a symbolic link.
const gitLink = 0o120000
