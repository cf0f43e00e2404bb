//go:build unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package search

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

// Nothing before or after the text is read: it lies at the end, then at the start, of a page between two that may not be touched.
func TestBytePairStaysWithin(t *testing.T) {
	page := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skipf("map memory: %v", err)
	}
	defer syscall.Munmap(memory)
	for _, guard := range [][]byte{memory[:page], memory[2*page:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Skipf("protect memory: %v", err)
		}
	}
	middle := memory[page : 2*page]
	for i := range middle {
		middle[i] = '.'
	}
	for _, text := range []string{"q", "qz", "q.......z", "e_e", "q" + string(bytes.Repeat([]byte("e"), 70)) + "z"} {
		p := newBytePair([]byte(text), []byte(text))
		for size := len(text); size <= len(text)+130; size++ {
			for _, s := range [][]byte{middle[:size:size], middle[page-size:]} {
				for from := 0; from <= len(s)-len(text); from += 1 + from/3 {
					if at := p.next(s, from, len(s)-len(text)); at >= 0 {
						t.Fatalf("%q: found at %d of %d dots", text, at, size)
					}
				}
				last := s[size-len(text):]
				copy(last, text)
				if at := p.next(s, 0, size-len(text)); at < 0 || at > size-len(text) {
					t.Fatalf("%q at the end of %d bytes: %d", text, size, at)
				}
				for i := range last {
					last[i] = '.'
				}
			}
		}
	}
}
