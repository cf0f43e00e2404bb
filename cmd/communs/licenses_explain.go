// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/licenses"
)

func (p *program) licensesExplainCommand() *cli.Command {
	return &cli.Command{
		Name:   "explain",
		Flags:  []cli.Flag{p.stringFlag("root")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}, bare: true}, p.licensesExplain),
	}
}

// explanation is the answer as JSON.
type explanation struct {
	Path      string          `json:"path"`
	Start     int             `json:"start,omitempty"` // lines, when it is not of the whole file
	End       int             `json:"end,omitempty"`
	License   string          `json:"license"`
	Libre     licenses.Libre  `json:"libre"`
	Ground    string          `json:"ground,omitempty"` // of libre: osi, fsf, etat
	Chain     []evidenceStep  `json:"chain"`
	Conflicts []conflictWords `json:"conflicts"`
	Partial   bool            `json:"partial"`
}

// evidenceStep is one piece of evidence, nearest first.
type evidenceStep struct {
	Path    string          `json:"path"`
	Start   int             `json:"start"`
	End     int             `json:"end"`
	How     string          `json:"how"`
	License string          `json:"license"`
	Score   float64         `json:"score,omitempty"`
	Why     licenses.Reason `json:"why,omitempty"`
	Holds   bool            `json:"holds"`
}

type conflictWords struct {
	Kind  licenses.ConflictKind `json:"kind"`
	One   evidenceStep          `json:"one"`
	Other evidenceStep          `json:"other"`
}

// licensesExplain says the licence of a repository's folder, file or lines, or of an indexed block, and what it rests on.
func (p *program) licensesExplain(ctx context.Context, c *cli.Context) error {
	arg := c.Args().First()
	if strings.HasPrefix(arg, "swh:") {
		return p.explainBlock(ctx, c, arg)
	}
	place, err := p.placeToExplain(arg, c.String("root"))
	if err != nil {
		return err
	}
	defer place.root.Close()
	detector, err := licenses.NewDetector()
	if err != nil {
		return fmt.Errorf("ready the licence detector: %w", err)
	}
	tree, unread := place.tree(ctx, detector)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, f := range unread {
		p.tell(fault("cmd.licenses.detect.skip.unreadable", field(f.path), f.reason))
	}
	var x licenses.Explanation
	if place.folder {
		x = tree.ExplainFolder(place.path)
	} else {
		x = tree.Explain(place.path, place.start, place.end)
	}
	if !nearer(&x) && place.start > 0 && place.start == place.end {
		if err := place.block(); err != nil {
			return faultOf(err, "cmd.input-unreadable", field(arg))
		}
		x = tree.Explain(place.path, place.start, place.end)
	}
	for _, s := range x.Chain {
		p.tellTag(s.Path, s.Start, s.Fault)
	}
	out := explanationOf(&x)
	out.Partial = len(unread) > 0
	return p.printExplanation(&out)
}

// nearer reports whether something was found that is nearer than the file: what is said of a snippet of it.
func nearer(x *licenses.Explanation) bool {
	return slices.ContainsFunc(x.Chain, func(s licenses.Step) bool { return s.Why == licenses.BySnippet })
}

func explanationOf(x *licenses.Explanation) explanation {
	out := explanation{
		Path: x.Path, Start: x.Start, End: x.End, License: x.Expression.String(), Libre: x.Libre, Ground: x.Ground,
		Chain: []evidenceStep{}, Conflicts: []conflictWords{},
	}
	for _, s := range x.Chain {
		step := stepWords(s.Finding)
		step.Why, step.Holds = s.Why, s.Holds
		out.Chain = append(out.Chain, step)
	}
	for _, c := range x.Conflicts {
		out.Conflicts = append(out.Conflicts, conflictWords{c.Kind, stepWords(c.One), stepWords(c.Other)})
	}
	return out
}

func stepWords(f licenses.Finding) evidenceStep {
	return evidenceStep{Path: f.Path, Start: f.Start, End: f.End, How: f.How, License: f.Expression.Current().String(), Score: f.Score}
}

// explainBlock explains what the index knows of a block.
func (p *program) explainBlock(ctx context.Context, c *cli.Context, id string) error {
	if err := p.locate(c); err != nil {
		return err
	}
	local, err := p.openSearch(false)
	if err != nil {
		return err
	}
	defer local.Close()
	hit, err := local.Block(ctx, id)
	if err != nil {
		return err
	}
	out := explanation{Path: hit.Path, Start: hit.Start, End: hit.End, License: hit.License, Libre: hit.Libre, Chain: []evidenceStep{}, Conflicts: []conflictWords{}}
	if e, err := licenses.Parse(hit.License); err == nil {
		_, out.Ground = licenses.LibreOf(e)
	}
	for _, e := range hit.Evidence {
		out.Chain = append(out.Chain, evidenceStep{Path: e.Path, Start: e.Start, End: e.End, How: e.How, License: e.License, Holds: true})
	}
	return p.printExplanation(&out)
}

// printExplanation writes the answer and chooses the exit code.
func (p *program) printExplanation(x *explanation) error {
	if p.settings.format != formatText {
		if err := p.result(x); err != nil {
			return err
		}
	} else {
		p.explanationText(x)
	}
	switch {
	case x.Partial:
		return verdict{exitPart, "cmd.licenses.explain.part", nil}
	case x.License == "":
		return verdict{exitNo, "license.none", nil}
	}
	return nil
}

func (p *program) explanationText(x *explanation) {
	where := field(x.Path)
	if x.Path == "." {
		where = p.say.T("cmd.licenses.explain.repository")
	}
	if x.Start > 0 {
		where += ":" + linesOf(x.Start, x.End)
	}
	libre := p.say.T("license.libre." + string(x.Libre))
	if x.Libre == licenses.LibreUnknown { // the licence may well be known
		libre = p.say.T("cmd.libre.unknown")
	}
	libre = p.called(x.License) + libre
	if x.Ground != "" {
		libre += ", " + p.say.T("license.libre-ground."+x.Ground)
	}
	license := x.License + " (" + libre + ")"
	if x.License == "" {
		license = p.say.T("cmd.licence.unknown")
	}
	style := styleGreen
	if x.Libre != licenses.LibreYes {
		style = styleDim
	}
	p.line("%s  %s", p.paint(styleBold, where), p.paint(style, license))
	for _, holds := range []bool{true, false} {
		p.explanationSteps(x, holds)
	}
	if len(x.Conflicts) > 0 {
		p.line("%s", p.say.T("cmd.licenses.explain.conflicts"))
	}
	for _, c := range x.Conflicts {
		p.line("  %s", p.say.T("cmd.licenses.conflict."+string(c.Kind), place(c.One), c.One.License, place(c.Other), c.Other.License))
	}
}

// explanationSteps writes the evidence that holds, or that gives way.
func (p *program) explanationSteps(x *explanation, holds bool) {
	said := false
	for _, s := range x.Chain {
		if s.Holds != holds {
			continue
		}
		if !said && holds {
			p.line("%s", p.say.T("cmd.licenses.explain.holds"))
		} else if !said {
			p.line("%s", p.say.T("cmd.licenses.explain.gives-way"))
		}
		said = true
		text := place(s)
		if s.License != "" {
			text += "  " + s.License
		}
		text += "  " + p.say.T("license.how."+s.How)
		if s.Score > 0 && s.License != "" {
			text += ", " + p.say.T("cmd.licenses.sure", 100*s.Score)
		}
		if s.Why != "" {
			text += " (" + p.say.T("cmd.licenses.reason."+string(s.Why)) + ")"
		}
		p.line("  %s", text)
	}
}

// place is where a piece of evidence stands.
func place(s evidenceStep) string { return field(s.Path) + ":" + linesOf(s.Start, s.End) }
