// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"slices"

	"github.com/urfave/cli/v2"
)

// Commands may have commands of their own, one level deep: “communs licenses detect”. A group does nothing by itself.

// commandsOf are the commands of a group, or of the program when there is none.
func commandsOf(app *cli.App, group *cli.Command) []*cli.Command {
	if group == nil {
		return app.Commands
	}
	return group.Subcommands
}

// findCommand finds a command by its name or alias, in a group or in the program; nil when it has none such.
func findCommand(app *cli.App, group *cli.Command, name string) *cli.Command {
	for _, c := range commandsOf(app, group) {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

// allCommands lists every command, those of a group after it.
func allCommands(app *cli.App) []*cli.Command {
	var list []*cli.Command
	for _, c := range app.Commands {
		list = append(append(list, c), c.Subcommands...)
	}
	return list
}

// called is how a command is typed after the program's name: "licenses detect".
func called(app *cli.App, command *cli.Command) string {
	for _, c := range app.Commands {
		if slices.Contains(c.Subcommands, command) {
			return c.Name + " " + command.Name
		}
	}
	return command.Name
}

func commandNames(commands []*cli.Command) []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Name)
	}
	return names
}
