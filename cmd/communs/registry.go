// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import "github.com/urfave/cli/v2"

// registryCommand is the group of what can be done with the catalogue of software.
func (p *program) registryCommand() *cli.Command {
	return &cli.Command{
		Name:    "registry",
		Aliases: []string{"registre"},
		Subcommands: []*cli.Command{
			p.registryFindCommand(),
			p.registryCompareCommand(),
			p.registryCheckCommand(),
			p.registryFiguresCommand(),
			p.registryListCommand(),
			p.registryShowCommand(),
			p.registryExportCommand(),
			p.registryImportCommand(),
			p.registryProposeCommand(),
			p.registryActivityCommand(),
			p.registryHistoryCommand(),
			p.registryLogCommand(),
			p.registryVerifyCommand(),
			p.registryEraseCommand(),
			p.registryFoundCommand(),
			p.registryMembersCommand(),
			p.registryAdmitCommand(),
			p.registryLeaveCommand(),
			p.registryRulesCommand(),
			p.registryMotionCommand(),
			p.registryDiscussCommand(),
			p.registryVoteCommand(),
			p.registryDecisionsCommand(),
			p.registryConsultCommand(),
			p.registryAddCommand(),
			p.registryEditCommand(),
			p.registryRemoveCommand(),
			p.registrySupportCommand(),
			p.registryAnswerCommand(),
			p.registryInviteCommand(),
			p.registryPeopleCommand(),
			p.registryRoleCommand(),
			p.registryKeyCommand(),
			p.registryForgetCommand(),
		},
	}
}
