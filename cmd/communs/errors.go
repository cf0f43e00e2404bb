// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"communs/internal/words"
	"communs/licenses"
	"communs/search"
)

// conclude tells the error, if there is one, and chooses the exit code.
func (p *program) conclude(ctx context.Context, err error) int {
	var stop stopped
	var verdict verdict
	var missing *search.NotFoundError
	switch {
	case err == nil:
		return exitYes
	case errors.Is(err, syscall.EPIPE):
		return exitYes // whoever read the results has seen enough
	case ctx.Err() != nil && errors.As(context.Cause(ctx), &stop):
		p.tell(stop)
		return exitInterrupted
	case errors.As(err, &verdict):
		p.tell(err)
		return verdict.code
	case errors.As(err, &missing) && missing.What != "id":
		p.tell(err)
		if missing.What == "block" || missing.What == "replaced" {
			p.note("cmd.show.in-archive", "https://archive.softwareheritage.org/"+missing.Name)
		}
		return exitNo
	}
	p.tell(err)
	return exitFailure
}

// verdict is a command's answer other than yes and other than a failure.
type verdict struct {
	code int
	key  string // of the sentence that says it; empty when the results already do
	args []any
}

func (v verdict) Error() string { return v.key }

func (v verdict) Message() (string, []any) { return v.key, v.args }

// said is an error of this package, told by a sentence of the catalogue.
type said struct {
	key   string
	args  []any
	cause error
}

// fault makes an error from a sentence of the catalogue.
func fault(key string, args ...any) error { return &said{key: key, args: args} }

// faultOf is fault with the error that led to it, shown by --debug.
func faultOf(cause error, key string, args ...any) error { return &said{key, args, cause} }

func (s *said) Error() string {
	if s.cause != nil {
		return s.key + ": " + s.cause.Error()
	}
	return s.key
}

func (s *said) Unwrap() error { return s.cause }

func (s *said) Message() (string, []any) { return s.key, s.args }

// tell says an error on stderr: one sentence, then on the next line what to do about it.
func (p *program) tell(err error) {
	err = localFault(err, p.settings.data)
	var m words.Messenger
	if errors.As(err, &m) {
		if key, _ := m.Message(); key == "" {
			return
		}
	}
	sentence, hint := p.say.Error(err)
	fmt.Fprintln(p.err, "communs: "+visible(sentence))
	var wrong *search.QueryError
	if errors.As(err, &wrong) {
		fmt.Fprint(p.err, underline(wrong.Query, wrong.Start, wrong.End))
	}
	var expression *licenses.SyntaxError
	if errors.As(err, &expression) {
		fmt.Fprint(p.err, underline(expression.Input, expression.Offset, expression.Offset+len(expression.Word)))
	}
	if hint != "" {
		fmt.Fprintln(p.err, visible(hint))
	}
	p.log.Debug("chain of the error", "error", err)
}

// maxUnderlined bounds what is shown with its fault underlined.
const maxUnderlined = 2000

// underline shows a question or an expression with carets under its fault.
func underline(text string, start, end int) string {
	if strings.TrimSpace(text) == "" || len(text) > maxUnderlined {
		return ""
	}
	start = min(max(start, 0), len(text))
	end = min(max(end, start), len(text))
	shown := func(s string) string { return strings.NewReplacer("\n", "␊", "\t", " ").Replace(visible(s)) }
	before, fault := shown(text[:start]), shown(text[start:end])
	return "  " + before + fault + shown(text[end:]) + "\n  " + strings.Repeat(" ", len([]rune(before))) +
		strings.Repeat("^", max(1, len([]rune(fault)))) + "\n"
}
