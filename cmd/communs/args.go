// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// page is a text that the command line asks for in place of a command.
type page struct {
	kind    pageKind
	command *cli.Command // whose help; nil for the program's
}

type pageKind int

const (
	pageCommand pageKind = iota // none of them: run the command
	pageHelp
	pageVersion
	pageNone // no command at all, or none of a group of commands
)

// arrange checks the command line and puts it in the order that the library reads: program, global flags, command, perhaps one
// of its own commands, its flags, "--", its arguments. Flags may stand anywhere before "--"; global ones before or after the command. A
// word that starts with one dash and is no flag is an argument of search, where it negates (-lang:go).
func (p *program) arrange(app *cli.App, args []string) ([]string, page, error) {
	var command *cli.Command
	var global, local, rest []string
	want := pageCommand
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			rest = append(rest, args...)
			break
		}
		name, value, hasValue := flagName(arg)
		flag, isGlobal := findFlag(app, command, name)
		switch {
		case name != "" && flag != nil:
			text, tail, err := p.flagValue(flag, arg, value, hasValue, args)
			if err != nil {
				return nil, page{}, err
			}
			args = tail
			switch flag.Names()[0] {
			case "help":
				want = pageHelp
			case "version":
				want = max(want, pageVersion)
			}
			if isGlobal {
				global = append(global, text)
			} else {
				local = append(local, text)
			}
		case name != "" && !(command != nil && command.Name == "search" && !strings.HasPrefix(arg, "--")):
			return nil, page{}, p.unknownFlag(app, command, arg)
		case command == nil && arg == "version": // as with many programs
			want = max(want, pageVersion)
		case command == nil || len(command.Subcommands) > 0:
			inner := findCommand(app, command, arg)
			if inner == nil {
				return nil, page{}, p.unknownCommand(app, command, arg)
			}
			command = inner
		default:
			rest = append(rest, arg)
		}
	}
	if want == pageCommand && (command == nil || len(command.Subcommands) > 0) {
		return nil, page{pageNone, command}, nil
	}
	if want != pageCommand {
		return nil, page{want, command}, nil
	}
	argv := append([]string{app.Name}, global...)
	argv = append(append(argv, strings.Fields(called(app, command))...), local...)
	return append(append(argv, "--"), rest...), page{}, nil
}

// flagName takes an argument apart when it has the shape of a flag: --name, --name=value, -x. One dash alone is stdin.
func flagName(arg string) (name, value string, hasValue bool) {
	switch {
	case strings.HasPrefix(arg, "--"):
		name, value, hasValue = strings.Cut(arg[2:], "=")
	case strings.HasPrefix(arg, "-") && len(arg) > 1:
		name = arg[1:]
		if len(name) > 1 {
			name = arg // long names take two dashes: no flag is called this
		}
	}
	return name, value, hasValue
}

// findFlag finds a flag of the command, or a global one.
func findFlag(app *cli.App, command *cli.Command, name string) (flag cli.Flag, global bool) {
	if command != nil {
		for _, f := range command.Flags {
			if has(f, name) {
				return f, false
			}
		}
	}
	for _, f := range app.Flags {
		if has(f, name) {
			return f, true
		}
	}
	return nil, false
}

func has(f cli.Flag, name string) bool {
	for _, n := range f.Names() {
		if n == name {
			return true
		}
	}
	return false
}

// flagValue makes one argument --name=value of a flag, taking its value from the following argument when it has to.
func (p *program) flagValue(f cli.Flag, arg, value string, hasValue bool, tail []string) (string, []string, error) {
	name := f.Names()[0]
	shown, _, _ := strings.Cut(arg, "=")
	if _, isBool := f.(*cli.BoolFlag); isBool {
		if !hasValue {
			return "--" + name, tail, nil
		}
		if _, err := strconv.ParseBool(value); err != nil {
			return "", nil, fault("cmd.flag-bool", shown, quote(value))
		}
		return "--" + name + "=" + value, tail, nil
	}
	if !hasValue {
		if len(tail) == 0 || tail[0] == "--" {
			return "", nil, fault("cmd.flag-value-missing", shown)
		}
		value, tail = tail[0], tail[1:]
	}
	if _, isInt := f.(*cli.IntFlag); isInt {
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return "", nil, fault("cmd.flag-number", shown, quote(value))
		}
	}
	if allowed := choices(name); allowed != nil && name != "format" { // which formats there are depends on the command, see action
		if err := checkChoice(shown, value, allowed); err != nil {
			return "", nil, err
		}
	}
	return "--" + name + "=" + value, tail, nil
}

// checkChoice complains about a value outside a closed set; where names the flag, the variable or the key.
func checkChoice(where, value string, allowed []string) error {
	for _, a := range allowed {
		if a == value {
			return nil
		}
	}
	return fault("cmd.choice", where, quote(value), strings.Join(allowed, ", "))
}

func (p *program) unknownFlag(app *cli.App, command *cli.Command, arg string) error {
	arg, _, _ = strings.Cut(arg, "=")
	var names []string
	flags := app.Flags
	if command != nil {
		flags = append(append([]cli.Flag{}, command.Flags...), flags...)
	}
	for _, f := range flags {
		names = append(names, "--"+f.Names()[0])
	}
	where := app.Name
	if command != nil {
		where += " " + called(app, command)
	}
	if near := nearest("--"+strings.TrimLeft(arg, "-"), names); near != "" {
		return fault("cmd.unknown-flag-near", quote(arg), where, near)
	}
	return fault("cmd.unknown-flag", quote(arg), where)
}

// unknownCommand complains about a name that no command has, in a group of commands or in the program.
func (p *program) unknownCommand(app *cli.App, group *cli.Command, arg string) error {
	near := nearest(arg, commandNames(commandsOf(app, group)))
	switch {
	case group != nil && near != "":
		return fault("cmd.unknown-subcommand-near", quote(arg), called(app, group), near)
	case group != nil:
		return fault("cmd.unknown-subcommand", quote(arg), called(app, group))
	case near != "":
		return fault("cmd.unknown-command-near", quote(arg), near)
	}
	return fault("cmd.unknown-command", quote(arg))
}

// nearest is the candidate that the fewest typing errors separate from the word; empty when none is near.
func nearest(word string, candidates []string) string {
	best, least := "", 1+len([]rune(word))/3
	for _, c := range candidates {
		if d := typos(word, c); d <= least && (best == "" || d < typos(word, best)) {
			best = c
		}
	}
	return best
}

// typos counts the insertions, deletions, substitutions and swaps of neighbours between two words.
func typos(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	row := make([][]int, len(x)+1)
	for i := range row {
		row[i] = make([]int, len(y)+1)
		row[i][0] = i
	}
	for j := range y {
		row[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(row[i][j]+cost, row[i][j+1]+1, row[i+1][j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, row[i-1][j-1]+1)
			}
			row[i+1][j+1] = d
		}
	}
	return row[len(x)][len(y)]
}
