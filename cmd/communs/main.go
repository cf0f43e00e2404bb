// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Command communs is a registry of free software and a search engine over its code.
//
// This package alone reads the environment, writes on the terminal and decides the exit code. Every other package is
// given what it needs and answers with values and errors.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"unicode"

	"communs/internal/words"
)

// The exit codes are a contract with scripts.
const (
	exitYes         = 0   // done, found, compliant
	exitNo          = 1   // nothing found
	exitFailure     = 2   // wrong usage, or it failed
	exitPart        = 3   // done in part
	exitInterrupted = 130 // stopped by Ctrl-C
)

func main() {
	ignoreFileSizeSignal()
	log.SetOutput(io.Discard) // net/http says there what it thinks of each frame that a server sends, which may be for ever; all that we say goes elsewhere
	if len(os.Args) == 2 && os.Args[1] == fetchCommand {
		os.Exit(fetchFor(os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(run(withSignals(context.Background()), os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr, fetchesApart))
}

// run does what the command line asks and returns the exit code.
func run(ctx context.Context, args, environ []string, stdin io.Reader, stdout, stderr io.Writer, options ...func(*program)) int {
	catalog, err := words.Load()
	if err != nil {
		io.WriteString(stderr, "communs: "+err.Error()+"\n")
		return exitFailure
	}
	p := newProgram(catalog, environment(environ), stdin, stdout, stderr)
	for _, option := range options {
		option(p)
	}
	if len(args) > 0 {
		p.typed, args = typedAs(args[0]), args[1:]
	}
	err = p.run(ctx, args)
	if err == nil {
		err = p.out.err
	}
	return p.conclude(ctx, err)
}

// goRun is where “go run” puts a program: a folder for one build, or the build cache.
var goRun = regexp.MustCompile(`/go-build\d*/b\d+/exe/[^/]+$|/[0-9a-f]{2}/[0-9a-f]{64}-d/[^/]+$`)

// typedAs is what to type for the program that was started under a name, so that what we say to try can be typed as it stands.
func typedAs(name string) string {
	if goRun.MatchString(filepath.ToSlash(name)) {
		if _, err := os.Stat(filepath.FromSlash("cmd/communs/main.go")); err == nil {
			return "go run ./cmd/communs"
		}
		return "go run communs/cmd/communs" // from any folder of the module
	}
	harmless := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+,@:", r)
	}
	if strings.TrimFunc(name, harmless) != "" {
		return shellQuote(name)
	}
	return name
}

// environment makes NAME=value lines into a table.
func environment(lines []string) map[string]string {
	env := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	return env
}

// stopped is why the context ended: somebody asked for it.
type stopped struct{ signal os.Signal }

func (s stopped) Error() string { return "stopped by signal: " + s.signal.String() }

func (stopped) Message() (string, []any) { return "cmd.interrupted", nil }

// withSignals ends the context at the first SIGINT or SIGTERM; the second one kills at once, as by default.
func withSignals(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-ch
		signal.Stop(ch)
		cancel(stopped{s})
	}()
	return ctx
}
