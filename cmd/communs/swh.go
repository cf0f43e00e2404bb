// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"net/url"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"communs/crawler"
	"communs/crawler/heritage"
	"communs/crawler/polite"
)

// swhCommand is the group of what concerns the Software Heritage archive. Only id asks nobody.
func (p *program) swhCommand() *cli.Command {
	return &cli.Command{
		Name: "swh",
		Subcommands: []*cli.Command{
			p.swhIDCommand(), p.swhKnownCommand(), p.swhSaveCommand(), p.swhStatusCommand(), p.swhFetchCommand(),
		},
	}
}

// heritageConfig says how the archive is asked, and what a crawl asks it by itself: nothing, unless it is written here.
type heritageConfig struct {
	URL       string `toml:"url"`        // of an archive of the same kind; default: Software Heritage's
	TokenEnv  string `toml:"token_env"`  // name of the environment variable that holds the token
	TokenFile string `toml:"token_file"` // or the file
	Status    bool   `toml:"status"`     // after each crawl, ask what it holds of what is mirrored
	Save      bool   `toml:"save"`       // and ask it to visit what it does not hold
}

// archive makes a client of the archive. Its waits are told.
func (p *program) archive() (*heritage.Client, error) {
	cfg := p.settings.config.Heritage
	token, err := p.archiveToken(cfg)
	if err != nil {
		return nil, err
	}
	trusted := ""
	if u, err := url.Parse(cfg.URL); err == nil {
		trusted = polite.Host(u)
	}
	return heritage.New(heritage.Config{URL: cfg.URL, Token: token, Transport: polite.New(polite.Config{
		UserAgent: p.userAgent(), Trusted: func(host string) bool { return trusted != "" && host == trusted },
		Report: func(e polite.Event) {
			if e.Kind == polite.Waiting {
				p.note("cmd.swh.waits", e.Host, e.Until.Local().Format("15:04"))
			}
		},
	})})
}

// archiveToken reads the token from where the configuration says. It is never shown.
func (p *program) archiveToken(cfg heritageConfig) (string, error) {
	return p.secret(cfg.TokenEnv, cfg.TokenFile, "cmd.swh.token.")
}

// listed are the arguments, with the lines of stdin in the place of "-". Of a line, only its first column counts: what
// “communs swh id” prints can be passed on.
func (p *program) listed(args []string) (list []string, err error) {
	for _, arg := range args {
		if arg != "-" {
			list = append(list, arg)
			continue
		}
		lines, err := p.stdinLines()
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			first, _, _ := strings.Cut(line, "\t")
			list = append(list, first)
		}
	}
	return list, nil
}

// archiveWord says one of the archive's words in the reader's.
func (p *program) archiveWord(kind, word string) string {
	if key := kind + strings.ReplaceAll(word, " ", "-"); p.say.Has(key) {
		return p.say.T(key)
	}
	return field(word)
}

// notLocal refuses a path of this machine, which the archive cannot know.
func notLocal(target string) error {
	if strings.Contains(target, "://") {
		return nil
	}
	if _, err := os.Stat(target); err != nil {
		return nil // an address, well written or not
	}
	return fault("cmd.swh.status.omitted.local", field(target))
}

// tally counts answers of yes, no and failure, and is the exit code that they make.
type tally struct{ yes, no, failed int }

// verdict says with the exit code what became of a list: all is yes, nothing is, some of it is, or it could not be told.
func (t tally) verdict() error {
	switch {
	case t.no == 0 && t.failed == 0:
		return nil
	case t.yes == 0 && t.no == 0:
		return verdict{code: exitFailure}
	case t.yes == 0 && t.failed == 0:
		return verdict{code: exitNo}
	}
	return verdict{code: exitPart}
}

// archived reads what the archive was last heard to hold of a repository. The database is opened each time: a restored one takes the place of
// the old, and a crawl may make the first.
func (p *program) archived(ctx context.Context, url string) (crawler.Archived, error) {
	mirrors, err := crawler.Open(ctx, crawler.Config{Dir: p.settings.data, ReadOnly: true})
	if err != nil {
		return crawler.Archived{}, err
	}
	defer mirrors.Close()
	return mirrors.ArchiveOf(ctx, url)
}
