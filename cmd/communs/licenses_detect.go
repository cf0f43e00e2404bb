// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/licenses"
)

func (p *program) licensesDetectCommand() *cli.Command {
	return &cli.Command{
		Name:   "detect",
		Action: p.action(shape{most: -1, formats: []string{formatJSON, formatJSONL, formatTSV}, bare: true}, p.licensesDetect),
	}
}

// detection is what was found in one file.
type detection struct {
	Path      string             `json:"path"`
	License   string             `json:"license"` // its statements together; empty when there is none
	Libre     licenses.Libre     `json:"libre"`
	Findings  []detectionFinding `json:"findings"`
	Copyright []copyrightLine    `json:"copyright"`
	Skipped   string             `json:"skipped,omitempty"` // why the file was not read, or not to its end

	detail string // of Skipped, for people
	named  bool   // it was asked for by its name, and not met in a folder
}

type detectionFinding struct {
	License string  `json:"license"`
	Start   int     `json:"start"`
	End     int     `json:"end"`
	How     string  `json:"how"`
	Score   float64 `json:"score"`
	Fault   string  `json:"fault,omitempty"` // of a tag that is cut: what it lacks

	fault *licenses.SyntaxError
}

type copyrightLine struct {
	Holder string `json:"holder"`
	Years  string `json:"years,omitempty"`
	Line   int    `json:"line"`
	Text   string `json:"text"`
}

// detections is the answer as one JSON document.
type detections struct {
	Files   []detection `json:"files"`
	Found   int         `json:"found"` // how many files state a licence
	Partial bool        `json:"partial"`
}

// licensesDetect says which licences files state: those named, those in folders, and those that lines of stdin name.
func (p *program) licensesDetect(ctx context.Context, c *cli.Context) error {
	names := c.Args().Slice()
	if len(names) == 0 {
		names = []string{"."}
	}
	detector, err := licenses.NewDetector()
	if err != nil {
		return fmt.Errorf("ready the licence detector: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	files := detecting{detector: detector, copyright: p.settings.format != formatTSV}
	out := bufio.NewWriter(p.out)
	all := detections{Files: []detection{}}
	seen, part := 0, 0
	for d, ready := range files.run(ctx, p.detectPaths(ctx, names)) {
		seen++
		if d.License != "" {
			all.Found++
		}
		if d.Skipped != "" && (d.named || d.Skipped != string(licenses.UnreadBinary)) {
			part++
			p.tell(fault("cmd.licenses.detect.skip."+d.Skipped, field(d.Path), d.detail))
		}
		for _, f := range d.Findings {
			p.tellTag(d.Path, f.Start, f.fault)
		}
		if p.settings.format == formatJSON {
			all.Files = append(all.Files, d)
			continue
		}
		err := p.writeDetection(out, &d)
		if !ready {
			err = errors.Join(err, out.Flush())
		}
		if err != nil {
			return err
		}
	}
	if err := errors.Join(context.Cause(ctx), out.Flush()); err != nil {
		return err
	}
	all.Partial = part > 0
	if p.settings.format == formatJSON {
		if err := p.result(all); err != nil {
			return err
		}
	}
	return concludeDetection(seen, all.Found, part)
}

// tellTag says what is wrong with a tag; nil is right.
func (p *program) tellTag(path string, line int, wrong *licenses.SyntaxError) {
	if wrong != nil {
		sentence, _ := p.say.Error(wrong)
		p.tell(faultOf(wrong, "cmd.licenses.tag", field(path), fmt.Sprint(line), sentence))
	}
}

// concludeDetection chooses the exit code.
func concludeDetection(seen, found, part int) error {
	switch {
	case part > 0:
		return verdict{exitPart, "cmd.licenses.detect.part", []any{part, seen}}
	case found == 0:
		return verdict{exitNo, "cmd.licenses.detect.nothing", []any{seen}}
	}
	return nil
}

// detectPaths gives the paths that the arguments stand for; - stands for the lines of stdin. What cannot be read of stdin ends the
// paths as one that cannot be read.
func (p *program) detectPaths(ctx context.Context, names []string) func(yield func(name string, err error) bool) {
	return func(yield func(string, error) bool) {
		for _, name := range names {
			if name != "-" {
				if !yield(name, nil) {
					return
				}
				continue
			}
			lines := lineReader{in: bufio.NewReaderSize(p.stdin, 64<<10), limit: maxPath}
			for ctx.Err() == nil {
				line, long, err := lines.next()
				if err == io.EOF {
					break
				}
				if long {
					err = fault("cmd.line-too-long", name, fmt.Sprint(lines.row))
				}
				if len(line) == 0 && err == nil {
					continue
				}
				if !yield(string(line), err) || err != nil && !long {
					return
				}
			}
		}
	}
}

// maxPath is the longest path that a line of stdin may hold, in bytes.
const maxPath = 64 << 10

// writeDetection writes one file's answer in the format of lines.
func (p *program) writeDetection(w io.Writer, d *detection) error {
	switch p.settings.format {
	case formatTSV:
		_, err := fmt.Fprintf(w, "%s\t%s\n", p.tsvPath(d.Path), d.License)
		return err
	case formatJSONL:
		return p.resultTo(w, d)
	}
	if d.License == "" && !d.named || d.Skipped == skipUnreadable || d.Skipped == skipSpecial {
		return nil
	}
	style, license := styleGreen, d.License
	if d.Libre != licenses.LibreYes {
		style = styleDim
	}
	if license == "" {
		license = p.say.T("cmd.licence.unknown")
	}
	fmt.Fprintf(w, "%s  %s\n", p.paint(styleBold, field(d.Path)), p.paint(style, license+" ("+p.called(d.License)+p.say.T("cmd.libre."+string(d.Libre))+")"))
	for _, f := range d.Findings {
		fmt.Fprintf(w, "  %s  %s, %s, %s\n", linesOf(f.Start, f.End), f.License, p.say.T("license.how."+f.How), p.say.T("cmd.licenses.sure", 100*f.Score))
	}
	for _, c := range d.Copyright {
		fmt.Fprintf(w, "  %d  %s\n", c.Line, visible(oneLine(c.Text)))
	}
	return nil
}

// tsvPath is a path as it was given, but for what would break the line or be obeyed by a terminal.
func (p *program) tsvPath(name string) string {
	if strings.ContainsAny(name, "\t\n") || isTerminal(p.out) {
		return field(name)
	}
	return name
}

// linesOf writes a range of lines: 3, or 3-9.
func linesOf(start, end int) string {
	if start == end {
		return fmt.Sprint(start)
	}
	return lineRange([2]int{start, end})
}
