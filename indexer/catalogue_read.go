// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package indexer

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// message is one message in two languages.
type message struct{ english, french string }

// What one catalogue may hold; the rest is left out.
const (
	maxMessages     = 20_000
	maxMessageBytes = 400
	maxMessageDepth = 32 // of nested keys
)

// readBilingual reads a format in which one file holds both languages.
func readBilingual(ext string, src []byte) ([]message, error) {
	if ext == "po" {
		return readPO(src)
	}
	return readXLIFF(src)
}

// readPO reads a gettext catalogue: msgid is the English message, msgstr the French one. Fuzzy and obsolete entries, plural forms
// but the first, and the header are left out.
func readPO(src []byte) (all []message, err error) {
	var text [2]string // msgid, msgstr
	state, fuzzy := -1, false
	flush := func() {
		if !fuzzy && text[0] != "" && text[1] != "" && len(all) < maxMessages {
			all = append(all, message{text[0], text[1]})
		}
		text, state = [2]string{}, -1
	}
	for n, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			flush()
			fuzzy = false
			continue
		case line[0] == '#':
			if state >= 0 {
				flush()
				fuzzy = false
			}
			fuzzy = fuzzy || strings.HasPrefix(line, "#,") && strings.Contains(line, "fuzzy")
			continue
		case line[0] != '"':
			keyword, rest, _ := strings.Cut(line, " ")
			switch keyword {
			case "msgid":
				if state == 1 {
					flush()
					fuzzy = false
				}
				state = 0
			case "msgstr", "msgstr[0]":
				state = 1
			default: // msgctxt, msgid_plural, msgstr[1]
				state = 2
			}
			line = strings.TrimSpace(rest)
		}
		if state != 0 && state != 1 {
			continue
		}
		part, err := strconv.Unquote(line)
		if err != nil {
			if strings.HasPrefix(line, `"`) {
				continue // an escape that Go does not have
			}
			return all, fmt.Errorf("line %d is no text between quotes", n+1)
		}
		if len(text[state])+len(part) <= 4*maxMessageBytes {
			text[state] += part
		}
	}
	flush()
	return all, nil
}

// readXLIFF reads the units of an XLIFF file, version 1 or 2, from English into French.
func readXLIFF(src []byte) (all []message, err error) {
	d := xml.NewDecoder(bytes.NewReader(src))
	d.Strict = false
	var m message
	var into *string
	french, english := false, false
	for len(all) < maxMessages {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return all, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "file", "xliff":
				for _, a := range t.Attr {
					switch a.Name.Local {
					case "source-language", "srcLang":
						english = strings.HasPrefix(strings.ToLower(a.Value), "en")
					case "target-language", "trgLang":
						french = strings.HasPrefix(strings.ToLower(a.Value), "fr")
					}
				}
			case "source":
				m, into = message{}, &m.english
			case "target":
				into = &m.french
			}
		case xml.CharData:
			if into != nil && len(*into) <= maxMessageBytes {
				*into += string(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "source", "target":
				into = nil
				if t.Name.Local == "target" && french && english && m.english != "" && m.french != "" {
					all = append(all, m)
				}
			}
		}
	}
	return all, nil
}

// readKeyed reads a format that has one file for each language: its messages by key.
func readKeyed(ext string, src []byte) (map[string]string, error) {
	if !utf8.Valid(src) {
		src = DecodeLatin1(nil, src)
	}
	out := map[string]string{}
	var tree any
	var err error
	switch ext {
	case "json":
		err = json.Unmarshal(src, &tree)
	case "toml":
		err = toml.Unmarshal(src, &tree)
	case "properties":
		readProperties(string(src), out)
		return out, nil
	default:
		readYAML(string(src), out)
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	flatten("", tree, out, 0)
	return out, nil
}

// flatten gives the texts of a tree by the path that leads to them. A list of tables that have an id, as go-i18n writes them, goes by
// the ids.
func flatten(key string, tree any, out map[string]string, depth int) {
	if depth > maxMessageDepth || len(out) >= maxMessages {
		return
	}
	switch t := tree.(type) {
	case string:
		out[key] = t
	case map[string]any:
		for k, v := range t {
			flatten(key+"\x00"+k, v, out, depth+1)
		}
	case []any:
		for i, v := range t {
			name := strconv.Itoa(i)
			if m, ok := v.(map[string]any); ok {
				if id, ok := m["id"].(string); ok {
					name = id
				}
			}
			flatten(key+"\x00"+name, v, out, depth+1)
		}
	}
}

// readProperties reads a Java resource bundle.
func readProperties(src string, out map[string]string) {
	joined := strings.NewReplacer("\\\r\n", "", "\\\n", "").Replace(src)
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		i := strings.IndexAny(line, "=:")
		if i <= 0 || line[0] == '#' || line[0] == '!' || len(out) >= maxMessages {
			continue
		}
		value := strings.TrimSpace(line[i+1:])
		if strings.Contains(value, `\u`) {
			value = unescapeProperties(value)
		}
		out[strings.TrimSpace(line[:i])] = value
	}
}

// unescapeProperties reads \u00e9.
func unescapeProperties(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+5 < len(s) && s[i+1] == 'u' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 5
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// readYAML reads the part of YAML that catalogues are written in: nested keys with a text on the same line. The first key, when it
// is a language, is left out of the paths. Texts of several lines, lists and references are left out.
func readYAML(src string, out map[string]string) {
	type level struct {
		indent int
		key    string
	}
	var at []level
	block := -1 // the indent of the key whose text of several lines is passed over
	for line := range strings.Lines(src) {
		text := strings.TrimSpace(line)
		if text == "" || text[0] == '#' || text[0] == '-' {
			continue
		}
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && indent > block {
			continue
		}
		block = -1
		key, value, ok := strings.Cut(text, ":")
		if !ok || len(at) >= maxMessageDepth && indent > at[len(at)-1].indent || len(out) >= maxMessages {
			continue
		}
		key, value = strings.Trim(key, `"'`), strings.TrimSpace(value)
		for len(at) > 0 && at[len(at)-1].indent >= indent {
			at = at[:len(at)-1]
		}
		if len(at) == 0 && value == "" && isLanguage(key) {
			key = ""
		}
		at = append(at, level{indent, key})
		switch {
		case value == "":
			continue
		case value[0] == '|' || value[0] == '>':
			block = indent
			continue
		case value[0] == '&' || value[0] == '*' || value[0] == '[' || value[0] == '{':
			continue
		case value[0] == '"':
			if s, err := strconv.Unquote(value); err == nil {
				value = s
			}
		case value[0] == '\'':
			value = strings.ReplaceAll(strings.Trim(value, "'"), "''", "'")
		}
		var path strings.Builder
		for _, l := range at {
			path.WriteString("\x00" + l.key)
		}
		out[path.String()] = value
	}
}

func isLanguage(key string) bool {
	key = strings.ToLower(strings.ReplaceAll(key, "_", "-"))
	return key == "fr" || key == "en" || strings.HasPrefix(key, "fr-") || strings.HasPrefix(key, "en-")
}
