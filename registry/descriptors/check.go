// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package descriptors

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// webSchemes are those of pages, codeSchemes those at which source code may stand besides.
var (
	webSchemes  = []string{"https", "http"}
	codeSchemes = []string{"https", "http", "git", "ssh", "svn", "svn+ssh", "git+ssh", "hg", "ftp"}
)

// checkURL reports whether s is a URL of one of the schemes with a host. When it is none, fix is the one that was meant, if that is plain.
func checkURL(s string, schemes []string) (ok bool, fix string) {
	if isURL(s, schemes) {
		return true, ""
	}
	meant := strings.TrimSpace(s)
	switch scp := scpAddress.FindStringSubmatch(meant); {
	case scp != nil:
		meant = "https://" + scp[1] + "/" + scp[2]
	case strings.HasPrefix(meant, "git+http"):
		meant = strings.TrimPrefix(meant, "git+")
	case strings.HasPrefix(meant, "git://") || strings.HasPrefix(meant, "ssh://git@"):
		meant = "https://" + strings.TrimPrefix(strings.TrimPrefix(meant, "git://"), "ssh://git@")
	case strings.HasPrefix(meant, "<") && strings.HasSuffix(meant, ">"):
		meant = strings.Trim(meant, "<>")
	case strings.HasPrefix(meant, "//"):
		meant = "https:" + meant
	case bareAddress.MatchString(meant):
		meant = "https://" + meant
	}
	meant = strings.ReplaceAll(meant, " ", "%20")
	if meant != s && isURL(meant, schemes) {
		return false, meant
	}
	return false, ""
}

var (
	scpAddress  = regexp.MustCompile(`^(?:ssh://)?[\w.-]+@([\w-]+(?:\.[\w-]+)+):([\w~./-]+)$`)
	bareAddress = regexp.MustCompile(`^(?i)(www\.|[\w-]+(\.[\w-]+)*\.(org|com|net|fr|io|eu|dev|info|coop|it|de|es|be|ch|uk|nl)(/|$))`)
)

func isURL(s string, schemes []string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == '"' || r == '`' }) {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, strings.ToLower(u.Scheme)) && strings.Trim(u.Hostname(), ".") != ""
}

var urn = regexp.MustCompile(`^(?i)urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9()+,\-.:=@;$_!*'%/?#]+$`)

// isURI reports whether s is a URN, or a URL with a host.
func isURI(s string) bool {
	return urn.MatchString(s) || isURL(s, codeSchemes)
}

var email = regexp.MustCompile(`^[^\s@<>()\[\],;:"]+@[^\s@<>()\[\],;:"._-][^\s@<>()\[\],;:"]*\.[^\s@<>()\[\],;:".]{2,}$`)

// mediaType is the form of RFC 6838 type names.
var mediaType = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$`)

const day = "2006-01-02"

// checkDate reports whether s is a day as YYYY-MM-DD. When it is none, fix is the day that was meant, if there is but one.
func checkDate(s string) (ok bool, fix string) {
	if _, err := time.Parse(day, s); err == nil {
		return true, ""
	}
	meant := englishMonth(strings.ToLower(strings.TrimSpace(s)))
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02T15:04", "2006-01-02t15:04:05z",
		"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2.1.2006", "2 January 2006", "January 2, 2006", "January 2 2006", "2 Jan 2006", "Jan 2, 2006", "2-Jan-2006"} {
		if t, err := time.Parse(layout, meant); err == nil {
			return false, t.Format(day)
		}
	}
	// 04/05/2021 is in April or in May, according to who writes.
	meant = strings.ReplaceAll(meant, "-", "/")
	european, err1 := time.Parse("2/1/2006", meant)
	american, err2 := time.Parse("1/2/2006", meant)
	switch {
	case err1 == nil && (err2 != nil || european.Equal(american)):
		return false, european.Format(day)
	case err2 == nil && err1 != nil:
		return false, american.Format(day)
	}
	return false, ""
}

var monthNames = strings.NewReplacer("janvier", "january", "février", "february", "fevrier", "february", "mars", "march", "avril", "april",
	"mai", "may", "juin", "june", "juillet", "july", "août", "august", "aout", "august", "septembre", "september", "octobre", "october",
	"novembre", "november", "décembre", "december", "decembre", "december", "1er ", "1 ")

// englishMonth writes a French month in English.
func englishMonth(s string) string { return monthNames.Replace(s) }

// The kinds of pictures that the standard names.
var (
	logoKinds       = []string{".svg", ".svgz", ".png"}
	screenshotKinds = []string{".png", ".jpg", ".jpeg"}
	pictureKinds    = []string{".svg", ".svgz", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".ico", ".tif", ".tiff", ".pdf", ".mpg", ".mp4"}
)

// checkPath gives the code of the fault of a path in the repository or of a URL; empty when there is none.
func checkPath(s string, kinds []string) (code, fix string) {
	lower := strings.ToLower(s)
	ext := ""
	switch {
	case strings.HasPrefix(s, "/"):
		return "path-absolute", strings.TrimLeft(s, "/")
	case strings.Contains(lower, "://") || urlScheme.MatchString(lower):
		if ok, fix := checkURL(s, webSchemes); !ok {
			return "path-url", fix
		}
		if u, err := url.Parse(s); err == nil {
			ext = strings.ToLower(path.Ext(u.Path))
		}
		if !slices.Contains(pictureKinds, ext) { // of the page or the host, it is no kind of file
			return "", ""
		}
	case strings.Contains(s, `\`):
		return "path-backslash", strings.ReplaceAll(s, `\`, "/")
	case slices.Contains(strings.Split(s, "/"), ".."):
		return "path-outside", ""
	default:
		ext = strings.ToLower(path.Ext(s))
	}
	if kinds != nil && !slices.Contains(kinds, ext) {
		return "picture", ""
	}
	return "", ""
}

var urlScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)

// nearest finds the word of a list that is written most like s; empty when none is.
func nearest(s string, list []string) string {
	s = foldWord(s)
	best, least := "", 1+len([]rune(s))/3
	for _, w := range list {
		if d := distance(s, foldWord(w), least); d < least {
			best, least = w, d
		}
	}
	return best
}

var wordFolder = strings.NewReplacer("-", "", "_", "", " ", "", "/", "")

func foldWord(s string) string { return wordFolder.Replace(strings.ToLower(strings.TrimSpace(s))) }

// distance counts the edits between two words; enough when there are as many.
func distance(a, b string, enough int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= enough || len(y)-len(x) >= enough {
		return enough
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		last := row[0]
		row[0] = i + 1
		for j, q := range y {
			d := last
			if r != q {
				d = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], d
		}
	}
	return row[len(y)]
}
