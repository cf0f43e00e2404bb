// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// A secret is 32 random bytes. People and programs carry it as base64 of RFC 4648 section 5 without padding, 43 characters; a
// key has [keyPrefix] before it, so that those who search code for leaked keys find it.
const secretBytes = 32

// keyPrefix begins every key for programs.
const keyPrefix = "communs_"

// secret makes a new one, and the hash that is kept of it.
func (s *Store) secret() (text string, hash []byte, err error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", nil, fmt.Errorf("make a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), hashOf(raw), nil
}

// id makes a name that says nothing: 26 lower-case letters and digits that hold 16 random bytes.
func (s *Store) id() (string, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(s.random, raw); err != nil {
		return "", fmt.Errorf("make a name: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)), nil
}

// readSecret gives the hash of a secret as somebody sent it; what cannot be one has none.
func readSecret(text string) (hash []byte, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != secretBytes {
		return nil, false
	}
	return hashOf(raw), true
}

func hashOf(raw []byte) []byte {
	sum := sha256.Sum256(raw)
	return sum[:]
}
