// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

func (p *program) completionCommand(app *cli.App) *cli.Command {
	return &cli.Command{
		Name: "completion",
		Action: p.action(shape{least: 1, most: 1, bare: true}, func(_ context.Context, c *cli.Context) error {
			shells := map[string]func(*cli.App) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
			write := shells[c.Args().First()]
			if write == nil {
				return checkChoice(c.Command.Name, c.Args().First(), []string{"bash", "zsh", "fish"})
			}
			_, err := io.WriteString(p.out, write(app))
			return err
		}),
	}
}

// long lists the flags' long names with their dashes.
func long(flags []cli.Flag) []string {
	names := make([]string, len(flags))
	for i, f := range flags {
		names[i] = "--" + f.Names()[0]
	}
	return names
}

// argumentWords lists what a command's argument may be, where it is one of a few words.
func argumentWords(app *cli.App, command string) []string {
	switch command {
	case "completion":
		return []string{"bash", "zsh", "fish"}
	case "help":
		return commandNames(app.Commands)
	}
	if c := app.Command(command); c != nil {
		return commandNames(c.Subcommands)
	}
	return nil
}

// takesFile reports whether a flag's value is the name of a file or folder.
func takesFile(name string) bool {
	return slices.Contains([]string{"data", "config", "batch", "policy", "root", "output"}, name)
}

// valueFlags lists the flags that take a value, of every command, each once.
func valueFlags(app *cli.App) []cli.Flag {
	var list []cli.Flag
	seen := map[string]bool{}
	all := app.Flags
	for _, c := range allCommands(app) {
		all = append(append([]cli.Flag{}, all...), c.Flags...)
	}
	for _, f := range all {
		if _, isBool := f.(*cli.BoolFlag); !isBool && !seen[f.Names()[0]] {
			seen[f.Names()[0]] = true
			list = append(list, f)
		}
	}
	return list
}

func bashCompletion(app *cli.App) string {
	var b strings.Builder
	b.WriteString("# bash completion for communs: source <(communs completion bash)\n_communs() {\n")
	b.WriteString("  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i\n  COMPREPLY=()\n")
	b.WriteString("  case $prev in\n")
	var plainValues []string
	for _, f := range valueFlags(app) {
		name := f.Names()[0]
		switch {
		case choices(name) != nil:
			fmt.Fprintf(&b, "    --%s) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", name, strings.Join(choices(name), " "))
		case takesFile(name):
			fmt.Fprintf(&b, "    --%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", name)
		default:
			plainValues = append(plainValues, "--"+name)
		}
	}
	fmt.Fprintf(&b, "    %s) return ;;\n  esac\n", strings.Join(plainValues, "|"))
	b.WriteString("  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$command ${COMP_WORDS[i]}\" in\n")
	for _, c := range allCommands(app) {
		group, name, nested := strings.Cut(called(app, c), " ")
		if !nested {
			group, name = "", group
		}
		for _, alias := range c.Aliases {
			fmt.Fprintf(&b, "      %q) command=%q ;;\n", group+" "+alias, called(app, c))
		}
		fmt.Fprintf(&b, "      %q) command=%q ;;\n", group+" "+name, called(app, c))
	}
	b.WriteString("    esac\n  done\n")
	b.WriteString("  case $command in\n")
	write := func(pattern string, flags []cli.Flag, words []string) {
		offered := append(append(append([]string{}, words...), long(flags)...), long(app.Flags)...)
		fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %q -- \"$cur\")) ;;\n", pattern, strings.Join(offered, " "))
	}
	write(`""`, nil, commandNames(app.Commands))
	for _, c := range allCommands(app) {
		write(fmt.Sprintf("%q", called(app, c)), c.Flags, argumentWords(app, called(app, c)))
	}
	b.WriteString("  esac\n}\ncomplete -o default -F _communs communs\n")
	return b.String()
}

// zshText makes a text safe inside a zsh _arguments or _describe entry between single quotes.
func zshText(s string) string {
	return strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

func zshCompletion(app *cli.App) string {
	var b strings.Builder
	b.WriteString("#compdef communs\n# zsh completion for communs: communs completion zsh > ~/.zfunc/_communs\n\n")
	b.WriteString("_communs() {\n  local -a commands\n  commands=(\n")
	for _, c := range app.Commands {
		fmt.Fprintf(&b, "    '%s:%s'\n", c.Name, zshText(c.Usage))
	}
	b.WriteString("  )\n  local state\n  _arguments -C \\\n")
	zshFlags(&b, app.Flags)
	b.WriteString("    '1: :->command' '*:: :->rest' && return\n  case $state in\n")
	b.WriteString("    command) _describe command commands ;;\n    rest)\n      case $words[1] in\n")
	for _, c := range app.Commands {
		zshArguments(&b, app, c)
	}
	b.WriteString("      esac ;;\n  esac\n}\n\nif [ \"$funcstack[1]\" = _communs ]; then _communs \"$@\"; else compdef _communs communs; fi\n")
	return b.String()
}

// zshArguments writes what follows a command; of a group, first which of its commands.
func zshArguments(b *strings.Builder, app *cli.App, c *cli.Command) {
	if len(c.Subcommands) > 0 {
		fmt.Fprintf(b, "        %s)\n      if (( CURRENT > 2 )); then shift words; (( CURRENT-- )); case $words[1] in\n", strings.Join(c.Names(), "|"))
		for _, inner := range c.Subcommands {
			zshArguments(b, app, inner)
		}
		b.WriteString("      esac; return; fi\n      _arguments \\\n")
	} else {
		fmt.Fprintf(b, "        %s) _arguments \\\n", strings.Join(c.Names(), "|"))
	}
	zshFlags(b, c.Flags)
	zshFlags(b, app.Flags)
	if list := argumentWords(app, called(app, c)); list != nil {
		fmt.Fprintf(b, "    '1: :(%s)' ;;\n", strings.Join(list, " "))
	} else {
		b.WriteString("    '*: :_files' ;;\n")
	}
}

func zshFlags(b *strings.Builder, flags []cli.Flag) {
	for _, f := range flags {
		_, usage := flagEntry(f)
		name := f.Names()[0]
		value := ""
		if _, isBool := f.(*cli.BoolFlag); !isBool {
			value = ": : "
			if list := choices(name); list != nil {
				value = ": :(" + strings.Join(list, " ") + ")"
			} else if takesFile(name) {
				value = ": :_files"
			}
			name += "="
		}
		fmt.Fprintf(b, "    '--%s[%s]%s' \\\n", name, zshText(usage), value)
	}
}

func fishCompletion(app *cli.App) string {
	var b strings.Builder
	b.WriteString("# fish completion for communs: communs completion fish | source\n")
	text := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	flag := func(f cli.Flag, condition string) {
		_, usage := flagEntry(f)
		name := f.Names()[0]
		fmt.Fprintf(&b, "complete -c communs%s -l %s", condition, name)
		for _, alias := range f.Names()[1:] {
			b.WriteString(" -s " + alias)
		}
		if _, isBool := f.(*cli.BoolFlag); !isBool {
			if list := choices(name); list != nil {
				b.WriteString(" -x -a " + text(strings.Join(list, " ")))
			} else if takesFile(name) {
				b.WriteString(" -r -F")
			} else {
				b.WriteString(" -x")
			}
		}
		b.WriteString(" -d " + text(usage) + "\n")
	}
	for _, f := range app.Flags {
		flag(f, "")
	}
	for _, c := range allCommands(app) {
		offered, condition := "__fish_use_subcommand", "__fish_seen_subcommand_from "+strings.Join(c.Names(), " ")
		if group, _, nested := strings.Cut(called(app, c), " "); nested {
			within := "__fish_seen_subcommand_from " + strings.Join(app.Command(group).Names(), " ") + "; and "
			names := strings.Join(commandNames(app.Command(group).Subcommands), " ")
			offered, condition = within+"not __fish_seen_subcommand_from "+names, within+condition
		}
		fmt.Fprintf(&b, "complete -c communs -n %s -f -a %s -d %s\n", text(offered), c.Name, text(c.Usage))
		for _, f := range c.Flags {
			flag(f, " -n "+text(condition))
		}
		if list := argumentWords(app, called(app, c)); list != nil && len(c.Subcommands) == 0 {
			fmt.Fprintf(&b, "complete -c communs -n %s -f -a %s\n", text(condition), text(strings.Join(list, " ")))
		}
	}
	return b.String()
}
