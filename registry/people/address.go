// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package people

import (
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// maxAddress is the longest address that a server must take: RFC 5321, section 4.5.3.1.3, without the brackets.
const maxAddress = 254

// ReadAddress reads an e-mail address as a person typed it: spaces around it do not matter, its domain becomes ASCII in small
// letters. A name beside it, several addresses, comments, quotes and control characters are an [AddressError]: what is kept
// goes into the header of a message as it is.
func ReadAddress(text string) (string, error) {
	typed := strings.TrimSpace(text)
	at := strings.LastIndexByte(typed, '@')
	if at <= 0 || at > 64 || strings.ContainsFunc(typed, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"(),:;<>[\]`, r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r)
	}) {
		return "", &AddressError{text}
	}
	domain, err := idna.Lookup.ToASCII(typed[at+1:])
	if err != nil || !strings.Contains(domain, ".") || len(typed[:at])+1+len(domain) > maxAddress {
		return "", &AddressError{text}
	}
	address := typed[:at] + "@" + domain
	if read, err := mail.ParseAddress(address); err != nil || read.Name != "" || read.Address != address {
		return "", &AddressError{text}
	}
	return address, nil
}

// readName makes a name fit to be shown and to stand in a message: one line of at most 80 characters.
func readName(text string) (string, error) {
	name := strings.Join(strings.Fields(text), " ")
	if len([]rune(name)) > 80 || strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
	}) {
		return "", &NameError{text}
	}
	return name, nil
}
