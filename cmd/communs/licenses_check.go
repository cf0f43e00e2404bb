// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/licenses"
)

func (p *program) licensesCheckCommand() *cli.Command {
	return &cli.Command{
		Name:   "check",
		Flags:  []cli.Flag{p.stringFlag("use")},
		Action: p.action(shape{least: 2, most: 2, formats: []string{formatJSON, formatJSONL}, bare: true}, p.licensesCheck),
	}
}

// check is a verdict as JSON.
type check struct {
	From             string            `json:"from"`
	Into             string            `json:"into"`
	Use              licenses.Use      `json:"use"`
	Answer           licenses.Answer   `json:"answer"`
	Branch           *checkBranch      `json:"branch,omitempty"` // what it rests on where there was a choice
	Grounds          []checkGround     `json:"grounds"`
	Obligations      []checkObligation `json:"obligations"`       // none when the answer is no
	ObligationsKnown bool              `json:"obligations_known"` // whether these are all
	Note             string            `json:"note"`
}

type checkBranch struct {
	From string `json:"from"`
	Into string `json:"into"`
}

type checkGround struct {
	licenses.Ground
	Quote string `json:"quote,omitempty"`
	URL   string `json:"url,omitempty"`
	Text  string `json:"text"`
}

type checkObligation struct {
	Code    string `json:"code"`
	License string `json:"license"`
	Text    string `json:"text"`
	Why     string `json:"why"`
	Clause  string `json:"clause,omitempty"`
	Quote   string `json:"quote,omitempty"`
	URL     string `json:"url,omitempty"`
}

// licensesCheck says whether code under one licence may go into software under another, on what ground, and what follows.
func (p *program) licensesCheck(_ context.Context, c *cli.Context) error {
	use := licenses.Copy
	if c.IsSet("use") {
		var err error
		if use, err = licenses.ParseUse(c.String("use")); err != nil {
			return err
		}
	}
	from, err := licenses.Parse(c.Args().Get(0))
	if err != nil {
		return err
	}
	into, err := licenses.Parse(c.Args().Get(1))
	if err != nil {
		return err
	}
	answer := p.check(from, into, use)
	if p.settings.format == formatText {
		p.showCheck(answer)
	} else if err := p.result(answer); err != nil {
		return err
	}
	if answer.Answer != licenses.Yes {
		return verdict{code: exitNo}
	}
	return nil
}

// check judges, and puts the verdict in words.
func (p *program) check(from, into licenses.Expression, use licenses.Use) *check {
	v := licenses.Judge(from, into, use)
	a := &check{From: from.String(), Into: into.String(), Use: use, Answer: v.Answer, Grounds: []checkGround{}, Obligations: []checkObligation{},
		ObligationsKnown: v.Answer != licenses.No && licenses.AllKnown(v.Obligations), Note: p.say.T("license.disclaimer")}
	if !v.From.IsZero() && !v.Into.IsZero() && (v.From != from.Current() || v.Into != into.Current()) {
		a.Branch = &checkBranch{v.From.String(), v.Into.String()}
	}
	for _, against := range []bool{true, false} { // what stands against a yes comes first
		for _, g := range v.Grounds {
			if (g.Answer != licenses.Yes) == against {
				key, args := g.Message()
				a.Grounds = append(a.Grounds, checkGround{g, g.Quote, g.URL(), p.say.T(key, args...)})
			}
		}
	}
	for _, o := range v.Obligations {
		key, args := o.Ground.Message()
		clause := ""
		if o.Ground.Kind == licenses.KindClause {
			clause = p.say.T(key, args...)
		}
		a.Obligations = append(a.Obligations, checkObligation{o.Code, o.License, p.say.T("license.obligation." + o.Code),
			p.say.T("license.obligation-why." + o.Code), clause, o.Ground.Quote, o.Ground.URL()})
	}
	return a
}

// showCheck writes a verdict for people.
func (p *program) showCheck(a *check) {
	head := p.say.T("cmd.licenses.check."+string(a.Answer), a.From, a.Into, p.say.T("license.use."+a.Use.String()))
	p.line("%s", p.paint(styleBold, head))
	if a.Branch != nil {
		p.line("%s", p.say.T("cmd.licenses.check.branch", a.Branch.From, a.Branch.Into))
	}
	p.line("")
	p.line("%s", p.say.T("cmd.licenses.check.grounds"))
	for _, g := range a.Grounds {
		p.cited("- "+g.Text, g.Quote, g.URL)
	}
	if a.Answer != licenses.No {
		p.line("")
		p.line("%s", strings.TrimSuffix(p.say.T("license.obligations", len(a.Obligations)), "."))
		for _, o := range a.Obligations {
			text, url := "- "+o.Text, ""
			if o.Clause != "" {
				text += " (" + o.Clause + ")"
			} else {
				text, url = text+" ("+o.License+")", o.URL
			}
			p.cited(text, o.Quote, url)
		}
	}
	p.line("")
	p.line("%s", a.Note)
}

// cited writes a sentence, the words that it rests on, and where they stand.
func (p *program) cited(text, quote, url string) {
	p.line("  %s", text)
	if quote != "" {
		p.line("    %s", p.paint(styleDim, p.say.T("cmd.licenses.check.quote", quote)))
	}
	if url != "" {
		p.line("    %s", p.paint(styleDim, url))
	}
}
