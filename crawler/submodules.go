// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"net/url"
	"path"
	"strings"
)

// A .gitmodules file is written as git's configuration is, https://git-scm.com/docs/git-config#_syntax:
//
//	[submodule "name"]
//		path = where/it/stands
//		url = ../other.git
//
// Strangers write it. It is read for the addresses of what stands in a tree as a commit of another repository, and nothing of it is followed.
const (
	modulesFile = ".gitmodules"
	maxModules  = 1 << 20 // bytes
	maxDeclared = 10_000  // submodules; those after them have no address
	maxAddress  = 2048    // bytes of one
)

// parseModules gives the address of each path. What git would refuse, such as a path or an address that begins with a dash, is left out; so is
// what cannot be read, up to the end of its line. Of two sections about one path the first counts, as of two lines of a section the last.
func parseModules(data []byte) map[string]string {
	if len(data) > maxModules {
		return nil
	}
	found := map[string]string{}
	var at, address string
	flush := func() {
		if _, twice := found[at]; at != "" && !twice && len(found) < maxDeclared {
			found[at] = address
		}
		at, address = "", ""
	}
	in := false
	r := &configReader{rest: strings.TrimPrefix(string(data), "\ufeff")}
	for r.rest != "" {
		section, key, value := r.next()
		switch {
		case section != "":
			flush()
			name, quoted := strings.CutPrefix(section, "submodule ")
			in = quoted && name != ""
		case !in || strings.HasPrefix(value, "-"):
		case key == "path":
			at = path.Clean(value)
			if strings.HasPrefix(value, "/") || at == "." || at == ".." || strings.HasPrefix(at, "../") || len(at) > maxPath {
				at = ""
			}
		case key == "url" && len(value) <= maxAddress:
			address = value
		}
	}
	flush()
	return found
}

// configReader reads git's configuration line by line.
type configReader struct{ rest string }

// next reads one thing: a section, of which a subsection follows the name after a space, or a key, in small letters, with its value.
// It gives nothing for an empty line, and for one that cannot be read.
func (r *configReader) next() (section, key, value string) {
	r.rest = strings.TrimLeft(r.rest, " \t\r\n")
	if r.rest == "" {
		return
	}
	switch r.rest[0] {
	case '#', ';':
		r.line()
		return
	case '[':
		return r.section(), "", ""
	}
	n := 0
	for n < len(r.rest) && (isLetter(r.rest[n]) || n > 0 && (r.rest[n] == '-' || r.rest[n] >= '0' && r.rest[n] <= '9')) {
		n++
	}
	key, r.rest = strings.ToLower(r.rest[:n]), strings.TrimLeft(r.rest[n:], " \t")
	if !strings.HasPrefix(r.rest, "=") || key == "" {
		r.line()
		return "", "", ""
	}
	r.rest = r.rest[1:]
	value, ok := r.value()
	if !ok {
		return "", "", ""
	}
	return "", key, value
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// line gives the rest of a line.
func (r *configReader) line() (line string) {
	line, r.rest, _ = strings.Cut(r.rest, "\n")
	return line
}

// section reads [name] or [name "subsection"].
func (r *configReader) section() string {
	end := strings.IndexAny(r.rest, "]\"\n")
	if end < 0 || r.rest[end] == '\n' {
		r.line()
		return "?"
	}
	name := strings.ToLower(strings.TrimSpace(r.rest[1:end]))
	quoted := r.rest[end] == '"'
	r.rest = r.rest[end+1:]
	if !quoted {
		return name + "?"
	}
	var b strings.Builder
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		switch {
		case c == '\n':
			return "?"
		case c == '\\' && r.rest != "" && r.rest[0] != '\n':
			b.WriteByte(r.rest[0])
			r.rest = r.rest[1:]
		case c == '"' && strings.HasPrefix(r.rest, "]"):
			r.rest = r.rest[1:]
			return name + " " + b.String()
		case c == '"':
			r.line()
			return "?"
		default:
			b.WriteByte(c)
		}
	}
	return "?"
}

// value reads what follows an equals sign: up to the end of the line or a comment, without the blanks around it, except in quotes; a backslash at
// the end of a line goes on with the next.
func (r *configReader) value() (string, bool) {
	var b strings.Builder
	kept, quoted := 0, false
	r.rest = strings.TrimLeft(r.rest, " \t")
	for r.rest != "" {
		c := r.rest[0]
		r.rest = r.rest[1:]
		switch {
		case c == '\n':
			return strings.TrimSuffix(b.String()[:kept], "\r"), !quoted
		case c == '\\':
			if r.rest == "" {
				return "", false
			}
			escaped := r.rest[0]
			i := strings.IndexByte("\n\\\"ntb", escaped)
			if i < 0 {
				r.line()
				return "", false
			}
			if r.rest = r.rest[1:]; escaped != '\n' {
				b.WriteByte("\n\\\"\n\t\b"[i])
				kept = b.Len()
			}
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '#' || c == ';'):
			r.line()
			return b.String()[:kept], true
		default:
			if b.WriteByte(c); quoted || c != ' ' && c != '\t' {
				kept = b.Len()
			}
		}
	}
	return b.String()[:kept], !quoted
}

// submoduleURL is where a submodule is developed, by what .gitmodules says and the address of the repository that holds it; empty when that
// is no place on the web. Nothing but a link is made of it: what ssh and git fetch from is taken to have a page under the same name.
func submoduleURL(declared, of string) string {
	if declared == "" || strings.ContainsAny(declared, "\x00\r\n\t") {
		return ""
	}
	if strings.HasPrefix(declared, "./") || strings.HasPrefix(declared, "../") {
		return besides(declared, of)
	}
	if m := scpLike.FindStringSubmatch(declared); m != nil {
		declared = "https://" + m[1] + "/" + m[2]
	}
	u, err := url.Parse(declared)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
	case "ssh", "git", "git+ssh":
		u.Scheme, u.Host = "https", u.Hostname()
	default:
		return ""
	}
	u.User = nil
	address, err := CanonicalURL(u.String())
	if err != nil {
		return ""
	}
	return address
}

// besides follows a relative address from that of a repository, as git does: each ../ takes away an element, beginning with the repository's own
// name. It never leaves the host.
func besides(declared, of string) string {
	base, err := url.Parse(of)
	if err != nil || base.Host == "" {
		return ""
	}
	at := strings.FieldsFunc(base.Path, func(r rune) bool { return r == '/' })
	for step := range strings.SplitSeq(declared, "/") {
		switch step {
		case "", ".":
		case "..":
			if len(at) == 0 {
				return ""
			}
			at = at[:len(at)-1]
		default:
			at = append(at, step)
		}
	}
	if len(at) == 0 {
		return ""
	}
	base.Path, base.RawPath = "/"+strings.Join(at, "/"), ""
	address, err := CanonicalURL(base.String())
	if err != nil {
		return ""
	}
	return address
}
