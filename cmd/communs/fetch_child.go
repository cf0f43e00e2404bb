// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"io"

	"communs/crawler"
	"communs/crawler/worker"
)

// fetchCommand is what the program is started with to fetch for another run of it. It is nothing that people type, and no help names it.
const fetchCommand = "fetch-for-parent"

// fetchFor fetches what comes in until the input ends. Nothing else of the program is made ready: there is a start for every few repositories.
func fetchFor(in io.Reader, out, told io.Writer) int {
	if err := crawler.Work(in, out); err != nil {
		io.WriteString(told, "communs: "+err.Error()+"\n")
		return exitFailure
	}
	return exitYes
}

// fetchesApart has a program start itself for what listens to servers.
func fetchesApart(p *program) { p.apart = true }

// worker is how that is done. Of the environment a child is given what leads to servers, and nothing else.
func (p *program) worker() (worker.Command, error) {
	if !p.apart {
		return worker.Command{}, nil
	}
	command, err := worker.Self(fetchCommand)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
		"SystemRoot", "GOCOVERDIR"} {
		if value := p.env[name]; value != "" {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	return command, err
}
