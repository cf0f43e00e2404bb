// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package mail

import (
	"context"
	"errors"
	"fmt"

	gomail "github.com/wneessen/go-mail"
)

// Owed is a letter that waits to leave. Its name becomes the message's (Message-ID): a letter that left twice, because the program was stopped
// before it could keep that it had left, is seen to be one.
type Owed struct {
	Name string
	Letter
}

// Box keeps the letters that are owed.
type Box interface {
	// Owed gives letters whose time has come, at most as many as are asked for.
	Owed(ctx context.Context, most int) ([]Owed, error)
	// Left takes one out for good: it has left, or never will.
	Left(ctx context.Context, name string) error
	// Later puts one off that could not leave now.
	Later(ctx context.Context, name string) error
}

// handful is how many letters are taken out of a box at once.
const handful = 20

// Deliver sends what a box holds and whose time has come. A letter that the server refuses for good is taken out, and refused hears of it; when
// it cannot take one now, that is put off, and the error says why; when it does not answer, no other is tried.
func (s *Sender) Deliver(ctx context.Context, box Box, refused func(error)) error {
	for {
		letters, err := box.Owed(ctx, handful)
		if err != nil || len(letters) == 0 {
			return err
		}
		var late error
		for _, l := range letters {
			err := s.deliver(ctx, box, l, refused)
			var failed *SendError
			if err != nil && (!errors.As(err, &failed) || !failed.answered()) {
				return err // the others would only wait for it in turn
			}
			late = errors.Join(late, err)
		}
		if late != nil {
			return late
		}
	}
}

// answered reports whether it was the server that said no, of this letter alone.
func (e *SendError) answered() bool {
	var told *gomail.SendError
	return errors.As(e.Err, &told) && told.ErrorCode() != 0
}

// deliver sends one letter.
func (s *Sender) deliver(ctx context.Context, box Box, l Owed, refused func(error)) error {
	err := s.send(ctx, l.Name, l.Letter)
	if ctx.Err() != nil {
		return ctx.Err() // the program ends: the letter's time has still come
	}
	var failed *SendError
	if errors.As(err, &failed) && failed.Never {
		refused(err)
		err = nil
	}
	if err != nil {
		return errors.Join(err, box.Later(ctx, l.Name))
	}
	if err := box.Left(ctx, l.Name); err != nil {
		return fmt.Errorf("keep that a letter left: %w", err)
	}
	return nil
}
