// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/licenses"
	"communs/search"
)

func (p *program) showCommand() *cli.Command {
	return &cli.Command{
		Name:   "show",
		Flags:  []cli.Flag{p.boolFlag("with-header"), p.boolFlag("code")},
		Action: p.action(shape{least: 1, most: 1, formats: []string{formatJSON, formatJSONL}}, p.show),
	}
}

func (p *program) show(ctx context.Context, c *cli.Context) error {
	withHeader, codeOnly := c.Bool("with-header"), c.Bool("code")
	if withHeader && codeOnly {
		return fault("cmd.flags-apart", "--with-header", "--code")
	}
	local, err := p.openSearch(false)
	if err != nil {
		return err
	}
	defer local.Close()
	hit, err := local.Block(ctx, c.Args().First())
	if err != nil {
		return err
	}
	switch {
	case p.settings.format != formatText:
		return p.result(hit)
	case withHeader:
		return p.showSnippet(hit)
	case codeOnly:
		return p.code(hit.Code)
	}
	p.details(hit)
	p.line("")
	return p.code(hit.Code)
}

// code writes code as it is, byte for byte; on a terminal, what the terminal would obey is made visible.
func (p *program) code(text string) error {
	if isTerminal(p.out) {
		text = strings.ReplaceAll(visible(text), "␍\n", "\n")
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
	}
	_, err := io.WriteString(p.out, text)
	return err
}

func (p *program) showSnippet(hit *search.Hit) error {
	text, ok := hit.Snippet()
	if !ok {
		return fault("cmd.no-comment", hit.Lang)
	}
	if hit.License == "" {
		p.note("cmd.snippet.no-licence")
	}
	if len(hit.Copyright) == 0 {
		p.note("cmd.snippet.no-copyright")
	}
	return p.code(text)
}

// details writes what goes with a block's code, one fact a line, none empty: the code follows the first empty line.
func (p *program) details(h *search.Hit) {
	fact := func(key string, value string) {
		p.line("%s %s", p.paint(styleBold, p.say.T("cmd.show."+key)), value)
	}
	fact("repository", field(h.Repo)+" "+shortCommit(h.Commit))
	fact("file", fmt.Sprintf("%s:%d-%d", field(h.Path), h.Start, h.End))
	fact("block", p.kindWords(h)+" ("+field(h.Lang)+")")
	fact("licence", p.licenceWords(h))
	for _, e := range h.Evidence {
		fact("evidence", fmt.Sprintf("%s:%d-%d %s", field(e.Path), e.Start, e.End, p.howWords(e)))
	}
	for i := range h.Components {
		fact("component", p.componentName(&h.Components[i])+" "+p.componentLicence(&h.Components[i]))
	}
	expression, err := licenses.Parse(h.License)
	if err == nil {
		for _, text := range p.obligations(expression) {
			fact("obligation", text)
		}
	}
	for _, c := range h.Copyright {
		fact("copyright", visible(oneLine(c)))
	}
	fact("attribution", p.attribution(h))
	for _, o := range h.Occurrences {
		if o.Repo != h.Repo || o.Path != h.Path {
			fact("copy", fmt.Sprintf("%s %s %s", field(o.Repo), field(o.Path), field(o.License)))
		}
	}
	if len(h.Flags) > 0 {
		fact("flags", p.flagWords(h.Flags))
	}
	fact("id", shellQuote(h.ID))
}

// howWords says how a licence was found.
func (p *program) howWords(e search.Evidence) string {
	how := e.How
	if key := "cmd.how." + e.How; p.say.Has(key) {
		how = p.say.T(key)
	}
	return fmt.Sprintf("(%s, %s)", how, field(e.License))
}

// flagWords says what is known of a file: generated, vendored, a test.
func (p *program) flagWords(flags []string) string {
	said := make([]string, len(flags))
	for i, f := range flags {
		said[i] = f
		if key := "cmd.mark." + f; p.say.Has(key) {
			said[i] = p.say.T(key)
		}
	}
	return strings.Join(said, ", ")
}

// obligations says what the licence asks of whoever copies the code, each thing once, with the licences that ask it.
func (p *program) obligations(e licenses.Expression) []string {
	var order []string
	asked := map[string][]string{}
	for _, o := range licenses.Obligations(e, licenses.Copy) {
		if asked[o.Code] == nil {
			order = append(order, o.Code)
		}
		asked[o.Code] = append(asked[o.Code], o.License)
	}
	list := make([]string, 0, len(order))
	for _, code := range order {
		text := code
		if key := "license.obligation." + code; p.say.Has(key) {
			text = p.say.T(key)
		}
		list = append(list, fmt.Sprintf("%s (%s)", text, strings.Join(asked[code], ", ")))
	}
	return list
}

// attribution is the notice to put beside the copied code.
func (p *program) attribution(h *search.Hit) string {
	name := h.Path
	if h.Name != "" {
		name = h.Name + ", " + h.Path
	}
	holders := make([]string, len(h.Copyright))
	for i, c := range h.Copyright {
		holders[i] = search.Holder(oneLine(c))
	}
	who := strings.Join(holders, " ; ")
	if who == "" {
		who = p.say.T("cmd.attribution.nobody")
	}
	license := h.License
	if license == "" {
		license = p.say.T("cmd.licence.unknown")
	}
	return visible(oneLine(p.say.T("cmd.attribution", name, who, license, h.Repo, h.Commit)))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
