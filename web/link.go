// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/url"
	"strconv"
	"strings"

	"communs/internal/words"
)

// linker makes the addresses of this server's pages. They are the readable ones of the page's language; the French one
// is canonical. A language that was asked for in the URL stays in the links.
//
//	/code?q=…                      results
//	/code/swh:1:cnt:…;lines=10-42  block
//	/depots                        repositories            (English twin: /repositories); ?fork_of=URL those that come from one
//	/depots/HOST/PATH              repository
//	/depots/HOST/PATH/-/FILE       file or folder
//	/proprietaires/OWNER           an owner's repositories (English twin: /owners)
//	/similaire                     blocks like an example  (English twin: /similar)
//	/besoins, /besoins/ID          needs                   (English twin: /needs)
//	/logiciels, /logiciels/ID      software                (English twin: /software)
//	/comparer?logiciel=A&logiciel=B  side by side          (English twin: /compare)
//	/selections, /selections/ID    portfolios for a situation
//	/prestataires, /prestataires/ID  organisations         (English twin: /providers)
//	/demandes, /demandes/ID        requests                (English twin: /requests)
//	/observatoire                  figures                 (English twin: /observatory)
//	/connexion                     signing in              (English twin: /sign-in)
//	/compte                        one's own account       (English twin: /account)
//	/vie-privee                    what is kept of people  (English twin: /privacy)
//	/mentions-legales              who answers for it all  (English twin: /legal)
//	/algorithmes                   how things are ranked and recognised (English twin: /algorithms)
//	/inscrire, /inscrire/DRAFT     registering software    (English twin: /register)
//	/decisions, /decisions/N       what is decided
//	/decisions/regles, /decisions/journal, /decisions/chaine  (English twins: rules, log, chain)
//	/ma-structure                  one's organisations     (English twin: /my-organisation)
//	/exploitation                  behind the scenes       (English twin: /operations)
type linker struct {
	lang words.Lang
	keep bool
	base string
}

// routes are the first segments that are spelled differently in each language.
var routes = map[words.Lang]struct {
	repositories, owners, similar                              string
	needs, software, compare, providers, requests, observatory string
	signIn, with, account, operations, enrol                   string
}{
	words.French: {"/depots", "/proprietaires", "/similaire",
		"/besoins", "/logiciels", "/comparer", "/prestataires", "/demandes", "/observatoire", "/connexion", "avec", "/compte", "/exploitation", "/inscrire"},
	words.English: {"/repositories", "/owners", "/similar",
		"/needs", "/software", "/compare", "/providers", "/requests", "/observatory", "/sign-in", "with", "/account", "/operations", "/register"},
}

// canonical is the linker of canonical addresses.
func (l linker) canonical() linker { return linker{lang: words.French, base: l.base} }

func (l linker) home() string { return l.with("/", nil) }

func (l linker) search(q string, more ...string) string {
	v := url.Values{}
	if q != "" {
		v.Set("q", q)
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] != "" {
			v.Set(more[i], more[i+1])
		}
	}
	return l.with("/code", v)
}

func (l linker) operations() string { return l.with(routes[l.lang].operations, nil) }

// similar leads to the page that compares code, with a block as the example when one is named.
func (l linker) similar(block string) string {
	return l.with(routes[l.lang].similar, values("block", block))
}

func (l linker) block(id string) string { return l.with("/code/"+escape(id), nil) }

func (l linker) repositories(after string) string {
	return l.with(routes[l.lang].repositories, values("after", after))
}

// forks leads to the forks of a repository.
func (l linker) forks(repo, after string) string {
	v := values("fork_of", repo)
	if after != "" {
		v.Set("after", after)
	}
	return l.with(routes[l.lang].repositories, v)
}

func (l linker) repository(repo string) string {
	return l.with(routes[l.lang].repositories+"/"+repositoryPath(repo), nil)
}

func (l linker) owner(owner, after string) string {
	return l.with(routes[l.lang].owners+"/"+escape(owner), values("after", after))
}

// file leads to a file or folder, at a line when it is not 0: to the part of a long file that shows it.
func (l linker) file(repo, path string, line int) string {
	if path == "" {
		return l.repository(repo)
	}
	var v url.Values
	if part := partOf(line); part > 1 {
		v = values("part", strconv.Itoa(part))
	}
	link := l.with(routes[l.lang].repositories+"/"+repositoryPath(repo)+"/-/"+escape(path), v)
	if line > 0 {
		link += "#L" + strconv.Itoa(line)
	}
	return link
}

func (l linker) with(path string, v url.Values) string {
	if l.keep {
		if v == nil {
			v = url.Values{}
		}
		v.Set("lang", string(l.lang))
	}
	if len(v) > 0 {
		path += "?" + v.Encode()
	}
	return path
}

func values(name, value string) url.Values {
	if value == "" {
		return nil
	}
	return url.Values{name: {value}}
}

// escape percent-encodes each segment of a path, so that any bytes come back as they were.
func escape(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		switch s {
		case ".", "..": // a browser would walk the path
			segments[i] = strings.ReplaceAll(s, ".", "%2E")
		default:
			segments[i] = strings.ReplaceAll(url.PathEscape(s), "%3B", ";") // so that ids stay readable
		}
	}
	return strings.Join(segments, "/")
}

// repositoryPath is how a repository's address is written in a path: without https://; http:// and file:// by a first
// segment of their own; what would not come back from that as one segment that starts with "=".
func repositoryPath(repo string) string {
	path := ""
	switch {
	case strings.HasPrefix(repo, "https://"):
		path = escape(strings.TrimPrefix(repo, "https://"))
	case strings.HasPrefix(repo, "http://"):
		path = "http:/" + escape(strings.TrimPrefix(repo, "http://"))
	case strings.HasPrefix(repo, "file:///"):
		path = "file:/" + escape(strings.TrimPrefix(repo, "file:///"))
	}
	if path != "" && !strings.Contains(path, "//") && !strings.HasSuffix(path, "/") {
		if back, file, err := parseRepositoryPath(path); err == nil && back == repo && file == "" {
			return path
		}
	}
	return "=" + url.PathEscape(repo)
}

// parseRepositoryPath reads REPOSITORY or REPOSITORY/-/FILE, as it was sent.
func parseRepositoryPath(raw string) (repo, file string, err error) {
	address, rest, _ := strings.Cut(raw, "/-/")
	address = strings.TrimSuffix(address, "/-")
	if file, err = url.PathUnescape(rest); err != nil {
		return "", "", errNoPage
	}
	if address, err = url.PathUnescape(address); err != nil || address == "" {
		return "", "", errNoPage
	}
	switch {
	case address[0] == '=':
		return address[1:], file, nil
	case strings.HasPrefix(address, "http:/"):
		return "http://" + strings.TrimPrefix(address, "http:/"), file, nil
	case strings.HasPrefix(address, "file:/"):
		return "file:///" + strings.TrimPrefix(address, "file:/"), file, nil
	}
	return "https://" + address, file, nil
}

// outside is a link that leaves this server, or nothing when the address is not one for a browser.
func outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return u.String()
}

// archive leads to a content in the Software Heritage archive.
func archive(id string) string {
	return "https://archive.softwareheritage.org/" + escape(id)
}
