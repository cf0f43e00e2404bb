// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package mail_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"communs/internal/mail"
	"communs/internal/mail/mailtest"
)

// box is letters in memory.
type box struct {
	letters []mail.Owed
	late    []string
	left    []string
}

func (b *box) Owed(_ context.Context, most int) (all []mail.Owed, err error) {
	for _, l := range b.letters {
		if !slices.Contains(b.late, l.Name) && !slices.Contains(b.left, l.Name) && len(all) < most {
			all = append(all, l)
		}
	}
	return all, nil
}

func (b *box) Left(_ context.Context, name string) error {
	b.left = append(b.left, name)
	return nil
}

func (b *box) Later(_ context.Context, name string) error {
	b.late = append(b.late, name)
	return nil
}

func TestDeliver(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{NoTLS: true, Refuse: func(to string) *smtp.SMTPError {
		switch {
		case strings.HasPrefix(to, "full"):
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "full"}
		case strings.HasPrefix(to, "nobody"):
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no mailbox"}
		}
		return nil
	}})
	s := sender(t, mail.Config{Server: server.Addr, From: "communs@exemple.fr", Security: mail.Plain})
	b := &box{}
	for i := range 45 { // more than one handful
		b.letters = append(b.letters, mail.Owed{Name: fmt.Sprintf("n%d", i), Letter: mail.Letter{To: fmt.Sprintf("a%d@exemple.fr", i), Subject: "x", Text: "y"}})
	}
	b.letters[1].To, b.letters[2].To = "full@exemple.fr", "nobody@exemple.fr"
	refused := 0
	var failed *mail.SendError
	if err := s.Deliver(t.Context(), b, func(error) { refused++ }); !errors.As(err, &failed) || failed.Never {
		t.Errorf("what could not leave now: %v", err)
	}
	if err := s.Deliver(t.Context(), b, func(error) { refused++ }); err != nil {
		t.Error(err)
	}
	if len(b.left) != 44 || len(b.late) != 1 || b.late[0] != "n1" || refused != 1 || len(server.Letters()) != 43 {
		t.Errorf("%d left, late %v, %d refused, %d arrived", len(b.left), b.late, refused, len(server.Letters()))
	}
	if id := server.Letters()[0].Header.Get("Message-Id"); id != "<n0@exemple.fr>" {
		t.Errorf("the message's name is %q: one that leaves twice could not be told", id)
	}
	// A server that is not there is asked once, not by each letter in turn.
	gone := sender(t, mail.Config{Server: "127.0.0.1:1", From: "communs@exemple.fr", Security: mail.Plain})
	b.late, b.left = nil, nil
	if err := gone.Deliver(t.Context(), b, func(error) { t.Error("refused") }); err == nil || len(b.late) != 1 || len(b.left) != 0 {
		t.Errorf("%v: late %v", err, b.late)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.late = nil
	if err := gone.Deliver(ctx, b, func(error) {}); err == nil || len(b.late)+len(b.left) != 0 {
		t.Errorf("while the program ends: %v, late %v", err, b.late)
	}
}
