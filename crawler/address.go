// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// Addresses. A repository is known by one canonical URL, and found under every usual spelling of it through its key:
// what remains of the URL without scheme, default port, trailing slash and ".git", with the host in lower case. What
// is local has the URL file:///path and the key "file:///path".
//
// The mirror of a repository lies in mirrors/HOST/PATH.git. Each element of HOST and PATH is written so that it is
// safe and means the same on every file system, also one that folds case:
//
//   - a–z, 0–9, '-', '_' and '.' stand for themselves, A–Z become '!' and the small letter (as in Go's module cache);
//   - every other byte becomes '%' and two hexadecimal digits, as do a leading or trailing '.', the '.' of a ".git"
//     at the end of an element (no repository lies inside another's folder) and the first letter of a name that
//     Windows reserves (con, nul, com1…);
//   - an element longer than 100 bytes is cut to 60 and followed by '~' and 32 digits of its SHA-256; when the whole
//     path is longer than 180 bytes, its elements are replaced by a single one made in that way;
//   - the host is "%local" for what is local, and an empty path is "%root": neither can come out of the rules above.
const (
	maxElement = 100
	maxMirror  = 180
)

// AddressError is an address that cannot be crawled.
type AddressError struct {
	Address string // without any credentials
	Problem string // empty, scheme, credentials, malformed, query
}

func (e *AddressError) Error() string { return "address " + e.Address + ": " + e.Problem }

// Message says it to people.
func (e *AddressError) Message() (string, []any) {
	return "crawl.address-" + e.Problem, []any{e.Address}
}

// CanonicalURL cleans an address: http, https or file, without credentials, query or fragment.
func CanonicalURL(raw string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "", &AddressError{withoutUser(raw), "malformed"}
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "file":
		return "", &AddressError{withoutUser(raw), "scheme"}
	case u.User != nil:
		u.User = nil
		return "", &AddressError{u.String(), "credentials"}
	case u.Scheme == "file":
		if u.Path == "" || strings.ContainsRune(u.Path, 0) || (u.Host != "" && u.Host != "localhost") {
			return "", &AddressError{raw, "malformed"}
		}
		return fileURL(filepath.FromSlash(u.Path)), nil
	case u.Hostname() == "":
		return "", &AddressError{raw, "malformed"}
	case u.RawQuery != "" || u.Fragment != "":
		return "", &AddressError{raw, "query"}
	}
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Host = strings.TrimSuffix(u.Host, ":")
	// Cleaned after unescaping, and escaped anew in the one standard way: equal paths have equal spellings.
	u.Path, u.RawPath = strings.TrimSuffix(path.Clean("/"+u.Path), "/"), ""
	if strings.ContainsRune(u.Path, 0) {
		return "", &AddressError{raw, "malformed"}
	}
	return u.String(), nil
}

// gitURL is CanonicalURL for what is fetched with git: the address of a git daemon may be one too.
func gitURL(raw string) (string, error) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(raw), "://")
	if !strings.EqualFold(scheme, "git") {
		return CanonicalURL(raw)
	}
	address, err := CanonicalURL("http://" + rest)
	address = "git" + strings.TrimPrefix(address, "http")
	if u, parseErr := url.Parse(address); err == nil && parseErr == nil && u.Port() == daemonPort {
		u.Host = strings.TrimSuffix(u.Host, ":"+daemonPort)
		address = u.String()
	}
	return address, err
}

// fileURL is the address of something local.
func fileURL(name string) string {
	slash := filepath.ToSlash(filepath.Clean(name))
	if !strings.HasPrefix(slash, "/") {
		slash = "/" + slash
	}
	return (&url.URL{Scheme: "file", Path: slash}).String()
}

// scpLike is git's short spelling of an ssh address: git@host:path.
var scpLike = regexp.MustCompile(`^[\w.-]+@([\w.-]+):([^:]+)$`)

var credentials = regexp.MustCompile(`//[^/@]*@`)

// withoutUser removes credentials from what may not even be a URL.
func withoutUser(raw string) string { return credentials.ReplaceAllString(raw, "//") }

// AddressKey is what all spellings of an address have in common; empty for what is no address.
func AddressKey(raw string) string {
	raw = strings.TrimSpace(raw)
	if m := scpLike.FindStringSubmatch(raw); m != nil {
		raw = "https://" + m[1] + "/" + m[2]
	}
	if filepath.IsAbs(raw) {
		raw = fileURL(raw)
	} else if !strings.Contains(raw, "://") && raw != "" {
		raw = "https://" + raw
	}
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		u.User, u.RawQuery, u.Fragment = nil, "", ""
		if s := strings.ToLower(u.Scheme); s == "ssh" || s == "git" || s == "git+ssh" {
			u.Scheme = "https"
			if u.Host = u.Hostname(); strings.Contains(u.Host, ":") {
				u.Host = "[" + u.Host + "]"
			}
		}
		raw = u.String()
	}
	canonical, err := CanonicalURL(raw)
	if err != nil {
		return ""
	}
	if strings.HasPrefix(canonical, "file:") {
		return canonical
	}
	_, key, _ := strings.Cut(canonical, "://")
	return strings.TrimSuffix(key, ".git")
}

var errNoKey = errors.New("address has no key")

// mirrorPath is where the mirror of the repository with that key lies below mirrors/, slash-separated.
func mirrorPath(key string) (string, error) {
	if key == "" {
		return "", errNoKey
	}
	host, rest, _ := strings.Cut(key, "/")
	if local, ok := strings.CutPrefix(key, "file://"); ok {
		host, rest = "%local", strings.TrimPrefix(local, "/")
	} else {
		host = escapeElement(host)
	}
	if unescaped, err := url.PathUnescape(rest); err == nil && !strings.Contains(unescaped, "\x00") {
		rest = unescaped
	}
	elements := strings.FieldsFunc(rest, func(r rune) bool { return r == '/' })
	for i, e := range elements {
		elements[i] = escapeElement(e)
	}
	if len(elements) == 0 {
		elements = []string{"%root"}
	}
	joined := strings.Join(elements, "/")
	if len(host)+len(joined) > maxMirror {
		joined = shorten(joined, strings.ReplaceAll(joined, "/", "-"))
	}
	return host + "/" + joined + ".git", nil
}

// escapeElement writes one element of a path by the rules above.
func escapeElement(e string) string {
	var b strings.Builder
	dotGit := len(e) - len(".git")
	for i := 0; i < len(e); i++ {
		c := e[i]
		switch {
		case c == '.' && (i == 0 || i == len(e)-1 || i == dotGit && e[i:] == ".git"),
			i == 0 && reserved(e):
			b.WriteString("%" + hex.EncodeToString([]byte{c}))
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
			b.WriteByte(c)
		case 'A' <= c && c <= 'Z':
			b.WriteByte('!')
			b.WriteByte(c + 'a' - 'A')
		default:
			b.WriteString("%" + hex.EncodeToString([]byte{c}))
		}
	}
	if b.Len() > maxElement {
		return shorten(b.String(), b.String())
	}
	return b.String()
}

// shorten cuts text and makes it unique again by the hash of whole.
func shorten(whole, text string) string {
	sum := sha256.Sum256([]byte(whole))
	return strings.TrimRight(text[:60], ".%!") + "~" + hex.EncodeToString(sum[:16])
}

// reserved reports whether Windows keeps the name, up to its first dot, for a device.
func reserved(e string) bool {
	base, _, _ := strings.Cut(strings.ToLower(e), ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt") && '0' <= base[3] && base[3] <= '9'
}
