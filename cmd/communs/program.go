// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
	"communs/licenses"
	"communs/licenses/audit"
)

// program is one run of the command line: what it was given and how it speaks.
type program struct {
	catalog *words.Catalog
	say     *words.Printer
	env     map[string]string
	stdin   io.Reader
	out     *sink // results
	err     io.Writer
	typed   string // how this program is called at the prompt
	log     *slog.Logger
	apart   bool // what listens to servers runs in processes of its own

	settings settings
	formats  []string // what --format may be for the command that runs
	usage    int      // exit code of a help page: wrong usage when nobody asked for it
}

func newProgram(catalog *words.Catalog, env map[string]string, stdin io.Reader, stdout, stderr io.Writer) *program {
	p := &program{catalog: catalog, env: env, stdin: stdin, out: &sink{w: stdout}, err: stderr, typed: "communs"}
	p.say = catalog.Printer(words.French)
	p.log = slog.New(slog.DiscardHandler)
	return p
}

// run reads the command line and does what it asks.
func (p *program) run(ctx context.Context, args []string) error {
	if err := p.chooseLanguage(args); err != nil {
		return err
	}
	app := p.app()
	argv, page, err := p.arrange(app, args)
	if err != nil {
		return err
	}
	switch page.kind {
	case pageHelp:
		return p.help(app, page.command)
	case pageVersion:
		return p.version()
	case pageNone:
		if err := p.helpTo(p.err, app, page.command); err != nil {
			return err
		}
		return verdict{code: exitFailure}
	}
	return app.RunContext(ctx, argv)
}

// app declares every command. The library parses and dispatches what arrange has already checked, so that none of its
// own sentences, which are English, is ever shown.
func (p *program) app() *cli.App {
	app := &cli.App{
		Name:                      "communs",
		Usage:                     p.say.T("cmd.usage"),
		Description:               p.say.T("cmd.description"),
		HideHelp:                  true,
		HideHelpCommand:           true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		Writer:                    p.out,
		ErrWriter:                 p.err,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              func(_ *cli.Context, err error, _ bool) error { return err },
		Flags:                     p.globalFlags(),
	}
	app.Commands = []*cli.Command{
		p.demoCommand(), p.crawlCommand(), p.indexCommand(), p.searchCommand(), p.similarCommand(), p.showCommand(), p.licensesCommand(), p.registryCommand(), p.swhCommand(),
		p.withdrawCommand(), p.goneCommand(), p.serveCommand(), p.doctorCommand(), p.backupCommand(), p.restoreCommand(), p.completionCommand(app), p.manCommand(app), p.helpCommand(app),
	}
	p.describe(app, app.Commands, "cmd.")
	return app
}

// describe gives commands their sentences: those of “communs licenses detect” begin with cmd.licenses.detect.
func (p *program) describe(app *cli.App, commands []*cli.Command, prefix string) {
	for _, c := range commands {
		key := prefix + c.Name + "."
		c.HideHelp, c.HideHelpCommand = true, true
		c.Usage = p.say.T(key + "usage")
		c.Description = p.say.T(key + "description")
		c.UsageText = p.say.T(key + "examples")
		if p.say.Has(key + "args") {
			c.ArgsUsage = p.say.T(key + "args")
		}
		c.OnUsageError = app.OnUsageError
		p.describe(app, c.Subcommands, key)
	}
}

func (p *program) globalFlags() []cli.Flag {
	return []cli.Flag{
		p.stringFlag("data"), p.stringFlag("config"), p.stringFlag("lang"), p.stringFlag("format"),
		p.boolFlag("quiet", "q"), p.stringFlag("color"), p.boolFlag("debug"), p.boolFlag("help", "h"), p.boolFlag("version"),
	}
}

func (p *program) stringFlag(name string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: p.say.T("cmd.flag." + name)}
}

func (p *program) boolFlag(name string, aliases ...string) cli.Flag {
	return &cli.BoolFlag{Name: name, Aliases: aliases, Usage: p.say.T("cmd.flag." + name)}
}

func (p *program) intFlag(name string) cli.Flag {
	return &cli.IntFlag{Name: name, Usage: p.say.T("cmd.flag." + name)}
}

// choices lists what a flag with a closed set of values takes; nil for the other flags.
func choices(flag string) []string {
	switch flag {
	case "lang":
		return []string{"fr", "en"}
	case "format":
		all := []string{formatText, formatJSON, formatJSONL, formatTSV}
		for _, f := range audit.Formats() {
			if !slices.Contains(all, f) {
				all = append(all, f)
			}
		}
		return all
	case "color":
		return []string{"auto", "always", "never"}
	case "kind":
		return sourceKinds()
	case "use":
		return []string{licenses.Copy.String(), licenses.Link.String(), licenses.NetworkService.String()}
	}
	return nil
}

// shape says what a command takes: how many arguments (most < 0 for any number) and which formats beside text.
type shape struct {
	least, most int
	formats     []string
	bare        bool // neither configuration nor data folder is needed
}

// checkFormat complains about a format that the command does not write.
func (p *program) checkFormat(c *cli.Context) error {
	f := p.settings.format
	switch {
	case slices.Contains(p.formats, f):
		return nil
	case slices.Contains(choices("format"), f):
		return fault("cmd.format-refused", called(c.App, c.Command), f, strings.Join(p.formats, ", "))
	case c.IsSet("format"):
		return checkChoice("--format", f, p.formats)
	}
	return checkChoice(variable("format"), f, p.formats)
}

// action checks the arguments' number, reads the settings, and runs the command.
func (p *program) action(s shape, do func(ctx context.Context, c *cli.Context) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		n := c.Args().Len()
		if n < s.least {
			return fault("cmd.missing-argument", called(c.App, c.Command), c.Command.ArgsUsage)
		}
		if s.most >= 0 && n > s.most {
			return fault("cmd.too-many-arguments", called(c.App, c.Command), quote(c.Args().Get(s.most)))
		}
		p.formats = append([]string{formatText}, s.formats...)
		if err := p.settle(c); err != nil {
			return err
		}
		if !s.bare {
			if err := p.locate(c); err != nil {
				return err
			}
		}
		if err := p.checkFormat(c); err != nil {
			return err
		}
		return do(c.Context, c)
	}
}
