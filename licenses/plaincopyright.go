// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package licenses

import "bytes"

// isCopyright reports whether a line states a copyright: it starts, comment markers and "portions" apart, with the word
// or the sign, and a year, a second sign or a placeholder follows at once. A line that
// goes on to speak of the licence is kept.
func isCopyright(line []byte) bool {
	if len(line) > 300 {
		return false
	}
	i := bytes.IndexFunc(line, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '(' || r == '©' })
	if i < 0 || i > 40 {
		return false
	}
	rest := line[i:]
	if s, ok := cutFold(rest, "portions "); ok {
		rest = bytes.TrimLeft(s, " \t")
	}
	signs := 0
	for {
		rest = bytes.TrimLeft(rest, " \t:-")
		s, ok := cutSign(rest)
		if !ok {
			break
		}
		rest, signs = s, signs+1
	}
	if signs == 0 || bytes.Contains(bytes.ToLower(rest), []byte("licens")) {
		return false
	}
	if signs > 1 {
		return true
	}
	return len(rest) > 0 && (rest[0] >= '0' && rest[0] <= '9' || rest[0] == '<' || rest[0] == '[' || rest[0] == '{')
}

// cutSign removes one copyright sign from the front of a line.
func cutSign(line []byte) ([]byte, bool) {
	for _, sign := range []string{"copyright", "(c)", "©"} {
		if s, ok := cutFold(line, sign); ok {
			return s, true
		}
	}
	return line, false
}

// cutFold removes an ASCII prefix whatever its case.
func cutFold(line []byte, prefix string) ([]byte, bool) {
	if len(line) < len(prefix) || !bytes.EqualFold(line[:len(prefix)], []byte(prefix)) {
		return line, false
	}
	return line[len(prefix):], true
}
