// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// extended are the languages of which BCP 47 registers extended language subtags (zh-yue).
var extended = []string{"ar", "kok", "lv", "ms", "sgn", "sw", "uz", "zh"}

// languageNames are what people write in the place of a tag.
var languageNames = map[string]string{
	"english": "en", "anglais": "en", "french": "fr", "français": "fr", "francais": "fr", "german": "de", "deutsch": "de", "allemand": "de",
	"italian": "it", "italiano": "it", "italien": "it", "spanish": "es", "español": "es", "espanol": "es", "espagnol": "es",
	"portuguese": "pt", "português": "pt", "portugais": "pt", "dutch": "nl", "nederlands": "nl", "néerlandais": "nl", "catalan": "ca",
	"català": "ca", "polish": "pl", "polski": "pl", "polonais": "pl", "breton": "br", "brezhoneg": "br", "basque": "eu", "euskara": "eu",
	"occitan": "oc", "corsican": "co", "corse": "co", "arabic": "ar", "arabe": "ar", "russian": "ru", "russe": "ru", "ukrainian": "uk",
	"ukrainien": "uk", "chinese": "zh", "chinois": "zh", "japanese": "ja", "japonais": "ja", "swedish": "sv", "svenska": "sv",
}

// scriptsMeant are what people write in the place of scripts' codes.
var scriptsMeant = map[string]string{"lat": "Latn", "latin": "Latn", "cyr": "Cyrl", "cyrillic": "Cyrl", "simplified": "Hans", "traditional": "Hant"}

// checkLanguage reports whether s is a language tag of BCP 47. When it is none, fix is the one that was meant, if that is plain.
func checkLanguage(s string) (ok bool, fix string) {
	if languageOK(s) {
		return true, ""
	}
	lower := strings.ToLower(strings.TrimSpace(s))
	if tag := languageNames[lower]; tag != "" {
		return false, tag
	}
	lower, _, _ = strings.Cut(lower, ".utf") // of a POSIX locale
	parts := strings.FieldsFunc(lower, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	for i := range parts {
		switch {
		case i > 0 && scriptsMeant[parts[i]] != "":
			parts[i] = scriptsMeant[parts[i]]
		case i > 0 && parts[i] == "uk":
			parts[i] = "GB"
		case i > 0 && len(parts[i]) == 2:
			parts[i] = strings.ToUpper(parts[i])
		}
	}
	meant := strings.Join(parts, "-")
	if tag, err := language.Parse(meant); err == nil && len(parts) > 0 && len(parts[0]) == 3 {
		meant = tag.String() // eng is en
	}
	if languageOK(meant) {
		return false, meant
	}
	return false, ""
}

func languageOK(s string) bool {
	tag, err := language.Parse(s)
	if err != nil || strings.ContainsAny(s, "_ ") || s == "" || tag == language.Und {
		return false
	}
	parts := strings.Split(s, "-")
	base, _ := tag.Base()
	if len(parts[0]) == 3 && len(base.String()) == 2 && len(parts) == 1 { // the shortest code is the tag
		return false
	}
	if len(parts) > 1 && len(parts[1]) == 3 && parts[1][0] > '9' && !slices.Contains(extended, strings.ToLower(parts[0])) {
		return false
	}
	return !slices.ContainsFunc(parts[1:], func(p string) bool { return strings.EqualFold(p, "UK") })
}
