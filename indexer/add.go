// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"communs/crawler"
	"communs/licenses"
)

// fact is what is known of a blob's content, whichever paths it stands at.
type fact struct {
	skip     Reason
	lang     string
	flags    Flag
	findings []licenses.Finding
}

// job is one file on its way through the analysis.
type job struct {
	file crawler.File
	fact *fact              // shared by all files of the same content
	own  []licenses.Finding // statements that hold because of this path
	read bool               // the content must be analysed: nobody has it yet
	look bool               // the content must be read for what the path says of it
	says declaration        // what it says of components
	tell bool               // the content must be read for that
	blob *analysed
	took bool // its blob, if it has one, is in the shard
}

// Add brings the index up to date with one snapshot. A state that is in service already costs nothing.
func (w *Writer) Add(ctx context.Context, s *crawler.Snapshot) error {
	meta := repoMeta(s)
	w.progress.Repo = meta.URL
	if w.unchanged(meta) {
		w.progress.Unchanged++
		return nil
	}
	jobs, err := w.analyse(ctx, s)
	if err != nil {
		for _, j := range jobs { // what was not written is not known after all
			if j.read && !j.took {
				delete(w.seen, j.file.Hash)
			}
		}
		return fmt.Errorf("index %s: %w", meta.URL, err)
	}
	if err := w.occurrences(meta, jobs); err != nil {
		return fmt.Errorf("index %s: %w", meta.URL, err)
	}
	w.progress.Repos++
	w.dirty = true
	if w.shard != nil && w.shard.bytes() >= w.opts.ShardBytes && !w.opts.Rebuild && len(w.opts.Discard) == 0 {
		return w.Publish(ctx)
	}
	return nil
}

func repoMeta(s *crawler.Snapshot) RepoMeta {
	r := s.Repository
	return RepoMeta{
		URL: r.URL, Name: r.Name, Owner: r.Owner, Description: r.Description, Homepage: r.Homepage, Source: r.Source,
		Commit: s.Commit, Version: r.Version, Time: s.Time.UTC(), FirstSeen: s.FirstSeen.UTC(), Fork: r.Fork,
		Parent: r.Parent, MirrorOf: r.MirrorOf, Aliases: s.Aliases, Note: s.Note,
		Archived: r.Archived, Topics: r.Topics, Analysis: AnalysisVersion, Components: ComponentRules,
	}
}

// analyse reads a snapshot's files: several at once, written to the shard in the order of their paths, so that equal
// input gives equal shards.
func (w *Writer) analyse(ctx context.Context, s *crawler.Snapshot) ([]*job, error) {
	var jobs []*job
	err := pipeline[*job]{
		workers: w.opts.Jobs,
		make: func(add func(*job) error) error {
			for f, err := range s.Files() {
				j, err := w.plan(f, err)
				if err != nil {
					return err
				}
				jobs = append(jobs, j)
				if err := add(j); err != nil {
					return err
				}
			}
			return nil
		},
		needs: func(j *job) bool { return j.read || j.look || j.tell },
		work:  w.run,
		take:  w.take,
	}.run(ctx)
	return jobs, err
}

// plan decides what must be done for a file: nothing when its content is known.
func (w *Writer) plan(f crawler.File, err error) (*job, error) {
	j := &job{file: f}
	switch {
	case errors.Is(err, crawler.ErrWithdrawn) || err == nil && w.opts.Withdrawn != nil && w.opts.Withdrawn(f.Hash):
		j.fact = &fact{skip: SkipWithdrawn}
	case err != nil && f.Path == "":
		return nil, err
	case err != nil:
		j.fact = &fact{skip: SkipUnreadable}
	case f.Mode&0o170000 == 0o120000:
		j.fact = &fact{skip: SkipSymlink}
	case f.Size == 0:
		j.fact = &fact{skip: SkipEmpty}
	case f.Size > MaxFileSize:
		j.fact = &fact{skip: SkipOversized, lang: Language(f.Path, nil)}
	default:
		j.fact, j.read = w.known(f.Hash)
		j.look, j.tell = licenses.Interesting(f.Path), declares(f.Path)
	}
	return j, nil
}

// known gives what is known of a blob; fresh says that it must be read to find out.
func (w *Writer) known(h BlobHash) (f *fact, fresh bool) {
	if f := w.seen[h]; f != nil {
		return f, false
	}
	f = &fact{}
	w.seen[h] = f
	if s, b, ok := w.index.Lookup(h); ok {
		shard := w.index.shards[s]
		row := shard.Blob(b)
		f.lang, f.flags, f.findings = shard.LangName(row.Lang), row.Flags, shard.Findings(b, "")
		return f, false
	}
	return f, true
}

// run reads a file and analyses it. What goes wrong with one file's reading is that file's reason; it does not stop
// the rest.
func (w *Writer) run(a *analyser, j *job) {
	src, err := readFile(j.file)
	if err != nil {
		if j.read {
			j.fact.skip = SkipUnreadable
		}
		return
	}
	if j.look {
		j.own = w.opts.Detector.Text(j.file.Path, src)
	}
	if j.tell {
		j.says = declared(j.file.Path, src)
	}
	if !j.read {
		return
	}
	c := Classify(j.file.Path, j.file.Mode, j.file.Size, src)
	j.fact.skip, j.fact.lang, j.fact.flags = c.Skip, c.Lang, c.Flags
	if c.Skip != Indexed {
		return
	}
	if j.fact.findings = j.own; !j.look {
		j.fact.findings = w.opts.Detector.Text(j.file.Path, src)
	}
	j.blob = a.blob(j.file.Hash, j.file.Path, c.Lang, c.Flags, src, j.fact.findings)
}

func readFile(f crawler.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	src := make([]byte, f.Size)
	if _, err := io.ReadFull(r, src); err != nil {
		return nil, err
	}
	return src, nil
}

// take writes what a job made to the shard and counts it.
func (w *Writer) take(j *job) error {
	p := &w.progress
	p.Files++
	p.Bytes += j.file.Size
	if b := j.blob; b != nil {
		if err := w.write(b); err != nil {
			w.broken = err
			return err
		}
		p.IndexedSize += int64(len(b.src))
		j.blob = nil
	}
	j.took = true
	if j.says.damaged > 0 {
		p.Damaged++
	}
	if j.fact.skip == Indexed {
		p.Indexed++
	} else {
		p.Skipped[j.fact.skip]++
	}
	if w.opts.Progress != nil {
		w.opts.Progress(*p)
	}
	return nil
}

// write appends a blob to the open shard, and closes the shard when it is full.
func (w *Writer) write(b *analysed) error {
	if w.shard == nil {
		s, err := newShardWriter(w.opts.Disk, w.opts.Dir, w.current.take())
		if err != nil {
			return fmt.Errorf("start a shard: %w", err)
		}
		w.shard = s
	}
	if err := w.shard.add(b); err != nil {
		return err
	}
	if w.shard.bytes() < w.opts.ShardBytes {
		return nil
	}
	return w.finishShard()
}

// occurrences writes the repository's occurrence file, with each file's effective licence.
func (w *Writer) occurrences(meta RepoMeta, jobs []*job) error {
	tree := licenses.NewTree()
	for _, j := range jobs {
		if f := j.findings(); len(f) > 0 {
			tree.Add(j.file.Path, f)
		}
	}
	expression, evidence := tree.Repository()
	meta.License, meta.Evidence = expression.String(), evidenceOf(evidence)
	for _, j := range jobs {
		if j.fact.skip == SkipUnreadable {
			meta.Unreadable++
		}
	}
	out := newOccurrenceWriter(meta)
	for _, j := range jobs {
		expression, evidence := tree.Effective(j.file.Path)
		out.add(Occurrence{
			Hash: j.file.Hash, Path: j.file.Path, Size: j.file.Size, Lang: j.fact.lang, Skipped: j.fact.skip,
			Flags: j.fact.flags | PathFlags(j.file.Path), License: expression.String(), Evidence: evidenceOf(evidence),
		})
	}
	out.declared = w.componentsOf(jobs, meta.Name)
	return w.replaceOccurrences(out)
}

// replaceOccurrences writes a repository's occurrence file, which the next publishing puts in the place of the one before.
func (w *Writer) replaceOccurrences(out *occurrenceWriter) error {
	name := fmt.Sprintf("%06d", w.current.take())
	path := filepath.Join(w.opts.Dir, "occurrences", name)
	if err := out.write(w.opts.Disk, path); err != nil {
		return err
	}
	digest, _, err := sumFile(path)
	if err != nil {
		return fmt.Errorf("check occurrences: %w", err)
	}
	w.current.drop(out.meta.URL)
	w.current.Occurrences = append(w.current.Occurrences, currentRepo{name, out.meta.URL, digest})
	return nil
}

// findings are the licence statements that hold for the job's file.
func (j *job) findings() []licenses.Finding {
	if j.look {
		return j.own
	}
	found := make([]licenses.Finding, len(j.fact.findings))
	for i, f := range j.fact.findings {
		f.Path = j.file.Path
		found[i] = f
	}
	return found
}

func evidenceOf(found []licenses.Finding) []Evidence {
	var e []Evidence
	for _, f := range found {
		e = append(e, Evidence{f.Path, f.Start, f.End, f.How, f.Expression.String()})
	}
	return e
}
