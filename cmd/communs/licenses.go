// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"github.com/urfave/cli/v2"
)

// licensesCommand is the group of what can be asked about licences.
func (p *program) licensesCommand() *cli.Command {
	return &cli.Command{
		Name:    "licenses",
		Aliases: []string{"licences"},
		Subcommands: []*cli.Command{
			p.licensesDetectCommand(),
			p.licensesExplainCommand(),
			p.licensesCheckCommand(),
			p.licensesAuditCommand(),
		},
	}
}
