// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package words holds every sentence that people read, in French and in English.
//
// The sentences stand in messages/*.toml, one file for each package that speaks:
//
//	[search.no-hits]
//	fr = "Rien trouvé pour « %s »."
//	en = "Nothing found for “%s”."
//
//	[crawl.found]
//	arg = 1                                  # which argument decides the plural; 1 is the first
//	fr = { one = "%d dépôt", other = "%d dépôts" }
//	en = { one = "%d repository", other = "%d repositories" }
//
//	[search.syntax.hint]                     # what to do about the error that search.syntax tells
//
// A key is the file's table path joined with dots. Arguments are formatted as golang.org/x/text/message does:
// numbers get the language's separators, so pass what is not a quantity (a port, a line number) as a string.
package words

import (
	"embed"
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:embed messages/*.toml
var files embed.FS

// Lang is a language that Communs speaks, as its BCP 47 code.
type Lang string

// The languages, French first.
const (
	French  Lang = "fr"
	English Lang = "en"
)

// Langs lists the languages, the default first.
func Langs() []Lang { return []Lang{French, English} }

// Messenger is an error that can be told to people: a key of the catalogue and its arguments. The key with ".hint"
// appended, when it exists, says what to do; it takes the same arguments.
type Messenger interface {
	error
	Message() (key string, args []any)
}

// Catalog is every sentence in every language.
type Catalog struct {
	builder *catalog.Builder
	keys    map[Lang]map[string]string // what is said whatever the arguments; empty where they count
}

// Load reads the embedded sentences.
func Load() (*Catalog, error) {
	c := &Catalog{catalog.NewBuilder(catalog.Fallback(language.French)), map[Lang]map[string]string{French: {}, English: {}}}
	entries, err := files.ReadDir("messages")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		data, err := files.ReadFile("messages/" + e.Name())
		if err != nil {
			return nil, err
		}
		var tree map[string]any
		if err := toml.Unmarshal(data, &tree); err != nil {
			return nil, fmt.Errorf("read messages/%s: %w", e.Name(), err)
		}
		if err := c.add("", tree); err != nil {
			return nil, fmt.Errorf("read messages/%s: %w", e.Name(), err)
		}
	}
	return c, nil
}

// add walks one TOML table: what stands under fr and en is a message, any other name leads to more of them.
func (c *Catalog) add(key string, table map[string]any) error {
	for name, v := range table {
		if name == "fr" || name == "en" || name == "arg" {
			continue
		}
		sub, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s.%s is not a message", key, name)
		}
		if err := c.add(strings.TrimPrefix(key+"."+name, "."), sub); err != nil {
			return err
		}
	}
	if table["fr"] == nil && table["en"] == nil {
		return nil
	}
	arg := 1
	if n, ok := table["arg"].(int64); ok {
		arg = int(n)
	}
	for _, lang := range Langs() {
		var err error
		fixed := ""
		switch text := table[string(lang)].(type) {
		case string:
			err = c.builder.SetString(language.Make(string(lang)), key, text)
			if !strings.ContainsAny(text, "%$") {
				fixed = text
			}
		case map[string]any:
			var cases []any
			for _, form := range []string{"=0", "one", "other"} {
				if t, ok := text[form].(string); ok {
					cases = append(cases, form, t)
				}
			}
			err = c.builder.Set(language.Make(string(lang)), key, plural.Selectf(arg, "%d", cases...))
		default:
			continue
		}
		if err != nil {
			return fmt.Errorf("message %s in %s: %w", key, lang, err)
		}
		if _, twice := c.keys[lang][key]; twice {
			return fmt.Errorf("message %s stands twice", key)
		}
		c.keys[lang][key] = fixed
	}
	return nil
}

// Keys lists the keys that a language has, sorted.
func (c *Catalog) Keys(lang Lang) []string {
	keys := make([]string, 0, len(c.keys[lang]))
	for k := range c.keys[lang] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Match chooses the language for an Accept-Language header or a POSIX locale (fr_FR.UTF-8); French when in doubt.
func Match(preference string) Lang {
	preference, _, _ = strings.Cut(preference, ".UTF-8")
	preference = strings.ReplaceAll(preference, "_", "-")
	tags, _, err := language.ParseAcceptLanguage(preference)
	if err != nil {
		return French
	}
	for _, t := range tags { // the most wanted first
		base, _ := t.Base()
		for _, lang := range Langs() {
			if base.String() == string(lang) {
				return lang
			}
		}
	}
	return French
}

// Printer says things in one language.
type Printer struct {
	Lang Lang
	keys map[string]string
	p    *message.Printer
}

// Printer makes the printer for a language.
func (c *Catalog) Printer(lang Lang) *Printer {
	return &Printer{lang, c.keys[lang], message.NewPrinter(language.Make(string(lang)), message.Catalog(c.builder))}
}

// Has reports whether the key has a sentence.
func (p *Printer) Has(key string) bool {
	_, has := p.keys[key]
	return has
}

// T is the sentence for a key. An argument that is itself a Messenger is told in the same language.
func (p *Printer) T(key string, args ...any) string {
	if fixed := p.keys[key]; fixed != "" && len(args) == 0 {
		return fixed
	}
	said := make([]any, len(args))
	for i, a := range args {
		if m, ok := a.(Messenger); ok {
			a, _ = p.Error(m)
		}
		said[i] = a
	}
	return p.p.Sprintf(message.Key(key, key), said...)
}

// Error tells an error: the sentence for the outermost Messenger in its chain, and the outermost hint, which may be that of an error
// within. An error that none of our packages named is given as it is, with no hint.
func (p *Printer) Error(err error) (sentence, hint string) {
	var m Messenger
	if !errors.As(err, &m) {
		return err.Error(), ""
	}
	key, args := m.Message()
	sentence = p.T(key, args...)
	if p.Has(key + ".hint") {
		return sentence, p.T(key+".hint", args...)
	}
	if within := errors.Unwrap(m); errors.As(within, &m) {
		_, hint = p.Error(m)
	}
	return sentence, hint
}
