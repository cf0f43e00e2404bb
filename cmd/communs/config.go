// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"communs/crawler"
)

// config is communs.toml. Paths in it are relative to the folder that it stands in.
//
//	data = "/var/lib/communs"     # where mirrors and index stand
//
//	[instance]                    # who answers for this instance: shown on its pages
//	name = "Communs Nouvelle-Aquitaine"
//	region = "Nouvelle-Aquitaine"
//	contact = "mailto:…"
//	logo = "logo.svg"
//	publisher = "…"               # who publishes the site, who directs the publication, who hosts it: for the legal notice
//	director = "…"
//	host = "…"
//	source = "https://…"          # where the source code and the documentation of this very program are
//	public = true                 # show code only where its licence is known to be free
//
//	[serve]
//	listen = "127.0.0.1:8080"
//	base_url = "https://code.example.org"   # the public address, for permalinks
//	operations = "public"         # who may see /exploitation: public, local (this machine alone), off
//	trusted_proxies = ["10.0.0.0/8"]  # whose X-Forwarded-For is believed, beside this machine's
//	metrics = "127.0.0.1:9464"    # where Prometheus finds /metrics; off: nowhere. Else beside the pages, for this machine alone
//
//	[crawl]
//	jobs = 2                      # repositories brought side by side
//	timeout = "10m"               # the longest that one repository may take
//	grace = "168h"                # how long a vanished repository stays before its tombstone
//	full = "168h"                 # how often a forge is listed whole, to find what is gone
//	hooked = "1m"                 # how often a server crawls what webhooks have named; without it, that is left to crawl
//	contact = "https://…"         # in the User-Agent, for the forges' administrators
//
//	git_protocol = false          # true: git:// too: it is neither encrypted nor does it say who answers
//
//	[crawl.limits]                # on what one repository may cost: see limitsConfig
//	memory = "512MB"
//
//	[heritage]                    # Software Heritage; nothing goes there unless it is asked for
//	token_env = "SWH_TOKEN"       # or token_file: an account there may ask ten times as often
//	status = true                 # after a crawl, ask what it holds of what is mirrored
//	save = true                   # and have it visit what it does not hold
//
//	[mail]                        # how letters with links to sign in leave: see mailConfig
//	server = "smtp.exemple.fr:587"
//
//	[[oidc]]                      # sites whose accounts open one here, as many as wanted: see oidcConfig
//	name = "forge"
//
//	[[source]]                    # as many as wanted; examples/nouvelle-aquitaine.toml shows the kinds
//	name = "plain"
//	kind = "git"
//	url = "https://…"
type config struct {
	Data     string                 `toml:"data"`
	Instance instanceConfig         `toml:"instance"`
	Serve    serveConfig            `toml:"serve"`
	Crawl    crawlConfig            `toml:"crawl"`
	Heritage heritageConfig         `toml:"heritage"`
	Mail     mailConfig             `toml:"mail"`
	OIDC     []oidcConfig           `toml:"oidc"`
	Source   []crawler.SourceConfig `toml:"source"`

	path string // the file; empty when there is none
}

type instanceConfig struct {
	Name    string `toml:"name"`
	Region  string `toml:"region"`
	Contact string `toml:"contact"`
	Logo    string `toml:"logo"`
	Public  bool   `toml:"public"`

	Publisher string `toml:"publisher"`
	Director  string `toml:"director"`
	Host      string `toml:"host"`
	Source    string `toml:"source"`
}

type serveConfig struct {
	Listen     string `toml:"listen"`
	BaseURL    string `toml:"base_url"`
	Operations string `toml:"operations"`
	Metrics    string `toml:"metrics"`

	TrustedProxies []string `toml:"trusted_proxies"`
}

type crawlConfig struct {
	Jobs    int      `toml:"jobs"`
	Timeout duration `toml:"timeout"`
	Grace   duration `toml:"grace"`
	Full    duration `toml:"full"`
	Hooked  duration `toml:"hooked"`
	Contact string   `toml:"contact"`

	GitProtocol bool `toml:"git_protocol"`

	Limits limitsConfig `toml:"limits"`
}

// duration is a time span written as "90s", "10m", "168h".
type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err == nil && v < 0 {
		err = errors.New("negative duration")
	}
	*d = duration(v)
	return err
}

// loadConfig reads the file named on the command line or in the environment, or the first one found: ./communs.toml, then the
// user's own. With none, the configuration is empty.
func (p *program) loadConfig(named string) (config, error) {
	if named != "" {
		return readConfig(named)
	}
	for _, path := range []string{"communs.toml", filepath.Join(p.configHome(), "communs", "communs.toml")} {
		if _, err := os.Stat(path); err == nil {
			return readConfig(path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return config{}, faultOf(err, "cmd.config-unreadable", field(path))
		}
	}
	return config{}, nil
}

func readConfig(path string) (config, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return config{}, faultOf(err, "cmd.config-missing", field(path))
	} else if err != nil {
		return config{}, faultOf(err, "cmd.config-unreadable", field(path))
	}
	c, err := parseConfig(path, data)
	if err != nil {
		return config{}, err
	}
	if c.path, err = filepath.Abs(path); err != nil {
		return config{}, fmt.Errorf("find %s: %w", path, err)
	}
	c.Data, c.Instance.Logo, c.Heritage.TokenFile = c.beside(c.Data), c.besideFile(c.Instance.Logo), c.beside(c.Heritage.TokenFile)
	c.Mail.PasswordFile = c.beside(c.Mail.PasswordFile)
	for i := range c.OIDC {
		c.OIDC[i].SecretFile = c.beside(c.OIDC[i].SecretFile)
	}
	for i := range c.Source {
		one := &c.Source[i]
		one.Path, one.TokenFile, one.HookFile = c.beside(one.Path), c.beside(one.TokenFile), c.beside(one.HookFile)
	}
	return c, nil
}

// beside makes a path of the file absolute.
func (c config) beside(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(c.path), path)
}

// besideFile is beside for what may be an address too.
func (c config) besideFile(path string) string {
	if strings.Contains(path, "://") {
		return path
	}
	return c.beside(path)
}

// parseConfig reads the file strictly: a key that nobody knows is a mistake, named with its line.
func parseConfig(path string, data []byte) (config, error) {
	var c config
	decoder := toml.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&c)
	var unknown *toml.StrictMissingError
	var wrong *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		first := unknown.Errors[0]
		row, _ := first.Position()
		key := strings.Join(first.Key(), ".")
		if near := nearest(first.Key()[len(first.Key())-1], configKeys(first.Key())); near != "" {
			return c, faultOf(err, "cmd.config-key-near", field(path), fmt.Sprint(row), quote(key), near)
		}
		return c, faultOf(err, "cmd.config-key", field(path), fmt.Sprint(row), quote(key))
	case errors.As(err, &wrong):
		row, column := wrong.Position()
		where := []any{field(path), fmt.Sprint(row), fmt.Sprint(column), visible(caret(data, row, column))}
		var anything map[string]any
		if toml.Unmarshal(data, &anything) == nil {
			return c, faultOf(err, "cmd.config-value", where...)
		}
		return c, faultOf(err, "cmd.config-syntax", where...)
	case err != nil:
		return c, faultOf(err, "cmd.config-unreadable", field(path))
	}
	c.placeSources(path, data)
	return c, c.check(path)
}

// caret shows a line with a mark under the column (both from 1).
func caret(data []byte, row, column int) string {
	lines := strings.Split(string(data), "\n")
	if row < 1 || row > len(lines) {
		return ""
	}
	line := strings.TrimRight(lines[row-1], "\r")
	before := line[:min(max(column-1, 0), len(line))]
	return "  " + strings.ReplaceAll(line, "\t", " ") + "\n  " + strings.Repeat(" ", len([]rune(before))) + "^"
}

// configKeys lists what may stand where an unknown key was found.
func configKeys(key []string) []string {
	if len(key) > 1 {
		switch key[0] {
		case "instance":
			return []string{"name", "region", "contact", "logo", "public", "publisher", "director", "host", "source"}
		case "serve":
			return []string{"listen", "base_url", "operations", "metrics", "trusted_proxies"}
		case "crawl":
			if len(key) > 2 && key[1] == "limits" {
				return []string{"memory", "cpu", "disk", "pack", "objects", "references", "file", "entries", "depth", "path", "silence", "first_byte", "rate"}
			}
			return []string{"jobs", "timeout", "grace", "full", "hooked", "contact", "git_protocol", "limits"}
		case "heritage":
			return []string{"url", "token_env", "token_file", "status", "save"}
		case "mail":
			return []string{"server", "from", "user", "password_env", "password_file", "security"}
		case "oidc":
			return []string{"name", "title", "issuer", "client_id", "secret_env", "secret_file", "trust_emails"}
		case "source":
			return []string{"name", "kind", "url", "path", "group", "organisation", "user", "topic", "search", "token_env", "token_file", "hook_env", "hook_file", "hosts", "restore", "private"}
		}
	}
	return []string{"data", "instance", "serve", "crawl", "heritage", "mail", "oidc", "source"}
}

// check looks at what the values mean.
func (c config) check(path string) error {
	if c.Crawl.Jobs < 0 {
		return fault("cmd.config-negative", field(path), "crawl.jobs", fmt.Sprint(c.Crawl.Jobs))
	}
	if key, value := c.Crawl.Limits.negative(); key != "" {
		return fault("cmd.config-negative", field(path), "crawl.limits."+key, value)
	}
	if c.Serve.Listen != "" {
		if err := checkListen(path+": serve.listen", c.Serve.Listen); err != nil {
			return err
		}
	}
	if _, bad := c.Serve.proxies(); bad != "" {
		return fault("cmd.config-proxy", field(path), quote(bad))
	}
	if m := c.Serve.Metrics; m != "" && m != metricsOff {
		if err := checkListen(path+": serve.metrics", m); err != nil {
			return err
		}
	}
	if o := c.Serve.Operations; o != "" {
		return checkChoice(path+": serve.operations", o, []string{operationsPublic, operationsLocal, operationsOff})
	}
	return nil
}

// placeSources notes on which line each source and each of its fields stands. One that is not written as it must be is told by the
// crawler, with its place; the others are crawled.
func (c *config) placeSources(path string, data []byte) {
	n := -1
	for row, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		place := fmt.Sprintf("%s:%d", field(path), row+1)
		switch key, _, ok := strings.Cut(line, "="); {
		case strings.HasPrefix(strings.Join(strings.Fields(line), ""), "[[source]]"):
			if n++; n < len(c.Source) {
				c.Source[n].Place, c.Source[n].Places = place, map[string]string{}
			}
		case strings.HasPrefix(line, "["): // another table
			n = len(c.Source)
		case ok && n >= 0 && n < len(c.Source):
			c.Source[n].Places[strings.Trim(strings.TrimSpace(key), `"'`)] = place
		}
	}
}

// checkListen makes sure that an address to listen on is host:port.
func checkListen(where, address string) error {
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return faultOf(err, "cmd.listen", where, quote(address))
	}
	return nil
}
