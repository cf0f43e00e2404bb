// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

func (p *program) manCommand(app *cli.App) *cli.Command {
	return &cli.Command{
		Name: "man",
		Action: p.action(shape{bare: true}, func(context.Context, *cli.Context) error {
			_, err := io.WriteString(p.out, p.manPage(app))
			return err
		}),
	}
}

// manPage writes the manual page, for man(1), from the same definitions as the help pages.
func (p *program) manPage(app *cli.App) string {
	var b strings.Builder
	section := func(key string) { fmt.Fprintf(&b, ".SH %s\n", roff(p.say.T("cmd.man."+key))) }
	fmt.Fprintf(&b, ".TH COMMUNS 1 \"\" \"Communs\" \"%s\"\n", roff(p.say.T("cmd.man.manual")))
	section("name")
	fmt.Fprintf(&b, "communs \\- %s\n", roff(app.Usage))
	section("synopsis")
	fmt.Fprintf(&b, ".B communs\n%s %s\n", roff(p.say.T("cmd.page.command")), roff(p.say.T("cmd.page.options")))
	section("heading")
	roffText(&b, app.Description)
	section("commands")
	for _, c := range allCommands(app) {
		fmt.Fprintf(&b, ".SS communs %s %s\n%s.\n", called(app, c), roff(c.ArgsUsage), roff(c.Usage))
		roffText(&b, c.Description)
		roffFlags(&b, c.Flags)
		if format := p.ownFormat(app, c); format != nil {
			roffFlags(&b, []cli.Flag{format})
		}
		roffExamples(&b, c.UsageText)
	}
	section("options")
	roffFlags(&b, app.Flags)
	for _, key := range []string{"exit", "environment", "files"} {
		section(key)
		for _, line := range strings.Split(strings.TrimSpace(p.say.T("cmd.man."+key+"-list")), "\n") {
			left, right, _ := strings.Cut(line, " | ")
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(left), roff(right))
		}
	}
	section("example-heading")
	roffExamples(&b, p.say.T("cmd.examples"))
	return b.String()
}

func roffText(b *strings.Builder, text string) {
	for _, p := range paragraphs(text) {
		if p.term != "" {
			fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(p.term), roff(p.text))
		} else {
			fmt.Fprintf(b, ".PP\n%s\n", roff(p.text))
		}
	}
}

func roffFlags(b *strings.Builder, flags []cli.Flag) {
	for _, f := range flags {
		left, usage := flagEntry(f)
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(left), roff(usage))
	}
}

func roffExamples(b *strings.Builder, text string) {
	b.WriteString(".PP\n.nf\n")
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		b.WriteString(roff(line) + "\n")
	}
	b.WriteString(".fi\n")
}

// roff makes a text that troff prints as it is.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\u00a0", `\ `, "\u202f", `\ `).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
