// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Message catalogues teach which English words render French ones. A catalogue is known by its path:
//
//	po            fr.po, fr/LC_MESSAGES/x.po, x.fr.po: English and French in one file
//	xlf, xliff    the same, when the file says from en to fr
//	json, yml, yaml, toml, properties
//	              a file for fr beside one for en: fr.json, locales/fr/x.json, x.fr.yml, messages_fr.properties (whose English may be
//	              messages.properties)
//
// All words of short messages are aligned by IBM model 1 (Brown and others 1993) in both directions, within one repository; a pair
// counts as much as the more doubtful direction gives it. What a repository teaches is kept by itself (see lexicon.go), so that
// a changed repository alone is read again, and a withdrawn one takes its pairs along.

// catalogue is one file of French messages; english is the row of its English ones, its own for a format that has both.
type catalogue struct {
	ext          string
	row, english uint32
}

var frenchPath = regexp.MustCompile(`(?i)(^|[/._-])fr([_-](FR|CA|BE|CH))?([/._-])`)

// englishPaths gives where the English of a French catalogue may stand.
func englishPaths(french string) (all []string) {
	at := frenchPath.FindAllStringSubmatchIndex(french, -1)
	if len(at) == 0 {
		return nil
	}
	m := at[len(at)-1]
	before, after := french[:m[3]], french[m[8]:]
	for _, lang := range []string{"en", "en-US", "en_US", "en-GB", "en_GB", "EN"} {
		all = append(all, before+lang+after)
		if len(at) > 1 { // locales/fr/messages.fr.json
			f := at[0]
			all = append(all, french[:f[3]]+lang+french[f[8]:m[3]]+lang+after)
		}
	}
	if m[3] > m[2] && french[m[2]] != '/' { // messages_fr.properties
		all = append(all, french[:m[2]]+after)
	}
	return all
}

// catalogues lists the French catalogues of a repository, by path.
func (o *Occurrences) catalogues() (all []catalogue) {
	for row := range uint32(o.Len()) {
		if o.Skipped(row) != Indexed || o.Flags(row)&(FlagVendored|FlagTest) != 0 {
			continue
		}
		name := o.PathBytes(row)
		if !frenchPath.Match(name) {
			continue
		}
		c := catalogue{ext: strings.ToLower(strings.TrimPrefix(path.Ext(string(name)), ".")), row: row}
		switch c.ext {
		case "po", "xlf", "xliff":
			c.english = row
			all = append(all, c)
		case "json", "yml", "yaml", "toml", "properties":
			for _, other := range englishPaths(string(name)) {
				if english, ok := o.Find(other); ok && english != row && o.Skipped(english) == Indexed {
					c.english = english
					all = append(all, c)
					break
				}
			}
		}
		if len(all) == maxCatalogues {
			break
		}
	}
	return all
}

// maxCatalogues is how many of one repository are read.
const maxCatalogues = 200

// messages reads a catalogue. A file that cannot be read gives what could be.
func (c catalogue) messages(content func(row uint32) ([]byte, error)) ([]message, error) {
	french, err := content(c.row)
	if err != nil {
		return nil, err
	}
	if c.english == c.row {
		all, _ := readBilingual(c.ext, french)
		return all, nil
	}
	english, err := content(c.english)
	if err != nil {
		return nil, err
	}
	from, err1 := readKeyed(c.ext, english)
	into, err2 := readKeyed(c.ext, french)
	if err1 != nil || err2 != nil {
		return nil, nil
	}
	keys := make([]string, 0, len(into))
	for key := range into {
		if from[key] != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	all := make([]message, len(keys))
	for i, key := range keys {
		all[i] = message{from[key], into[key]}
	}
	return all, nil
}

// maxMessageWords is how many words a message may have on a side: long ones are translated freely.
const maxMessageWords = 12

var placeholder = regexp.MustCompile(`%[-+ #0-9.*$]*[a-zA-Z]\b|%\{[^}]*\}|%\([^)]*\)[a-z]?|\$?\{[^{}]*\}|<[^>]*>|&[a-z]+;|https?://\S+`)

// words gives the words of a message that say something, in small letters: French ones keep their accents.
func (m message) words() (english, french []string) {
	return messageWords(m.english, emptyEnglish), messageWords(m.french, emptyFrench)
}

func messageWords(text string, empty map[string]bool) (words []string) {
	if len(text) > maxMessageBytes {
		return nil
	}
	text = placeholder.ReplaceAllString(text, " ")
	text = strings.NewReplacer("&", "", "_", "", "’", "'").Replace(text)
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) }) {
		word = strings.ToLower(word)
		if n := len([]rune(word)); n < 3 || n > 32 || empty[word] || isMixed(word) {
			continue
		}
		words = append(words, word)
	}
	return words
}

// isMixed tells words of other scripts than Latin.
func isMixed(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return !unicode.In(r, unicode.Latin, unicode.Mn) })
}

// emptyFrench and emptyEnglish are the words that say nothing by themselves.
var (
	emptyFrench = wordSet(`ainsi alors aucun aucune aussi aux avec avez avoir ces cet cette ceci cela ceux chaque comme dans des donc dont elle elles
		est été êtes être ils les leur leurs lors mais mes mon nos notre nous ont par pas peut pour que quel quelle quelles quels qui quoi ses
		sans sera seront ses soit son sont sous sur tes ton tous tout toute toutes très une vers veuillez vos votre vous doit peuvent cependant`)
	emptyEnglish = wordSet(`about all also and any are been but can cannot could did does for from had has have here his how into its just may more
		must not now off one only other our out over please shall should some such than that the their them then there these they this those
		too under very was were what when where which who will with would you your`)
)
