// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package worker runs a dangerous piece of work in a process of its own: the same program, started again under limits of
// memory, processor time and file size, which can be killed without harm to anything else.
//
// The two speak over the child's standard input and output. It ends when its input does, so that it never outlives its
// parent; on Linux the kernel ends it too.
package worker

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// MaxMessage is the longest message in bytes. Whoever has more to say says it in several.
const MaxMessage = 1 << 20

// LengthError is a message that is longer than any that is spoken here.
type LengthError struct{ Length uint32 }

func (e *LengthError) Error() string {
	return fmt.Sprintf("message of %d bytes, the most is %d", e.Length, MaxMessage)
}

// Write sends one message: its length in four bytes, the most significant first, and that many bytes of JSON.
func Write(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if len(text) > MaxMessage {
		return &LengthError{uint32(len(text))}
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...))
	return err
}

// Read receives one message into v. Nothing is taken into memory before its length is known to be allowed. Between two
// messages the end is io.EOF; within one it is io.ErrUnexpectedEOF.
func Read(r io.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxMessage {
		return &LengthError{n}
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err == io.EOF {
		return io.ErrUnexpectedEOF
	} else if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}
