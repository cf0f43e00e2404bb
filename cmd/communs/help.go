// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// helpWidth is where the lines of a help page end; helpColumn is where the flags' explanations start.
const (
	helpWidth  = 100
	helpColumn = 26
)

func (p *program) helpCommand(app *cli.App) *cli.Command {
	return &cli.Command{
		Name: "help",
		Action: p.action(shape{most: 2, bare: true}, func(_ context.Context, c *cli.Context) error {
			var command *cli.Command
			for _, name := range c.Args().Slice() {
				inner := findCommand(app, command, name)
				if inner == nil && command != nil && len(command.Subcommands) == 0 {
					return fault("cmd.too-many-arguments", called(app, c.Command), quote(name))
				}
				if inner == nil {
					return p.unknownCommand(app, command, name)
				}
				command = inner
			}
			return p.help(app, command)
		}),
	}
}

// help writes a command's page, or the program's, on stdout.
func (p *program) help(app *cli.App, command *cli.Command) error {
	return p.helpTo(p.out, app, command)
}

func (p *program) helpTo(w io.Writer, app *cli.App, command *cli.Command) error {
	var b strings.Builder
	name, usage, description := app.Name, app.Usage, app.Description
	synopsis := name + " " + p.say.T("cmd.page.command") + " " + p.say.T("cmd.page.options")
	examples := p.say.T("cmd.examples")
	if command != nil {
		name, usage, description = name+" "+called(app, command), command.Usage, command.Description
		synopsis = strings.TrimSpace(name + " " + p.say.T("cmd.page.options") + " " + command.ArgsUsage)
		examples = command.UsageText
	}
	inner := commandsOf(app, command)
	if command != nil && len(inner) > 0 {
		synopsis = name + " " + p.say.T("cmd.page.command") + " " + p.say.T("cmd.page.options")
	}
	fmt.Fprintf(&b, "%s — %s\n\n%s\n  %s\n\n", name, usage, p.say.T("cmd.page.usage"), synopsis)
	writeDescription(&b, description)
	if len(inner) > 0 {
		b.WriteString(p.say.T("cmd.page.commands") + "\n")
		for _, c := range inner {
			writeEntry(&b, c.Name, c.Usage)
		}
		b.WriteString("\n")
	} else if len(command.Flags) > 0 {
		b.WriteString(p.say.T("cmd.page.flags") + "\n")
		writeFlags(&b, command.Flags)
		b.WriteString("\n")
	}
	b.WriteString(p.say.T("cmd.page.global") + "\n")
	writeFlags(&b, p.generalFlags(app, command))
	b.WriteString("\n" + p.say.T("cmd.page.examples") + "\n")
	for _, line := range strings.Split(strings.TrimSpace(examples), "\n") {
		b.WriteString("  " + line + "\n")
	}
	if len(inner) > 0 {
		b.WriteString("\n" + p.say.T("cmd.page.more", strings.TrimSpace(name+" "+p.say.T("cmd.page.command"))) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// generalFlags are the global flags as a command's page shows them: one that writes other formats says so.
func (p *program) generalFlags(app *cli.App, command *cli.Command) []cli.Flag {
	if command == nil {
		return app.Flags
	}
	own := p.ownFormat(app, command)
	if own == nil {
		return app.Flags
	}
	flags := slices.Clone(app.Flags)
	for i, f := range flags {
		if f.Names()[0] == "format" {
			flags[i] = own
		}
	}
	return flags
}

// ownFormat is --format as a command that writes other formats explains it; nil for one that does not.
func (p *program) ownFormat(app *cli.App, command *cli.Command) cli.Flag {
	key := "cmd." + strings.ReplaceAll(called(app, command), " ", ".") + ".format"
	if !p.say.Has(key) {
		return nil
	}
	return &cli.StringFlag{Name: "format", Usage: p.say.T(key)}
}

func writeFlags(b *strings.Builder, flags []cli.Flag) {
	for _, f := range flags {
		left, usage := flagEntry(f)
		writeEntry(b, left, usage)
	}
}

// flagEntry is how a flag is written and what it does. Its usage holds the value's name between back quotes.
func flagEntry(f cli.Flag) (left, usage string) {
	usage = f.(cli.DocGenerationFlag).GetUsage()
	left = "--" + f.Names()[0]
	for _, alias := range f.Names()[1:] {
		left = "-" + alias + ", " + left
	}
	if before, after, ok := strings.Cut(usage, "`"); ok {
		value, after, _ := strings.Cut(after, "`")
		left += " " + value
		usage = before + value + after
	}
	return left, usage
}

func writeEntry(b *strings.Builder, left, usage string) {
	text := wrap(usage, helpColumn)
	pad := helpColumn - 2 - utf8.RuneCountInString(left)
	if pad < 2 {
		fmt.Fprintf(b, "  %s\n%s%s\n", left, strings.Repeat(" ", helpColumn), text)
		return
	}
	fmt.Fprintf(b, "  %s%s%s\n", left, strings.Repeat(" ", pad), text)
}

// paragraph is a piece of a description: running text, or an entry of a list, which has a term.
type paragraph struct{ term, text string }

// paragraphs cuts a text at its empty lines; the lines of a paragraph are one. A line that begins with two spaces is an entry of a list: its
// term, two spaces or more, and its text.
func paragraphs(text string) (list []paragraph) {
	open := false // whether the next line continues the last paragraph
	for line := range strings.Lines(strings.TrimSpace(text)) {
		words := strings.Trim(line, " \n")
		switch term, rest, isEntry := strings.Cut(words, "  "); {
		case words == "":
			open = false
		case isEntry && strings.HasPrefix(line, "  "):
			list, open = append(list, paragraph{term, strings.Trim(rest, " ")}), false
		case open:
			list[len(list)-1].text += " " + words
		default:
			list, open = append(list, paragraph{text: words}), true
		}
	}
	return list
}

func writeDescription(b *strings.Builder, text string) {
	list := paragraphs(text)
	for i, p := range list {
		next := i+1 < len(list) && list[i+1].term != ""
		if p.term != "" {
			writeEntry(b, p.term, p.text)
		} else {
			b.WriteString(wrap(p.text, 0) + "\n")
		}
		if !next {
			b.WriteString("\n")
		}
	}
}

// wrap breaks a text at spaces; the lines after the first are indented.
func wrap(text string, indent int) string {
	var b strings.Builder
	width := indent
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			width = indent
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}

// buildVersion is the version of this build; ? when it does not know.
func buildVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return "?"
}

// version says which build this is.
func (p *program) version() error {
	version, commit := buildVersion(), ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(p.out, "communs %s%s (%s %s/%s)\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
