// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package crawler

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func recorded(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "forges", name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

const testAgent = "communs-test (https://example.org/bot)"

// forge replays recorded answers over HTTP as the documented API of its kind does: it sorts, filters and pages as it is asked to,
// refuses what the API refuses, and never gives more than two entries a page.
type forge struct {
	*httptest.Server
	t        *testing.T
	kind     string
	activity string // field of an item: when it was last active
	most     int    // entries a page
	token    string // that opens what is private; no other is accepted
	marks    bool   // answers have ETags
	rationed bool   // each answer says that it was the last one of this minute
	clock    time.Time
	hosts    []string // where its repositories lie

	mu       sync.Mutex
	items    []map[string]any
	former   map[string]string // full names of before a rename, and those of now
	requests []string
	unsent   int                                               // answers 304
	fault    func(page int) (status int, body string)          // instead of a page
	before   func(w http.ResponseWriter, r *http.Request) bool // answers itself
}

// scopes of the tests: the group, organisation or user that every item belongs to, and the topic of the first.
const (
	theGroup = "a/group"
	theOwner = "octokit-fixture-org"
	theTopic = "robots"
)

func newForge(t *testing.T, kind string) *forge {
	f := &forge{t: t, kind: kind, activity: "updated_at", most: 2, clock: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	switch kind {
	case KindGitLab:
		f.activity = "last_activity_at"
		for i := range 3 {
			var page []map[string]any
			recorded(t, fmt.Sprintf("gitlab-page%d.json", i+1), &page)
			f.items = append(f.items, page...)
		}
		f.items[0]["archived"], f.items[0]["topics"] = true, []any{theTopic}
		f.items[1]["forked_from_project"] = map[string]any{"id": 1, "web_url": "https://gite.lirmm.fr/parent/pacq"}
		for _, item := range f.items {
			item["visibility"] = "public"
		}
	case KindGitHub:
		f.activity = "pushed_at"
		var fixture []struct{ Response map[string]any }
		recorded(t, "github-repository.json", &fixture)
		for i := range 5 {
			item := maps.Clone(fixture[0].Response)
			if i > 0 {
				item["id"], item["name"] = 1000+i, fmt.Sprintf("hello-%d", i)
				item["full_name"] = theOwner + "/" + item["name"].(string)
				item["html_url"] = "https://github.com/" + item["full_name"].(string)
				item["clone_url"] = item["html_url"].(string) + ".git"
				item["pushed_at"] = fmt.Sprintf("2018-0%d-01T00:00:00Z", i)
				item["created_at"] = item["pushed_at"]
				item["archived"], item["fork"] = i == 1, i == 2
			}
			f.items = append(f.items, item)
		}
		f.items[0]["topics"] = []any{theTopic}
	default:
		pages, _ := filepath.Glob(filepath.Join("testdata", "forges", kind+"-page*.json"))
		for i := range pages {
			var page struct{ Data []map[string]any }
			recorded(t, fmt.Sprintf("%s-page%d.json", kind, i+1), &page)
			f.items = append(f.items, page.Data...)
		}
		f.items = f.items[:5]
		f.items[0]["archived"], f.items[0]["topics"] = true, []any{theTopic}
	}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

func (f *forge) serve(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r.URL.RequestURI())
	if ua := r.Header.Get("User-Agent"); ua != testAgent {
		f.t.Errorf("User-Agent is %q", ua)
	}
	w.Header().Set("Date", f.clock.Format(http.TimeFormat))
	if f.before != nil && f.before(w, r) {
		return
	}
	given := r.Header.Get("Private-Token") + strings.TrimPrefix(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), "token ")
	if given != "" && given != f.token {
		f.say(w, http.StatusUnauthorized, "401 Unauthorized")
		return
	}
	path := r.URL.EscapedPath()
	switch f.kind {
	case KindGitLab:
		f.gitlab(w, r, path, given)
	case KindGitHub:
		f.github(w, r, path, given)
	default:
		f.gitea(w, r, path, given)
	}
}

// say refuses in the words of the API.
func (f *forge) say(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// answer gives JSON, or says that it has not changed.
func (f *forge) answer(w http.ResponseWriter, r *http.Request, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		f.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	if f.marks {
		mark := fmt.Sprintf(`W/"%x"`, sha256.Sum256(text))
		w.Header().Set("ETag", mark)
		if r.Header.Get("If-None-Match") == mark {
			f.unsent++
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.Write(text)
}

// chosen are the items that may be seen and that a condition holds for, in the order of a field.
func (f *forge) chosen(token, field string, descending bool, holds func(map[string]any) bool) []map[string]any {
	var list []map[string]any
	for _, item := range f.items {
		if hidden(item) && (f.token == "" || token != f.token) || holds != nil && !holds(item) {
			continue
		}
		list = append(list, item)
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := fmt.Sprintf("%20v", list[i][field]), fmt.Sprintf("%20v", list[j][field])
		if descending {
			return a > b
		}
		return a < b
	})
	return list
}

func hidden(item map[string]any) bool {
	return item["private"] == true || item["visibility"] == "private" || item["internal"] == true
}

func hasTopic(topic string) func(map[string]any) bool {
	return func(item map[string]any) bool {
		topics, _ := item["topics"].([]any)
		return slices.Contains(topics, any(topic))
	}
}

// page cuts out what a request asks for; ok is false when it was answered.
func (f *forge) page(w http.ResponseWriter, r *http.Request, list []map[string]any, size string) (items []map[string]any, page, pages int, ok bool) {
	page, _ = strconv.Atoi(r.URL.Query().Get("page"))
	if page == 0 {
		page = 1
	}
	if f.fault != nil {
		if status, body := f.fault(page); status != 0 {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
			return nil, 0, 0, false
		}
	}
	if per, _ := strconv.Atoi(r.URL.Query().Get(size)); per < 1 || per > 100 {
		f.t.Errorf("asked for %d entries a page", per)
	}
	pages = (len(list) + f.most - 1) / f.most
	from := min(f.most*(page-1), len(list))
	return list[from:min(from+f.most, len(list))], page, pages, true
}

// next is the Link header of page-numbered APIs.
func next(w http.ResponseWriter, r *http.Request, page, pages int) {
	if page >= pages {
		return
	}
	u := *r.URL
	q := u.Query()
	q.Set("page", strconv.Itoa(page+1))
	u.RawQuery = q.Encode()
	w.Header().Set("Link", fmt.Sprintf(`<http://%s%s>; rel="next",<http://%s%s>; rel="last"`, r.Host, u.RequestURI(), r.Host, u.RequestURI()))
}

// find is the item with a number or a path.
func (f *forge) find(field, value string) map[string]any {
	for _, item := range f.items {
		if fmt.Sprint(item["id"]) == value || strings.EqualFold(fmt.Sprint(item[field]), value) {
			return item
		}
	}
	return nil
}

// one answers with a single item.
func (f *forge) one(w http.ResponseWriter, r *http.Request, item map[string]any, token string) {
	if item == nil || hidden(item) && (f.token == "" || token != f.token) {
		f.say(w, http.StatusNotFound, "404 Project Not Found")
		return
	}
	f.answer(w, r, item)
}

func (f *forge) gitlab(w http.ResponseWriter, r *http.Request, path, token string) {
	q := r.URL.Query()
	public := func(map[string]any) bool { return true }
	if q.Get("visibility") == "public" {
		public = func(item map[string]any) bool { return !hidden(item) }
	}
	switch {
	case path == "/api/v4/version":
		f.say(w, http.StatusUnauthorized, "401 Unauthorized")
	case path == "/api/v4/groups/"+url.PathEscape(theGroup):
		f.answer(w, r, map[string]any{"id": 7})
	case path == "/api/v4/users":
		f.answer(w, r, []any{map[string]any{"id": 8, "username": q.Get("username")}}[:min(1, strings.Count(theOwner, q.Get("username")))])
	case path == "/api/v4/groups/"+url.PathEscape(theGroup)+"/projects", path == "/api/v4/users/"+theOwner+"/projects":
		if q.Get("order_by") != f.activity || q.Get("sort") != "desc" || strings.Contains(path, "groups") && q.Get("include_subgroups") != "true" {
			f.t.Errorf("asked for %v", q)
		}
		items, page, pages, ok := f.page(w, r, f.chosen(token, f.activity, true, public), "per_page")
		if !ok {
			return
		}
		if page < pages {
			w.Header().Set("X-Next-Page", strconv.Itoa(page+1))
		}
		f.answer(w, r, items)
	case path == "/api/v4/projects":
		if q.Get("pagination") != "keyset" || q.Get("order_by") != "id" || q.Get("sort") != "asc" || q.Get("page") != "" {
			f.say(w, http.StatusMethodNotAllowed, "only keyset")
			return
		}
		after, _ := strconv.Atoi(q.Get("id_after"))
		list := f.chosen(token, "id", false, func(item map[string]any) bool {
			return public(item) && int(item["id"].(float64)) > after && (q.Get("topic") == "" || hasTopic(q.Get("topic"))(item)) &&
				(q.Get("last_activity_after") == "" || item[f.activity].(string) > q.Get("last_activity_after"))
		})
		items, _, pages, ok := f.page(w, r, list, "per_page")
		if !ok {
			return
		}
		if pages > 1 {
			w.Header().Set("Link", fmt.Sprintf(`<http://%s/api/v4/projects?id_after=%v>; rel="next"`, r.Host, items[len(items)-1]["id"]))
		}
		f.answer(w, r, items)
	case strings.HasPrefix(path, "/api/v4/projects/"):
		name, _ := url.PathUnescape(strings.TrimPrefix(path, "/api/v4/projects/"))
		f.one(w, r, f.find("path_with_namespace", name), token)
	default:
		f.say(w, http.StatusNotFound, "404 Not Found")
	}
}

func (f *forge) gitea(w http.ResponseWriter, r *http.Request, path, token string) {
	q := r.URL.Query()
	switch {
	case path == "/api/v1/version" && f.kind == KindGogs:
		http.NotFound(w, r)
	case path == "/api/v1/version":
		f.answer(w, r, map[string]string{"version": map[string]string{KindGitea: "1.26.0", KindForgejo: "13.0.1+gitea-1.22.0"}[f.kind]})
	case path == "/api/v1/users/"+theOwner:
		f.answer(w, r, map[string]any{"id": 42, "login": theOwner})
	case path == "/api/v1/repos/search":
		descending := q.Get("sort") == "updated" && q.Get("order") == "desc"
		if f.kind != KindGogs && !descending || q.Has("uid") && q.Get("uid") != "42" {
			f.t.Errorf("asked for %v", q)
		}
		field := "id"
		if descending {
			field = f.activity
		}
		list := f.chosen(token, field, descending, func(item map[string]any) bool {
			return (q.Get("topic") != "true" || hasTopic(q.Get("q"))(item)) && !(q.Get("private") == "false" && hidden(item))
		})
		items, page, pages, ok := f.page(w, r, list, "limit")
		if ok {
			next(w, r, page, pages)
			f.answer(w, r, map[string]any{"ok": true, "data": items})
		}
	case strings.HasPrefix(path, "/api/v1/repositories/"):
		f.one(w, r, f.find("", strings.TrimPrefix(path, "/api/v1/repositories/")), token)
	case strings.HasPrefix(path, "/api/v1/repos/"):
		name := strings.TrimPrefix(path, "/api/v1/repos/")
		item := f.find("full_name", name)
		if now := f.former[name]; item == nil && now != "" {
			http.Redirect(w, r, "/api/v1/repos/"+now, http.StatusTemporaryRedirect)
			return
		}
		f.one(w, r, item, token)
	default:
		f.say(w, http.StatusNotFound, "Not Found")
	}
}

func (f *forge) github(w http.ResponseWriter, r *http.Request, path, token string) {
	q := r.URL.Query()
	path = strings.TrimPrefix(path, "/api/v3")
	if f.rationed {
		w.Header().Set("X-RateLimit-Limit", "60")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(f.clock.Add(time.Minute).Unix()))
	}
	switch {
	case path == "/orgs/"+theOwner+"/repos", path == "/users/"+theOwner+"/repos":
		if q.Get("sort") != "pushed" || q.Get("direction") != "desc" || strings.HasPrefix(path, "/orgs") && q.Get("type") != "public" {
			f.t.Errorf("asked for %v", q)
		}
		items, page, pages, ok := f.page(w, r, f.chosen(token, f.activity, true, func(i map[string]any) bool { return !hidden(i) }), "per_page")
		if ok {
			next(w, r, page, pages)
			f.answer(w, r, items)
		}
	case path == "/repositories":
		after, _ := strconv.Atoi(q.Get("since"))
		list := f.chosen(token, "id", false, func(i map[string]any) bool { n, _ := strconv.Atoi(fmt.Sprint(i["id"])); return n > after && !hidden(i) })
		f.answer(w, r, list[:min(f.most, len(list))])
	case path == "/search/repositories":
		f.search(w, r, token)
	case strings.HasPrefix(path, "/repositories/"):
		f.one(w, r, f.find("", strings.TrimPrefix(path, "/repositories/")), token)
	case strings.HasPrefix(path, "/repos/"):
		f.one(w, r, f.find("full_name", strings.TrimPrefix(path, "/repos/")), token)
	default:
		f.say(w, http.StatusNotFound, "Not Found")
	}
}

// search understands topic:, created: and pushed:.
func (f *forge) search(w http.ResponseWriter, r *http.Request, token string) {
	list := f.chosen(token, f.activity, false, func(item map[string]any) bool {
		for _, word := range strings.Fields(r.URL.Query().Get("q")) {
			name, value, _ := strings.Cut(word, ":")
			switch name {
			case "topic":
				if !hasTopic(value)(item) {
					return false
				}
			case "created":
				from, to, _ := strings.Cut(value, "..")
				if at := item["created_at"].(string)[:10]; at < from || at > to {
					return false
				}
			case "pushed":
				if item["pushed_at"].(string) < strings.TrimPrefix(value, ">=") {
					return false
				}
			}
		}
		return true
	})
	total := len(list)
	if total > 3 { // as if that were more than it gives
		total += searchLimit
	}
	items, page, pages, ok := f.page(w, r, list, "per_page")
	if ok {
		next(w, r, page, pages)
		f.answer(w, r, map[string]any{"total_count": total, "items": items})
	}
}
