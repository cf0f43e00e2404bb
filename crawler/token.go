// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"io"
	"os"
	"runtime"
	"strings"
)

// maxToken is more than any forge's token takes.
const maxToken = 8 << 10

// token reads the token of a source from where the operator keeps it. It stands nowhere else: not in the configuration, not in an
// error, not below the data folder.
func (sc SourceConfig) token(cfg Config) (string, error) {
	bad := func(field, problem, value string) (string, error) {
		return "", &ConfigError{sc.where(field), field, problem, value}
	}
	switch {
	case sc.TokenEnv != "":
		token := strings.TrimSpace(cfg.Env(sc.TokenEnv))
		if token == "" {
			return bad("token_env", "no-token", sc.TokenEnv)
		}
		if !isToken(token) {
			return bad("token_env", "bad-token", sc.TokenEnv)
		}
		return token, nil
	case sc.TokenFile != "":
		f, err := os.Open(sc.TokenFile)
		if err != nil {
			return bad("token_file", "token-unreadable", sc.TokenFile)
		}
		defer f.Close()
		fi, err := f.Stat()
		if err != nil || !fi.Mode().IsRegular() {
			return bad("token_file", "token-unreadable", sc.TokenFile)
		}
		if runtime.GOOS != "windows" && fi.Mode().Perm()&0o077 != 0 {
			return bad("token_file", "token-open", sc.TokenFile)
		}
		text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
		if err != nil {
			return bad("token_file", "token-unreadable", sc.TokenFile)
		}
		token := strings.TrimSpace(string(text))
		if !isToken(token) {
			return bad("token_file", "bad-token", sc.TokenFile)
		}
		return token, nil
	}
	return "", nil
}

// isToken reports whether a text can be a token: one word of plain characters.
func isToken(text string) bool {
	if text == "" || len(text) > maxToken {
		return false
	}
	for _, r := range text {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return true
}
