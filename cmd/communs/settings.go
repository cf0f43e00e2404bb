// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/internal/words"
)

// settings is what holds for the whole run: the flag, else the environment's COMMUNS_…, else communs.toml, else a default.
type settings struct {
	config config
	data   string
	format string
	quiet  bool
	colour bool // on stdout
	live   bool // stderr is a terminal: progress may rewrite its line
}

// chooseLanguage looks for --lang before anything else is read, so that what is wrong with the rest is told in it.
func (p *program) chooseLanguage(args []string) error {
	where, lang := "COMMUNS_LANG", p.env["COMMUNS_LANG"]
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--lang" && i+1 < len(args) {
			where, lang = "--lang", args[i+1]
		} else if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			where, lang = "--lang", value
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := p.env[name]; locale != "" {
			p.say = p.catalog.Printer(words.Match(locale))
			break
		}
	}
	if lang == "" {
		return nil
	}
	if err := checkChoice(where, lang, choices("lang")); err != nil {
		return err
	}
	p.say = p.catalog.Printer(words.Lang(lang))
	return nil
}

// setting is a flag's value, or that of the environment variable named after it, or the file's, or the default.
func (p *program) setting(c *cli.Context, flag, inFile, otherwise string) string {
	if c.IsSet(flag) {
		return c.String(flag)
	}
	if v := p.env[variable(flag)]; v != "" {
		return v
	}
	if inFile != "" {
		return inFile
	}
	return otherwise
}

// number is setting for a number; 0 in the file means that it does not say.
func (p *program) number(c *cli.Context, flag string, inFile, otherwise int) (int, error) {
	if c.IsSet(flag) {
		return c.Int(flag), nil
	}
	if v := p.env[variable(flag)]; v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return 0, fault("cmd.flag-number", variable(flag), quote(v))
		}
		return n, nil
	}
	if inFile != 0 {
		return inFile, nil
	}
	return otherwise, nil
}

// variable is the environment's name for a flag.
func variable(flag string) string {
	return "COMMUNS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// settle reads the settings that hold for every command.
func (p *program) settle(c *cli.Context) error {
	s := &p.settings
	s.quiet = c.Bool("quiet")
	if v := p.env["COMMUNS_QUIET"]; v != "" && !c.IsSet("quiet") {
		quiet, err := strconv.ParseBool(v)
		if err != nil {
			return fault("cmd.flag-bool", "COMMUNS_QUIET", quote(v))
		}
		s.quiet = quiet
	}
	if c.Bool("debug") {
		p.log = slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s.format = p.setting(c, "format", "", formatText)
	colour := p.setting(c, "color", "", "auto")
	if err := checkChoice(variable("color"), colour, choices("color")); err != nil {
		return err
	}
	s.live = isTerminal(p.err) && p.env["TERM"] != "dumb"
	s.colour = colour == "always" ||
		colour == "auto" && p.env["NO_COLOR"] == "" && p.env["TERM"] != "dumb" && isTerminal(p.out)
	return nil
}

// locate reads the configuration and finds the data folder.
func (p *program) locate(c *cli.Context) (err error) {
	s := &p.settings
	if s.config, err = p.loadConfig(p.setting(c, "config", "", "")); err != nil {
		return err
	}
	data := p.setting(c, "data", s.config.Data, "")
	if data == "" {
		if data = p.dataHome(); data == "" {
			return fault("cmd.no-home")
		}
	}
	s.data, err = filepath.Abs(data)
	return err
}

// dataHome is the folder for Communs among the user's data; empty when there is no home.
func (p *program) dataHome() string {
	return p.home("XDG_DATA_HOME", ".local/share", "communs")
}

// configHome is the folder of the user's configurations.
func (p *program) configHome() string { return p.home("XDG_CONFIG_HOME", ".config", "") }

func (p *program) home(variable, below, name string) string {
	if dir := p.env[variable]; filepath.IsAbs(dir) {
		return filepath.Join(dir, name)
	}
	home := p.env["HOME"]
	if home == "" {
		home = p.env["USERPROFILE"]
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, filepath.FromSlash(below), name)
}
